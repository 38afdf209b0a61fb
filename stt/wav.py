"""WAV files of PCM, A-law and µ-law, read with distrust: a header that lies is refused, not obeyed."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from consultation.errors import BadInput
from stt.audio import Samples, decode_pcm16
from stt.g711 import decode_alaw, decode_mulaw

_PCM, _ALAW, _MULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE
_STREAMED = (
    0,
    0xFFFFFFFF,
    0x7FFFFFFF,
    0x7FFFFFFF - 36,
    0xFFFFFFFF - 36,
)  # lengths written by programs that did not know


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio."""

    samples: Samples  # shape (frames, channels)
    rate: int  # frames a second

    @property
    def channels(self) -> int:
        """1 mono, 2 stereo."""
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the sound of a WAV file lies, and how it is written."""

    tag: int  # 1 PCM, 6 A-law, 7 µ-law
    channels: int  # 1 or 2
    rate: int  # frames a second
    width: int  # bytes a sample
    offset: int  # bytes before the sound
    length: int  # bytes of sound, whole frames

    @property
    def frame(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * self.width

    def samples(self, sound: bytes) -> Samples:
        """Whole frames of it as int16, shape (frames, channels)."""
        return _samples(sound, self.tag, self.width).reshape(-1, self.channels)


def read_wav(data: bytes, where: str) -> Sound:
    """A WAV file of PCM (8, 16, 24, 32 bit), A-law or µ-law, one or two channels.

    Raises BadInput, naming `where`, when it is something else, is cut short, or its header contradicts
    itself. A length that says "not known" (0, 4 GB) is taken as all that is there.
    """
    layout = read_layout(io.BytesIO(data), len(data), where)
    sound = data[layout.offset : layout.offset + layout.length]
    return Sound(layout.samples(sound), layout.rate)


def read_layout(file: BinaryIO, size: int, where: str) -> Layout:
    """The header of a WAV file of `size` bytes, judged as `read_wav` does; the sound is not read."""
    head = file.read(64)
    if len(head) < 12:
        raise BadInput(f"{where}: {len(head)} bytes are no sound file")
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise BadInput(
            f"{where}: not a WAV file ({looks_like(head)}); convert it: ffmpeg -i FILE -ar 16000 OUT.wav"
        )
    fmt, offset, length, announced = _chunks(file, size, where)
    tag, channels, rate, width = _format(fmt, where)
    if length < announced:
        raise BadInput(
            f"{where}: cut short, {length} bytes of sound are there and the header announces more; copy the file again"
        )
    if not length:
        raise BadInput(f"{where}: a WAV file without sound")
    if length % (channels * width):
        raise BadInput(f"{where}: cut short in the middle of a sample; copy the file again")
    return Layout(tag, channels, rate, width, offset, length)


def wav_tag(file: BinaryIO, size: int, where: str) -> int:
    """The format of a WAV file's sound: 1 PCM, 3 floats, 6 A-law, 7 µ-law, many others."""
    fmt = _chunks(file, size, where)[0]
    return _tag(fmt) if len(fmt) >= 16 else _PCM  # a damaged header is judged by `read_layout`


def looks_like(data: bytes) -> str:
    """What the first bytes of a file say it is, for people."""
    known = {
        b"ID3": "MP3",
        b"\xff\xfb": "MP3",
        b"OggS": "Ogg",
        b"fLaC": "FLAC",
        b"RF64": "RF64",
        b"RIFX": "RIFX",
        b"FORM": "AIFF",
    }
    for head, name in known.items():
        if data.startswith(head):
            return f"it looks like {name}"
    try:
        data[:64].decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 64) - 3:  # not just a character that was cut off
            return "its content is unknown"
    return "it looks like text"


def _chunks(file: BinaryIO, size: int, where: str) -> tuple[bytes, int, int, int]:
    """The fmt chunk, where the sound begins, its bytes that are there, and those that are announced."""
    at, fmt = 12, b""
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        here = size - at - 8
        if name == b"data":
            if not fmt:
                raise BadInput(f"{where}: sound before its format; the file is damaged")
            if length in _STREAMED and length != here:
                return fmt, at + 8, here, here
            return fmt, at + 8, min(length, here), length
        if here < length:
            raise BadInput(f"{where}: cut short within its header; copy the file again")
        if name == b"fmt ":
            fmt = file.read(min(length, 64))
        at += 8 + length + length % 2  # chunks begin at even places
    raise BadInput(f"{where}: a WAV file without sound" if fmt else f"{where}: a WAV file without a format")


def _tag(fmt: bytes) -> int:
    tag = int.from_bytes(fmt[:2], "little")
    return int.from_bytes(fmt[24:26], "little") if tag == _EXTENSIBLE and len(fmt) >= 26 else tag


def _format(fmt: bytes, where: str) -> tuple[int, int, int, int]:
    """Tag, channels, rate in Hz, bytes a sample."""
    if len(fmt) < 16:
        raise BadInput(f"{where}: its format has {len(fmt)} bytes instead of 16; the file is damaged")
    _, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", fmt)
    tag = _tag(fmt)
    widths = {_PCM: (8, 16, 24, 32), _ALAW: (8,), _MULAW: (8,)}
    if tag not in widths:
        raise BadInput(
            f"{where}: WAV format {tag} is not read, only PCM (1), A-law (6) and µ-law (7); convert it: ffmpeg -i FILE OUT.wav"
        )
    if bits not in widths[tag]:
        raise BadInput(f"{where}: {bits} bits a sample are not read in WAV format {tag}")
    if channels not in (1, 2):
        raise BadInput(f"{where}: {channels} channels; a call has one or two")
    if not 4_000 <= rate <= 192_000:
        raise BadInput(f"{where}: a rate of {rate} Hz cannot be; the header is damaged")
    if block != channels * bits // 8:
        raise BadInput(
            f"{where}: frames of {block} bytes contradict {channels} channels of {bits} bits; the header is damaged"
        )
    return tag, channels, rate, bits // 8


def _samples(sound: bytes, tag: int, width: int) -> Samples:
    if tag == _ALAW:
        return decode_alaw(sound)
    if tag == _MULAW:
        return decode_mulaw(sound)
    if width == 1:  # 8-bit PCM is the only unsigned one
        return ((np.frombuffer(sound, dtype=np.uint8).astype(np.int16) - 128) << 8).astype(np.int16)
    if width == 2:
        return decode_pcm16(sound)
    # 24 and 32 bits: the two highest bytes are what telephone audio has.
    parts = np.frombuffer(sound, dtype=np.uint8).reshape(-1, width)
    return np.ascontiguousarray(parts[:, width - 2 :]).view("<i2").reshape(-1).astype(np.int16)


def write_wav(samples: Samples, rate: int) -> bytes:
    """int16, shape (n,) or (n, channels), as a PCM WAV file."""
    frames = samples if samples.ndim == 2 else samples[:, None]
    channels = frames.shape[1]
    body = np.ascontiguousarray(frames, dtype="<i2").tobytes()
    head = struct.pack("<HHIIHH", _PCM, channels, rate, rate * channels * 2, channels * 2, 16)
    return b"".join(
        [
            b"RIFF",
            struct.pack("<I", 36 + len(body)),
            b"WAVEfmt ",
            struct.pack("<I", 16),
            head,
            b"data",
            struct.pack("<I", len(body)),
            body,
        ]
    )
