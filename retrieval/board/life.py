"""Pure: the life of an entry, 초안 → 검토 → 승인 → 게시 → 만료, and who may do which step.

What is published changes only through a proposal that one person wrote and another approved
(the four-eyes principle; it can be switched off where one person keeps the knowledge). Ending an
entry is such a change too; an entry also ends by itself when its last day has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consultation.errors import BadInput, Conflict, NotAllowed
from consultation.store.freshness import OPEN, Proposal, ProposalState
from consultation.types import ConsultationEntry, EntryState
from retrieval.board import messages

D, R, A = OPEN
REASON = 2  # characters of a reason, at least


class Step(StrEnum):
    """What can be done to a proposal."""

    WRITE = "write"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"


class Who(StrEnum):
    """Who may do a step, among those whose role lets them in."""

    ANYBODY = "anybody"
    AUTHOR = "author"  # somebody who wrote on it
    OTHER = "other"  # somebody who did not, while two persons are asked for


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a step starts, where it leads, who may do it, and whether it must say why."""

    sources: tuple[ProposalState, ...]
    target: ProposalState | None  # None: the state stays
    who: Who = Who.ANYBODY
    needs_reason: bool = False


RULES: Mapping[Step, Rule] = {
    Step.WRITE: Rule((D, R), None, needs_reason=True),
    Step.SUBMIT: Rule((D,), R, Who.AUTHOR),
    Step.APPROVE: Rule((R,), A, Who.OTHER),
    Step.RETURN: Rule((R, A), D, needs_reason=True),
    Step.WITHDRAW: Rule((D, R), ProposalState.WITHDRAWN, needs_reason=True),
    Step.PUBLISH: Rule((A,), ProposalState.PUBLISHED),
}


def after(
    step: Step, state: ProposalState, *, by: str, authors: tuple[str, ...], reason: str, two_persons: bool
) -> ProposalState:
    """The state a step leads to.

    Raises `Conflict` when it does not start here, `NotAllowed` when it is another person's to do,
    `BadInput` when it does not say why.
    """
    rule = RULES[step]
    if state not in rule.sources:
        if step is Step.WRITE and state is A:
            raise Conflict(messages.APPROVED_ALREADY)
        raise Conflict(messages.CLOSED if state not in OPEN else messages.wrong_state(step, state))
    if rule.who is Who.OTHER and two_persons and by in authors:
        raise NotAllowed(messages.OWN_APPROVAL)
    if rule.who is Who.AUTHOR and by not in authors:
        raise NotAllowed(messages.ONLY_AUTHOR)
    if rule.needs_reason and len(reason.strip()) < REASON:
        raise BadInput(messages.NO_REASON)
    return rule.target or state


def possible(proposal: Proposal, by: str, *, two_persons: bool) -> list[Step]:
    """The steps somebody may do now, for the buttons of a page; publishing is for all at once."""
    steps: list[Step] = []
    for step, rule in RULES.items():
        stranger = rule.who is Who.AUTHOR and by not in proposal.authors
        writer = rule.who is Who.OTHER and two_persons and by in proposal.authors
        if proposal.state in rule.sources and not stranger and not writer and step is not Step.PUBLISH:
            steps.append(step)
    return steps


def standing(entry: ConsultationEntry | None, proposal: Proposal | None, on: date) -> EntryState:
    """Where an entry stands: its open proposal first, then what is published. Raises `Conflict`
    when there is neither."""
    if proposal is not None and proposal.state in OPEN:
        return EntryState(proposal.state.value)
    if entry is None:
        raise Conflict(messages.NO_ENTRY)
    return EntryState.EXPIRED if has_ended(entry, on) else EntryState.PUBLISHED


def has_ended(entry: ConsultationEntry, on: date) -> bool:
    """Was it ended, or has its last day passed?"""
    return entry.state is EntryState.EXPIRED or (entry.valid_until is not None and entry.valid_until < on)
