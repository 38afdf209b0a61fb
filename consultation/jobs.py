"""Work after the call, kept in a database until it is done.

`consultation.ports.Jobs` on DBOS Transact: an SQLite file for one machine, PostgreSQL for many
workers, the same code on both. A job is (name, key, args): the key makes it happen once, the
args hold ids and never a citizen's words. Work must be idempotent: a worker that is killed in
the middle runs it again.

Fail-over: every worker holds a lock named after itself for as long as it lives (a PostgreSQL
session lock, or a lock on a file beside the SQLite database). Whoever can take another worker's
lock knows that it is dead and resumes what it had begun.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog

from consultation.errors import BadInput, EngineDown, Unknown

QUEUE = "sangdam"
LONG = "sangdam.long"  # work of minutes or hours, such as transcribing: short work never waits behind it
RENEWALS = 30  # attempts of one key; a job that still fails needs a person
SEOUL = ZoneInfo("Asia/Seoul")

_STATUS = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}

log = structlog.get_logger()


class JobFailed(Exception):
    """How a failed job is remembered: the class and message of what it raised."""


class _Json:
    """What the job database holds: JSON, so that opening one can never run code (no pickle)."""

    def serialize(self, data: Any) -> str:
        if isinstance(data, BaseException):
            return json.dumps({"raised": f"{type(data).__name__}: {data}"}, ensure_ascii=False)
        return json.dumps({"value": data}, ensure_ascii=False)

    def deserialize(self, serialized_data: str) -> Any:
        data = json.loads(serialized_data)
        return JobFailed(data["raised"]) if "raised" in data else data["value"]

    def name(self) -> str:
        return "sangdam_json"


class _Liveness(Protocol):
    def hold(self) -> None: ...
    @contextlib.contextmanager
    def dead(self, worker: str) -> Iterator[bool]: ...
    def release(self) -> None: ...


class _FileLocks:
    """One locked file per worker, for workers that share an SQLite file on one machine."""

    def __init__(self, database: Path, me: str) -> None:
        self._folder = database.with_name(database.name + ".workers")
        self._me = me
        self._mine: int | None = None

    def _open(self, worker: str) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{zlib.crc32(worker.encode()):08x}.lock"
        return os.open(self._folder / name, os.O_CREAT | os.O_RDWR, 0o600)

    def hold(self) -> None:
        lock = self._open(self._me)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise _name_taken(self._me) from None
        self._mine = lock

    @contextlib.contextmanager
    def dead(self, worker: str) -> Iterator[bool]:
        lock = self._open(worker)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(lock)

    def release(self) -> None:
        if self._mine is not None:
            os.close(self._mine)
            self._mine = None


class _SessionLocks:
    """PostgreSQL advisory locks: the server frees them when a worker's connection ends.

    Needs a session connection; a transaction-mode pooler in between breaks this silently.
    """

    CLASS = 120

    def __init__(self, url: str, me: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._me = me
        self._connection: Any = None

    @staticmethod
    def _key(worker: str) -> int:
        return zlib.crc32(worker.encode()) - 2**31

    def _try(self, worker: str) -> bool:
        row = self._connection.execute(
            "select pg_try_advisory_lock(%s, %s)", (self.CLASS, self._key(worker))
        ).fetchone()
        return bool(row and row[0])

    def hold(self) -> None:
        import psycopg

        self._connection = psycopg.connect(self._url, autocommit=True)
        if not self._try(self._me):
            self._connection.close()
            raise _name_taken(self._me)

    @contextlib.contextmanager
    def dead(self, worker: str) -> Iterator[bool]:
        import psycopg

        if self._connection.closed or self._connection.broken:
            # the server restarted: our own lock is gone too, so take it again before judging others
            self._connection = psycopg.connect(self._url, autocommit=True)
            self._try(self._me)
        if not self._try(worker):
            yield False
            return
        try:
            yield True
        finally:
            self._connection.execute("select pg_advisory_unlock(%s, %s)", (self.CLASS, self._key(worker)))

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _numbered(key: str, attempt: int) -> str:
    return key if attempt == 1 else f"{key}#{attempt}"


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """A database that does not answer becomes our own error."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("sqlalchemy", "psycopg", "sqlite3"):
            raise EngineDown("the job database does not answer; check SANGDAM_JOBS_URL") from None
        raise


