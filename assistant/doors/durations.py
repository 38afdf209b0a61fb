"""ISO 8601 durations as AudioHook writes them: "PT1.5S", seconds only."""

from __future__ import annotations

import re

_DURATION = re.compile(r"PT(\d{0,9}(?:\.\d{1,12})?)S", re.ASCII)
_LONGEST = 1e7  # seconds, some 115 days


def read_duration(value: object) -> float | None:
    """Seconds; None for what is no such duration."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not match[1]:
        return None
    seconds = float(match[1])
    return seconds if seconds <= _LONGEST else None


def write_duration(seconds: float) -> str:
    """To the millisecond; nothing before the beginning."""
    return f"PT{max(seconds, 0.0):.3f}".rstrip("0").rstrip(".") + "S"
