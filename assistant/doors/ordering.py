"""Numbered pieces back into their order: late ones waited for, repeated ones dropped, lost ones named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_ANEW = 50  # numbers in a row that must all be too low before the counter counts as begun anew


@dataclass(frozen=True, slots=True)
class Gap:
    """Pieces that never came, or not in time."""

    first: int
    count: int


class Reorder(Generic[T]):
    """A buffer that lets pieces out by their numbers, which go up by one.

    A missing piece is waited for until `depth` later ones are there. Holds at most `depth` pieces.
    """

    def __init__(self, depth: int, first: int | None = None) -> None:
        """`first`: the number that counting begins with, where a stream may begin out of order."""
        self._depth = depth
        self._first = first
        self._next: int | None = None
        self._held: dict[int, T] = {}
        self._low = 0  # numbers in a row that came too late
        self._last_low = 0
        self.dropped = 0  # repeated, or too late
        self.missing = 0

    def push(self, number: int, item: T) -> list[tuple[int, T] | Gap]:
        """Take one piece; returns what is next in order now, gaps at their place."""
        if self._next is None:
            near = self._first is not None and 0 <= number - self._first <= self._depth
            self._next = self._first if near else number
        assert self._next is not None
        if number < self._next or number in self._held:
            if not self._begun_anew(number):
                self.dropped += 1
                return []
            self._held.clear()
            self._next = number
        self._low = 0
        self._held[number] = item
        out: list[tuple[int, T] | Gap] = []
        self._run(out)
        while len(self._held) > self._depth:
            self._skip(out)
        return out

    def finish(self) -> list[tuple[int, T] | Gap]:
        """Nothing more will come: what is still held."""
        out: list[tuple[int, T] | Gap] = []
        while self._held:
            self._skip(out)
        return out

    def _run(self, out: list[tuple[int, T] | Gap]) -> None:
        assert self._next is not None
        while self._next in self._held:
            out.append((self._next, self._held.pop(self._next)))
            self._next += 1

    def _skip(self, out: list[tuple[int, T] | Gap]) -> None:
        """Give up waiting for what is missing before the lowest number held."""
        assert self._next is not None
        lowest = min(self._held)
        out.append(Gap(self._next, lowest - self._next))
        self.missing += lowest - self._next
        self._next = lowest
        self._run(out)

    def _begun_anew(self, number: int) -> bool:
        """One absurdly high number must not make all that follow it late for ever."""
        self._low = self._low + 1 if number == self._last_low + 1 else 1
        self._last_low = number
        return self._low > _ANEW
