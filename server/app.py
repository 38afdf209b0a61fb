"""Joins everything into one web application. All objects are made here, once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Body, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.exceptions import HTTPException

import assistant.api
import assistant.audio.api
import assistant.doors.announce.api
import assistant.doors.api
import assistant.review.api
import retrieval.api
import retrieval.board.api
import retrieval.board.confirmation.api
import retrieval.care.api
from assistant.after_call import AfterCall
from assistant.demo import DemoDesk, read_samples
from assistant.doors.announced import Announced
from assistant.doors.listeners import Listeners
from assistant.events import Event
from assistant.hearing import Hearing
from assistant.live import WRAP_UP, LiveCalls
from assistant.spool import Spool
from consultation.bundled import bundled
from consultation.bus import open_bus
from consultation.errors import (
    BadInput,
    BadRows,
    Conflict,
    EngineDown,
    NotAllowed,
    NotReady,
    NotSignedIn,
    SangdamError,
    Unknown,
)
from consultation.jobs import open_jobs
from consultation.settings import Settings
from consultation.store.bulletins import Bulletin
from retrieval.board.desk import Desk
from retrieval.care.desk import BulletinDesk, told
from retrieval.care.golden import GoldenBroken
from retrieval.care.webhooks import DELIVER
from retrieval.messages import refused_rows
from server import health, pages, transcribing
from server.auth import Doorkeeper, TooOften
from server.engines import Engines, build
from server.middleware import Metrics, SecurityHeaders
from server.rules import check_routes
from server.sounds import KeptSounds
from server.speech_metrics import SpeechMetrics

BODY_LIMIT = 2 * 1024 * 1024  # bytes of an ordinary request
FAULTS = 200  # of an unreadable file, told in one answer
PUBLISHED = "knowledge"  # bus topic
BULLETINS = "bulletins"  # bus topic
TEND = 30.0  # seconds after which a bulletin is seen that no message told of, and webhooks are tried again
RETENTION = "retention"  # job, every night
REMIND = "confirmation.remind"  # job, every morning
POINTER = 5.0  # seconds between looks whether another process has published
SWEEP = 60.0  # seconds between looks for drafts that are still owed
STATUS = (
    (BadRows, 422),
    (Unknown, 404),
    (BadInput, 422),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (TooOften, 429),
    (Conflict, 409),
    (GoldenBroken, 409),
    (NotReady, 409),  # the server works; something must be done first
    (EngineDown, 503),
)

log = structlog.get_logger()


def create_app(
    settings: Settings,
    *,
    engines: Engines | None = None,
    demo_accounts: Sequence[Mapping[str, str]] = (),
) -> FastAPI:
    """The whole product. Raises before serving anything if an engine or a route rule is missing."""
    engines = engines or build(settings)
    bus = open_bus(settings.bus_url)
    jobs = open_jobs(settings.jobs(), settings.worker)
    calls = LiveCalls(
        store=engines.store,
        bus=bus,
        jobs=jobs,
        spool=Spool(settings.home / "spool", engines.master_key),
        make_call=engines.call,
        clock=engines.clock,
    )
    registry = CollectorRegistry()
    hearing = Hearing(
        calls,
        engines.transcribers(calls),
        clock=engines.clock,
        is_agent=engines.takes_calls,
        door_agent=settings.door_agent,
        recorder=engines.recorder,
        measure=SpeechMetrics(registry, engines.speech).observe,
    )
    announced = Announced()
    listeners = Listeners(settings, hearing, announced, engines.takes_calls)
    demo = (
        DemoDesk(
            calls,
            read_samples(bundled("samples") / "consultations.jsonl"),
            hearing=None if engines.speech.is_off else hearing,
            sounds=_sounds(),
        )
        if settings.demo
        else None
    )
    loops: list[asyncio.AbstractEventLoop] = []

    def announce(conversation_id: str, event: Event) -> None:
        """From a worker thread to the screens."""
        asyncio.run_coroutine_threadsafe(calls.announce(conversation_id, event), loops[0])

    def announce_knowledge(version: int) -> None:
        engines.searcher.reload()
        asyncio.run_coroutine_threadsafe(bus.publish(PUBLISHED, {"version": version}), loops[0])
        tell("knowledge.published", {"version": version})

    def announce_bulletin(event: str, bulletin: Bulletin) -> None:
        asyncio.run_coroutine_threadsafe(bus.publish(BULLETINS, {"number": bulletin.number}), loops[0])
        tell(event, told(bulletin))

    def tell(event: str, data: Mapping[str, Any]) -> None:
        """What is published is published, whether or not others can be told."""
        try:
            herald.tell(event, data)
        except SangdamError as error:
            log.warning("webhook.not_owed", happened=event, error=str(error))

    jobs.register(WRAP_UP, AfterCall(engines.store, engines.searcher, engines.searcher.entry, announce).draft)

    knowledge = engines.knowledge(announce_knowledge)
    board = engines.board(knowledge)
    confirmations = Desk(board)
    herald = engines.herald(jobs)
    bulletin_desk = BulletinDesk(
        engines.store,
        engines.bulletins,
        lambda: engines.searcher.entries,
        encoder=engines.encoder,
        announce=announce_bulletin,
        clock=engines.clock,
    )
    jobs.register(DELIVER, herald.deliver)

    jobs.register(transcribing.JOB, transcribing.job(engines))
    jobs.register(RETENTION, engines.purge)
    jobs.schedule(RETENTION, "30 3 * * *")
    jobs.register(REMIND, confirmations.remind)
    jobs.schedule(REMIND, "0 9 * * *")

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loops.append(asyncio.get_running_loop())
        await asyncio.to_thread(jobs.start)
        tasks = [
            asyncio.create_task(_for_ever("knowledge", 1.0, _follow_knowledge)),
            asyncio.create_task(_for_ever("bulletins", 1.0, _follow_bulletins)),
            asyncio.create_task(_for_ever("pointer", POINTER, _look_at_pointer)),
            asyncio.create_task(_for_ever("tend", TEND, _tend)),
            asyncio.create_task(_for_ever("sweep", SWEEP, calls.resume)),
            asyncio.create_task(asyncio.to_thread(_warm_up, engines)),
        ]
        engines.speech.begin()
        log.info("server.started", knowledge=engines.searcher.version)
        try:
            async with listeners.open():
                yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if demo:
                await demo.close()
            await hearing.close()
            await bus.close()
            await asyncio.to_thread(jobs.stop)
            await calls.close()
            engines.close()

    async def _follow_knowledge() -> None:
        """Another process published: take the new version up here, too."""
        async with bus.subscribe(PUBLISHED) as events:
            async for _ in events:
                await asyncio.to_thread(engines.searcher.reload)
                await asyncio.to_thread(engines.lexicon.follow)

    async def _look_at_pointer() -> None:
        """The command line publishes, too, and tells nobody."""
        await asyncio.to_thread(engines.searcher.follow)
        await asyncio.to_thread(engines.lexicon.follow)

    async def _follow_bulletins() -> None:
        """Another process published or withdrew one."""
        async with bus.subscribe(BULLETINS) as events:
            async for _ in events:
                await asyncio.to_thread(engines.bulletins.reload)

    async def _tend() -> None:
        """What no message told of, and what other systems are still owed."""
        await asyncio.to_thread(engines.bulletins.reload)
        await asyncio.to_thread(herald.retry)

    door = Doorkeeper(engines.store, settings, engines.master_key)
    app = FastAPI(
        title="sangdam",
        lifespan=lifespan,
        dependencies=[Depends(door.admit)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=BODY_LIMIT,
    )
    app.state.clock = engines.clock
    shown = pages.Pages(demo=settings.demo)
    app.include_router(pages.routes(shown, door, demo_accounts))
    app.include_router(
        assistant.api.routes(calls, engines.store, engines.asked, demo, engines.gazetteer.district)
    )
    app.include_router(assistant.audio.api.microphone_routes(hearing, calls))
    app.include_router(assistant.audio.api.pcm_routes(hearing, key=settings.door_key))
    app.include_router(assistant.doors.api.routes(hearing, key=settings.door_key))
    app.include_router(assistant.doors.announce.api.routes(announced, key=settings.door_key))
    app.include_router(
        assistant.review.api.routes(engines.store, KeptSounds(engines.store, engines.recordings))
    )
    app.include_router(retrieval.api.routes(knowledge, lambda: engines.searcher.version))
    app.include_router(retrieval.board.api.routes(board, confirmations))
    app.include_router(retrieval.board.confirmation.api.routes(confirmations))
    app.include_router(
        retrieval.care.api.routes(
            engines.store,
            bulletin_desk,
            engines.checkup(),
            herald,
            lambda: engines.searcher.entries,
            lambda: engines.searcher.version,
            engines.clock,
        )
    )
    _own_routes(app, engines, door, registry)
    pages.mount(app)
    _failures(app, shown)
    app.add_middleware(SecurityHeaders, over_tls=settings.secure_cookies)
    app.add_middleware(Metrics, registry=registry)
    check_routes(app)
    return app


def _sounds() -> Path | None:
    """The sound of the sample consultations, where it was made or came with the program."""
    try:
        return bundled("calls")
    except NotReady:
        return None


async def _for_ever(name: str, pause: float, step: Callable[[], Awaitable[object]]) -> None:
    """Again and again, whatever happens: an engine that is down today must not end tomorrow's work."""
    while True:
        try:
            await step()
        except Exception as error:  # noqa: BLE001 - said in the log, and tried again
            log.warning("background.failed", work=name, error=type(error).__name__)
        await asyncio.sleep(pause)


