"""The care pages as a manager and an agent meet them: a bulletin from draft to its end, findings, golden
questions, webhooks; axe finds nothing wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.pages.conftest import Violations
from tests.running_server import Server

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (390, 844))
TITLE = "전입신고 과태료 한시 면제 안내"


@pytest.fixture
def agent(browser: Browser) -> Iterator[Page]:
    """A second person, at a desk of their own."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="ko-KR")
    faults: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert faults == []


def fine(page: Page, violations: Violations) -> None:
    """At every width: no violation, nothing that scrolls sideways."""
    page.mouse.move(0, 0)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    page.set_viewport_size({"width": 1920, "height": 1080})


def test_a_bulletin_goes_from_draft_to_the_agents_screen_and_back(
    page: Page, agent: Page, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/bulletins")
    page.get_by_text("초안이 없습니다.").wait_for()
    page.get_by_role("button", name="새 자료 쓰기").click()
    fine(page, violations)
    page.get_by_label("제목").fill(TITLE)
    page.get_by_label("내용").fill("12월 31일까지 늦게 신고하신 분의 과태료 10만 원을 면제합니다.")
    page.get_by_label("긴급").check()
    page.get_by_role("button", name="초안 저장").click()
    page.locator("#drafts").get_by_role("button", name="게시").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("S-0001")
    expect(dialog).to_contain_text("10만 원")
    fine(page, violations)
    dialog.get_by_role("button", name="확인했으며, 게시합니다").click()
    expect(page.locator("#valid")).to_contain_text(TITLE)

    sign_in(agent, server.address, "agent")
    strip = agent.locator("#bulletins")
    expect(strip).to_contain_text("안 읽음 1")
    expect(strip.locator("li")).to_be_visible()  # an urgent one opens itself
    agent.get_by_label("표준상담DB 검색어").fill("전입신고 늦으면 과태료 얼마예요")
    agent.get_by_label("표준상담DB 검색어").press("Enter")
    expect(agent.get_by_test_id("suggestion-card").first).to_contain_text(TITLE)
    expect(agent.get_by_test_id("suggestion-card").first).to_contain_text("특별상담자료")
    fine(agent, violations)
    strip.get_by_role("button", name="읽음").click()
    expect(strip).not_to_contain_text("안 읽음")

    page.locator("#valid").get_by_role("button", name="읽음 확인").click()
    expect(page.get_by_role("dialog")).to_contain_text("읽은 상담사 1명")
    fine(page, violations)
    page.keyboard.press("Escape")
    page.locator("#valid").get_by_role("button", name="회수").click()
    page.get_by_role("dialog").get_by_label("까닭").fill("시험이 끝났습니다")
    page.get_by_role("dialog").get_by_role("button", name="회수").click()
    expect(page.locator("#past")).to_contain_text(TITLE)
    agent.reload()
    agent.get_by_text("상담을 열면").wait_for()
    expect(strip).to_be_hidden()


def test_a_manager_looks_through_the_findings_and_puts_one_aside(
    page: Page, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/care")
    tile = page.locator("#kinds button[data-kind=references]")
    tile.click()
    expect(page.locator("#found article").first).to_be_visible()
    before = int(tile.locator("strong").inner_text())
    fine(page, violations)
    page.get_by_label("분야").select_option("교통")
    page.get_by_role("button", name="거르기").click()
    page.locator("#found article").first.get_by_role("button", name="이상 없음").click()
    page.get_by_role("dialog").get_by_label("까닭").fill("전화가 없는 부서입니다")
    page.get_by_role("button", name="치워 두기").click()
    expect(tile.locator("strong")).to_have_text(str(before - 1))
    page.get_by_label("치워 둔 것 보기").check()
    expect(page.locator("#found")).to_contain_text("전화가 없는 부서입니다")
    expect(page.get_by_role("heading", name="게시 알림(웹훅)")).to_have_count(0)  # the operator's alone


def test_a_golden_question_is_added_and_removed(page: Page, server: Server, violations: Violations) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/care")
    page.get_by_text("골든 질문이 아직 없습니다.").wait_for()
    page.get_by_label("항목번호").fill("S-0001")
    page.get_by_label("시민이 묻는 말").fill("이사하고 전입신고 언제까지 해요")
    page.get_by_role("button", name="더하기").click()
    expect(page.locator("#golden article")).to_contain_text("맞음")
    fine(page, violations)
    page.locator("#golden").get_by_role("button", name="지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    page.get_by_text("골든 질문이 아직 없습니다.").wait_for()


def test_an_operator_is_told_why_an_address_is_refused(
    page: Page, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "admin", after="/knowledge/care")
    page.get_by_text("알림을 받는 주소가 없습니다.").wait_for()
    page.get_by_label("받을 주소").fill("http://127.0.0.1:9/in")
    page.locator("#webhook-form").get_by_role("button", name="더하기").click()
    expect(page.locator("#message")).to_contain_text("이 서버 자신")
    page.get_by_label("받을 주소").fill("http://10.0.0.7/in")
    page.locator("#webhook-form").get_by_role("button", name="더하기").click()
    expect(page.locator("#secret")).to_contain_text("whsec_")
    fine(page, violations)
    page.get_by_role("dialog").get_by_role("button", name="닫기").click()
    expect(page.locator("#webhooks")).to_contain_text("http://10.0.0.7/in")
    fine(page, violations)
    page.locator("#webhooks").get_by_role("button", name="지우기").click()
    page.get_by_role("dialog").get_by_role("button", name="지우기").click()
    page.get_by_text("알림을 받는 주소가 없습니다.").wait_for()
