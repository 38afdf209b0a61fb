"""What every store keeps to care for the knowledge, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import Store
from consultation.store.bulletins import BulletinState, BulletinText
from consultation.store.care import Unanswered
from consultation.store.webhooks import DeliveryState
from consultation.types import (
    Channel,
    ConsultationEntry,
    Conversation,
    Hit,
    Ranking,
    Suggestion,
    SuggestionAction,
    Traced,
    WrapUp,
)

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = BulletinText(
    "한파쉼터 연장 운영",
    "밤 9시까지 엽니다.",
    "안전",
    NOW - HOUR,
    NOW + HOUR,
    organisation="시험구청",
    district="중구",
    department="안전과",
    phone="02-0000-0000",
    source="시험",
    variants=("추운데 갈 데가 없어요",),
    is_urgent=True,
)


def test_a_bulletin_gives_back_every_field(store: Store) -> None:
    made = store.bulletins.add(TEXT, by="han", at=NOW)
    assert made == store.bulletins.get(made.number)
    assert (made.state, made.revision, made.content) == (BulletinState.DRAFT, 1, TEXT)
    assert (made.made_by, made.made_at) == ("han", NOW)


def test_a_bulletin_is_drafted_published_and_withdrawn_and_each_step_is_in_the_audit(store: Store) -> None:
    made = store.bulletins.add(TEXT, by="han", at=NOW)
    again = store.bulletins.rewrite(made.number, 1, replace(TEXT, title="고친 제목"), by="han", at=NOW)
    out = store.bulletins.publish(made.number, again.revision, by="kim", at=NOW)
    assert (out.state, out.content.title, out.published_by) == (BulletinState.PUBLISHED, "고친 제목", "kim")
    with pytest.raises(Conflict):
        store.bulletins.rewrite(made.number, out.revision, TEXT, by="han", at=NOW)
    back = store.bulletins.withdraw(made.number, out.revision, by="kim", reason="잘못된 안내", at=NOW)
    assert (back.state, back.withdrawn_by) == (BulletinState.WITHDRAWN, "kim")
    steps = [(row.who, row.what) for row in reversed(store.audit.entries(about=f"bulletin {made.number}"))]
    assert steps == [
        ("han", "bulletin.write"),
        ("han", "bulletin.write"),
        ("kim", "bulletin.publish"),
        ("kim", "bulletin.withdraw"),
    ]
    assert store.audit.verify() == []


def test_a_step_on_an_old_revision_is_refused(store: Store) -> None:
    made = store.bulletins.add(TEXT, by="han", at=NOW)
    store.bulletins.rewrite(made.number, 1, replace(TEXT, text="다른 글"), by="kim", at=NOW)
    with pytest.raises(Conflict, match="그사이"):
        store.bulletins.publish(made.number, 1, by="han", at=NOW)
    with pytest.raises(Unknown):
        store.bulletins.publish(99, 1, by="han", at=NOW)


def test_a_bulletin_whose_end_has_passed_is_not_published(store: Store) -> None:
    made = store.bulletins.add(replace(TEXT, ends_at=NOW - timedelta(minutes=1)), by="han", at=NOW)
    with pytest.raises(BadInput, match="종료 시각"):
        store.bulletins.publish(made.number, 1, by="han", at=NOW)


def test_standing_bulletins_are_those_that_are_or_will_be_valid_the_urgent_first(store: Store) -> None:
    def published(content: BulletinText) -> int:
        made = store.bulletins.add(content, by="han", at=NOW - 3 * HOUR)
        store.bulletins.publish(made.number, 1, by="han", at=NOW - 3 * HOUR)
        return made.number

    urgent = published(TEXT)
    coming = published(replace(TEXT, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, is_urgent=False))
    published(replace(TEXT, starts_at=NOW - 2 * HOUR, ends_at=NOW))
    store.bulletins.add(TEXT, by="han", at=NOW)  # a draft
    standing = store.bulletins.standing(NOW)
    assert [one.number for one in standing] == [urgent, coming]
    assert [one.is_valid(NOW) for one in standing] == [True, False]
    assert not standing[0].is_valid(NOW + HOUR)  # the end itself is not part of it
    assert standing[1].is_valid(NOW + HOUR)


def test_a_read_receipt_keeps_the_first_time(store: Store) -> None:
    made = store.bulletins.add(TEXT, by="han", at=NOW)
    with pytest.raises(Unknown):
        store.bulletins.read(made.number, "kim", NOW)  # a draft is nobody's to read
    store.bulletins.publish(made.number, 1, by="han", at=NOW)
    assert store.bulletins.read(made.number, "kim", NOW)
    assert not store.bulletins.read(made.number, "kim", NOW + HOUR)
    assert store.bulletins.readers(made.number) == {"kim": NOW}
    assert store.bulletins.read_by("kim", [made.number, 99]) == {made.number}
    assert store.bulletins.read_counts() == {made.number: 1}


def test_golden_questions_are_kept_once_for_an_entry(store: Store) -> None:
    made = store.care.add_golden("e1", "질문인가요", district=None, top=3, by="han", at=NOW)
    store.care.add_golden("e2", "질문인가요", district="중구", top=1, by="han", at=NOW)
    with pytest.raises(Conflict):
        store.care.add_golden("e1", "질문인가요", district=None, top=1, by="han", at=NOW)
    assert store.care.golden("e1") == [made]
    assert [one.entry_id for one in store.care.golden()] == ["e1", "e2"]
    store.care.remove_golden(made.number, by="han", at=NOW)
    with pytest.raises(Unknown):
        store.care.remove_golden(made.number, by="han", at=NOW)
    assert [row.what for row in store.audit.entries(about="e1")] == ["golden.remove", "golden.add"]


def test_unanswered_questions_are_kept_and_forgotten(store: Store) -> None:
    old = Unanswered("오래된 질문", None, 0.1, None, NOW - timedelta(days=40))
    new = Unanswered("새 질문", "중구", 0.2, "e1", NOW)
    store.care.add_unanswered([old, new])
    assert store.care.unanswered(NOW - timedelta(days=60)) == [new, old]
    assert store.care.unanswered(NOW - timedelta(days=30)) == [new]
    assert store.care.forget_unanswered(NOW - timedelta(days=30)) == 1
    assert store.care.unanswered(NOW - timedelta(days=60)) == [new]


def call(store: Store, name: str, *entry_ids: str) -> None:
    store.conversations.start(Conversation(name, Channel.PHONE, NOW, "kim"))
    hits = tuple(Hit(ConsultationEntry(one, f"질문 {one}", "답", "행정"), 0.9) for one in entry_ids)
    suggestion = Suggestion(f"{name}-s", 0, f"{name}에서 물은 말", Ranking(hits, 0.8, 1))
    store.conversations.add_suggestion(name, suggestion)


def test_usage_counts_what_was_shown_and_what_became_of_it(store: Store) -> None:
    call(store, "c1", "e1", "e2")
    call(store, "c2", "e1")
    act = store.conversations.act
    act("c1", "c1-s", SuggestionAction.ACCEPTED, entry_id="e1", by="kim", at=NOW)
    act("c2", "c2-s", SuggestionAction.EDITED, entry_id="e1", edited_text="고친 답", by="kim", at=NOW)
    act("c1", "c1-s", SuggestionAction.DISMISSED, entry_id="e2", by="kim", at=NOW)
    usage = store.care.usage(NOW - HOUR)
    first = usage["e1"]
    assert (first.shown, first.used, first.edited, first.last_shown) == (2, 2, 1, NOW)
    assert (usage["e2"].shown, usage["e2"].used, usage["e2"].dismissed) == (1, 0, 1)
    assert store.care.usage(NOW + HOUR) == {}
    assert set(store.care.asked(NOW - HOUR)) == {"c1에서 물은 말", "c2에서 물은 말"}


def test_reports_come_with_the_reason_and_the_question(store: Store) -> None:
    call(store, "c1", "e1")
    store.conversations.act(
        "c1",
        "c1-s",
        SuggestionAction.REPORTED_WRONG,
        entry_id="e1",
        edited_text="예전 정보임",
        by="kim",
        at=NOW,
    )
    (report,) = store.care.reports(NOW - HOUR)
    assert (report.entry_id, report.reason, report.question) == ("e1", "예전 정보임", "c1에서 물은 말")


def test_records_without_an_entry_are_unaided_until_their_words_are_gone(store: Store) -> None:
    for name, ids in (("c1", ()), ("c2", ("e1",))):
        store.conversations.start(Conversation(name, Channel.PHONE, NOW, "kim"))
        store.conversations.end(name, NOW)
        record = WrapUp("행정", (Traced("질문", (0,)),), (Traced("답변", (1,)),), "안내", entry_ids=ids)
        store.conversations.save_draft(name, record)
        store.conversations.confirm(name, record, by="kim", at=NOW, edit_distance=0)
    assert [one.conversation_id for one in store.care.unaided(NOW - HOUR)] == ["c1"]
    store.conversations.erase("c1", by="kim", reason="요청", masked_too=True)
    assert store.care.unaided(NOW - HOUR) == []


def test_a_settled_finding_keeps_the_last_reason(store: Store) -> None:
    store.care.settle("expiring", "e1", "p1", by="han", reason="확인함", at=NOW)
    store.care.settle("expiring", "e1", "p2", by="kim", reason="다시 확인함", at=NOW)
    (settled,) = store.care.settled().values()
    assert (settled.print, settled.by, settled.reason) == ("p2", "kim", "다시 확인함")


def test_a_delivery_is_owed_tried_and_given_up_with_its_webhook(store: Store) -> None:
    hook = store.webhooks.add("https://hook.example/in", ["knowledge.published"], by="han", at=NOW)
    assert store.webhooks.list() == [hook]
    (owed,) = store.webhooks.owe("knowledge.published", {"version": 3}, to=[hook.number], at=NOW)
    assert store.webhooks.delivery(owed).payload == {"version": 3}
    assert [one.delivery_id for one in store.webhooks.waiting(NOW)] == [owed]
    store.webhooks.tried(owed, DeliveryState.WAITING, "HTTP 500", NOW)
    assert store.webhooks.waiting(NOW) == []  # tried at this moment
    (waiting,) = store.webhooks.waiting(NOW + HOUR)
    assert (waiting.attempts, waiting.outcome, waiting.tried_at) == (1, "HTTP 500", NOW)
    store.webhooks.remove(hook.number, by="han", at=NOW)
    assert store.webhooks.delivery(owed).state is DeliveryState.FAILED
    assert store.webhooks.list() == []
    with pytest.raises(Unknown):
        store.webhooks.get(hook.number)
    assert [one.delivery_id for one in store.webhooks.deliveries()] == [owed]
