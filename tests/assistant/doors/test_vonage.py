"""Vonage: a JSON hello, then binary sound."""

from __future__ import annotations

import json
from base64 import b64decode

import pytest

from assistant.doors.commands import Command, Ended, Frame, Opening
from assistant.doors.vonage import FAULTS, VonageStream
from consultation.errors import BadInput
from consultation.types import Speaker
from tests.assistant.doors.streams import joined, of_channel, rows, tone

HELLO = {"event": "websocket:connected", "content-type": "audio/l16;rate=16000", "call_uuid": "1"}


def test_the_fixture_comes_out_whole() -> None:
    stream = VonageStream()
    commands: list[Command] = []
    for row in rows("vonage.jsonl"):
        commands += stream.receive(json.dumps(row["text"]) if "text" in row else b64decode(row["binary"]))
    assert commands[0] == Opening("63f61863-0000-4000-8000-000000000001", "agent", (Speaker.CITIZEN,), 16000)
    frames = of_channel(commands, 0)
    assert (joined(frames) == tone(440, 0.2, 16000)).all()
    assert frames[-1].at == pytest.approx(0.18)
    assert stream.finish() == [Ended()]
    assert stream.receive(b"\0\0") == []


@pytest.mark.parametrize(
    ("header", "speaker"),
    [({"inbound": "agent"}, Speaker.AGENT), ({"speakers": "mixed"}, None), ({}, Speaker.CITIZEN)],
)
def test_headers_say_who_speaks(header: dict[str, str], speaker: Speaker | None) -> None:
    (opening,) = VonageStream().receive(json.dumps(HELLO | header))
    assert isinstance(opening, Opening)
    assert opening.speakers == (speaker,)


@pytest.mark.parametrize(
    "first",
    ["", "hello", "[]", '{"event": "start"}', json.dumps(HELLO | {"content-type": "audio/l16;rate=24000"}), json.dumps(HELLO | {"content-type": "audio/opus"}), json.dumps(HELLO | {"content-type": None}), b"\0\0", b""],
    ids=range(9),
)  # fmt: skip
def test_another_beginning_is_refused(first: str | bytes) -> None:
    with pytest.raises(BadInput):
        VonageStream().receive(first)


def test_odd_frames_cost_themselves_and_too_many_the_stream() -> None:
    stream = VonageStream()
    stream.receive(json.dumps(HELLO))
    assert stream.receive(b"\0\0\0") == []
    assert stream.receive("?") == []
    (frame,) = stream.receive(b"\0\0" * 320)
    assert isinstance(frame, Frame)
    assert frame.at == 0
    for _ in range(FAULTS - 2):
        stream.receive(b"")
    with pytest.raises(BadInput, match=str(FAULTS)):
        stream.receive(b"")
    with pytest.raises(BadInput, match="at most"):
        stream.receive(b"\0" * 70_000)
