"""The doors over real sockets, into a real call with a simulated recogniser."""

from __future__ import annotations

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assistant.doors.api import LATER, NOT_HERE, NOTHING_CAME, REFUSED, UNREADABLE, routes
from consultation.errors import EngineDown
from consultation.types import Speaker, Stage
from stt.audio import Samples
from stt.g711 import encode_mulaw
from stt.simulated_calls import script_of, sound_of
from tests.assistant.doors.hook_client import CONVERSATION, NOBODY, SESSION, Client, medium, open_parameters
from tests.assistant.doors.streams import STOP, media, start, tone
from tests.assistant.doors.test_signatures import signed
from tests.assistant.test_hearing import SAID, SOON, TALK, Studio, eventually
from tests.assistant.test_live import House

KEY = "a-door-key-of-the-test"
FRAME = 160
IDLE = 0.5


@dataclass
class Door:
    """The doors on a port of their own, and the house behind them."""

    studio: Studio
    address: str
    nows: list[float]

    def connect(self, path: str, **headers: str) -> Any:
        shown = headers or {"authorization": f"Bearer {KEY}"}
        return connect(
            f"ws://{self.address}/doors/{path}",
            additional_headers={name.replace("_", "-"): value for name, value in shown.items()},
            max_size=None,
        )

    def conversations(self) -> list[str]:
        rows = self.studio.house.store.conversations.find(limit=100)
        return [row.conversation.conversation_id for row in rows]

    async def ended(self, count: int = 1) -> list[str]:
        """The calls, once so many are over."""
        await eventually(lambda: len(self.conversations()) == count)
        for one in self.conversations():
            await eventually(lambda one=one: self.studio.stage(one) is not Stage.LIVE)  # type: ignore[misc]
        return self.conversations()


@asynccontextmanager
async def opened(studio: Studio, *, key: str = KEY, idle: float = 30.0) -> AsyncIterator[Door]:
    nows = [1_800_000_000.0]
    app = FastAPI()
    app.include_router(routes(studio.hearing, key=key, clock=lambda: nows[0], idle=idle))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Door(studio, f"127.0.0.1:{port}", nows)
    server.should_exit = True
    await serving


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    studio = Studio(House(tmp_path))
    async with opened(studio) as made:
        yield made
    await studio.close()


def frames(sound: Samples, *, first: int = 0, last: int | None = None) -> list[tuple[int, Samples]]:
    """(number, samples of all channels) of frames of 20 ms."""
    count = len(sound) // FRAME if last is None else last
    return [(n, sound[n * FRAME : (n + 1) * FRAME]) for n in range(first, count)]


async def play(
    socket: ClientConnection, sound: Samples, *, lost: Callable[[int], bool] = lambda _: False, **part: Any
) -> None:
    """A call over a Twilio stream, faster than it was spoken."""
    for number, samples in frames(sound, **part):
        if not lost(number):
            await socket.send(media(number + 1, 20 * number, samples[:, 0], "inbound"))
            await socket.send(media(number + 1, 20 * number, samples[:, 1], "outbound"))
        if number % 25 == 24:
            await asyncio.sleep(0.01)


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """(code, reason) with which the door closes."""
    async with asyncio.timeout(SOON):
        with suppress(ConnectionClosed):
            async for _ in socket:
                pass
    return socket.close_code or 0, socket.close_reason or ""


# ---- media streams


async def test_a_media_stream_becomes_a_call_with_both_speakers(door: Door) -> None:
    async with door.connect("twilio") as socket:
        await socket.send(start())
        await play(socket, sound_of(TALK))
        await socket.send(STOP)
        assert (await closing(socket))[0] == 1000
    (call,) = await door.ended()
    assert door.studio.texts(call) == SAID
    for turn, spoken in zip(door.studio.turns(call), TALK, strict=True):
        assert turn.speaker is spoken.speaker
        assert abs(turn.end - spoken.end) <= 0.02


