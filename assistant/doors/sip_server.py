"""The sockets of the SIP user agent: one UDP and one TCP port of the same number."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from typing import cast

import structlog

from assistant.doors.sip import UserAgent, refuse
from assistant.doors.sip_message import MessageStream, parse_head, parse_message
from consultation.errors import BadInput
from retrieval.care.addresses import network_of

CONNECTIONS = 200  # over TCP, at once
IDLE = 20.0  # seconds within which the first message comes, and for which one may stop in its middle
QUIET = 7_200.0  # seconds after which a connection without any message is closed
PIECE = 65_536  # bytes read at once
OUTBOX = 262_144  # bytes that wait for a client which does not read; then it is given up
LOOK = 0.2  # seconds without data after which a connection is looked at
SILENCE = 60.0  # seconds between two log lines about unreadable or forbidden datagrams

log = structlog.get_logger()


class UdpWire:
    """Back to where a datagram came from."""

    transport = "UDP"

    def __init__(self, endpoint: asyncio.DatagramTransport, source: tuple[str, int], host: str) -> None:
        self.source = source
        self.local = host, int(endpoint.get_extra_info("sockname")[1])
        self._endpoint = endpoint

    def send(self, data: bytes, port: int = 0) -> None:
        """Send a datagram to the source."""
        if not self._endpoint.is_closing():
            self._endpoint.sendto(data, (self.source[0], port or self.source[1]))


class TcpWire:
    """One connection."""

    transport = "TCP"

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.source: tuple[str, int] = writer.get_extra_info("peername")[:2]
        self.local: tuple[str, int] = writer.get_extra_info("sockname")[:2]
        self._writer = writer

    def send(self, data: bytes, port: int = 0) -> None:  # noqa: ARG002 (it has one port)
        """Send over the connection; what is closed, or not read, gets nothing more."""
        if self._writer.is_closing():
            return
        self._writer.write(data)
        if self._writer.transport.get_write_buffer_size() > OUTBOX:
            self._writer.transport.abort()


class SipServer:
    """Listens until `close`."""

    def __init__(
        self,
        agent: UserAgent,
        networks: Collection[str],
        *,
        idle: float = IDLE,
        connections: int = CONNECTIONS,
    ) -> None:
        """`networks`: loopback, private, public, those from which may be called."""
        self._agent = agent
        self._networks = networks
        self._idle, self._room = idle, connections
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._udp is not None
        return int(self._udp.get_extra_info("sockname")[1])

    @property
    def connections(self) -> int:
        """Over TCP, open now."""
        return len(self._open)

    async def listen(self, host: str, port: int) -> None:
        """Port 0: any one that is free. Raises OSError where it is taken; then nothing is open."""
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._connected, host, port, limit=PIECE)
        number = self._tcp.sockets[0].getsockname()[1]
        try:
            self._udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self._agent, self._networks), local_addr=(host, number)
            )
        except OSError:
            self._tcp.close()
            raise

    async def close(self) -> None:
        """Sessions are ended first, so that clients are told."""
        await self._agent.close()
        if self._tcp is not None:
            self._tcp.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._udp is not None:
            self._udp.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        peer = str(writer.get_extra_info("peername", ("",))[0])
        try:
            if network_of(peer) not in self._networks:
                log.warning("sip.refused", peer=peer, reason="its network is not in SANGDAM_DOOR_NETWORKS")
            elif len(self._open) >= self._room:
                log.warning("sip.refused", peer=peer, reason=f"{self._room} connections are open")
            else:
                self._open.add(task)
                await self._serve(reader, writer, peer)
        except asyncio.CancelledError:
            pass  # the server closes
        finally:
            self._open.discard(task)
            with suppress(OSError):
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        wire = TcpWire(writer)
        stream = MessageStream()
        until = time.monotonic() + self._idle
        quiet_until = until
        try:
            while not writer.is_closing():
                try:
                    async with asyncio.timeout(LOOK):
                        data = await reader.read(PIECE)
                except TimeoutError:
                    now = time.monotonic()
                    if now > quiet_until or (stream.incomplete and now > until):
                        raise BadInput("no whole message came in time") from None
                    continue
                if not data:
                    return
                now = time.monotonic()
                for message in stream.push(data):
                    until, quiet_until = now + self._idle, now + QUIET
                    self._agent.receive(message, wire)
                if stream.pings:
                    stream.pings = 0
                    until, quiet_until = now + self._idle, now + QUIET
                    wire.send(b"\r\n")
                if not stream.incomplete:
                    until = now + self._idle
                elif now > until:
                    raise BadInput("no whole message came in time")
        except (BadInput, OSError) as error:
            reason = str(error) if isinstance(error, BadInput) else type(error).__name__
            log.warning("sip.given_up", peer=peer, reason=reason)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, agent: UserAgent, networks: Collection[str]) -> None:
        self._agent = agent
        self._networks = networks
        self._endpoint: asyncio.DatagramTransport | None = None
        self._said = -SILENCE  # monotonic, when a fault was logged last
        self._hosts: dict[str, str] = {}  # our address as seen from another

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._endpoint = cast(asyncio.DatagramTransport, transport)  # selector loops' is none by its class

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._endpoint is not None
        peer, port = addr[0], addr[1]
        if network_of(peer) not in self._networks:
            self._say(peer, "its network is not in SANGDAM_DOOR_NETWORKS")
            return
        if not data.strip(b"\r\n\0 "):
            return  # keeps a way through a firewall open
        wire = UdpWire(self._endpoint, (peer, port), self._host(peer))
        try:
            message = parse_message(data)
        except BadInput as error:
            self._say(peer, str(error))
            with suppress(BadInput):
                head = parse_head(data.partition(b"\r\n\r\n")[0])
                if not head.status:
                    refuse(head, wire, str(error))
            return
        self._agent.receive(message, wire)

    def _host(self, peer: str) -> str:
        """Our address on the way to a peer; of a socket that listens everywhere only routing knows it."""
        assert self._endpoint is not None
        bound = str(self._endpoint.get_extra_info("sockname")[0])
        if bound not in ("0.0.0.0", "::"):  # noqa: S104 (compared, not bound)
            return bound
        if peer not in self._hosts:
            if len(self._hosts) > 1_000:
                self._hosts.clear()
            with socket.socket(
                socket.AF_INET6 if ":" in peer else socket.AF_INET, socket.SOCK_DGRAM
            ) as probe:
                try:
                    probe.connect((peer, 9))  # sends nothing
                    self._hosts[peer] = str(probe.getsockname()[0])
                except OSError:
                    return bound
        return self._hosts[peer]

    def _say(self, peer: str, reason: str) -> None:
        """Now and then: whoever floods the port must not flood the log."""
        now = time.monotonic()
        if now - self._said >= SILENCE:
            self._said = now
            log.warning("sip.unreadable", peer=peer, reason=reason)
