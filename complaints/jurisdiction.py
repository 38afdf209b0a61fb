"""Which district a place belongs to, with the reason; what several share is asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from complaints.boundaries import Boundaries
from complaints.places import Location
from consultation.districts import Gazetteer, Place

SAID, NAMED, LOCATED, BY_ROAD = 1.0, 0.95, 0.99, 0.6
"""How sure a district is that was said, follows from a name, from a point, from a road's name."""

_AREA_ROAD = re.compile(r"(?:중앙|남부|북부|동부|서부)?(?:대로|로|길)\s?\d|(?:대로|로)(?=\s|$|에|변)")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One district, or the candidates to ask about; neither: nothing in the place tells."""

    district: str | None
    candidates: tuple[str, ...]
    certainty: float  # 0 to 1
    reason: str  # Korean


def jurisdiction(
    location: Location, gazetteer: Gazetteer, boundaries: Boundaries | None = None
) -> Jurisdiction:
    """The district of a place, by its point where there are boundaries, by its names otherwise."""
    by_name = _by_names(location, gazetteer)
    if location.point is None or boundaries is None:
        return by_name
    there = boundaries.districts(location.point)
    if not there:
        return Jurisdiction(None, by_name.candidates, 0.0, "좌표가 서울 자치구 경계 밖입니다")
    if len(there) > 1:
        if by_name.district in there:
            return by_name
        return Jurisdiction(None, there, 0.0, f"좌표가 {'·'.join(there)} 경계에 있습니다")
    if by_name.district is not None and by_name.district != there[0]:
        both = (there[0], by_name.district)
        return Jurisdiction(None, both, 0.0, f"좌표는 {there[0]}, 말씀하신 위치는 {by_name.district}입니다")
    return Jurisdiction(there[0], (), LOCATED, f"좌표가 {there[0]} 경계 안에 있습니다")


def _by_names(location: Location, gazetteer: Gazetteer) -> Jurisdiction:
    parts = [part for part in (location.district, location.dong, *location.spots) if part]
    text = " ".join(parts)
    # Part by part: a short dong (번동) is certain only where it stands alone.
    found = [(p, part) for part in parts for p in gazetteer.places(part) if p.kind not in ("region", "city")]
    places = [p for p, _ in found]
    certain = [p for p in places if len(p.districts) == 1]
    shared = [p for p in places if len(p.districts) != 1]
    said = tuple(dict.fromkeys(p.districts[0] for p in certain if p.kind == "district"))
    if len(said) == 1:
        return _checked(said[0], certain, shared)
    if len(said) > 1:
        return Jurisdiction(None, said, 0.0, f"{'·'.join(said)} 가운데 확인이 필요합니다")
    named = tuple(dict.fromkeys(p.districts[0] for p in certain))
    if len(named) > 1:
        decided = gazetteer.district(text)
        if decided is None:
            return Jurisdiction(None, named, 0.0, f"위치 이름이 {'·'.join(named)}에 걸쳐 있습니다")
        named = (decided,)
    if named:
        first = next(p for p in certain if p.districts[0] == named[0])
        if all(_is_road(p, part) for p, part in found if p in certain):
            reason = f"‘{first.name}’(으)로 시작하는 도로명으로 {named[0]}(으)로 추정했습니다"
            return Jurisdiction(named[0], (), BY_ROAD, reason)
        return Jurisdiction(named[0], (), NAMED, f"‘{first.name}’ 위치: {named[0]}")
    return _shared(shared)


def _checked(said: str, certain: Sequence[Place], shared: Sequence[Place]) -> Jurisdiction:
    """A district that was said, unless a dong or station contradicts it."""
    others = tuple(
        dict.fromkeys(
            p.districts[0] for p in certain if p.districts[0] != said and p.kind in ("dong", "station")
        )
    )
    if others:
        place = next(p for p in certain if p.districts[0] == others[0])
        return Jurisdiction(
            None, (said, *others), 0.0, f"{said}(이)라고 하셨으나 ‘{place.name}’ 위치는 {others[0]}입니다"
        )
    stray = [p for p in shared if p.districts and said not in p.districts and p.kind == "dong"]
    if stray:
        there = stray[0]
        return Jurisdiction(
            None,
            (said, *there.districts),
            0.0,
            f"‘{there.name}’ 위치는 {'·'.join(there.districts)}에 있습니다",
        )
    return Jurisdiction(said, (), SAID, f"말씀하신 자치구: {said}")


def _shared(shared: Sequence[Place]) -> Jurisdiction:
    known = [p for p in shared if p.districts]
    if not known:
        reason = (
            f"‘{shared[0].name}’만으로는 자치구를 알 수 없습니다"
            if shared
            else "자치구를 알 수 있는 이름이 없습니다"
        )
        return Jurisdiction(None, (), 0.0, reason)
    common = [d for d in known[0].districts if all(d in p.districts for p in known)]
    if len(common) == 1 and len(known) > 1:
        names = "·".join(p.name for p in known)
        return Jurisdiction(common[0], (), NAMED, f"‘{names}’ 모두에 해당하는 곳: {common[0]}")
    candidates = tuple(common or dict.fromkeys(d for p in known for d in p.districts))
    return Jurisdiction(None, candidates, 0.0, f"‘{known[0].name}’ 이름은 {'·'.join(candidates)}에 있습니다")


def _is_road(place: Place, text: str) -> bool:
    """도봉로 12: a road named after a district may leave it."""
    return place.kind in ("alias", "area") and bool(_AREA_ROAD.match(text, place.end))
