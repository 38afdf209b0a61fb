"""Calls that are going on, with a real store, bus and spool."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant import live, messages
from assistant.call import Call
from assistant.live import LiveCalls
from assistant.spool import Line, Spool
from consultation.bus import MemoryBus
from consultation.errors import BadInput, Conflict, EngineDown, Unknown
from consultation.store import Store, open_store
from consultation.types import Channel, Conversation, Speaker, Stage, Utterance, Word

KEY = bytes(range(32))


@dataclass
class NoJobs:
    """Remembers what was asked for; the real engine has its own contract suite."""

    asked: list[str] = field(default_factory=list)

    def enqueue(self, name: str, key: str, args: Mapping[str, Any]) -> None:
        self.asked.append(key)


class House:
    """What a process holds; `again` is the same disk after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store: Store = open_store(f"sqlite:///{folder / 'calls.db'}", master_key=KEY)
        self.jobs = NoJobs()
        self.bus = MemoryBus()
        self.spool = Spool(folder / "spool", KEY)
        self.calls = LiveCalls(
            store=self.store,
            bus=self.bus,
            jobs=self.jobs,  # type: ignore[arg-type]
            spool=self.spool,
            make_call=self.make_call,
            clock=lambda: datetime.now(UTC),
        )

    def make_call(self, conversation: Conversation, *kept: Any) -> Call:
        return Call.rebuild(conversation, *kept, searcher=None, abuse=None, gazetteer=None)

    async def close(self) -> None:
        await self.calls.close()
        self.store.close()

    async def again(self) -> House:
        await self.close()
        return House(self.folder)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    yield made
    await made.close()


def said(text: str, at: float = 0.0, *, is_final: bool = True) -> Utterance:
    return Utterance(Speaker.CITIZEN, text, at, at + 1, is_final)


async def begin(house: House) -> str:
    return (await house.calls.start(Channel.PHONE, "agent")).conversation_id


async def take(events: AsyncIterator[Any], count: int) -> list[Any]:
    return [await asyncio.wait_for(anext(events), 60) for _ in range(count)]


async def test_a_final_turn_is_on_disk_when_it_is_acknowledged(house: House) -> None:
    call = await begin(house)
    assert await house.calls.hear(call, said("여권이요")) == 0
    assert [turn.text for turn in house.store.conversations.turns(call)] == ["여권이요"]


async def test_a_partial_is_shown_and_not_kept(house: House) -> None:
    call = await begin(house)
    events = house.calls.events(call, None)
    waiting = asyncio.ensure_future(take(events, 1))
    await asyncio.sleep(0.05)
    await house.calls.hear(call, said("여권", is_final=False))
    (shown,) = await waiting
    assert shown.event["is_final"] is False
    assert house.store.conversations.turns(call) == []


async def test_a_screen_that_reconnects_gets_what_it_missed(house: House) -> None:
    call = await begin(house)
    events = house.calls.events(call, None)
    waiting = asyncio.ensure_future(take(events, 1))
    await asyncio.sleep(0.05)
    await house.calls.hear(call, said("하나"))
    (first,) = await waiting
    await events.aclose()
    await house.calls.hear(call, said("둘", 2))
    await house.calls.hear(call, said("셋", 4))
    back = house.calls.events(call, first.number)
    texts = [e.event["turn"]["text"] for e in await take(back, 3) if e.event["type"] == "heard"]
    assert texts == ["둘", "셋"]


async def test_a_number_of_another_process_is_answered_with_a_gap(house: House) -> None:
    call = await begin(house)
    await house.calls.hear(call, said("하나"))
    (gap,) = await take(house.calls.events(call, "0badf00d-7"), 1)
    assert gap.event == {"type": "gap"}


async def test_after_a_restart_the_call_goes_on_where_it_was(house: House) -> None:
    call = await begin(house)
    for number in range(5):
        await house.calls.hear(call, said(f"{number}번째", number * 2.0))
    later = await house.again()
    conversation, rebuilt, _ = await later.calls.state(call)
    assert conversation.stage is Stage.LIVE
    assert [turn.index for turn in rebuilt.turns] == [0, 1, 2, 3, 4]
    assert await later.calls.hear(call, said("계속이요", 20)) == 5
    await later.close()


async def test_a_draft_that_was_owed_is_asked_for_after_a_restart(house: House) -> None:
    call = await begin(house)
    await house.calls.hear(call, said("여권이요"))
    house.store.conversations.end(call, datetime.now(UTC))
    later = await house.again()
    assert await later.calls.resume() == 1
    assert later.jobs.asked == [f"{call}:wrap_up"]
    await later.close()


async def test_ending_twice_is_the_same_as_once(house: House) -> None:
    call = await begin(house)
    await house.calls.hear(call, said("여권이요"))
    await house.calls.end(call)
    await house.calls.end(call)
    assert house.jobs.asked == [f"{call}:wrap_up"]
    with pytest.raises(Conflict, match="has ended"):
        await house.calls.hear(call, said("더 있어요", 9))


async def test_an_unknown_call_is_named(house: House) -> None:
    with pytest.raises(Unknown, match="no-such"):
        await house.calls.hear("no-such", said("여보세요"))


