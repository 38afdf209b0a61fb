"""Being signed out in the middle of something, and sessions that end while nobody is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import select, update

from consultation.store.tables import sessions
from consultation.types import Role
from server.demo_home import PASSWORD
from tests.server.conftest import EVERYBODY, House

PAGE = {"accept": "text/html"}


@pytest.mark.parametrize("path", ["/calls/상담 1", "/history?q=여권&page=2", "/desk", "/calls/a%25b"])
def test_signed_out_one_comes_back_to_the_page_after_signing_in(house: House, path: str) -> None:
    asked = quote(path, safe="/?=&%")
    browser = house.client
    browser.cookies.clear()
    sent = browser.get(asked, headers=PAGE, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    target = urlsplit(sent.headers["location"])
    assert target.path == "/sign-in"
    after = parse_qs(target.query)["next"][0]
    form = {"name": EVERYBODY[Role.AGENT], "password": PASSWORD, "next": after}
    back = browser.post("/sign-in", data=form, follow_redirects=False)
    browser.cookies.clear()
    assert back.headers["location"] == asked


def _seen_an_hour_ago(house: House) -> datetime:
    """All sessions were last used an hour ago."""
    then = datetime.now(UTC) - timedelta(hours=1)
    with house.engines.store.database.writing() as tx:
        tx.execute(update(sessions).values(seen_at=then))
    return then


def _seen(house: House) -> list[datetime]:
    with house.engines.store.database.reading() as tx:
        return list(tx.execute(select(sessions.c.seen_at)).scalars())


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(house: House) -> None:
    headers = house.enter(Role.ADMIN)
    then = _seen_an_hour_ago(house)
    answer = house.client.get("/api/me", headers={**headers, "x-background": "1"})
    assert answer.status_code == 200
    assert set(_seen(house)) == {then}
    assert house.client.get("/api/me", headers=headers).status_code == 200
    assert max(_seen(house)) > then
