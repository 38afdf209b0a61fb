"""Question: how soon does the agent see a suggestion when Seoul's busy hour (57 calls) is going on?

Method: a real server in a process of its own; each call is a WebSocket that sends the turns of a
sample consultation at their own times, and an event stream that a screen would hold open. The
delay runs from sending the citizen's turn to the arrival of its suggestion at the screen. The
obvious alternative, a screen that asks for the state once a second, is measured on the same calls
in the same run. At the end every acknowledged turn must be in the store.

Command: python tests/benchmarks/bench_live_calls.py [--calls 57] [--speed 2]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import websockets

sys.path.insert(0, str(Path(__file__).parents[2]))

from consultation.bundled import bundled
from consultation.rows import read_rows
from server.demo_home import PASSWORD
from tests.running_server import Server


class Screen:
    """One call: a producer, a screen that listens, a screen that polls."""

    def __init__(self, server: Server, client: httpx.AsyncClient, token: str, sample: dict[str, Any]) -> None:
        self.server, self.client, self.sample = server, client, sample
        self.headers = {"authorization": f"Bearer {token}"}
        self.sent: dict[int, float] = {}
        self.acked: set[int] = set()
        self.pushed: dict[int, float] = {}
        self.polled: dict[int, float] = {}
        self.kept: set[int] = set()

    async def run(self, speed: float, polls: bool) -> None:
        answer = await self.client.post("/api/calls", json={"channel": "phone"}, headers=self.headers)
        self.call = answer.json()["id"]
        watchers = [asyncio.create_task(self.listen())]
        if polls:
            watchers.append(asyncio.create_task(self.poll()))
        await asyncio.sleep(0.5)
        await self.produce(speed)
        await asyncio.sleep(1.5)
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        state = (await self.client.get(f"/api/calls/{self.call}", headers=self.headers)).json()
        self.kept = {turn["turn"]["index"] for turn in state["turns"]}
        await self.client.post(f"/api/calls/{self.call}/end", headers=self.headers)

    async def produce(self, speed: float) -> None:
        address = f"{self.server.address.replace('http', 'ws')}/api/calls/{self.call}/turns"
        begun = time.perf_counter()
        async with websockets.connect(address, additional_headers=self.headers) as socket:
            for index, turn in enumerate(self.sample["turns"]):
                await asyncio.sleep(max(0.0, begun + turn["end"] / speed - time.perf_counter()))
                message = {key: turn[key] for key in ("speaker", "start", "end", "text")}
                self.sent[index] = time.perf_counter()
                await socket.send(json.dumps({"type": "turn", "index": index, **message}))
                reply = json.loads(await socket.recv())
                if reply["type"] == "ack":
                    self.acked.add(reply["index"])

    async def listen(self) -> None:
        path = f"/api/calls/{self.call}/events"
        async with self.client.stream("GET", path, headers=self.headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    event = json.loads(line[5:])
                    if event["type"] == "suggested":
                        self.pushed.setdefault(event["suggestion"]["turn"], time.perf_counter())

    async def poll(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            state = (await self.client.get(f"/api/calls/{self.call}", headers=self.headers)).json()
            for shown in state["suggestions"]:
                self.polled.setdefault(shown["suggestion"]["turn"], time.perf_counter())


def percentiles(delays: list[float]) -> dict[str, float]:
    """Milliseconds."""
    cuts = statistics.quantiles(delays, n=100) if len(delays) > 1 else delays * 99
    return {"n": len(delays), "p50": round(cuts[49] * 1e3, 1), "p95": round(cuts[94] * 1e3, 1)}


async def measure(server: Server, calls: int, speed: float) -> dict[str, Any]:
    samples = read_rows(bundled("samples") / "consultations.jsonl")
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=server.address, timeout=60, limits=limits) as client:
        answer = await client.post("/api/sign-in", json={"name": "lead", "password": PASSWORD})
        token = answer.json()["token"]
        screens = [Screen(server, client, token, samples[n % len(samples)]) for n in range(calls)]

        async def later(screen: Screen, place: int) -> None:
            await asyncio.sleep(place * 0.1)  # calls do not begin at the same instant
            await screen.run(speed, polls=place % 4 == 0)

        await asyncio.gather(*(later(screen, place) for place, screen in enumerate(screens)))
    pushed = [at - s.sent[turn] for s in screens for turn, at in s.pushed.items()]
    polled = [at - s.sent[turn] for s in screens for turn, at in s.polled.items()]
    return {
        "benchmark": "live_calls",
        "calls": calls,
        "speed": speed,
        "turns": sum(len(s.sent) for s in screens),
        "acknowledged": sum(len(s.acked) for s in screens),
        "lost": sum(len(s.acked - s.kept) for s in screens),
        "suggestion_ms_pushed": percentiles(pushed),
        "suggestion_ms_polled_each_second": percentiles(polled),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=57)
    parser.add_argument("--speed", type=float, default=2.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home) / "home")
        server.start()
        try:
            print(json.dumps(asyncio.run(measure(server, given.calls, given.speed)), ensure_ascii=False))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
