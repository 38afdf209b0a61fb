"""Sound over real sockets: the browser's microphone and the plain door of telephone systems."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from consultation.errors import EngineDown, NotReady
from consultation.settings import Settings
from consultation.types import Role, Speaker, Stage, Turn
from server.app import create_app
from server.demo_home import PASSWORD, prepare
from server.engines import Engines, build
from server.speech import Speech
from stt.audio import Floats, Samples
from stt.g711 import encode_mulaw
from stt.recogniser import Heard, Listen
from tests.running_server import free_port
from tests.server.conftest import EVERYBODY
from tests.stt.speech import say, silence

KEY = "the key of the door"
SAID = "여권을 다시 만들고 싶어요"
SOON = 60.0  # seconds after which a test gives up


@dataclass
class Parrot:
    """A recogniser that hears the same sentence in whatever is spoken; it fails when the test says so."""

    name: str = "parrot"
    text: str = SAID
    down: bool = False
    failed: int = 0
    heard: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        if self.down:
            self.failed += 1
            raise EngineDown("the model does not answer")
        self.heard.release()
        return Heard(self.text)


@dataclass
class Served:
    """The whole server on a socket of its own, in this process."""

    address: str  # host:port
    engines: Engines
    parrot: Parrot

    def enter(self, role: Role = Role.AGENT) -> dict[str, str]:
        answer = httpx.post(
            f"http://{self.address}/api/sign-in",
            json={"name": EVERYBODY[role], "password": PASSWORD},
            timeout=SOON,
        )
        return {"authorization": f"Bearer {answer.json()['token']}"}

    def begin(self, headers: dict[str, str]) -> str:
        answer = httpx.post(
            f"http://{self.address}/api/calls", json={"channel": "phone"}, headers=headers, timeout=SOON
        )
        return str(answer.json()["id"])

    def microphone(self, call: str, headers: dict[str, str], query: str = "") -> ClientConnection:
        return connect(
            f"ws://{self.address}/api/calls/{call}/audio{query}",
            additional_headers=headers,
            ping_interval=None,  # a socket that is slowed down answers late
        )

    def door(self, query: str = f"?key={KEY}".replace(" ", "%20")) -> ClientConnection:
        return connect(f"ws://{self.address}/doors/pcm{query}")

    def turns(self, call: str) -> list[Turn]:
        return list(self.engines.store.conversations.turns(call))

    def stage(self, call: str) -> Stage:
        return self.engines.store.conversations.get(call).stage


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("heard")
    settings = Settings(home=home, worker=f"test-{home.name}", door_key=KEY, door_agent=EVERYBODY[Role.AGENT])
    parrot = Parrot()
    engines = replace(build(settings), speech=Speech(settings, lambda *_: parrot))
    prepare(engines)
    for role, name in EVERYBODY.items():
        engines.store.people.add(name, f"시험 {role.value}", [role], PASSWORD)
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings, engines=engines), port=port, log_config=None, ws_max_size=1 << 22)
    )
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    until(lambda: server.started)
    yield Served(f"127.0.0.1:{port}", engines, parrot)
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
    """16 kHz: somebody says something, and a second of silence."""
    return np.concatenate([silence(0.3), say(SAID), silence(1.0)])


def send(socket: ClientConnection, data: bytes, size: int = 3_200) -> None:
    for first in range(0, len(data), size):
        socket.send(data[first : first + size])


def read(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of that kind."""
    while (message := json.loads(socket.recv(SOON)))["type"] != kind:
        assert message["type"] == "delay", message
    return dict(message)


def closed(socket: ClientConnection) -> tuple[int, list[dict[str, Any]]]:
    """The close code, and what came before it."""
    messages = []
    with suppress(ConnectionClosed):
        while True:
            messages.append(json.loads(socket.recv(SOON)))
    code = socket.close_code
    assert code is not None
    return code, [message for message in messages if message["type"] != "delay"]


def test_what_the_microphone_hears_becomes_a_turn_of_the_open_call(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers, "?channel=citizen") as socket:
        assert read(socket, "ready") == {"type": "ready", "call": call, "rate": 16_000}
        send(socket, sentence().tobytes())
        until(lambda: served.turns(call))
        assert 0 <= read(socket, "delay")["seconds"] < SOON
        socket.send('{"type": "ping"}')
        assert read(socket, "pong")
        socket.send('{"type": "end"}')
        assert closed(socket) == (1000, [{"type": "ended"}])
    turn = served.turns(call)[0]
    assert (turn.speaker, turn.text) == (Speaker.CITIZEN, SAID)
    assert abs(turn.start - 0.3) < 0.3
    assert served.stage(call) is Stage.LIVE  # the agent ends it


