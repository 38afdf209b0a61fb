"""What the machine finds in need of care, and the whole check-up on a real store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.ports import Encoder
from consultation.store import Store
from consultation.store.care import Unanswered, Usage
from consultation.types import (
    Channel,
    ConsultationEntry,
    Conversation,
    EntryState,
    Hit,
    Ranking,
    Suggestion,
    SuggestionAction,
    Traced,
    WrapUp,
)
from retrieval.care import findings
from retrieval.care.checkup import Checkup
from retrieval.care.conflicts import conflicts
from retrieval.care.findings import Kind
from tests.retrieval.care.conftest import NOW, Clock, content

TODAY = date(2026, 11, 25)


def entry(entry_id: str, question: str, answer: str = "답변입니다.", **more: object) -> ConsultationEntry:
    made = ConsultationEntry(entry_id, question, answer, "행정", basis="주민등록법 제16조")
    return replace(made, **more)  # type: ignore[arg-type]


def test_entries_that_end_soon_are_named_the_nearest_first() -> None:
    found = findings.expiring(
        [
            entry("soon", "곧", valid_until=TODAY + timedelta(days=3)),
            entry("later", "나중", valid_until=TODAY + timedelta(days=29)),
            entry("far", "먼", valid_until=TODAY + timedelta(days=31)),
            entry("past", "지난", valid_until=TODAY - timedelta(days=1)),
            entry("ever", "늘"),
        ],
        TODAY,
        30,
    )
    assert [one.subject for one in sorted(found, key=lambda one: -one.weight)] == ["soon", "later"]
    assert "3일 남았습니다" in found[0].details[0]


def test_an_entry_that_ended_and_is_asked_for_is_named_with_the_question(encoder: Encoder) -> None:
    entries = [
        entry("fair", "전통시장 봄 축제는 언제 하나요", valid_until=TODAY - timedelta(days=9)),
        entry("rink", "스케이트장은 언제 여나요", state=EntryState.EXPIRED),
        entry("pass", "여권은 어디서 만드나요"),
    ]
    vectors = encoder.encode([one.question for one in entries])
    asked = ["전통시장 봄 축제 언제 해요", "여권 어디서 만들어요"]
    found = findings.expired_but_asked(entries, vectors, asked, encoder.encode(asked), TODAY)
    assert [(one.subject, one.examples) for one in found] == [("fair", ("전통시장 봄 축제 언제 해요",))]


def test_the_same_question_of_one_place_with_other_figures_is_a_contradiction(encoder: Encoder) -> None:
    entries = [
        entry("a", "여권 수수료는 얼마인가요?", "5만 원입니다."),
        entry("b", "여권 수수료는 얼마인가요", "53,000원입니다."),
        entry("c", "체육센터 이용료는 얼마인가요", "3천 원입니다.", district="강남구"),
        entry("d", "체육센터 이용료는 얼마인가요", "5천 원입니다.", district="마포구"),
        entry("e", "여권 수수료는 얼마인가요", "9만 원입니다.", state=EntryState.EXPIRED),
    ]
    (found,) = findings.contradicting(entries, encoder.encode([one.question for one in entries]), TODAY)
    assert found.entry_ids == ("a", "b")
    assert found.details == ("금액: 5만 원 ↔ 53,000원",)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"basis": ""}, "근거가 비어"),
        ({"basis": "http://x"}, "주소가 바르지"),
        ({"department": "민원과"}, "전화가 비어"),
        ({"department": "민원과", "phone": "02-00"}, "형식이"),
        ({"phone": "전화 주세요"}, "형식이"),
    ],
)
def test_a_missing_or_malformed_reference_is_named(more: dict[str, str], fault: str) -> None:
    (found,) = findings.references([entry("e", "질문", **more)], TODAY)
    assert fault in found.details[0]


@pytest.mark.parametrize(
    "phone", ["02-0000-0120", "02)000-0120", "120", "1588-0000", "031-000-0000", "0200000000"]
)
def test_a_telephone_as_offices_write_it_is_right(phone: str) -> None:
    assert findings.references([entry("e", "질문", department="민원과", phone=phone)], TODAY) == []


def test_one_department_with_two_telephones_is_named_once() -> None:
    def of(entry_id: str, phone: str, organisation: str = "시험구청") -> ConsultationEntry:
        return entry(entry_id, "질문", organisation=organisation, department="민원 과", phone=phone)

    found = findings.phones_of_departments(
        [
            of("a", "02-0000-0001"),
            of("b", "02)0000-0001"),
            of("c", "02-0000-0002"),
            of("d", "02-0000-0003", "다른구청"),
        ],
        TODAY,
    )
    assert [one.entry_ids for one in found] == [("a", "b", "c")]
    assert (
        findings.phones_of_departments([of("a", "120"), of("b", "129"), of("c", "02-0000-0001")], TODAY) == []
    )


def test_entries_that_nobody_used_are_named_unless_they_are_new() -> None:
    entries = [entry(name, name) for name in ("used", "seen", "never", "new")]
    usage = {"used": Usage(shown=3, used=1), "seen": Usage(shown=2)}
    found = findings.unused(entries, usage, frozenset({"new"}), TODAY, 90)
    assert [one.subject for one in found] == ["seen", "never"]
    assert "2번 추천되었지만" in found[0].details[0]


def test_a_print_changes_with_what_was_found() -> None:
    one = findings.expiring([entry("e", "곧", valid_until=TODAY)], TODAY, 30)[0]
    other = findings.expiring([entry("e", "곧", valid_until=TODAY + timedelta(days=1))], TODAY, 30)[0]
    assert one.print != other.print
    assert one.print == replace(one, weight=9.0).print


def test_a_bulletin_with_other_figures_than_an_entry_is_a_conflict(encoder: Encoder) -> None:
    class Found:
        def search(
            self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
        ) -> Ranking:
            return Ranking(
                (
                    Hit(entry("fee", "여권 발급 수수료는 얼마인가요", "5만 원입니다."), 0.7),
                    Hit(entry("same", "여권 발급 수수료 안내", "53,000원입니다."), 0.6),
                    Hit(entry("other", "대형폐기물 배출 방법", "3천 원입니다."), 0.5),
                ),
                0.9,
            )

    found = conflicts(content("여권 발급 수수료 인상", "53,000원으로 오릅니다."), Found(), encoder)
    assert [(one.entry.entry_id, str(one.differences[0])) for one in found] == [
        ("fee", "금액: 53,000원 ↔ 5만 원")
    ]


# --- the whole check-up ------------------------------------------------------------------------------


@pytest.fixture
def checkup(store: Store, encoder: Encoder, clock: Clock) -> Checkup:
    store.knowledge.add_version(
        [
            entry("fee", "여권 수수료는 얼마인가요?", "5만 원입니다."),
            entry("again", "여권 수수료는 얼마인가요", "53,000원입니다."),
            entry("soon", "겨울 축제는 언제 하나요", valid_until=TODAY + timedelta(days=5)),
        ],
        by="han",
        at=NOW - timedelta(days=200),
        source="시험",
    )
    return Checkup(store, lambda: 1, encoder=encoder, clock=clock)


def talk(store: Store, name: str, at: datetime, **record: object) -> None:
    store.conversations.start(Conversation(name, Channel.PHONE, at, "kim"))
    hits = (Hit(entry("fee", "여권 수수료는 얼마인가요?"), 0.9),)
    store.conversations.add_suggestion(name, Suggestion("s", 0, "여권 만드는 값", Ranking(hits, 0.9, 1)))
    store.conversations.end(name, at)
    wrap_up = WrapUp(
        "행정", (Traced("드론 허가는요", (0,)),), (Traced("관할 기관에 문의합니다", (1,)),), "안내"
    )
    wrap_up = replace(wrap_up, **record)  # type: ignore[arg-type]
    store.conversations.save_draft(name, wrap_up)
    store.conversations.confirm(name, wrap_up, by="kim", at=at, edit_distance=0)


def test_every_kind_is_counted(checkup: Checkup, store: Store) -> None:
    talk(store, "c1", NOW)
    store.conversations.act(
        "c1",
        "s",
        SuggestionAction.REPORTED_WRONG,
        entry_id="fee",
        edited_text="예전 정보임",
        by="kim",
        at=NOW,
    )
    store.care.add_unanswered([Unanswered("드론 허가 어디서 받아요", None, 0.1, "fee", NOW)] * 2)
    counts = checkup.counts()
    assert set(counts) == set(Kind)
    assert counts[Kind.EXPIRING] == counts[Kind.CONTRADICTING] == counts[Kind.REPORTED] == 1
    assert counts[Kind.UNANSWERED] == counts[Kind.UNAIDED] == 1
    assert counts[Kind.UNUSED] == 3
    (report,) = checkup.findings(Kind.REPORTED)
    assert "예전 정보임" in report.details
    (cluster,) = checkup.findings(Kind.UNANSWERED)
    assert "2번 물었습니다" in cluster.details[0]


def test_a_finding_put_aside_stays_away_until_it_changes(checkup: Checkup, store: Store) -> None:
    (one,) = checkup.findings(Kind.EXPIRING)
    with pytest.raises(BadInput):
        checkup.settle(one.kind, one.subject, one.print, by="han", reason=" ")
    checkup.settle(one.kind, one.subject, one.print, by="han", reason="연장하지 않음")
    assert checkup.findings(Kind.EXPIRING) == []
    ((again, settled),) = checkup.settled(Kind.EXPIRING)
    assert (again, settled.reason) == (one, "연장하지 않음")
    checkup.settle(one.kind, one.subject, "0" * 16, by="han", reason="다른 것을 봄")
    assert checkup.findings(Kind.EXPIRING) == [one]


def test_an_entry_is_drafted_from_a_confirmed_consultation_once(checkup: Checkup, store: Store) -> None:
    talk(store, "c1", NOW, district="중구")
    made = checkup.draft_from("c1", "han")
    assert (made.entry.question, made.entry.answer) == ("드론 허가는요", "관할 기관에 문의합니다")
    assert (made.state.value, made.entry.district, made.origin) == ("초안", "중구", "consultation")
    assert checkup.findings(Kind.UNAIDED) == []
    with pytest.raises(Conflict):
        checkup.draft_from("c1", "han")
    with pytest.raises(Unknown):
        checkup.draft_from("nothing", "han")
    store.conversations.start(Conversation("c2", Channel.PHONE, NOW, "kim"))
    with pytest.raises(Conflict):
        checkup.draft_from("c2", "han")


@pytest.mark.parametrize("entries", [[], [entry("one", "질문")]])
def test_a_knowledge_of_none_or_of_one_can_be_looked_at(
    store: Store, encoder: Encoder, clock: Clock, entries: list[ConsultationEntry]
) -> None:
    number = store.knowledge.add_version(entries, by="han", source="시험")
    for live in (None, number):
        looked = Checkup(store, lambda live=live: live, encoder=encoder, clock=clock)  # type: ignore[misc]
        assert set(looked.counts()) == set(Kind)
