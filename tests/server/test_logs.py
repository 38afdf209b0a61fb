"""Nothing a citizen said leaves through the logs, whoever writes them."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server.logs import MOST, RedactingFormatter, redact, redacted

NUMBER = "010-0000-1234"
EVERY_WAY = """
import logging, threading, structlog, uvicorn
from server import logs
logs.set_up("INFO")
import dbos._logger
dbos._logger.init_logger()
uvicorn.Config(lambda: None, log_config=None, log_level="warning")
said = "시민 말 010" + "-0000-" + "1234"

def fail():
    raise ValueError(said)

def log(*names):
    for name in names:
        logger = logging.getLogger(name)
        logger.warning("plain %s", said)
        try:
            fail()
        except ValueError as error:
            logger.exception("failed: %s", error, stack_info=True)

log("a.library", "uvicorn.error", "uvicorn.asgi", "asyncio", "dbos")
ours = structlog.get_logger()
try:
    fail()
except ValueError as error:
    ours.exception("ours.failed", error=error, words=[said], by={said: said})
thread = threading.Thread(target=fail)
thread.start()
thread.join()
"""


def test_no_way_of_logging_an_exception_shows_a_number() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERY_WAY],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    written = done.stdout + done.stderr
    assert done.returncode == 0, written
    for name in ("a.library", "uvicorn.error", "uvicorn.asgi", "asyncio", "dbos", "threading"):
        assert f"ERROR {name} " in written, written
    assert "ours.failed" in done.stdout
    assert written.count("ValueError") >= 7
    assert NUMBER not in written
    assert "[전화번호]" in written


def test_the_record_that_other_handlers_see_holds_a_masked_traceback() -> None:
    try:
        raise ValueError(f"시민 말 {NUMBER}")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    line = RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s").format(record)
    assert line.startswith(f"{record.asctime} ERROR x failed")
    assert "ValueError: 시민 말 [전화번호]" in line
    assert NUMBER not in (record.exc_text or "")


def test_of_a_long_text_the_tail_is_kept() -> None:
    assert redacted("처음 " + "가" * MOST + f" 끝 {NUMBER}").endswith(" 끝 [전화번호]")


@pytest.mark.parametrize("cut", range(1, len(NUMBER)))
def test_a_number_that_the_cut_splits_is_not_shown_in_part(cut: int) -> None:
    left = NUMBER[cut:]
    assert left not in redacted(NUMBER + "가" * (MOST - len(left)))


def test_numbers_of_our_own_are_left_alone() -> None:
    event = redact(None, "info", {"timestamp": "2026-11-25T04:55:01Z", "turns": 3, "ok": True, "none": None})
    assert event == {"timestamp": "2026-11-25T04:55:01Z", "turns": 3, "ok": True, "none": None}


def test_what_ends_a_thread_on_purpose_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    from server.logs import _thread_failed

    _thread_failed(threading.ExceptHookArgs((SystemExit, SystemExit(0), None, None)))
    assert caplog.records == []