def _warm_up(engines: Engines) -> None:
    """Load the models now, so that the first citizen does not wait for them."""
    try:
        engines.abuse.detect("안녕하세요")
        engines.searcher.search("여권 발급", 1)
    except NotReady as error:
        log.warning("search.not_ready", reason=str(error))


def _own_routes(app: FastAPI, engines: Engines, door: Doorkeeper, registry: CollectorRegistry) -> None:
    version = Gauge("sangdam_knowledge_version", "The live knowledge version", registry=registry)

    recent = health.Recent(lambda: health.examine(engines))

    @app.get("/health")
    def health_(response: Response) -> dict[str, object]:
        """For load balancers; an engine that is down is named, its details are for `sangdam check`."""
        findings = recent()
        ok = all(finding.ok for finding in findings.values() if finding.vital)
        response.status_code = 200 if ok else 503
        off = {
            name: f"{name} is off, calls go on without it; `sangdam check` says why and how to mend it"
            for name, finding in findings.items()
            if not finding.ok and not finding.vital
        }
        return {
            "ok": ok,
            "engines": {name: finding.ok for name, finding in findings.items()},
            **({"notes": off} if off else {}),
        }

    @app.get("/metrics")
    def metrics() -> Response:
        version.set(engines.searcher.version or 0)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/api/me")
    def me(request: Request) -> dict[str, object]:
        person = request.state.person
        return {
            "name": person.name,
            "display_name": person.display_name,
            "roles": sorted(role.value for role in person.roles),
            "demo": engines.settings.demo,
        }

    @app.post("/api/sign-in")
    async def sign_in(
        request: Request, name: str = Body(max_length=64), password: str = Body(max_length=256)
    ) -> dict[str, str]:
        """For programs: the session to send as `Authorization: Bearer …`."""
        token, _ = await door.sign_in(request, name, password)
        return {"token": token}


