"""Sound files of any kind become 16 kHz; what is none is named, with the way to mend it."""

from __future__ import annotations

import os
import struct
import tracemalloc
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from consultation.errors import BadInput
from stt.audio import RATE, to_16k
from stt.files import Raw, examine, read_blocks, read_sound, sound_files
from stt.g711 import encode_alaw, encode_mulaw
from stt.wav import write_wav

SECONDS = 3


def tones(rate: int, seconds: float = SECONDS) -> np.ndarray:
    """Left sounds in the first half, right in the second: int16, shape (n, 2)."""
    at = np.arange(round(rate * seconds)) / rate
    left = np.sin(2 * np.pi * 440 * at) * (at < seconds / 2)
    right = np.sin(2 * np.pi * 660 * at) * (at >= seconds / 2)
    return (np.stack([left, right], axis=1) * 12_000).astype(np.int16)


def encode(path: Path, codec: str, rate: int, kind: str, seconds: float = SECONDS) -> Path:
    """`tones` in a format of PyAV."""
    with av.open(str(path), "w", format=kind) as container:
        options = {"mapping_family": "255"} if codec == "libopus" else {}
        stream = container.add_stream(codec, rate=rate, layout="stereo", options=options)
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, context.layout, rate)
        fifo = av.AudioFifo()
        frame = av.AudioFrame.from_ndarray(tones(rate, seconds).reshape(1, -1), "s16", "stereo")
        frame.sample_rate = rate
        fifo.write(frame)
        while (piece := fifo.read(context.frame_size or 4_096, partial=True)) is not None:
            for made in resampler.resample(piece):
                container.mux(stream.encode(made))
        container.mux(stream.encode(None))
    return path


