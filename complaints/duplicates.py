"""Reports of one matter joined, and many reports of one place seen as a surge.

Two reports are the same matter when kind and place agree, their times lie close enough for that
kind, and no plate tells them apart. A surge is a count that chance hardly explains: with the usual
number of reports expected in the window, the Poisson probability of at least so many is small.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from complaints.catalogue import Catalogue
from consultation.districts import DISTRICTS
from consultation.text import squeeze

_DISTRICT = re.compile(rf"\s(?:{'|'.join(DISTRICTS)})(?=\s)")
NEAR = 50.0  # metres between two points that are one place
_EARTH = 6_371_000.0  # metres
_LITTLE_WORDS = re.compile(
    r"(?:바로|앞쪽|옆쪽|뒤쪽|뒤편|맞은편|건너편|근처|부근|인근|주변|일대|골목길|골목|앞|옆|뒤|쪽|방면|방향)(?=\s|$)|(?:에서|에|의)(?=\s|$)"
)


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of a filed complaint; no personal data but the plate of the vehicle meant."""

    report_id: str
    kind: str
    district: str
    place: str  # as people said it
    at: datetime  # when it happened, or was told where that is not known
    point: tuple[float, float] | None = None  # WGS84 longitude, latitude
    vehicles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The earlier report that is the same matter, and why, in Korean."""

    report_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Surge:
    """Many reports of one kind in one place. A person decides whether it becomes an alert."""

    kind: str
    district: str
    place: str  # of the latest report; empty when the whole district is meant
    count: int
    expected: float  # usual reports in the same window
    probability: float  # of at least so many by chance
    report_ids: tuple[str, ...]
    reason: str  # Korean


def same_place(a: Report, b: Report) -> bool:
    """One place: points within `NEAR` metres, or the same name in the same district."""
    if a.point and b.point:
        return metres(a.point, b.point) <= NEAR
    if a.district and b.district and a.district != b.district:
        return False
    one, other = place_key(a.place), place_key(b.place)
    return bool(one) and one == other


def duplicate_of(new: Report, earlier: Iterable[Report], catalogue: Catalogue) -> Match | None:
    """The nearest earlier report of the same matter, or None."""
    within = timedelta(hours=catalogue[new.kind].joins_within)
    fits = [
        report
        for report in earlier
        if report.report_id != new.report_id
        and report.kind == new.kind
        and abs(new.at - report.at) <= within
        and not _differ(new.vehicles, report.vehicles)
        and same_place(new, report)
    ]
    if not fits:
        return None
    found = min(fits, key=lambda r: abs(new.at - r.at))
    minutes = round(abs(new.at - found.at).total_seconds() / 60)
    apart = f"{minutes}분" if minutes < 120 else f"{minutes // 60}시간"
    name = catalogue[new.kind].name
    return Match(found.report_id, f"같은 위치({found.place})의 {name} 신고가 {apart} 차이로 이미 있습니다")


def surges(
    reports: Sequence[Report],
    now: datetime,
    catalogue: Catalogue,
    *,
    window: timedelta = timedelta(hours=3),
    usual: Mapping[tuple[str, str], float] | None = None,
    at_least: int = 5,
    chance: float = 0.001,
) -> list[Surge]:
    """Kinds reported far more often than usual, by place and by whole district; the least likely first.

    `usual`: reports an hour by (district, kind), from the past; 0.1 where nothing is known. One
    place has at most a share of its district's reports, so its surge is tested against the same
    number, which errs on the quiet side. A district is named only where no single place of it
    explains the surge.
    """
    recent = [r for r in reports if now - window <= r.at <= now]
    by_kind: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in recent:
        by_kind[report.district, report.kind].append(report)
    hours = window.total_seconds() / 3600
    found: list[Surge] = []
    for (district, kind), group in by_kind.items():
        expected = (usual or {}).get((district, kind), 0.1) * hours
        places = [g for g in _by_place(group) if len(g) >= at_least]
        for here in places:
            found += _surge(here, here[-1].place, kind, district, expected, chance, hours, catalogue)
        rest = [r for r in group if not any(r in g for g in places)]
        if len(rest) >= at_least:
            found += _surge(rest, "", kind, district, expected, chance, hours, catalogue)
    return sorted(found, key=lambda s: s.probability)


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (longitude, latitude) points (haversine)."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def place_key(place: str) -> str:
    """A place without district and little words: 서초구 교대역 10번 출구 앞 -> 교대역10번출구."""
    plain = _DISTRICT.sub(" ", f" {place.strip()} ")
    return squeeze(_LITTLE_WORDS.sub(" ", plain))


def at_least_by_chance(count: int, expected: float) -> float:
    """P(X ≥ count) of a Poisson distribution with this mean."""
    term = total = math.exp(-expected)
    for k in range(1, count):
        term *= expected / k
        total += term
    return max(0.0, 1.0 - total) if count > 0 else 1.0


def _surge(
    group: Sequence[Report],
    place: str,
    kind: str,
    district: str,
    expected: float,
    chance: float,
    hours: float,
    catalogue: Catalogue,
) -> list[Surge]:
    probability = at_least_by_chance(len(group), expected)
    if probability > chance:
        return []
    reason = f"최근 {hours:g}시간 {district} {place or '여러 곳'}의 {catalogue[kind].name} 신고 {len(group)}건, 평소 {expected:.1f}건"
    ids = tuple(r.report_id for r in group)
    return [Surge(kind, district, place, len(group), expected, probability, ids, reason)]


def _by_place(reports: Sequence[Report]) -> list[list[Report]]:
    """Groups of reports of one place, in the order of time."""
    groups: list[list[Report]] = []
    for report in sorted(reports, key=lambda r: r.at):
        group = next((g for g in groups if same_place(g[0], report)), None)
        if group is None:
            groups.append([report])
        else:
            group.append(report)
    return groups


def _differ(a: Sequence[str], b: Sequence[str]) -> bool:
    """Do known plates tell two reports apart?"""
    known_a, known_b = {p for p in a if p != "unknown"}, {p for p in b if p != "unknown"}
    return bool(known_a and known_b) and known_a.isdisjoint(known_b)
