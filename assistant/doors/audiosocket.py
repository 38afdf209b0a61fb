"""Asterisk AudioSocket, read: bytes in pieces of any size in, packets out. Pure.

A packet is one byte of kind, two bytes of length (big endian) and so much payload; sound is linear
16 bit, little endian, one channel (asterisk/documentation, AudioSocket.md; CyCoreSystems/audiosocket).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from consultation.errors import BadInput
from stt.audio import Samples, decode_pcm16

HANG_UP = b"\x00\x00\x00"

_HEADER = struct.Struct("!BH")
_RATES = dict(enumerate((8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000), start=0x10))


@dataclass(frozen=True, slots=True)
class CallId:
    """The first packet: whose call this is."""

    uuid: str


@dataclass(frozen=True, slots=True)
class Sound:
    """int16, shape (n,), at `rate` samples a second."""

    samples: Samples
    rate: int


class HangUp(Enum):
    """The call is over; or the other side cannot go on with it."""

    ENDED = "ended"
    FAILED = "failed"


Packet = CallId | Sound | HangUp


class PacketReader:
    """The packets of one connection. A key that is pressed, and what is not known, is passed over."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def incomplete(self) -> bool:
        """A packet has begun and not ended."""
        return bool(self._held)

    def push(self, data: bytes) -> list[Packet]:
        """Packets that are complete now. Raises BadInput for what cannot be AudioSocket."""
        self._held += data
        out: list[Packet] = []
        begin = 0
        while len(self._held) - begin >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._held, begin)
            end = begin + _HEADER.size + length
            _check(kind, length)
            if len(self._held) < end:
                break
            packet = _read(kind, bytes(self._held[begin + _HEADER.size : end]))
            if packet is not None:
                out.append(packet)
            begin = end
        del self._held[:begin]
        return out


def _check(kind: int, length: int) -> None:
    """What the header alone tells is wrong, so that nobody waits for 64 KiB of garbage."""
    if kind == 0x01 and length != 16:
        raise BadInput(f"a call id of {length} bytes; it has 16")
    if kind in _RATES and length % 2:
        raise BadInput(f"{length} bytes are no whole 16-bit samples")
    if kind in (0x00, 0x02, 0x03, 0xFF) and length > 16:
        raise BadInput(f"a packet of kind {kind:#04x} with {length} bytes")
    if kind not in _RATES and kind not in (0x00, 0x01, 0x02, 0x03, 0xFF):
        raise BadInput(f"no packet is of kind {kind:#04x}")


def _read(kind: int, payload: bytes) -> Packet | None:
    if kind in _RATES:
        return Sound(decode_pcm16(payload), _RATES[kind])
    if kind == 0x01:
        return CallId(str(UUID(bytes=payload)))
    if kind == 0x00:
        return HangUp.ENDED
    if kind == 0xFF:  # code 1: the caller hung up
        return HangUp.ENDED if payload[:1] == b"\x01" else HangUp.FAILED
    return None  # a key (its digit may belong to a secret), or a frame of silence without length


def write_packet(packet: CallId | Sound | HangUp) -> bytes:
    """The bytes that Asterisk would send."""
    match packet:
        case CallId(uuid):
            return _HEADER.pack(0x01, 16) + UUID(uuid).bytes
        case Sound(samples, rate):
            data = samples.astype("<i2").tobytes()
            kind = next(kind for kind, known in _RATES.items() if known == rate)
            return _HEADER.pack(kind, len(data)) + data
        case HangUp.ENDED:
            return HANG_UP
        case _:
            return _HEADER.pack(0xFF, 1) + b"\x02"
