"""The care routes: bulletins, golden questions, findings, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from consultation.errors import BadInput, Unknown
from consultation.store import Store
from consultation.store.bulletins import Bulletin
from consultation.store.care import GoldenQuestion
from consultation.text import clean
from consultation.types import ConsultationEntry, Role
from retrieval.care import golden
from retrieval.care.bulletins import SEOUL, entry_id
from retrieval.care.checkup import EXPIRING_DAYS, PERIOD_DAYS, UNUSED_DAYS, Checkup, Spans
from retrieval.care.conflicts import Conflict
from retrieval.care.desk import BulletinDesk
from retrieval.care.findings import Finding, Kind
from retrieval.care.requests import (
    BulletinMessage,
    DraftMessage,
    GoldenMessage,
    PublishBulletinMessage,
    SettleMessage,
    WebhookMessage,
    WithdrawMessage,
    iso,
)
from retrieval.care.webhooks import EVENTS, PING, Herald

PAGE = 50  # findings of one page
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Days = Annotated[int, Query(ge=1, le=3_650)]
Word = Annotated[str, Query(max_length=200)]


def routes(
    store: Store,
    desk: BulletinDesk,
    checkup: Checkup,
    herald: Herald,
    entries: Callable[[], golden.Finds],
    live: Callable[[], int | None],
    clock: Callable[[], datetime],
) -> APIRouter:
    """All routes of the care pages. `entries`: the live knowledge without bulletins."""
    router = APIRouter(prefix="/api/knowledge")
    _bulletin_routes(router, desk, clock)
    _golden_routes(router, store, entries, live, clock)
    _care_routes(router, store, checkup, live, clock)
    _webhook_routes(router, store, herald)
    return router


def _bulletin_routes(router: APIRouter, desk: BulletinDesk, clock: Callable[[], datetime]) -> None:
    @router.get("/bulletins/current")
    def current(request: Request) -> dict[str, Any]:
        """What holds now, for every screen; `now` tells a screen when the next one ends."""
        seen = desk.current(request.state.person.name)
        return {
            "now": clock().isoformat(),
            "unread": sum(not read for _, read in seen),
            "bulletins": [bulletin_json(one) | {"read": read} for one, read in seen],
        }

    @router.post("/bulletins/{number}/read")
    def read(request: Request, number: Number) -> dict[str, bool]:
        desk.read(number, request.state.person.name)
        return {"ok": True}

    @router.get("/bulletins")
    def all_() -> dict[str, Any]:
        bulletins, counts = desk.list()
        now = clock()
        return {
            "now": now.isoformat(),
            "bulletins": [
                bulletin_json(one) | {"readers": counts.get(one.number, 0), "is_valid": one.is_valid(now)}
                for one in bulletins
            ],
        }

    @router.post("/bulletins")
    def draft(request: Request, message: BulletinMessage) -> dict[str, Any]:
        return bulletin_json(desk.draft(message.content(), request.state.person.name))

    @router.post("/bulletins/{number}")
    def rewrite(request: Request, number: Number, message: BulletinMessage) -> dict[str, Any]:
        if message.revision is None:
            raise BadInput("revision: say which text of the draft you saw")
        return bulletin_json(
            desk.rewrite(number, message.revision, message.content(), request.state.person.name)
        )

    @router.get("/bulletins/{number}/conflicts")
    def conflicts(number: Number) -> dict[str, Any]:
        return {"conflicts": [conflict_json(one) for one in desk.conflicts(number)]}

    @router.post("/bulletins/{number}/publish")
    def publish(request: Request, number: Number, message: PublishBulletinMessage) -> dict[str, Any]:
        return bulletin_json(
            desk.publish(
                number,
                message.revision,
                request.state.person.name,
                knows_conflicts=message.knows_conflicts,
            )
        )

    @router.post("/bulletins/{number}/withdraw")
    def withdraw(request: Request, number: Number, message: WithdrawMessage) -> dict[str, Any]:
        return bulletin_json(
            desk.withdraw(number, message.revision, request.state.person.name, clean(message.reason))
        )

    @router.get("/bulletins/{number}/receipts")
    def receipts(number: Number) -> dict[str, Any]:
        """Which agents have read it, and which have not."""
        found = desk.receipts(number)
        return {
            "read": [
                {"name": person.name, "display_name": person.display_name, "at": at.isoformat()}
                for person, at in found.read
            ],
            "unread": [{"name": person.name, "display_name": person.display_name} for person in found.unread],
        }


def _golden_routes(
    router: APIRouter,
    store: Store,
    entries: Callable[[], golden.Finds],
    live: Callable[[], int | None],
    clock: Callable[[], datetime],
) -> None:
    def live_entries() -> dict[str, ConsultationEntry]:
        number = live()
        return {e.entry_id: e for e in store.knowledge.entries(number)} if number is not None else {}

    def state(questions: list[GoldenQuestion]) -> list[dict[str, Any]]:
        known = live_entries()
        today = clock().astimezone(SEOUL).date()
        broken = (
            {one.golden.number: one for one in golden.broken(questions, entries(), known, today)}
            if known
            else {}
        )
        return [
            {
                "number": one.number,
                "entry_id": one.entry_id,
                "entry": known[one.entry_id].question if one.entry_id in known else None,
                "question": one.question,
                "district": one.district,
                "top": one.top,
                "made_by": one.made_by,
                "made_at": one.made_at.isoformat(),
                "holds": one.number not in broken,
                "found": list(broken[one.number].found) if one.number in broken else [],
            }
            for one in questions
        ]

    @router.get("/golden")
    def listed(entry_id: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
        """Each with whether it finds its entry in the live version."""
        return {"golden": state(store.care.golden(entry_id or None))}

    @router.post("/golden")
    def add(request: Request, message: GoldenMessage) -> dict[str, Any]:
        """Kept also when it does not hold now: the next publication must mend it."""
        if message.entry_id not in live_entries():
            raise Unknown(
                f"게시된 상담DB에 {clean(message.entry_id)} 항목이 없습니다. 항목번호를 확인해 주세요."
            )
        question = clean(message.question)
        if len(question) < 2:
            raise BadInput("질문을 두 글자 이상 적어 주세요.")
        made = store.care.add_golden(
            message.entry_id,
            question,
            district=clean(message.district) or None,
            top=message.top,
            by=request.state.person.name,
            at=clock(),
        )
        return state([made])[0]

    @router.post("/golden/{number}/remove")
    def remove(request: Request, number: Number) -> dict[str, bool]:
        store.care.remove_golden(number, by=request.state.person.name, at=clock())
        return {"ok": True}


def _care_routes(
    router: APIRouter,
    store: Store,
    checkup: Checkup,
    live: Callable[[], int | None],
    clock: Callable[[], datetime],
) -> None:
    @router.get("/care")
    def counts(
        expiring: Days = EXPIRING_DAYS, unused: Days = UNUSED_DAYS, period: Days = PERIOD_DAYS
    ) -> dict[str, Any]:
        spans = Spans(expiring, unused, period)
        return {
            "version": live(),
            "at": clock().isoformat(),
            "counts": {kind.value: count for kind, count in checkup.counts(spans).items()},
        }

    @router.get("/care/{kind}")
    def found(
        kind: Kind,
        expiring: Days = EXPIRING_DAYS,
        unused: Days = UNUSED_DAYS,
        period: Days = PERIOD_DAYS,
        q: Word = "",
        field: Word = "",
        district: Word = "",
        settled: bool = False,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> dict[str, Any]:
        """One kind of finding, filtered, the heaviest first; `settled`: those put aside."""
        spans = Spans(expiring, unused, period)
        put_aside = {one.subject: why for one, why in checkup.settled(kind, spans)} if settled else {}
        everything = (
            [one for one, _ in checkup.settled(kind, spans)] if settled else checkup.findings(kind, spans)
        )
        words = clean(q).split()
        rows = [
            one
            for one in everything
            if (not field or one.field == field)
            and (not district or (one.district or "서울 전체") == district)
            and all(word in _words(one) for word in words)
        ]
        start = (page - 1) * PAGE
        return {
            "kind": kind.value,
            "count": len(rows),
            "page": page,
            "more": len(rows) > start + PAGE,
            "rows": [
                finding_json(one)
                | (
                    {"by": why.by, "reason": why.reason, "at": why.at.isoformat()}
                    if (why := put_aside.get(one.subject))
                    else {}
                )
                for one in rows[start : start + PAGE]
            ],
        }

    @router.post("/settle")
    def settle(request: Request, message: SettleMessage) -> dict[str, bool]:
        checkup.settle(
            message.kind,
            message.subject,
            message.print,
            by=request.state.person.name,
            reason=clean(message.reason),
        )
        return {"ok": True}

    @router.post("/drafts")
    def draft(request: Request, message: DraftMessage) -> dict[str, Any]:
        """An entry's draft from a confirmed consultation; an agent may do so from their own calls."""
        person = request.state.person
        if set(person.roles) <= {Role.AGENT}:
            kept = store.conversations.get(message.conversation_id)
            if kept.agent_id != person.name:
                raise Unknown(f"there is no call {kept.conversation_id}")
        made = checkup.draft_from(message.conversation_id, person.name)
        return {"proposal": made.number, "entry_id": made.entry.entry_id, "state": made.state.value}


