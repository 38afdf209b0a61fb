"""A WAV file that exists only while it is read."""

from __future__ import annotations

import random

import numpy as np
import pytest

from assistant.review.wave import HEADER, OutOfRange, WaveFile, byte_range
from stt.audio import Samples
from stt.wav import read_wav

RATE = 16_000


def sound(start: float, end: float) -> Samples:
    at = np.arange(round(start * RATE), round(end * RATE)) % 30_000
    return np.stack([at, -at], axis=1).astype(np.int16)


def whole(file: WaveFile) -> bytes:
    return b"".join(file.read(0, file.size - 1, sound))


def test_read_whole_it_is_an_ordinary_wav_file() -> None:
    file = WaveFile(RATE * 25 + 7, RATE, 2)
    data = whole(file)
    assert len(data) == file.size
    read = read_wav(data, "test")
    assert (read.rate, read.channels) == (RATE, 2)
    assert (read.samples == sound(0, 25 + 7 / RATE)).all()


def test_any_bytes_of_it_are_the_same_as_in_the_whole() -> None:
    file = WaveFile(RATE * 21, RATE, 2)
    data = whole(file)
    chance = random.Random(1)
    ranges = [(0, 0), (0, 43), (43, 44), (44, 47), (45, 45), (file.size - 1, file.size - 1)]
    ranges += [tuple(sorted(chance.choices(range(file.size), k=2))) for _ in range(40)]  # type: ignore[misc]
    for first, last in ranges:
        assert b"".join(file.read(first, last, sound)) == data[first : last + 1], (first, last)


def test_what_the_recording_lacks_is_silence() -> None:
    file = WaveFile(1000, RATE, 1)
    data = b"".join(file.read(0, file.size - 1, lambda _s, _e: np.ones((10, 1), dtype=np.int16)))
    assert read_wav(data, "test").samples.sum() == 10
    assert len(data) == file.size


def test_a_file_without_sound_is_a_header() -> None:
    assert len(whole(WaveFile(0, RATE, 2))) == HEADER


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=10-500", (10, 99)),
        ("bytes=-30", (70, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes= 5 - 6", (5, 6)),
    ],
)
def test_a_range_is_cut_to_the_file(header: str, wanted: tuple[int, int]) -> None:
    assert byte_range(header, 100) == wanted


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "items=0-1",
        "bytes=0-1,5-6",
        "bytes=9-3",
        "bytes=-1-2",
        "x" * 999,
    ],
)
def test_what_is_no_single_range_means_the_whole_file(header: str | None) -> None:
    assert byte_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=999999999999999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header: str) -> None:
    with pytest.raises(OutOfRange):
        byte_range(header, 100)
