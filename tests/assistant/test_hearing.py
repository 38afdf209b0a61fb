"""Sound becomes turns of a call: a real store, bus and spool, a simulated recogniser, real threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import hearing as hub
from assistant import messages
from assistant.hearing import HeardCall, Hearing, Line
from consultation.errors import BadInput, EngineDown, NotReady, Refused
from consultation.types import Channel, Speaker, Stage, Turn, Utterance, Word
from stt.audio import Floats, Samples
from stt.error_model import PERFECT
from stt.live import LiveTranscriber
from stt.recogniser import Heard, Listen
from stt.schedule import Scheduler
from stt.simulated_calls import SpokenTurn, script_of, sound_of, words_of
from stt.simulated_channel import ScriptedDetector, SimulatedEngine
from tests.assistant.test_live import House

RATE = 8000
CITIZEN, AGENT = Speaker.CITIZEN, Speaker.AGENT
BOTH = (CITIZEN, AGENT)
SOON = 60.0  # seconds after which a test gives up

TALK: Sequence[SpokenTurn] = tuple(
    script_of(
        {
            "turns": [
                {"speaker": "agent", "text": "서울시 상담센터입니다", "start": 0.5, "end": 2.0},
                {"speaker": "citizen", "text": "여권을 다시 만들고 싶어요", "start": 2.8, "end": 5.0},
                {"speaker": "agent", "text": "가까운 구청에서 신청하시면 됩니다", "start": 5.8, "end": 8.2},
                {"speaker": "citizen", "text": "네 고맙습니다", "start": 9.0, "end": 10.2},
            ]
        }
    )
)
SAID = [turn.text for turn in TALK]


class Engine:
    """The simulated recogniser of one channel; it fails or waits when the test says so."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._engine = SimulatedEngine(words, PERFECT)
        self.down = False
        self.name = "simulated"

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        if self.down:
            raise EngineDown("the model does not answer")
        return self._engine.recognise(samples, listen)


@dataclass
class Studio:
    """A process that hears: the house of the live calls, and engines that know the script."""

    house: House
    script: Sequence[SpokenTurn] = TALK
    engines: dict[Speaker, Engine] = field(default_factory=dict)
    absent: bool = False  # no speech model at all
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engines = {speaker: Engine(words_of(self.script, speaker)) for speaker in BOTH}
        self.scheduler = Scheduler(self.engines[CITIZEN], workers=2, pause=2.0)
        self.hearing = Hearing(
            self.house.calls,
            self.make,
            clock=lambda: datetime.now(UTC),
            is_agent=lambda name: name == "agent",
            **{"grace": 0.5, **self.settings},
        )

    def make(self, speaker: Speaker, _: str) -> LiveTranscriber:
        if self.absent:
            raise NotReady("there is no speech model")
        words = words_of(self.script, speaker)
        return LiveTranscriber(
            speaker, self.scheduler, recogniser=self.engines[speaker], detector=ScriptedDetector(words)
        )

    def turns(self, conversation_id: str) -> list[Turn]:
        return list(self.house.store.conversations.turns(conversation_id))

    def texts(self, conversation_id: str) -> list[str]:
        return [turn.text for turn in self.turns(conversation_id)]

    def stage(self, conversation_id: str) -> Stage:
        return self.house.store.conversations.get(conversation_id).stage

    async def close(self) -> None:
        await self.hearing.close()
        self.scheduler.close()
        await self.house.close()


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    made = Studio(House(tmp_path))
    yield made
    await made.close()


def line(*speakers: Speaker | None, key: str = "call-1", agent: str = "agent", rate: int = RATE) -> Line:
    return Line("test", key, agent, speakers or BOTH, rate)


async def play(
    leg: HeardCall,
    sound: Samples,
    *,
    start: float = 0.0,
    until: float | None = None,
    times: bool = True,
    lost: Callable[[int], bool] = lambda _: False,
) -> None:
    """Frames of 20 ms of all channels, as a telephone system would send them, only faster."""
    size = leg.line.rate // 50
    last = len(sound) if until is None else round(until * leg.line.rate)
    for number, first in enumerate(range(round(start * leg.line.rate), last, size)):
        if not lost(number):
            for channel in range(sound.shape[1]):
                await leg.push(
                    channel, sound[first : first + size, channel], first / leg.line.rate if times else None
                )
        if number % 25 == 24:
            await asyncio.sleep(0.01)


