from __future__ import annotations

import pytest

from assistant import speech


@pytest.mark.parametrize(
    "clause",
    [
        "여권은 어디서 만드나요",
        "오늘 접수하면 언제 나와요?",
        "그냥 버려도 되나",
        "이거 얼마예요",
        "구청에 가야 되는지",
        "그라믄 지금 가도 되는 거지예",
        "어디서 산당가",
        "where can I go?",
    ],
)
def test_a_question_is_heard_with_or_without_its_mark(clause: str):
    assert speech.asks(clause)


@pytest.mark.parametrize(
    "clause", ["네 알겠습니다", "저는 마포구 살아요", "감사합니다", "그렇게 할게요", "없어요"]
)
def test_a_statement_is_no_question(clause: str):
    assert not speech.asks(clause)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("네 네 어 그", 0),
        ("감사합니다", 0),
        ("수고하세요", 0),
        ("[전화번호]", 0),
        ("공일공 공공공공 일이삼사요", 0),
    ],
)
def test_fillers_courtesies_and_numbers_weigh_nothing(text: str, letters: int):
    assert speech.weight(text) == letters


def test_clauses_end_after_polite_endings_where_nobody_wrote_a_stop():
    assert speech.clauses("집 앞이 어두워요 가로등이 나갔거든요 언제 고치나요") == [
        "집 앞이 어두워요",
        "가로등이 나갔거든요",
        "언제 고치나요",
    ]


@pytest.mark.parametrize("text", ["네", "네 맞아요", "예 예", "응", "그렇지 그렇지", "맞습니다."])
def test_a_bare_yes(text: str):
    assert speech.is_yes(text)


@pytest.mark.parametrize("text", ["네 그런데 언제요", "아니요", "", "네시에 갈게요"])
def test_more_than_a_bare_yes(text: str):
    assert not speech.is_yes(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "😀", "ㅋㅋㅋㅋ", "?" * 50])
def test_nothing_said_weighs_nothing(text: str):
    assert speech.weight(text) == 0
