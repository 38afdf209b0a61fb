"""No request, however strange, is answered with 500: every operation of the JSON API, generated cases."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
import schemathesis.specs.openapi.schemas  # now: compiling while server threads run trips CPython 3.11
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from consultation.types import Role
from tests.server.conftest import House

CASES = 60  # of each operation, here; a longer run: pytest --hypothesis-profile … -k fuzz
DESTRUCTIVE = {"/api/knowledge/publish", "/api/knowledge/rollback", "/api/knowledge/import"}


@pytest.fixture(scope="module")
def everything(house: House) -> tuple[House, dict[str, str], list[Any]]:
    """All operations, and somebody who may use them all."""
    house.engines.store.people.add("test-all", "시험 전부", list(Role), "hanbit-demo-121")
    answer = house.client.post("/api/sign-in", json={"name": "test-all", "password": "hanbit-demo-121"})
    headers = {"authorization": f"Bearer {answer.json()['token']}"}
    schema = schemathesis.openapi.from_dict(house.app.openapi())
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    return house, headers, [o for o in operations if o.path not in DESTRUCTIVE and "events" not in o.path]


def test_no_operation_answers_500(everything: tuple[House, dict[str, str], list[Any]]) -> None:
    house, headers, operations = everything
    assert len(operations) >= 15
    for operation in operations:
        _try(house, headers, operation)


def _try(house: House, headers: dict[str, str], operation: Any) -> None:
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        kwargs = case.as_transport_kwargs(base_url="http://127.0.0.1:8120")
        sent = {**{k: v for k, v in (kwargs.get("headers") or {}).items() if k.isascii()}, **headers}
        answer = house.client.request(
            kwargs["method"],
            kwargs["url"],
            params=kwargs.get("params"),
            json=kwargs.get("json"),
            headers={k: str(v) for k, v in sent.items()},
        )
        assert answer.status_code < 500, (operation.method, operation.path, answer.text[:300])

    ask()


@pytest.fixture(scope="module")
def lead(house: House) -> dict[str, str]:
    return house.enter(Role.LEAD)


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    messages=st.lists(st.one_of(st.text(), st.binary(), st.dictionaries(st.text(), st.text())), max_size=5)
)
def test_no_sequence_of_socket_messages_ends_the_call(
    house: House, lead: dict[str, str], messages: list[Any]
) -> None:
    call = house.client.post("/api/calls", json={}, headers=lead).json()["id"]
    with house.client.websocket_connect(f"/api/calls/{call}/turns", headers=lead) as socket:
        for message in messages:
            if isinstance(message, bytes):
                socket.send_bytes(message)
            elif isinstance(message, dict):
                socket.send_text(json.dumps(message))
            else:
                socket.send_text(message)
            assert socket.receive_json()["type"] == "error"
