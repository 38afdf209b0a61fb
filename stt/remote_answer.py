"""Pure: what a transcription server answered (OpenAI's `verbose_json`), as text with words.

Servers differ: words stand beside the text or inside the segments (whisper.cpp), or nowhere; then the
time of a segment is shared out among its words by their length, so that every word has a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from stt.ctranslate import in_order
from stt.recogniser import Heard

_Timed = tuple[str, float, float, float]  # text, start, end, probability


def heard_of(answer: Any, seconds: float, *, wants_words: bool) -> Heard:
    """`seconds`: length of the sound. Raises ValueError for what is no transcription."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("text"), str):
        raise ValueError("the answer has no text")
    text = answer["text"].strip()
    segments = _objects(answer.get("segments"))
    logprobs = [_number(s.get("avg_logprob")) for s in segments]
    known = [p for p in logprobs if p is not None]
    confidence = min(1.0, math.exp(min(0.0, sum(known) / len(known)))) if known else 1.0
    silent = [_number(s.get("no_speech_prob")) or 0.0 for s in segments]
    words = in_order(_words(answer, segments, text, seconds, confidence), seconds) if wants_words else ()
    return Heard(text, words, confidence, min(1.0, max(silent, default=0.0)))


def _words(
    answer: Mapping[str, Any], segments: list[Mapping[str, Any]], text: str, seconds: float, confidence: float
) -> list[_Timed]:
    given = _objects(answer.get("words")) or [w for s in segments for w in _objects(s.get("words"))]
    if given:
        return [_timed(word, confidence) for word in given]
    if segments:
        return [word for segment in segments for word in _shared_out(segment, seconds, confidence)]
    return list(_shared_out({"text": text}, seconds, confidence))


def _timed(word: Mapping[str, Any], confidence: float) -> _Timed:
    start = _number(word.get("start")) or 0.0
    end = _number(word.get("end"))
    probability = _number(word.get("probability"))
    return (
        str(word.get("word", "")),
        start,
        start if end is None else end,
        confidence if probability is None else min(1.0, max(0.0, probability)),
    )


def _shared_out(segment: Mapping[str, Any], seconds: float, confidence: float) -> Iterator[_Timed]:
    words = str(segment.get("text", "")).split()
    at = _number(segment.get("start")) or 0.0
    end = _number(segment.get("end"))
    step = ((seconds if end is None else end) - at) / max(1, sum(map(len, words)))
    for word in words:
        yield word, at, at + step * len(word), confidence
        at += step * len(word)


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _number(value: object) -> float | None:
    """A finite number, or None: JSON of some servers has NaN in it."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None