def _webhook_routes(router: APIRouter, store: Store, herald: Herald) -> None:
    @router.get("/webhooks")
    def listed() -> dict[str, Any]:
        return {
            "events": list(EVENTS),
            "webhooks": [
                {
                    "number": one.number,
                    "url": one.url,
                    "events": list(one.events),
                    "made_by": one.made_by,
                    "made_at": one.made_at.isoformat(),
                }
                for one in store.webhooks.list()
            ],
            "deliveries": [
                {
                    "id": one.delivery_id,
                    "webhook": one.webhook,
                    "event": one.event,
                    "state": one.state.value,
                    "made_at": one.made_at.isoformat(),
                    "tried_at": iso(one.tried_at),
                    "attempts": one.attempts,
                    "outcome": one.outcome,
                }
                for one in store.webhooks.deliveries(50)
            ],
        }

    @router.post("/webhooks")
    def add(request: Request, message: WebhookMessage) -> dict[str, Any]:
        """The answer is the only place that shows the secret."""
        made = herald.add(message.url.strip(), message.events, request.state.person.name)
        return {"number": made.number, "secret": herald.secret(made)}

    @router.post("/webhooks/{number}/remove")
    def remove(request: Request, number: Number) -> dict[str, bool]:
        store.webhooks.remove(number, by=request.state.person.name)
        return {"ok": True}

    @router.post("/webhooks/{number}/test")
    def test(number: Number) -> dict[str, list[str]]:
        """Send a `ping`."""
        store.webhooks.get(number)
        return {"deliveries": herald.tell(PING, {}, only=number)}


