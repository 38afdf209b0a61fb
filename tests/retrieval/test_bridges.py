from __future__ import annotations

from pathlib import Path

import pytest

from consultation.errors import BadRows
from consultation.types import FIELDS
from retrieval.bridges import Bridge, Bridges, read_bridges
from retrieval.tokens import KiwiAnalyser


@pytest.fixture(scope="module")
def bridges(analyser: KiwiAnalyser) -> Bridges:
    return Bridges.open(analyser)


def crossed(bridges: Bridges, analyser: KiwiAnalyser, text: str) -> set[tuple[str, str]]:
    return {(c.said, c.meant) for c in bridges.cross(text, analyser.terms(text))}


def test_the_table_serves_all_ten_fields_with_five_hundred_pairs() -> None:
    table = read_bridges()
    assert len(table) >= 500
    assert {bridge.field for bridge in table} >= set(FIELDS)


def test_no_pair_comes_twice_and_none_leads_nowhere() -> None:
    pairs = [(bridge.everyday, bridge.official) for bridge in read_bridges()]
    assert len(pairs) == len(set(pairs))
    assert not [pair for pair in pairs if pair[0].replace(" ", "") == pair[1].replace(" ", "")]


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("민증을 잃어버렸어요", "민증", "주민등록증"),
        ("동사무소는 몇 시까지 해요", "동사무소", "주민센터"),
        ("복비가 너무 비싸요", "복비", "중개수수료"),
        ("길이 파여서 위험해요", "길이 파이다", "포트홀"),
        ("집문서 잃어버렸는데", "집문서", "등기필증"),
    ],
)
def test_a_phrase_is_found_whatever_its_particles(
    bridges: Bridges, analyser: KiwiAnalyser, text: str, said: str, meant: str
) -> None:
    assert (said, meant) in crossed(bridges, analyser, text)


def test_a_bridge_leads_both_ways(bridges: Bridges, analyser: KiwiAnalyser) -> None:
    assert ("주민등록증", "민증") in crossed(bridges, analyser, "주민등록증 재발급")


def test_letters_inside_another_word_are_no_phrase(analyser: KiwiAnalyser) -> None:
    bridges = Bridges([Bridge("전세집", "임차주택", "")], analyser)
    assert crossed(bridges, analyser, "완전세집게") == set()
    assert crossed(bridges, analyser, "전세집에서요") == {("전세집", "임차주택")}


def test_spacing_does_not_matter(analyser: KiwiAnalyser) -> None:
    bridges = Bridges([Bridge("큰 쓰레기", "대형폐기물", "환경")], analyser)
    assert crossed(bridges, analyser, "큰쓰레기 버리려고요") == {("큰 쓰레기", "대형폐기물")}


def test_a_text_without_phrases_crosses_nothing(bridges: Bridges, analyser: KiwiAnalyser) -> None:
    assert crossed(bridges, analyser, "") == set()


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bridges.tsv"
    path.write_text("everyday\tofficial\tfield\n민증\t\t행정\n복비\t중개수수료\t부동산\n", encoding="utf-8")
    with pytest.raises(BadRows) as refused:
        read_bridges(path)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "official"), (3, "field")]
