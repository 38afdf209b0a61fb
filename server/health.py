"""Asks every engine whether it works; the same answer for `/health` and `sangdam check`."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from consultation.errors import EngineDown, SangdamError
from server.engines import Engines

LOW_DISK = 500 * 1024 * 1024  # bytes
KEEP = 3.0  # seconds for which findings hold, however many ask
WAIT = 5  # seconds for an engine on another machine
TOPIC = "health"  # of the bus; nobody listens to it

Findings = Mapping[str, "Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one engine answered."""

    ok: bool
    text: str
    vital: bool = True  # False: calls are served without it


class Recent:
    """Findings no older than `KEEP`: probes of many load balancers cost what one costs."""

    def __init__(self, ask: Callable[[], Findings], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._asking = threading.Lock()
        self._asked_at = float("-inf")
        self._findings: Findings = {}

    def __call__(self) -> Findings:
        with self._asking:
            if self._clock() - self._asked_at >= KEEP:
                self._findings = self._ask()
                self._asked_at = self._clock()
            return self._findings


def examine(engines: Engines) -> Findings:
    """Every engine with its finding; never raises. Not to be called in a running event loop."""
    return {
        "store": _ask(lambda: _store(engines)),
        "knowledge": _ask(lambda: _knowledge(engines)),
        "search": _ask(lambda: _search(engines)),
        "abuse filter": _ask(lambda: _abuse(engines)),
        "bus": _ask(lambda: _bus(engines.settings.bus_url)),
        "jobs": _ask(lambda: _jobs(engines.settings.jobs())),
        "speech": _ask(engines.speech.finding, vital=False),
        "disk": _ask(lambda: _disk(engines)),
    }


def _ask(question: Callable[[], str], *, vital: bool = True) -> Finding:
    try:
        return Finding(True, question(), vital)
    except SangdamError as error:
        return Finding(False, str(error), vital)
    except OSError as error:
        return Finding(False, error.strerror or type(error).__name__, vital)
    except Exception as error:  # noqa: BLE001 - whatever an engine raises is what was asked for
        return Finding(False, f"failed ({type(error).__name__})", vital)


def _store(engines: Engines) -> str:
    engines.store.ping()
    return "answers"


def _knowledge(engines: Engines) -> str:
    version = engines.searcher.version
    return f"version {version} is live" if version else "nothing is published yet"


def _search(engines: Engines) -> str:
    if engines.searcher.version is None:
        return "waits for knowledge"
    engines.searcher.search("여권", 1)
    return f"answers ({engines.analyser.name}, {engines.encoder.name})"


def _abuse(engines: Engines) -> str:
    engines.abuse.detect("안녕하세요")
    return "answers"


def _bus(url: str) -> str:
    """An event published on a connection of its own, as another process would."""
    from consultation.bus import open_bus

    async def publish() -> None:
        bus = open_bus(url)
        try:
            await asyncio.wait_for(bus.publish(TOPIC, {}), WAIT)
        except TimeoutError:
            raise EngineDown("the bus does not answer; check SANGDAM_BUS_URL and its server") from None
        finally:
            await bus.close()

    asyncio.run(publish())
    scheme = urlsplit(url).scheme
    return "within this process" if scheme == "memory" else f"answers ({scheme})"


def _jobs(url: str) -> str:
    """The job database is reachable; a file that is not there yet is made at the start."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if not path.exists():
            return "not used yet"
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)) as connection:
                connection.execute("select count(*) from sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise EngineDown(f"the job database {path} cannot be used ({error})") from None
        return "answers (sqlite)"
    import psycopg

    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(plain, autocommit=True, connect_timeout=WAIT) as connection_:
            connection_.execute("select 1")
    except psycopg.Error as error:
        raise EngineDown(
            f"the job database does not answer ({type(error).__name__}); check SANGDAM_JOBS_URL"
        ) from None
    return "answers (postgresql)"


def _disk(engines: Engines) -> str:
    free = shutil.disk_usage(engines.settings.home).free
    if free < LOW_DISK:
        raise OSError(28, f"only {free // 1024**2} MiB free under {engines.settings.home}; make room")
    return f"{free // 1024**3} GiB free"
