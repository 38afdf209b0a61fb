"""Pure: how many channels a core can hear at once, from the times that single decodings took.

An utterance costs a partial each second while it lasts and one decoding with word times at its end; a
channel in which nobody speaks costs the speech detector alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

UTTERANCE = 3.0  # seconds of speech between two pauses, the middle of telephone calls
EVERY = 1.0  # seconds of speech between two partials
LOAD = 0.7  # share of a core that may be used: beyond it, finals wait for each other
TALK = (
    0.3,
    0.4,
    0.5,
)  # share of the time in which somebody speaks on a channel; two sides of a call have 0.4


@dataclass(frozen=True, slots=True)
class Decoding:
    """What one decoding of so many seconds of sound takes on one core."""

    seconds: float  # of sound
    partial: float  # seconds, text alone
    final: float  # seconds, with the times of the words


@dataclass(frozen=True, slots=True)
class Capacity:
    """Channels that one core hears at the same time; a call has two."""

    talk: float  # share of the time with speech
    with_partials: float
    finals_only: float


def capacity(decodings: Sequence[Decoding], detector: float) -> list[Capacity]:
    """For each share of `TALK`. `detector`: seconds of computing for a second of sound."""
    return [
        Capacity(
            talk,
            LOAD / (detector + talk * cost(decodings, partials=True)),
            LOAD / (detector + talk * cost(decodings, partials=False)),
        )
        for talk in TALK
    ]


def cost(decodings: Sequence[Decoding], *, partials: bool) -> float:
    """Seconds of computing for a second of speech; between measured lengths the line is straight."""
    lengths = [one.seconds for one in decodings]
    total = float(np.interp(UTTERANCE, lengths, [one.final for one in decodings]))
    if partials:
        at = np.arange(EVERY, UTTERANCE, EVERY)  # the last one would be the final
        total += float(np.interp(at, lengths, [one.partial for one in decodings]).sum())
    return total / UTTERANCE
