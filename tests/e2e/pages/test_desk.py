"""The agent's screen by keyboard alone: a typed call from its first word to the saved record."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.pages.conftest import Violations
from tests.running_server import Server

pytestmark = pytest.mark.browser

ASKS = "여권을 잃어버렸는데 재발급은 어떻게 받나요?"


@pytest.fixture
def desk(page: Page, server: Server) -> Page:
    """A call that has just been started by hand."""
    sign_in(page, server.address, "agent")
    page.get_by_role("button", name="통화 시작").click()
    expect(page.get_by_label("발화 내용")).to_be_focused()
    return page


def say(desk: Page, speaker: str, text: str) -> None:
    desk.get_by_role("radiogroup", name="말하는 사람", exact=True).get_by_label(speaker, exact=True).check()
    desk.get_by_label("발화 내용").fill(text)
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("발화 내용")).to_have_value("")


def cards_for(desk: Page, text: str) -> None:
    say(desk, "민원인", text)
    expect(desk.get_by_test_id("suggestion-card").first).to_be_visible(timeout=30_000)
    desk.get_by_role("heading", name="대화").click()  # nobody is typing any more


def test_a_key_accepts_a_card_and_the_screen_reader_is_told(desk: Page) -> None:
    cards_for(desk, ASKS)
    expect(desk.locator("#announcer")).to_contain_text("추천 답변")
    desk.keyboard.press("1")
    expect(desk.get_by_test_id("suggestion-card").first).to_contain_text("채택함")
    expect(desk.locator("#announcer")).to_have_text("채택했습니다.")


def test_keys_do_nothing_while_somebody_types_or_when_they_are_off(desk: Page) -> None:
    cards_for(desk, ASKS)
    desk.get_by_label("발화 내용").press_sequentially("1x")
    expect(desk.get_by_label("발화 내용")).to_have_value("1x")
    desk.get_by_label("단축키").uncheck()
    desk.get_by_role("heading", name="대화").click()
    desk.keyboard.press("1")
    desk.keyboard.press("/")
    expect(desk.get_by_label("표준상담DB 검색어")).not_to_be_focused()
    expect(desk.locator(".card.accepted")).to_have_count(0)
    desk.reload()
    expect(desk.get_by_label("단축키")).not_to_be_checked()


def test_e_edits_the_card_in_hand_and_escape_gives_it_up(desk: Page) -> None:
    cards_for(desk, ASKS)
    desk.keyboard.press("e")
    editor = desk.get_by_label("안내할 답변")
    expect(editor).to_be_focused()
    desk.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    desk.keyboard.press("e")
    editor.fill("가까운 여권 창구에 먼저 분실 신고를 해 주세요.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("suggestion-card").first).to_contain_text("수정해서 채택함")


def test_r_reports_a_wrong_answer_with_its_reason(desk: Page) -> None:
    cards_for(desk, ASKS)
    desk.keyboard.press("r")
    desk.get_by_label("무엇이 잘못되었나요?").select_option("예전 정보임")
    desk.get_by_role("button", name="오답으로 신고").click()
    expect(desk.get_by_test_id("suggestion-card").first).to_contain_text("오답으로 신고함")


def test_slash_searches_by_hand_and_finding_nothing_shows_ways_on(desk: Page) -> None:
    desk.get_by_role("heading", name="대화").click()
    desk.keyboard.press("/")
    expect(desk.get_by_label("표준상담DB 검색어")).to_be_focused()
    desk.keyboard.type("전입신고")
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("suggestion-card").first).to_contain_text("전입")


def test_a_citizens_markup_stays_text(desk: Page) -> None:
    say(desk, "민원인", "<img src=x onerror=alert(1)><b>굵게</b>")
    expect(desk.get_by_role("log")).to_contain_text("<b>굵게</b>")
    expect(desk.locator("#turns img, #turns b")).to_have_count(0)


def test_nothing_ends_a_call_but_a_confirmed_click(desk: Page) -> None:
    say(desk, "민원인", ASKS)
    desk.get_by_role("button", name="긴급종료").click()
    expect(desk.get_by_role("button", name="취소")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="통화 종료")).to_be_enabled()


def test_the_record_is_drafted_guarded_and_saved_only_by_a_click(desk: Page, violations: Violations) -> None:
    say(desk, "상담사", "안녕하십니까, 상담사입니다. 무엇을 도와드릴까요?")
    cards_for(desk, ASKS)
    desk.keyboard.press("1")
    say(desk, "상담사", "먼저 분실 신고를 하시고 재발급을 신청하시면 됩니다.")
    desk.get_by_role("button", name="통화 종료").click()
    desk.get_by_role("dialog").get_by_role("button", name="통화 종료").click()
    answer = desk.get_by_label("답변", exact=True)
    expect(answer).to_be_visible(timeout=30_000)
    expect(desk.locator("#wrapup-state")).to_have_text("초안")
    assert violations(desk) == []

    desk.locator(".source").first.click()
    expect(desk.locator(".turn.pointed")).to_have_count(1)

    answer.fill("분실 신고 뒤 재발급을 신청하도록 안내함.")
    desk.get_by_role("button", name="통화 시작").click()
    expect(desk.get_by_role("dialog")).to_contain_text("저장하지 않은 내용")
    desk.keyboard.press("Escape")
    expect(answer).to_have_value("분실 신고 뒤 재발급을 신청하도록 안내함.")

    desk.get_by_role("button", name="확인 후 저장").click()
    expect(desk.locator("#wrapup-state")).to_have_text("저장됨")
    expect(answer).to_be_disabled()
    desk.reload()
    expect(desk.locator("#wrapup-state")).to_have_text("저장됨")
    expect(answer).to_have_value("분실 신고 뒤 재발급을 신청하도록 안내함.")
