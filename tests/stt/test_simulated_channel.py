"""The simulated recogniser on the way of the real ones."""

from __future__ import annotations

import numpy as np

from consultation.types import Word
from stt.audio import RATE
from stt.error_model import PERFECT, ErrorModel
from stt.recogniser import Listen
from stt.simulated_channel import ScriptedDetector, SimulatedEngine

WORDS = (Word("여권", 10.0, 10.5, 1.0), Word("언제", 10.6, 11.0, 1.0), Word("나와요", 11.1, 11.8, 1.0))


def sound(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def test_where_a_stretch_begins_and_its_length_tell_what_is_heard() -> None:
    engine = SimulatedEngine(WORDS, PERFECT)
    whole = engine.recognise(sound(3), Listen(start=9.5))
    assert whole.text == "여권 언제 나와요"
    assert [(round(w.start, 2), round(w.end, 2)) for w in whole.words] == [(0.5, 1.0), (1.1, 1.5), (1.6, 2.3)]
    assert engine.recognise(sound(0.5), Listen(start=10.55)).text == "언제"
    assert engine.recognise(sound(3), Listen(start=9.5, words=False)).words == ()


def test_the_same_stretch_is_heard_the_same_whatever_was_asked_before() -> None:
    model = ErrorModel(syllable=0.5)
    engine = SimulatedEngine(WORDS, model, 3)
    first = engine.recognise(sound(3), Listen(start=9.5))
    engine.recognise(sound(1), Listen(start=10.0))
    assert engine.recognise(sound(3), Listen(start=9.5)) == first
    assert SimulatedEngine(WORDS, model, 3).recognise(sound(3), Listen(start=9.5)) == first


def test_out_of_silence_it_invents_at_the_rate_of_the_model() -> None:
    never = SimulatedEngine(WORDS, PERFECT).recognise(sound(2), Listen(start=50.0))
    assert (never.text, never.no_speech) == ("", 1.0)
    always = SimulatedEngine(WORDS, ErrorModel(silence=1.0)).recognise(sound(2), Listen(start=50.0))
    assert always.text == " ".join(w.text for w in always.words) != ""
    assert always.words[-1].end <= 2.001


def test_a_delay_is_waited_for_where_that_is_wished() -> None:
    waited: list[float] = []
    SimulatedEngine(WORDS, ErrorModel(delay=0.4), pause=waited.append).recognise(sound(1))
    assert waited == [0.4]


def test_the_script_tells_where_speech_is_in_pieces_of_any_size() -> None:
    whole = ScriptedDetector(WORDS).push(np.zeros(13 * RATE, np.int16))
    detector = ScriptedDetector(WORDS)
    parts = [detector.push(np.zeros(333, np.int16)) for _ in range(13 * RATE // 333)]
    joined = np.concatenate(parts)
    assert np.array_equal(joined, whole[: len(joined)])
    speech = np.flatnonzero(whole) * 512 / RATE
    assert (round(speech[0], 1), round(speech[-1], 1)) == (10.0, 11.8)


def test_the_script_goes_on_after_a_gap() -> None:
    detector = ScriptedDetector(WORDS)
    detector.skip(round(10 * RATE / 512))
    assert detector.push(np.zeros(RATE // 4, np.int16)).sum() >= 5
