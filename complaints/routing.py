"""From the place and the kind of a complaint to the department in charge, with the reason.

What is not sure enough goes to the distribution desk, where a person decides; `Learned` keeps what
they decided, as counts, and later complaints of that district and kind follow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from complaints.catalogue import DISTRICT, OTHER, Catalogue, SpecialPlace
from complaints.jurisdiction import Jurisdiction

DESK_UNDER = 0.7  # a route less certain than this is decided by a person
_ENOUGH = 3  # corrections before the router follows them
_AGREEMENT = 0.6  # share of them that must name the same department
_DISPUTED = 0.5  # what is left of the confidence while people disagree
_UNSURE_KIND = 0.6  # confidence of a kind the citizen chose from several, or that is `other`


@dataclass(frozen=True, slots=True)
class Learned:
    """What people decided: department counts by (district, kind)."""

    counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)

    def after(self, district: str, kind: str, department: str) -> Learned:
        """With one more decision."""
        here = dict(self.counts.get((district, kind), {}))
        here[department] = here.get(department, 0) + 1
        return Learned({**self.counts, (district, kind): here})

    @classmethod
    def of(cls, decisions: Iterable[tuple[str, str, str]]) -> Learned:
        """From (district, kind, department), one for each decision."""
        learned = cls()
        for district, kind, department in decisions:
            learned = learned.after(district, kind, department)
        return learned

    def favourite(self, district: str, kind: str) -> tuple[str, int, int] | None:
        """(department, its decisions, all decisions), once there are enough; None before."""
        here = self.counts.get((district, kind), {})
        total = sum(here.values())
        if total < _ENOUGH:
            return None
        department = max(sorted(here), key=lambda d: here[d])
        return department, here[department], total


@dataclass(frozen=True, slots=True)
class Route:
    """Where a complaint goes. `ask`: districts the citizen must choose from first."""

    district: str | None
    organisation: str  # 서초구, 서울특별시; empty when no district is known
    department: str
    confidence: float  # 0 to 1
    reasons: tuple[str, ...]  # Korean, in the order of the decision
    to_desk: bool
    ask: tuple[str, ...] = ()

    @property
    def office(self) -> str:
        """서초구 주차관리과"""
        return f"{self.organisation} {self.department}".strip()


def route(
    kind: str,
    place: str,
    where: Jurisdiction,
    catalogue: Catalogue,
    *,
    learned: Learned | None = None,
    kind_is_sure: bool = True,
) -> Route:
    """The department for a kind of complaint at a place. Raises KeyError for a kind the catalogue lacks."""
    entry = catalogue[kind]
    reasons = [where.reason]
    confidence = where.certainty
    if kind == OTHER or not kind_is_sure:
        confidence = min(confidence, _UNSURE_KIND)
        reasons.append("민원 종류가 확실하지 않아 담당자 확인이 필요합니다")
    if special := _special(kind, place, catalogue):
        reasons.append(special.reason)
        certain = max(confidence, 0.9) if kind_is_sure else confidence
        return Route(
            where.district,
            special.organisation,
            special.department,
            certain,
            tuple(reasons),
            certain < DESK_UNDER,
            where.candidates,
        )
    district = where.district or ""
    department = entry.department(district)
    organisation = district if entry.organisation == DISTRICT else entry.organisation
    decided = (learned or Learned()).favourite(district, kind) if district else None
    if decided and decided[1] / decided[2] >= _AGREEMENT:
        department = decided[0]
        reasons.append(
            f"{district} {entry.name} 민원은 담당자가 {decided[2]}건 중 {decided[1]}건을 {department}(으)로 정했습니다"
        )
    elif decided:
        confidence *= _DISPUTED
        reasons.append(f"{district} {entry.name} 민원의 담당 부서가 최근 {decided[2]}건에서 엇갈렸습니다")
    else:
        reasons.append(f"{organisation or '관할 기관'} {entry.name} 담당: {department}")
    to_desk = confidence < DESK_UNDER
    if to_desk:
        reasons.append("확신이 낮아 배부 담당자가 확인합니다")
    return Route(
        where.district,
        organisation,
        department,
        round(confidence, 2),
        tuple(reasons),
        to_desk,
        where.candidates,
    )


def _special(kind: str, place: str, catalogue: Catalogue) -> SpecialPlace | None:
    return next(
        (
            s
            for s in catalogue.special
            if (not s.kinds or kind in s.kinds) and any(name in place for name in s.names)
        ),
        None,
    )
