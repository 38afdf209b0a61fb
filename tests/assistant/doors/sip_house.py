"""The user agent on real sockets of this machine, for tests: `async with house() as here`."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from assistant.doors.roles import AgentNumbers
from assistant.doors.rtp import Packet, write_packet
from assistant.doors.rtp_ports import RtpPorts
from assistant.doors.sip import UserAgent
from assistant.doors.sip_server import SipServer
from stt.audio import Samples
from tests.assistant.doors.fake_hearing import FakeCall, FakeHearing
from tests.assistant.doors.rtp_network import on_time, spoken
from tests.assistant.doors.siprec_client import Client

LOOPBACK = frozenset({"loopback"})


class House:
    def __init__(self, agent: UserAgent, server: SipServer, hearing: FakeHearing) -> None:
        self.agent = agent
        self.server = server
        self.hearing = hearing
        self.clients: list[Client] = []

    async def client(self, transport: str = "UDP") -> Client:
        client = await Client(("127.0.0.1", self.server.port), transport).open()
        self.clients.append(client)
        return client

    @property
    def call(self) -> FakeCall:
        return self.hearing.calls[-1]


def some_ports(count: int = 40) -> str:
    """A range that is free now, out of the way of tests beside this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        first = min(int(probe.getsockname()[1]), 65_000) // 2 * 2
    return f"{first}-{first + count - 1}"


@asynccontextmanager
async def house(
    hearing: FakeHearing | None = None,
    *,
    ports: int = 40,
    t1: float = 0.05,
    soundless: float = 25.0,
    networks: frozenset[str] = LOOPBACK,
    accounts: Sequence[str] = (),
    idle: float = 20.0,
) -> AsyncIterator[House]:
    hearing = hearing or FakeHearing()
    agent = UserAgent(
        hearing.real,
        RtpPorts("127.0.0.1", some_ports(ports)),
        LOOPBACK,
        AgentNumbers("7000-7999"),
        lambda name: name in accounts,
        t1=t1,
        soundless=soundless,
    )
    server = SipServer(agent, networks, idle=idle)
    await server.listen("127.0.0.1", 0)
    made = House(agent, server, hearing)
    try:
        yield made
    finally:
        for client in made.clients:
            client.close()
        await server.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


@contextmanager
def source() -> Iterator[Callable[[int, Sequence[Packet]], Awaitable[None]]]:
    """A socket that sends packets to a port, 20 ms by 20 ms."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))

        async def send(port: int, packets: Sequence[Packet]) -> None:
            start = time.monotonic()
            for data, moment in on_time(packets):
                await asyncio.sleep(max(0.0, start + moment - time.monotonic()))
                sender.sendto(data, ("127.0.0.1", port))

        yield send


async def play(port: int, sound: Samples) -> None:
    """Send a sound to a port, all at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        for packet in spoken(sound):
            sender.sendto(write_packet(packet), ("127.0.0.1", port))
