"""Rounds, personal links, and what officers do on their page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.freshness import ProposalState
from consultation.store.rounds import Answer, Request
from retrieval.board.board import TextConflict
from retrieval.board.wording import print_of
from tests.retrieval.board.conftest import Office

DUE = date(2026, 12, 15)


@pytest.fixture
def request_(office: Office) -> Request:
    """What 강남구청 is asked: 여권-2 and 폐기물-1."""
    number = office.desk.open("2026년 4분기", DUE, by="han")
    return next(one for one in office.store.rounds.requests(number) if one.organisation == "강남구청")


def seen(office: Office, entry_id: str) -> str:
    return print_of(office.board.entries()[entry_id])


def test_a_link_opens_its_request_until_it_is_replaced_or_the_round_ends(
    office: Office, request_: Request
) -> None:
    first = office.desk.link(request_.number, by="han")
    assert office.desk.by_token(first).number == request_.number
    second = office.desk.link(request_.number, by="han")
    assert first != second
    for bad in (first, "", "x" * 43, "x" * 10_000, "../../etc", "한글" * 20):
        with pytest.raises(Unknown):
            office.desk.by_token(bad)
    office.clock.go(DUE + timedelta(days=14))
    assert office.desk.by_token(second)
    office.clock.go(DUE + timedelta(days=15))
    with pytest.raises(Unknown):
        office.desk.by_token(second)


def test_closing_a_round_ends_its_links_and_its_answers(office: Office, request_: Request) -> None:
    token = office.desk.link(request_.number, by="han")
    office.desk.close(request_.round, by="han")
    with pytest.raises(Unknown):
        office.desk.by_token(token)
    with pytest.raises(Conflict):
        office.desk.confirm(request_, "여권-2", seen(office, "여권-2"), by="officer")
    with pytest.raises(Conflict):
        office.desk.link(request_.number, by="han")


def test_links_are_made_once_for_those_that_have_none(office: Office, request_: Request) -> None:
    made = office.desk.links(request_.round, by="han")
    assert [one.organisation for one, _ in made] == ["강남구청", "서울시"]
    assert len({token for _, token in made}) == 2
    assert office.desk.links(request_.round, by="han") == []


def test_an_officer_confirms_and_takes_it_back(office: Office, request_: Request) -> None:
    office.desk.confirm(request_, "여권-2", seen(office, "여권-2"), by="officer")
    page = office.desk.page(request_, only_open=True, page=1)
    assert (page.coverage.confirmed, page.coverage.asked, page.matching) == (1, 2, 1)
    assert [asked.item.entry_id for asked in page.asked] == ["폐기물-1"]
    office.desk.undo(request_, "여권-2", by="officer")
    assert office.desk.page(request_, only_open=True, page=1).matching == 2


def test_only_the_text_that_is_published_can_be_confirmed(office: Office, request_: Request) -> None:
    old = seen(office, "여권-2")
    moved = replace(office.board.entries()["여권-2"], answer="바뀐 답")
    office.knowledge.publish(office.knowledge.take({"여권-2": moved}, "file", source="시험").version, "file")
    with pytest.raises(TextConflict) as refused:
        office.desk.confirm(request_, "여권-2", old, by="officer")
    assert refused.value.theirs is not None
    assert refused.value.theirs.answer == "바뀐 답"


def test_nobody_answers_for_another_organisation(office: Office, request_: Request) -> None:
    with pytest.raises(Unknown):
        office.desk.confirm(request_, "여권-1", seen(office, "여권-1"), by="officer")
    with pytest.raises(Unknown):
        office.desk.correct(request_, "여권-1", office.edit("여권-1", answer="남의 답"), by="officer")


def test_a_correction_goes_to_review_and_is_confirmed_by_being_written(
    office: Office, request_: Request
) -> None:
    item = office.desk.correct(
        request_, "여권-2", office.edit("여권-2", phone="02-0000-0777"), by="강남구청 담당자"
    )
    assert item.answer is Answer.CORRECTED
    opened = office.store.proposals.open_for("여권-2")
    assert opened is not None
    assert (opened.state, opened.origin, opened.authors) == (
        ProposalState.REVIEW,
        "round",
        ("강남구청 담당자",),
    )
    assert opened.entry.confirmed_on == date(2026, 11, 25)
    office.approve("여권-2", by="han")
    assert office.board.publish("han").proposals == 1
    assert office.board.entries()["여권-2"].phone == "02-0000-0777"


def test_a_correction_that_corrects_nothing_or_too_much_is_refused(office: Office, request_: Request) -> None:
    with pytest.raises(BadInput):
        office.desk.correct(request_, "여권-2", office.edit("여권-2"), by="officer")
    with pytest.raises(BadInput):
        office.desk.correct(request_, "여권-2", office.edit("여권-2", organisation="다른 기관"), by="officer")
    assert office.store.proposals.opened() == {}


def test_an_officer_who_meets_another_text_sees_it_but_no_account_name(
    office: Office, request_: Request
) -> None:
    before = office.edit("여권-2", answer="담당자의 답")
    office.board.write("여권-2", office.edit("여권-2", answer="관리자의 답"), "secret-name")
    with pytest.raises(TextConflict) as refused:
        office.desk.correct(request_, "여권-2", before, by="officer")
    assert refused.value.theirs is not None
    assert refused.value.theirs.answer == "관리자의 답"
    assert "secret-name" not in str(refused.value) + refused.value.by
    again = office.desk.correct(request_, "여권-2", office.edit("여권-2", answer="합친 답"), by="officer")
    assert again.answer is Answer.CORRECTED


def test_reminders_go_to_who_has_something_left_once(office: Office, request_: Request) -> None:
    for entry_id in ("여권-2", "폐기물-1"):
        office.desk.confirm(request_, entry_id, seen(office, entry_id), by="officer")
    assert office.desk.remind() == {"due": 0}
    office.clock.go(DUE - timedelta(days=7))
    assert office.desk.remind() == {"due": 1}
    assert office.desk.remind() == {"due": 0}
    (due,) = office.desk.reminders(request_.round)
    assert due.request.organisation == "서울시"
    assert "1건" in due.text
    assert "12월 15일(7일 남음)" in due.text
    office.store.rounds.reminded(due.request.number, due.day, by="han")
    assert [one.sent_by for one in office.desk.reminders(request_.round)] == ["han"]


def test_late_answers_are_late_in_the_standing(office: Office, request_: Request) -> None:
    office.desk.confirm(request_, "여권-2", seen(office, "여권-2"), by="officer")
    office.clock.go(DUE + timedelta(days=2))
    office.desk.confirm(request_, "폐기물-1", seen(office, "폐기물-1"), by="officer")
    standing = office.desk.standing(request_.round)
    gangnam = standing.by_district["강남구"]
    assert (gangnam.in_time, gangnam.late, gangnam.score, gangnam.share) == (1, 1, 50.0, 100.0)
    assert standing.by_organisation["서울시"].score == 0.0
    assert standing.whole.asked == 3


def test_a_round_over_nothing_or_over_the_past_is_refused(office: Office) -> None:
    with pytest.raises(BadInput):
        office.desk.open("지난 회차", date(2026, 11, 24), by="han")
    with pytest.raises(BadInput):
        office.desk.open("빈 회차", DUE, by="han", organisations=["없는 기관"])
