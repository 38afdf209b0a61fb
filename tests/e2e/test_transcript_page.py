"""The transcript page in a real browser: words play, texts are corrected by keyboard, nobody overwrites
anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from consultation.crypto import load_master_key
from consultation.privacy import Masker
from consultation.settings import Settings
from consultation.store import Store, open_store
from consultation.types import Channel, Conversation, Role, Speaker, Turn, Word
from server.demo_home import PASSWORD
from stt.audio import RATE
from stt.recordings import Recordings
from tests.e2e.conftest import sign_in
from tests.e2e.pages.conftest import Violations
from tests.e2e.pages.conftest import violations as violations
from tests.running_server import Server

pytestmark = pytest.mark.browser

STARTED = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
LINES = (
    (Speaker.AGENT, "안녕하세요 무엇을 도와드릴까요"),
    (Speaker.CITIZEN, "여곤 제발급 받으려고요"),
    (Speaker.CITIZEN, "제 번호는 공일공 영영영영 일이삼사 입니다"),
    (Speaker.AGENT, "네 확인했습니다"),
)
SECONDS = 24.0


@dataclass(frozen=True)
class House:
    """The running server and what lies on its disk."""

    server: Server
    store: Store

    def page(self, name: str) -> str:
        return f"{self.server.address}/calls/{name}/transcript"


def seed(store: Store, recordings: Recordings, name: str) -> None:
    """A call with a tone for each side, whose words each last a second, five seconds from turn to turn."""
    store.conversations.start(Conversation(name, Channel.PHONE, STARTED, "agent"))
    masker = Masker()
    for index, (speaker, text) in enumerate(LINES):
        words = tuple(
            Word(word, 5.0 * index + i, 5.0 * index + i + 0.9, 0.3 if word == "제발급" else 0.9)
            for i, word in enumerate(text.split())
        )
        turn = Turn(index, speaker, masker.mask(text), words[0].start, words[-1].end)
        store.conversations.add_turn(name, turn, text, words)
    store.conversations.end(name, STARTED + timedelta(seconds=SECONDS))
    recorder = recordings.recorder(name)
    assert recorder is not None
    at = np.arange(round(SECONDS * RATE)) / RATE
    for side, pitch in enumerate((300, 440)):
        recorder.write(side, (np.sin(2 * np.pi * pitch * at) * 6_000).astype(np.int16), 0.0)
    recorder.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("review") / "home"
    settings = Settings(home=home)
    store = open_store(settings.store(), master_key=load_master_key(settings))
    recordings = Recordings(store, home / "recordings", lambda: STARTED)
    for name in ("first", "second", "third", "fourth"):
        seed(store, recordings, name)
    recordings.close()
    store.people.add("researcher", "연구 담당", [Role.RESEARCHER], PASSWORD)
    server = Server(home)
    try:
        server.start()
        yield House(server, store)
    finally:
        server.stop()
        store.close()


@pytest.fixture
def opened(page: Page, house: House) -> Page:
    """The list of calls, as a quality reviewer sees it."""
    sign_in(page, house.server.address, "quality", after="/transcripts")
    return page


def turn(page: Page, number: int) -> Locator:
    return page.locator(f"#turn-{number - 1}")


def field(page: Page, number: int) -> Locator:
    return page.get_by_label(f"#{number} 고친 글")


def at(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#sound').currentTime"))


def wait_for(page: Page, condition: str) -> None:
    """Until it holds of the page's sound; our own loop, because Playwright's evaluates a string in the page,
    which the page forbids."""
    for _ in range(200):
        if page.evaluate(condition.replace("sound", "document.querySelector('#sound')")):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def open_call(page: Page, house: House, name: str) -> None:
    page.goto(house.page(name))
    expect(turn(page, 1)).to_be_visible()


def test_the_list_leads_to_the_page_and_both_hold_up_to_axe(
    opened: Page, house: House, violations: Violations
) -> None:
    expect(opened.locator("#rows tr")).to_have_count(4)
    assert violations(opened) == []
    opened.locator("#rows a").first.click()
    expect(turn(opened, 1)).to_be_visible()
    opened.keyboard.press("Alt+ArrowDown")
    for width, height in ((1920, 1080), (1280, 800), (390, 844)):
        opened.set_viewport_size({"width": width, "height": height})
        assert violations(opened) == [], width
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_a_word_plays_from_there_and_the_sound_stops_with_the_turn(opened: Page, house: House) -> None:
    open_call(opened, house, "first")
    turn(opened, 2).get_by_role("button", name="받으려고요").click()
    wait_for(opened, "sound.currentTime > 7 && !sound.paused")
    expect(turn(opened, 2).locator(".word.said")).to_have_text("받으려고요")
    wait_for(opened, "sound.paused")
    assert 7.9 < at(opened) < 8.3
    expect(opened.locator(".word.said")).to_have_count(0)


def test_a_doubtful_word_is_marked_in_writing_too(opened: Page, house: House) -> None:
    open_call(opened, house, "first")
    doubtful = turn(opened, 2).locator(".word.doubtful")
    expect(doubtful).to_have_count(1)
    expect(doubtful).to_contain_text("제발급?")
    expect(doubtful).to_contain_text("확실하지 않음")


def test_a_call_is_corrected_by_keyboard_alone_with_the_sound_following(opened: Page, house: House) -> None:
    open_call(opened, house, "second")
    keys = opened.keyboard
    keys.press("Alt+ArrowDown")
    expect(field(opened, 1)).to_be_focused()
    wait_for(opened, "!sound.paused")
    keys.press("Tab")
    wait_for(opened, "sound.paused")
    expect(field(opened, 1)).to_be_focused()
    keys.press("Enter")  # it was right as it stood
    expect(field(opened, 2)).to_be_focused()
    wait_for(opened, "!sound.paused && sound.currentTime > 4.8")
    keys.press("Alt+Period")
    expect(opened.get_by_label("빠르기")).to_have_value("1.25")
    field(opened, 2).fill("여권 재발급 받으려고요")
    expect(turn(opened, 2)).to_contain_text("저장 안 됨")
    wait_for(opened, "sound.currentTime > 6.5")
    keys.press("Tab")
    wait_for(opened, "sound.paused")
    before = at(opened)
    keys.press("Shift+Tab")
    wait_for(opened, f"!sound.paused && sound.currentTime < {before - 1}")
    keys.press("Alt+KeyZ")
    expect(turn(opened, 2).get_by_role("button", name="잡음")).to_have_attribute("aria-pressed", "true")
    keys.press("Alt+KeyZ")
    keys.press("Alt+KeyX")
    keys.press("Enter")
    expect(field(opened, 3)).to_be_focused()
    expect(opened.locator("#announcer")).to_have_text("#2 저장했습니다.")
    keys.press("Alt+ArrowUp")
    expect(field(opened, 2)).to_be_focused()
    opened.reload()
    expect(turn(opened, 2)).to_contain_text("여권 재발급 받으려고요")
    expect(turn(opened, 2)).to_contain_text("쓰지 않음: 겹침")
    expect(opened.locator("#progress-text")).to_contain_text("4개 가운데 2개")
    kept = house.store.corrections.of("second")
    assert [(one.text, one.mark and one.mark.value, one.by) for one in kept[1]] == [
        ("여권 재발급 받으려고요", "겹침", "quality")
    ]


def test_escape_leaves_the_field_and_tab_moves_on_again(opened: Page, house: House) -> None:
    open_call(opened, house, "first")
    opened.keyboard.press("Alt+ArrowDown")
    opened.keyboard.press("Escape")
    expect(turn(opened, 1)).to_be_focused()
    opened.keyboard.press("Tab")
    expect(turn(opened, 1).locator(".word").first).to_be_focused()
    opened.keyboard.press("ArrowRight")
    expect(turn(opened, 1).locator(".word").nth(1)).to_be_focused()
    opened.get_by_label("글 상자에서 단축키 쓰기").uncheck()
    field(opened, 1).focus()
    opened.keyboard.press("Tab")
    expect(field(opened, 1)).not_to_be_focused()


def test_whoever_is_second_sees_the_others_text_and_keeps_their_own(
    opened: Page, house: House, browser: Browser
) -> None:
    open_call(opened, house, "third")
    opened.get_by_role("button", name="#2 고치기").click()
    house.store.corrections.save(
        "third", 1, seen=0, text="여권 재발급이요", original="여권 재발급이요", by="lead"
    )
    field(opened, 2).fill("여권 재발급 받으려고요")
    opened.keyboard.press("Enter")
    notice = turn(opened, 2).get_by_role("alert")
    expect(notice).to_contain_text("lead 님이 먼저 고쳤습니다: 여권 재발급이요")
    expect(field(opened, 2)).to_have_value("여권 재발급 받으려고요")
    expect(field(opened, 2)).to_be_focused()
    opened.keyboard.press("Enter")
    expect(field(opened, 3)).to_be_focused()
    texts = [one.text for one in house.store.corrections.of("third")[1]]
    assert texts == ["여권 재발급이요", "여권 재발급 받으려고요"]


def test_personal_data_is_covered_until_somebody_who_may_gives_a_reason(opened: Page, house: House) -> None:
    open_call(opened, house, "fourth")
    expect(turn(opened, 3).locator(".masked")).to_contain_text("전화번호")
    opened.get_by_role("button", name="#3 고치기").click()
    expect(field(opened, 3)).to_have_value("제 번호는 [전화번호] 입니다")
    turn(opened, 3).get_by_role("button", name="원문 보고 고치기").click()
    opened.get_by_label("여는 까닭").fill("전사 교정")
    opened.keyboard.press("Enter")
    expect(field(opened, 3)).to_have_value(LINES[2][1])
    opened.keyboard.press("Enter")
    expect(turn(opened, 3)).to_contain_text("고침")
    expect(turn(opened, 3).locator(".masked")).to_contain_text("전화번호")
    read = house.store.audit.entries(what="read_original", about="fourth/2")
    assert [(row.who, row.reason) for row in read] == [("quality", "전사 교정")]


def test_a_researcher_corrects_without_seeing_personal_data(page: Page, house: House) -> None:
    sign_in(page, house.server.address, "researcher", after="/transcripts")
    open_call(page, house, "fourth")
    page.get_by_role("button", name="#3 고치기").click()
    expect(page.get_by_role("button", name="원문 보고 고치기")).to_have_count(0)
    expect(page.get_by_role("button", name="소리 없이 듣기")).to_have_count(0)
    expect(page.get_by_role("link", name="상담 기록 보기")).to_have_count(0)
    field(page, 3).fill("제 번호는요 [전화번호] 입니다")
    page.keyboard.press("Enter")
    expect(field(page, 4)).to_be_focused()
    assert house.store.corrections.spoken("fourth")[2] == "제 번호는요 공일공 영영영영 일이삼사 입니다"


def test_a_call_without_sound_can_still_be_corrected(page: Page, house: House) -> None:
    name = "silent"
    house.store.conversations.start(Conversation(name, Channel.CHAT, STARTED, "agent"))
    house.store.conversations.add_turn(name, Turn(0, Speaker.CITIZEN, "여곤이요", 0, 1), "여곤이요")
    house.store.conversations.end(name, STARTED)
    sign_in(page, house.server.address, "lead", after=f"/calls/{name}")
    page.get_by_role("link", name="전사 보기·고치기").click()
    expect(page.locator("#no-sound")).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    field(page, 1).fill("여권이요")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(turn(page, 1)).to_contain_text("고침")


def test_unsaved_words_are_not_lost_by_going_back_and_forth(opened: Page, house: House) -> None:
    open_call(opened, house, "first")
    opened.get_by_role("button", name="#2 고치기").click()
    field(opened, 2).fill("쓰다 만 말")
    opened.keyboard.press("Alt+ArrowDown")
    expect(turn(opened, 2)).to_contain_text("저장 안 됨")
    opened.keyboard.press("Alt+ArrowUp")
    expect(field(opened, 2)).to_have_value("쓰다 만 말")
