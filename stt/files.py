"""Sound files of any kind, read as 16 kHz in blocks, so that a recording of ten hours needs no more
memory than one of ten minutes.

WAV of PCM, A-law and µ-law is read by `stt.wav`; raw telephone sound by its ending; everything else
by PyAV. What a file is tells its first bytes, never its name, and only the reader of that kind is let
at it: a play list that names other files is no recording.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from consultation.errors import BadInput
from stt.audio import RATE, TELEPHONE_RATE, Samples, Upsampler, from_interleaved
from stt.resample import Resampler
from stt.wav import Sound, looks_like, read_layout, wav_tag

LONGEST = 24.0  # hours of one file; a small file may be packed so that it becomes days
AT_ONCE = 2.0  # hours that `read_sound` takes into memory; longer ones go block by block
BLOCK = 65_536  # samples of each channel that are read at once
_FRAMES = 128  # decoded frames that make a block

_READ_BY_US = (1, 6, 7)  # WAV formats
_GAP = 0.05  # seconds: a jump of the time stamps that is a loss and becomes silence
_COMPLETE = 0.5  # seconds by which a file may end before the length in its header
_MEASURED = ("flac", "mov", "wav", "aiff", "caf")  # formats whose header knows the length

_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"OggS", "ogg"),
    (0, b"fLaC", "flac"),
    (0, b"ID3", "mp3"),
    (4, b"ftyp", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"RF64", "wav"),
    (0, b"FORM", "aiff"),
    (0, b".snd", "au"),
    (0, b"#!AMR", "amr"),
    (0, b"caff", "caf"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
)


@dataclass(frozen=True, slots=True)
class Raw:
    """How sound without a header is written."""

    encoding: str  # "mulaw", "alaw" or "s16le"
    rate: int = TELEPHONE_RATE  # samples a second
    channels: int = 1


RAW_ENDINGS = {
    ".ulaw": Raw("mulaw"),
    ".ul": Raw("mulaw"),
    ".pcmu": Raw("mulaw"),
    ".alaw": Raw("alaw"),
    ".al": Raw("alaw"),
    ".pcma": Raw("alaw"),
    ".sln": Raw("s16le"),
    ".sln16": Raw("s16le", RATE),
}
"""Asterisk's names, and those of sox."""

BEEPED = ".beeped"  # before the ending of copies in which personal data is covered

SOUND_ENDINGS = frozenset(RAW_ENDINGS) | {
    ".wav", ".flac", ".mp3", ".ogg", ".opus", ".oga", ".m4a", ".mp4", ".aac", ".webm", ".mka", ".mkv",
    ".amr", ".aiff", ".aif", ".au", ".caf", ".wma", ".avi", ".mov",
}  # fmt: skip
"""What is looked for in a folder. A file that is named may end in anything."""


@dataclass(frozen=True, slots=True)
class About:
    """A sound file that was read from beginning to end."""

    path: Path
    seconds: float
    channels: int  # 1 or 2
    digest: str  # SHA-256 of the file in hex
    alike: bool  # two channels hold the same sound: a recorder wrote its mix twice


def read_sound(path: Path, raw: Raw | None = None) -> Sound:
    """A whole file at 16 kHz, channels as they are. Raises `BadInput` as `read_blocks` does, and for
    more than two hours."""
    blocks = list(read_blocks(path, raw, longest=AT_ONCE))
    return Sound(np.concatenate(blocks), RATE)


def read_blocks(path: Path, raw: Raw | None = None, *, longest: float = LONGEST) -> Iterator[Samples]:
    """Blocks of int16, shape (n, channels), 16 kHz, all of the same one or two channels.

    `raw`: how a file without header is written, where its ending does not tell. `longest`: hours.
    Raises `BadInput` that names the file, what is wrong and how to mend it, also in the middle of one
    that is damaged there: nothing of such a file should be kept.
    """
    came = 0
    with _opened(path, raw) as (rate, channels, blocks):
        resamplers = [_Resampling(rate) for _ in range(channels)]
        for block in blocks:
            came += len(block)
            if came > longest * 3600 * rate:
                raise BadInput(
                    f"{path}: longer than {longest:g} hours; divide it: ffmpeg -i FILE -f segment …"
                )
            yield _joined([r.push(block[:, i]) for i, r in enumerate(resamplers)])
        if not came:
            raise BadInput(f"{path}: a sound file without sound")
        yield _joined([r.finish() for r in resamplers])