async def eventually(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.02)


async def test_both_channels_of_a_line_become_turns_in_the_order_they_were_spoken(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK))
    await leg.end()
    assert studio.texts(leg.conversation_id) == SAID
    assert studio.stage(leg.conversation_id) is Stage.ENDED
    assert studio.hearing.open_calls == 0
    for turn, spoken in zip(studio.turns(leg.conversation_id), TALK, strict=True):
        assert turn.speaker is spoken.speaker
        assert abs(turn.end - spoken.end) <= 0.02


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_frames_of_any_size_at_either_rate_give_the_same_turns(studio: Studio, rate: int) -> None:
    leg = await studio.hearing.open(line(rate=rate))
    sound = np.repeat(sound_of(TALK), rate // RATE, axis=0)
    for first in range(0, len(sound), 1237):
        for channel in (0, 1):
            await leg.push(channel, sound[first : first + 1237, channel])
    await leg.end()
    assert studio.texts(leg.conversation_id) == SAID


async def test_times_stay_right_after_gaps_duplicates_and_clock_jumps(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    sound = sound_of(TALK)
    await play(leg, sound, until=2.4)
    await play(leg, sound, start=2.6, until=5.4)  # lost: 0.2 seconds between two turns
    await play(leg, sound, start=5.0, until=5.4)  # sent twice
    for channel in (0, 1):  # a clock that is off by a day for a moment
        frame = sound[round(5.4 * RATE) : round(5.4 * RATE) + 160, channel]
        await leg.push(channel, frame, 86_405.4)
    await play(leg, sound, start=5.42)
    await leg.end()
    assert studio.texts(leg.conversation_id) == SAID
    for turn, spoken in zip(studio.turns(leg.conversation_id), TALK, strict=True):
        assert abs(turn.end - spoken.end) <= 0.02 + 0.02


async def test_a_second_leg_joins_the_call_of_the_first(studio: Studio) -> None:
    sound = sound_of(TALK)
    citizen = await studio.hearing.open(line(CITIZEN))
    agent = await studio.hearing.open(line(AGENT))
    assert citizen.conversation_id == agent.conversation_id
    await asyncio.gather(play(citizen, sound[:, :1]), play(agent, sound[:, 1:]))
    await citizen.end()
    assert studio.stage(agent.conversation_id) is Stage.LIVE
    await agent.end()
    assert studio.stage(agent.conversation_id) is Stage.ENDED
    assert studio.texts(agent.conversation_id) == SAID


async def test_a_lost_connection_comes_back_and_takes_over(studio: Studio) -> None:
    sound = sound_of(TALK)
    first = await studio.hearing.open(line())
    await play(first, sound, until=5.5)
    await first.drop()
    again = await studio.hearing.open(line())
    assert again.conversation_id == first.conversation_id
    assert first.over
    await first.push(0, sound[:160, 0])  # what the old connection still had on its way is ignored
    await play(again, sound, start=5.5)
    await again.end()
    assert studio.texts(again.conversation_id) == SAID


async def test_a_connection_that_stays_lost_ends_the_call_and_keeps_what_was_heard(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK), until=4.0)  # in the middle of the second turn
    await leg.drop()
    assert studio.stage(leg.conversation_id) is Stage.LIVE
    await eventually(lambda: studio.stage(leg.conversation_id) is Stage.ENDED)
    kept = studio.texts(leg.conversation_id)
    assert kept[0] == SAID[0]
    assert SAID[1].startswith(kept[1])
    assert studio.hearing.open_calls == 0


async def test_a_client_that_never_closes_does_not_hold_the_call_open(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path), settings={"silent": 1.5})
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK), until=2.5)
    await eventually(lambda: studio.stage(leg.conversation_id) is Stage.ENDED)
    assert leg.over
    assert studio.texts(leg.conversation_id) == SAID[:1]
    await studio.close()


