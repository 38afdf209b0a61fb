"""What a sign of danger is: words, how much they say, and what makes them harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass

STRONG, CLEAR, WEAK = 3, 2, 1
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """Words that speak for a danger, unless the same turn says what makes them harmless."""

    pattern: re.Pattern[str]
    weight: int
    lines: tuple[str, ...] = ()  # numbers that this sign puts first
    unless: re.Pattern[str] | None = None

    def heard(self, text: str) -> bool:
        """Does this text show the sign?"""
        return bool(self.pattern.search(text)) and not (self.unless and self.unless.search(text))


def sign(pattern: str, weight: int = STRONG, lines: tuple[str, ...] = (), unless: str = "") -> Sign:
    """A sign from its expression; `unless` is one, too."""
    return Sign(re.compile(pattern), weight, lines, re.compile(unless) if unless else None)
