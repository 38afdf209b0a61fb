"""The whole application in the test's own process, on a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from consultation.settings import Settings
from consultation.types import Role
from server.app import create_app
from server.demo_home import PASSWORD, demo_accounts, prepare
from server.engines import Engines, build

EVERYBODY = {role: f"test-{role.value}" for role in Role}


@dataclass(frozen=True)
class House:
    """The running application, and a signed-in client for any role."""

    app: FastAPI
    engines: Engines
    client: TestClient

    def enter(self, role: Role | None) -> dict[str, str]:
        """Headers of somebody with this role; None: of nobody."""
        if role is None:
            return {}
        return self.enter_as(EVERYBODY[role])

    def enter_as(self, name: str) -> dict[str, str]:
        """Headers of the account with this name."""
        answer = self.client.post("/api/sign-in", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    settings = Settings(home=home, demo=True, worker=f"test-{home.name}")
    engines = build(settings)
    prepare(engines)
    for role, name in EVERYBODY.items():
        engines.store.people.add(name, f"시험 {role.value}", [role], PASSWORD)
    app = create_app(settings, engines=engines, demo_accounts=demo_accounts())
    with TestClient(app, base_url="http://127.0.0.1:8120") as client:
        yield House(app, engines, client)