async def test_times_stay_right_when_frames_are_lost(door: Door) -> None:
    async with door.connect("twilio") as socket:
        await socket.send(start())
        await play(socket, sound_of(TALK), lost=lambda n: 102 <= n < 135 or 262 <= n < 285)  # between turns
        await socket.send(STOP)
        await closing(socket)
    (call,) = await door.ended()
    assert door.studio.texts(call) == SAID
    for turn, spoken in zip(door.studio.turns(call), TALK, strict=True):
        assert abs(turn.end - spoken.end) <= 0.02


async def test_a_vonage_stream_becomes_a_call(door: Door) -> None:
    hello = {
        "event": "websocket:connected",
        "content-type": "audio/l16;rate=8000",
        "uuid": "v-1",
        "agent": "agent",
    }
    async with door.connect("vonage") as socket:
        await socket.send(json.dumps(hello))
        for number, samples in frames(sound_of(TALK)):
            await socket.send(samples[:, 0].astype("<i2").tobytes())
            if number % 25 == 24:
                await asyncio.sleep(0.01)
    (call,) = await door.ended()
    assert door.studio.texts(call) == [t.text for t in TALK if t.speaker is Speaker.CITIZEN]


async def test_a_stream_that_is_closed_in_order_without_a_stop_ends_the_call(door: Door) -> None:
    async with door.connect("twilio") as socket:
        await socket.send(start())
        await play(socket, sound_of(TALK), last=260)
    (call,) = await door.ended()
    assert door.studio.texts(call) == SAID[:2]


async def test_a_lost_connection_comes_back_and_goes_on_with_the_same_call(door: Door) -> None:
    sound = sound_of(TALK)
    async with door.connect("twilio") as socket:
        await socket.send(start())
        await play(socket, sound, last=130)
        socket.transport.abort()
    async with door.connect("twilio") as socket:
        await socket.send(start(streamSid="MZ2"))
        for number, samples in frames(sound, first=130):  # its stamps begin anew
            for channel, track in ((0, "inbound"), (1, "outbound")):
                await socket.send(media(number - 129, 20 * (number - 130), samples[:, channel], track))
            await asyncio.sleep(0.002)
        await socket.send(STOP)
        await closing(socket)
    (call,) = await door.ended()
    assert door.studio.texts(call)[0] == SAID[0]


async def test_a_second_socket_for_the_same_call_takes_over_and_the_first_is_told(door: Door) -> None:
    async with door.connect("twilio") as first, door.connect("twilio") as second:
        await first.send(start())
        await play(first, sound_of(TALK), last=10)
        await second.send(start(streamSid="MZ2"))
        await asyncio.sleep(0.1)
        with suppress(ConnectionClosed):
            await first.send(media(11, 200, tone(440, 0.02)))
        assert (await closing(first))[0] == NOT_HERE
        await second.send(STOP)
        assert (await closing(second))[0] == 1000
    assert len(await door.ended()) == 1


async def test_two_streams_of_one_call_join(door: Door) -> None:
    sound = sound_of(TALK)
    parameters = {"agent": "agent", "call": "joined"}

    async def leg(channel: int, **changes: Any) -> None:
        async with door.connect("twilio") as socket:
            given = {"customParameters": parameters | changes, "tracks": ["inbound"]}
            await socket.send(start(callSid=f"CA-leg-{channel}", **given))
            for number, samples in frames(sound):
                await socket.send(media(number + 1, 20 * number, samples[:, channel]))
                if number % 25 == 24:
                    await asyncio.sleep(0.01)
            await socket.send(STOP)
            await closing(socket)

    await asyncio.gather(leg(0), leg(1, inbound="agent"))
    (call,) = await door.ended()
    assert sorted(door.studio.texts(call)) == sorted(SAID)


BAD: list[tuple[list[str | bytes], int]] = [
    (["hello"], UNREADABLE),
    ([b"\x00" * 160], UNREADABLE),
    (["x" * 70_000], UNREADABLE),
    ([start(mediaFormat={"encoding": "audio/opus"})], UNREADABLE),
    ([media(n, 20 * n, tone(440, 0.02)) for n in range(101)], UNREADABLE),
    ([start(), *["?"] * 101], UNREADABLE),
    ([start(callSid="CA2", customParameters={"agent": "nobody"})], REFUSED),
]


