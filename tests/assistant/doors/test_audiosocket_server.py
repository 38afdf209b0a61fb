"""Real connections from this machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest

from assistant.doors.announced import Announced
from assistant.doors.audiosocket import CallId, HangUp, Sound, write_packet
from assistant.doors.audiosocket_server import AudioSocketServer
from assistant.hearing import Line
from consultation.errors import EngineDown, Refused
from consultation.types import Speaker
from tests.assistant.doors.fake_hearing import FakeHearing
from tests.assistant.doors.rtp_network import counted

ONE = "6f1c2a3e-98d4-4f0b-8a6b-2d9f1c3e5a77"
TWO = "0b9f7a52-1d3c-4e5f-9a8b-7c6d5e4f3a2b"
SOUND = counted(1.0)


def frames(sound: np.ndarray, rate: int = 8_000) -> list[bytes]:
    size = rate // 50
    return [write_packet(Sound(sound[at : at + size], rate)) for at in range(0, len(sound), size)]


class Asterisk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *packets: bytes) -> None:
        self.writer.write(b"".join(packets))
        await self.writer.drain()

    async def closed(self) -> bytes:
        """Wait until the server closes; what it said."""
        async with asyncio.timeout(30):
            return await self.reader.read()


class Door:
    def __init__(self, server: AudioSocketServer, hearing: FakeHearing, announced: Announced) -> None:
        self.server = server
        self.hearing = hearing
        self.announced = announced
        self.open: list[Asterisk] = []

    async def call(self) -> Asterisk:
        asterisk = Asterisk(*await asyncio.open_connection("127.0.0.1", self.server.port))
        self.open.append(asterisk)
        return asterisk


@asynccontextmanager
async def door(hearing: FakeHearing | None = None, **limits: float) -> AsyncIterator[Door]:
    hearing, announced = hearing or FakeHearing(), Announced()
    networks = limits.pop("networks", frozenset({"loopback"}))
    server = AudioSocketServer(hearing.real, announced, networks, **limits)  # type: ignore[arg-type]
    await server.listen("127.0.0.1", 0)
    opened = Door(server, hearing, announced)
    try:
        yield opened
    finally:
        for asterisk in opened.open:
            asterisk.writer.close()
        await server.close()


async def until(true: Callable[[], object], wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    async with asyncio.timeout(30):
        while not true():
            await wait(0.01)


async def test_a_uuid_nobody_announced_is_one_line_with_everybody_on_it() -> None:
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND), write_packet(HangUp.ENDED))
        assert await asterisk.closed() == b"\x00\x00\x00"
        (call,) = here.hearing.calls
        assert call.line == Line("audiosocket", ONE, "", (None,), 8_000)
        assert np.array_equal(call.sound(), SOUND)
        assert call.farewell == "ended"


async def test_two_announced_legs_are_one_call_with_a_speaker_each() -> None:
    async with door(FakeHearing(joined=[0.0, 1.5])) as here:
        here.announced.announce("1717.42", {ONE: "citizen", TWO: "agent"}, "agent-7", time.monotonic())
        first, second = await here.call(), await here.call()
        await first.send(write_packet(CallId(ONE)), *frames(SOUND))
        await until(lambda: len(here.hearing.calls) == 1)
        await second.send(write_packet(CallId(TWO)), *frames(SOUND))
        await until(lambda: len(here.hearing.calls) == 2 and here.hearing.calls[1].pieces)
        citizen, agent = here.hearing.calls
        assert citizen.line == Line("audiosocket", "1717.42", "agent-7", (Speaker.CITIZEN,), 8_000)
        assert agent.line == Line("audiosocket", "1717.42", "agent-7", (Speaker.AGENT,), 8_000)
        assert agent.pieces[0][2] == 1.5


@pytest.mark.parametrize(
    ("rate", "heard_at"), [(16_000, 16_000), (12_000, 16_000), (44_100, 16_000), (48_000, 16_000)]
)
async def test_every_rate_is_heard_at_one_that_a_line_may_have(rate: int, heard_at: int) -> None:
    tone = np.rint(9_000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.int16)
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(tone, rate), write_packet(HangUp.ENDED))
        await asterisk.closed()
        (call,) = here.hearing.calls
        assert call.line.rate == heard_at
        got = call.sound()
        wanted = 9_000 * np.sin(2 * np.pi * 440 * np.arange(len(got)) / heard_at)
        assert len(got) > 0.99 * heard_at
        assert np.abs(got[400:-400] - wanted[400:-400]).max() < 15


async def test_a_channel_that_rests_goes_on_where_time_has_got_to() -> None:
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)))
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, frame in enumerate(frames(SOUND)):
            rested = 1.0 if number >= 25 else 0.0
            await asyncio.sleep(max(0.0, start + 0.02 * number + rested - loop.time()))
            await asterisk.send(frame)
        await asterisk.send(write_packet(HangUp.ENDED))
        await asterisk.closed()
        times = [at for _, _, at in here.hearing.calls[0].pieces if at is not None]
        assert len(times) == 50
        assert times == sorted(times)
        assert times[25] - times[24] == pytest.approx(1.02, abs=0.5)


async def test_a_connection_that_is_lost_leaves_its_call_waiting() -> None:
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND), b"\x10\x01\x40half a pack")
        asterisk.writer.close()
        await until(lambda: here.hearing.calls and here.hearing.calls[0].farewell)
        assert here.hearing.calls[0].farewell == "dropped"
        assert np.array_equal(here.hearing.calls[0].sound(), SOUND)


async def test_a_call_that_is_over_here_hangs_up() -> None:
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND))
        await until(lambda: here.hearing.calls)
        here.hearing.calls[0].over = True
        assert await asterisk.closed() == b"\x00\x00\x00"


@pytest.mark.parametrize(
    "said",
    [
        b"",  # nothing at all
        b"\x01\x00\x10half",
        write_packet(CallId(ONE)),  # and then no sound
        write_packet(CallId(ONE)) + frames(SOUND)[0] + b"\x10\xff\xffhalf a long packet",
    ],
)
async def test_a_client_that_says_nothing_more_is_given_up(said: bytes) -> None:
    async with door(greeting=0.3, idle=0.3) as here:
        asterisk = await here.call()
        await asterisk.send(said)
        await asterisk.closed()
        await until(lambda: here.server.connections == 0)
        assert all(call.farewell == "dropped" for call in here.hearing.calls)


async def test_a_client_that_drips_bytes_is_given_up_too() -> None:
    async with door(greeting=0.5) as here:
        asterisk = await here.call()
        sent = 0
        with suppress(ConnectionError):
            for byte in (write_packet(CallId(ONE)) * 20)[:-1]:
                await asterisk.send(bytes([byte]))
                await asyncio.sleep(0.1)
                sent += 1
                if asterisk.reader.at_eof():
                    break
        assert sent < 19


async def test_a_call_on_hold_that_sends_nothing_stays_connected() -> None:
    async with door(greeting=0.2, idle=0.2) as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND))
        await asyncio.sleep(1.0)
        assert here.server.connections == 1
        await asterisk.send(*frames(SOUND), write_packet(HangUp.ENDED))
        await asterisk.closed()
        assert here.hearing.calls[0].farewell == "ended"


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        bytes(range(255, 0, -1)) * 40,
        frames(SOUND)[0],  # sound before the call is named
        write_packet(HangUp.ENDED),
        write_packet(CallId(ONE)) * 2,
        write_packet(CallId(ONE)) + b"\x10\x00\x01x",
    ],
)
async def test_garbage_ends_its_own_connection_and_no_other(said: bytes) -> None:
    async with door() as here:
        other = await here.call()
        await other.send(write_packet(CallId(TWO)), *frames(SOUND)[:25])
        broken = await here.call()
        await broken.send(said)
        await broken.closed()
        await other.send(*frames(SOUND)[25:], write_packet(HangUp.ENDED))
        await other.closed()
        call = next(call for call in here.hearing.calls if call.line.key == TWO)
        assert np.array_equal(call.frames(), SOUND)
        assert call.farewell == "ended"


@pytest.mark.parametrize("error", [Refused("no agent"), EngineDown("the store is away")])
async def test_a_call_that_cannot_be_taken_is_hung_up(error: Refused) -> None:
    async with door(FakeHearing(refuses=error)) as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND))
        assert await asterisk.closed() == b"\x00\x00\x00"


async def test_only_so_many_connections_are_open_at_once() -> None:
    async with door(connections=2) as here:
        first, second = await here.call(), await here.call()
        await first.send(write_packet(CallId(ONE)), *frames(SOUND))
        await second.send(write_packet(CallId(TWO)), *frames(SOUND))
        await until(lambda: len(here.hearing.calls) == 2)
        third = await here.call()
        await third.closed()
        first.writer.close()
        await until(lambda: here.server.connections == 1)
        again = await here.call()
        await again.send(write_packet(CallId(ONE)), *frames(SOUND))
        await until(lambda: len(here.hearing.calls) == 3)


async def test_other_networks_are_turned_away() -> None:
    async with door(networks=frozenset({"private"})) as here:  # type: ignore[arg-type]
        asterisk = await here.call()
        with suppress(ConnectionError):
            await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND))
            await asterisk.closed()
        assert not here.hearing.calls


async def test_closing_the_door_frees_everything() -> None:
    async with door() as here:
        asterisk = await here.call()
        await asterisk.send(write_packet(CallId(ONE)), *frames(SOUND))
        await until(lambda: here.hearing.calls and len(here.hearing.calls[0].sound()) == len(SOUND))
        await here.server.close()
        await asterisk.closed()
        assert here.server.connections == 0
        assert here.hearing.calls[0].farewell == "dropped"
