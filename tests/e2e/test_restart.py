"""kill -9 of the server in mid-call: nothing that was acknowledged is lost, the screen comes back by itself."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.demo_home import PASSWORD
from tests.e2e.conftest import sign_in
from tests.running_server import Server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "home")
    running.start()
    yield running
    running.stop()


def ask(server: Server, method: str, path: str, body: Any = None, token: str = "") -> Any:
    request = urllib.request.Request(
        server.address + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_after_kill_9_the_call_is_there_with_every_final_turn(own_server: Server, page: Page) -> None:
    server = own_server
    token = ask(server, "POST", "/api/sign-in", {"name": "agent", "password": PASSWORD})["token"]
    call = ask(server, "POST", "/api/calls", {"channel": "phone"}, token)["id"]

    def say(index: int, text: str) -> None:
        turn = {"index": index, "speaker": "citizen", "start": index, "end": index + 0.5, "text": text}
        assert ask(server, "POST", f"/api/calls/{call}/turns", turn, token) == {"index": index}

    for index in range(20):
        say(index, f"{index}번째로 여쭤보는 여권 이야기예요")
    sign_in(page, server.address, after=f"/desk?call={call}")
    expect(page.get_by_role("log")).to_contain_text("19번째로", timeout=20_000)

    server.kill()
    server.start()
    state = ask(server, "GET", f"/api/calls/{call}", token=token)
    assert [turn["turn"]["index"] for turn in state["turns"]] == list(range(20))
    assert state["call"]["stage"] == "live"

    say(20, "다시 이어서 말씀드리는 스무 번째예요")
    expect(page.get_by_role("log")).to_contain_text("다시 이어서", timeout=30_000)
