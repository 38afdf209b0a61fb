"""Steady lines of a spectrum: instruments have them, voices do not."""

from __future__ import annotations

import numpy as np

from stt.audio import RATE, Floats, to_float
from stt.music import Lines, lines
from tests.stt.speech import say

SENTENCES = ("안녕하세요 전입신고를 하려고 하는데요", "여권을 잃어버렸는데 어떻게 해야 하나요 알려 주세요")


def chords(seconds: float, seed: int = 1) -> Floats:
    """Three notes with overtones, another chord every second."""
    dice = np.random.default_rng(seed)
    time = np.arange(RATE) / RATE
    bars = []
    for _ in range(round(seconds)):
        root = 220 * 2 ** (dice.integers(0, 12) / 12)
        notes = [root * ratio * overtone for ratio in (1, 1.26, 1.5) for overtone in (1, 2, 3)]
        bars.append(sum(np.sin(2 * np.pi * note * time + dice.uniform(0, 6)) / note for note in notes))
    sound = np.concatenate(bars)
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def speech(sentence: str) -> Floats:
    return to_float(say(sentence)) * np.float32(0.3)


def whole(sound: Floats) -> list[tuple[float, float]]:
    return [(0.0, len(sound) / RATE)]


def test_a_voice_has_no_steady_lines() -> None:
    for sentence in SENTENCES:
        voice = speech(sentence)
        assert not lines(voice, whole(voice)).music


def test_chords_have_them_and_a_voice_over_loud_chords_has_some() -> None:
    music = chords(4)
    assert lines(music, whole(music)).loud_music
    voice = speech(SENTENCES[1])
    mixed = voice + music[: len(voice)] if len(music) >= len(voice) else voice[: len(music)] + music
    assert lines(mixed, whole(mixed)).music


def test_what_is_too_short_or_has_no_speech_says_nothing() -> None:
    music = chords(2)
    assert lines(music[: RATE // 3], whole(music)) == Lines()
    assert lines(music, []) == Lines()
    assert lines(np.zeros(0, np.float32), []) == Lines()
    assert lines(np.zeros(RATE, np.float32), [(0.0, 1.0)]) == Lines()
