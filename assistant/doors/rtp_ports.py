"""The UDP ports on which sound is received: even ones of a range, each bound while it is used."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable

from assistant.doors.jitter import Address
from consultation.errors import BadSetting, NotReady

BUFFER = 1_048_576  # bytes that the system keeps while we are busy, if it allows so many: seconds of sound

_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})", re.ASCII)

Arrived = Callable[[bytes, Address], None]


class RtpPort(asyncio.DatagramProtocol):
    """One bound port; `arrived` gets every datagram."""

    def __init__(self, arrived: Arrived) -> None:
        self._arrived = arrived
        self._transport: asyncio.BaseTransport | None = None
        self.port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        bound: socket.socket = transport.get_extra_info("socket")
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._arrived(data, (addr[0], addr[1]))

    def close(self) -> None:
        """Free the port."""
        if self._transport is not None:
            self._transport.close()


class RtpPorts:
    """Lends ports of the range."""

    def __init__(self, host: str, setting: str) -> None:
        """`setting`: first and last port, 20000-20999. Raises BadSetting."""
        found = _RANGE.fullmatch(setting.strip())
        if found is None or not 1_024 <= int(found[1]) < int(found[2]) <= 65_535:
            raise BadSetting(f"SANGDAM_RTP_PORTS: {setting!r} is no range of ports such as 20000-20999")
        self._host = host
        self._ports = range(int(found[1]) + int(found[1]) % 2, int(found[2]) + 1, 2)  # RTCP has the odd ones
        self._next = 0

    async def open(self, arrived: Arrived) -> RtpPort:
        """The next one that is free, of this program and others. Raises NotReady where none is."""
        loop = asyncio.get_running_loop()
        for _ in self._ports:
            port = self._ports[self._next % len(self._ports)]
            self._next += 1
            try:
                _, made = await loop.create_datagram_endpoint(
                    lambda: RtpPort(arrived), local_addr=(self._host, port)
                )
            except OSError:
                continue
            return made
        raise NotReady(f"all {len(self._ports)} RTP ports are in use; widen SANGDAM_RTP_PORTS")
