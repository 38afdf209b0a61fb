"""Which of two recognisers is better on the same recordings, and is the difference more than chance?

The error rate of a set is errors over characters (`stt.metrics.cer`). Whole conversations are drawn
again with replacement, the same ones for both (M. Bisani, H. Ney, Bootstrap estimates for confidence
intervals in ASR performance evaluation, ICASSP 2004): sentences of one call are not independent. Where
the manifest names no conversations, each recording is drawn by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from consultation.errors import BadInput, BadRows, RowFault
from consultation.rows import Row, read_rows
from consultation.text import decode, squeeze

DRAWS = 10_000
SEED = 20_261
_AT_ONCE = 500  # draws in one matrix
LENGTHS = ((2.0, "under 2 s"), (5.0, "2 to 5 s"), (10.0, "5 to 10 s"), (float("inf"), "10 s and more"))


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording: what was said, and what both made of it."""

    audio: str
    said: str
    a: str
    b: str
    conversation: str
    speaker: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Character error rates of both, of some recordings."""

    n: int
    characters: int
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A. Differences are B minus A: below zero, B is better."""

    all: Rates
    difference: float
    low: float  # 95 % interval of the difference
    high: float
    not_better: float  # share of draws in which B was not better: one-sided p
    better: int  # recordings in which B made fewer errors
    worse: int
    groups: int  # conversations drawn
    by_speaker: Mapping[str, Rates]
    by_length: Mapping[str, Rates]
    worst: tuple[str, ...]  # recordings in which B lost most against A, at most ten

    @property
    def is_better(self) -> bool:
        """Is B better by more than chance (95 %)?"""
        return self.difference < 0 and self.high < 0


def compare(recordings: Sequence[Spoken]) -> Comparison:
    """Raises `BadInput` without anything said."""
    lengths = np.array([len(squeeze(r.said)) for r in recordings], dtype=np.int64)
    errors_a = np.array([_errors(r.said, r.a) for r in recordings], dtype=np.int64)
    errors_b = np.array([_errors(r.said, r.b) for r in recordings], dtype=np.int64)
    if not lengths.sum():
        raise BadInput("nothing is said in these recordings; there is no error rate to compare")
    groups = _summed([r.conversation for r in recordings], lengths, errors_a, errors_b)
    draws = _draws(groups)
    total = _rates(range(len(recordings)), lengths, errors_a, errors_b)
    lost = errors_b - errors_a
    order = np.argsort(-lost, kind="stable")[:10]
    speakers, by_length = defaultdict(list), defaultdict(list)
    for i, recording in enumerate(recordings):
        if recording.speaker:
            speakers[recording.speaker].append(i)
        if recording.seconds > 0:
            by_length[next(name for up_to, name in LENGTHS if recording.seconds < up_to)].append(i)
    named = [name for _, name in LENGTHS if name in by_length]
    return Comparison(
        all=total,
        difference=total.b - total.a,
        low=float(np.percentile(draws, 2.5)),
        high=float(np.percentile(draws, 97.5)),
        not_better=float(np.mean(draws >= 0)),
        better=int((lost < 0).sum()),
        worse=int((lost > 0).sum()),
        groups=len(groups),
        by_speaker={name: _rates(speakers[name], lengths, errors_a, errors_b) for name in sorted(speakers)},
        by_length={name: _rates(by_length[name], lengths, errors_a, errors_b) for name in named},
        worst=tuple(recordings[i].audio for i in order if lost[i] > 0),
    )


Counts = npt.NDArray[np.int64]


def _errors(said: str, heard: str) -> int:
    return Levenshtein.distance(squeeze(said), squeeze(heard))


def _rates(indexes: Iterable[int], lengths: Counts, a: Counts, b: Counts) -> Rates:
    at = list(indexes)
    length = int(lengths[at].sum())
    return Rates(len(at), length, float(a[at].sum()) / max(length, 1), float(b[at].sum()) / max(length, 1))


def _summed(names: Sequence[str], lengths: Counts, a: Counts, b: Counts) -> Counts:
    """Characters and errors by conversation, shape (conversations, 3)."""
    sums: dict[str, Counts] = defaultdict(lambda: np.zeros(3, dtype=np.int64))
    for name, *counts in zip(names, lengths, a, b, strict=True):
        sums[name] += np.array(counts)
    return np.stack([sums[name] for name in sorted(sums)])


def _draws(groups: Counts) -> npt.NDArray[np.float64]:
    """Differences of the rate in sets of conversations drawn with replacement."""
    chance = np.random.default_rng(SEED)
    out = []
    for _ in range(0, DRAWS, _AT_ONCE):
        drawn = groups[chance.integers(len(groups), size=(_AT_ONCE, len(groups)))].sum(axis=1)
        out.append((drawn[:, 2] - drawn[:, 1]) / np.maximum(drawn[:, 0], 1))
    return np.concatenate(out)


def pair(manifest: Path, a: Path, b: Path) -> list[Spoken]:
    """Two files of predictions, as `sangdam evaluate stt` writes them, beside what was said.

    Raises `BadRows` for a prediction that cannot be read, `BadInput` when a recording is missing.
    """
    known = _columns(manifest)
    heard_a, heard_b = _predictions(a), _predictions(b)
    for path, heard in ((a, heard_a), (b, heard_b)):
        if missing := [row["audio"] for row in known if row["audio"] not in heard]:
            raise BadInput(f"{path}: no prediction of {missing[0]} and {len(missing) - 1} more of {manifest}")
    return [
        Spoken(
            audio=row["audio"],
            said=row["text"],
            a=heard_a[row["audio"]]["text"],
            b=heard_b[row["audio"]]["text"],
            conversation=row.get("conversation") or row["audio"],
            speaker=row.get("speaker", ""),
            seconds=_seconds(heard_a[row["audio"]]),
        )
        for row in known
    ]


def _columns(manifest: Path) -> list[dict[str, str]]:
    """The rows of a manifest, with whatever columns it has."""
    try:
        lines = decode(manifest.read_bytes(), str(manifest)).splitlines()
    except OSError as error:
        raise BadInput(f"{manifest}: cannot be read ({error.strerror})") from None
    header = [name.strip().lower() for name in lines[0].split("\t")] if lines else []
    if "audio" not in header or "text" not in header:
        raise BadInput(f"{manifest}: the first line must name the columns audio and text, tabs between")
    rows = [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:] if line.strip()]
    faults = [
        RowFault(number, "text", "is not there") for number, row in enumerate(rows, 2) if "text" not in row
    ]
    if faults:
        raise BadRows(str(manifest), faults)
    if not rows:
        raise BadInput(f"{manifest}: no rows")
    return rows


def _predictions(path: Path) -> dict[str, Row]:
    def fault(row: Row) -> tuple[str, str] | None:
        for name in ("audio", "text"):
            if not isinstance(row.get(name), str):
                return name, "is no text"
        return None

    return {row["audio"]: row for row in read_rows(path, fault)}


def _seconds(row: Row) -> float:
    seconds = row.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else 0.0
