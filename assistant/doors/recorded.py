"""One recording session: its RTP streams become the sound of a call.

Packets wait at their ports until they are taken together, some twenty times a second. A session in
which no sound comes although some is due is given up; one on hold is not.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

import structlog

from assistant.doors.commands import Frame
from assistant.doors.jitter import Address, RtpStream
from assistant.doors.roles import Roles
from assistant.doors.rtp_ports import RtpPort, RtpPorts
from assistant.doors.sdp import Media
from assistant.hearing import LONGEST_KEY, HeardCall, Hearing, Line
from consultation.errors import SangdamError
from consultation.types import Speaker
from retrieval.care.addresses import network_of
from stt.audio import TELEPHONE_RATE

TOGETHER = 0.05  # seconds of sound that are taken together
WAITING = 500  # packets of a stream that wait at most: 10 s
SOUNDLESS = 25.0  # seconds without a packet after which a session is given up, unless it is on hold
ON_HOLD = 3_600.0  # seconds after which it is given up even so

log = structlog.get_logger()

Datagram = tuple[bytes, Address, float]


class _Wire:
    """One medium: the port, what came in, and the stream that it makes."""

    def __init__(self, media: Media, stream: RtpStream, networks: Collection[str]) -> None:
        self.media = media
        self.stream = stream
        self.waiting: deque[Datagram] = deque(maxlen=WAITING)
        self.port: RtpPort | None = None
        self._networks = networks
        self._known: Address | None = None  # an address that may send

    def arrived(self, data: bytes, source: Address) -> None:
        if source != self._known:
            if network_of(source[0]) not in self._networks:
                self.stream.faults["from a network that may not send"] += 1
                return
            self._known = source
        self.waiting.append((data, source, time.monotonic()))

    def take(self) -> list[Frame]:
        out: list[Frame] = []
        while self.waiting:
            out += self.stream.push(*self.waiting.popleft())
        return out


class RecordedSession:
    """From the answer to INVITE until the session is over."""

    def __init__(
        self,
        hearing: Hearing,
        ports: RtpPorts,
        networks: Collection[str],
        over: Callable[[str], None],
        *,
        soundless: float = SOUNDLESS,
    ) -> None:
        """`over` is told, with the reason, when the session should end although the client did not say so."""
        self._hearing = hearing
        self._ports = ports
        self._networks = networks
        self._over = over
        self._soundless = soundless
        self._zero = 0.0  # monotonic, at the start
        self._wires: list[_Wire | None] = []  # of the media in order; None: refused
        self._heard: HeardCall | None = None
        self._mixed = False
        self._moved = 0.0  # monotonic: when it began, or sound began to be due
        self._pump: asyncio.Task[None] | None = None

    @property
    def port_numbers(self) -> list[int | None]:
        """Where each medium is received; None: refused."""
        return [wire.port.port if wire is not None and wire.port else None for wire in self._wires]

    @property
    def faults(self) -> Counter[str]:
        """What was dropped, by reason."""
        wires = [wire for wire in self._wires if wire is not None]
        return sum((wire.stream.faults for wire in wires), Counter(lost=sum(w.stream.lost for w in wires)))

    async def open(self, key: str, media: Sequence[Media], roles: Roles) -> None:
        """Bind the ports and begin the call. Raises `SangdamError`; then nothing is left open."""
        if len(key) > LONGEST_KEY:
            key = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        self._mixed = None in roles.speakers
        speakers = (None,) if self._mixed else (Speaker.CITIZEN, Speaker.AGENT)
        self._zero = self._moved = time.monotonic()
        try:
            await self._bind(media)
            line = Line("siprec", key, roles.agent, speakers, TELEPHONE_RATE)
            self._heard = await self._hearing.open(line)
        except BaseException:
            self._free()
            raise
        self._zero = self._moved = time.monotonic()
        for wire in filter(None, self._wires):
            wire.waiting.clear()
            wire.stream = RtpStream(-1, wire.media.payloads, wire.media.events, self._zero)
        self._route(roles)
        self._pump = asyncio.create_task(self._run())

    async def change(self, media: Sequence[Media], roles: Roles) -> None:
        """The client changed what it sends, or who is heard where. Raises NotReady where no port is free."""
        before = [wire is not None and wire.media.sends for wire in self._wires]
        await self._bind(media)
        for was, wire in zip(before, self._wires, strict=False):
            if wire is not None and wire.media.sends and not was:
                wire.stream.rested()
        if not any(before):
            self._moved = time.monotonic()
        self._route(roles)

    async def end(self) -> None:
        """The client says that it is over."""
        await self._stop()
        if self._heard is not None:
            await self._heard.end()

    async def drop(self) -> None:
        """The client is gone; the call waits for it to come back."""
        await self._stop()
        if self._heard is not None:
            await self._heard.drop()

    # ---- inside

    async def _bind(self, media: Sequence[Media]) -> None:
        for place, one in enumerate(media):
            if place == len(self._wires):
                self._wires.append(None)
            wire = self._wires[place]
            if one.fault:
                if wire is not None and wire.port is not None:
                    wire.port.close()
                self._wires[place] = None
                continue
            if wire is None:
                stream = RtpStream(-1, one.payloads, one.events, self._zero)
                wire = _Wire(one, stream, self._networks)
                wire.port = await self._ports.open(wire.arrived)
                self._wires[place] = wire
            wire.media = one
            wire.stream.payloads, wire.stream.events = one.payloads, one.events

    def _route(self, roles: Roles) -> None:
        """Which stream is heard on which channel. Of several of one speaker the last that sends is."""
        by_channel: dict[int, _Wire] = {}
        wires = [wire for wire in self._wires if wire is not None]
        for wire, speaker in zip(wires, roles.speakers, strict=False):
            wire.stream.channel = -1
            channel = 1 if speaker is Speaker.AGENT else 0
            if self._mixed:
                by_channel.setdefault(0, wire)
            elif wire.media.sends or channel not in by_channel:
                by_channel[channel] = wire
        for channel, wire in by_channel.items():
            wire.stream.channel = channel

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TOGETHER)
            now = time.monotonic()
            try:
                for wire in tuple(self._wires):
                    if wire is not None:
                        await self._push(wire.take() + wire.stream.flush(now))
            except SangdamError as error:
                self._over(str(error))
                return
            if reason := self._reason(now):
                self._over(reason)
                return

    def _reason(self, now: float) -> str:
        """Why it should end; empty while it should not."""
        if self._heard is not None and self._heard.over:
            return "the call has ended here"
        wires = [wire for wire in self._wires if wire is not None]
        sound = max([self._moved, *(wire.stream.heard_at or 0.0 for wire in wires)])
        due = any(wire.media.sends for wire in wires)
        if now - sound > (self._soundless if due else ON_HOLD):
            return "no sound came"
        return ""

    async def _push(self, frames: Sequence[Frame]) -> None:
        assert self._heard is not None
        for frame in frames:
            if frame.channel >= 0:
                await self._heard.push(frame.channel, frame.samples, frame.at + self._heard.joined)

    async def _stop(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait({self._pump})
        wires = [wire for wire in self._wires if wire is not None]
        self._free()
        with suppress(SangdamError):
            for wire in wires:
                await self._push(wire.take() + wire.stream.finish())

    def _free(self) -> None:
        if faults := +self.faults:
            log.info("siprec.faults", faults=dict(faults))
        for wire in filter(None, self._wires):
            if wire.port is not None:
                wire.port.close()
        self._wires = []