def bulletin_json(bulletin: Bulletin) -> dict[str, Any]:
    """A bulletin with all that a page shows."""
    content = bulletin.content
    return {
        "number": bulletin.number,
        "entry_id": entry_id(bulletin.number),
        "state": bulletin.state.value,
        "revision": bulletin.revision,
        "title": content.title,
        "text": content.text,
        "field": content.field,
        "starts_at": content.starts_at.isoformat(),
        "ends_at": content.ends_at.isoformat(),
        "organisation": content.organisation,
        "district": content.district,
        "department": content.department,
        "phone": content.phone,
        "source": content.source,
        "variants": list(content.variants),
        "is_urgent": content.is_urgent,
        "made_by": bulletin.made_by,
        "made_at": bulletin.made_at.isoformat(),
        "published_by": bulletin.published_by,
        "published_at": iso(bulletin.published_at),
        "withdrawn_by": bulletin.withdrawn_by,
        "withdrawn_at": iso(bulletin.withdrawn_at),
    }


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """An entry that says otherwise, and in what."""
    return {
        "entry_id": conflict.entry.entry_id,
        "question": conflict.entry.question,
        "answer": conflict.entry.answer,
        "district": conflict.entry.district,
        "differences": [
            {"kind": one.kind, "bulletin": list(one.left), "entry": list(one.right)}
            for one in conflict.differences
        ],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with all that a page shows."""
    return {
        "kind": finding.kind.value,
        "subject": finding.subject,
        "print": finding.print,
        "title": finding.title,
        "details": list(finding.details),
        "entry_ids": list(finding.entry_ids)[:50],
        "district": finding.district,
        "field": finding.field,
        "organisation": finding.organisation,
        "examples": list(finding.examples),
        "conversation_id": finding.conversation_id,
    }


def _words(finding: Finding) -> str:
    return "\n".join(
        (finding.title, finding.subject, finding.organisation, *finding.details, *finding.examples)
    )
