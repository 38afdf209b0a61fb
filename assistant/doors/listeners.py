"""The doors that have ports of their own: AudioSocket and SIPREC, opened and closed with the server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from assistant.doors.announced import Announced
from assistant.doors.audiosocket_server import AudioSocketServer
from assistant.doors.roles import AgentNumbers
from assistant.doors.rtp_ports import RtpPorts
from assistant.doors.sip import UserAgent
from assistant.doors.sip_server import SipServer
from assistant.hearing import Hearing
from consultation.errors import BadInput, BadSetting, NotReady
from consultation.people import account_name
from consultation.settings import Settings
from retrieval.care.addresses import NETWORKS

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.\-]+):([0-9]{1,5})", re.ASCII)

log = structlog.get_logger()


class Listeners:
    """What the settings open; nothing by default."""

    def __init__(
        self, settings: Settings, hearing: Hearing, announced: Announced, is_agent: Callable[[str], bool]
    ) -> None:
        """`is_agent`: is there such an account? Raises BadSetting, so that a mistake stops the start."""
        networks = door_networks(settings.door_networks)
        self.audiosocket: AudioSocketServer | None = None
        self.siprec: SipServer | None = None
        self._addresses = {
            name: address_of(name, value)
            for name, value in (
                ("SANGDAM_AUDIOSOCKET", settings.audiosocket),
                ("SANGDAM_SIPREC", settings.siprec),
            )
            if value
        }
        numbers = AgentNumbers(settings.agent_numbers)
        if settings.audiosocket:
            self.audiosocket = AudioSocketServer(hearing, announced, networks)
        if settings.siprec:
            host, _ = self._addresses["SANGDAM_SIPREC"]
            agent = UserAgent(
                hearing, RtpPorts(host, settings.rtp_ports), networks, numbers, _known(is_agent)
            )
            self.siprec = SipServer(agent, networks)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Listeners]:
        """Listen while inside. Raises NotReady where a port cannot be had."""
        async with AsyncExitStack() as stack:
            for name, server in (("SANGDAM_AUDIOSOCKET", self.audiosocket), ("SANGDAM_SIPREC", self.siprec)):
                if server is None:
                    continue
                host, port = self._addresses[name]
                try:
                    await server.listen(host, port)
                except OSError as error:
                    raise NotReady(
                        f"{name}={host}:{port} cannot be opened ({error.strerror or type(error).__name__}); "
                        f"is another program there? Choose another port"
                    ) from None
                stack.push_async_callback(server.close)
                log.info(
                    "door.opened", door=name.removeprefix("SANGDAM_").lower(), host=host, port=server.port
                )
            yield self


def address_of(name: str, value: str) -> tuple[str, int]:
    """Host and port of a setting. Raises BadSetting."""
    found = _ADDRESS.fullmatch(value.strip())
    if found is None or int(found[2]) > 65_535:
        raise BadSetting(f"{name}: {value!r} is no address; write host:port, such as 127.0.0.1:9092")
    return found[1].strip("[]"), int(found[2])


def door_networks(setting: str) -> frozenset[str]:
    """Who may connect. Raises BadSetting."""
    named = frozenset(filter(None, (name.strip() for name in setting.split(","))))
    if unknown := sorted(named - set(NETWORKS)):
        raise BadSetting(
            f"SANGDAM_DOOR_NETWORKS: {', '.join(unknown)} is no network; known are: {', '.join(NETWORKS)}"
        )
    return named


def _known(is_agent: Callable[[str], bool]) -> Callable[[str], bool]:
    """What is no account's name is none's."""

    def known(name: str) -> bool:
        try:
            return is_agent(account_name(name))
        except BadInput:
            return False

    return known
