from __future__ import annotations

from pathlib import Path

import pytest

from analytics.quality import RUBRIC, read_rubric, review
from consultation.errors import BadInput
from consultation.types import QualityItem, Speaker, Turn


def turns(*said: str) -> list[Turn]:
    speakers = {"A": Speaker.AGENT, "C": Speaker.CITIZEN}
    return [
        Turn(index, speakers[line[0]], line[3:], float(index), index + 0.5) for index, line in enumerate(said)
    ]


GOOD = (
    "A: 안녕하십니까 다산콜 상담사 [이름]입니다",
    "C: 집 앞 가로등이 꺼져서 밤에 무서워요",
    "A: 많이 불편하셨겠습니다. 가로등 수리를 요청하시는 거 맞으시죠?",
    "C: 네",
    "A: 접수했습니다. 더 궁금하신 점 있으세요?",
    "C: 없어요",
    "A: 네 감사합니다. 좋은 하루 되세요.",
)


def test_each_item_names_the_turn_that_proves_it():
    scored = review(turns(*GOOD))
    assert scored.evidence == {
        QualityItem.GREETING: 0,
        QualityItem.INTRODUCTION: 0,
        QualityItem.EMPATHY: 2,
        QualityItem.CONFIRMATION: 2,
        QualityItem.CORRECTNESS: None,
        QualityItem.MORE_QUESTIONS: 4,
        QualityItem.CLOSING: 6,
        QualityItem.IMPROPER: None,
    }
    assert scored.items[QualityItem.CORRECTNESS]
    assert not scored.items[QualityItem.IMPROPER]


@pytest.mark.parametrize("opening", ["A: 네 다산콜입니다", "A: 여보세요", "A: 네 말씀하세요"])
def test_a_bare_answer_is_no_greeting_and_no_introduction(opening: str):
    scored = review(turns(opening, "C: 네"))
    assert not scored.items[QualityItem.GREETING]
    assert not scored.items[QualityItem.INTRODUCTION]


@pytest.mark.parametrize(
    "opening",
    [
        "A: 안녕하십니까 다산콜재단 상담사 한가온입니다",
        "A: 안녕하세요. 120다산콜 채팅상담사 [이름]입니다.",
        "A: 안녕하십니까 다산콜재단 한가온입니다",
    ],
)
def test_organisation_and_name_make_an_introduction(opening: str):
    assert review(turns(opening)).items[QualityItem.INTRODUCTION]


@pytest.mark.parametrize(
    "said", ["네 알겠습니다", "네 확인해 보겠습니다", "접수하겠습니다", "구청으로 가시면 됩니다"]
)
def test_acknowledging_is_no_empathy(said: str):
    assert not review(turns("A: 안녕하세요", "C: 가로등이 꺼졌어요", f"A: {said}")).items[QualityItem.EMPATHY]


@pytest.mark.parametrize(
    "said",
    ["많이 놀라셨겠어요", "걱정되셨군요", "그 마음 이해합니다", "얼마나 답답하셨어요 정말 힘드시겠어요"],
)
def test_taking_up_the_feeling_is_empathy(said: str):
    assert review(turns("A: 안녕하세요", "C: 가로등이 꺼졌어요", f"A: {said}")).items[QualityItem.EMPATHY]


@pytest.mark.parametrize("said", ["그게 저랑 무슨 상관이에요", "아까 말씀드렸잖아요", "어쩔 수 없죠 뭐"])
def test_scolding_is_improper(said: str):
    scored = review(turns("A: 안녕하세요", "C: 왜 안 되나요", f"A: {said}"))
    assert scored.evidence[QualityItem.IMPROPER] == 2


def test_ending_for_abuse_is_no_closing():
    scored = review(turns("A: 안녕하세요", "C: 야", "A: 욕설이 계속되어 상담을 종료하겠습니다. 감사합니다."))
    assert not scored.items[QualityItem.CLOSING]


def test_a_comparer_may_name_the_turn_that_contradicts():
    scored = review(turns(*GOOD), contradicts=lambda _turns: 4)
    assert not scored.items[QualityItem.CORRECTNESS]
    assert scored.evidence[QualityItem.CORRECTNESS] == 4


@pytest.mark.parametrize("said", [[], ["C: 여보세요"], ["A: "], ["A: " + "가" * 100_000]])
def test_a_call_without_an_agents_words_is_scored_all_the_same(said: list[str]):
    scored = review(turns(*said))
    assert set(scored.items) == set(QualityItem)
    assert not scored.items[QualityItem.GREETING]


def test_the_sheet_is_data(tmp_path: Path):
    sheet = RUBRIC.read_text(encoding="utf-8").replace('"안녕하"', '"어서 오세요"')
    (tmp_path / "rubric.toml").write_text(sheet, encoding="utf-8")
    rubric = read_rubric(tmp_path / "rubric.toml")
    assert review(turns("A: 어서 오세요"), rubric=rubric).items[QualityItem.GREETING]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "items missing"),
        ("[[[", "cannot be read"),
        ("SHEET\n[친절]\n", "cannot be read"),
        ('SHEET\n["친절"]\nany_of = ["x"]\n', "친절"),
        ('WHERE = "somewhere"', "somewhere"),
        ('PATTERN = "("', "not an expression"),
    ],
)
def test_a_bad_sheet_says_what_is_wrong(tmp_path: Path, text: str, says: str):
    sheet = RUBRIC.read_text(encoding="utf-8")
    if text.startswith("SHEET"):
        text = sheet + text.removeprefix("SHEET")
    elif text.startswith("WHERE"):
        text = sheet.replace('where = "first"', 'where = "somewhere"')
    elif text.startswith("PATTERN"):
        text = sheet.replace('"안녕하"', '"("')
    path = tmp_path / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        read_rubric(path)


def test_a_missing_sheet_is_named(tmp_path: Path):
    with pytest.raises(BadInput, match="nowhere"):
        read_rubric(tmp_path / "nowhere.toml")