async def test_what_cannot_be_heard_closes_its_own_connection_with_a_reason_and_no_other(door: Door) -> None:
    sound = sound_of(TALK)
    async with door.connect("twilio") as good:
        await good.send(start(callSid="CA-good"))
        for number, (messages, code) in enumerate(BAD):
            await play(good, sound, first=70 * number, last=70 * (number + 1))
            async with door.connect("twilio") as bad:
                for message in messages:
                    await bad.send(message)
                got, reason = await closing(bad)
                assert got == code, messages[0][:40]
                assert reason
        await play(good, sound, first=70 * len(BAD))
        await good.send(STOP)
        assert (await closing(good))[0] == 1000
    await eventually(lambda: any(door.studio.texts(call) == SAID for call in door.conversations()))


async def test_an_engine_that_is_down_asks_to_come_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> None:
        raise EngineDown("the database does not answer")

    monkeypatch.setattr(door.studio.house.store.conversations, "start", down)
    async with door.connect("twilio") as socket:
        await socket.send(start())
        assert await closing(socket) == (LATER, "the database does not answer")


async def test_a_client_that_sends_nothing_is_given_up_and_its_call_ends(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path))
    async with opened(studio, idle=IDLE) as door:
        async with door.connect("twilio") as socket:
            await socket.send(start())
            await play(socket, sound_of(TALK), last=130)
            assert (await closing(socket))[0] == NOTHING_CAME
        (call,) = await door.ended()
        assert studio.texts(call) == SAID[:1]
        async with door.connect("vonage") as socket:
            assert (await closing(socket))[0] == NOTHING_CAME
    await studio.close()


# ---- who may come in


@pytest.mark.parametrize("path", ["twilio", "vonage", "audiohook"])
async def test_nobody_comes_in_without_the_key(door: Door, path: str) -> None:
    for headers in ({"authorization": "Bearer wrong"}, {"x-api-key": "wrong"}, {"x-nothing": "1"}):
        with pytest.raises(InvalidStatus) as refused:
            async with door.connect(path, **headers):
                pass
        assert refused.value.response.status_code == 403
    assert door.conversations() == []


async def test_a_door_without_a_key_is_closed_to_everybody(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path))
    async with opened(studio, key="") as door:
        for headers in ({"x-nothing": "1"}, {"authorization": "Bearer "}, {"x-api-key": ""}):
            with pytest.raises(InvalidStatus) as refused:
                async with door.connect("twilio", **headers):
                    pass
            assert refused.value.response.status_code == 403
    await studio.close()


async def test_the_key_may_stand_in_the_address(door: Door) -> None:
    async with door.connect(f"twilio?key={KEY}", x_nothing="1") as socket:
        await socket.send(start())
        await socket.send(STOP)
        assert (await closing(socket))[0] == 1000


async def test_twilio_signs_the_address_it_calls(door: Door) -> None:
    address = f"wss://{door.address}/doors/twilio".encode()
    mac = b64encode(hmac.new(KEY.encode(), address, sha1).digest()).decode()
    async with door.connect("twilio", x_twilio_signature=mac) as socket:
        await socket.send(start())
        await socket.send(STOP)
        assert (await closing(socket))[0] == 1000
    with pytest.raises(InvalidStatus):
        async with door.connect("vonage", x_twilio_signature=mac):
            pass


async def test_audiohook_signs_its_headers(door: Door) -> None:
    headers = signed(path="/doors/audiohook")
    del headers["host"]
    with pytest.raises(InvalidStatus):  # signed for another host
        async with door.connect("audiohook", **headers):
            pass
    headers = signed(path="/doors/audiohook", host=door.address)
    del headers["host"]  # the client sends it by itself
    async with door.connect("audiohook", **headers) as socket:
        client = Client(session=headers["audiohook-session-id"])
        await socket.send(client.message("ping"))
        assert client.take(json.loads(await socket.recv()))["type"] == "pong"
    with pytest.raises(InvalidStatus):  # the same again
        async with door.connect("audiohook", **headers):
            pass


