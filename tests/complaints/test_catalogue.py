"""The catalogue of complaint kinds: complete, and a wrong one says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from complaints.catalogue import Catalogue
from consultation.errors import BadRows

MINIMAL = """
[classes]
vehicle = ["차", "트럭"]

[noise]
name = "소음"
needs = ["detail"]
departments = ["환경과"]
deadline = "immediate"
joins_within = 12
smartreport = "03"
signs = ["{vehicle} * 시끄"]

[other]
name = "그 밖"
needs = []
departments = ["민원여권과"]
deadline = { days = 7, basis = "구 자체 처리기간" }
joins_within = 24
smartreport = "10"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(BadRows) as caught:
        Catalogue.open(written(folder, text))
    return [(f.row, f.column, f.reason) for f in caught.value.faults]


def test_all_twenty_three_kinds_are_there_with_what_they_need(catalogue: Catalogue) -> None:
    assert len(list(catalogue)) >= 23
    assert catalogue["bus"].needs == ("route", "vehicle")
    assert catalogue["illegal_parking"].needs == ("vehicle",)
    assert all(kind.departments and kind.name and kind.period.amount for kind in catalogue)
    assert catalogue["disabled_parking"].refines == "illegal_parking"


def test_a_district_with_another_department_has_its_own(catalogue: Catalogue) -> None:
    assert catalogue["sewer"].department("강남구") == "치수과"
    assert catalogue["sewer"].department("성동구") == "안전치수과"
    assert catalogue["water_leak"].department("송파구") == "강동수도사업소"
    assert catalogue["water_leak"].department(None) == "수도사업소"


def test_every_district_has_its_waterworks_office(catalogue: Catalogue) -> None:
    in_district = catalogue["water_leak"].in_district
    assert in_district is not None
    assert len(in_district) == 25


def test_an_office_may_bring_its_own_catalogue_and_period(tmp_path: Path) -> None:
    found = Catalogue.open(written(tmp_path, MINIMAL))
    assert (found["other"].period.amount, found["other"].period.unit) == (7, "days")
    assert found["other"].period.basis == "구 자체 처리기간"
    assert found.classes == {"vehicle": ("차", "트럭")}


@pytest.mark.parametrize(
    ("old", "new", "column", "reason"),
    [
        ('needs = ["detail"]', 'needs = ["plate"]', "noise.needs", "'plate' is not one of"),
        ('deadline = "immediate"', 'deadline = "soon"', "noise.deadline", "'soon' is not one of"),
        ('smartreport = "03"', 'smartreport = "21"', "noise.smartreport", "01 to 20"),
        ("joins_within = 12", "joins_within = 0", "noise.joins_within", "1 or more"),
        ("joins_within = 12", "joins_within = true", "noise.joins_within", "whole hours"),
        ('name = "소음"', "", "noise.name", "is missing"),
        ('name = "소음"', 'name = " "', "noise.name", "not empty"),
        ('name = "소음"', 'name = "소음"\ncolour = "red"', "noise.colour", "is no field"),
        ('["환경과"]', "[]", "noise.departments", "at least one"),
        ('["{vehicle} * 시끄"]', '["{ship} * 시끄"]', "noise.signs", "{ship} is no class"),
        ('["{vehicle} * 시끄"]', '["", "쿵"]', "noise.signs", "none of them empty"),
        ('name = "소음"', 'name = "소음"\nrefines = "parking"', "noise.refines", "is no kind"),
        (
            'name = "소음"',
            'name = "소음"\nin_district = { "수원시" = "환경과" }',
            "noise.in_district",
            "no 자치구",
        ),
        ("{ days = 7, ", "{ days = 0, ", "other.deadline", "must be a name"),
    ],
)
def test_a_wrong_catalogue_says_which_field_of_which_kind(
    tmp_path: Path, old: str, new: str, column: str, reason: str
) -> None:
    found = faults(tmp_path, MINIMAL.replace(old, new, 1))
    assert [(c, reason in r) for _, c, r in found] == [(column, True)]
    row = found[0][0]
    assert MINIMAL.splitlines()[row - 1] in ("[noise]", "[other]")


def test_a_catalogue_without_the_kind_for_the_rest_is_refused(tmp_path: Path) -> None:
    text = MINIMAL.split("[other]")[0]
    assert faults(tmp_path, text)[0][1] == "other."


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    assert faults(tmp_path, MINIMAL.replace('needs = ["detail"]', "needs = [detail]"))[0][0] == 7


def test_a_special_place_must_name_kinds_that_exist(tmp_path: Path) -> None:
    special = '[[special]]\nnames = ["올림픽대로"]\norganisation = "시"\ndepartment = "과"\nreason = "이유"\nkinds = ["x"]\n'
    found = faults(tmp_path, special + MINIMAL)
    assert found[0][1:] == ("special.kinds", "'x' is no kind of this file")
