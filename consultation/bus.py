"""Live events between the process that hears a call and the screens that show it.

`memory:` serves one process, `postgresql://…` (LISTEN/NOTIFY) and `redis://…` several. All keep
the same promises: events of one publisher arrive in order, a subscription holds at most `LIMIT`
events, a slow reader loses the oldest and receives `{"type": "lost", "count": n}` in their
place. What must not be lost is in the store; a screen that sees a gap reads it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog

from consultation.errors import BadInput, EngineDown, MissingExtra

LIMIT = 256  # events one subscription may hold: two minutes of a lively call
_CHANNEL = "sangdam"

Event = Mapping[str, Any]
log = structlog.get_logger()


class Subscription:
    """A bounded mailbox. `put` never waits; iteration does."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._events: deque[Event] = deque()
        self._limit = limit
        self._lost = 0
        self._closed = False
        self._ready = asyncio.Event()

    def put(self, event: Event) -> None:
        if len(self._events) >= self._limit:
            self._events.popleft()
            self._lost += 1
        self._events.append(event)
        self._ready.set()

    def miss(self) -> None:
        """Events may have been lost on the way; how many is not known."""
        self._lost += 1
        self._ready.set()

    def close(self) -> None:
        self._closed = True
        self._ready.set()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while True:
            if self._lost:
                count, self._lost = self._lost, 0
                return {"type": "lost", "count": count}
            if self._events:
                return self._events.popleft()
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()


class MemoryBus:
    """Within one process. The other engines use it for delivery to their own subscribers."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._topics: dict[str, set[Subscription]] = {}
        self._limit = limit

    async def publish(self, topic: str, event: Event) -> None:
        self.deliver(topic, event)

    def deliver(self, topic: str, event: Event) -> None:
        for subscription in tuple(self._topics.get(topic, ())):
            subscription.put(event)

    def miss(self) -> None:
        for subscriptions in self._topics.values():
            for subscription in subscriptions:
                subscription.miss()

    @contextlib.asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[AsyncIterator[Event]]:
        subscription = Subscription(self._limit)
        self._topics.setdefault(topic, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._topics[topic].discard(subscription)
            if not self._topics[topic]:
                del self._topics[topic]

    async def close(self) -> None:
        for subscriptions in self._topics.values():
            for subscription in subscriptions:
                subscription.close()


class _RemoteBus(ABC):
    """One listener a process: it receives every event and hands it to the local subscribers.

    A lost connection is opened again, with growing pauses; subscribers are told of the gap.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._local = MemoryBus(limit)
        self._listener: asyncio.Task[None] | None = None
        self._up = asyncio.Event()

    @abstractmethod
    def _receive(self) -> AsyncIterator[str]:
        """Payloads from the moment `_up` is set; ends or raises when the connection is lost."""

    @abstractmethod
    async def _send(self, payload: str) -> None:
        """Send one payload to all processes, ours included."""

    @abstractmethod
    async def _disconnect(self) -> None: ...

    async def _listen(self) -> None:
        pause = 0.05
        while True:
            try:
                async for payload in self._receive():
                    pause = 0.05
                    message = json.loads(payload)
                    self._local.deliver(message["t"], message["e"])
            except (OSError, ConnectionError, EngineDown) as error:
                log.warning("bus.connection_lost", error=type(error).__name__)
            self._up.clear()
            self._local.miss()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _start(self) -> None:
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            await asyncio.wait_for(self._up.wait(), 10)
        except TimeoutError:
            raise EngineDown("the bus does not answer; check SANGDAM_BUS_URL and its server") from None

    async def publish(self, topic: str, event: Event) -> None:
        await self._send(json.dumps({"t": topic, "e": event}, ensure_ascii=False))

    @contextlib.asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[AsyncIterator[Event]]:
        await self._start()
        async with self._local.subscribe(topic) as events:
            yield events

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None
        await self._local.close()
        await self._disconnect()


