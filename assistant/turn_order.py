"""Pure: in which order the finals of several channels become turns.

Turns stand in the order in which they were spoken to their end, but one channel may be decoded
sooner than the other. A final waits a moment for an earlier one; if that does not come, a number is
left free for it, so that it takes its place whenever it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consultation.types import Utterance

PATIENCE = 1.0  # seconds that a final waits for an earlier one of another channel
_NEAR = 2.0  # seconds between the end of a speech and the end of its last word, at most


@dataclass(frozen=True, slots=True)
class _Held:
    ear: int
    utterance: Utterance
    since: float  # seconds, of the caller's clock


@dataclass(frozen=True, slots=True)
class _Free:
    ear: int
    end: float  # seconds of the call; the speech it is left for
    index: int


class TurnOrder:
    """Finals in, turns out. Channels ("ears") are numbered by the caller."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._held: list[_Held] = []
        self._free: list[_Free] = []

    def __len__(self) -> int:
        return len(self._held)

    def add(self, ear: int, utterance: Utterance, now: float) -> None:
        """A final has come; those of one channel come in their order."""
        self._held.append(_Held(ear, utterance, now))

    def next(
        self,
        waiting: Mapping[int, Sequence[float]],
        behind: Mapping[int, float],
        now: float,
        next_index: int,
    ) -> tuple[Utterance, int | None] | None:
        """The final that becomes a turn now, with its number; None as number: the next one.

        `waiting`: of each channel, where the speech ends whose final is still to come. `behind`: up
        to where a channel is heard that has more sound to hear. Seconds of the call.
        """
        self._free = [
            free
            for free in self._free
            if free.end in waiting.get(free.ear, ()) or any(held.ear == free.ear for held in self._held)
        ]
        for held in self._held:
            for free in self._free:
                if free.ear == held.ear and abs(free.end - held.utterance.end) < _NEAR:
                    self._free.remove(free)
                    return self._let_go(held), free.index
        first = min(self._held, key=lambda held: held.utterance.end, default=None)
        if first is None:
            return None
        taken = {(free.ear, free.end) for free in self._free}
        earlier = sorted(
            (end, ear)
            for ear, ends in waiting.items()
            for end in ends
            if ear != first.ear and end < first.utterance.end and (ear, end) not in taken
        )
        late = any(ear != first.ear and upto < first.utterance.end for ear, upto in behind.items())
        if (earlier or late) and now - first.since < self._patience:
            return None
        self._free += [_Free(ear, end, next_index + place) for place, (end, ear) in enumerate(earlier)]
        return self._let_go(first), next_index + len(earlier) if earlier else None

    def _let_go(self, held: _Held) -> Utterance:
        self._held.remove(held)
        return held.utterance
