"""Personal data beeped out of a sound: in every channel, because what one side says is often heard on
the other, too.

The times of words are estimates, so a margin on both sides is covered as well; a recogniser may be
off by two tenths of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from consultation.types import Utterance
from stt.audio import RATE, Samples
from stt.masked import masked

MARGIN = 0.25  # seconds before and after the words
JOIN = 0.5  # seconds between two stretches under which they become one: nobody hears a digit in between
TONE = 1_000.0  # Hz
LOUDNESS = 0.1  # of full scale
FADE = 0.008  # seconds


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a call that is covered."""

    start: float  # seconds
    end: float  # seconds
    kinds: tuple[str, ...]  # of the personal data said in it, in order


def stretches(utterances: Iterable[Utterance], margin: float = MARGIN) -> list[Stretch]:
    """Where personal data is said in a call, with the margin, in order and not overlapping.

    `utterances` of both speakers in the order they began, with the words as they were spoken.
    """
    said = sorted(
        (
            (one.start - margin, one.end + margin, one.kind)
            for found in masked(utterances)
            for one in found.said
        ),
    )
    joined: list[Stretch] = []
    for start, end, kind in said:
        start = max(0.0, start)
        if joined and start - joined[-1].end < JOIN:
            before = joined.pop()
            joined.append(Stretch(before.start, max(before.end, end), (*before.kinds, kind)))
        else:
            joined.append(Stretch(start, end, (kind,)))
    return joined


def beeped(
    samples: Samples, covered: Sequence[Stretch], start: float = 0.0, *, silent: bool = False
) -> Samples:
    """A block of int16, shape (n, channels), 16 kHz, that begins at second `start` of the call, with a
    tone, or silence, over the stretches. Blocks of any size give the same samples as one large one."""
    first = round(start * RATE)
    hit = [
        c
        for c in covered
        if round((c.start - FADE) * RATE) < first + len(samples) and round((c.end + FADE) * RATE) > first
    ]
    if not hit:
        return samples
    at = (first + np.arange(len(samples))) / RATE  # seconds of the call
    out = samples.astype(np.float64)
    for one in hit:
        out *= _outside(at, one)[:, None]
        if not silent:
            out += (_inside(at, one) * np.sin(2 * np.pi * TONE * at) * LOUDNESS * 32_767)[:, None]
    return np.clip(np.rint(out), -32_768, 32_767).astype(np.int16)


def beep_blocks(
    blocks: Iterable[Samples], covered: Sequence[Stretch], *, silent: bool = False
) -> Iterator[Samples]:
    """The same for a whole sound in blocks, from its beginning."""
    done = 0
    for block in blocks:
        yield beeped(block, covered, done / RATE, silent=silent)
        done += len(block)


def told(covered: Sequence[Stretch]) -> str:
    """What was covered, for the audit log: figures and kinds, no values."""
    kinds = [kind for one in covered for kind in one.kinds]
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
    seconds = sum(one.end - one.start for one in covered)
    return f"{len(covered)} stretches, {seconds:.1f} s" + (f": {counted}" if counted else "")


def _outside(at: npt.NDArray[np.float64], one: Stretch) -> npt.NDArray[np.float64]:
    """How much of the sound is left: nothing within the stretch, all of it a fade away from it."""
    away = np.maximum(one.start - at, at - one.end)
    return np.clip(away / FADE, 0.0, 1.0)


def _inside(at: npt.NDArray[np.float64], one: Stretch) -> npt.NDArray[np.float64]:
    """How loud the tone is: it swells within the stretch."""
    return np.clip(np.minimum(at - one.start, one.end - at) / FADE, 0.0, 1.0)