class PostgresBus(_RemoteBus):
    """LISTEN/NOTIFY. A notification holds 8,000 bytes, so a long event travels in pieces."""

    PIECE = 1800  # characters: at most 7,200 bytes of UTF-8

    def __init__(self, url: str, limit: int = LIMIT) -> None:
        super().__init__(limit)
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._sender: Any = None
        self._sending = asyncio.Lock()

    async def _connect(self) -> Any:
        import psycopg

        try:
            return await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        except psycopg.Error as error:
            raise EngineDown(f"the bus: PostgreSQL does not answer ({type(error).__name__})") from None

    async def _receive(self) -> AsyncIterator[str]:
        import psycopg

        connection = await self._connect()
        pieces: dict[str, list[str]] = {}
        try:
            await connection.execute(f"LISTEN {_CHANNEL}")
            self._up.set()
            async for note in connection.notifies():
                mark, left, piece = note.payload.split("|", 2)
                pieces.setdefault(mark, []).append(piece)
                if left == "0":
                    yield "".join(pieces.pop(mark))
        except psycopg.Error as error:
            raise EngineDown(f"the bus: {type(error).__name__}") from None
        finally:
            await connection.close()

    async def _send(self, payload: str) -> None:
        import psycopg

        mark = secrets.token_hex(6)
        pieces = [payload[i : i + self.PIECE] for i in range(0, len(payload), self.PIECE)]
        async with self._sending:
            for attempt in (1, 2):
                try:
                    if self._sender is None or self._sender.closed:
                        self._sender = await self._connect()
                    # one transaction: the pieces arrive together and in order
                    async with self._sender.transaction():
                        for left, piece in zip(range(len(pieces) - 1, -1, -1), pieces, strict=True):
                            await self._sender.execute(
                                "select pg_notify(%s, %s)", (_CHANNEL, f"{mark}|{left}|{piece}")
                            )
                    return
                except psycopg.Error as error:
                    self._sender = None
                    if attempt == 2:
                        raise EngineDown(f"the bus: event not sent ({type(error).__name__})") from None

    async def _disconnect(self) -> None:
        if self._sender is not None:
            await self._sender.close()


class RedisBus(_RemoteBus):
    """Redis publish/subscribe."""

    def __init__(self, url: str, limit: int = LIMIT) -> None:
        super().__init__(limit)
        try:
            from redis.asyncio import Redis
        except ImportError:
            raise MissingExtra("redis", "redis") from None
        self._client = Redis.from_url(url, decode_responses=True, socket_connect_timeout=5)

    async def _receive(self) -> AsyncIterator[str]:
        from redis.exceptions import RedisError

        channel = self._client.pubsub()
        try:
            await channel.subscribe(_CHANNEL)
            async for message in channel.listen():
                if message["type"] == "subscribe":
                    self._up.set()
                elif message["type"] == "message":
                    yield message["data"]
        except RedisError as error:
            raise EngineDown(f"the bus: {type(error).__name__}") from None
        finally:
            with contextlib.suppress(RedisError, OSError):
                await channel.aclose()  # type: ignore[no-untyped-call]

    async def _send(self, payload: str) -> None:
        from redis.exceptions import RedisError

        try:
            await self._client.publish(_CHANNEL, payload)
        except (RedisError, OSError) as error:
            raise EngineDown(f"the bus: event not sent ({type(error).__name__})") from None

    async def _disconnect(self) -> None:
        await self._client.aclose()


def open_bus(url: str, *, limit: int = LIMIT) -> MemoryBus | PostgresBus | RedisBus:
    """The engine that the address names: `memory:`, `postgresql://…` or `redis://…`."""
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return MemoryBus(limit)
    if scheme.startswith("postgresql"):
        return PostgresBus(url, limit)
    if scheme in ("redis", "rediss"):
        return RedisBus(url, limit)
    raise BadInput(f"bus_url {scheme!r}: give memory:, postgresql://… or redis://…")