FORMATS = {
    "call.flac": ("flac", 44_100, "flac"),
    "call.mp3": ("libmp3lame", 44_100, "mp3"),
    "call.opus": ("libopus", 48_000, "ogg"),
    "call.m4a": ("aac", 44_100, "mp4"),
    "call.webm": ("libopus", 48_000, "webm"),
    "floats.wav": ("pcm_f32le", 8_000, "wav"),
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of each format."""
    folder = tmp_path_factory.mktemp("shelf")
    for name, (codec, rate, kind) in FORMATS.items():
        encode(folder / name, codec, rate, kind)
    return folder


def loudness(samples: np.ndarray) -> list[list[bool]]:
    """Who sounds in the middle of each half."""
    quarter = len(samples) // 4
    halves = samples[quarter // 2 : quarter], samples[-quarter : -quarter // 2]
    return [[bool(np.abs(half[:, side].astype(int)).mean() > 2_000) for side in (0, 1)] for half in halves]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_becomes_sixteen_kilohertz_with_its_channels_apart(shelf: Path, name: str) -> None:
    sound = read_sound(shelf / name)
    assert sound.rate == RATE
    assert sound.channels == 2
    assert sound.seconds == pytest.approx(SECONDS, abs=0.1)
    assert loudness(sound.samples) == [[True, False], [False, True]]


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_wav_files_of_any_rate_are_read_stereo_music_as_well(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "music.wav"
    path.write_bytes(write_wav(tones(rate), rate))
    sound = read_sound(path)
    assert len(sound.samples) == SECONDS * RATE
    assert loudness(sound.samples) == [[True, False], [False, True]]


def test_telephone_sound_is_the_same_in_blocks_as_at_once(tmp_path: Path) -> None:
    samples = tones(8_000, 20)
    (tmp_path / "long.wav").write_bytes(write_wav(samples, 8_000))
    blocks = list(read_blocks(tmp_path / "long.wav"))
    assert len(blocks) > 2
    whole = np.stack([to_16k(np.ascontiguousarray(samples[:, i]), 8_000) for i in (0, 1)], axis=1)
    assert np.array_equal(np.concatenate(blocks), whole)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [("a.ulaw", encode_mulaw), ("a.alaw", encode_alaw), ("a.sln", lambda s: s.astype("<i2").tobytes())],
)
def test_raw_telephone_sound_is_known_by_its_ending(tmp_path: Path, name: str, encoded) -> None:
    mono = np.ascontiguousarray(tones(8_000)[:, 0])
    (tmp_path / name).write_bytes(encoded(mono))
    sound = read_sound(tmp_path / name)
    assert sound.channels == 1
    assert sound.seconds == SECONDS
    assert np.corrcoef(sound.samples[:, 0], to_16k(mono, 8_000))[0, 1] > 0.99


def test_silence_of_a_telephone_is_not_taken_for_mp3(tmp_path: Path) -> None:
    (tmp_path / "a.ulaw").write_bytes(b"\xff" * 8_000)
    assert not read_sound(tmp_path / "a.ulaw").samples.any()


def test_raw_sound_of_another_kind_is_read_when_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(encode_mulaw(tones(8_000).reshape(-1)))
    with pytest.raises(BadInput, match=r"a\.raw: no sound file"):
        read_sound(tmp_path / "a.raw")
    sound = read_sound(tmp_path / "a.raw", Raw("mulaw", 8_000, 2))
    assert loudness(sound.samples) == [[True, False], [False, True]]


def test_a_name_that_lies_about_the_format_changes_nothing(shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes((shelf / "call.flac").read_bytes())
    assert read_sound(tmp_path / "call.wav").seconds == pytest.approx(SECONDS)


BAD = {
    "no bytes": (b"", "empty, 0 bytes"),
    "text": ("안녕하세요, 글입니다. ".encode() * 9, "it looks like text"),
    "a play list": (b"#EXTM3U\n#EXTINF:9,\n/etc/passwd\n", "no sound file"),
    "a list of files to join": (b"ffconcat version 1.0\nfile /etc/passwd\n", "no sound file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "no sound file"),
    "a truncated wav": (write_wav(tones(8_000), 8_000)[:20_000], "cut short"),
    "half a header": (write_wav(tones(8_000), 8_000)[:30], "cut short within its header"),
    "six channels": (write_wav(np.zeros((800, 6), np.int16), 8_000), "6 channels; a call has one or two"),
    "a header that contradicts itself": (
        write_wav(tones(8_000), 8_000)[:32] + struct.pack("<H", 7) + write_wav(tones(8_000), 8_000)[34:],
        "the header is damaged",
    ),
    "noise after a FLAC magic": (b"fLaC" + os.urandom(2_000), "cannot be opened|damaged|without sound|cut short"),
    "noise after an Ogg magic": (b"OggS" + bytes(range(256)) * 8, "cannot be opened|damaged|without sound"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_named_with_the_file_and_the_reason(tmp_path: Path, what: str) -> None:
    content, reason = BAD[what]
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=f"broken.wav: .*({reason})"):
        read_sound(path)


def test_a_length_of_four_gigabytes_means_that_nobody_knew_it(tmp_path: Path) -> None:
    data = bytearray(write_wav(tones(8_000), 8_000))
    data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "streamed.wav").write_bytes(data)
    assert read_sound(tmp_path / "streamed.wav").seconds == SECONDS


def test_a_flac_file_that_was_cut_off_is_refused(shelf: Path, tmp_path: Path) -> None:
    data = (shelf / "call.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(BadInput, match=r"cut\.flac: cut short, .* of 3\.0 seconds"):
        read_sound(tmp_path / "cut.flac")


def test_damage_in_the_middle_is_refused_with_its_place(shelf: Path, tmp_path: Path) -> None:
    data = bytearray((shelf / "call.mp3").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 1_500] = b"\xaa" * 1_500
    (tmp_path / "bad.mp3").write_bytes(data)
    with pytest.raises(BadInput, match=r"bad\.mp3: damaged after 1\.\d seconds"):
        read_sound(tmp_path / "bad.mp3")


def test_a_folder_a_missing_file_and_a_device_are_no_sound_files(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path, "a folder"),
        (tmp_path / "gone.wav", "No such file"),
        (Path("/dev/zero"), "no regular"),
    ):
        with pytest.raises(BadInput, match=reason):
            read_sound(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.wav"
    path.write_bytes(write_wav(tones(8_000), 8_000))
    path.chmod(0)
    with pytest.raises(BadInput, match=r"secret\.wav: cannot be read \(Permission denied\)"):
        read_sound(path)


def test_a_video_gives_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "screen.mkv"
    with av.open(str(path), "w", format="matroska") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        sound = container.add_stream("pcm_s16le", rate=8_000, layout="mono")
        for _ in range(5):
            image = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            container.mux(picture.encode(image))
        frame = av.AudioFrame.from_ndarray(np.ones((1, 8_000), np.int16) * 900, "s16", "mono")
        frame.sample_rate = 8_000
        container.mux(sound.encode(frame))
        container.mux(picture.encode(None))
    assert read_sound(path).seconds == pytest.approx(1.0)


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    path = tmp_path / "silent.mkv"
    with av.open(str(path), "w", format="matroska") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 32
        picture.pix_fmt = "yuv420p"
        container.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")))
        container.mux(picture.encode(None))
    with pytest.raises(BadInput, match=r"silent\.mkv: there is no sound in it"):
        read_sound(path)


def test_a_long_recording_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "day.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        for _ in range(30):
            out.writeframesraw(bytes(4 * 60 * RATE))  # half an hour, 115 MB
    tracemalloc.start()
    try:
        seconds = sum(len(block) for block in read_blocks(path)) / RATE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds == 1_800
    assert peak < 8e6


def test_a_file_that_unpacks_to_days_is_stopped(tmp_path: Path) -> None:
    path = encode(tmp_path / "bomb.flac", "flac", 8_000, "flac", 60)
    with pytest.raises(BadInput, match=r"bomb\.flac: longer than 0\.01 hours"):
        list(read_blocks(path, longest=0.01))


def test_examining_finds_length_digest_and_a_mix_that_was_written_twice(tmp_path: Path) -> None:
    two, one = tones(8_000), tones(8_000)[:, :1]
    (tmp_path / "two.wav").write_bytes(write_wav(two, 8_000))
    (tmp_path / "mix.wav").write_bytes(write_wav(np.repeat(one, 2, axis=1), 8_000))
    about, mix = examine(tmp_path / "two.wav"), examine(tmp_path / "mix.wav")
    assert (about.seconds, about.channels, about.alike) == (SECONDS, 2, False)
    assert mix.alike
    assert about.digest != mix.digest
    assert len(about.digest) == 64


def test_folders_are_searched_deep_down_and_our_own_copies_left_out(tmp_path: Path) -> None:
    (tmp_path / "day" / "one").mkdir(parents=True)
    for name in ("b.WAV", "a.opus", "day/one/c.ulaw", "notes.txt", "a.opus.beeped.wav"):
        (tmp_path / name).touch()
    found = [
        path.relative_to(tmp_path).as_posix() for path, _ in sound_files([tmp_path, tmp_path / "a.opus"])
    ]
    assert found == ["a.opus", "b.WAV", "day/one/c.ulaw"]
    with pytest.raises(BadInput, match="no such file or folder"):
        sound_files([tmp_path / "gone"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="no sound files in there"):
        sound_files([tmp_path / "empty"])