async def test_an_assistant_that_breaks_leaves_the_words_and_the_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await begin(house)

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Call, "hear", broken)
    assert await house.calls.hear(call, said("제 번호는 공일공 공공공공 일이삼사예요")) == 0
    (turn,) = house.store.conversations.turns(call)
    assert turn.text == "제 번호는 [전화번호]예요"


@pytest.mark.slow
async def test_turns_wait_sealed_while_the_store_is_locked_and_move_in_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAUSE", 0.0)
    call = await begin(house)
    await house.calls.hear(call, said("잠그기 전"))
    events = house.calls.events(call, None)
    waiting = asyncio.ensure_future(take(events, 2))
    await asyncio.sleep(0.05)
    locker = sqlite3.connect(house.folder / "calls.db", isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    secret = "제 번호는 공일공 공공공공 일이삼사예요"
    assert await house.calls.hear(call, said(secret, 2)) == 1
    heard, notice = await waiting
    assert heard.event["type"] == "heard"
    assert notice.event["text"] == messages.STORE_DOWN
    assert house.spool.waiting()
    for file in (house.folder / "spool").iterdir():
        assert "공일공".encode() not in file.read_bytes()
    locker.execute("ROLLBACK")
    locker.close()
    assert await house.calls.hear(call, said("풀린 뒤", 4)) == 2
    assert [turn.index for turn in house.store.conversations.turns(call)] == [0, 1, 2]
    assert not house.spool.waiting()
    read = house.store.conversations.original(call, 1, reader="quality", reason="확인")
    assert read == secret


def line(number: int) -> Line:
    return {"index": number, "text": f"{number}", "events": []}


def test_a_damaged_turn_in_the_spool_is_set_aside_and_harms_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path, KEY)
    for number in range(3):
        spool.add("call-1", line(number))
    second = sorted(tmp_path.glob("*.sealed"))[1]
    second.write_bytes(second.read_bytes()[:-20])
    kept: list[int] = []
    assert spool.drain(lambda waiting: kept.append(waiting["index"])) == 2
    assert kept == [0, 2]
    assert [file.suffix for file in tmp_path.iterdir()] == [".unreadable"]


def test_a_turn_that_the_store_refuses_for_good_does_not_stop_the_others(tmp_path: Path) -> None:
    spool = Spool(tmp_path, KEY)
    for number in range(3):
        spool.add("call-1", line(number))
    kept: list[int] = []

    def keep(waiting: Line) -> None:
        if waiting["index"] == 1:
            raise Conflict("erased")
        kept.append(waiting["index"])

    assert spool.drain(keep) == 2
    assert kept == [0, 2]
    assert not spool.waiting()


def test_what_the_store_cannot_take_now_stays_for_later(tmp_path: Path) -> None:
    spool = Spool(tmp_path, KEY)
    spool.add("call-1", line(0))

    def down(_: Line) -> None:
        raise EngineDown("no")

    with pytest.raises(EngineDown):
        spool.drain(down)
    assert spool.drain(lambda _: None) == 1


async def test_a_turn_that_no_disk_takes_is_not_acknowledged_until_one_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await begin(house)

    def full(*_: Any) -> None:
        raise EngineDown("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(house.store.conversations, "add_turn", full)
        broken.setattr(house.spool, "add", full)
        for _ in range(2):
            with pytest.raises(EngineDown):
                await house.calls.hear(call, said("여권이요"), 0)
    monkeypatch.setattr(house.calls, "_down_until", 0.0)
    assert await house.calls.hear(call, said("여권이요"), 0) == 0
    assert [turn.text for turn in house.store.conversations.turns(call)] == ["여권이요"]


async def test_a_number_far_ahead_is_refused_and_uses_nothing_up(house: House) -> None:
    call = await begin(house)
    with pytest.raises(BadInput, match="far ahead"):
        await house.calls.hear(call, said("여권이요"), 50_000)
    assert await house.calls.hear(call, said("여권이요")) == 0


async def test_numbering_goes_on_after_the_assistant_broke(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await begin(house)
    with monkeypatch.context() as broken:
        broken.setattr(Call, "hear", lambda *_: 1 / 0)
        assert await house.calls.hear(call, said("하나")) == 0
    assert await house.calls.hear(call, said("둘", 2)) == 1
    _, rebuilt, _ = await house.calls.state(call)
    assert [turn.text for turn in rebuilt.turns] == ["하나", "둘"]


async def test_word_times_are_kept_with_the_turn_also_by_way_of_the_spool(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await begin(house)
    words = (Word("여권", 0.0, 0.5, 0.9), Word("신청이요", 0.5, 1.0, 0.4))
    heard = Utterance(Speaker.CITIZEN, "여권 신청이요", 0.0, 1.0, words=words)
    await house.calls.hear(call, heard)
    await house.calls.hear(call, said("손으로 적은 말", 2))
    monkeypatch.setattr(house.calls, "_down_until", float("inf"))  # as when the store does not answer
    await house.calls.hear(call, Utterance(Speaker.AGENT, "네", 4.0, 5.0, words=words[:1]))
    assert house.store.conversations.words(call) == {0: words}
    monkeypatch.setattr(house.calls, "_down_until", 0.0)
    await house.calls.resume()
    assert house.store.conversations.words(call) == {0: words, 2: words[:1]}
