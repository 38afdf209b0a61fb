"""Every page, wide and narrow, plain and in high contrast: no axe violation, no sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.pages.conftest import Violations
from tests.running_server import Server

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1280, 800), (390, 844))
PLACES = {  # path, who, what is there once the page has filled itself
    "sign-in": ("/sign-in", None, "form"),
    "demo": ("/demo", "agent", ".sample"),
    "desk": ("/desk", "agent", "#suggestions .empty"),
    "history": ("/history", "lead", "#history-status:has-text('상담')"),
    "knowledge": ("/knowledge", "knowledge", "#versions tr"),
    "missing": ("/calls/nothing-here", "lead", "#record-status:has-text('없습니다')"),
    "refused": ("/knowledge", "agent", ".status-code"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_page_has_no_violation_at_any_width(
    page: Page, server: Server, violations: Violations, place: str
) -> None:
    path, who, filled = PLACES[place]
    if who is None:
        page.goto(server.address + path)
    else:
        sign_in(page, server.address, who, after=path)
    page.wait_for_selector(filled)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_high_contrast_and_larger_text_are_kept_and_have_no_violation(
    page: Page, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "agent")
    page.get_by_text("화면 설정").click()
    page.get_by_label("선명한 화면").check()
    page.get_by_label("크게", exact=True).check()
    page.reload()
    page.get_by_text("상담을 열면").wait_for()
    assert violations(page) == []
    root = page.locator("html")
    expect(root).to_have_attribute("data-krds-mode", "high-contrast")
    expect(root).to_have_attribute("data-text-size", "xlarge")
