"""Point in polygon: inside, outside, holes, islands, borders, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from complaints.boundaries import Boundaries
from consultation.errors import BadInput

# Two square districts side by side, made up for the test; 강남구 has a hole, 서초구 an island.
LEFT = [[127.00, 37.48], [127.02, 37.48], [127.02, 37.50], [127.00, 37.50], [127.00, 37.48]]
RIGHT = [[127.02, 37.48], [127.04, 37.48], [127.04, 37.50], [127.02, 37.50], [127.02, 37.48]]
HOLE = [[127.028, 37.488], [127.032, 37.488], [127.032, 37.492], [127.028, 37.492], [127.028, 37.488]]
ISLAND = [[127.06, 37.48], [127.07, 37.48], [127.07, 37.49], [127.06, 37.49], [127.06, 37.48]]


def feature(name: str, kind: str, coordinates: Any, key: str = "SIG_KOR_NM") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {key: name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def opened(folder: Path, features: list[dict[str, Any]]) -> Boundaries:
    path = folder / "districts.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return Boundaries.open(path)


@pytest.fixture
def boundaries(tmp_path: Path) -> Boundaries:
    return opened(
        tmp_path,
        [
            feature("서초구", "MultiPolygon", [[LEFT], [ISLAND]]),
            feature("서울특별시 강남구", "Polygon", [RIGHT, HOLE], "name"),
        ],
    )


@pytest.mark.parametrize(
    ("point", "districts"),
    [
        ((127.01, 37.49), ("서초구",)),
        ((127.065, 37.485), ("서초구",)),
        ((127.025, 37.49), ("강남구",)),
        ((127.030, 37.490), ()),
        ((127.05, 37.49), ()),
        ((126.0, 37.0), ()),
    ],
)
def test_a_point_lies_in_its_district_also_with_holes_and_islands(
    boundaries: Boundaries, point: tuple[float, float], districts: tuple[str, ...]
) -> None:
    assert boundaries.districts(point) == districts


def test_a_point_on_the_border_belongs_to_both(boundaries: Boundaries) -> None:
    assert set(boundaries.districts((127.02, 37.49))) == {"서초구", "강남구"}
    assert set(boundaries.districts((127.02001, 37.49))) == {"서초구", "강남구"}


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        ([], "no feature"),
        ([feature("수원시", "Polygon", [LEFT])], "feature 1: no property"),
        ([feature("서초구", "Point", [127.0, 37.5])], "must be Polygon"),
        ([feature("서초구", "Polygon", [[["x", 1]] * 4])], "not a pair of numbers"),
        ([feature("서초구", "Polygon", [LEFT[:2]])], "at least 4 points"),
        ([feature("서초구", "Polygon", [[[200000.0, 450000.0]] * 4])], "degrees"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    tmp_path: Path, features: list[dict[str, Any]], reason: str
) -> None:
    with pytest.raises(BadInput, match=reason):
        opened(tmp_path, features)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"type": "Feature"}'])
def test_a_file_that_is_no_collection_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=r"bad\.geojson"):
        Boundaries.open(path)
