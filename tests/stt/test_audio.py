"""Telephone audio in, 16 kHz out."""

from __future__ import annotations

import numpy as np
import pytest

from consultation.errors import BadInput
from stt.audio import RATE, Upsampler, from_interleaved, split, to_16k, to_float, to_int16

ALL = np.arange(-32_768, 32_768, dtype=np.int16)


def sine(frequency: float, rate: int, seconds: float = 1.0, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("frequency", [200, 440, 1000, 2000, 3000, 3400])
def test_upsampled_sines_are_the_same_sines(frequency: int) -> None:
    heard = to_float(to_16k(to_int16(sine(frequency, 8000)), 8000))[200:-200]
    wanted = sine(frequency, RATE)[200:-200]
    noise = float(np.mean((heard - wanted) ** 2))
    assert 10 * np.log10(float(np.mean(wanted**2)) / noise) > 80  # decibels


def test_upsampling_adds_no_images_above_4_khz() -> None:
    spectrum = np.abs(np.fft.rfft(to_16k(to_int16(sine(1000, 8000)), 8000) * np.hanning(16_000)))
    assert 20 * np.log10(spectrum[4600:].max() / spectrum.max()) < -80


def test_small_pieces_give_the_samples_of_one_large_piece() -> None:
    noise = np.random.default_rng(0).integers(-8000, 8000, 4001).astype(np.int16)
    whole = to_16k(noise, 8000)
    for size in (1, 7, 160, 1000):
        upsampler = Upsampler()
        pieces = [upsampler.push(noise[i : i + size]) for i in range(0, len(noise), size)]
        joined = np.concatenate([*pieces, upsampler.finish()])[: 2 * len(noise)]
        assert (joined == whole).all()
    assert (whole[0::2] == noise).all()


def test_the_upsampler_lags_3_ms() -> None:
    assert len(Upsampler().push(np.zeros(160, dtype=np.int16))) >= 2 * (160 - 25)


def test_audio_at_16_khz_is_taken_as_it_is_and_44_khz_is_refused() -> None:
    assert to_16k(ALL, 16_000) is ALL
    with pytest.raises(BadInput, match="44100 Hz"):
        to_16k(ALL, 44_100)


def test_floats_are_clipped_and_nan_is_silence() -> None:
    assert to_int16(np.array([0.0, 1.5, -1.5, np.nan, np.inf])).tolist() == [0, 32767, -32768, 0, 32767]
    assert (to_int16(to_float(ALL)) == ALL).all()


def test_two_channels_are_split_left_and_right() -> None:
    left, right = split(from_interleaved(b"\x01\x00\x02\x00\x03\x00\x04\x00", "s16le", 2))
    assert (left.tolist(), right.tolist()) == ([1, 3], [2, 4])
    with pytest.raises(BadInput, match="no two channels"):
        split(np.zeros((5, 1), dtype=np.int16))


def test_raw_bytes_that_are_no_whole_frames_are_refused() -> None:
    with pytest.raises(BadInput, match="3 bytes"):
        from_interleaved(b"abc", "s16le", 1)
    with pytest.raises(BadInput, match="no whole frames"):
        from_interleaved(b"abc", "mulaw", 2)
    with pytest.raises(BadInput, match="'opus'"):
        from_interleaved(b"ab", "opus", 1)
