"""Which district a point lies in, by the boundaries an office gives as GeoJSON.

No boundaries ship with the program: `Boundaries.open(path)` reads a FeatureCollection of polygons
in WGS84 degrees whose properties hold the name of the district. Method: even–odd ray casting over
every ring, so holes and islands are right; a point on a border belongs to every district it
touches, and is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.districts import DISTRICTS
from consultation.errors import BadInput

Point = tuple[float, float]  # longitude, latitude
Ring = tuple[Point, ...]

_NAMES = ("SIG_KOR_NM", "sggnm", "SIGUNGU_NM", "name", "name_ko")  # properties that hold the name
_ON_BORDER = 2e-5  # degrees, about 2 m: nearer than a telephone knows where it is


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Rings by district. The rings of one district together decide, even–odd."""

    rings: dict[str, tuple[Ring, ...]]

    @classmethod
    def open(cls, path: Path) -> Boundaries:
        """Read a GeoJSON file. Raises `BadInput` that names the feature and what is wrong with it."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, UnicodeDecodeError) as error:
            raise BadInput(f"{path.name} is no JSON: {error}") from None
        if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
            raise BadInput(f"{path.name}: must be a GeoJSON FeatureCollection")
        rings: dict[str, tuple[Ring, ...]] = {}
        for number, feature in enumerate(data.get("features", []), start=1):
            where = f"{path.name}, feature {number}"
            name = _name(feature, where)
            rings[name] = rings.get(name, ()) + tuple(_rings(feature.get("geometry"), where))
        if not rings:
            raise BadInput(f"{path.name}: no feature is a district of Seoul")
        return cls(rings)

    def districts(self, point: Point) -> tuple[str, ...]:
        """The districts a point lies in: one, none (outside), or several on a border."""
        inside = tuple(name for name, rings in self.rings.items() if _is_inside(point, rings))
        touching = tuple(
            name
            for name, rings in self.rings.items()
            if name not in inside and any(_touches(point, ring) for ring in rings)
        )
        return inside + touching


def _name(feature: Any, where: str) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    for key in _NAMES:
        name = (properties or {}).get(key)
        if isinstance(name, str) and name.split()[-1:] and name.split()[-1] in DISTRICTS:
            return name.split()[-1]
    raise BadInput(f"{where}: no property of {', '.join(_NAMES)} names one of the 25 districts")


def _rings(geometry: Any, where: str) -> Iterator[Ring]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadInput(f"{where}: geometry must be Polygon or MultiPolygon, not {kind}")
    polygons = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            try:
                points = tuple((float(p[0]), float(p[1])) for p in ring)
            except (TypeError, ValueError, IndexError):
                raise BadInput(f"{where}: a coordinate is not a pair of numbers") from None
            if len(points) < 4:
                raise BadInput(f"{where}: a ring needs at least 4 points")
            if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points):
                raise BadInput(f"{where}: coordinates must be longitude and latitude in degrees (WGS84)")
            yield points


def _is_inside(point: Point, rings: Sequence[Ring]) -> bool:
    x, y = point
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def _touches(point: Point, ring: Ring) -> bool:
    return any(
        _distance2(point, a, b) <= _ON_BORDER**2 for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    )


def _distance2(point: Point, a: Point, b: Point) -> float:
    """Squared distance of a point to a segment, in degrees."""
    (x, y), (x1, y1), (x2, y2) = point, a, b
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length))
    return (x - x1 - t * dx) ** 2 + (y - y1 - t * dy) ** 2
