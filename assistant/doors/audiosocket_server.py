"""Where Asterisk connects with AudioSocket: one connection is one leg of a call.

AudioSocket has no times. A leg's position is the number of its samples; where the channel rested (an
Asterisk channel sends nothing while nothing comes to it) the moment of arrival says for how long, and
the rest is silence. A connection that is lost without a farewell leaves its call 30 s to come back.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Collection
from contextlib import suppress

import structlog

from assistant.doors.announced import Announced
from assistant.doors.arrival import Arrivals
from assistant.doors.audiosocket import HANG_UP, CallId, HangUp, PacketReader, Sound
from assistant.hearing import HeardCall, Hearing, Line
from consultation.errors import BadInput, SangdamError
from retrieval.care.addresses import network_of
from stt.audio import RATE, TELEPHONE_RATE, Samples
from stt.resample import Resampler

GREETING = 5.0  # seconds within which a connection says whose call it is
IDLE = 20.0  # seconds within which its sound begins, and for which it may stop within a packet
CONNECTIONS = 500  # at once
PIECE = 65_536  # bytes read at once
LOOK = 0.2  # seconds without data after which a connection is looked at

log = structlog.get_logger()


class AudioSocketServer:
    """Takes connections until `close`."""

    def __init__(
        self,
        hearing: Hearing,
        announced: Announced,
        networks: Collection[str],
        *,
        greeting: float = GREETING,
        idle: float = IDLE,
        connections: int = CONNECTIONS,
    ) -> None:
        """`networks`: loopback, private, public, those which may connect."""
        self._hearing = hearing
        self._announced = announced
        self._networks = networks
        self._greeting, self._idle, self._room = greeting, idle, connections
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """Open now."""
        return len(self._open)

    async def listen(self, host: str, port: int) -> None:
        """Raises OSError where the port is taken."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=PIECE)

    async def close(self) -> None:
        """Stop listening; connections end, their calls wait for them to come back."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peer = str(writer.get_extra_info("peername", ("",))[0])
        try:
            if network_of(peer) not in self._networks:
                log.warning(
                    "audiosocket.refused", peer=peer, reason="its network is not in SANGDAM_DOOR_NETWORKS"
                )
            elif len(self._open) >= self._room:
                log.warning("audiosocket.refused", peer=peer, reason=f"{self._room} connections are open")
            else:
                self._open.add(task)
                _keep_alive(writer)
                await self._serve(reader, peer)
        except asyncio.CancelledError:
            pass  # the server closes
        finally:
            self._open.discard(task)
            with suppress(OSError):
                writer.write(HANG_UP)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, peer: str) -> None:
        leg = _Connection(self._hearing, self._announced)
        packets = PacketReader()
        until = time.monotonic() + self._greeting
        try:
            while not leg.over:
                try:
                    async with asyncio.timeout(LOOK):
                        data = await reader.read(PIECE)
                except TimeoutError:
                    now = time.monotonic()
                    if now > until and (packets.incomplete or not leg.has_sound):
                        raise BadInput("nothing was said in time") from None
                    await leg.look(now)
                    continue
                if not data:
                    break
                now = time.monotonic()
                for packet in packets.push(data):
                    until = now + self._idle
                    await leg.take(packet, now)
                if now > until:
                    raise BadInput("no whole packet came in time")
        except (SangdamError, OSError) as error:
            reason = str(error) if isinstance(error, SangdamError) else type(error).__name__
            log.warning("audiosocket.given_up", peer=peer, leg=leg.uuid, reason=reason)
        finally:
            await leg.lost()


class _Connection:
    """One connection: whose it is, and the call that it feeds."""

    def __init__(self, hearing: Hearing, announced: Announced) -> None:
        self.uuid = ""
        self._hearing = hearing
        self._announced = announced
        self._heard: HeardCall | None = None
        self._rate = 0  # of the line
        self._came = 0  # rate of the sound
        self._resampler: Resampler | None = None
        self._samples = 0
        self._arrivals: Arrivals[Samples] | None = None
        self._ended = False

    @property
    def has_sound(self) -> bool:
        """Sound has come; from now on it may rest, as on hold, until the call is given up."""
        return self._heard is not None

    @property
    def over(self) -> bool:
        """Nothing more is heard: it ended, or the call did, or another connection took it over."""
        return self._ended or (self._heard is not None and self._heard.over)

    async def take(self, packet: CallId | Sound | HangUp, now: float) -> None:
        """One packet that arrived `now`. Raises BadInput where it is out of turn."""
        if self._ended:
            return
        if isinstance(packet, CallId):
            if self.uuid:
                raise BadInput("a second call on one connection")
            self.uuid = packet.uuid
        elif not self.uuid:
            raise BadInput("the first packet does not say whose call it is")
        elif isinstance(packet, Sound):
            await self._hear(packet, now)
        else:
            self._ended = True
            if packet is HangUp.ENDED and self._heard is not None:
                await self._flush()
                await self._heard.end()

    async def look(self, now: float) -> None:
        """Sound that was kept back may be due."""
        if self._arrivals is not None:
            await self._push(self._arrivals.overdue(now))

    async def lost(self) -> None:
        """The connection is gone."""
        if self._heard is not None:
            await self._flush()
            await self._heard.drop()

    async def _hear(self, sound: Sound, now: float) -> None:
        if self._heard is None or self._arrivals is None:
            leg = self._announced.find(self.uuid, now)
            self._rate = sound.rate if sound.rate in (TELEPHONE_RATE, RATE) else RATE
            line = (
                Line("audiosocket", leg.call, leg.agent, (leg.speaker,), self._rate)
                if leg
                else Line("audiosocket", self.uuid, "", (None,), self._rate)
            )
            self._heard = await self._hearing.open(line)
            self._arrivals = Arrivals(now - len(sound.samples) / sound.rate, counts=True)
        samples, seconds = sound.samples, len(sound.samples) / sound.rate
        if sound.rate != self._came:
            self._came = sound.rate
            self._resampler = Resampler(sound.rate, self._rate) if sound.rate != self._rate else None
        if self._resampler is not None:
            samples = self._resampler.push(samples)
        placed = self._arrivals.push(samples, self._samples / self._rate, seconds, now)
        self._samples += len(samples)
        await self._push(placed)

    async def _flush(self) -> None:
        if self._arrivals is not None:
            await self._push(self._arrivals.flush())

    async def _push(self, placed: list[tuple[Samples, float]]) -> None:
        for samples, at in placed:
            if self._heard is not None and len(samples):
                await self._heard.push(0, samples, self._heard.joined + at)


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """A machine that is gone without a word is noticed within half a minute."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # not everywhere
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
