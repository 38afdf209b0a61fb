"""The words of a place, and what a further message changes about them."""

from __future__ import annotations

import pytest

from complaints.places import Location, bare_answer, find_place, merged
from consultation.districts import Gazetteer


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("교대역 10번 출구 골목에 트럭이 서 있어요", "교대역 10번 출구 골목"),
        ("강남구 테헤란로 152 앞 인도요", "강남구 테헤란로 152 앞 인도"),
        ("역삼동 123-45번지 앞", "역삼동 123-45번지 앞"),
        ("구로디지털단지역 3번출구 나와서 GS25 앞", "구로디지털단지역 3번출구 나와서 GS25 앞"),
        ("신림동 난곡사거리 횡단보도", "신림동 난곡사거리 횡단보도"),
        ("월드컵로 12길 30 앞이요", "월드컵로 12길 30 앞"),
        ("연희동 연희파출소 앞이에요", "연희동 연희파출소 앞"),
        ("상암초등학교 정문 앞", "상암초등학교 정문 앞"),
        ("금연구역인 광화문역 7번 출구", "광화문역 7번 출구"),
        ("서울숲 2번 출입구 쪽", "서울숲 2번 출입구 쪽"),
        ("강서구청 사거리에서 우장산역 방향", "강서구청 사거리에서 우장산역 방향"),
        ("위도 37.5665, 경도 126.9780", "좌표 37.56650, 126.97800"),
        ("3번 아니고 4번 출구예요", "4번 출구"),
        ("독립문역 5번 출구 아니고 4번 출구예요", "독립문역 4번 출구"),
    ],
)
def test_a_place_is_kept_as_people_say_it(gazetteer: Gazetteer, text: str, place: str) -> None:
    assert str(find_place(text, gazetteer).location) == place


@pytest.mark.parametrize(
    "text",
    [
        "우리집 앞 골목",
        "바로 앞으로 가는 도로",
        "3층 복도",
        "응 그걸로 접수",
        "종이로 써서 내요",
        "카드로 결제",
        "금연구역이에요",
        "",
    ],
)
def test_words_that_lead_nowhere_are_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert not find_place(text, gazetteer).location


def test_a_bare_spot_counts_where_a_place_was_asked_for(gazetteer: Gazetteer) -> None:
    assert str(find_place("놀이터 앞이요", gazetteer, asked=True).location) == "놀이터 앞"
    assert not find_place("놀이터 앞이요", gazetteer).location


def test_more_of_the_same_place_is_added_and_not_doubled() -> None:
    old = Location(dong="중계동", spots=("은행사거리 학원가",))
    new = Location(spots=("은행사거리 버스정류장 앞",))
    assert merged(old, new, correcting=False).spots == ("은행사거리 버스정류장 앞",)
    assert merged(old, Location(district="노원구"), correcting=False) == Location(
        "노원구", "중계동", old.spots
    )


def test_another_exit_replaces_only_the_exit() -> None:
    old = Location(spots=("암사역 4번 출구 앞",))
    assert merged(old, Location(spots=("3번 출구",)), correcting=True).spots == ("암사역 3번 출구 앞",)


def test_a_named_numbered_dong_is_the_same_dong() -> None:
    old = Location(dong="신림동", spots=("난곡사거리",))
    assert merged(old, Location(dong="신림2동"), correcting=False).spots == ("난곡사거리",)


def test_another_district_voids_the_dong_of_the_first() -> None:
    old = Location(district="강남구", dong="역삼동")
    assert merged(old, Location(district="서초구"), correcting=True) == Location("서초구")


def test_a_region_outside_seoul_is_told(gazetteer: Gazetteer) -> None:
    assert find_place("부산 해운대구 우동 가로등", gazetteer).outside
    assert not find_place("서초구 서초동 가로등", gazetteer).outside


def test_an_answer_keeps_its_words_without_politeness() -> None:
    assert bare_answer("위치는 푸른언덕마을 들머리입니다.") == "푸른언덕마을 들머리"
    assert bare_answer("요") == ""
    assert bare_answer("가" * 200) == ""