def _name_taken(worker: str) -> BadInput:
    return BadInput(
        f"a worker named {worker!r} is already running on this job database; "
        "give each process its own SANGDAM_WORKER"
    )


class DbosJobs:
    """`Jobs` on DBOS. One per process: DBOS itself is a process-wide engine."""

    def __init__(
        self,
        url: str,
        worker: str,
        *,
        concurrency: int = 2,
        poll: float = 0.2,  # seconds between looks into the queue
        attempts: int = 4,  # tries of one piece of work before it counts as failed
        takeover: float = 1.0,  # seconds between looks for dead workers
    ) -> None:
        self._url = url
        self._worker = worker
        self._concurrency = concurrency
        self._poll = poll
        self._attempts = attempts
        self._takeover = takeover
        self._works: dict[str, Callable[..., Any]] = {}
        self._crons: list[tuple[str, str]] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._locks: _Liveness
        if url.startswith("sqlite:///"):
            self._locks = _FileLocks(Path(url.removeprefix("sqlite:///")), worker)
        elif urlsplit(url).scheme.startswith("postgresql"):
            self._locks = _SessionLocks(url, worker)
        else:
            raise BadInput(f"jobs_url {urlsplit(url).scheme!r}: give sqlite:///FILE or postgresql://…")

    def register(self, name: str, work: Callable[..., Any]) -> None:
        """Say what a name does; `work` takes the args by keyword and returns something JSON-able."""
        self._works[name] = work

    def start(self) -> None:
        """Begin working; raises `BadInput` when the worker's name is taken, `EngineDown` without database."""
        from dbos import DBOS

        if self._url.startswith("sqlite:///"):
            Path(self._url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._locks.hold()
        except OSError as error:
            raise EngineDown(f"job database: {error}; check SANGDAM_JOBS_URL and its folder") from None
        except Exception as error:
            if type(error).__module__.startswith("psycopg"):
                raise EngineDown("job database: PostgreSQL does not answer; check SANGDAM_JOBS_URL") from None
            raise
        DBOS(
            config={
                "name": "sangdam",
                "system_database_url": self._url,
                "executor_id": self._worker,
                # pinned: with a version of its own each upgrade would strand the jobs of the last one
                "application_version": "1",
                "serializer": _Json(),  # type: ignore[typeddict-item]
                "log_level": "ERROR",
                "run_admin_server": False,
            }
        )

        @DBOS.step(
            name="sangdam.work", retries_allowed=True, max_attempts=self._attempts, interval_seconds=0.5
        )
        def work(name: str, args: dict[str, Any]) -> Any:
            return self._works[name](**args)

        @DBOS.workflow(name="sangdam.job", max_recovery_attempts=100)
        def job(name: str, args: dict[str, Any]) -> Any:
            return work(name, args)

        self._job = job
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=self._poll)
        DBOS.register_queue(LONG, worker_concurrency=1, polling_interval_sec=self._poll)
        self._spawn(self._watch_workers)
        for name, cron in self._crons:
            self._spawn(self._keep_time, name, cron)

    def enqueue(self, name: str, key: str, args: Mapping[str, Any]) -> None:
        """Ask for work. The same key again is a no-op while the job waits, runs or is done; one that
        failed is tried anew, up to `RENEWALS` times."""
        from dbos import DBOS, SetWorkflowID

        if name not in self._works:
            raise Unknown(f"no job is named {name!r}; known are: {', '.join(sorted(self._works))}")
        with _answering():
            latest, status = self._latest(key)
            if status not in ("unknown", "failed") or latest > RENEWALS:
                return
            with SetWorkflowID(_numbered(key, latest + (status == "failed"))):
                DBOS.enqueue_workflow(QUEUE, self._job, name, dict(args))

    def status(self, key: str) -> str:
        """'unknown', 'waiting', 'running', 'done', 'failed' or 'cancelled', of the latest attempt."""
        with _answering():
            return self._latest(key)[1]

    def _latest(self, key: str) -> tuple[int, str]:
        """(number of the latest attempt, its status)."""
        from dbos import DBOS

        number, status = 1, "unknown"
        while found := DBOS.get_workflow_status(_numbered(key, number)):
            status = _STATUS[found.status]
            if status != "failed":
                return number, status
            number += 1
        return max(number - 1, 1), status

    def cancel(self, key: str) -> None:
        """Drop a job that has not started."""
        from dbos import DBOS

        with _answering():
            DBOS.cancel_workflow(_numbered(key, self._latest(key)[0]))

    def schedule(self, name: str, cron: str) -> None:
        """Run a registered name at the times of a five-field cron line, Seoul time; before `start`."""
        from croniter import croniter

        if not croniter.is_valid(cron):
            raise BadInput(f"{cron!r} is not a five-field cron line such as '0 3 * * *'")
        self._crons.append((name, cron))

    def recover(self) -> int:
        """Take over what dead workers had begun; returns how many jobs were resumed."""
        from dbos import DBOS

        resumed = 0
        running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        for flow in running:
            owner = flow.executor_id
            if owner is None or owner == self._worker:
                continue
            with self._locks.dead(owner) as dead:
                if dead:
                    DBOS.resume_workflow(flow.workflow_id)
                    resumed += 1
        return resumed

    def stop(self) -> None:
        """Finish what runs (up to ten seconds), start nothing more."""
        from dbos import DBOS

        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=10)
        self._locks.release()

    def _spawn(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True, name=f"jobs-{target.__name__}")
        thread.start()
        self._threads.append(thread)

    def _watch_workers(self) -> None:
        while not self._stopping.wait(self._takeover):
            try:
                if resumed := self.recover():
                    log.info("jobs.resumed", count=resumed)
            except Exception as error:  # noqa: BLE001 - the database may be restarting: look again
                log.warning("jobs.takeover_failed", error=type(error).__name__)

    def _keep_time(self, name: str, cron: str) -> None:
        from croniter import croniter

        times = croniter(cron, datetime.now(SEOUL))
        due = times.get_next(datetime)
        while not self._stopping.wait(max(0.0, (due - datetime.now(SEOUL)).total_seconds())):
            try:
                # the minute is in the key, so many workers with the same clock run it once
                self.enqueue(name, f"{name}@{due:%Y-%m-%dT%H:%M}", {})
            except Exception as error:  # noqa: BLE001 - a missed minute must not end the clock
                log.warning("jobs.schedule_failed", job=name, error=type(error).__name__)
            due = times.get_next(datetime)


