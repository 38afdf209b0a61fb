"""The doors of the whole application: closed without a key, and telling a vendor what the agent sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from consultation.settings import Settings
from server.app import create_app
from server.demo_home import demo_accounts, prepare
from server.engines import build
from tests.assistant.doors.hook_client import Client, open_parameters
from tests.server.conftest import House

KEY = "a-door-key-of-the-test"
DOORS = ("pcm", "twilio", "vonage", "audiohook")


@pytest.fixture(scope="module")
def open_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The application with a door key and without a speech model: turns are typed."""
    home = tmp_path_factory.mktemp("doors")
    settings = Settings(home=home, demo=True, worker=f"test-{home.name}", door_key=KEY, stt_engine="none")
    engines = build(settings)
    prepare(engines)
    app = create_app(settings, engines=engines, demo_accounts=demo_accounts())
    with TestClient(app, base_url="http://127.0.0.1:8120") as client:
        yield House(app, engines, client)


def test_a_session_of_the_programs_own_people_opens_no_door(open_house: House) -> None:
    headers = open_house.enter_as("agent")
    for door in DOORS:
        with (
            pytest.raises(WebSocketDisconnect),
            open_house.client.websocket_connect(f"/doors/{door}", headers=headers),
        ):
            pass


def test_a_page_of_another_site_opens_no_door_even_with_the_key(open_house: House) -> None:
    headers = {"authorization": f"Bearer {KEY}", "origin": "http://elsewhere.example"}
    with (
        pytest.raises(WebSocketDisconnect),
        open_house.client.websocket_connect("/doors/twilio", headers=headers),
    ):
        pass


def entities(socket: WebSocketTestSession, client: Client, kind: str) -> dict[str, Any]:
    """The data of the next entity of this kind."""
    while True:
        message = client.take(json.loads(socket.receive_text()))
        if message["type"] == "event":
            for entity in message["parameters"]["entities"]:
                if entity["type"] == kind:
                    return dict(entity["data"])


def test_a_vendors_desktop_is_told_the_answer_with_its_source(open_house: House) -> None:
    client = Client()
    agent = open_house.enter_as("agent")
    open_house.client.cookies.clear()
    headers = {"authorization": f"Bearer {KEY}"}
    with open_house.client.websocket_connect("/doors/audiohook", headers=headers) as socket:
        socket.send_text(client.message("open", open_parameters()))
        assert client.take(json.loads(socket.receive_text()))["type"] == "opened"
        (call,) = open_house.client.get("/api/calls?state=live", headers=agent).json()["calls"]
        for index, text in enumerate(
            ("여권을 잃어버렸는데 다시 발급받고 싶어요", "번호는 010-0000-1234예요")
        ):
            turn = {"index": index, "speaker": "citizen", "start": 1 + index, "end": 2 + index, "text": text}
            answer = open_house.client.post(f"/api/calls/{call['id']}/turns", json=turn, headers=agent)
            assert answer.status_code == 200, answer.text
        said = entities(socket, client, "transcript")
        assert said["channelId"] == 0
        assert said["isFinal"]
        assert "여권" in said["alternatives"][0]["interpretations"][0]["transcript"]
        card = entities(socket, client, "agentassist")["suggestions"][0]
        assert card["metadata"]["entryId"]
        assert card["metadata"]["기관"]
        assert "여권" in card.get("question", card.get("title"))
        entities(socket, client, "transcript")
        socket.send_text(client.message("close", {"reason": "end"}))
        while client.got[-1]["type"] != "closed":
            client.take(json.loads(socket.receive_text()))
    assert "1234" not in json.dumps(client.got)
    assert open_house.client.get("/api/calls?state=live", headers=agent).json()["calls"] == []
