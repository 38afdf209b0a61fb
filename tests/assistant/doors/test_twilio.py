"""Media streams of Twilio, Telnyx, Plivo and Exotel, whole and in pieces."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from assistant.doors.commands import Command, Ended, Frame, Opening
from assistant.doors.twilio import FAULTS, LONGEST, MediaStream
from consultation.errors import BadInput
from consultation.types import Speaker
from stt.g711 import decode_mulaw, encode_mulaw
from tests.assistant.doors.streams import (
    FRAME,
    STOP,
    closeness,
    joined,
    media,
    of_channel,
    placed,
    rows,
    start,
    tone,
)

CITIZEN, AGENT = Speaker.CITIZEN, Speaker.AGENT
BOTH = (CITIZEN, AGENT)


def read(messages: list[str]) -> list[Command]:
    stream = MediaStream()
    return [command for message in messages for command in stream.receive(message)]


def fixture(name: str) -> list[Command]:
    return read([json.dumps(row) for row in rows(name)])


@pytest.mark.parametrize("name", ["twilio.jsonl", "telnyx.jsonl"])
def test_both_tracks_come_out_whole_and_in_order(name: str) -> None:
    commands = fixture(name)
    assert isinstance(commands[-1], Ended)
    for channel, hz in ((0, 440), (1, 660)):
        frames = of_channel(commands, channel)
        assert closeness(joined(frames), tone(hz, 0.2)) < 0.02
        for number, frame in enumerate(frames):
            assert abs(frame.at - 0.02 * number) <= 0.02


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("twilio.jsonl", Opening("CA0001", "agent", BOTH, 8000)),
        ("telnyx.jsonl", Opening("v2:call-0001", "agent", BOTH, 8000)),
        ("plivo.jsonl", Opening("12345678-0000-4000-8000-000000000001", "agent", (CITIZEN,), 16000)),
        ("exotel.jsonl", Opening("CA0002", "agent", BOTH, 8000)),
    ],
)
def test_the_start_says_whose_call_it_is(name: str, opening: Opening) -> None:
    assert [one for one in fixture(name) if isinstance(one, Opening)] == [opening]


def test_plivo_stamps_of_the_time_of_day_count_from_the_beginning() -> None:
    frames = of_channel(fixture("plivo.jsonl"), 0)
    assert (joined(frames) == tone(440, 0.2, 16000)).all()
    for number, frame in enumerate(frames):
        assert frame.at == pytest.approx(0.02 * number)


def test_exotel_frames_of_a_tenth_of_a_second_without_tracks_are_the_citizen() -> None:
    frames = of_channel(fixture("exotel.jsonl"), 0)
    assert (joined(frames) == tone(440, 0.5)).all()
    assert [round(frame.at, 3) for frame in frames] == [0, 0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("parameters", "speakers"),
    [
        ({"speakers": "mixed"}, (None,)),
        ({"inbound": "agent"}, (AGENT, CITIZEN)),
        ({}, BOTH),
    ],
)
def test_parameters_say_who_speaks(parameters: dict[str, str], speakers: tuple[Any, ...]) -> None:
    (opening,) = read([start(customParameters=parameters)])
    assert isinstance(opening, Opening)
    assert opening.speakers == speakers


@pytest.mark.parametrize("tracks", [["inbound_track"], ["inbound"], "inbound_track"])
def test_a_stream_of_one_track_has_one_channel(tracks: object) -> None:
    opening, frame = read([start(tracks=tracks), media(1, 0, tone(440, 0.02))])
    assert isinstance(opening, Opening)
    assert opening.speakers == (CITIZEN,)
    assert isinstance(frame, Frame)


@pytest.mark.parametrize(
    "given",
    [
        {"call": "both-legs", "AGENT": "kim"},
        [{"name": "call", "value": "both-legs"}, {"name": "agent", "value": "kim"}],
    ],
    ids=["object", "pairs"],
)
def test_two_streams_of_one_call_can_name_the_same_id(given: object) -> None:
    (opening,) = read([start(customParameters=given)])
    assert isinstance(opening, Opening)
    assert (opening.key, opening.agent) == ("both-legs", "kim")


NOISE = np.random.default_rng(3).integers(-9_000, 9_000, 500 * FRAME).astype(np.int16)
"""Ten seconds; no two frames are alike."""


def rough(seed: int, *, loss: float, twice: float, spread: float) -> list[tuple[int, str]]:
    """(number, message) of ten seconds in the order they arrive: jitter, loss, repetition."""
    dice = random.Random(seed)
    sent = [
        (number, max(0, 20 * number + dice.choice((-4, 0, 3, 5))))
        for number in range(500)
        if number == 0 or dice.random() >= loss
    ]
    arriving = [
        (number + dice.uniform(0, spread), number, stamp)
        for number, stamp in sent
        for _ in range(1 + (dice.random() < twice))
    ]
    return [
        (number, media(number + 1, stamp, NOISE[number * FRAME : (number + 1) * FRAME]))
        for _, number, stamp in sorted(arriving)
    ]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "trouble",
    [
        {"loss": 0.0, "twice": 0.0, "spread": 6.0},
        {"loss": 0.05, "twice": 0.05, "spread": 0.0},
        {"loss": 0.2, "twice": 0.1, "spread": 5.0},
    ],
    ids=["reordered", "lossy", "everything"],
)
def test_times_stay_right_within_20_ms_whatever_the_network_does(
    seed: int, trouble: dict[str, float]
) -> None:
    arriving = rough(seed, **trouble)
    frames = of_channel(read([start(), *(message for _, message in arriving), STOP]), 0)
    known = {
        decode_mulaw(encode_mulaw(NOISE[n * FRAME : (n + 1) * FRAME])).tobytes(): n * 0.02 for n in range(500)
    }
    heard = [(known[samples.tobytes()], at) for at, samples in placed(frames)]
    assert [truth for truth, _ in heard] == [n * 0.02 for n in sorted({number for number, _ in arriving})]
    assert max(abs(truth - at) for truth, at in heard) <= 0.02 + 1e-6


def test_a_long_gap_with_numbers_that_go_on_moves_the_time_on() -> None:
    quiet = tone(300, 0.02)
    messages = [media(n + 1, 20 * n + (3_000 if n >= 50 else 0), quiet) for n in range(100)]
    frames = of_channel(read([start(), *messages]), 0)
    assert frames[49].at == pytest.approx(0.98)
    assert frames[50].at == pytest.approx(4.0)
    assert frames[99].at == pytest.approx(4.98)


def test_numbers_that_count_both_tracks_together_lose_nothing() -> None:
    messages = [
        media(n + 1, 20 * (n // 2), tone(440, 0.02), "inbound" if n % 2 == 0 else "outbound")
        for n in range(200)
    ]
    commands = read([start(), *messages, STOP])
    for channel in (0, 1):
        frames = of_channel(commands, channel)
        assert len(frames) == 100
        assert all(abs(frame.at - 0.02 * number) <= 0.02 + 1e-6 for number, frame in enumerate(frames))


def test_frames_without_numbers_and_stamps_follow_each_other() -> None:
    frames = of_channel(read([start(), *(media(None, None, tone(440, 0.02)) for _ in range(10))]), 0)
    assert [round(frame.at, 2) for frame in frames] == [round(0.02 * n, 2) for n in range(10)]


GARBAGE = [
    "",
    "hello",
    "[]",
    "null",
    "42",
    '{"event":',
    "{" * 5000,
    '{"event": 7}',
    '{"event": ["media"]}',
    '{"no": "event"}',
    '{"event": "media"}',
    '{"event": "media", "media": []}',
    '{"event": "media", "media": {"track": "both", "payload": "AAAA"}}',
    '{"event": "media", "media": {"track": ["inbound"], "payload": "AAAA"}}',
    '{"event": "media", "media": {"track": "inbound"}}',
    '{"event": "media", "media": {"track": "inbound", "payload": "!!!"}}',
    '{"event": "media", "media": {"track": "inbound", "payload": "AAA"}}',
    '{"event": "media", "media": {"track": "inbound", "payload": 7}}',
    '{"event": "media", "media": {"track": "inbound", "payload": "안녕"}}',
    '{"event": "media", "media": {"track": "inbound", "payload": ""}}',
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_one_unreadable_message_in_mid_call_costs_only_itself(garbage: str) -> None:
    stream = MediaStream()
    stream.receive(start())
    stream.receive(media(1, 0, tone(440, 0.02)))
    assert stream.receive(garbage) == []
    (frame,) = stream.receive(media(2, 20, tone(440, 0.02)))
    assert isinstance(frame, Frame)
    assert stream.faults.total() == 1


@pytest.mark.parametrize("garbage", ["", "hello", "[]", '{"event":'])
def test_what_begins_with_garbage_is_no_stream(garbage: str) -> None:
    with pytest.raises(BadInput):
        MediaStream().receive(garbage)


def test_a_stream_of_garbage_is_given_up() -> None:
    stream = MediaStream()
    stream.receive(start())
    for _ in range(FAULTS):
        stream.receive("?")
    with pytest.raises(BadInput, match=f"more than {FAULTS}.*json"):
        stream.receive("?")


def test_sound_before_the_start_is_left_out_and_a_start_that_never_comes_ends_it() -> None:
    stream = MediaStream()
    assert stream.receive(media(1, 0, tone(440, 0.02))) == []
    stream.receive(start())
    assert of_channel(stream.receive(media(2, 20, tone(440, 0.02))) + stream.finish(), 0)
    late = MediaStream()
    for number in range(FAULTS):
        late.receive(media(number, 20 * number, tone(440, 0.02)))
    with pytest.raises(BadInput, match="media before start"):
        late.receive(media(FAULTS, 20 * FAULTS, tone(440, 0.02)))


@pytest.mark.parametrize(
    "change",
    [
        {"mediaFormat": {"encoding": "audio/opus"}},
        {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 44100}},
        {"mediaFormat": {"encoding": "audio/x-mulaw", "channels": 2}},
    ],
    ids=["encoding", "rate", "channels"],
)
def test_sound_that_cannot_be_heard_is_refused_at_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        MediaStream().receive(start(**change))


def test_binary_and_oversized_messages_are_refused() -> None:
    with pytest.raises(BadInput, match="binary"):
        MediaStream().receive(b"\x00" * 160)
    with pytest.raises(BadInput, match=str(LONGEST)):
        MediaStream().receive("x" * (LONGEST + 1))


def test_a_second_call_on_the_same_connection_is_refused_and_the_same_start_again_is_not() -> None:
    stream = MediaStream()
    stream.receive(start())
    assert stream.receive(start()) == []
    with pytest.raises(BadInput, match="second call"):
        stream.receive(start(callSid="CA2"))


def test_nothing_is_heard_after_the_stop() -> None:
    stream = MediaStream()
    stream.receive(start())
    assert stream.receive(STOP) == [Ended()]
    assert stream.receive(media(1, 0, tone(440, 0.02))) == []
    assert stream.finish() == []


def test_absurd_numbers_and_stamps_do_not_move_the_call() -> None:
    stream = MediaStream()
    stream.receive(start())
    sound = tone(440, 0.02)
    commands: list[Command] = []
    for n in range(50):
        commands += stream.receive(media(n + 1, 20 * n, sound))
    for number, stamp in (("9" * 30, "NaN"), ("-1", "-5"), ("inf", "1e400"), ("true", "")):
        body = {"track": "inbound", "chunk": number, "timestamp": stamp, "payload": "fn5+"}
        commands += stream.receive(json.dumps({"event": "media", "media": body}))
    for n in range(50, 100):
        commands += stream.receive(media(n + 1, 20 * n, sound))
    heard = placed(of_channel(commands, 0))
    assert heard[-1][0] == pytest.approx(1.98, abs=0.02)


def test_a_flood_of_random_bytes_as_text_never_breaks_the_reader() -> None:
    dice = random.Random(7)
    for _ in range(300):
        stream = MediaStream()
        stream.receive(start())
        whole = media(1, 0, tone(440, 0.02))
        cut = whole[: dice.randrange(len(whole))] + "".join(chr(dice.randrange(1, 0x500)) for _ in range(5))
        stream.receive(cut)
        assert stream.faults.total() == 1