async def test_a_client_that_sends_silence_for_ever_does_not_hold_the_call_open(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path), settings={"silent": 1.0, "speechless": 0.5})
    leg = await studio.hearing.open(line())

    async def hum() -> None:
        while not leg.over:
            await leg.push(0, np.zeros(160, np.int16))
            await asyncio.sleep(0.02)

    async with asyncio.timeout(SOON):
        await hum()
    await eventually(lambda: studio.stage(leg.conversation_id) is Stage.ENDED)
    await studio.close()


async def test_a_model_that_fails_in_mid_call_costs_nothing_but_time(studio: Studio) -> None:
    """The other channel goes on, the agent is told, and what was said meanwhile still becomes turns."""
    sound = sound_of(TALK)
    leg = await studio.hearing.open(line())
    told: list[dict[str, Any]] = []

    async def watch() -> None:
        async for numbered in studio.house.calls.events(leg.conversation_id, None):
            told.append(dict(numbered.event))

    watching = asyncio.create_task(watch())
    await play(leg, sound, until=2.5)
    await eventually(lambda: studio.texts(leg.conversation_id) == SAID[:1])
    studio.engines[CITIZEN].down = True
    await play(leg, sound, start=2.5, until=8.6)
    await eventually(lambda: SAID[2] in studio.texts(leg.conversation_id))
    assert SAID[1] not in studio.texts(leg.conversation_id)
    await eventually(lambda: any(event.get("text") == messages.SPEECH_DOWN for event in told))
    studio.engines[CITIZEN].down = False
    await play(leg, sound, start=8.6)
    await leg.end()
    assert studio.texts(leg.conversation_id) == SAID  # in their places, though they came late
    watching.cancel()


async def test_without_a_speech_model_the_call_goes_on_typed(studio: Studio) -> None:
    studio.absent = True
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK), until=1.0)
    await studio.house.calls.hear(leg.conversation_id, Utterance(CITIZEN, "직접 적은 말", 1.0, 2.0))
    await play(leg, sound_of(TALK), start=1.0, until=2.0)
    await leg.end()
    assert studio.texts(leg.conversation_id) == ["직접 적은 말"]
    assert studio.stage(leg.conversation_id) is Stage.ENDED


async def test_turns_are_kept_while_the_store_is_down(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = await studio.hearing.open(line())
    kept = studio.house.store.conversations
    down = True
    add_turn = kept.add_turn

    def fail(*args: Any) -> None:
        if down:
            raise EngineDown("the database does not answer")
        add_turn(*args)

    monkeypatch.setattr(kept, "add_turn", fail)
    monkeypatch.setattr("assistant.live.PAUSE", 0.2)
    await play(leg, sound_of(TALK), until=9.0)
    await eventually(lambda: studio.house.spool.waiting())
    down = False
    await play(leg, sound_of(TALK), start=9.0)
    await leg.end()
    await studio.house.calls.resume()
    assert studio.texts(leg.conversation_id) == SAID


async def test_whoever_ends_the_call_elsewhere_still_gets_the_last_words(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK), until=8.25)  # the third turn is barely over
    await studio.house.calls.end(leg.conversation_id)
    assert studio.texts(leg.conversation_id) == SAID[:3]
    assert leg.over
    await play(leg, sound_of(TALK), start=8.25)  # ignored
    assert studio.texts(leg.conversation_id) == SAID[:3]
    assert studio.hearing.open_calls == 0


async def test_a_microphone_on_an_open_call_leaves_it_open(studio: Studio) -> None:
    call = await studio.house.calls.start(Channel.PHONE, "agent")
    leg = await studio.hearing.open(line(), call.conversation_id)
    await play(leg, sound_of(TALK))
    await leg.end()
    assert studio.stage(call.conversation_id) is Stage.LIVE
    assert studio.texts(call.conversation_id) == SAID


