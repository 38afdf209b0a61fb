"""What an agent told, as a record says it."""

from __future__ import annotations

import pytest

from assistant.followup import Commitment
from assistant.summarizer import answer
from tests.assistant.fakes import turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다 무엇을 도와드릴까요?"
TOLD = "A: 구청 민원실에서 신분증을 가지고 신청하시면 됩니다."


def told(*lines: str) -> str:
    return " ".join(one.text for one in answer(turns(GREETING, "C: 여권은 어디서 만들어요", *lines)))


@pytest.mark.parametrize(
    "idle",
    [
        "A: 차를 못 빼고 계셔서 많이 난처하시겠습니다.",
        "A: 얼마나 막막하셨을지 걱정이 됩니다.",
        "A: 성함하고 전화번호를 말씀해 주세요.",
        "A: 지금 바로 찾아 드리겠습니다.",
        "A: 오늘도 좋은 하루 보내시길 바랍니다.",
        "A: 여권 재발급을 문의하신 것으로 확인하겠습니다.",
    ],
)
def test_sympathy_waiting_and_courtesy_are_no_guidance(idle: str):
    assert told(idle, TOLD) == "구청 민원실에서 신분증을 가지고 신청하면 된다고 안내함."


def test_an_instruction_is_reported_as_one():
    assert (
        told("A: 가스 밸브를 잠그고 창문을 모두 열어 주세요.")
        == "가스 밸브를 잠그고 창문을 모두 열라고 안내함."
    )


def test_what_the_agent_did_is_an_act():
    assert told("A: 종로구청에 무단 방치 차량으로 접수했습니다.") == "종로구청에 무단 방치 차량으로 접수함."


def test_figures_conditions_and_names_stay_exactly_as_told():
    text = told("A: 18세 미만이면 5년이고 국민건강보험공단 1577-1000에 신청하시면 됩니다.")
    assert text == "18세 미만이면 5년이고 국민건강보험공단 1577-1000에 신청하면 된다고 안내함."


def test_what_was_said_twice_is_told_once():
    assert told(TOLD, "A: 네 신분증을 가지고 구청 민원실에서 신청하시면 됩니다.").count("안내함") == 1


def test_a_call_ended_for_abuse_says_so_without_repeating_it():
    text = told(TOLD, "A: 욕설은 삼가 주시기 바랍니다.", "A: 욕설이 계속되어 상담을 종료하겠습니다.")
    assert text.endswith("폭언에 대해 고지한 뒤 통화를 종료함.")
    assert "욕설" not in text


def test_what_was_undertaken_comes_last():
    made = answer(
        turns(GREETING, "C: 가로등이 나갔어요", TOLD), undertaken=Commitment("콜백", "내일 다시 전화함", (2,))
    )
    assert made[-1].text == "내일 다시 전화함."


def test_an_agent_who_explained_nothing_told_nothing():
    assert told("A: 네 감사합니다.") == ""
