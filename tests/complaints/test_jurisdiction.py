"""Which district a place belongs to: by names, by point, and when it must be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from complaints.boundaries import Boundaries
from complaints.jurisdiction import BY_ROAD, jurisdiction
from complaints.places import Location, find_place
from consultation.districts import Gazetteer

SQUARE = ((127.00, 37.48), (127.02, 37.48), (127.02, 37.50), (127.00, 37.50))
NEXT = ((127.02, 37.48), (127.04, 37.48), (127.04, 37.50), (127.02, 37.50))
BORDERS = Boundaries({"서초구": (SQUARE,), "강남구": (NEXT,)})


def located(text: str, gazetteer: Gazetteer) -> Location:
    return find_place(text, gazetteer).location


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("관악구 삼성동 주택가", "관악구"),
        ("교대역 10번 출구", "서초구"),
        ("신사동 가로수길", "강남구"),
        ("번동 북부시장 앞", "강북구"),
        ("중구 명동예술극장 앞", "중구"),
    ],
)
def test_names_decide_with_a_reason(gazetteer: Gazetteer, text: str, district: str) -> None:
    where = jurisdiction(located(text, gazetteer), gazetteer)
    assert where.district == district
    assert district in where.reason


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("삼성동 주택가", {"강남구", "관악구"}),
        ("신사동", {"강남구", "은평구", "관악구"}),
        ("강남역 11번 출구", {"강남구", "서초구"}),
        ("강남구 신림동 골목", {"강남구", "관악구"}),
    ],
)
def test_shared_and_contradicting_names_are_asked_about(
    gazetteer: Gazetteer, text: str, candidates: set[str]
) -> None:
    where = jurisdiction(located(text, gazetteer), gazetteer)
    assert where.district is None
    assert set(where.candidates) == candidates


def test_a_name_without_a_district_leaves_it_open(gazetteer: Gazetteer) -> None:
    where = jurisdiction(located("한강공원 주차장", gazetteer), gazetteer)
    assert (where.district, where.candidates) == (None, ())
    assert jurisdiction(Location(), gazetteer).district is None


def test_a_road_named_after_a_district_is_less_certain(gazetteer: Gazetteer) -> None:
    where = jurisdiction(located("도봉로 152 앞", gazetteer), gazetteer)
    assert where.certainty == BY_ROAD
    assert "추정" in where.reason


def test_a_point_decides_where_boundaries_are_given(gazetteer: Gazetteer) -> None:
    here = Location(point=(127.01, 37.49))
    assert jurisdiction(here, gazetteer, BORDERS).district == "서초구"
    assert jurisdiction(here, gazetteer).district is None


def test_a_point_settles_a_shared_name(gazetteer: Gazetteer) -> None:
    here = replace(located("강남역 11번 출구", gazetteer), point=(127.03, 37.49))
    assert jurisdiction(here, gazetteer, BORDERS).district == "강남구"


def test_a_point_that_contradicts_the_words_is_asked_about(gazetteer: Gazetteer) -> None:
    here = replace(located("교대역 10번 출구", gazetteer), point=(127.03, 37.49))
    where = jurisdiction(here, gazetteer, BORDERS)
    assert where.district is None
    assert where.candidates == ("강남구", "서초구")


def test_a_point_on_a_border_is_settled_by_the_words_or_asked_about(gazetteer: Gazetteer) -> None:
    border = (127.02, 37.49)
    assert set(jurisdiction(Location(point=border), gazetteer, BORDERS).candidates) == {"서초구", "강남구"}
    named = replace(located("교대역 10번 출구", gazetteer), point=border)
    assert jurisdiction(named, gazetteer, BORDERS).district == "서초구"


def test_a_point_outside_the_boundaries_is_told(gazetteer: Gazetteer) -> None:
    where = jurisdiction(Location(point=(129.0, 35.1)), gazetteer, BORDERS)
    assert where.district is None
    assert "밖" in where.reason
