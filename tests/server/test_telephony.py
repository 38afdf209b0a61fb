"""The whole server with the ports of a telephone system: AudioSocket and SIPREC over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn

from assistant.doors.audiosocket import CallId, HangUp, Sound, write_packet
from assistant.doors.rtp import write_packet as write_rtp
from consultation.errors import BadSetting
from consultation.settings import Settings
from consultation.types import Role, Speaker, Stage, Turn
from server.app import create_app
from server.demo_home import PASSWORD, prepare
from server.engines import Engines, build
from server.speech import Speech
from stt.audio import Floats, Samples
from stt.recogniser import Heard, Listen
from tests.assistant.doors.rtp_network import spoken
from tests.assistant.doors.siprec_client import OLDER, RFC_7865, Client, metadata, offer, ports_of
from tests.running_server import free_port
from tests.server.conftest import EVERYBODY
from tests.stt.speech import say, silence

KEY = "the key of the door"
SAID = "여권을 다시 만들고 싶어요"
SOON = 30.0  # seconds after which a test gives up
CITIZEN_LEG, AGENT_LEG = "6f1c2a3e-98d4-4f0b-8a6b-2d9f1c3e5a77", "0b9f7a52-1d3c-4e5f-9a8b-7c6d5e4f3a2b"


class Parrot:
    """A recogniser that hears the same sentence in whatever is spoken."""

    name = "parrot"

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        return Heard(SAID)


@dataclass
class Exchange:
    """The server, and the addresses at which a telephone system reaches it."""

    web: str
    audiosocket: tuple[str, int]
    siprec: tuple[str, int]
    engines: Engines

    def announce(self, body: dict[str, Any], key: str = KEY) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.post(f"{self.web}/doors/calls", json=body, headers=headers)

    def calls(self) -> set[str]:
        headers = {"authorization": f"Bearer {self._token()}"}
        return {
            call["id"]
            for call in httpx.get(f"{self.web}/api/calls?state=live", headers=headers).json()["calls"]
        }

    def turns(self, call: str) -> list[Turn]:
        return list(self.engines.store.conversations.turns(call))

    def stage(self, call: str) -> Stage:
        return self.engines.store.conversations.get(call).stage

    def _token(self) -> str:
        answer = httpx.post(
            f"{self.web}/api/sign-in", json={"name": EVERYBODY[Role.AGENT], "password": PASSWORD}
        )
        return str(answer.json()["token"])


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    home = tmp_path_factory.mktemp("exchange")
    web, audiosocket, siprec = free_port(), free_port(), free_port()
    first_rtp = min(free_port(), 65_000)
    settings = Settings(
        home=home,
        worker=f"test-{home.name}",
        door_key=KEY,
        door_agent=EVERYBODY[Role.AGENT],
        audiosocket=f"127.0.0.1:{audiosocket}",
        siprec=f"127.0.0.1:{siprec}",
        rtp_ports=f"{first_rtp}-{first_rtp + 60}",
        agent_numbers="7000-7999",
    )
    engines = replace(build(settings), speech=Speech(settings, lambda *_: Parrot()))
    prepare(engines)
    for role, name in EVERYBODY.items():
        engines.store.people.add(name, f"시험 {role.value}", [role], PASSWORD)
    server = uvicorn.Server(uvicorn.Config(create_app(settings, engines=engines), port=web, log_config=None))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    until(lambda: server.started)
    yield Exchange(f"http://127.0.0.1:{web}", ("127.0.0.1", audiosocket), ("127.0.0.1", siprec), engines)
    server.should_exit = True
    running.join(SOON)
    assert not running.is_alive(), "the server does not stop"


def until(true: Callable[[], Any]) -> Any:
    end = time.monotonic() + SOON
    while not (found := true()):
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)
    return found


def sentence() -> Samples:
    """8 kHz: somebody says something, and a second of silence."""
    return np.concatenate([silence(0.3), say(SAID), silence(1.0)])[::2].copy()


def leg(exchange: Exchange, uuid: str) -> socket.socket:
    connection = socket.create_connection(exchange.audiosocket, SOON)
    connection.sendall(write_packet(CallId(uuid)))
    return connection


def speak(connection: socket.socket, sound: Samples) -> None:
    for at in range(0, len(sound), 160):
        connection.sendall(write_packet(Sound(sound[at : at + 160], 8_000)))


def test_two_announced_legs_of_asterisk_become_the_turns_of_one_call(exchange: Exchange) -> None:
    before = exchange.calls()
    legs = {CITIZEN_LEG: "citizen", AGENT_LEG: "agent"}
    answer = exchange.announce({"call": "1717.42", "legs": legs, "agent": EVERYBODY[Role.AGENT]})
    assert answer.status_code == 201, answer.text
    with leg(exchange, CITIZEN_LEG) as citizen, leg(exchange, AGENT_LEG) as agent:
        speak(citizen, sentence())
        (call,) = until(lambda: exchange.calls() - before)
        until(lambda: exchange.turns(call))
        speak(agent, sentence())
        until(lambda: {turn.speaker for turn in exchange.turns(call)} == set(Speaker))
        citizen.sendall(write_packet(HangUp.ENDED))
        assert citizen.recv(10) == b"\x00\x00\x00"
        assert exchange.stage(call) is Stage.LIVE  # the other leg goes on
        agent.sendall(write_packet(HangUp.ENDED))
        assert agent.recv(10) == b"\x00\x00\x00"
    until(lambda: exchange.stage(call) is not Stage.LIVE)
    assert [turn.text for turn in exchange.turns(call)] == [SAID, SAID]


def test_a_leg_nobody_announced_is_a_mixed_line_of_the_door_agent(exchange: Exchange) -> None:
    before = exchange.calls()
    with leg(exchange, "11111111-2222-4333-8444-555555555555") as connection:
        speak(connection, sentence())
        (call,) = until(lambda: exchange.calls() - before)
        until(lambda: exchange.turns(call))
        assert exchange.engines.store.conversations.get(call).agent_id == EVERYBODY[Role.AGENT]
        connection.sendall(write_packet(HangUp.ENDED))
    until(lambda: exchange.stage(call) is not Stage.LIVE)


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({"call": "c", "legs": {CITIZEN_LEG: "citizen"}}, "", 403),
        ({"call": "c", "legs": {CITIZEN_LEG: "citizen"}}, "wrong", 403),
        ({"call": "", "legs": {CITIZEN_LEG: "citizen"}}, KEY, 422),
        ({"call": "c", "legs": {}}, KEY, 422),
        ({"call": "c", "legs": {"x": "citizen"}}, KEY, 422),
        ({"call": "c", "legs": {CITIZEN_LEG: "both"}}, KEY, 422),
        ({"call": "c", "legs": {CITIZEN_LEG: "agent", AGENT_LEG: "agent"}}, KEY, 422),
        ({"call": "c", "legs": {CITIZEN_LEG: "citizen"}, "more": 1}, KEY, 422),
    ],
)
def test_an_announcement_needs_the_key_and_sense(
    exchange: Exchange, body: dict[str, Any], key: str, status: int
) -> None:
    answer = exchange.announce(body, key)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("layout", [RFC_7865, OLDER])
def test_a_recording_session_becomes_the_turns_of_both_speakers(exchange: Exchange, layout: str) -> None:
    before = exchange.calls()
    xml = metadata(layout, session=f"session-{'rfc' if layout is RFC_7865 else 'older'}")

    def said_by() -> list[Speaker]:
        live = exchange.calls() - before
        return [turn.speaker for call in live for turn in exchange.turns(call)]

    async def record() -> str:
        client = await Client(exchange.siprec, "TCP").open()
        answer = await client.invite(offer(), xml)
        assert answer.status == 200, answer
        (call,) = await asyncio.to_thread(lambda: until(lambda: exchange.calls() - before))
        citizen_port, agent_port = ports_of(answer)
        for port, speakers in (
            (citizen_port, [Speaker.CITIZEN]),
            (agent_port, [Speaker.CITIZEN, Speaker.AGENT]),
        ):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for packet in spoken(sentence()):
                    sender.sendto(write_rtp(packet), ("127.0.0.1", port))
                    await asyncio.sleep(0.002)
                await asyncio.to_thread(lambda wanted=speakers: until(lambda: said_by() == wanted))
        assert (await client.ask("BYE")).status == 200
        client.close()
        return str(call)

    call = asyncio.run(record())
    until(lambda: exchange.stage(call) is not Stage.LIVE)
    assert [turn.text for turn in exchange.turns(call)] == [SAID, SAID]
    assert exchange.engines.store.conversations.get(call).agent_id == EVERYBODY[Role.AGENT]


def test_garbage_at_every_port_disturbs_no_call(exchange: Exchange) -> None:
    before = exchange.calls()
    garbage = bytes(range(256)) * 100
    with leg(exchange, "99999999-2222-4333-8444-555555555555") as connection:
        for address in (exchange.audiosocket, exchange.siprec):
            with socket.create_connection(address, SOON) as broken:
                broken.sendall(garbage)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
                datagrams.sendto(garbage[:1_400], address)
        speak(connection, sentence())
        (call,) = until(lambda: exchange.calls() - before)
        until(lambda: exchange.turns(call))
        connection.sendall(write_packet(HangUp.ENDED))
    until(lambda: exchange.stage(call) is not Stage.LIVE)


@pytest.mark.parametrize(
    "mistake",
    [
        {"audiosocket": "9092"},
        {"siprec": "127.0.0.1"},
        {"siprec": "127.0.0.1:5070", "rtp_ports": "5-4"},
        {"agent_numbers": "everybody"},
        {"door_networks": "anywhere"},
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(exchange: Exchange, mistake: dict[str, str]) -> None:
    settings = exchange.engines.settings.model_copy(update={"audiosocket": "", "siprec": "", **mistake})
    with pytest.raises(BadSetting, match=f"SANGDAM_{list(mistake)[-1].upper()}"):
        create_app(settings, engines=exchange.engines)