class JobsClient:
    """Asks for work and waits for it, without being a worker: for the command line beside a server."""

    def __init__(self, url: str) -> None:
        """Raises `EngineDown` when the job database does not answer, or no server has made it yet."""
        from dbos import DBOSClient

        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            raise EngineDown("there is no job database yet; start the server first: sangdam serve")
        with _answering():
            self._client = DBOSClient(
                system_database_url=url,
                serializer=_Json(),  # type: ignore[arg-type]
            )

    def enqueue(self, name: str, key: str, args: Mapping[str, Any]) -> str:
        """Ask for long work; returns the id of the job. The same key again is the same job while it waits or
        runs; one that has ended is done anew."""
        with _answering():
            number = 1
            while self.status(_numbered(key, number)) not in ("unknown", "waiting", "running"):
                number += 1
            job = _numbered(key, number)
            self._client.enqueue(
                {
                    "workflow_name": "sangdam.job",
                    "queue_name": LONG,
                    "workflow_id": job,
                    "app_version": "1",
                },
                name,
                dict(args),
            )
            return job

    def status(self, job: str) -> str:
        """As `Jobs.status`, of exactly this job."""
        with _answering():
            found = self._client.list_workflows(workflow_ids=[job], load_input=False, load_output=False)
        return _STATUS[found[0].status] if found else "unknown"

    def result(self, job: str) -> Any:
        """What a job that is done returned. Raises `JobFailed`."""
        with _answering():
            return self._client.retrieve_workflow(job).get_result()

    def close(self) -> None:
        """Give the connections back."""
        self._client.destroy()


def open_jobs(url: str, worker: str, *, concurrency: int = 2) -> DbosJobs:
    """Jobs kept in an SQLite file (`sqlite:///…`) or PostgreSQL (`postgresql://…`)."""
    return DbosJobs(url, worker, concurrency=concurrency)
