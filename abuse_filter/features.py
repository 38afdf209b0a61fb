"""A text as the numbers the classifier weighs: hashed n-grams, lexicon hits, themes, endings and cues.

Three n-gram families: syllables (2-4, across spaces), letters of syllables (jamo, 4 and 6, which see
through conjugation: 죽여, 죽인, 죽일) and words (1-2). Abusive words are first replaced by a mark of
their kind, so what was learnt around one profanity holds around all of them.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from abuse_filter.cues import Cues, cues
from abuse_filter.disguise import fold, joined
from abuse_filter.lexicon import Found
from abuse_filter.speech_level import SpeechLevel, speech_level
from abuse_filter.themes import themes

NGRAM_BUCKETS = 1 << 18
FLAG_BUCKETS = 1 << 15
BUCKETS = NGRAM_BUCKETS + FLAG_BUCKETS
MAX_THEMES = 10  # pairs grow with the square
MAX_CHARS = 2_000  # n-grams are taken from the first characters of a text only

_MARKS = {label: chr(0xE000 + 8 * i) for i, label in enumerate(("욕설", "모욕", "성희롱", "협박", "차별"))}
_NOT_WORDS = re.compile(r"[^0-9a-z가-힣ㄱ-ㅣ\ue000-\ue0ff]+")
_DIGITS = re.compile(r"[0-9]+")
_GRAM_WEIGHT = 4.0  # length of the n-gram part; a flag has 0.5 (tried 0.25 to 4: models/LOG.md)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with everything the judgement rests on."""

    text: str  # folded, abusive words replaced by marks
    found: tuple[Found, ...]
    cues: Cues
    level: SpeechLevel
    themes: tuple[str, ...]


def read(text: str, found: Sequence[Found]) -> Reading:
    """Fold a text and note its cues. Found words are those of the original text."""
    view = joined(fold(text))
    plain = _DIGITS.sub("0", view.text[:MAX_CHARS])
    marked = _mark(view.text[:MAX_CHARS], view.starts, found)
    words = " ".join(_NOT_WORDS.sub(" ", _DIGITS.sub("0", marked)).split())
    return Reading(words, tuple(found), cues(plain), speech_level(words), tuple(themes(plain)))


def weigh(reading: Reading) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Bucket numbers and their values, each shape (n,); buckets are distinct within n-grams."""
    grams = _ngrams(reading.text)
    flags = [NGRAM_BUCKETS + zlib.crc32(name.encode()) % FLAG_BUCKETS for name in _flags(reading)]
    index = np.concatenate([grams, np.asarray(flags, np.int64)])
    values = np.full(len(index), 0.5, np.float32)
    values[: len(grams)] = _GRAM_WEIGHT / np.sqrt(max(1, len(grams)))
    return index, values


def _mark(text: str, starts: Sequence[int], found: Sequence[Found]) -> str:
    """Replace each found word by the mark of its first label and its severity."""
    out: list[str] = []
    hits = iter(found)
    hit = next(hits, None)
    for c, start in zip(text, starts, strict=False):
        while hit is not None and start >= hit.end:
            hit = next(hits, None)
        if hit is None or start < hit.start:
            out.append(c)
        elif start == hit.start:
            out.append(chr(ord(_MARKS[hit.labels[0]]) + hit.severity))
    return "".join(out)


def _ngrams(text: str) -> npt.NDArray[np.int64]:
    padded = f" {text} "
    codes = np.frombuffer(padded.encode("utf-32-le"), np.uint32).astype(np.uint64)
    hashed = [*_hashes(codes, (2, 3, 4), 1), *_hashes(_letters(codes), (4, 6), 2)]
    words = [f"w{word}" for word in text.split()]
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(words)]
    hashed.append(np.asarray([zlib.crc32(w.encode()) for w in words + pairs], np.uint64))
    return np.unique(np.concatenate(hashed) % np.uint64(NGRAM_BUCKETS)).astype(np.int64)


def _hashes(
    codes: npt.NDArray[np.uint64], sizes: Sequence[int], salt: int
) -> Iterator[npt.NDArray[np.uint64]]:
    """Hashes of all windows of each size (ascending); a longer window goes on from the shorter."""
    value = np.full(len(codes), salt, np.uint64)
    for i in range(min(sizes[-1], len(codes))):
        value = (value[: len(codes) - i] ^ codes[i:]) * _MIX
        value ^= value >> np.uint64(29)
        if i + 1 in sizes:
            yield value >> np.uint64(17)


def _letters(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Syllables taken apart into initial, vowel and (where there is one) final."""
    syllable = codes - np.uint64(0xAC00)
    is_hangul = (codes >= 0xAC00) & (codes <= 0xD7A3)
    parts = np.empty((len(codes), 3), np.uint64)
    parts[:, 0] = np.where(is_hangul, np.uint64(0x10000) + syllable // np.uint64(588), codes)
    parts[:, 1] = np.uint64(0x20000) + syllable % np.uint64(588) // np.uint64(28)
    parts[:, 2] = np.uint64(0x30000) + syllable % np.uint64(28)
    keep = np.empty((len(codes), 3), bool)
    keep[:, 0] = True
    keep[:, 1] = is_hangul
    keep[:, 2] = is_hangul & (parts[:, 2] != 0x30000)
    return parts[keep]


def _flags(reading: Reading) -> Iterator[str]:
    yield "bias"
    level, found, around = reading.level, reading.found, reading.cues
    for hit in found[:4]:
        for label in hit.labels:
            yield f"hit {label} {hit.severity}"
            yield f"hit {label}"
    if found:
        worst = max(hit.severity for hit in found)
        yield f"worst {worst}"
        yield f"worst {worst} quoted {around.quoted}"
        yield f"worst {worst} polite {level.ends_polite}"
        yield f"worst {worst} you {level.second_person}"
        yield f"worst {worst} third {around.third}"
        yield f"worst {worst} command {level.command} plain {level.plain}"
    else:
        yield f"clean quoted {around.quoted}"
    for name, cue in (
        ("report", around.report), ("third", around.third), ("me", around.to_me), ("denied", around.denied),
        ("warning", around.warning), ("distress", around.distress), ("quoted", around.quoted),
    ):  # fmt: skip
        if cue:
            yield f"cue {name}"
    yield f"polite {min(level.polite, 2)}"
    yield f"ends polite {level.ends_polite} command {level.command} plain {level.plain}"
    if level.second_person:
        yield "you"
        yield f"you polite {level.ends_polite}"
    for i, theme in enumerate(reading.themes[:MAX_THEMES]):
        yield f"theme {theme}"
        yield f"theme {theme} polite {level.ends_polite}"
        if around.quoted:
            yield f"theme {theme} quoted"
        for other in reading.themes[i + 1 : MAX_THEMES]:
            yield f"theme {theme} {other}"
    words = reading.text.split()
    if words:
        for n in (1, 2, 3):
            yield f"ending {words[-1][-n:]}"
        yield f"first {words[0]}"
        yield f"words {min(len(words), 12)}"
