"""The product as its users meet it: a server in a process of its own, a real browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from server.demo_home import PASSWORD
from tests.required import missing
from tests.running_server import Server


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it running."""
    running = Server(tmp_path_factory.mktemp("e2e") / "home")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as engine:
        yield engine


def _runs(program: str) -> bool:
    """Ubuntu's packages are stubs that only name a snap."""
    return (
        bool(shutil.which(program))
        and not subprocess.run([program, "--version"], capture_output=True, check=False).returncode
    )


def program() -> str:
    """Where Chromium lies."""
    name = next(filter(_runs, ("chromium", "chromium-browser", "google-chrome")), None)
    if name is None:
        missing(
            "Chromium is not installed (on Ubuntu a stub for snap is no Chromium); apt-get install chromium"
        )
    return shutil.which(name) or name


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    engine = playwright.chromium.launch(
        executable_path=program(),
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ],
    )
    yield engine
    engine.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh desk: 1920 wide, Korean; anything the page asks of another host fails the test."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="ko-KR")
    outside: list[str] = []
    faults: list[str] = []
    opened = context.new_page()
    opened.on(
        "request",
        lambda r: None if "127.0.0.1" in r.url or r.url.startswith("data:") else outside.append(r.url),
    )
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    context.close()
    assert outside == []
    assert faults == []


def sign_in(page: Page, address: str, name: str = "agent", after: str = "/desk") -> None:
    page.goto(f"{address}/sign-in?next={after}")
    page.get_by_label("아이디").fill(name)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인").click()
    page.wait_for_url(f"**{after.partition('?')[0]}*")
