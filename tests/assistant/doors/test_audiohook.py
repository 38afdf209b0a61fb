"""The server's side of an AudioHook session, message by message."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from typing import Any

import numpy as np
import pytest

from assistant.doors.audiohook import LONGEST, Closing, Probe, Send, Session, Slower, State, Step
from assistant.doors.commands import Frame, Opening
from consultation.types import Speaker
from stt.g711 import encode_mulaw
from tests.assistant.doors.hook_client import (
    CONVERSATION,
    NOBODY,
    ORGANISATION,
    SESSION,
    STEREO,
    Client,
    medium,
    open_parameters,
)
from tests.assistant.doors.streams import closeness, joined, rows, tone

CITIZEN, AGENT = Speaker.CITIZEN, Speaker.AGENT
TWO_FRAMES = encode_mulaw(np.zeros(640, np.int16))  # 40 ms of two channels


def answer(session: Session, step: Step) -> Send | None:
    """What the one who holds the session does with a step."""
    if isinstance(step, Opening | Probe):
        return session.opened()
    if isinstance(step, Closing):
        return session.closed()
    return step if isinstance(step, Send) else None


def opened(**changes: Any) -> tuple[Session, Client]:
    session, client = Session(), Client()
    for step in session.text(client.message("open", open_parameters(**changes))):
        if (sent := answer(session, step)) is not None:
            client.take(sent.message)
    return session, client


def refusal(session: Session, steps: list[Step]) -> str:
    """Why the session asks to disconnect."""
    (step,) = steps
    assert isinstance(step, Send)
    assert step.message["type"] == "disconnect"
    assert step.message["parameters"]["reason"] == "error"
    assert session.state is State.REFUSED
    return str(step.message["parameters"]["info"])


def test_a_whole_session_goes_as_the_fixture_says() -> None:
    session = Session(session_id=SESSION, organisation=ORGANISATION)
    sent: list[dict[str, Any]] = []
    frames: list[Frame] = []
    for row in rows("audiohook.jsonl"):
        if "server" in row:
            assert sent.pop(0) == row["server"]
            continue
        assert not sent
        steps = (
            session.text(json.dumps(row["client"]))
            if "client" in row
            else session.audio(b64decode(row["binary"]))
        )
        frames += [step for step in steps if isinstance(step, Frame)]
        sent += [out.message for step in steps if (out := answer(session, step)) is not None]
    assert session.state is State.CLOSED
    assert not session.faults
    for channel, hz in ((0, 440), (1, 660)):
        mine = [frame for frame in frames if frame.channel == channel]
        assert closeness(joined(mine), tone(hz, 0.2)) < 0.02
        assert [round(frame.at, 3) for frame in mine] == [0, 0.05, 2.1, 2.65], (
            "paused and discarded time counts"
        )


def test_the_opening_names_call_agent_and_speakers() -> None:
    session, client = opened()
    assert session.opening == Opening(CONVERSATION, "agent", (CITIZEN, AGENT), 8000)
    assert client.got[0]["parameters"] == {"startPaused": False, "media": [STEREO]}


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([medium("external"), medium("internal"), medium("external", "internal")], 2),
        ([medium("external", "internal", kind="L16"), medium("external", "internal")], 1),
        ([medium("external", kind="L16"), medium("internal", "external")], 1),
        ([medium("internal"), medium("external", kind="L16")], 1),
        ([medium("internal")], 0),
        ([medium("external", rate=16000), medium("external")], 1),
    ],
)
def test_two_speakers_are_preferred_and_exactly_one_medium_is_chosen(
    offered: list[dict[str, Any]], chosen: int
) -> None:
    session, client = opened(media=offered)
    assert client.got[0]["parameters"]["media"] == [offered[chosen]]
    assert session.opening is not None
    assert len(session.opening.speakers) == len(offered[chosen]["channels"])


def test_swapped_channels_keep_their_speakers() -> None:
    session, _ = opened(media=[medium("internal", "external")])
    assert session.opening is not None
    assert session.opening.speakers == (AGENT, CITIZEN)


def test_linear_sound_is_read_too() -> None:
    session, _ = opened(media=[medium("external", "internal", kind="L16")])
    sound = np.stack([tone(440, 0.05), tone(660, 0.05)], axis=1)
    first, second = session.audio(sound.astype("<i2").tobytes())
    assert isinstance(first, Frame)
    assert isinstance(second, Frame)
    assert (first.samples == sound[:, 0]).all()
    assert (second.samples == sound[:, 1]).all()


@pytest.mark.parametrize("offered", [[], [medium("external", kind="OPUS")], [medium("external", rate=16000)], [{}], [{"type": "audio", "format": "PCMU", "rate": 8000, "channels": "external"}]])  # fmt: skip
def test_media_that_cannot_be_heard_are_refused(offered: list[Any]) -> None:
    session, client = Session(), Client()
    assert "415" in refusal(session, session.text(client.message("open", open_parameters(media=offered))))


def test_a_connection_probe_is_answered_without_media() -> None:
    session, client = opened(conversationId=NOBODY)
    assert session.opening is None
    assert client.got[0]["type"] == "opened"
    assert client.got[0]["parameters"]["media"] == []
    assert [
        step for step in session.text(client.message("close", {"reason": "end"})) if isinstance(step, Closing)
    ]


def test_supported_languages_are_told_to_who_asks() -> None:
    _, client = opened(supportedLanguages=True)
    assert client.got[0]["parameters"]["supportedLanguages"] == ["ko-KR"]


def test_a_reconnected_session_names_those_it_continues() -> None:
    before = "11111111-1111-4111-8111-111111111111"
    session, _ = opened(continuedSessions=[{"id": before, "serverseq": 4, "clientseq": 9}])
    assert session.continues == (before,)
    assert session.opening is not None
    assert session.opening.key == CONVERSATION


def test_a_ping_is_answered_with_its_number_in_any_state() -> None:
    session, client = Session(), Client()
    (pong,) = session.text(client.message("ping"))
    assert isinstance(pong, Send)
    assert pong.message["type"] == "pong"
    assert pong.message["clientseq"] == 1
    client.take(pong.message)
    (opening,) = session.text(client.message("open", open_parameters()))
    assert isinstance(opening, Opening)


def test_an_update_changes_the_language() -> None:
    session, client = opened()
    (updated,) = session.text(client.message("update", {"language": "en-US"}))
    assert isinstance(updated, Send)
    assert updated.message["type"] == "updated"
    assert session.language == "en-US"
    assert "400" in refusal(session, session.text(client.message("update", {})))


def test_events_are_numbered_with_the_other_messages_and_only_while_open() -> None:
    session, client = Session(), Client()
    assert session.event([]) is None
    session, client = opened()
    event = session.event([{"type": "transcript", "data": {}}])
    assert event is not None
    client.take(event.message)
    session.text(client.message("close", {"reason": "end"}))
    last = session.event([])
    assert last is not None, "finals still go out while the client closes"
    client.take(last.message)
    client.take(session.closed().message)
    assert session.event([]) is None


@pytest.mark.parametrize(("reason", "comes_back"), [("end", False), ("disconnect", False), ("error", True), ("reconnect", True)])  # fmt: skip
def test_the_reason_of_a_close_says_whether_the_client_comes_back(reason: str, comes_back: bool) -> None:
    session, client = opened()
    assert session.text(client.message("close", {"reason": reason})) == [Closing(comes_back)]
    assert session.text(client.message("close", {"reason": reason})) == [], "once is enough"


def test_sound_on_its_way_when_the_client_pauses_or_closes_is_no_error() -> None:
    session, client = opened()
    session.text(client.message("paused"))
    assert session.audio(TWO_FRAMES) == []
    session.text(client.message("resumed", {"start": "PT0S", "discarded": "PT1S"}))
    assert session.audio(TWO_FRAMES)[0].at == 1.0  # type: ignore[union-attr]
    session.text(client.message("close", {"reason": "end"}))
    assert session.audio(TWO_FRAMES) == []
    assert session.faults.total() == 2


def test_discarding_what_was_heard_does_not_turn_time_back() -> None:
    session, client = opened()
    session.audio(TWO_FRAMES)
    session.text(client.message("discarded", {"start": "PT0S", "discarded": "PT0.01S"}))
    assert session.position == pytest.approx(0.04)


def test_a_client_that_is_too_busy_gets_less() -> None:
    session, client = opened()
    busy = {"code": 429, "message": "rate limit", "retryAfter": "PT7S"}
    assert session.text(client.message("error", busy)) == [Slower(7.0)]
    assert session.text(client.message("error", {"code": 500, "message": ""})) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seq": 3}, "409"),
        ({"seq": 1}, "409"),
        ({"serverseq": 9}, "409"),
        ({"id": CONVERSATION}, "409"),
        ({"version": "1"}, "400"),
        ({"id": "me"}, "400"),
        ({"seq": "2"}, "400"),
        ({"seq": True}, "400"),
        ({"serverseq": -1}, "400"),
        ({"seq": 1e300}, "400"),
        ({"position": "soon"}, "400"),
        ({"parameters": 7}, "400"),
        ({"type": None}, "400"),
        ({"type": "dtmf"}, "405"),
    ],
    ids=str,
)
def test_a_message_against_the_protocol_ends_the_session_with_its_code(
    changes: dict[str, Any], code: str
) -> None:
    session, client = opened()
    client.serverseq = 1
    assert refusal(session, session.text(client.message("ping", **changes))).startswith(code)


@pytest.mark.parametrize(
    "changes",
    [
        {"organizationId": None},
        {"conversationId": "my-call"},
        {"media": None},
        {"media": ["PCMU"]},
        {"continuedSessions": {}},
        {"continuedSessions": [{}]},
        {"customConfig": "agent"},
    ],
    ids=str,
)
def test_an_open_message_with_bad_parameters_is_refused(changes: dict[str, Any]) -> None:
    session, client = Session(), Client()
    assert "400" in refusal(session, session.text(client.message("open", open_parameters(**changes))))


@pytest.mark.parametrize("garbage", ["", "?", "[]", "null", '{"version":"2"}', "{" * 9000, '"' * 99, "x" * (LONGEST + 1)], ids=range(8))  # fmt: skip
def test_garbage_ends_the_session_once_and_nothing_after_it_is_read(garbage: str) -> None:
    session, client = opened()
    assert refusal(session, session.text(garbage))[:3] in ("400", "413")
    assert session.text(garbage) == []
    assert session.text(client.message("discarded", {"start": "PT0S", "discarded": "PT9S"})) == []
    assert session.position == 0
    assert session.text(client.message("close", {"reason": "disconnect"})) == [Closing(False)]


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff" * 3, b"\xff" * (LONGEST + 1)], ids=len)
def test_binary_messages_that_are_no_sound_end_the_session(data: bytes) -> None:
    session, _ = opened()
    assert refusal(session, session.audio(data))[:3] in ("400", "413")


def test_sound_before_the_session_is_open_ends_it() -> None:
    session = Session()
    assert "409" in refusal(session, session.audio(TWO_FRAMES))
    probe, _ = opened(conversationId=NOBODY)
    assert "415" in refusal(probe, probe.audio(TWO_FRAMES))


def test_another_organisation_than_the_one_that_signed_is_not_let_in() -> None:
    session, client = Session(organisation=CONVERSATION), Client()
    (step,) = session.text(client.message("open", open_parameters()))
    assert isinstance(step, Send)
    assert step.message["parameters"]["reason"] == "unauthorized"


def test_a_second_open_changes_nothing() -> None:
    session, client = opened()
    assert session.text(client.message("open", open_parameters(conversationId=ORGANISATION))) == []
    assert session.opening is not None
    assert session.opening.key == CONVERSATION


def test_we_ask_to_disconnect_once() -> None:
    session, client = opened()
    asked = session.disconnect("completed", "the call has ended")
    assert asked is not None
    assert client.take(asked.message)["parameters"] == {"reason": "completed", "info": "the call has ended"}
    assert session.disconnect("completed") is None
    assert session.text(client.message("close", {"reason": "disconnect"})) == [Closing(False)]


def test_random_messages_never_break_a_session() -> None:
    dice = random.Random(11)
    kinds = ["open", "close", "ping", "paused", "resumed", "discarded", "update", "error", "x", ""]
    values: list[Any] = [None, 1, -1, "", "PT1S", [], {}, True, CONVERSATION, 1e308, "PT9999999S", [STEREO]]
    names = ["organizationId", "conversationId", "media", "reason", "start", "discarded", "language", "code", "retryAfter", "customConfig"]  # fmt: skip
    for _ in range(300):
        session, client = opened() if dice.random() < 0.7 else (Session(), Client())
        for _ in range(12):
            parameters = {name: dice.choice(values) for name in dice.sample(names, 4)}
            steps = (
                session.audio(dice.randbytes(dice.randrange(9)))
                if dice.random() < 0.3
                else session.text(client.message(dice.choice(kinds), parameters, serverseq=0))
            )
            for step in steps:
                answer(session, step)
            assert session.position < 3e7
