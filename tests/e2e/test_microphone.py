"""The browser's microphone: a sound file plays the person who speaks, and the words appear on the desk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from stt.audio import RATE
from stt.wav import write_wav
from tests.e2e.conftest import program, sign_in
from tests.running_server import Server
from tests.stt.speech import say, silence

pytestmark = pytest.mark.browser

SAID = "이번 달 십오일 오후 세 시까지 여권 재발급을 신청하려고 합니다"


@pytest.fixture(scope="module")
def speaking(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone says one sentence over and over."""
    sound = tmp_path_factory.mktemp("microphone") / "speech.wav"
    spoken = np.concatenate([silence(1.0), say(SAID), silence(2.0)])
    sound.write_bytes(write_wav(spoken[:, None], RATE))
    engine = playwright.chromium.launch(
        executable_path=program(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={sound}",
        ],
    )
    yield engine
    engine.close()


def desk(browser: Browser, server: Server, *, allowed: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": 1920, "height": 1080},
        locale="ko-KR",
        permissions=["microphone"] if allowed else [],
    )
    page = context.new_page()
    sign_in(page, server.address)
    page.get_by_role("button", name="통화 시작").click()
    return page


def test_what_is_said_into_the_microphone_appears_as_text_with_its_delay(
    speaking: Browser, server: Server
) -> None:
    page = desk(speaking, server)
    page.get_by_role("radio", name="상담사").first.check()
    page.get_by_role("button", name="마이크로 듣기").click()
    turn = page.locator(".turn.agent:not(.partial)").first
    expect(turn.locator(".words")).not_to_be_empty(timeout=60_000)
    expect(page.locator("#hearing-state")).to_contain_text("인식 지연", timeout=10_000)
    page.get_by_role("button", name="마이크 끄기").click()
    expect(page.get_by_role("button", name="마이크로 듣기")).to_be_visible()
    expect(page.locator("#hearing-state")).to_be_empty(timeout=15_000)
    expect(page.get_by_role("button", name="통화 종료")).to_be_enabled()  # the call goes on
    page.context.close()


def test_numbers_appear_in_digits_with_the_spoken_form_beside_them(speaking: Browser, server: Server) -> None:
    page = desk(speaking, server)
    page.get_by_label("발화 내용").fill("삼월 십오일 오후 세 시에 갈게요")
    page.get_by_label("발화 내용").press("Enter")
    turn = page.locator(".turn").first
    expect(turn.locator(".words")).to_have_text("3월 15일 오후 3시에 갈게요")
    expect(turn.locator(".spoken")).to_have_text("들은 말: 삼월 십오일 오후 세 시에 갈게요")
    page.reload()
    expect(page.locator(".turn .words").first).to_have_text("3월 15일 오후 3시에 갈게요")
    page.context.close()


def test_a_microphone_that_is_not_allowed_is_explained(speaking: Browser, server: Server) -> None:
    page = desk(speaking, server, allowed=False)
    page.get_by_role("button", name="마이크로 듣기").click()
    expect(page.locator("#connection")).to_contain_text("마이크 사용이 허용되지 않았습니다", timeout=15_000)
    expect(page.get_by_role("button", name="마이크로 듣기")).to_be_enabled()
    page.context.close()


def test_the_microphone_fits_a_telephone_screen(speaking: Browser, server: Server) -> None:
    page = desk(speaking, server)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="마이크로 듣기")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
