"""The main job in a real browser: a call comes in, the agent sees the answers, the record writes itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.running_server import Server

pytestmark = pytest.mark.browser


def play(page: Page, server: Server, title: str, speed: str) -> None:
    """Start a sample consultation from the demo desk; ends on the agent's screen."""
    sign_in(page, server.address, after="/demo")
    sample = page.get_by_role("listitem").filter(has_text=title).first
    sample.get_by_role("button", name=speed).click()
    page.wait_for_url("**/desk?call=*")


def test_a_newcomer_watches_a_consultation_from_the_first_word_to_the_saved_record(
    page: Page, server: Server
) -> None:
    play(page, server, "여권 분실과 재발급", "4배속")
    log = page.get_by_role("log")
    expect(log).to_contain_text("여권", timeout=60_000)
    card = page.get_by_test_id("suggestion-card").first
    expect(card).to_be_visible(timeout=60_000)
    expect(card).to_contain_text("여권")
    expect(card).to_contain_text(re.compile(r"최종\s?확인"))
    expect(card).to_contain_text(re.compile(r"S-\d{4}"))
    page.get_by_role("heading", name="대화").click()
    page.keyboard.press("1")
    expect(page.locator(".card.accepted").first).to_contain_text("채택함")

    save = page.get_by_role("button", name="확인 후 저장")
    expect(save).to_be_visible(timeout=120_000)  # the call has ended and the draft is there
    question = page.get_by_role("textbox", name="질문")
    expect(question).to_have_value(re.compile("여권"))
    expect(page.get_by_text(re.compile("질문 초안의 근거"))).to_be_visible()
    question.fill(question.input_value() + " (확인)")
    save.click()
    expect(page.get_by_text(re.compile("초안에서 .*자를 고쳤습니다"))).to_be_visible()

    page.goto(f"{server.address}/history?q=여권")
    expect(page.get_by_role("table")).to_contain_text("여권")


def test_an_abusive_turn_is_covered_until_the_agent_clicks(page: Page, server: Server) -> None:
    play(page, server, "주차 과태료 욕설", "빠르게")
    hidden = page.get_by_role("log").get_by_role("button", name=re.compile("가린|보기")).first
    expect(hidden).to_be_visible(timeout=60_000)
    expect(page.get_by_role("log")).not_to_contain_text("씨발")
    expect(page.get_by_text("악성 표현").first).to_be_visible()


def test_distress_raises_the_right_number_before_anything_else(page: Page, server: Server) -> None:
    play(page, server, "삶을 끝내고 싶다는 시민", "빠르게")
    alert = page.get_by_text(re.compile("109 자살예방"))
    expect(alert.first).to_be_visible(timeout=60_000)


@pytest.mark.xfail(
    strict=True,
    reason="a known shortfall: a question about a library not yet open is scored 0.72 answerable "
    "and brings the entry about library cards; see models/LOG.md",
)
def test_a_question_that_nobody_can_answer_brings_no_card(page: Page, server: Server) -> None:
    play(page, server, "답을 찾을 수 없는 질문", "빠르게")
    expect(page.get_by_role("button", name="확인 후 저장")).to_be_visible(timeout=60_000)
    page.get_by_role("tab", name="추천 답변").click()
    expect(page.get_by_test_id("suggestion-card")).to_have_count(0)
