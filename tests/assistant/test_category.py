from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.category import ars_code, category
from consultation.types import FIELDS, Hit, Ranking, Urgency
from tests.assistant.fakes import entry, turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다"


def test_the_entry_that_answered_the_first_question_decides():
    used = [replace(entry("1"), field="교통"), replace(entry("2"), field="복지")]
    assert category(turns(GREETING, "C: 여권이요"), used) == "교통"


def test_a_field_that_is_none_of_ours_decides_nothing():
    assert category(turns(GREETING, "C: 버스 노선이요"), [replace(entry("1"), field="기타")]) == "교통"


def test_without_an_entry_the_neighbourhood_and_plain_words_vote():
    near = Ranking((Hit(replace(entry("1"), field="환경"), 0.9),), answerable=0.9)
    assert category(turns(GREETING, "C: 이거 어떻게 버려요"), [], near) == "환경"
    assert category(turns(GREETING, "C: 지하철 환승 할인이요"), []) == "교통"


def test_a_danger_weighs_in():
    assert category(turns(GREETING, "C: 도와주세요"), [], None, Urgency.EMERGENCY) == "안전"


def test_a_call_without_words_is_filed_under_the_first_field():
    assert category([], []) == FIELDS[0]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (1, ["C: 버스 노선이 바뀌었나요"]),
        (2, ["C: 아침부터 물이 하나도 안 나와요"]),
        (2, ["C: 밤새 계량기가 얼었어요"]),
        (3, ["C: 어머니 치매가 심해져서 요양 등급을 받으려고요"]),
        (4, ["C: 옥외영업 규제를 완화해 달라고 제안하고 싶어요"]),
        (9, ["C: hello I want to change my address 주소"]),
    ],
)
def test_the_menu_is_what_the_call_is_about(code: int, lines: list[str]):
    assert ars_code(turns(GREETING, *lines), Urgency.NONE) == code


def test_danger_has_its_own_menus():
    talk = turns(GREETING, "C: 네")
    assert ars_code(talk, Urgency.SUICIDE_RISK) == ars_code(talk, Urgency.LONELINESS) == 5
    assert ars_code(talk, Urgency.WELFARE_CRISIS) == 3
    assert ars_code(talk, Urgency.EMERGENCY) == 1
