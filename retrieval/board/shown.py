"""Pure: what the board's pages are given, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from consultation.districts import DISTRICTS
from consultation.store import EntryWording, KnowledgeVersion
from consultation.store.freshness import Proposal, ProposalStep
from consultation.store.rounds import Item, Request, Round
from consultation.types import ARS_CODES, FIELDS, ConsultationEntry, EntryState
from retrieval.board import messages
from retrieval.board.coverage import DEFINITION, Coverage
from retrieval.board.desk import OfficerPage, Standing
from retrieval.board.life import possible, standing
from retrieval.board.wording import cells_of, print_of
from retrieval.changes import compare

CHOICES: Mapping[str, Sequence[tuple[str, str]]] = {
    "field": [(field, field) for field in FIELDS],
    "district": [("", messages.WHOLE_CITY), *((name, name) for name in sorted(DISTRICTS))],
    "state": [(state.value, state.value) for state in (EntryState.PUBLISHED, EntryState.EXPIRED)],
    "ars_code": [("", "없음"), *((str(code), f"{code} {name}") for code, name in ARS_CODES.items())],
    "is_sample": [("아니오", "아니오"), ("예", "예")],
}
"""What the selects of a form offer: value and label."""


def entry_of(entry: ConsultationEntry) -> dict[str, Any]:
    """An entry as the fields of a form, with its print."""
    return {**cells_of(entry), "print": print_of(entry), "version": entry.version}


def change_of(before: ConsultationEntry | None, after: ConsultationEntry) -> list[dict[str, str]]:
    """Field by field, what the later text says otherwise."""
    earlier = {after.entry_id: before} if before else {}
    return [
        {"field": name, "before": was, "after": now}
        for change in compare(earlier, {after.entry_id: after})
        for name, was, now in change.fields
    ]


def proposal_of(
    proposal: Proposal, published: ConsultationEntry | None, by: str, *, two_persons: bool
) -> dict[str, Any]:
    """A proposal with its difference to what is published, and what this person may do to it."""
    return {
        "number": proposal.number,
        "revision": proposal.revision,
        "entry_id": proposal.entry.entry_id,
        "question": proposal.entry.question,
        "organisation": proposal.entry.organisation,
        "entry": entry_of(proposal.entry),
        "state": proposal.state.value,
        "is_new": proposal.base is None,
        "is_stale": (print_of(published) if published else None)
        not in (proposal.base, print_of(proposal.entry)),
        "authors": list(proposal.authors),
        "origin": proposal.origin,
        "why": proposal.why,
        "changed_by": proposal.changed_by,
        "changed_at": proposal.changed_at.isoformat(),
        "version": proposal.version,
        "fields": change_of(published, proposal.entry),
        "steps": [step.value for step in possible(proposal, by, two_persons=two_persons)],
    }


def row_of(entry: ConsultationEntry | None, proposal: Proposal | None, on: date) -> dict[str, Any]:
    """One line of the list of entries."""
    text = entry or (proposal.entry if proposal else None)
    assert text is not None
    return {
        "entry_id": text.entry_id,
        "question": text.question,
        "organisation": text.organisation,
        "district": text.district,
        "field": text.field,
        "confirmed_on": text.confirmed_on.isoformat() if text.confirmed_on else None,
        "valid_until": text.valid_until.isoformat() if text.valid_until else None,
        "state": standing(entry, proposal, on).value,
    }


def history_of(
    wordings: Sequence[EntryWording],
    versions: Mapping[int, KnowledgeVersion],
    proposals: Sequence[Proposal],
    steps: Sequence[ProposalStep],
) -> list[dict[str, Any]]:
    """The published wordings of an entry, newest first: what changed, who, when, why, who approved."""
    brought = {proposal.version: proposal for proposal in proposals if proposal.version}
    history = []
    before: ConsultationEntry | None = None
    for wording in wordings:
        version = versions.get(wording.first_version)
        proposal = brought.get(wording.first_version)
        fields = change_of(before, wording.entry)
        only_confirmed = before is not None and [field["field"] for field in fields] == ["confirmed_on"]
        history.append(
            {
                "version": wording.first_version,
                "until": wording.until_version,
                "state": version.state.value if version else "",
                "by": version.made_by if version else "",
                "at": version.made_at.isoformat() if version else "",
                "source": version.source if version else "",
                "entry": entry_of(wording.entry),
                "fields": [] if before is None else fields,
                "is_first": before is None,
                "is_confirmation": only_confirmed,
                "why": proposal.why if proposal else "",
                "authors": list(proposal.authors) if proposal else [],
                "approved_by": _approver(proposal, steps),
            }
        )
        before = wording.entry
    return history[::-1]


def _approver(proposal: Proposal | None, steps: Sequence[ProposalStep]) -> str:
    if proposal is None:
        return ""
    mine = [step.by for step in steps if step.proposal == proposal.number and step.step == "approve"]
    return mine[-1] if mine else ""


def step_of(step: ProposalStep) -> dict[str, Any]:
    """One step of a proposal, in words."""
    return {
        "proposal": step.proposal,
        "step": messages.STEPS.get(step.step, step.step),
        "state": step.state.value,
        "by": step.by,
        "at": step.at.isoformat(),
        "reason": step.reason,
    }


def coverage_of(one: Coverage) -> dict[str, Any]:
    """Counts, and both shares in 0..100."""
    return {
        "asked": one.asked,
        "confirmed": one.confirmed,
        "corrected": one.corrected,
        "open": one.open,
        "in_time": one.in_time,
        "late": one.late,
        "mean_days_late": one.mean_days_late,
        "share": one.share,
        "score": one.score,
    }


def round_of(round: Round) -> dict[str, Any]:
    return {
        "number": round.number,
        "title": round.title,
        "due_on": round.due_on.isoformat(),
        "closes_on": round.closes_on.isoformat(),
        "opened_by": round.opened_by,
        "opened_at": round.opened_at.isoformat(),
        "closed_at": round.closed_at.isoformat() if round.closed_at else None,
    }


def standing_of(one: Standing, requests: Sequence[Request] = ()) -> dict[str, Any]:
    """A round with its scores, by organisation and by district."""
    numbers = {request.organisation: request for request in requests}
    return {
        "round": round_of(one.round),
        "is_running": one.is_running,
        "whole": coverage_of(one.whole),
        "organisations": [
            {
                "name": name,
                **coverage_of(covered),
                **({"request": numbers[name].number} if name in numbers else {}),
                "issued_at": issued.isoformat()
                if name in numbers and (issued := numbers[name].issued_at)
                else None,
            }
            for name, covered in one.by_organisation.items()
        ],
        "districts": [{"name": name, **coverage_of(covered)} for name, covered in one.by_district.items()],
        "definition": DEFINITION,
    }


def officer_page_of(page: OfficerPage, size: int) -> dict[str, Any]:
    """What an officer sees. Nobody's account name is in it."""
    return {
        "organisation": page.request.organisation,
        "title": page.round.title,
        "due_on": page.round.due_on.isoformat(),
        "closes_on": page.round.closes_on.isoformat(),
        "coverage": coverage_of(page.coverage),
        "matching": page.matching,
        "size": size,
        "items": [
            {
                **item_of(asked.item),
                "entry": entry_of(asked.entry) if asked.entry else None,
                "ended": asked.entry is not None and asked.entry.state is EntryState.EXPIRED,
                "proposal": {
                    "revision": asked.proposal.revision,
                    "state": asked.proposal.state.value,
                    "entry": entry_of(asked.proposal.entry),
                    "fields": change_of(asked.entry, asked.proposal.entry),
                }
                if asked.proposal
                else None,
            }
            for asked in page.asked
        ],
    }


def item_of(item: Item) -> dict[str, Any]:
    return {
        "entry_id": item.entry_id,
        "district": item.district,
        "answer": item.answer.value if item.answer else None,
        "at": item.at.isoformat() if item.at else None,
        "is_published": item.version is not None,
    }