def test_two_microphones_are_two_speakers_of_one_call(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with (
        served.microphone(call, headers, "?channel=citizen") as citizen,
        served.microphone(call, headers, "?channel=agent&encoding=mulaw&rate=8000") as agent,
    ):
        send(citizen, sentence().tobytes())
        send(agent, encode_mulaw(sentence()[::2]))
        until(lambda: {turn.speaker for turn in served.turns(call)} == set(Speaker))


def test_a_second_microphone_for_the_same_speaker_takes_over(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers) as first:
        read(first, "ready")
        with served.microphone(call, headers) as second:
            read(second, "ready")
            code, _ = closed(first)
            assert code == 4409
            send(second, sentence().tobytes())
            until(lambda: served.turns(call))


def test_ending_the_call_ends_its_microphone_and_keeps_the_last_words(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers) as socket:
        read(socket, "ready")
        send(socket, np.concatenate([silence(0.3), say(SAID)]).tobytes())  # not over yet
        until(lambda: served.parrot.heard.acquire(blocking=False))
        answer = httpx.post(f"http://{served.address}/api/calls/{call}/end", headers=headers, timeout=SOON)
        assert answer.status_code == 202
        assert [turn.text for turn in served.turns(call)] == [SAID]
        assert closed(socket)[0] == 4409


def test_a_telephone_system_with_the_key_brings_both_speakers(served: Served) -> None:
    with served.door() as socket:
        socket.send('{"call": "pbx-1", "agent": "test-agent", "encoding": "mulaw", "rate": 8000}')
        call = read(socket, "ready")["call"]
        spoken = sentence()[::2]
        both = np.stack([np.concatenate([spoken, 0 * spoken]), np.concatenate([0 * spoken, spoken])], axis=1)
        send(socket, encode_mulaw(np.ascontiguousarray(both).reshape(-1)), 320)
        socket.send('{"type": "end"}')
        assert closed(socket)[0] == 1000
    assert [turn.speaker for turn in served.turns(call)] == [Speaker.CITIZEN, Speaker.AGENT]
    until(lambda: served.stage(call) is not Stage.LIVE)


def test_a_telephone_system_that_comes_back_goes_on_with_its_call(served: Served) -> None:
    opening = '{"call": "pbx-2", "channels": ["citizen"], "rate": 16000}'
    with served.door() as socket:
        socket.send(opening)
        call = read(socket, "ready")["call"]
        send(socket, sentence().tobytes())
        until(lambda: served.turns(call))
        socket.socket.close()  # the network is gone, nobody says goodbye
    with served.door() as socket:
        socket.send(opening)
        assert read(socket, "ready")["call"] == call
        send(socket, sentence().tobytes())
        socket.send('{"type": "end"}')
        closed(socket)
    first, second = served.turns(call)
    assert second.start > first.end
    until(lambda: served.stage(call) is not Stage.LIVE)


@pytest.mark.parametrize("query", ["", "?key=wrong"])
def test_without_the_key_the_door_stays_closed(served: Served, query: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        served.door(query)
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    ("first", "named"),
    [
        (b"\x00\x01", "which call"),
        ("hello", "JSON"),
        ("[1]", "JSON object"),
        ("{}", "call"),
        ('{"call": "a", "channels": ["boss"]}', "channels"),
        ('{"call": "a", "channels": ["citizen", "citizen"]}', "channel"),
        ('{"call": "a", "channels": [["citizen"]]}', "channels"),
        ('{"call": "a", "rate": 44100}', "rate"),
        ('{"call": "a", "rate": {}}', "rate"),
        ('{"call": "a", "encoding": "mp3"}', "encoding"),
        ('{"call": "a", "agent": 7}', "agent"),
        (json.dumps({"call": "x" * 300}), "id of a call"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_an_opening_that_cannot_be_read_is_answered_and_closed(
    served: Served, first: str | bytes, named: str
) -> None:
    with served.door() as socket:
        socket.send(first)
        code, messages = closed(socket)
    assert code == 1007
    assert named in messages[0]["message"]


@pytest.mark.parametrize(
    ("query", "frame", "code", "named"),
    [
        ("?rate=44100", None, 1007, "rate"),
        ("?channel=boss", None, 1007, "channel"),
        ("?encoding=opus", None, 1007, "encoding"),
        ("", b"\x00" * 3, 1007, "whole frames"),
        ("?channel=both", b"\x00" * 6, 1007, "whole frames"),
        ("", b"\x00" * (256 * 1024 + 2), 1009, "at most"),
        ("", "what is this", 1007, "JSON"),
        ("", '{"type": "sing"}', 1007, "end"),
    ],
)
def test_bad_sound_is_answered_with_an_error_and_a_close_code(
    served: Served, query: str, frame: str | bytes | None, code: int, named: str
) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers, query) as socket:
        if frame is not None:
            socket.send(frame)
        got, messages = closed(socket)
    assert got == code
    assert named in messages[-1]["message"]
    assert served.stage(call) is Stage.LIVE  # the call goes on


def test_only_who_takes_part_in_a_call_may_speak_into_it(served: Served) -> None:
    call = served.begin(served.enter(Role.LEAD))
    with served.microphone(call, served.enter()) as socket:
        assert closed(socket)[0] == 4404
    with served.microphone("no-such-call", served.enter()) as socket:
        assert closed(socket)[0] == 4404
    with pytest.raises(InvalidStatus):
        served.microphone(call, {})
    with pytest.raises(InvalidStatus):
        served.microphone(call, served.enter() | {"origin": "http://elsewhere.example"})


def test_noise_silence_and_random_bytes_become_no_words_and_no_harm(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    dice = np.random.default_rng(3)
    with served.microphone(call, headers) as socket:
        send(socket, dice.bytes(320_000))
        send(socket, silence(10).tobytes(), 32_000)
        socket.send(b"")
        socket.send('{"type": "end"}')
        assert closed(socket)[0] == 1000
    assert served.turns(call) == []


def test_a_model_that_dies_in_mid_call_costs_nothing_but_time(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers) as socket:
        send(socket, sentence().tobytes())
        until(lambda: len(served.turns(call)) == 1)
        served.parrot.down = True
        send(socket, sentence().tobytes())
        until(lambda: served.parrot.failed)
        assert len(served.turns(call)) == 1
        assert httpx.get(f"http://{served.address}/health", timeout=SOON).status_code == 200
        served.parrot.down = False
        until(lambda: len(served.turns(call)) == 2)  # what was said meanwhile
        socket.send('{"type": "end"}')
        assert closed(socket)[0] == 1000
    assert (
        "sangdam_speech_failures_total"
        in httpx.get(f"http://{served.address}/metrics", headers=served.enter(Role.ADMIN), timeout=SOON).text
    )


def test_the_screen_is_told_the_delay_and_the_digits(served: Served) -> None:
    headers = served.enter()
    call = served.begin(headers)
    served.parrot.text = "삼월 십오일 오후 세 시에 갈게요"
    events: list[dict[str, Any]] = []
    page = f"http://{served.address}/api/calls/{call}"
    after = {"after": httpx.get(page, headers=headers, timeout=SOON).json()["last_event"]}

    def watch() -> None:
        with httpx.stream("GET", f"{page}/events", params=after, headers=headers, timeout=SOON) as answer:
            for text in answer.iter_lines():
                if text.startswith("data: "):
                    events.append(json.loads(text[6:]))
                    if events[-1]["type"] == "ended":
                        return

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with served.microphone(call, headers) as socket:
            send(socket, sentence().tobytes())
            until(lambda: served.turns(call))
            until(lambda: any(event["type"] == "listening" and event["active"] for event in events))
            socket.send('{"type": "end"}')
            closed(socket)
        until(lambda: any(event["type"] == "listening" and not event["active"] for event in events))
    finally:
        served.parrot.text = SAID
        httpx.post(f"{page}/end", headers=headers, timeout=SOON)
        watching.join(SOON)
    heard = next(event for event in events if event["type"] == "heard" and event["is_final"])
    assert heard["turn"]["text"] == "삼월 십오일 오후 세 시에 갈게요"
    assert heard["turn"]["display"] == "3월 15일 오후 3시에 갈게요"


def test_a_flood_is_slowed_down_not_kept(served: Served) -> None:
    """Two minutes of sound at once: the server reads them as fast as it hears, and holds a few seconds."""
    headers = served.enter()
    call = served.begin(headers)
    with served.microphone(call, headers) as socket:
        send(socket, silence(120).tobytes(), 64_000)
        socket.send('{"type": "end"}')
        assert closed(socket)[0] == 1000


def test_without_a_model_the_server_starts_and_says_how_to_mend_it(tmp_path: Any) -> None:
    def damaged(*_: object) -> Parrot:
        raise NotReady("the speech model is damaged; install it again")

    settings = Settings(home=tmp_path)
    speech = Speech(settings, damaged)
    speech.begin()
    with pytest.raises(NotReady, match="install it again"):
        speech.scheduler()
    with pytest.raises(NotReady, match="install it again"):
        speech.finding()
    assert speech.fault


def test_with_the_engine_none_speech_is_off_and_that_is_well(tmp_path: Any) -> None:
    speech = Speech(Settings(home=tmp_path, stt_engine="none"))
    speech.begin()
    assert "SANGDAM_STT_ENGINE" in speech.finding()
    with pytest.raises(NotReady):
        speech.scheduler()
