"""Every route against every role, from the one page of rules."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocketDisconnect

from consultation.types import Role
from server.demo_home import PASSWORD
from server.rules import PUBLIC, RULES, check_routes
from tests.server.conftest import House

PLACES = {
    "{conversation_id}": "no-such-call",
    "{suggestion_id}": "none",
    "{action}": "accept",
    "{index}": "0",
    "{a}": "1",
    "{b}": "1",
    "{entry_id}": "S-0001",
    "{number}": "1",
    "{day}": "2026-12-01",
    "{token}": "none",
    "{kind}": "expiring",
}
PERSONS: list[Role | None] = [None, *Role]


def filled(path: str) -> str:
    for place, value in PLACES.items():
        path = path.replace(place, value)
    return path


def test_a_route_without_a_rule_stops_the_start() -> None:
    app = FastAPI()

    @app.get("/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="/forgotten"):
        check_routes(app)


@pytest.mark.parametrize("person", PERSONS, ids=lambda person: person.value if person else "nobody")
def test_each_role_gets_exactly_what_the_rules_say(house: House, person: Role | None) -> None:
    headers = house.enter(person)
    house.client.cookies.clear()
    for (method, path), roles in RULES.items():
        if roles is PUBLIC or path.endswith("/events"):
            continue
        if method == "WS":
            continue
        answer = house.client.request(
            method, filled(path), headers={**headers, "accept": "application/json"}, follow_redirects=False
        )
        if person is None:
            assert answer.status_code == 401, (method, path, answer.status_code)
        elif person in roles:
            assert answer.status_code not in (401, 403), (method, path, answer.text)
        else:
            assert answer.status_code == 403, (method, path, answer.status_code)
        assert answer.status_code < 500, (method, path, answer.text)


@pytest.mark.parametrize("person", [None, Role.CITIZEN, Role.KNOWLEDGE])
def test_a_socket_is_closed_to_those_who_may_not_feed_a_call(house: House, person: Role | None) -> None:
    headers = house.enter(person)
    house.client.cookies.clear()
    with (
        pytest.raises(WebSocketDisconnect),
        house.client.websocket_connect("/api/calls/x/turns", headers=headers) as socket,
    ):
        socket.receive_json()


@pytest.mark.parametrize("door", ["pcm", "twilio", "vonage", "audiohook"])
def test_doors_of_telephone_systems_are_closed_while_no_door_key_is_set(house: House, door: str) -> None:
    for headers in ({}, {"authorization": "Bearer "}, {"x-api-key": ""}):
        with (
            pytest.raises(WebSocketDisconnect),
            house.client.websocket_connect(f"/doors/{door}", headers=headers),
        ):
            pass


def test_a_change_by_cookie_needs_the_token_of_the_page(house: House) -> None:
    client = house.client
    signed_in = client.post("/sign-in", data={"name": "agent", "password": PASSWORD}, follow_redirects=False)
    assert signed_in.status_code == 303
    page = client.get("/desk")
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    assert client.post("/api/calls", json={}).status_code == 403
    assert client.post("/api/calls", json={}, headers={"x-csrf-token": "0" * 64}).status_code == 403
    assert client.post("/api/calls", json={}, headers={"x-csrf-token": token}).status_code == 200
    other_site = {"x-csrf-token": token, "origin": "http://elsewhere.example"}
    assert client.post("/api/calls", json={}, headers=other_site).status_code == 403
    client.cookies.clear()


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(house: House) -> None:
    answer = house.client.post(
        "/sign-in", data={"name": "agent", "password": PASSWORD}, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    house.client.cookies.clear()


def test_signing_in_never_leads_to_another_site(house: House) -> None:
    for away in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"):
        answer = house.client.post(
            "/sign-in", data={"name": "agent", "password": PASSWORD, "next": away}, follow_redirects=False
        )
        assert answer.headers["location"] == "/desk"
    house.client.cookies.clear()


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    client = house.client
    client.post("/sign-in", data={"name": "agent", "password": PASSWORD}, follow_redirects=False)
    token = client.cookies["sangdam_session"]
    client.post("/sign-out", follow_redirects=False)
    client.cookies.clear()
    answer = client.get("/api/me", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
