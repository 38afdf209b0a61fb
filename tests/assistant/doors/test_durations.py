"""Durations as AudioHook writes them."""

from __future__ import annotations

import pytest

from assistant.doors.durations import read_duration, write_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT0S", 0), ("PT1.5S", 1.5), ("PT.25S", 0.25), ("PT3600S", 3600), ("PT0.035S", 0.035)],
)
def test_seconds_are_read(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "PTS", "PT.S", "PT1M", "P1DT1S", "1.5", "PT-1S", "PT1e9S", "PT" + "9" * 99 + "S", "PT99999999S", None, 5, "PT１S"])  # fmt: skip
def test_anything_else_is_no_duration(text: object) -> None:
    assert read_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "PT0S"), (1.5, "PT1.5S"), (10, "PT10S"), (0.12345, "PT0.123S"), (-1, "PT0S"), (100.0, "PT100S")],
)
def test_seconds_are_written_to_the_millisecond(seconds: float, text: str) -> None:
    assert write_duration(seconds) == text
