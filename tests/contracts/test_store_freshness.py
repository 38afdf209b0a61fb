"""What every store keeps of proposals and confirmation rounds, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import Store
from consultation.store.freshness import Proposal, ProposalState, Wording
from consultation.store.rounds import Answer
from consultation.types import ConsultationEntry, EntryState

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DRAFT, REVIEW, APPROVED = ProposalState.DRAFT, ProposalState.REVIEW, ProposalState.APPROVED


def wording(number: int = 1, answer: str = "답변입니다.", **more: object) -> Wording:
    entry = ConsultationEntry(f"e{number:03}", f"질문 {number}?", answer, "행정", variants=("이렇게",))
    made = Wording(entry, "print", ("kim",), "board", "고칠 곳이 있어서")
    return replace(made, **more)  # type: ignore[arg-type]


def propose(store: Store, number: int = 1, by: str = "kim") -> Proposal:
    return store.proposals.add(wording(number), state=DRAFT, step="write", by=by, at=NOW)


def test_a_proposal_gives_back_everything(store: Store) -> None:
    entry = replace(
        wording().entry,
        district="중구",
        valid_until=date(2026, 12, 31),
        confirmed_on=date(2026, 11, 1),
        state=EntryState.EXPIRED,
    )
    made = store.proposals.add(wording(entry=entry, base=None), state=REVIEW, step="submit", by="kim", at=NOW)
    assert made == store.proposals.get(made.number) == store.proposals.open_for("e001")
    assert (made.entry, made.state, made.revision, made.base) == (entry, REVIEW, 1, None)
    assert (made.authors, made.origin, made.changed_by, made.changed_at) == (("kim",), "board", "kim", NOW)


def test_an_entry_has_one_open_proposal_and_a_new_one_after_that_is_closed(store: Store) -> None:
    first = propose(store)
    with pytest.raises(Conflict):
        propose(store, by="lee")
    store.proposals.move(first.number, 1, state=ProposalState.WITHDRAWN, step="withdraw", by="kim")
    second = propose(store, by="lee")
    assert [one.number for one in store.proposals.of_entry("e001")] == [second.number, first.number]


def test_only_who_saw_the_newest_revision_may_change_it(store: Store) -> None:
    made = propose(store)
    store.proposals.rewrite(made.number, 1, wording(answer="새 답변"), state=DRAFT, step="write", by="lee")
    with pytest.raises(Conflict):
        store.proposals.rewrite(
            made.number, 1, wording(answer="헌 답변"), state=DRAFT, step="write", by="kim"
        )
    with pytest.raises(Conflict):
        store.proposals.move(made.number, 1, state=REVIEW, step="submit", by="kim")
    now = store.proposals.get(made.number)
    assert (now.entry.answer, now.revision, now.changed_by) == ("새 답변", 2, "lee")


def test_of_many_that_change_it_at_once_one_wins(store: Store) -> None:
    made = propose(store)

    def change(name: str) -> bool:
        try:
            store.proposals.move(made.number, 1, state=REVIEW, step="submit", by=name)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(change, [f"p{n}" for n in range(6)])) == 1
    assert store.proposals.get(made.number).revision == 2


def test_every_step_is_kept_with_who_when_why_and_in_the_audit_chain(store: Store) -> None:
    made = propose(store)
    store.proposals.move(made.number, 1, state=REVIEW, step="submit", by="kim", at=NOW)
    store.proposals.move(made.number, 2, state=DRAFT, step="return", by="lee", reason="오타", at=NOW)
    steps = store.proposals.steps([made.number])
    assert [(s.step, s.state, s.by, s.reason) for s in steps] == [
        ("write", DRAFT, "kim", "고칠 곳이 있어서"),
        ("submit", REVIEW, "kim", ""),
        ("return", DRAFT, "lee", "오타"),
    ]
    assert [row.what for row in store.audit.entries(about="e001")] == [
        "entry.return",
        "entry.submit",
        "entry.write",
    ]
    assert store.audit.verify() == []


def test_publication_closes_all_or_none(store: Store) -> None:
    first, second = propose(store, 1), propose(store, 2)
    with pytest.raises(Conflict):
        store.proposals.published([(first.number, 1), (second.number, 7)], 3, step="publish", by="han")
    assert store.proposals.counts()[DRAFT] == 2
    store.proposals.published([(first.number, 1), (second.number, 1)], 3, step="publish", by="han")
    assert store.proposals.counts()[ProposalState.PUBLISHED] == 2
    assert store.proposals.get(first.number).version == 3
    assert store.proposals.opened() == {}


def test_many_are_opened_together_or_not_at_all(store: Store) -> None:
    propose(store, 2)
    several = [wording(number) for number in (1, 2, 3)]
    with pytest.raises(Conflict):
        store.proposals.add_all(several, state=REVIEW, step="submit", by="kim")
    assert set(store.proposals.opened()) == {"e002"}
    assert (
        store.proposals.add_all([wording(n) for n in range(10, 700)], state=REVIEW, step="submit", by="kim")
        == 690
    )
    asked = [f"e{number:03}" for number in range(700)]
    assert len(store.proposals.opened(asked)) == 691
    assert len(store.proposals.list([REVIEW], limit=1000)) == 690


@pytest.mark.parametrize("number", [0, -1, 5, 2**40])
def test_a_proposal_that_never_was_is_unknown(store: Store, number: int) -> None:
    with pytest.raises(Unknown):
        store.proposals.get(number)
    with pytest.raises(Unknown):
        store.proposals.move(number if 0 < number < 2**31 else 5, 1, state=REVIEW, step="submit", by="kim")


# --- rounds -------------------------------------------------------------------------------------

DUE = date(2026, 12, 15)
ASKED = {"강남구청": [("e001", "강남구"), ("e002", "강남구")], "서울시": [("e003", None)]}


def open_round(store: Store) -> int:
    return store.rounds.open(
        "4분기", due_on=DUE, closes_on=DUE + timedelta(14), asked=ASKED, by="han", at=NOW
    )


def test_a_round_asks_each_organisation_about_its_entries(store: Store) -> None:
    number = open_round(store)
    one = store.rounds.get(number)
    assert (one.title, one.due_on, one.closes_on, one.opened_by, one.closed_at) == (
        "4분기",
        DUE,
        DUE + timedelta(14),
        "han",
        None,
    )
    requests = store.rounds.requests(number)
    assert [request.organisation for request in requests] == ["강남구청", "서울시"]
    assert [item.entry_id for item in store.rounds.items(request=requests[0].number)] == ["e001", "e002"]
    assert len(store.rounds.items(round=number)) == 3
    assert store.rounds.list() == [one]


def test_a_round_needs_somebody_to_ask_and_a_day_to_close(store: Store) -> None:
    for asked in ({}, {"서울시": []}):
        with pytest.raises(BadInput):
            store.rounds.open("빈 회차", due_on=DUE, closes_on=DUE, asked=asked, by="han")
    with pytest.raises(BadInput):
        store.rounds.open("거꾸로", due_on=DUE, closes_on=date(2026, 12, 1), asked=ASKED, by="han")
    assert store.rounds.list() == []


def test_only_the_newest_token_opens_and_none_is_kept(store: Store) -> None:
    request = store.rounds.requests(open_round(store))[0]
    assert store.rounds.by_token("first-token") is None
    store.rounds.issue(request.number, "first-token", by="han", at=NOW)
    store.rounds.issue(request.number, "second-token", by="han", at=NOW)
    assert store.rounds.by_token("first-token") is None
    found = store.rounds.by_token("second-token")
    assert found is not None
    assert (found.number, found.issued_at) == (request.number, NOW)
    with store.database.reading() as tx:
        kept = str(tx.exec_driver_sql("select * from confirmation_requests").all())
    assert "token" not in kept


def test_the_moment_of_the_first_answer_stays(store: Store) -> None:
    request = store.rounds.requests(open_round(store))[0].number
    late = NOW + timedelta(days=30)
    store.rounds.answer(request, "e001", Answer.CONFIRMED, by="officer", print="p1", at=NOW)
    again = store.rounds.answer(request, "e001", Answer.CONFIRMED, by="officer", print="p1", at=late)
    assert (again.answer, again.print, again.at) == (Answer.CONFIRMED, "p1", NOW)
    proposal = propose(store).number
    better = store.rounds.answer(request, "e001", Answer.CORRECTED, by="officer", proposal=proposal, at=late)
    assert (better.answer, better.proposal, better.at) == (Answer.CORRECTED, proposal, NOW)
    other = store.rounds.answer(request, "e002", Answer.CONFIRMED, by="officer", print="p1", at=NOW)
    assert other.at == NOW
    other = store.rounds.answer(request, "e002", Answer.CONFIRMED, by="officer", print="p2", at=late)
    assert other.at == late, "another text is another confirmation"


def test_a_confirmation_can_be_taken_back_until_it_is_published(store: Store) -> None:
    request = store.rounds.requests(open_round(store))[0].number
    store.rounds.answer(request, "e001", Answer.CONFIRMED, by="officer", print="p1", at=NOW)
    assert store.rounds.clear(request, "e001", by="officer").answer is None
    store.rounds.answer(request, "e001", Answer.CONFIRMED, by="officer", print="p1", at=NOW)
    (waiting,) = store.rounds.unpublished()
    store.rounds.taken_up([waiting], 4)
    assert store.rounds.unpublished() == []
    with pytest.raises(Conflict):
        store.rounds.clear(request, "e001", by="officer")


def test_an_answer_to_what_was_not_asked_is_unknown(store: Store) -> None:
    request = store.rounds.requests(open_round(store))[0].number
    for asked, entry_id in ((request, "e003"), (99, "e001")):
        with pytest.raises(Unknown):
            store.rounds.answer(asked, entry_id, Answer.CONFIRMED, by="officer", print="p")


def test_a_reminder_is_noted_once_a_day_and_marked_when_passed_on(store: Store) -> None:
    number = open_round(store)
    request = store.rounds.requests(number)[0].number
    day = date(2026, 12, 8)
    assert [store.rounds.remind(request, day) for _ in range(3)] == [True, False, False]
    store.rounds.reminded(request, day, by="han", at=NOW)
    (one,) = store.rounds.reminders(number)
    assert (one.request, one.day, one.sent_by, one.sent_at) == (request, day, "han", NOW)
    with pytest.raises(Unknown):
        store.rounds.reminded(request, date(2026, 12, 9), by="han")


def test_a_closed_round_stays_closed_at_its_first_moment(store: Store) -> None:
    number = open_round(store)
    store.rounds.close(number, by="han", at=NOW)
    store.rounds.close(number, by="lee", at=NOW + timedelta(days=1))
    assert store.rounds.get(number).closed_at == NOW
