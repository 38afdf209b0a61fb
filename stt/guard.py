"""Pure: text that a recogniser invents, kept out of the transcript.

Whisper-like models write closing phrases on silence, other scripts, endless repetitions, and more
syllables than anybody can speak. Each rule needs evidence in the sound: a phrase that callers do
say (감사합니다) falls only where there was no speech under it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from consultation.text import squeeze
from consultation.types import Utterance, Word

_FASTEST = 13.0  # syllables a second; hurried Korean has 8 to 9
_PADDING = 0.3  # seconds by which a word's time may be wrong
_LEAST = 0.3  # share of a phrase's time that must be speech
_SHORT = 0.06  # seconds of speech below which nothing was said

_FOREIGN = re.compile(
    r"[\u0370-\u052f\u0530-\u06ff\u0900-\u10ff\u1200-\u137f\u1780-\u17ff\u1e00-\u1fff\u2c00-\u2dff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
"""Scripts nobody speaks on the line: Greek, Cyrillic, Arabic, Indic, Thai, kana, Chinese, Vietnamese letters."""

_PHRASES = tuple(
    squeeze(phrase)
    for phrase in (
        "시청해 주셔서 감사합니다", "시청해주셔서 감사드립니다", "끝까지 시청해 주셔서 감사합니다", "영상 시청해 주셔서 감사합니다", "구독과 좋아요 부탁드립니다", "구독 좋아요 알림 설정",
        "다음 영상에서 만나요", "다음 시간에 만나요", "오늘도 시청해 주셔서 감사합니다", "자막 제공", "자막 제작", "한글자막 by", "자막 뉴스", "MBC 뉴스", "KBS 뉴스", "SBS 뉴스", "YTN 뉴스",
        "이 시각 세계였습니다", "뉴스 스토리", "Thank you for watching", "Thanks for watching", "Please subscribe", "이재경입니다", "이덕영입니다", "감사합니다", "고맙습니다", "안녕히 계세요", "네", "아", "어", "음",
    )
)  # fmt: skip
"""What models say about silence. The long ones are never said on this line, the short ones often are."""

_NEVER_SAID = tuple(
    p for p in _PHRASES if len(p) >= 8 and re.search("시청해|구독|자막|영상에서|subscribe|watching", p)
)
_LONG_PHRASES = tuple(
    sorted(
        (
            p
            for p in _PHRASES
            if len(p) >= 4 and p not in map(squeeze, ("감사합니다", "고맙습니다", "안녕히 계세요"))
        ),
        key=len,
        reverse=True,
    )
)
_REPEAT = re.compile(r"(.{1,20}?)\1{2,}")


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is left of an utterance, and which rules took something out of it."""

    utterance: Utterance | None  # None: nothing of it was said
    reasons: tuple[str, ...] = ()  # silence, script, repetition, rate, phrase


def guard(utterance: Utterance, voiced: Sequence[tuple[float, float]]) -> Guarded:
    """Take out what was not said.

    `voiced`: the stretches with speech, in seconds of the same clock as the utterance's words. An
    utterance without word times is judged as a whole.
    """
    words = list(utterance.words) or [Word(utterance.text, utterance.start, utterance.end, 1.0)]
    reasons: list[str] = []

    def keep(left: list[Word], reason: str) -> list[Word]:
        if [w.text for w in left] != [w.text for w in words]:
            reasons.append(reason)
        return left

    speech = spoken_seconds(voiced, utterance.start - _PADDING, utterance.end + _PADDING)
    if speech < _SHORT:
        return Guarded(None, ("silence",))
    words = keep(_one_script(words), "script")
    words = keep(_once(words), "repetition")
    words = keep(_without_phrases(words, voiced), "phrase")
    words = keep(
        [w for w in words if spoken_seconds(voiced, w.start - _PADDING, w.end + _PADDING) > 0], "silence"
    )
    if sum(len(squeeze(w.text)) for w in words) > 4 + _FASTEST * speech:
        words = keep([], "rate")
    if not any(squeeze(w.text) for w in words):
        return Guarded(None, tuple(reasons))
    if not reasons:
        return Guarded(utterance)
    text = " ".join(w.text for w in words)
    kept = tuple(words) if utterance.words else ()
    return Guarded(replace(utterance, text=text, words=kept), tuple(reasons))


