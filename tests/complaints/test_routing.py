"""Place and kind to the department, and several hundred natural sentences to their district."""

from __future__ import annotations

from datetime import datetime

import pytest

from complaints.catalogue import Catalogue
from complaints.intake import Intake
from complaints.interview import Interview
from complaints.jurisdiction import Jurisdiction
from complaints.routing import DESK_UNDER, Learned, route
from consultation.districts import Gazetteer
from tests.complaints.place_sentences import sentences, shared_sentences

NOW = datetime.fromisoformat("2025-10-16T14:20:00+09:00")
SURE = Jurisdiction("서초구", (), 0.95, "‘교대역’ 위치: 서초구")


def test_at_least_97_of_100_natural_sentences_reach_their_district(
    interview: Interview, gazetteer: Gazetteer
) -> None:
    wrong = [
        (text, district)
        for text, district in sentences(gazetteer, count=500, seed=11)
        if interview.hear(Intake(), text, NOW).intake.district != district
    ]
    assert len(wrong) <= 15, wrong


def test_every_shared_name_is_asked_about(interview: Interview, gazetteer: Gazetteer) -> None:
    asked = list(shared_sentences(gazetteer, seed=11))
    assert len(asked) >= 40
    for text, name in asked:
        intake = interview.hear(Intake(), text, NOW).intake
        assert intake.district == "", (name, text)


def test_the_department_comes_with_its_reasons(catalogue: Catalogue) -> None:
    found = route("illegal_parking", "교대역 10번 출구", SURE, catalogue)
    assert found.office == "서초구 주차관리과"
    assert found.reasons == ("‘교대역’ 위치: 서초구", "서초구 불법주정차 담당: 주차관리과")
    assert not found.to_desk


def test_city_matters_go_to_the_city(catalogue: Catalogue) -> None:
    assert route("taxi", "교대역", SURE, catalogue).office == "서울특별시 택시정책과"
    assert route("water_leak", "교대역", SURE, catalogue).office == "서울특별시 강남수도사업소"
    assert route("road_damage", "올림픽대로 잠실 방향", SURE, catalogue).office == "서울특별시 도로사업소"
    assert route("noise", "올림픽대로 옆 아파트", SURE, catalogue).office == "서초구 환경과"


def test_what_is_not_sure_goes_to_the_desk(catalogue: Catalogue) -> None:
    by_road = Jurisdiction("도봉구", (), 0.6, "추정")
    nowhere = Jurisdiction(None, ("강남구", "관악구"), 0.0, "두 곳")
    assert route("noise", "도봉로 12", by_road, catalogue).to_desk
    assert route("noise", "삼성동", nowhere, catalogue).to_desk
    assert route("noise", "삼성동", nowhere, catalogue).ask == ("강남구", "관악구")
    assert route("other", "교대역", SURE, catalogue).to_desk
    assert route("noise", "교대역", SURE, catalogue, kind_is_sure=False).to_desk
    assert not route("noise", "교대역", SURE, catalogue).to_desk


def test_the_router_follows_what_people_decided_once_they_agree(catalogue: Catalogue) -> None:
    decisions = [("서초구", "noise", "기후환경과")] * 2
    assert route("noise", "교대역", SURE, catalogue, learned=Learned.of(decisions)).department == "환경과"
    learned = Learned.of(decisions).after("서초구", "noise", "기후환경과")
    found = route("noise", "교대역", SURE, catalogue, learned=learned)
    assert found.department == "기후환경과"
    assert "3건 중 3건" in found.reasons[1]
    elsewhere = Jurisdiction("강남구", (), 0.95, "")
    assert route("noise", "역삼역", elsewhere, catalogue, learned=learned).department == "환경과"


def test_while_people_disagree_the_desk_decides(catalogue: Catalogue) -> None:
    learned = Learned.of([("서초구", "noise", d) for d in ("기후환경과", "환경과", "도로과", "환경과")])
    found = route("noise", "교대역", SURE, catalogue, learned=learned)
    assert found.to_desk
    assert found.confidence < DESK_UNDER
    assert any("엇갈" in reason for reason in found.reasons)


def test_learning_changes_no_earlier_state() -> None:
    before = Learned()
    after = before.after("서초구", "noise", "환경과")
    assert before.counts == {}
    assert after.counts == {("서초구", "noise"): {"환경과": 1}}


def test_a_kind_the_catalogue_lacks_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError):
        route("ufo", "교대역", SURE, catalogue)
