"""Calls that are going on: turns in, events out, everything kept.

The one place where rules, models, store and bus of a live call meet. Models and database run in
worker threads; within a call turns are taken one after another, calls do not wait for each
other. A turn is acknowledged once it is on disk: in the store, or in the spool while the store
does not answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from assistant import messages
from assistant.call import Call
from assistant.events import (
    DistrictKnown,
    Event,
    Flagged,
    Heard,
    Notice,
    Suggested,
    from_json,
    to_json,
)
from assistant.spool import Line, Spool
from consultation.errors import BadInput, Conflict, EngineDown, NotReady, SangdamError
from consultation.ports import Bus, Jobs
from consultation.privacy import mask
from consultation.store import Store
from consultation.text import clean
from consultation.types import (
    AbuseFlag,
    Channel,
    Conversation,
    Ranking,
    Speaker,
    Stage,
    Suggestion,
    SuggestionAction,
    Turn,
    Urgency,
    Utterance,
    Word,
)

T = TypeVar("T")
Json = dict[str, Any]


class MakeCall(Protocol):
    """Builds a call with this process's engines, as it stood: `Call.rebuild` with the rest filled in."""

    def __call__(
        self,
        conversation: Conversation,
        turns: Sequence[Turn] = (),
        flags: Sequence[AbuseFlag] = (),
        suggestions: Sequence[Suggestion] = (),
    ) -> Call: ...


REMEMBERED = 2000  # events a reconnecting screen can ask for again
WRAP_UP = "wrap_up"  # name of the job after the call
AHEAD = 1000  # numbers a producer may leave out; more is a mistake, and would use them up
PAUSE = 5.0  # seconds for which the store is left alone after it did not answer
IDLE = 3600.0  # seconds after which a silent call leaves the memory, not the store

log = structlog.get_logger()