def _failures(app: FastAPI, shown: pages.Pages) -> None:
    """Every failure is answered in the form that was asked for, and repeats nobody's words."""

    def reply(request: Request, status: int, error: str, message: str, **more: object) -> Response:
        if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
            headers = (
                {"retry-after": "5"} if status == 503 else {"retry-after": "60"} if status == 429 else {}
            )
            return JSONResponse({"error": error, "message": message, **more}, status, headers=headers)
        if status == 401:
            after = quote(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
            return Response(status_code=303, headers={"location": f"/sign-in?next={quote(after, safe='/')}"})
        return shown.failure(request, status)

    @app.exception_handler(SangdamError)
    def ours(request: Request, error: SangdamError) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        more = (
            {
                "faults": [
                    {"row": f.row, "column": f.column, "reason": f.reason} for f in error.faults[:FAULTS]
                ]
            }
            if isinstance(error, BadRows)
            else {
                "broken": [
                    {"entry_id": b.golden.entry_id, "question": b.golden.question} for b in error.broken
                ]
            }
            if isinstance(error, GoldenBroken)
            else {}
        )
        said = str(error)
        if isinstance(error, BadRows):  # its own words list the faults, for a terminal
            said = refused_rows(error.where, error.faults, shown=FAULTS)
        return reply(request, status, type(error).__name__, said, **more)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"][1:]), "reason": fault["msg"]}
            for fault in error.errors()[:20]
        ]
        return reply(request, 422, "BadInput", "the request has fields that cannot be used", faults=faults)

    @app.exception_handler(HTTPException)
    def web(request: Request, error: HTTPException) -> Response:
        return reply(request, error.status_code, "HttpError", str(error.detail))

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> Response:
        log.error(
            "request.failed",
            route=getattr(request.scope.get("route"), "path", ""),
            error=type(error).__name__,
        )
        return reply(request, 500, "Unforeseen", "something failed here; the log says what")
