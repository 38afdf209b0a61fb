"""Taking a complaint: every message moves the state, and the step says what to do next.

Slots are filled from anything said, in any order. One question at a time, a correction at any
moment, a cancellation at any moment, one confirmation, and filed once: a filed or cancelled
intake never moves again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from complaints import answers, filling
from complaints.boundaries import Boundaries
from complaints.catalogue import OTHER, Catalogue, Kind
from complaints.detail import details, joined
from complaints.intake import ASKED_AT_MOST, Intake, Slot, can_be_filed, missing
from complaints.jurisdiction import jurisdiction
from complaints.kinds import KindGuess, KindReader
from complaints.places import Location, bare_answer, find_place, merged
from complaints.spelling import mend
from complaints.vehicles import plate_spans
from consultation.districts import Gazetteer

Act = Literal["ask", "confirm", "file", "cancel", "closed"]

_LONGEST = 2000  # characters of one message that are read
_CHOICE = re.compile(r"^\s*(?:(?P<n>[1-9])\s?(?:번|$|요|이요)|(?P<word>첫|두|세)\s?번째)")
_ORDINAL = {"첫": 1, "두": 2, "세": 3}
_FIRST = re.compile(r"(?P<what>[가-힣 ]{2,12})(?:부터|먼저)")
_ALSO = re.compile(
    r"그리고|추가로|하나 더|한 건 더|또 있|[가-힣]도 (?:같이 |함께 )?(?:신고|접수|심|있|너무|많)"
)
_STRONG = 2.0  # score of a kind that may replace another
_OPTIONAL_LEFT = 2  # optional slots that may stay open when the citizen asks to file


@dataclass(frozen=True, slots=True)
class Step:
    """The state after a message, and what to do: ask `slot`, confirm, file, cancel, or nothing more."""

    intake: Intake
    act: Act
    slot: Slot | None = None
    changed: tuple[str, ...] = ()  # fields of the intake that the message changed


class Interview:
    """The rules of taking complaints over one catalogue and gazetteer. Holds no conversation."""

    def __init__(
        self, catalogue: Catalogue, gazetteer: Gazetteer, boundaries: Boundaries | None = None
    ) -> None:
        self.catalogue = catalogue
        self._gazetteer = gazetteer
        self._boundaries = boundaries
        self._kinds = KindReader(catalogue)

    def kind_of(self, text: str) -> KindGuess:
        """What kind of complaint a text would be, whatever was said before."""
        return self._kinds.read(text)

    def hear(self, intake: Intake, text: str, now: datetime, *, photos: int = 0) -> Step:
        """Take one message of the citizen. `photos`: pictures that came with it."""
        if not intake.is_open:
            return Step(intake, "closed")
        text = mend(text[:_LONGEST])
        if answers.wants_cancel(text):
            return Step(replace(intake, stage="cancelled"), "cancel", changed=("stage",))
        after = self._filled(intake, text, now)
        if photos:
            after = replace(after, photo=True)
        changed = filling.changes(intake, after)
        return self._next(intake, after, text, changed)

    def place(self, intake: Intake, point: tuple[float, float], said: str = "") -> Step:
        """Take a point from a map or a telephone, longitude and latitude, with its address if known."""
        spots = (said,) if said and said not in intake.location.spots else ()
        location = replace(intake.location, point=point, spots=(*intake.location.spots, *spots))
        after = self._located(replace(intake, location=location))
        return self._next(intake, after, "", filling.changes(intake, after))

    def following(self, intake: Intake) -> Intake:
        """The next complaint the citizen announced, at the same place until another is told."""
        first, *rest = intake.queued or ("",)
        begun = Intake(kind=first, queued=tuple(rest), location=intake.location, district=intake.district)
        return replace(begun, district_choices=intake.district_choices)

    def _next(self, before: Intake, after: Intake, text: str, changed: tuple[str, ...]) -> Step:
        kind = self._kind(after)
        left = missing(after, kind)
        if can_be_filed(after) and self._may_file(before, text, changed, left):
            sure = after.kind_is_sure or (before.stage == "confirming" and after.kind != OTHER)
            return Step(replace(after, stage="filed", kind_is_sure=sure), "file", changed=changed)
        if not left:
            return Step(replace(after, stage="confirming"), "confirm", changed=changed)
        if before.stage == "confirming" and can_be_filed(after) and "kind" not in changed:
            return Step(replace(after, stage="confirming"), "confirm", changed=changed)
        slot = left[0]
        return Step(replace(after, asked=(*after.asked, slot), stage="collecting"), "ask", slot, changed)

    def _may_file(self, before: Intake, text: str, changed: tuple[str, ...], left: tuple[Slot, ...]) -> bool:
        if not answers.confirms(text):
            return False
        if before.stage == "confirming":
            # A correction together with a yes is shown once more, unless filing is asked for.
            return not changed or answers.asks_to_file(text)
        if not answers.asks_to_file(text):
            return False
        if not left:
            return not answers.corrects(text)
        # "접수해 주세요" and nothing else: the citizen has said what there is to say.
        return not changed and len(left) <= _OPTIONAL_LEFT and "district" not in left

    def _kind(self, intake: Intake) -> Kind | None:
        return self.catalogue.get(intake.kind)

    def _filled(self, intake: Intake, text: str, now: datetime) -> Intake:
        corrects = answers.corrects(text)
        after = self._with_kind(intake, text, corrects=corrects)
        after, spans = self._with_place(after, text, corrects=corrects)
        after, times = filling.with_time(after, text, now, corrects=corrects)
        after = filling.with_vehicle(after, text, self._kind(after), corrects=corrects)
        after = filling.with_answers(after, text)
        found = details(
            text, spans, elsewhere=[*times, *plate_spans(text)], naming=self._kinds.naming(after.kind)
        )
        after = replace(after, detail=joined(after.detail, found))
        if not after.kind and found:
            after = self._with_kind_of_all(intake, after, text)
        after = self._with_some_kind(intake, after)
        return filling.with_left_open(intake, after, text)

    def _with_kind_of_all(self, before: Intake, intake: Intake, text: str) -> Intake:
        """The kind from everything told so far; after the second vain question it is `other`."""
        code = self._kinds.read(" ".join((*before.detail, text))).code
        if code:
            return replace(intake, kind=code, kind_choices=())
        return intake

    def _with_some_kind(self, before: Intake, intake: Intake) -> Intake:
        """Asked in vain often enough: the likeliest kind, or `other`, for a person to decide."""
        if intake.kind or before.last_asked != "kind" or before.asked.count("kind") < ASKED_AT_MOST:
            return intake
        if not (intake.kind_choices or intake.detail):
            return intake
        kind = (*intake.kind_choices, OTHER)[0]
        return replace(intake, kind=kind, kind_is_sure=False, kind_choices=())

    def _with_kind(self, intake: Intake, text: str, *, corrects: bool) -> Intake:
        guess = self._kinds.read(text)
        if intake.kind:
            return self._with_other_kind(intake, guess, corrects=corrects, also=bool(_ALSO.search(text)))
        if intake.last_asked == "kind" and (chosen := self._chosen(intake, text)):
            rest = tuple(c for c in intake.kind_choices if c != chosen and c in intake.queued)
            return replace(intake, kind=chosen, kind_choices=(), queued=rest, kind_is_sure=True)
        if guess.several:
            first = self._first_of(text, guess.choices)
            if first:
                rest = tuple(c for c in guess.choices if c != first)
                return replace(intake, kind=first, queued=rest, kind_choices=())
            return replace(intake, kind_choices=guess.choices, queued=guess.choices)
        if guess.code:
            rest = tuple(c for c in intake.queued if c != guess.code)
            return replace(intake, kind=guess.code, queued=rest, kind_choices=())
        if guess.likely:
            return replace(intake, kind=guess.likely, kind_is_sure=False, kind_choices=())
        if guess.choices:
            return replace(intake, kind_choices=guess.choices)
        return intake

    def _with_other_kind(self, intake: Intake, guess: KindGuess, *, corrects: bool, also: bool) -> Intake:
        code = guess.code
        if code is None or code == intake.kind or guess.score(code) < _STRONG:
            return intake
        refines = self.catalogue[code].refines == intake.kind
        if refines or corrects or intake.kind == OTHER or not intake.kind_is_sure:
            return replace(intake, kind=code, kind_is_sure=True)
        if also and code not in intake.queued:
            return replace(intake, queued=(*intake.queued, code))
        return intake

    def _chosen(self, intake: Intake, text: str) -> str:
        """The kind picked from those that were offered, by number or by name."""
        if m := _CHOICE.match(text):
            at = int(m["n"]) if m["n"] else _ORDINAL[m["word"]]
            return intake.kind_choices[at - 1] if at <= len(intake.kind_choices) else ""
        named = [k.code for k in self.catalogue if k.name.replace(" ", "") in text.replace(" ", "")]
        return named[0] if len(named) == 1 else ""

    def _first_of(self, text: str, choices: tuple[str, ...]) -> str:
        """불법주차부터 할게요: which of several comes first."""
        if m := _FIRST.search(text):
            code = self._kinds.read(m["what"]).code
            return code if code in choices else ""
        return ""

    def _with_place(
        self, intake: Intake, text: str, *, corrects: bool
    ) -> tuple[Intake, tuple[tuple[int, int], ...]]:
        asked = intake.last_asked in ("place", "district")
        found = find_place(text, self._gazetteer, asked=asked)
        location = found.location
        if not location and intake.last_asked == "place" and _is_answer(text):
            location = Location(spots=(said,)) if (said := bare_answer(text)) else location
        if not location:
            return replace(intake, outside=found.outside or intake.outside), found.spans
        if intake.last_asked == "district" and location.district and not location.dong and not location.spots:
            location = Location(district=location.district)
        placed = replace(intake, outside="", location=merged(intake.location, location, correcting=corrects))
        return self._located(placed), found.spans

    def _located(self, intake: Intake) -> Intake:
        where = jurisdiction(intake.location, self._gazetteer, self._boundaries)
        return replace(intake, district=where.district or "", district_choices=where.candidates)


def _is_answer(text: str) -> bool:
    """Could this be the place that was asked for, rather than an answer to something else?"""
    return not (
        answers.confirms(text)
        or answers.denies(text)
        or answers.says_unknown(text)
        or answers.telephone(text)
        or re.search(r"[?？]|나요|까요|사진|연락|번호|상담", text)
    )