@dataclass
class _Live:
    """One call in this process. `epoch` tells event numbers of different processes apart."""

    conversation: Conversation
    call: Call
    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    count: int = 0
    log: deque[tuple[int, Json]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    unkept: dict[int, Line] = field(default_factory=dict)  # heard, shown, and on no disk yet
    used_at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with the number a screen gives back when it reconnects; None: cannot be asked for again."""

    number: str | None
    event: Json


class LiveCalls:
    """All calls of this process."""

    def __init__(
        self,
        *,
        store: Store,
        bus: Bus,
        jobs: Jobs,
        spool: Spool,
        make_call: MakeCall,
        clock: Callable[[], datetime],
        threads: int = 4,
    ) -> None:
        self._store = store
        self._bus = bus
        self._jobs = jobs
        self._spool = spool
        self._make_call = make_call
        self._clock = clock
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="calls")
        self._live: dict[str, _Live] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._draining = asyncio.Lock()
        self._down_until = 0.0  # monotonic; the store is not asked before, so that calls do not queue for it
        self._before_end: list[Callable[[str], Awaitable[None]]] = []

    # ---- taking part in a call

    async def start(
        self,
        channel: Channel,
        agent_id: str,
        *,
        is_sample: bool = False,
        conversation_id: str | None = None,
    ) -> Conversation:
        """A call begins. The same id again is the same call."""
        conversation = Conversation(
            conversation_id=conversation_id or f"{self._clock():%Y%m%d}-{secrets.token_hex(6)}",
            channel=channel,
            started_at=self._clock(),
            agent_id=agent_id,
            is_sample=is_sample,
        )
        await self._work(self._store.conversations.start, conversation)
        return (await self._open(conversation.conversation_id)).conversation

    async def hear(self, conversation_id: str, utterance: Utterance, index: int | None = None) -> int:
        """Take one utterance; returns the number of its turn once a final one is on disk.

        The same turn again is acknowledged again and changes nothing. Raises `Unknown` for a call
        that does not exist, `Conflict` for one that has ended or another text under the same
        number.
        """
        live = await self._open(conversation_id)
        async with live.lock:
            if live.conversation.stage is not Stage.LIVE:
                raise Conflict(f"call {conversation_id} has ended; start a new one")
            index = live.call.next_index if index is None else index
            if index > live.call.next_index + AHEAD:
                raise BadInput(
                    f"turn {index} is far ahead of {live.call.next_index}; number turns one by one"
                )
            original = clean(utterance.text)
            try:
                events = await self._work(live.call.hear, utterance, index)
            except SangdamError:
                raise
            except Exception:  # the assistant may fail; the call never does
                log.exception("call.hear_failed", conversation=conversation_id, turn=index)
                events = [*live.call.keep_only(utterance, index), Notice("warn", messages.ASSISTANT_FAILED)]
            if utterance.is_final and (line := _line(index, original, events, utterance.words)):
                live.unkept[index] = line
            for event in events:
                await self._tell(live, event)
            for notice in await self._keep(live):
                await self._tell(live, notice)
            return index

    async def end(self, conversation_id: str, *, by: str = "", emergency: bool = False) -> None:
        """The call is over: the record is drafted by a job. Ending twice is the same as once.

        An emergency end, an agent's protection from abuse, is in the audit log with who pressed it.
        """
        for last_words in self._before_end:
            await last_words(conversation_id)
        live = await self._open(conversation_id)
        async with live.lock:
            if live.conversation.stage is not Stage.LIVE:
                return
            at = self._clock()
            await self._drain()
            await self._work(self._store.conversations.end, conversation_id, at)
            live.conversation = replace(live.conversation, stage=Stage.ENDED, ended_at=at)
            self._live.pop(conversation_id, None)
            for event in live.call.end(at):
                await self._tell(live, event)
        if emergency:
            await self._work(self._store.audit.record, by, "call.emergency_end", conversation_id)
        try:
            await self._work(self.ask_for_draft, conversation_id)
        except EngineDown:  # the sweep asks again
            log.warning("call.draft_owed", conversation=conversation_id)

    def before_end(self, last_words: Callable[[str], Awaitable[None]]) -> None:
        """Have `last_words` awaited with the id of each call that ends, while turns are still taken."""
        self._before_end.append(last_words)

    def in_memory(self, conversation_id: str) -> Call | None:
        """The call as it goes on in this process; from any thread. None: not here."""
        live = self._live.get(conversation_id)
        return live.call if live else None

    def ask_for_draft(self, conversation_id: str) -> None:
        """Have the record drafted; asking twice is the same as once."""
        self._jobs.enqueue(WRAP_UP, f"{conversation_id}:{WRAP_UP}", {"conversation_id": conversation_id})

    async def act(
        self,
        conversation_id: str,
        suggestion_id: str,
        action: SuggestionAction,
        *,
        entry_id: str | None,
        text: str,
        by: str,
    ) -> None:
        """Keep what the agent did with a suggestion."""
        await self._work(
            partial(
                self._store.conversations.act,
                conversation_id,
                suggestion_id,
                action,
                entry_id=entry_id,
                edited_text=mask(clean(text)) if text else None,
                by=by,
                at=self._clock(),
            )
        )

    async def search_by_hand(
        self, conversation_id: str, text: str, search: Callable[[str], Ranking]
    ) -> Suggestion:
        """What the agent searched during a call, kept like any suggestion so that its use is kept, too."""
        live = await self._open(conversation_id)
        if live.conversation.stage is Stage.CONFIRMED:
            raise Conflict(f"the record of call {conversation_id} is confirmed; nothing is added to it")
        begun = time.perf_counter()
        ranking = await self._work(search, text)
        suggestion = Suggestion(
            suggestion_id=f"{conversation_id}-hand-{secrets.token_hex(4)}",
            turn=max(live.call.next_index - 1, 0),
            question=mask(text),
            ranking=ranking,
            delay=time.perf_counter() - begun,
        )
        await self._work(self._store.conversations.add_suggestion, conversation_id, suggestion)
        live.call.searched(suggestion)
        return suggestion

    def urgency_of(self, conversation_id: str) -> Urgency:
        """What is heard in a call that goes on in this process; NONE for others."""
        live = self._live.get(conversation_id)
        return live.call.urgency if live else Urgency.NONE

    # ---- watching a call

    async def state(self, conversation_id: str) -> tuple[Conversation, Call, str | None]:
        """The call as it stands now, and the number of its last event."""
        live = await self._open(conversation_id)
        return live.conversation, live.call, f"{live.epoch}-{live.count}"

    async def events(self, conversation_id: str, after: str | None) -> AsyncIterator[Numbered]:
        """Events after the given number, then live ones; `{"type": "gap"}` means: read the state again."""
        async with self._bus.subscribe(_topic(conversation_id)) as arriving:
            live = self._live.get(conversation_id)
            seen = 0
            if after and live:
                epoch, _, last = after.partition("-")
                seen = int(last) if last.isdigit() else 0
                oldest = live.log[0][0] if live.log else live.count + 1
                if epoch != live.epoch or seen + 1 < oldest:
                    yield Numbered(f"{live.epoch}-{live.count}", {"type": "gap"})
                    seen = live.count
                else:
                    for past, event in tuple(live.log):
                        if past > seen:
                            yield Numbered(f"{live.epoch}-{past}", event)
                            seen = past
            elif after:
                yield Numbered(None, {"type": "gap"})
            async for message in arriving:
                if message.get("type") == "lost":
                    yield Numbered(None, {"type": "gap"})
                    continue
                arrived: int | None = message.get("number")
                if live and arrived is not None and message.get("epoch") == live.epoch:
                    if arrived <= seen:
                        continue
                    seen = arrived
                number = f"{message['epoch']}-{arrived}" if arrived is not None else None
                yield Numbered(number, message["event"])

    async def announce(self, conversation_id: str, event: Event) -> None:
        """Tell the screens of a call something that happened outside of it."""
        with contextlib.suppress(EngineDown):  # a screen that misses it reads the state again
            await self._bus.publish(
                _topic(conversation_id), {"epoch": "", "number": None, "event": to_json(event)}
            )

    # ---- after a restart

    async def resume(self) -> int:
        """Keep what waited in the spool and ask for drafts that are still owed; returns how many."""
        await self._drain()
        idle = time.monotonic() - IDLE
        for conversation_id, live in tuple(self._live.items()):
            if live.used_at < idle and not live.lock.locked() and not live.unkept:
                del self._live[conversation_id]  # rebuilt from the store when somebody asks
        owed = [c for c in await self._work(self._store.conversations.unfinished) if c.stage is Stage.ENDED]
        for conversation in owed:
            await self._work(self.ask_for_draft, conversation.conversation_id)
        return len(owed)

    async def close(self) -> None:
        """Stop the worker threads; what was acknowledged is on disk already."""
        await asyncio.to_thread(self._threads.shutdown)

    # ---- inside

    async def _work(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *args))

    async def _open(self, conversation_id: str) -> _Live:
        """The call in memory, else rebuilt from the store as it was before a restart."""
        if live := self._live.get(conversation_id):
            live.used_at = time.monotonic()
            return live
        async with self._opening.setdefault(conversation_id, asyncio.Lock()):
            try:
                if live := self._live.get(conversation_id):
                    return live
                await self._drain()
                live = await self._work(self._rebuild, conversation_id)
                if live.conversation.stage is Stage.LIVE:
                    self._live[conversation_id] = live
                return live
            finally:
                self._opening.pop(conversation_id, None)

    def _rebuild(self, conversation_id: str) -> _Live:
        kept = self._store.conversations
        conversation = kept.get(conversation_id)
        call = self._make_call(
            conversation,
            kept.turns(conversation_id),
            kept.flags(conversation_id),
            kept.suggestions(conversation_id),
        )
        if conversation.stage is Stage.LIVE:
            for flag in call.flag_missing():  # a process that died between a turn and its flag
                kept.add_flag(conversation_id, flag)
        return _Live(conversation, call)

    async def _tell(self, live: _Live, event: Event) -> None:
        told = to_json(event)
        live.count += 1
        live.log.append((live.count, told))
        try:
            await self._bus.publish(
                _topic(live.conversation.conversation_id),
                {"epoch": live.epoch, "number": live.count, "event": told},
            )
        except EngineDown:
            log.warning("bus.publish_failed", conversation=live.conversation.conversation_id)

    async def _keep(self, live: _Live) -> list[Event]:
        """Put what was heard on disk: in the store, else in the spool. Returns notices for the agent.

        What neither takes stays in `unkept`, so that the same turn again is not mistaken for kept.
        """
        conversation_id = live.conversation.conversation_id
        notices: list[Event] = []
        for index, line in tuple(live.unkept.items()):
            try:
                if time.monotonic() < self._down_until:
                    raise EngineDown("the store did not answer a moment ago")
                if self._spool.waiting():
                    await self._drain()
                await self._work(self._store_line, {"id": conversation_id, **line})
            except (EngineDown, NotReady):
                self._down_until = max(self._down_until, time.monotonic() + PAUSE)
                await self._work(self._spool.add, conversation_id, line)
                notices = [Notice("warn", messages.STORE_DOWN)]
            del live.unkept[index]
        return notices

    def _store_line(self, line: Line) -> None:
        """A turn and what followed from it. Idempotent: a turn may come from the spool once more."""
        turn = Turn(line["index"], Speaker(line["speaker"]), line["text"], line["start"], line["end"])
        words = [Word(*parts) for parts in line.get("words", ())]  # none in a spool of an earlier release
        self._store.conversations.add_turn(line["id"], turn, line["original"], words)
        self._store_rest(line["id"], [from_json(event) for event in line["events"]])

    def _store_rest(self, conversation_id: str, events: list[Event]) -> None:
        kept = self._store.conversations
        for event in events:
            match event:
                case Suggested(suggestion):
                    kept.add_suggestion(conversation_id, suggestion)
                case Flagged(flag):
                    kept.add_flag(conversation_id, flag)
                case DistrictKnown(district):
                    kept.set_district(conversation_id, district)
                case _:  # words are kept already; alerts follow from them
                    pass

    async def _drain(self) -> None:
        """Move what waits in the spool into the store, if the store answers."""
        if time.monotonic() < self._down_until or not self._spool.waiting():
            return
        async with self._draining:
            try:
                count = await self._work(self._spool.drain, self._store_line)
                log.info("spool.drained", turns=count)
            except (EngineDown, NotReady):
                self._down_until = time.monotonic() + PAUSE
                log.warning("spool.store_still_down")


def _topic(conversation_id: str) -> str:
    return f"call:{conversation_id}"


def _line(index: int, original: str, events: Sequence[Event], words: Sequence[Word]) -> Line | None:
    """What must be on disk before the turn is acknowledged; None: nothing new was heard."""
    heard = next((event for event in events if isinstance(event, Heard)), None)
    if heard is None:
        return None
    return {
        "index": index,
        "speaker": heard.turn.speaker.value,
        "text": heard.turn.text,
        "start": heard.turn.start,
        "end": heard.turn.end,
        "original": original,
        "words": [[word.text, word.start, word.end, word.confidence] for word in words],
        "events": [to_json(e) for e in events if isinstance(e, Suggested | Flagged | DistrictKnown)],
    }