# ---- AudioHook


async def hook(
    socket: ClientConnection, client: Client, sound: Samples, *, first: int = 0, last: int | None = None
) -> None:
    """Sound of both channels, interleaved, and what is sent back meanwhile."""
    for number, samples in frames(sound, first=first, last=last):
        await socket.send(encode_mulaw(samples.reshape(-1)))
        if number % 25 == 24:
            await asyncio.sleep(0.01)


async def until(socket: ClientConnection, client: Client, kind: str) -> dict[str, Any]:
    """The next message of this type; those before it are kept by the client."""
    async with asyncio.timeout(SOON):
        while True:
            message = client.take(json.loads(await socket.recv()))
            if message["type"] == kind:
                return message


def finals(client: Client) -> list[dict[str, Any]]:
    return [
        entity["data"]
        for message in client.got
        if message["type"] == "event"
        for entity in message["parameters"]["entities"]
        if entity["type"] == "transcript" and entity["data"]["isFinal"]
    ]


def text_of(data: dict[str, Any]) -> str:
    return str(data["alternatives"][0]["interpretations"][0]["transcript"])


def seconds(text: str) -> float:
    return float(text[2:-1])


async def test_an_audiohook_session_is_heard_and_told_what_was_said(door: Door) -> None:
    client = Client()
    async with door.connect("audiohook", x_api_key=KEY, audiohook_session_id=SESSION) as socket:
        await socket.send(client.message("open", open_parameters()))
        chosen = await until(socket, client, "opened")
        assert chosen["parameters"]["media"] == [medium("external", "internal")]
        await hook(socket, client, sound_of(TALK))
        await socket.send(client.message("close", {"reason": "end"}))
        await until(socket, client, "closed")
    (call,) = await door.ended()
    assert door.studio.texts(call) == SAID
    told = finals(client)
    assert [text_of(one) for one in told] == SAID
    for one, spoken in zip(told, TALK, strict=True):
        assert one["channelId"] == (0 if spoken.speaker is Speaker.CITIZEN else 1)
        end = seconds(one["offset"]) + seconds(one["duration"])
        assert abs(end - spoken.end) <= 0.02
        tokens = one["alternatives"][0]["interpretations"][0]["tokens"]
        for token, word in zip(tokens, spoken.words, strict=True):
            assert token["value"] == word.text
            assert abs(seconds(token["offset"]) - word.start) <= 0.02


async def test_personal_data_does_not_leave_by_audiohook(tmp_path: Path) -> None:
    script = script_of(
        {
            "turns": [
                {"speaker": "citizen", "text": "번호는 공일공 공공공공 일이삼사예요", "start": 0.5, "end": 4}
            ]
        }
    )
    studio = Studio(House(tmp_path), script)
    async with opened(studio) as door:
        client = Client()
        async with door.connect("audiohook") as socket:
            await socket.send(client.message("open", open_parameters()))
            await hook(socket, client, sound_of(script))
            await socket.send(client.message("close", {"reason": "end"}))
            await until(socket, client, "closed")
        (one,) = finals(client)
        assert text_of(one) == "번호는 [전화번호]예요"
        tokens = one["alternatives"][0]["interpretations"][0]["tokens"]
        assert [token["value"] for token in tokens] == ["번호는", "[전화번호]예요"]
        assert "일이삼사" not in json.dumps(client.got, ensure_ascii=False)
    await studio.close()


