"""Whether a text is believed: the model's own confidence, and music under it."""

from __future__ import annotations

import numpy as np

from stt.audio import RATE, Floats
from stt.decoding import Stretch
from stt.recogniser import Heard, Listen
from stt.trust import mistrust
from tests.stt.test_music import SENTENCES, chords, speech


def stretch(sound: Floats) -> Stretch:
    return Stretch(1, np.round(sound * 32_000).astype(np.int16), Listen(start=5.0), final=True)


def test_text_over_music_needs_a_model_that_is_sure_of_it() -> None:
    music = stretch(chords(3))
    voiced = [(5.0, 8.0)]
    assert mistrust(Heard("구독과 좋아요", (), 0.3), music, voiced) == "music"
    assert mistrust(Heard("구독과 좋아요", (), 0.55), music, voiced) == "music"
    assert mistrust(Heard("여보세요", (), 0.9), music, voiced) is None
    assert mistrust(Heard("여보세요"), music, voiced) is None  # an engine that tells no confidence


def test_unsure_text_of_a_voice_alone_is_kept_and_a_mere_guess_is_not() -> None:
    voice = speech(SENTENCES[0])
    voiced = [(5.0, 5.0 + len(voice) / RATE)]
    assert mistrust(Heard("안녕하세요", (), 0.3), stretch(voice), voiced) is None
    assert mistrust(Heard("안녕하세요", (), 0.05), stretch(voice), voiced) == "guess"
    assert mistrust(Heard("안녕하세요", (), 0.3, no_speech=0.9), stretch(voice), voiced) == "no_speech"
