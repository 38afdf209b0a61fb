from __future__ import annotations

import asyncio
import socket

import pytest

from assistant.doors.rtp_ports import RtpPort, RtpPorts
from consultation.errors import BadSetting, NotReady
from tests.assistant.doors.sip_house import some_ports


def ignore(data: bytes, source: tuple[str, int]) -> None:
    """Nothing is heard here."""


async def test_ports_are_even_and_all_different_until_there_are_no_more() -> None:
    ports = RtpPorts("127.0.0.1", some_ports(8))
    opened: list[RtpPort] = [await ports.open(ignore) for _ in range(4)]
    assert len({port.port for port in opened}) == 4
    assert all(port.port % 2 == 0 for port in opened)
    with pytest.raises(NotReady, match="SANGDAM_RTP_PORTS"):
        await ports.open(ignore)
    opened[0].close()
    await asyncio.sleep(0)
    assert (await ports.open(ignore)).port == opened[0].port


async def test_a_port_of_another_program_is_passed_over() -> None:
    setting = some_ports(4)
    first = int(setting.partition("-")[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", first))
        assert (await RtpPorts("127.0.0.1", setting).open(ignore)).port == first + 2


async def test_every_datagram_arrives_with_its_source() -> None:
    came: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue()
    port = await RtpPorts("127.0.0.1", some_ports(2)).open(lambda *one: came.put_nowait(one))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        sender.sendto(b"hello", ("127.0.0.1", port.port))
        async with asyncio.timeout(30):
            assert await came.get() == (b"hello", sender.getsockname())
    port.close()


@pytest.mark.parametrize(
    "setting", ["", "20000", "20000-", "20001-20000", "80-90", "60000-70000", "a-b", "1-2-3"]
)
def test_what_is_no_range_is_refused_by_its_name(setting: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_RTP_PORTS"):
        RtpPorts("127.0.0.1", setting)