async def test_discarded_time_moves_the_call_on(door: Door) -> None:
    client, sound = Client(), sound_of(TALK)
    async with door.connect("audiohook") as socket:
        await socket.send(client.message("open", open_parameters()))
        await hook(socket, client, sound, last=110)
        await socket.send(client.message("discarded", {"start": "PT2.2S", "discarded": "PT0.4S"}))
        await hook(socket, client, sound, first=130, last=260)
        await socket.send(client.message("paused"))
        await socket.send(client.message("resumed", {"start": "PT5.2S", "discarded": "PT0.4S"}))
        await hook(socket, client, sound, first=280)
        await socket.send(client.message("close", {"reason": "end"}))
        await until(socket, client, "closed")
    (call,) = await door.ended()
    assert door.studio.texts(call) == SAID
    for turn, spoken in zip(door.studio.turns(call), TALK, strict=True):
        assert abs(turn.end - spoken.end) <= 0.02


async def test_a_connection_probe_starts_no_call(door: Door) -> None:
    client = Client()
    async with door.connect("audiohook") as socket:
        await socket.send(client.message("open", open_parameters(conversationId=NOBODY)))
        assert (await until(socket, client, "opened"))["parameters"]["media"] == []
        await socket.send(client.message("close", {"reason": "end"}))
        await until(socket, client, "closed")
    assert door.conversations() == []


async def test_a_session_that_reconnects_goes_on_with_its_call_and_is_told_only_what_is_new(
    door: Door,
) -> None:
    sound = sound_of(TALK)
    first = Client()
    async with door.connect("audiohook") as socket:
        await socket.send(first.message("open", open_parameters()))
        await hook(socket, first, sound, last=130)
        await until(socket, first, "event")
        await socket.send(first.message("close", {"reason": "reconnect"}))
        await until(socket, first, "closed")
    again = Client(session=CONVERSATION)
    continued = [{"id": first.session, "serverseq": first.serverseq, "clientseq": first.seq}]
    async with door.connect("audiohook") as socket:
        await socket.send(again.message("open", open_parameters(continuedSessions=continued)))
        await until(socket, again, "opened")
        await hook(socket, again, sound, first=130)
        await socket.send(again.message("close", {"reason": "end"}))
        await until(socket, again, "closed")
    (call,) = await door.ended()
    assert door.studio.texts(call)[0] == SAID[0]
    assert SAID[0] not in [text_of(one) for one in finals(again)]


async def test_a_client_against_the_protocol_is_asked_to_disconnect_and_then_cut_off(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.doors.api.PATIENCE", 0.3)
    for garbage in ("?", b"\xff" * 160, "x" * 70_000):
        client = Client(session=NOBODY)
        async with door.connect("audiohook") as socket:
            await socket.send(garbage)
            asked = await until(socket, client, "disconnect")
            assert asked["parameters"]["reason"] == "error"
            assert (await closing(socket))[0] == NOTHING_CAME


async def test_a_call_that_ended_elsewhere_asks_the_client_to_disconnect(door: Door) -> None:
    client = Client()
    async with door.connect("audiohook") as socket:
        await socket.send(client.message("open", open_parameters()))
        await until(socket, client, "opened")
        (call,) = door.conversations()
        await door.studio.house.calls.end(call)
        await socket.send(encode_mulaw(np.zeros(320, np.int16)))
        assert (await until(socket, client, "disconnect"))["parameters"]["reason"] == "completed"
        await socket.send(client.message("close", {"reason": "disconnect"}))
        await until(socket, client, "closed")


async def test_an_agent_who_is_not_known_is_refused_in_words(door: Door) -> None:
    client = Client()
    async with door.connect("audiohook") as socket:
        await socket.send(client.message("open", open_parameters(customConfig={"agent": "nobody"})))
        asked = await until(socket, client, "disconnect")
        assert "SANGDAM_DOOR_AGENT" in asked["parameters"]["info"]


async def test_an_audiohook_client_that_falls_silent_is_given_up_and_its_call_ends(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path))
    async with opened(studio, idle=IDLE) as door:
        client = Client()
        async with door.connect("audiohook") as socket:
            await socket.send(client.message("open", open_parameters()))
            await until(socket, client, "opened")
            assert "408" in (await until(socket, client, "disconnect"))["parameters"]["info"]
            assert (await closing(socket))[0] == NOTHING_CAME
        assert len(await door.ended()) == 1
    await studio.close()
