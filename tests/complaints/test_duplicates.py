"""Reports of one matter are joined, others are not; a surge is more than chance."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from complaints.catalogue import Catalogue
from complaints.duplicates import Report, at_least_by_chance, duplicate_of, metres, place_key, surges

AT = datetime.fromisoformat("2025-10-16T14:20:00+09:00")


def report(number: int, **other: object) -> Report:
    given: dict[str, object] = {
        "report_id": f"R{number}",
        "kind": "road_damage",
        "district": "서초구",
        "place": "교대역 10번 출구 앞",
        "at": AT,
    }
    return Report(**{**given, **other})  # type: ignore[arg-type]


def test_the_same_place_time_and_kind_is_one_matter(catalogue: Catalogue) -> None:
    new = report(2, place="서초구 교대역 10번출구 근처", at=AT + timedelta(hours=5))
    found = duplicate_of(new, [report(1)], catalogue)
    assert found is not None
    assert found.report_id == "R1"
    assert "교대역" in found.reason
    assert "5시간" in found.reason


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "sewer"},
        {"place": "교대역 9번 출구 앞"},
        {"district": "강남구"},
        {"at": AT - timedelta(hours=80)},
        {"place": ""},
        {"report_id": "R2"},
    ],
)
def test_another_kind_place_or_time_is_another_matter(catalogue: Catalogue, other: dict[str, object]) -> None:
    assert duplicate_of(report(2), [report(1, **other)], catalogue) is None


def test_plates_tell_cars_apart_and_an_unknown_plate_does_not(catalogue: Catalogue) -> None:
    def car(number: int, *plates: str) -> Report:
        return report(number, kind="illegal_parking", vehicles=plates)

    assert duplicate_of(car(2, "12가0345"), [car(1, "34나0678")], catalogue) is None
    assert duplicate_of(car(2, "12가0345"), [car(1, "12가0345", "34나0678")], catalogue)
    assert duplicate_of(car(2, "unknown"), [car(1, "34나0678")], catalogue)


def test_points_decide_where_both_are_known(catalogue: Catalogue) -> None:
    near = report(1, point=(127.01400, 37.49340), place="법원 앞")
    far = report(3, point=(127.01600, 37.49340))
    new = report(2, point=(127.01420, 37.49340))
    found = duplicate_of(new, [near, far], catalogue)
    assert found is not None
    assert found.report_id == "R1"


def test_the_report_nearest_in_time_is_joined(catalogue: Catalogue) -> None:
    earlier = [report(1, at=AT - timedelta(hours=9)), report(3, at=AT - timedelta(hours=1))]
    found = duplicate_of(report(2), earlier, catalogue)
    assert found is not None
    assert found.report_id == "R3"


def test_distances_are_metres() -> None:
    assert metres((126.9780, 37.5665), (126.9780, 37.5665)) == 0
    assert metres((127.0, 37.5), (127.0, 37.501)) == pytest.approx(111.2, abs=0.2)


def test_little_words_do_not_make_another_place() -> None:
    assert place_key("서초구 교대역 10번 출구 바로 앞") == place_key("교대역 10번출구 근처")
    assert place_key("교대역 10번 출구") != place_key("교대역 9번 출구")


def test_the_probability_is_that_of_poisson() -> None:
    assert at_least_by_chance(0, 2.0) == 1.0
    assert at_least_by_chance(1, 2.0) == pytest.approx(0.864665, abs=1e-6)
    assert at_least_by_chance(5, 2.0) == pytest.approx(0.052653, abs=1e-6)


def test_many_reports_of_one_place_are_a_surge_with_its_reason(catalogue: Catalogue) -> None:
    reports = [report(n, kind="water_leak", at=AT - timedelta(minutes=10 * n)) for n in range(8)]
    (found,) = surges(reports, AT, catalogue, usual={("서초구", "water_leak"): 0.2})
    assert (found.count, found.place) == (8, "교대역 10번 출구 앞")
    assert found.expected == pytest.approx(0.6)
    assert "8건" in found.reason
    assert "평소 0.6건" in found.reason


def test_what_is_usual_is_no_surge(catalogue: Catalogue) -> None:
    reports = [report(n, at=AT - timedelta(minutes=10 * n), place=f"{n}번지 앞") for n in range(8)]
    assert surges(reports, AT, catalogue, usual={("서초구", "road_damage"): 3.0}) == []


def test_many_places_of_a_district_are_a_surge_of_the_district(catalogue: Catalogue) -> None:
    reports = [report(n, kind="water_leak", place=f"역삼로 {n}", at=AT) for n in range(9)]
    (found,) = surges(reports, AT, catalogue)
    assert found.place == ""
    assert "여러 곳" in found.reason


def test_old_and_few_reports_are_no_surge(catalogue: Catalogue) -> None:
    old = [report(n, at=AT - timedelta(hours=5)) for n in range(9)]
    assert surges([*old, *(report(20 + n) for n in range(4))], AT, catalogue) == []
    assert surges([], AT, catalogue) == []