def examine(path: Path, raw: Raw | None = None, *, longest: float = LONGEST) -> About:
    """Read a file once, without keeping it: is it whole, how long is it, what is in its channels?"""
    samples = channels = 0
    apart = loud = 0.0
    for block in read_blocks(path, raw, longest=longest):
        samples, channels = samples + len(block), block.shape[1]
        if channels == 2:
            left, right = block[:, 0].astype(np.float32), block[:, 1].astype(np.float32)
            apart += float(((left - right) ** 2).sum())
            loud += max(float((left**2).sum()), float((right**2).sum()))
    return About(path, samples / RATE, channels, digest_of(path), loud > 0 and apart <= ALIKE * loud)


ALIKE = 1e-4  # share of the louder channel's energy by which two channels of one mix may differ


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with _file(path) as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def sound_files(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Files as they are named, and those in folders, deep down, whose ending is that of sound and which
    are no copies made by us; in order, each once, with the folder it was found in. Raises `BadInput` for a path that is not there, or when nothing is left."""
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            for inside in sorted(path.rglob("*")):
                if (
                    inside.suffix.lower() in SOUND_ENDINGS
                    and BEEPED not in inside.suffixes
                    and inside.is_file()
                ):
                    found.setdefault(inside, path)
        elif path.exists():
            found.setdefault(path, path.parent)
        else:
            raise BadInput(f"{path}: no such file or folder")
    if not found:
        raise BadInput(f"{', '.join(map(str, paths))}: no sound files in there")
    return list(found.items())


@contextmanager
def _opened(path: Path, raw: Raw | None) -> Iterator[tuple[int, int, Iterator[Samples]]]:
    """Rate, channels, and blocks at that rate."""
    with _file(path) as file:
        size = path.stat().st_size
        if size == 0:
            raise BadInput(f"{path}: empty, 0 bytes; copy it again")
        head = file.read(64)
        file.seek(0)
        is_wav = head[:4] == b"RIFF" and head[8:12] == b"WAVE"
        if is_wav and wav_tag(file, size, str(path)) in _READ_BY_US:
            file.seek(0)
            yield _wav(file, size, str(path))
            return
        raw = raw or RAW_ENDINGS.get(path.suffix.lower())
        kind = "wav" if is_wav else _kind(head)
        if kind is None and raw is not None:
            yield raw.rate, raw.channels, _raw_blocks(file, size, raw, str(path))
            return
        kind = kind or _mpeg(head)
        if kind is None:
            raise BadInput(
                f"{path}: no sound file ({looks_like(head)}); known are WAV, FLAC, MP3, Ogg Opus and Vorbis, M4A, "
                f"WebM and others, and raw sound as {', '.join(sorted(RAW_ENDINGS))}"
            )
        file.seek(0)
        with _av(file, kind, str(path)) as opened:
            yield opened


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise BadInput(f"{path}: a folder, not a sound file")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path}: no regular file")
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror}); check its name and permissions") from None
    with file:
        yield file


def _kind(head: bytes) -> str | None:
    """The name under which PyAV knows files that begin so; None: none that is let in."""
    for at, magic, kind in _KINDS:
        if head[at : at + len(magic)] == magic:
            return kind
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return "avi"
    return None


def _mpeg(head: bytes) -> str | None:
    """MPEG audio has no name in front, only a pattern of bits: silence in µ-law has it, too, but for the rates."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    is_layer, is_rate = head[1] & 0x06, head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C
    return "mp3" if is_layer and is_rate else None


# ---- WAV and raw sound


def _wav(file: BinaryIO, size: int, where: str) -> tuple[int, int, Iterator[Samples]]:
    layout = read_layout(file, size, where)

    def blocks() -> Iterator[Samples]:
        file.seek(layout.offset)
        left = layout.length
        while left:
            part = file.read(min(left, BLOCK * layout.frame))
            if len(part) % layout.frame or not part:
                raise BadInput(f"{where}: became shorter while it was read; copy it again")
            left -= len(part)
            yield layout.samples(part)

    return layout.rate, layout.channels, blocks()


def _raw_blocks(file: BinaryIO, size: int, raw: Raw, where: str) -> Iterator[Samples]:
    width = (2 if raw.encoding == "s16le" else 1) * raw.channels
    if raw.channels not in (1, 2):
        raise BadInput(f"{where}: {raw.channels} channels; a call has one or two")
    if size % width:
        raise BadInput(f"{where}: {size} bytes are no whole samples; is it another encoding?")
    while part := file.read(BLOCK * width):
        yield from_interleaved(part, raw.encoding, raw.channels)


class _Resampling:
    """One channel at any rate to 16 kHz."""

    def __init__(self, rate: int) -> None:
        self._from: Upsampler | Resampler = Upsampler() if rate == TELEPHONE_RATE else Resampler(rate)
        self._rate = rate
        self._due = 0

    def push(self, samples: Samples) -> Samples:
        if self._rate == RATE:
            return samples
        out = self._from.push(samples)
        self._due += 2 * len(samples) - len(out)
        return out

    def finish(self) -> Samples:
        """What is still due; the double of what came at 8 kHz."""
        if self._rate == RATE:
            return np.zeros(0, dtype=np.int16)
        out = self._from.finish()
        return out[: self._due] if self._rate == TELEPHONE_RATE else out


def _joined(sides: list[Samples]) -> Samples:
    return np.stack(sides, axis=1)


# ---- everything else


@contextmanager
def _av(file: BinaryIO, kind: str, where: str) -> Iterator[tuple[int, int, Iterator[Samples]]]:
    """The first sound of a file that PyAV reads, at 16 kHz."""
    import av  # slow, so only now

    av.logging.set_level(None)
    try:
        container = av.open(file, format=kind, metadata_errors="ignore")
    except av.error.FFmpegError as error:
        raise BadInput(
            f"{where}: looks like {kind}, and cannot be opened ({_said(error)}); copy it again, or convert it: "
            "ffmpeg -i FILE -ar 16000 OUT.wav"
        ) from None
    with container:
        if not container.streams.audio:
            raise BadInput(f"{where}: there is no sound in it")
        stream = container.streams.audio[0]
        channels = stream.codec_context.layout.nb_channels if stream.codec_context.layout else 0
        if channels not in (1, 2):
            raise BadInput(
                f"{where}: {channels} channels; a call has one or two. Take those of the call: "
                "ffmpeg -i FILE -af 'pan=stereo|c0=c0|c1=c1' OUT.wav"
            )
        yield RATE, channels, _av_blocks(container, stream, channels, kind in _MEASURED, where)


def _av_blocks(container: Any, stream: Any, channels: int, measured: bool, where: str) -> Iterator[Samples]:
    import av

    layout = "stereo" if channels == 2 else "mono"
    resampler: Any = av.AudioResampler(format="s16", layout=layout, rate=RATE)
    held: list[Samples] = []  # frames of some milliseconds, until they are a block
    first: float | None = None
    seconds = 0.0  # of the file's own time, decoded so far
    damage = ""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet is not None else ()
        except av.error.FFmpegError as error:
            # The last packet of a stream that was cut off is often broken; one in the middle is damage.
            if damage:
                raise _damaged(where, seconds, damage) from None
            damage = _said(error)
            continue
        if packet is None:
            break
        for frame in frames:
            if damage:
                raise _damaged(where, seconds, damage)
            if frame.layout.nb_channels != channels:
                raise BadInput(f"{where}: the number of channels changes in the middle; divide it there")
            if frame.time is not None:
                first = frame.time if first is None else first
                missing = frame.time - first - seconds
                if missing > LONGEST * 3600:
                    raise _damaged(where, seconds, f"its time stamps jump by {missing:.0f} seconds")
                if missing > _GAP:
                    yield from held
                    held.clear()
                    yield from _silence(missing, channels)
                    seconds += missing
            seconds += frame.samples / frame.sample_rate
            frame.pts = None  # gaps are ours: the resampler takes the sound as it comes
            held += [made.to_ndarray().reshape(-1, channels) for made in resampler.resample(frame)]
            if len(held) >= _FRAMES:
                yield np.concatenate(held)
                held.clear()
    held += [made.to_ndarray().reshape(-1, channels) for made in resampler.resample(None)]
    if held:
        yield np.concatenate(held)
    announced = float(stream.duration * stream.time_base) if measured and stream.duration else 0.0
    if seconds and seconds < announced - _COMPLETE:
        raise BadInput(
            f"{where}: cut short, {seconds:.1f} of {announced:.1f} seconds are there; copy the file again"
        )


def _silence(seconds: float, channels: int) -> Iterator[Samples]:
    left = round(seconds * RATE)
    while left > 0:
        yield np.zeros((min(left, BLOCK), channels), dtype=np.int16)
        left -= BLOCK


def _damaged(where: str, seconds: float, reason: str) -> BadInput:
    return BadInput(f"{where}: damaged after {seconds:.1f} seconds ({reason}); copy the file again")


def _said(error: Any) -> str:
    return str(getattr(error, "strerror", "") or type(error).__name__)
