from __future__ import annotations

import pytest

from assistant.asking import intended, ordered, question_in
from assistant.summarizer import Said, sentences
from consultation.types import Speaker
from tests.assistant.fakes import turns


def said(text: str) -> Said:
    return sentences(turns(f"C: {text}"), Speaker.CITIZEN)[-1]


@pytest.mark.parametrize(
    ("text", "whether"),
    [
        ("남은 기간 환불이 되나 해서요", "환불이 되는지"),
        ("어디로 신청하는지 알고 싶어서요", "어디로 신청하는지"),
        ("나눠서 내는 방법이 있습니까", "방법이 있는지"),
        ("꼭 구청으로 가야 돼요", "구청으로 가야 되는지"),
        ("늦으면 과태료 나와요?", "과태료 나오는지"),
        ("비가 오면 취소되는지 아세요", "취소되는지"),
    ],
)
def test_a_question_is_heard_however_it_is_put(text: str, whether: str):
    found = question_in(said(text))
    assert found is not None
    assert found.whether().endswith(whether)


@pytest.mark.parametrize(
    "text",
    [
        "어떤 차가 골목을 막고 서 있거든요",
        "하루 종일 텔레비전만 보고 있지",
        "이번에 처음 잃어버린 거예요",
        "창구에 아무도 없으니까요",
        "집주인이 보증금을 안 줘요",
        "아침부터 물이 하나도 안 나와요",
    ],
)
def test_a_statement_that_looks_like_a_question_is_none(text: str):
    one = said(text)
    assert question_in(one) is None
    assert not ordered(one)


def test_requests_and_intentions_are_told_apart():
    assert ordered(said("이 오토바이 좀 치워 주세요"))
    assert intended(said("불법 주차를 신고하려고요"))
    assert not intended(said("이 오토바이 좀 치워 주세요"))