async def test_results_are_what_the_screen_gets_masked(tmp_path: Path) -> None:
    script = script_of(
        {
            "turns": [
                {"speaker": "citizen", "text": "번호는 공일공 공공공공 일이삼사예요", "start": 0.5, "end": 4}
            ]
        }
    )
    studio = Studio(House(tmp_path), script)
    leg = await studio.hearing.open(line())
    got: list[Utterance] = []

    async def collect() -> None:
        async for result in leg.results():
            assert isinstance(result, Utterance)
            got.append(result)

    collecting = asyncio.create_task(collect())
    await play(leg, sound_of(script))
    await leg.end()
    async with asyncio.timeout(SOON):
        await collecting
    finals = [one.text for one in got if one.is_final]
    assert finals == ["번호는 [전화번호]예요"]
    assert not any("일이삼사" in word for one in got for word in (one.text, *(w.text for w in one.words)))
    last = next(one for one in got if one.is_final)
    assert " ".join(word.text for word in last.words) == last.text
    assert last.words[0].start == pytest.approx(0.5, abs=0.02)
    await studio.close()


async def test_one_channel_with_everybody_is_marked_as_such(studio: Studio) -> None:
    leg = await studio.hearing.open(line(None))
    told: list[dict[str, Any]] = []

    async def watch() -> None:
        async for numbered in studio.house.calls.events(leg.conversation_id, None):
            told.append(dict(numbered.event))

    watching = asyncio.create_task(watch())
    await play(leg, sound_of(TALK)[:, :1])
    await eventually(lambda: any(event.get("mixed") for event in told))
    await leg.end()
    assert {turn.speaker for turn in studio.turns(leg.conversation_id)} == {CITIZEN}
    watching.cancel()


async def test_after_a_restart_the_same_line_goes_on_with_its_call(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    await play(leg, sound_of(TALK), until=2.5)
    await eventually(lambda: studio.texts(leg.conversation_id) == SAID[:1])
    await studio.hearing.close()
    studio.scheduler.close()
    other = Studio(await studio.house.again(), script=())  # nothing more is said
    again = await other.hearing.open(line())
    assert again.conversation_id == leg.conversation_id
    await again.end()
    assert other.texts(leg.conversation_id) == SAID[:1]
    assert other.stage(leg.conversation_id) is Stage.ENDED
    third = await other.hearing.open(line())  # the telephone system uses the id again, for another call
    assert third.conversation_id != leg.conversation_id
    await third.end()
    await other.hearing.close()
    studio.house = other.house
    other.scheduler.close()


async def test_a_line_without_an_agent_is_refused_or_goes_to_the_door_agent(tmp_path: Path) -> None:
    studio = Studio(House(tmp_path))
    with pytest.raises(Refused, match="SANGDAM_DOOR_AGENT"):
        await studio.hearing.open(line(agent="nobody"))
    other = Hearing(
        studio.house.calls,
        studio.make,
        clock=lambda: datetime.now(UTC),
        is_agent=lambda name: name == "agent",
        door_agent="agent",
    )
    leg = await other.open(line(agent="nobody"))
    assert studio.house.store.conversations.get(leg.conversation_id).agent_id == "agent"
    await leg.end()
    await other.close()
    await studio.close()


@pytest.mark.parametrize(
    "pcm", [np.zeros((160, 2), np.int16), np.zeros(160, np.float32), [0, 1, 2], b"\0\0"], ids=str
)
async def test_what_is_no_sound_is_refused(studio: Studio, pcm: Any) -> None:
    leg = await studio.hearing.open(line())
    with pytest.raises(BadInput):
        await leg.push(0, pcm)
    with pytest.raises(BadInput):
        await leg.push(2, np.zeros(160, np.int16))
    await leg.end()


@pytest.mark.parametrize(
    "change",
    [{"rate": 44_100}, {"key": ""}, {"key": "x" * 201}, {"speakers": ()}, {"speakers": (CITIZEN, CITIZEN)}],
    ids=str,
)
def test_a_line_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"source": "test", "key": "1", "agent": "a", "speakers": BOTH, "rate": 8000}
    with pytest.raises(BadInput):
        Line(**(whole | change))


async def test_a_flood_waits_for_room_and_fills_no_memory(studio: Studio) -> None:
    leg = await studio.hearing.open(line())
    second = np.zeros(RATE, np.int16)
    pushed = 0

    async def flood() -> None:
        nonlocal pushed
        for _ in range(300):
            await leg.push(0, second)
            pushed += 1
            assert leg._ears[0].queued <= hub.ROOM + 1

    async with asyncio.timeout(SOON):
        await flood()
    assert pushed == 300
    await leg.end()
