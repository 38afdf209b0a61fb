"""The words that the care pages offer are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import retrieval
from consultation.districts import DISTRICTS
from consultation.types import FIELDS
from retrieval.care.findings import Kind

WEB = Path(retrieval.__file__).parent / "web"


def words(name: str) -> list[str]:
    text = (WEB / "care_words.js").read_text(encoding="utf-8")
    listed = re.search(rf"{name} = \[(.*?)\]", text, re.S)
    assert listed
    return re.findall(r'"([^"]+)"', listed[1])


def test_the_pages_offer_the_fields_and_districts_of_the_program() -> None:
    assert words("FIELDS") == list(FIELDS)
    assert sorted(words("DISTRICTS")) == sorted(DISTRICTS)


def test_every_kind_of_finding_has_a_list_on_the_page() -> None:
    script = (WEB / "care.js").read_text(encoding="utf-8")
    table = script.partition("const KINDS = {")[2].partition("};")[0]
    assert set(re.findall(r"^  (\w+): \[", table, re.M)) == set(Kind)
