from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.rtp import Packet, TelephoneEvent, Unwrapped, parse_event, parse_packet, write_packet
from consultation.errors import BadInput

PLAIN = Packet(0, 4_711, 160_000, 0xDEADBEEF, bytes(range(160)))


def header(first: int, second: int = 0) -> bytes:
    return struct.pack("!BBHII", first, second, 1, 2, 3)


@given(
    st.integers(0, 63),
    st.integers(0, 65_535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=400),
    st.booleans(),
)
def test_what_is_written_is_read_again(
    kind: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool
) -> None:
    packet = Packet(kind, sequence, timestamp, ssrc, payload, marker)
    assert parse_packet(write_packet(packet)) == packet


def test_contributing_sources_extension_and_padding_are_no_sound() -> None:
    extension = b"\xbe\xde\x00\x02" + bytes(8)
    data = header(0x80 | 0x20 | 0x10 | 2) + bytes(8) + extension + b"sound" + b"\x00\x00\x03"
    assert parse_packet(data).payload == b"sound"


def test_a_packet_may_hold_nothing_but_padding() -> None:
    assert parse_packet(header(0xA0) + b"\x00\x00\x00\x04").payload == b""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "shorter"),
        (b"\x80\x00", "shorter"),
        (header(0x00), "version"),
        (header(0x40) + b"x", "version"),
        (b"\x16\xfe\xff" + bytes(30), "version"),  # DTLS
        (b"\x00\x01\x00\x00" + bytes(16), "version"),  # STUN
        (header(0x80, 200), "RTCP"),
        (header(0x82) + bytes(4), "longer than the packet"),
        (header(0x90) + bytes(2), "cut off"),
        (header(0x90) + b"\xbe\xde\xff\xff" + bytes(8), "longer than the packet"),
        (header(0xA0) + b"\x00\x00\x09", "padding"),
        (header(0xA0) + b"\x00\x00\x00", "padding"),
        (header(0xA0), "padding"),
    ],
)
def test_what_is_no_packet_is_refused_and_says_why(data: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        parse_packet(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_packet_or_refused(data: bytes) -> None:
    try:
        packet = parse_packet(data)
    except BadInput:
        return
    assert len(packet.payload) <= len(data) - 12


def test_a_telephone_event_is_read() -> None:
    assert parse_event(bytes([11, 0x80 | 10, 0x03, 0x20])) == TelephoneEvent(11, True, 800)
    with pytest.raises(BadInput):
        parse_event(b"\x01\x00\x00")


@given(st.lists(st.integers(-32_767, 32_767)), st.integers(0, 65_535))
def test_numbers_that_wrap_around_go_on(steps: list[int], first: int) -> None:
    unwrap = Unwrapped(65_536)
    number = first
    assert unwrap(first) == first
    for step in steps:
        number += step
        assert unwrap(number % 65_536) == number
