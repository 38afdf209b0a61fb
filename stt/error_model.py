"""How a recogniser mishears Korean: seeded, so that a test sees the same errors every time.

Rates and confusions are those counted on public outputs: substitutions : deletions : insertions
about 8 : 1 : 1, homophones and particles first (니/네, 에/의, 은/는), a quarter of otherwise right
sentences spaced differently, and the failures of Whisper-like models on 6,500 Korean utterances
(foreign script 0.5 %, empty 1 %, repetition 0.3 %, closing phrases 0.2 %).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields

from consultation.errors import BadSetting

_CONFUSED = {
    "니": "네", "네": "니", "에": "의예", "의": "에", "은": "는", "는": "은", "거": "것", "을": "를", "를": "을", "제": "내재", "내": "네제", "나": "아", "몇": "면", "되": "돼", "돼": "되",
    "데": "대", "대": "데", "안": "않", "않": "안", "계": "게", "게": "계", "개": "게", "세": "새", "새": "세", "재": "제", "애": "에", "예": "에", "왜": "외", "외": "왜", "가": "까", "이": "리",
}  # fmt: skip
_VOWELS = ("ㅐㅔ", "ㅗㅜ", "ㅓㅗ", "ㅡㅜ", "ㅕㅓ", "ㅚㅙ", "ㅢㅣ", "ㅏㅓ")
_ALL_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_ONSET_GROUPS = ((0, 1, 15), (3, 4, 16), (7, 8, 17), (9, 10), (12, 13, 14), (2, 5), (11, 18))
_FOREIGN = ("ありがとう", "谢谢观看", "請訂閱", "ご視聴", "спасибо", "字幕")
CLOSINGS = (
    "시청해주셔서 감사합니다",
    "구독과 좋아요 부탁드립니다",
    "다음 영상에서 만나요",
    "MBC 뉴스 이재경입니다",
    "자막 제공",
    "감사합니다",
)


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Probabilities, each 0..1. The defaults are a good model on clean telephone speech."""

    syllable: float = 0.05  # of a syllable to be misheard
    spacing: float = 0.04  # of a boundary between two syllables of neighbouring words to be lost, or within a word to be made
    edge: float = 0.35  # of the last word before "now" to be misheard while it is still being said
    rereading: float = 0.048  # of a word to be read otherwise in one hypothesis only
    wavering: float = 0.02  # of a boundary to be spaced otherwise in one hypothesis only
    foreign: float = 0.0049  # of an utterance: a word in another script
    empty: float = 0.0095  # of an utterance: nothing at all
    repetition: float = 0.0026  # of an utterance: its end over and over
    closing: float = 0.0017  # of an utterance: a closing phrase after it
    silence: float = 0.3  # of ten seconds without speech: a closing phrase out of nothing
    delay: float = 0.3  # seconds from audio to its hypothesis (not a probability)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= (60 if field.name == "delay" else 1):
                raise BadSetting(f"error model: {field.name} = {value} is out of range")


PERFECT = ErrorModel(*[0.0] * 11)
"""Hears everything as it was said, at once."""


def mishear(word: str, rate: float, dice: random.Random) -> str:
    """A word with each syllable misheard at that rate."""
    out = []
    for syllable in word:
        if dice.random() >= rate or not "가" <= syllable <= "힣":
            out.append(syllable)
            continue
        kind = dice.random()
        if kind < 0.80:
            out.append(_similar(syllable, dice))
        elif kind < 0.90:
            continue
        else:
            out += [syllable, dice.choice("이가은에어")]
    return "".join(out)


def _similar(syllable: str, dice: random.Random) -> str:
    """A syllable that sounds much like it: a known confusion, else one jamo changed."""
    if syllable in _CONFUSED and dice.random() < 0.6:
        return dice.choice(_CONFUSED[syllable])
    onset, rest = divmod(ord(syllable) - 0xAC00, 588)
    vowel, coda = divmod(rest, 28)
    kind = dice.random()
    if kind < 0.45:
        near = [pair.replace(_ALL_VOWELS[vowel], "") for pair in _VOWELS if _ALL_VOWELS[vowel] in pair]
        vowel = _ALL_VOWELS.index(dice.choice(near)) if near else (vowel + 1) % 21
    elif kind < 0.75:
        coda = 0 if coda else dice.choice((4, 8, 21))
    else:
        group = next((g for g in _ONSET_GROUPS if onset in g), (onset, (onset + 1) % 19))
        onset = dice.choice([o for o in group if o != onset])
    return chr(0xAC00 + onset * 588 + vowel * 28 + coda)


def respace(words: Sequence[str], rate: float, dice: random.Random) -> str:
    """Words joined with spaces, each boundary lost at that rate and as many made within long words."""
    text = ""
    for i, word in enumerate(words):
        if i and dice.random() >= rate:
            text += " "
        if len(word) >= 4 and dice.random() < rate:
            cut = dice.randrange(2, len(word) - 1)
            word = f"{word[:cut]} {word[cut:]}"
        text += word
    return text


def spoil(text: str, model: ErrorModel, dice: random.Random) -> str:
    """The rare failures of a whole utterance: nothing, another script, the same again, a closing phrase."""
    if dice.random() < model.empty:
        return ""
    if dice.random() < model.foreign:
        words = text.split()
        words.insert(dice.randrange(len(words) + 1), dice.choice(_FOREIGN))
        text = " ".join(words)
    if dice.random() < model.repetition:
        text = f"{text} " + " ".join([text.split()[-1] if text.split() else "네"] * dice.randrange(10, 30))
    if dice.random() < model.closing:
        text = f"{text} {dice.choice(CLOSINGS)}"
    return text.strip()