def spoken_seconds(voiced: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """Seconds with speech between two moments."""
    return sum(max(0.0, min(end, stop) - max(start, begin)) for begin, stop in voiced)


def _one_script(words: list[Word]) -> list[Word]:
    """Words with letters of another script fall; a text made mostly of them falls whole."""
    foreign = sum(len(_FOREIGN.findall(w.text)) for w in words)
    letters = sum(len(squeeze(w.text)) for w in words)
    if foreign and foreign * 2 > letters:
        return []
    kept = []
    for word in words:
        text = " ".join(part for part in word.text.split(" ") if not _FOREIGN.search(part))
        if text:
            kept.append(replace(word, text=text))
    return kept


def _once(words: list[Word]) -> list[Word]:
    """A run of words said over and over is kept once; people do say a short word three or four times."""
    if len(words) == 1:
        text = _collapse(words[0].text)
        return [replace(words[0], text=text)]
    kept: list[Word] = []
    at = 0
    keys = [squeeze(w.text) for w in words]
    while at < len(words):
        for size in range(1, min(8, (len(words) - at) // 2) + 1):
            unit = keys[at : at + size]
            times = 1
            while keys[at + times * size : at + (times + 1) * size] == unit:
                times += 1
            if times >= _too_often(sum(map(len, unit))):
                kept += words[at : at + size]
                at += times * size
                break
        else:
            word = words[at]
            kept.append(replace(word, text=_collapse(word.text)))
            at += 1
    return kept


def _too_often(letters: int) -> int:
    """How many times in a row is no longer natural: 네 네 네 is, a whole clause four times is not."""
    if letters <= 2:
        return 9
    return 6 if letters <= 4 else 4


def _collapse(text: str) -> str:
    """The same for a text without word times."""

    def once(match: re.Match[str]) -> str:
        unit = squeeze(match[1])
        times = len(match.group()) // len(match[1])
        same_digit = unit.isdigit() or (
            len(unit) < 3 and set(unit) <= set("공영일이삼사오육칠팔구")
        )  # 공공공공 is a number
        return match.group() if same_digit or times < _too_often(len(unit)) else match[1]

    return _REPEAT.sub(once, text + " ").strip()


def _without_phrases(words: list[Word], voiced: Sequence[tuple[float, float]]) -> list[Word]:
    """Phrases models are known for fall at either end when there is no speech under them."""
    if len(words) == 1 and " " in words[0].text:
        return _whole(words[0], voiced)
    kept = list(words)
    while True:
        for size in range(min(8, len(kept)), 0, -1):
            if _invented(kept[-size:], voiced):
                kept = kept[:-size]
                break
            if _invented(kept[:size], voiced):
                kept = kept[size:]
                break
        else:
            return kept


def _invented(part: Sequence[Word], voiced: Sequence[tuple[float, float]]) -> bool:
    text = squeeze("".join(w.text for w in part))
    if text not in _PHRASES and not (text.endswith(_NEVER_SAID) and len(text) < 30):
        return False
    if all(spoken_seconds(voiced, w.start, w.end) < _LEAST * (w.end - w.start) for w in part):
        return True
    # Squeezed into the last moment of the sound, where models put it: nobody speaks that fast.
    speech = spoken_seconds(voiced, part[0].start, part[-1].end)
    return text in _NEVER_SAID and len(text) > 4 + _FASTEST * speech


def _whole(word: Word, voiced: Sequence[tuple[float, float]]) -> list[Word]:
    """A text without word times: the phrase would have to lie in its last moments at the fastest."""
    text = squeeze(word.text)
    if text in _PHRASES:
        return [] if spoken_seconds(voiced, word.start, word.end) < len(text) / _FASTEST else [word]
    known = next((p for p in _LONG_PHRASES if text.endswith(p)), None)
    if known is None:
        return [word]
    length = max(0.6, len(known) / _FASTEST)
    if spoken_seconds(voiced, word.end - length, word.end) >= _LEAST * length:
        return [word]
    letters, end = 0, len(word.text)
    while letters < len(known):
        end -= 1
        letters += word.text[end].isalnum()
    return _whole(replace(word, text=word.text[:end].rstrip(), end=word.end - length), voiced)
