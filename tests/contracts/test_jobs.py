"""One suite for the jobs port, on an SQLite file and on PostgreSQL; kill -9 included."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consultation.errors import BadInput, EngineDown, Unknown
from consultation.jobs import DbosJobs, open_jobs

WORKER = Path(__file__).with_name("jobs_worker.py")


@pytest.fixture(params=["sqlite", "postgres"])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def jobs(jobs_url: str) -> Iterator[DbosJobs]:
    engine = open_jobs(jobs_url, "tester")
    yield engine
    engine.stop()


def until(what: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something that must happen; how fast is measured elsewhere."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.05)


class Workers:
    """Worker processes, all ended with the test."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.running: list[subprocess.Popen[str]] = []

    def start(self, name: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(WORKER), self.url, name, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(WORKER.parents[2])},
        )
        self.running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return process

    def ask(self, process: subprocess.Popen[str], call: str, seconds: float) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{call} {seconds}\n")
        process.stdin.flush()
        assert process.stdout.readline().split() == ["kept", call]

    def kill(self, process: subprocess.Popen[str]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def done(self, call: str) -> list[str]:
        mark = self.folder / f"{call}.done"
        return mark.read_text().split() if mark.exists() else []

    def begun(self, call: str) -> bool:
        return any(self.folder.glob(f"{call}.begun.*"))


@pytest.fixture
def workers(jobs_url: str, tmp_path: Path) -> Iterator[Workers]:
    folder = tmp_path / "marks"
    folder.mkdir()
    crew = Workers(jobs_url, folder)
    yield crew
    for process in crew.running:
        if process.poll() is None:
            crew.kill(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def test_a_job_is_done_once_per_key(jobs: DbosJobs) -> None:
    seen: list[str] = []
    jobs.register("draft", lambda call: seen.append(call))
    jobs.start()
    for _ in range(3):
        jobs.enqueue("draft", "call-1:draft", {"call": "call-1"})
    until(lambda: jobs.status("call-1:draft") == "done")
    jobs.enqueue("draft", "call-1:draft", {"call": "call-1"})
    assert seen == ["call-1"]
    assert jobs.status("call-2:draft") == "unknown"


def test_work_that_fails_is_tried_again_and_then_remembered_as_failed(jobs_url: str) -> None:
    jobs = DbosJobs(jobs_url, "tester", attempts=2)
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise RuntimeError("no model")

    jobs.register("fail", fail)
    jobs.start()
    try:
        jobs.enqueue("fail", "x:fail", {})
        until(lambda: jobs.status("x:fail") == "failed")
        assert len(tries) == 2
    finally:
        jobs.stop()


def test_a_job_that_failed_is_done_when_it_is_asked_for_again(jobs_url: str) -> None:
    jobs = DbosJobs(jobs_url, "tester", attempts=1)
    tries: list[int] = []

    def draft() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the store does not answer")

    jobs.register("draft", draft)
    jobs.start()
    try:
        jobs.enqueue("draft", "call-1:draft", {})
        until(lambda: jobs.status("call-1:draft") == "failed")
        jobs.enqueue("draft", "call-1:draft", {})
        until(lambda: jobs.status("call-1:draft") == "done")
        jobs.enqueue("draft", "call-1:draft", {})
        assert len(tries) == 2
    finally:
        jobs.stop()


def test_a_job_that_has_not_started_can_be_cancelled(jobs_url: str) -> None:
    jobs = DbosJobs(jobs_url, "tester", concurrency=1)
    release = []
    seen: list[str] = []

    def hold() -> None:
        while not release:
            time.sleep(0.02)

    jobs.register("hold", hold)
    jobs.register("draft", lambda call: seen.append(call))
    jobs.start()
    try:
        jobs.enqueue("hold", "hold", {})
        until(lambda: jobs.status("hold") == "running")
        jobs.enqueue("draft", "later", {"call": "later"})
        jobs.cancel("later")
        release.append(True)
        until(lambda: jobs.status("hold") == "done")
        assert jobs.status("later") == "cancelled"
        assert seen == []
    finally:
        release.append(True)
        jobs.stop()


def test_an_unknown_name_is_refused_with_the_known_ones(jobs: DbosJobs) -> None:
    jobs.register("draft", lambda: None)
    jobs.start()
    with pytest.raises(Unknown, match="draft"):
        jobs.enqueue("drfat", "k", {})


def test_a_cron_line_that_is_none_is_refused(jobs: DbosJobs) -> None:
    jobs.register("purge", lambda: None)
    with pytest.raises(BadInput, match="five-field"):
        jobs.schedule("purge", "every day")
    jobs.start()


def test_two_workers_cannot_share_a_name(jobs: DbosJobs, jobs_url: str) -> None:
    jobs.start()
    with pytest.raises(BadInput, match="SANGDAM_WORKER"):
        open_jobs(jobs_url, "tester").start()


def test_a_killed_worker_finishes_its_job_after_its_restart(workers: Workers) -> None:
    first = workers.start("a")
    workers.ask(first, "call-1", 60)
    until(lambda: workers.begun("call-1"))
    workers.kill(first)
    assert workers.done("call-1") == []
    workers.start("a")
    until(lambda: workers.done("call-1") == ["a"])


def test_a_survivor_takes_over_the_job_of_a_killed_worker(workers: Workers) -> None:
    first = workers.start("a")
    workers.ask(first, "call-1", 60)
    until(lambda: workers.begun("call-1"))
    workers.start("b")
    workers.kill(first)
    until(lambda: workers.done("call-1") == ["b"])


def test_jobs_that_wait_while_every_worker_is_killed_are_done_later(workers: Workers) -> None:
    first = workers.start("a")
    calls = [f"call-{n}" for n in range(6)]
    for call in calls:
        workers.ask(first, call, 0.2)
    workers.kill(first)
    workers.start("b")
    until(lambda: all(workers.done(call) for call in calls))


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineDown, match="SANGDAM_JOBS_URL"):
        open_jobs("postgresql://nobody@127.0.0.1:1/none", "tester").start()
    with pytest.raises(BadInput, match="jobs_url"):
        open_jobs("mysql://x", "tester")


def test_the_job_database_holds_no_pickle(jobs_url: str, tmp_path: Path) -> None:
    if not jobs_url.startswith("sqlite"):
        pytest.skip("looks into the SQLite file itself; the serialiser is the same on PostgreSQL")
    jobs = open_jobs(jobs_url, "tester")
    jobs.register("draft", lambda call: {"call": call})
    jobs.start()
    jobs.enqueue("draft", "k", {"call": "call-1"})
    until(lambda: jobs.status("k") == "done")
    jobs.stop()
    held = (tmp_path / "jobs.db").read_bytes()
    assert b'"call": "call-1"' in held
    assert b"gASV" not in held  # how a pickle begins in base64
