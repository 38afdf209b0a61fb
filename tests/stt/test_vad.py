"""The detector on real sound: speech of a synthesiser, tones, noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from consultation.errors import NotReady
from stt.audio import RATE, Samples
from stt.telephone import through_telephone
from stt.vad import SpeechDetector, SpeechModel
from tests.stt.speech import say, silence

SENTENCE = "안녕하세요 주민등록등본 발급 문의드립니다"


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return SpeechModel()


def probabilities(model: SpeechModel, sound: Samples, piece: int = 320) -> np.ndarray:
    detector = SpeechDetector(model)
    return np.concatenate([detector.push(sound[at : at + piece]) for at in range(0, len(sound), piece)])


def test_speech_is_found_and_the_silence_around_it_is_not(model: SpeechModel) -> None:
    speech = say(SENTENCE)
    found = probabilities(model, np.concatenate([silence(1), speech, silence(1)]))
    begin, end = round(RATE / 512), round((RATE + len(speech)) / 512)
    assert found[: begin - 2].max() < 0.3
    assert np.mean(found[begin + 2 : end - 2] > 0.5) > 0.9
    assert found[end + 8 :].max() < 0.3


def test_how_the_sound_is_cut_changes_nothing(model: SpeechModel) -> None:
    sound = np.concatenate([silence(0.5), say(SENTENCE), silence(0.5)])
    whole = probabilities(model, sound, len(sound))
    for piece in (1, 160, 320, 511, 512, 513, 7000):
        part = probabilities(model, sound[: 512 * 20], piece)
        assert np.allclose(part, whole[:20], atol=1e-4), piece


def test_tones_noise_and_silence_are_no_speech(model: SpeechModel) -> None:
    time = np.arange(5 * RATE) / RATE
    ringback = 3000 * (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 480 * time))
    noise = np.random.default_rng(1).normal(0, 2000, len(time))
    for name, sound in (("ringback", ringback), ("noise", noise), ("silence", 0 * time)):
        assert probabilities(model, sound.astype(np.int16)).max() < 0.5, name


def test_the_loudest_possible_sound_gives_probabilities(model: SpeechModel) -> None:
    square = np.where(np.arange(RATE) % 160 < 80, 32_767, -32_768).astype(np.int16)
    found = probabilities(model, square)
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found <= 1)).all()


def test_a_window_that_the_network_spoils_is_silence_and_the_next_one_is_heard(model: SpeechModel) -> None:
    class Spoilt:
        """The real network, but for one window."""

        def __init__(self) -> None:
            self.calls = 0

        def run(self, windows, state):
            self.calls += 1
            found, state = model.run(windows, state)
            if self.calls in (39, 40):  # each window is run twice
                return np.full_like(found, np.nan), (state[0] * np.nan, state[1])
            return found, state

    sound = np.concatenate([silence(0.2), say(SENTENCE)])
    found = probabilities(Spoilt(), sound, 512)  # type: ignore[arg-type]
    assert np.isfinite(found).all()
    assert found[19] == 0
    assert found[25:].max() > 0.9


def test_a_voice_on_a_telephone_line_without_any_noise_is_found(model: SpeechModel) -> None:
    speech = through_telephone(say(SENTENCE), RATE, snr_db=None)
    found = probabilities(model, np.concatenate([silence(1), speech, silence(1)]))
    begin, end = round(RATE / 512), round((RATE + len(speech)) / 512)
    assert np.mean(found[begin + 3 : end - 3] > 0.35) > 0.9
    assert found[end + 8 :].max() < 0.3


def test_after_a_gap_the_past_is_forgotten(model: SpeechModel) -> None:
    speech = say(SENTENCE)
    detector = SpeechDetector(model)
    detector.push(speech[: 512 * 30])
    detector.skip(1000)
    fresh = SpeechDetector(model)
    assert np.allclose(detector.push(speech), fresh.push(speech))


def test_a_missing_or_damaged_network_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "silero.onnx"
    damaged.write_bytes(b"no network")
    for path in (damaged, tmp_path / "absent.onnx"):
        with pytest.raises(NotReady, match=path.name):
            SpeechModel(path)
