"""Against sines, whose samples at any rate are known exactly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.errors import BadInput
from stt.audio import RATE, Samples
from stt.resample import Resampler

RATES = (8_000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000)


def sine(frequency: float, rate: int, seconds: float = 0.5, loudness: float = 12_000) -> np.ndarray:
    return loudness * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def whole(samples: np.ndarray, rate: int, rate_out: int = RATE) -> Samples:
    resampler = Resampler(rate, rate_out)
    return np.concatenate([resampler.push(np.rint(samples).astype(np.int16)), resampler.finish()])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frequency", [300.0, 1_000.0, 3_300.0])
def test_a_sine_of_speech_comes_out_as_the_same_sine_at_16_khz_and_in_time(
    rate: int, frequency: float
) -> None:
    got = whole(sine(frequency, rate), rate)
    wanted = sine(frequency, RATE)[: len(got)]
    inside = slice(400, -400)  # the edges are cut off from silence
    error = got[inside] - wanted[inside]
    assert 20 * np.log10(np.std(wanted[inside]) / np.std(error)) > 60  # dB


@pytest.mark.parametrize("rate", [24_000, 44_100, 48_000, 192_000])
def test_what_16_khz_cannot_hold_is_gone_and_not_folded_back(rate: int) -> None:
    got = whole(sine(9_000.0, rate), rate)
    assert np.abs(got[400:-400]).max() < 12_000 * 10 ** (-60 / 20)


@pytest.mark.parametrize("rate", RATES)
def test_as_many_samples_come_out_as_the_time_needs(rate: int) -> None:
    for count in (0, 1, 7, rate // 50, rate):
        assert len(whole(np.zeros(count), rate)) == -(-count * RATE // rate)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(RATES), st.lists(st.integers(0, 700), max_size=25))
def test_many_small_pieces_give_the_same_samples_as_one_large_one(rate: int, sizes: list[int]) -> None:
    noise = np.random.default_rng(sum(sizes)).integers(-9_000, 9_000, sum(sizes)).astype(np.int16)
    resampler = Resampler(rate)
    ends = np.cumsum([0, *sizes])
    pieces = [resampler.push(noise[a:b]) for a, b in itertools.pairwise(ends)]
    assert np.array_equal(np.concatenate([*pieces, resampler.finish()]), whole(noise, rate))


def test_the_same_rate_passes_unchanged() -> None:
    noise = np.random.default_rng(1).integers(-30_000, 30_000, 500)
    assert np.array_equal(whole(noise, RATE), noise)


def test_it_also_goes_down_to_8_khz() -> None:
    got = whole(sine(1_000.0, 48_000), 48_000, 8_000)
    wanted = sine(1_000.0, 8_000)
    assert np.abs(got[200:-200] - wanted[200:-200]).max() < 12


def test_the_loudest_sound_is_clipped_and_does_not_turn_over() -> None:
    square = np.where(np.arange(4_800) % 48 < 24, 32_767, -32_768)
    got = whole(square, 48_000).astype(int)
    assert got.max() == 32_767
    assert got.min() == -32_768


def test_a_long_piece_is_made_in_blocks() -> None:
    got = whole(sine(440.0, 48_000, seconds=4.0), 48_000)
    assert np.abs(got[400:-400] - sine(440.0, RATE, seconds=4.0)[400:-400]).max() < 12


@pytest.mark.parametrize("rate", [0, -8_000, 1, 3_999, 1_000_000, 2**40])
def test_a_rate_that_no_sound_has_is_refused(rate: int) -> None:
    with pytest.raises(BadInput, match="samples a second"):
        Resampler(rate)
