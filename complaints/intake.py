"""What is known about a complaint so far: one explicit, frozen state, and what is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from complaints.catalogue import Kind
from complaints.places import Location
from complaints.vehicles import UNKNOWN

Stage = Literal["collecting", "confirming", "filed", "cancelled"]
Slot = Literal["kind", "place", "district", "vehicle", "route", "detail", "time", "photo", "contact"]

ESSENTIAL: tuple[Slot, ...] = ("kind", "place")
"""Without these nothing can be filed."""
ASKED_AT_MOST = 2  # times for one slot; then it is left open


@dataclass(frozen=True, slots=True)
class Intake:
    """A complaint while it is taken. Empty text, empty tuple and None: not known, never guessed."""

    kind: str = ""  # code of the catalogue
    kind_is_sure: bool = True  # False: only hints speak for it, until the citizen confirms
    kind_choices: tuple[str, ...] = ()  # what to offer when the kind is asked
    queued: tuple[str, ...] = ()  # kinds of further complaints the citizen announced
    location: Location = field(default_factory=Location)
    district: str = ""  # certain, never a guess
    district_choices: tuple[str, ...] = ()  # of a name that several share
    outside: str = ""  # a region outside Seoul that was named instead of a place
    occurred_at: str = ""  # now, recurring, 2025-10-16 or 2025-10-16T23:00
    vehicles: tuple[str, ...] = ()  # plates, or ("unknown",)
    route_no: str = ""
    detail: tuple[str, ...] = ()  # the citizen's own words, masked, without place and time
    photo: bool | None = None
    contact_consent: bool | None = None  # True only with a number
    wants_contact: bool = False  # wants to be told, but gave no number yet
    contact: str = field(default="", repr=False)  # personal data: kept apart, shown nowhere
    asked: tuple[Slot, ...] = ()  # every question put so far, in order
    left_open: tuple[Slot, ...] = ()  # the citizen cannot or will not say
    stage: Stage = "collecting"

    @property
    def last_asked(self) -> Slot | None:
        return self.asked[-1] if self.asked and self.stage == "collecting" else None

    @property
    def detail_text(self) -> str:
        return " ".join(self.detail)

    @property
    def is_open(self) -> bool:
        """Is it still being taken?"""
        return self.stage in ("collecting", "confirming")


def missing(intake: Intake, kind: Kind | None) -> tuple[Slot, ...]:
    """Slots still to be asked, the most useful first."""
    needs: list[Slot] = []
    if kind is None:
        needs.append("kind")
    if not intake.location.is_precise:
        needs.append("place")
    if intake.location and not intake.district:
        needs.append("district")
    if kind is not None:
        for need in kind.needs:
            if not _has(intake, need):
                needs.append(need)  # type: ignore[arg-type]  # Catalogue allows no other names
    if not intake.occurred_at:
        needs.append("time")
    if intake.photo is None:
        needs.append("photo")
    if intake.contact_consent is None:
        needs.append("contact")
    return tuple(slot for slot in needs if not _is_closed(intake, slot))


def can_be_filed(intake: Intake) -> bool:
    """Is the least known that an office needs: what, and where (a 동 at least)?"""
    return bool(intake.kind and intake.location)


def _has(intake: Intake, need: str) -> bool:
    if need == "vehicle":
        return bool(intake.vehicles)
    if need == "route":
        return bool(intake.route_no)
    return bool(intake.detail)


def _is_closed(intake: Intake, slot: Slot) -> bool:
    if slot == "kind" or (slot == "place" and not intake.location):
        return False
    return slot in intake.left_open or intake.asked.count(slot) >= ASKED_AT_MOST


def slots(intake: Intake) -> dict[str, object]:
    """The known slots by the names that offices and evaluations use; None where nothing is known."""
    plates: object = None
    if intake.vehicles:
        plates = intake.vehicles[0] if len(intake.vehicles) == 1 else list(intake.vehicles)
    return {
        "complaint_type": intake.kind or None,
        "district": intake.district or None,
        "location": str(intake.location) or None,
        "occurred_at": intake.occurred_at or None,
        "vehicle_no": UNKNOWN if intake.vehicles == (UNKNOWN,) else plates,
        "route_no": intake.route_no or None,
        "detail": intake.detail_text or None,
        "photo": intake.photo,
        "contact_consent": intake.contact_consent,
    }
