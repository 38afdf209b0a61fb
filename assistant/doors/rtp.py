"""RTP packets (RFC 3550) and telephone events (RFC 4733), read and written. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from consultation.errors import BadInput

HEADER = 12  # bytes
SEQUENCES = 1 << 16
TIMESTAMPS = 1 << 32
COMFORT_NOISE = 13  # payload type, RFC 3389

_HEADER = struct.Struct("!BBHII")
_RTCP = range(72, 77)  # RTCP on the same port, seen as RTP with the marker bit (RFC 5761)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. `timestamp` counts samples from a random beginning."""

    payload_type: int
    sequence: int  # 16 bits
    timestamp: int  # 32 bits
    ssrc: int
    payload: bytes
    marker: bool = False


def parse_packet(data: bytes) -> Packet:
    """Raises BadInput for what is no RTP packet, RTCP included."""
    if len(data) < HEADER:
        raise BadInput("shorter than an RTP header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first >> 6 != 2:
        raise BadInput("not RTP version 2")
    payload_type = second & 0x7F
    if payload_type in _RTCP:
        raise BadInput("RTCP")
    if not first & 0x3F:  # neither padding, extension nor contributing sources: nearly always
        return Packet(payload_type, sequence, timestamp, ssrc, data[HEADER:], second > 0x7F)
    begin = HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        if len(data) < begin + 4:
            raise BadInput("the header extension is cut off")
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4])
    end = len(data)
    if first & 0x20:
        if not 0 < data[-1] <= end - begin:
            raise BadInput("more padding than packet")
        end -= data[-1]
    if begin > end:
        raise BadInput("the header is longer than the packet")
    return Packet(payload_type, sequence, timestamp, ssrc, data[begin:end], second > 0x7F)


def write_packet(packet: Packet) -> bytes:
    """The bytes of a packet without extension, padding or contributing sources."""
    second = packet.payload_type | (0x80 if packet.marker else 0)
    header = _HEADER.pack(
        0x80, second, packet.sequence % SEQUENCES, packet.timestamp % TIMESTAMPS, packet.ssrc
    )
    return header + packet.payload


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """A key that is pressed. The same event comes several times, with one timestamp."""

    code: int  # 0 to 9 digits, 10 *, 11 #, 12 to 15 A to D
    ended: bool
    duration: int  # samples


def parse_event(payload: bytes) -> TelephoneEvent:
    """Raises BadInput where it is cut off."""
    if len(payload) < 4:
        raise BadInput("a telephone event has four bytes")
    return TelephoneEvent(payload[0], bool(payload[1] & 0x80), int.from_bytes(payload[2:4]))


class Unwrapped:
    """Numbers that wrap around, as ones that go on: each the nearest possible to the one before."""

    def __init__(self, modulus: int) -> None:
        self._modulus = modulus
        self._last: int | None = None

    def __call__(self, number: int) -> int:
        if self._last is None:
            self._last = number
        else:
            half = self._modulus // 2
            self._last += (number - self._last + half) % self._modulus - half
        return self._last
