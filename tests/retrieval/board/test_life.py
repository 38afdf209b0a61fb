"""Who may do which step, and where it leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consultation.errors import BadInput, Conflict, NotAllowed
from consultation.store.freshness import Proposal, ProposalState
from consultation.types import ConsultationEntry, EntryState
from retrieval.board.life import RULES, Step, after, possible, standing

DRAFT, REVIEW, APPROVED, PUBLISHED, WITHDRAWN = ProposalState
ENTRY = ConsultationEntry("e1", "질문?", "답변", "행정")
DAY = date(2026, 11, 25)


def proposal(state: ProposalState) -> Proposal:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return Proposal(1, ENTRY, state, 1, None, ("kim",), "board", "까닭", "kim", at, None)


def go(
    step: Step, state: ProposalState, by: str = "lee", reason: str = "까닭", two: bool = True
) -> ProposalState:
    return after(step, state, by=by, authors=("kim",), reason=reason, two_persons=two)


def test_the_way_from_draft_to_published() -> None:
    assert go(Step.SUBMIT, DRAFT, by="kim") is REVIEW
    assert go(Step.APPROVE, REVIEW) is APPROVED
    assert go(Step.PUBLISH, APPROVED) is PUBLISHED


def test_every_step_from_every_state_is_allowed_or_refused_as_the_table_says() -> None:
    for step in Step:
        for state in ProposalState:
            by = "kim" if step is Step.SUBMIT else "lee"
            if state in RULES[step].sources:
                assert go(step, state, by=by) is (RULES[step].target or state)
            else:
                with pytest.raises(Conflict):
                    go(step, state, by=by)


def test_who_wrote_a_text_cannot_approve_it_unless_the_rule_is_off() -> None:
    with pytest.raises(NotAllowed):
        go(Step.APPROVE, REVIEW, by="kim")
    assert go(Step.APPROVE, REVIEW, by="kim", two=False) is APPROVED


def test_only_an_author_asks_for_review() -> None:
    with pytest.raises(NotAllowed):
        go(Step.SUBMIT, DRAFT, by="lee")


@pytest.mark.parametrize("step", [Step.RETURN, Step.WITHDRAW, Step.WRITE])
@pytest.mark.parametrize("reason", ["", " ", "ㄱ", "  \n "])
def test_a_step_that_takes_something_away_says_why(step: Step, reason: str) -> None:
    with pytest.raises(BadInput):
        go(step, REVIEW, reason=reason)


def test_buttons_offer_exactly_what_the_rules_allow() -> None:
    assert possible(proposal(REVIEW), "kim", two_persons=True) == [Step.WRITE, Step.RETURN, Step.WITHDRAW]
    assert possible(proposal(REVIEW), "lee", two_persons=True) == [
        Step.WRITE,
        Step.APPROVE,
        Step.RETURN,
        Step.WITHDRAW,
    ]
    assert Step.APPROVE in possible(proposal(REVIEW), "kim", two_persons=False)
    assert possible(proposal(APPROVED), "kim", two_persons=True) == [Step.RETURN]
    assert possible(proposal(WITHDRAWN), "kim", two_persons=True) == []


def test_an_entry_stands_where_its_open_proposal_does_and_ends_with_its_last_day() -> None:
    assert standing(ENTRY, proposal(REVIEW), DAY) is EntryState.REVIEW
    assert standing(ENTRY, proposal(PUBLISHED), DAY) is EntryState.PUBLISHED
    assert standing(replace(ENTRY, valid_until=DAY), None, DAY) is EntryState.PUBLISHED
    assert standing(replace(ENTRY, valid_until=date(2026, 11, 24)), None, DAY) is EntryState.EXPIRED
    assert standing(replace(ENTRY, state=EntryState.EXPIRED), None, DAY) is EntryState.EXPIRED
    with pytest.raises(Conflict):
        standing(None, None, DAY)
