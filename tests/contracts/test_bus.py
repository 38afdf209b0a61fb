"""One suite for the bus, in memory, on PostgreSQL and on Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from consultation.bus import MemoryBus, PostgresBus, RedisBus, open_bus
from consultation.errors import BadInput, EngineDown

AnyBus = MemoryBus | PostgresBus | RedisBus


@pytest.fixture(params=["memory", "postgres", "redis"])
def bus_url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory:"
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[AnyBus]:
    engine = open_bus(bus_url)
    yield engine
    await engine.close()


async def take(events: AsyncIterator[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    return [await asyncio.wait_for(anext(events), 20) for _ in range(count)]


async def test_events_arrive_in_order_and_whole(bus: AnyBus) -> None:
    sent = [{"n": n, "text": "여권은 구청에서 " * 700} for n in range(20)]
    async with bus.subscribe("call:1") as events:
        for event in sent:
            await bus.publish("call:1", event)
        assert await take(events, 20) == sent


async def test_a_topic_hears_only_its_own_events(bus: AnyBus) -> None:
    async with bus.subscribe("call:1") as one, bus.subscribe("call:2") as two:
        await bus.publish("call:2", {"n": 2})
        await bus.publish("call:1", {"n": 1})
        assert await take(one, 1) == [{"n": 1}]
        assert await take(two, 1) == [{"n": 2}]


async def test_every_listener_of_a_topic_hears_each_event(bus: AnyBus) -> None:
    async with bus.subscribe("call:1") as one, bus.subscribe("call:1") as two:
        await bus.publish("call:1", {"n": 1})
        assert await take(one, 1) == await take(two, 1) == [{"n": 1}]


async def test_a_slow_reader_loses_the_oldest_and_is_told(bus_url: str) -> None:
    bus = open_bus(bus_url, limit=5)
    async with bus.subscribe("call:1") as events, bus.subscribe("marker") as marker:
        for n in range(12):
            await bus.publish("call:1", {"n": n})
        await bus.publish("marker", {})
        await take(marker, 1)  # everything before it has arrived
        assert await take(events, 6) == [{"type": "lost", "count": 7}, *({"n": n} for n in range(7, 12))]
    await bus.close()


async def test_closing_ends_every_subscription(bus: AnyBus) -> None:
    async with bus.subscribe("call:1") as events:
        await bus.close()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(events), 10)


async def test_two_processes_share_a_remote_bus(bus_url: str) -> None:
    if bus_url == "memory:":
        pytest.skip("memory: serves one process by definition")
    there, here = open_bus(bus_url), open_bus(bus_url)
    async with here.subscribe("call:1") as events:
        await there.publish("call:1", {"n": 1})
        assert await take(events, 1) == [{"n": 1}]
    await there.close()
    await here.close()


async def test_a_cut_connection_is_opened_again_and_the_gap_is_told(postgres_url: str) -> None:
    import psycopg

    bus = open_bus(postgres_url)
    async with bus.subscribe("call:1") as events:
        await bus.publish("call:1", {"n": 1})
        assert await take(events, 1) == [{"n": 1}]
        with psycopg.connect(
            postgres_url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
        ) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert await take(events, 1) == [{"type": "lost", "count": 1}]
        async with bus.subscribe("call:2"):  # waits until the listener is up again
            await bus.publish("call:1", {"n": 2})
            assert await take(events, 1) == [{"n": 2}]
    await bus.close()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1/0"])
async def test_a_server_that_does_not_answer_is_named(url: str) -> None:
    bus = open_bus(url)
    with pytest.raises(EngineDown, match="the bus"):
        await bus.publish("call:1", {})
    await bus.close()


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(BadInput, match="memory:"):
        open_bus("kafka://x")
