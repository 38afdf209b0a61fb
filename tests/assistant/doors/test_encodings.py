"""The encodings telephone systems name."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.doors.encodings import Decoder, sample_rate
from consultation.errors import BadInput
from stt.g711 import encode_alaw, encode_mulaw
from tests.assistant.doors.streams import closeness, tone

SOUND = tone(440, 0.1)


@pytest.mark.parametrize("name", ["audio/x-mulaw", "audio/mulaw", "PCMU", "ulaw", "audio/x-mulaw;rate=8000"])
def test_mu_law_by_any_name(name: str) -> None:
    assert closeness(Decoder(name).decode(encode_mulaw(SOUND)), SOUND) < 0.02


@pytest.mark.parametrize("name", ["audio/x-alaw", "PCMA", "alaw"])
def test_a_law_by_any_name(name: str) -> None:
    assert closeness(Decoder(name).decode(encode_alaw(SOUND)), SOUND) < 0.02


@pytest.mark.parametrize("order", ["<i2", ">i2"])
@pytest.mark.parametrize("name", ["audio/x-l16", "audio/l16;rate=16000", "L16", "audio/x-raw", "PCM16"])
def test_linear_sound_in_either_byte_order(name: str, order: str) -> None:
    decoder = Decoder(name)
    for frame in np.split(SOUND, 5):
        assert (decoder.decode(frame.astype(order).tobytes()) == frame).all()


def test_silence_before_speech_does_not_settle_the_byte_order_wrongly() -> None:
    decoder = Decoder("L16")
    faint = np.random.default_rng(0).integers(-3, 4, 160).astype(np.int16)
    for frame in (np.zeros(160, np.int16), faint, SOUND):
        assert (decoder.decode(frame.astype(">i2").tobytes()) == frame).all()


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(BadInput, match="whole"):
        Decoder("L16").decode(b"\0\0\0")


@pytest.mark.parametrize("name", ["OPUS", "G722", "AMR-WB", "audio/mpeg", "", "//", "l" * 10_000])
def test_other_encodings_are_refused_with_what_to_choose(name: str) -> None:
    with pytest.raises(BadInput, match="PCMU") as error:
        Decoder(name)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("value", [8000, "8000", "16000", 16000])
def test_rates_are_numbers_or_text(value: object) -> None:
    assert sample_rate(value) in (8000, 16000)


@pytest.mark.parametrize("value", [24000, "44100", "", None, "8 kHz", -8000, 8000.5, "1e4", []])
def test_other_rates_are_refused(value: object) -> None:
    with pytest.raises(BadInput, match="8000 or 16000"):
        sample_rate(value)
