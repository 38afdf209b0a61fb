from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.audiosocket import CallId, HangUp, Packet, PacketReader, Sound, write_packet
from consultation.errors import BadInput

UUID = "6f1c2a3e-98d4-4f0b-8a6b-2d9f1c3e5a77"
TONE = np.rint(8_000 * np.sin(np.arange(160) * 0.3)).astype(np.int16)
CALL = b"\x01\x00\x10" + bytes.fromhex(UUID.replace("-", ""))
FRAME = b"\x10\x01\x40" + TONE.astype("<i2").tobytes()


def same(a: Packet, b: Packet) -> bool:
    if isinstance(a, Sound) and isinstance(b, Sound):
        return a.rate == b.rate and np.array_equal(a.samples, b.samples)
    return a == b


def test_the_bytes_of_a_call_are_read() -> None:
    got = PacketReader().push(CALL + FRAME + b"\x03\x00\x015" + FRAME + b"\x00\x00\x00")
    wanted = [CallId(UUID), Sound(TONE, 8_000), Sound(TONE, 8_000), HangUp.ENDED]
    assert len(got) == 4
    assert all(map(same, got, wanted))


@given(st.lists(st.integers(1, 50), max_size=40))
def test_it_does_not_matter_where_the_network_cuts(cuts: list[int]) -> None:
    data = CALL + FRAME + FRAME + b"\xff\x00\x01\x02"
    reader, got = PacketReader(), []
    for cut in [*cuts, len(data)]:
        got += reader.push(data[:cut])
        data = data[cut:]
    assert len(got) == 4
    assert got[0] == CallId(UUID)
    assert got[-1] is HangUp.FAILED
    assert not reader.incomplete


@pytest.mark.parametrize(
    ("kind", "rate"),
    zip(
        range(0x10, 0x19),
        [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000],
        strict=True,
    ),
)
def test_every_rate_has_its_kind(kind: int, rate: int) -> None:
    (sound,) = PacketReader().push(bytes([kind]) + b"\x00\x04\x01\x00\xff\xff")
    assert same(sound, Sound(np.array([1, -1], dtype=np.int16), rate))
    assert write_packet(sound) == bytes([kind]) + b"\x00\x04\x01\x00\xff\xff"


def test_the_longest_packet_fits() -> None:
    sound = Sound(np.arange(32_767).astype(np.int16), 8_000)
    assert same(PacketReader().push(write_packet(sound))[0], sound)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"\xff\x00\x01\x01", HangUp.ENDED),
        (b"\xff\x00\x01\x02", HangUp.FAILED),
        (b"\xff\x00\x01\x04", HangUp.FAILED),
        (b"\xff\x00\x00", HangUp.FAILED),
        (b"\x00\x00\x00", HangUp.ENDED),
    ],
)
def test_a_hang_up_and_an_error_are_told_apart(data: bytes, wanted: HangUp) -> None:
    assert PacketReader().push(data) == [wanted]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00",
        b"\x01\x00\x0f",
        b"\x10\x00\x03",
        b"\x42\xff\xff",
        b"\x03\xff\xff",
    ],
)
def test_garbage_is_refused_from_its_header_on(data: bytes) -> None:
    with pytest.raises(BadInput):
        PacketReader().push(data)


@given(st.binary(max_size=500))
def test_any_bytes_are_packets_or_refused(data: bytes) -> None:
    reader = PacketReader()
    try:
        for packet in reader.push(data):
            assert packet is not None
    except BadInput:
        pass
