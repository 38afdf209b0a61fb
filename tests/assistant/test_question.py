"""What a citizen asked, as a record says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import urgency
from assistant.metrics import rouge_l
from assistant.question import question
from consultation.types import Speaker, Turn, Urgency
from tests.assistant.fakes import turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다 무엇을 도와드릴까요?"
CALLS = [
    json.loads(line)
    for line in Path(__file__).with_name("held_out_calls.jsonl").read_text(encoding="utf-8").splitlines()
]


def asked(*lines: str, kind: Urgency = Urgency.NONE) -> str:
    return " ".join(one.text for one in question(turns(GREETING, *lines), urgency=kind))


def test_a_report_is_no_question():
    text = asked("C: 아 저기 그 골목에 어떤 차가 딱 막고 있거든요 이거 불법주차 신고 좀 하려고요")
    assert text == "골목에 어떤 차가 막고 있다며 불법주차 신고하려 함."


def test_a_wish_becomes_its_way():
    assert asked("C: 거주자우선주차를 신청하고 싶어서요") == "거주자우선주차를 신청하는 방법을 문의함."


def test_a_request_is_asked_for():
    assert asked("C: 골목에 버려진 오토바이 좀 치워 주세요").endswith("치워 달라고 요청함.")


def test_what_to_do_is_written_out():
    assert asked("C: 부엌에서 가스 냄새가 나는데 어떡해요").endswith("어떻게 해야 하는지 문의함.")


def test_a_second_question_that_was_announced_stands_beside_the_first():
    found = question(
        turns(
            GREETING,
            "C: 여권을 잃어버렸는데 어디서 다시 만드나요",
            "A: 구청에서 하시면 됩니다.",
            "C: 그리고 하나만 더요 소화전 앞에 잠깐 세우는 것도 안 되나요",
        )
    )
    assert len(found) == 2
    assert "소화전" in found[1].text
    assert found[1].turns == (3,)


def test_sympathy_and_advice_of_the_agent_are_no_restatement():
    text = asked(
        "C: 윗집이 밤마다 쿵쿵거려요 올라가서 말해도 돼요?",
        "A: 많이 걱정되시겠습니다. 먼저 관리사무소에 알려 권고해 달라고 요청해 주세요.",
    )
    assert text == "윗집이 밤마다 쿵쿵거린다며 올라가서 말해도 되는지 문의함."


@pytest.mark.parametrize(
    ("kind", "line", "ending"),
    [
        (Urgency.LONELINESS, "C: 하루 종일 말할 사람이 없어요", "외로움을 이야기함."),
        (Urgency.SUICIDE_RISK, "C: 이제 그만 살고 싶어요", "힘든 마음을 이야기함."),
        (Urgency.EMERGENCY, "C: 어머니가 숨을 못 쉬세요", "도움을 요청함."),
    ],
)
def test_somebody_in_need_is_recorded_in_their_own_words(kind: Urgency, line: str, ending: str):
    assert asked(line, kind=kind).endswith(ending)


def test_a_call_in_which_nobody_spoke_asks_nothing():
    assert question(turns(GREETING)) == ()
    assert question([]) == ()


def test_unseen_calls_are_summarised_well_and_every_danger_in_them_is_heard():
    scores, wrong = [], []
    for row in CALLS:
        heard = [Turn(t["i"], Speaker(t["speaker"]), t["text"], t["start"], t["end"]) for t in row["turns"]]
        danger = urgency.hear(heard)
        kind = danger.urgency if danger else Urgency.NONE
        if kind != row["gold"]["urgency"]:
            wrong.append(row["call_id"])
        text = " ".join(one.text for one in question(heard, urgency=kind))
        scores.append(rouge_l(text, row["gold"]["question_summary"]))
    assert wrong == []
    assert sum(scores) / len(scores) > 0.53
