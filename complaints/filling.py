"""Slots filled from one message: time, vehicle and route, photo, contact, and what is left open.

Each function takes the state and returns it with what the message says; a message that does not
speak of the slot changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from complaints import answers
from complaints.catalogue import Kind
from complaints.intake import Intake
from complaints.vehicles import UNKNOWN, plates, route, says_plate_unknown
from consultation.when import when


def with_time(
    intake: Intake, text: str, now: datetime, *, corrects: bool
) -> tuple[Intake, list[tuple[int, int]]]:
    """With the time a message tells, and where the words of time stand in it."""
    found = when(text, now)
    if found is None:
        return intake, []
    span = [(found.start, found.end)]
    known = intake.occurred_at
    if found.precision == "now" and known not in ("", "now") and intake.last_asked != "time":
        return intake, span  # 지금 said in passing does not undo the time that was given
    if known == "recurring" and found.precision != "minute" and not corrects and intake.last_asked != "time":
        return intake, span  # what comes again is not undone by the day it was last seen
    if found.precision == "day" and known.startswith(str(found)) and "T" in known:
        return intake, span
    return replace(intake, occurred_at=str(found)), span


def with_vehicle(intake: Intake, text: str, kind: Kind | None, *, corrects: bool) -> Intake:
    """With plates and bus route; a corrected plate replaces, any other adds."""
    needs = kind.needs if kind else ()
    if "route" in needs and (number := route(text, expected=not intake.route_no)):
        intake = replace(intake, route_no=number)
    found = tuple(plates(text, expected=intake.last_asked == "vehicle"))
    if found:
        keep = () if corrects or intake.vehicles == (UNKNOWN,) else intake.vehicles
        return replace(intake, vehicles=tuple(dict.fromkeys((*keep, *found))))
    if intake.vehicles:
        return intake
    unknown = says_plate_unknown(text) or (intake.last_asked == "vehicle" and answers.says_unknown(text))
    return replace(intake, vehicles=(UNKNOWN,)) if unknown and "vehicle" in needs else intake


def with_answers(intake: Intake, text: str) -> Intake:
    """With photo and contact; consent is True only together with a number."""
    photo = answers.photo(text, asked=intake.last_asked == "photo")
    if photo is not None:
        intake = replace(intake, photo=photo)
    said = answers.contact(text, asked=intake.last_asked == "contact")
    if said.wanted is False:
        return replace(intake, contact_consent=False, contact="", wants_contact=False)
    if said.wanted and said.number:
        return replace(intake, contact_consent=True, contact=said.number, wants_contact=False)
    if said.wanted and intake.contact_consent is not True:
        return replace(intake, contact_consent=None, wants_contact=True)
    return intake


def with_left_open(before: Intake, after: Intake, text: str) -> Intake:
    """A question answered with "모르겠어요" is not put again."""
    asked = before.last_asked
    if asked is None or asked in ("kind", "district") or not answers.says_unknown(text):
        return after
    if changes(before, after):
        return after
    return replace(after, left_open=(*after.left_open, asked))


def changes(before: Intake, after: Intake) -> tuple[str, ...]:
    """Names of the fields that differ, without the bookkeeping of questions."""
    fields = (
        "kind", "location", "district", "occurred_at", "vehicles", "route_no", "photo", "contact_consent",
        "contact", "wants_contact", "detail",
    )  # fmt: skip
    return tuple(name for name in fields if getattr(before, name) != getattr(after, name))
