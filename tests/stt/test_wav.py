"""WAV files are read; damaged ones are named, not obeyed."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from consultation.errors import BadInput
from stt.g711 import decode_alaw, decode_mulaw, encode_alaw, encode_mulaw
from stt.wav import read_wav, write_wav


def wav(
    body: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = 8000,
    bits: int = 16,
    size: int | None = None,
    block: int | None = None,
) -> bytes:
    frame = channels * bits // 8 if block is None else block
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + fmt
        + b"data"
        + struct.pack("<I", len(body) if size is None else size)
        + body
    )


def test_a_pcm_file_is_read_as_it_was_written() -> None:
    samples = np.random.default_rng(1).integers(-32_768, 32_767, (400, 2)).astype(np.int16)
    sound = read_wav(write_wav(samples, 8000), "x.wav")
    assert (sound.samples == samples).all()
    assert (sound.rate, sound.channels, sound.seconds) == (8000, 2, 0.05)


@pytest.mark.parametrize(
    ("tag", "encode", "decode"), [(6, encode_alaw, decode_alaw), (7, encode_mulaw, decode_mulaw)]
)
def test_companded_files_are_decoded(tag: int, encode, decode) -> None:
    body = encode(np.arange(-8000, 8000, 20, dtype=np.int16))
    assert (read_wav(wav(body, tag=tag, bits=8), "x.wav").samples[:, 0] == decode(body)).all()


def test_8_24_and_32_bits_become_16() -> None:
    assert read_wav(wav(bytes([0, 128, 255]), bits=8), "x").samples[:, 0].tolist() == [-32768, 0, 32512]
    assert read_wav(wav(bytes([9, 0x34, 0x12, 9, 0, 0x80]), bits=24), "x").samples[:, 0].tolist() == [
        0x1234,
        -32768,
    ]
    assert read_wav(wav(bytes([9, 9, 0x34, 0x12]), bits=32), "x").samples[:, 0].tolist() == [0x1234]


def test_chunks_before_and_after_the_sound_are_passed_over() -> None:
    plain = wav(b"\x01\x00\x02\x00")
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\x00"
    sound = read_wav(plain[:36] + extra + plain[36:] + extra, "x.wav")
    assert sound.samples[:, 0].tolist() == [1, 2]


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0, 0x7FFFFFFF])
def test_a_length_that_was_not_known_means_all_that_is_there(size: int) -> None:
    assert read_wav(wav(b"\x01\x00\x02\x00", size=size), "x.wav").samples[:, 0].tolist() == [1, 2]


BROKEN = {
    "empty": (b"", "0 bytes"),
    "text": ("안녕하세요 음성 파일이 아닙니다".encode(), "text"),
    "mp3": (b"ID3" + bytes(200), "MP3"),
    "flac": (b"fLaC" + bytes(200), "FLAC"),
    "garbage": (bytes(range(128, 256)) * 4, "unknown"),
    "header only": (wav(b"\x00\x00")[:20], "cut short"),
    "truncated": (wav(bytes(100))[:-40], "60 bytes"),
    "announces too much": (wav(bytes(100), size=5_000_000), "announces more"),
    "half a sample": (wav(bytes(101), size=101), "middle of a sample"),
    "no sound": (wav(b""), "without sound"),
    "unknown format": (wav(bytes(4), tag=85), "format 85"),
    "12 bits": (wav(bytes(4), bits=12, block=2), "12 bits"),
    "six channels": (wav(bytes(24), channels=6), "6 channels"),
    "no channels": (wav(bytes(4), channels=0), "0 channels"),
    "impossible rate": (wav(bytes(4), rate=3), "3 Hz"),
    "lying frame size": (wav(bytes(4), block=7), "contradict"),
    "sound before format": (b"RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00\x00\x00", "before its format"),
    "no format": (b"RIFF\x00\x00\x00\x00WAVE", "without a format"),
    "short format": (
        b"RIFF\x00\x00\x00\x00WAVEfmt \x04\x00\x00\x00abcddata\x02\x00\x00\x00\x00\x00",
        "4 bytes",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_file_is_refused_with_its_name_and_the_reason(name: str) -> None:
    data, reason = BROKEN[name]
    with pytest.raises(BadInput) as caught:
        read_wav(data, "recordings/a.wav")
    assert str(caught.value).startswith("recordings/a.wav")
    assert reason in str(caught.value)


def test_a_file_cut_anywhere_raises_nothing_but_bad_input() -> None:
    whole = wav(bytes(64), channels=2)
    for end in range(len(whole)):
        with pytest.raises(BadInput):
            read_wav(whole[:end], "x.wav")


def test_random_damage_to_the_header_is_read_or_refused() -> None:
    dice = np.random.default_rng(4)
    whole = wav(bytes(64), channels=2)
    for _ in range(2000):
        damaged = bytearray(whole)
        damaged[dice.integers(0, 44)] = dice.integers(0, 256)
        try:
            sound = read_wav(bytes(damaged), "x.wav")
        except BadInput:
            continue
        assert len(sound.samples) <= 64
