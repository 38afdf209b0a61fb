"""WAV files of PCM, A-law and µ-law, read with distrust: a header that lies is refused, not obeyed."""

from __future__ import annotations

import struct
from dataclasses import dataclass

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


def read_wav(data: bytes, where: str) -> Sound:
    """A WAV file of PCM (8, 16, 24, 32 bit), A-law or µ-law, one or two channels.

    Raises BadInput, naming `where`, when it is something else, is cut short, or its header contradicts
    itself. A length that says "not known" (0, 4 GB) is taken as all that is there.
    """
    if len(data) < 12:
        raise BadInput(f"{where}: {len(data)} bytes are no sound file")
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadInput(
            f"{where}: not a WAV file ({_looks_like(data)}); convert it: ffmpeg -i FILE -ar 16000 OUT.wav"
        )
    fmt, sound, complete = _chunks(data, where)
    tag, channels, rate, width = _format(fmt, where)
    frame = channels * width
    if not complete:
        raise BadInput(
            f"{where}: cut short, {len(sound)} bytes of sound are there and the header announces more; copy the file again"
        )
    if not sound:
        raise BadInput(f"{where}: a WAV file without sound")
    if len(sound) % frame:
        raise BadInput(f"{where}: cut short in the middle of a sample; copy the file again")
    return Sound(_samples(sound, tag, width).reshape(-1, channels), rate)


def _looks_like(data: bytes) -> str:
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
    except UnicodeDecodeError:
        return "its content is unknown"
    return "it looks like text"


def _chunks(data: bytes, where: str) -> tuple[bytes, bytes, bool]:
    """The fmt chunk, the sound, and whether the sound is all there."""
    at, fmt = 12, b""
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8 : at + 8 + size]
        if name == b"data":
            if not fmt:
                raise BadInput(f"{where}: sound before its format; the file is damaged")
            if size in _STREAMED and at + 8 + size != len(data):
                return fmt, data[at + 8 :], True
            return fmt, body, len(body) == size
        if len(body) < size:
            raise BadInput(f"{where}: cut short within its header; copy the file again")
        if name == b"fmt ":
            fmt = body
        at += 8 + size + size % 2  # chunks begin at even places
    raise BadInput(f"{where}: a WAV file without sound" if fmt else f"{where}: a WAV file without a format")


def _format(fmt: bytes, where: str) -> tuple[int, int, int, int]:
    """Tag, channels, rate in Hz, bytes a sample."""
    if len(fmt) < 16:
        raise BadInput(f"{where}: its format has {len(fmt)} bytes instead of 16; the file is damaged")
    tag, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", fmt)
    if tag == _EXTENSIBLE and len(fmt) >= 26:
        tag = struct.unpack_from("<H", fmt, 24)[0]
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
