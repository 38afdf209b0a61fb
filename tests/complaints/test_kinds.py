"""Which kind of complaint is meant: everyday words, typos, near misses, two at once, too little."""

from __future__ import annotations

import pytest

from complaints.kinds import KindReader
from tests.complaints.kind_samples import ASK, CLEAR, TWO


def test_at_least_97_of_100_everyday_sentences_have_the_right_kind_and_none_a_wrong_one(
    kinds: KindReader,
) -> None:
    got = [(kind, kinds.read(text).code, text) for kind, text in CLEAR]
    assert [g for g in got if g[1] not in (g[0], None)] == []
    assert sum(kind == code for kind, code, _ in got) / len(got) >= 0.97


@pytest.mark.parametrize("text", ASK)
def test_too_little_is_asked_about(kinds: KindReader, text: str) -> None:
    assert kinds.read(text).code is None


@pytest.mark.parametrize(("both", "text"), TWO)
def test_two_matters_in_one_message_are_both_kept(kinds: KindReader, both: set[str], text: str) -> None:
    guess = kinds.read(text)
    assert guess.several
    assert guess.code is None
    assert set(guess.choices) == both


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("가로등 밑에 누가 소파를 버렸어요", "illegal_dumping"),
        ("쓰레기장 앞에서 담배를 피워요", "smoking"),
        ("공사장 앞에 트럭이 길을 막고 서 있어요", "illegal_parking"),
        ("버스정류장 옆 보도블록이 깨졌어요", "sidewalk_damage"),
        ("가로수에 현수막을 묶어놨어요", "illegal_ad"),
        ("신호등 앞 도로에 구멍이 났어요", "road_damage"),
        ("공원에서 담배 피우는 사람이 많아요", "smoking"),
        ("하수구 뚜껑 위에 고양이가 죽어 있어요", "dead_animal"),
    ],
)
def test_a_thing_that_only_says_where_is_not_the_matter(kinds: KindReader, text: str, code: str) -> None:
    assert kinds.read(text).code == code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("공사장 소음이 심해요", "noise"), ("공사장 먼지가 심해요", "construction_dust")),
        (("불법주차 했어요", "illegal_parking"), ("장애인구역에 불법주차 했어요", "disabled_parking")),
        (("담배꽁초를 버려요 담배 피우면서", "smoking"), ("쓰레기를 버려요", "illegal_dumping")),
        (("신호등이 꺼졌어요", "traffic_signal"), ("가로등이 꺼졌어요", "streetlight")),
        (("고양이가 죽었어요", "dead_animal"), ("고양이가 다쳤어요", "stray_animal")),
        (("물이 역류해요 하수구에서", "sewer"), ("수도관에서 물이 새요", "water_leak")),
        (("차도가 꺼졌어요", "road_damage"), ("인도 보도블록이 꺼졌어요", "sidewalk_damage")),
    ],
)
def test_neighbouring_kinds_are_told_apart(
    kinds: KindReader, one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert kinds.read(one[0]).code == one[1]
    assert kinds.read(other[0]).code == other[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("불법주챠 신고", "illegal_parking"),
        ("가로둥 나갔어요", "streetlight"),
        ("포트훌 있어요", "road_damage"),
        ("현수먹 철거해주새요", "illegal_ad"),
        ("쓰래기 치워조요", "illegal_dumping"),
        ("퀵보드 치워라", "kickboard"),
    ],
)
def test_misspelt_words_are_understood(kinds: KindReader, text: str, code: str) -> None:
    assert kinds.read(text).code == code


@pytest.mark.parametrize(
    "text", ["", " ", "?", "ㅋㅋㅋㅋ", "a" * 5000, "<script>alert(1)</script>", "가" * 5000]
)
def test_nonsense_is_no_complaint_and_takes_no_long(kinds: KindReader, text: str) -> None:
    assert kinds.read(text).code is None
