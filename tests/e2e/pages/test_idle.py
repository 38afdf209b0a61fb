"""A desk left open asks for news by itself; that keeps nobody signed in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.e2e.conftest import sign_in
from tests.running_server import Server

pytestmark = pytest.mark.browser


def test_only_what_somebody_does_renews_the_session(page: Page, server: Server) -> None:
    def asks_for_calls(request: Request) -> bool:
        return "/api/calls?" in request.url

    with page.expect_request(asks_for_calls) as by_timer:
        sign_in(page, server.address)
    assert by_timer.value.headers.get("x-background") == "1"
    with page.expect_request(
        lambda r: asks_for_calls(r) and "x-background" not in r.headers, timeout=5000
    ) as by_hand:
        page.locator(".calls .segments button").last.click()
    assert "state=" in by_hand.value.url
