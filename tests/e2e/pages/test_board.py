"""Each task of 현행화 as its people do it, in a real browser, with no axe violation on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.pages.conftest import Violations
from tests.running_server import Server

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (390, 844))


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """Somebody else, in a browser of their own."""
    context = browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="ko-KR", reduced_motion="reduce"
    )
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def judge(page: Page, violations: Violations) -> None:
    # a button's colour half-way through its change is none of the page's
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], (page.url, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
    page.set_viewport_size({"width": 1920, "height": 1080})


def open_entry(page: Page, server: Server, entry_id: str) -> None:
    page.goto(f"{server.address}/knowledge/entries/{entry_id}")
    expect(page.locator("#history article").first).to_be_visible()


def save(page: Page, why: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("고치는 까닭").fill(why)
    page.get_by_role("button", name="저장하고 검토 요청").click()


def test_an_edit_goes_from_one_person_over_another_into_the_published_knowledge(
    page: Page, browser: Browser, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/board")
    expect(page.locator("#entries tr").first).to_be_visible()
    judge(page, violations)
    page.get_by_label("찾는 말").fill("S-0201")
    page.get_by_role("button", name="찾기").click()
    expect(page.locator("#entries tr")).to_have_count(1)
    page.get_by_role("link", name="S-0201").click()
    expect(page.locator("#history article")).to_have_count(1)
    page.get_by_role("button", name="저장하고 검토 요청").click()
    expect(page.locator("#entry-message")).to_contain_text("까닭")
    save(page, "대표 전화를 넣음", 전화="이름이 아닌 곳")
    expect(page.get_by_label("전화", exact=True)).to_have_attribute("aria-invalid", "true")
    save(page, "대표 전화를 넣음", 전화="02-0000-0120")
    expect(page.locator("#entry-message")).to_contain_text("검토를 요청했습니다")
    expect(page.get_by_role("button", name="S-0201 승인")).to_have_count(0)
    judge(page, violations)

    with visitor(browser) as other:
        sign_in(other, server.address, "admin", after="/knowledge/board")
        card = other.locator("#to-review article", has_text="S-0201")
        expect(card.locator("ins")).to_have_text("02-0000-0120")
        judge(other, violations)
        card.get_by_label("고르기").check()
        other.get_by_role("button", name="고른 제안 승인").click()
        expect(other.locator("#board-message")).to_contain_text("1건: 승인 완료")
        judge(other, violations)
        other.get_by_role("button", name="새 판으로 게시").click()
        judge(other, violations)
        other.get_by_role("dialog").get_by_role("button", name="게시").click()
        expect(other.locator("#board-message")).to_contain_text("게시했습니다. 변경 1건", timeout=60_000)

    page.reload()
    newest = page.locator("#history article").first
    expect(newest).to_contain_text("지금 글")
    expect(newest).to_contain_text("대표 전화를 넣음")
    expect(newest).to_contain_text("승인 admin")
    newest.get_by_text("달라진 점 보기").click()
    judge(page, violations)
    page.get_by_role("button", name="이 글로 되돌리기: 1판").click()
    page.get_by_label("되돌리는 까닭").fill("전화가 바뀌어 되돌림")
    page.get_by_role("button", name="제안 만들기").click()
    expect(page.locator("#entry-message")).to_contain_text("초안으로 만들었습니다")
    expect(page.locator("#proposal del")).to_have_text("02-0000-0120")
    page.get_by_role("button", name="S-0201 철회").click()
    page.get_by_label("까닭", exact=True).fill("시험이라 철회함")
    page.get_by_role("dialog").get_by_role("button", name="철회").click()
    expect(page.locator("#proposal-section")).to_be_hidden()
    expect(page.locator("#steps")).to_contain_text("시험이라 철회함")


def test_two_who_edit_one_entry_see_both_texts_and_can_join_them(
    page: Page, browser: Browser, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/board")
    open_entry(page, server, "S-0202")
    with visitor(browser) as other:
        sign_in(other, server.address, "admin", after="/knowledge/board")
        open_entry(other, server, "S-0202")
        save(page, "부서 이름", 담당부서="먼저 고친 과")
        expect(page.locator("#entry-message")).to_contain_text("검토를 요청했습니다")
        save(other, "근거와 부서", 근거="나중에 적은 근거", 담당부서="나중 고친 과")
        conflict = other.locator(".conflict")
        expect(conflict).to_contain_text("knowledge 님이 먼저 저장했습니다")
        expect(conflict).to_contain_text("먼저 고친 과")
        expect(conflict).to_contain_text("나중 고친 과")
        expect(conflict.get_by_role("heading")).to_be_focused()
        judge(other, violations)
        conflict.get_by_role("button", name="합치기(겹친 칸은 내 글)").click()
        expect(other.locator("#entry-message")).to_contain_text("합쳐")
        expect(other.get_by_label("근거", exact=True)).to_have_value("나중에 적은 근거")
        other.get_by_role("button", name="저장하고 검토 요청").click()
        expect(other.locator("#proposal")).to_contain_text("나중 고친 과")
        expect(other.locator("#proposal")).to_contain_text("knowledge, admin")


def test_a_workbook_goes_out_is_edited_and_comes_in_as_proposals(
    page: Page, server: Server, violations: Violations, tmp_path: Path
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/board")
    page.get_by_label("찾는 말").fill("S-021")
    page.get_by_role("button", name="찾기").click()
    expect(page.locator("#entries tr")).to_have_count(10)
    with page.expect_download() as download:
        page.get_by_role("link", name="찾은 항목 내려받기").click()
    path = tmp_path / "edited.xlsx"
    download.value.save_as(path)
    book = load_workbook(path)
    book["표준상담DB"].cell(3, 8).value = "엑셀로 고친 과"
    book.save(path)
    page.get_by_label("고친 파일").set_input_files(path)
    page.get_by_label("고친 까닭").fill("부서 이름을 한꺼번에 고침")
    page.get_by_role("button", name="올려서 검토 요청").click()
    expect(page.locator("#board-message")).to_contain_text("1건을 검토로 보냈습니다")
    expect(page.locator("#mine")).to_contain_text("엑셀로 고친 과")
    page.get_by_label("고친 파일").set_input_files(path)
    page.get_by_label("고친 까닭").fill("같은 파일을 다시 올림")
    page.get_by_role("button", name="올려서 검토 요청").click()
    expect(page.locator("#bulk-result")).to_contain_text("제안이 '검토' 상태로 열려 있습니다")
    judge(page, violations)


def test_a_round_is_opened_answered_over_a_personal_link_published_and_reported(
    page: Page, browser: Browser, server: Server, violations: Violations
) -> None:
    sign_in(page, server.address, "knowledge", after="/knowledge/rounds")
    page.get_by_text("일부 기관만 고르기").click()
    page.get_by_label("소방청", exact=True).check()
    judge(page, violations)
    page.get_by_role("button", name="회차 열기").click()
    expect(page.locator("#organisations tr")).to_have_count(1)
    page.get_by_role("button", name="기관별 주소 만들기").click()
    expect(page.locator("#made-title")).to_be_focused()
    link = page.locator("#made-list input").input_value()
    judge(page, violations)

    with visitor(browser) as officer:
        officer.goto(link)
        expect(officer.get_by_role("heading", level=1)).to_contain_text("소방청")
        expect(officer.locator(".item")).to_have_count(3)
        judge(officer, violations)
        # with the keyboard alone: the first entry's button is right after its heading
        officer.locator(".item").first.get_by_role("button", name="확인").focus()
        officer.keyboard.press("Enter")
        expect(officer.locator(".item")).to_have_count(2)
        expect(officer.locator(".item h2").first).to_be_focused()
        officer.locator(".item").first.get_by_role("button", name="수정 제안").click()
        form = officer.locator(".correction")
        form.get_by_label("담당부서").fill("시민이 부르는 과")
        judge(officer, violations)
        form.get_by_role("button", name="제안 보내기").click()
        expect(form.get_by_role("alert")).to_contain_text("까닭")
        form.get_by_label("고치는 까닭").fill("부서 이름이 바뀜")
        form.get_by_role("button", name="제안 보내기").click()
        expect(officer.locator(".item")).to_have_count(1)
        officer.get_by_label("아직 답하지 않은 항목만 보기").uncheck()
        expect(officer.locator(".item")).to_have_count(3)
        officer.get_by_text("제안한 내용 보기").click()
        expect(officer.locator(".item ins").first).to_have_text("시민이 부르는 과")
        judge(officer, violations)
        officer.goto(link[:-3] + "xyz")
        expect(officer.locator("#confirm-lead")).to_contain_text("쓸 수 없는 주소")
        judge(officer, violations)

    page.goto(page.url)
    expect(page.locator("#figures")).to_contain_text("66.7%")
    judge(page, violations)
    page.get_by_role("link", name="보고서 보기").click()
    expect(page.locator("#whole td").first).to_have_text("3")
    expect(page.locator("#definition")).to_contain_text("점수 =")
    judge(page, violations)
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("#organisations table")).to_be_visible()
    page.emulate_media(media="screen")

    page.goto(f"{server.address}/knowledge/board")
    expect(page.locator("#publish-status")).to_contain_text("기관 확인 1건")
    page.get_by_role("button", name="새 판으로 게시").click()
    page.get_by_role("dialog").get_by_role("button", name="게시").click()
    expect(page.locator("#board-message")).to_contain_text("확인 1건", timeout=60_000)
