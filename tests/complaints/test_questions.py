"""What the citizen reads: one question, the summary, never the contact number."""

from __future__ import annotations

from typing import get_args

import pytest

from complaints.catalogue import Catalogue
from complaints.intake import Intake, Slot
from complaints.places import Location
from complaints.questions import confirmation, in_charge, moment, question, summary

FULL = Intake(
    kind="illegal_parking",
    location=Location(spots=("교대역 10번 출구 골목",)),
    district="서초구",
    occurred_at="2025-10-16T23:05",
    vehicles=("93구0718",),
    detail=("트럭이 길을 다 막고 있어요",),
    photo=False,
    contact_consent=True,
    contact="01001234470",
)


@pytest.mark.parametrize("slot", get_args(Slot))
def test_every_slot_has_a_polite_question(catalogue: Catalogue, slot: Slot) -> None:
    said = question(Intake(), slot, catalogue)
    assert said.endswith((".", "?", ")"))
    assert "요" in said


def test_the_summary_says_all_that_will_be_filed_and_no_number(catalogue: Catalogue) -> None:
    said = summary(FULL, catalogue["illegal_parking"])
    for word in (
        "불법주정차",
        "서초구 교대역 10번 출구 골목",
        "10월 16일 23시 05분",
        "93구0718",
        "트럭",
        "사진: 없음",
    ):
        assert word in said
    assert "4470" not in said
    assert "4470" not in confirmation(FULL, catalogue["illegal_parking"])


def test_what_is_not_known_is_said_to_be_not_known(catalogue: Catalogue) -> None:
    said = summary(Intake(kind="bus", location=Location(spots=("정릉시장",))), catalogue["bus"])
    assert "노선: 확인 안 됨" in said
    assert "차량번호: 모름" in said
    assert "일시: 확인 안 됨" in said


def test_the_candidates_of_a_shared_name_are_offered(catalogue: Catalogue) -> None:
    intake = Intake(location=Location(dong="삼성동"), district_choices=("강남구", "관악구"))
    assert "강남구 / 관악구" in question(intake, "district", catalogue)


def test_the_kinds_in_question_are_offered(catalogue: Catalogue) -> None:
    intake = Intake(kind_choices=("noise", "construction_dust"))
    assert "소음 / 공사장 비산먼지" in question(intake, "kind", catalogue)


def test_the_detail_is_asked_in_the_words_of_the_kind(catalogue: Catalogue) -> None:
    assert "소리" in question(Intake(kind="noise"), "detail", catalogue)


def test_moments_are_read_by_people() -> None:
    assert [moment(m) for m in ("now", "recurring", "2025-10-16", "")] == [
        "지금",
        "반복해서 발생",
        "10월 16일",
        "확인 안 됨",
    ]


def test_who_is_in_charge_is_told(catalogue: Catalogue) -> None:
    assert in_charge(catalogue["noise"], "서초구") == "서초구 환경과"
    assert in_charge(catalogue["water_leak"], "서초구") == "서울특별시 강남수도사업소"
