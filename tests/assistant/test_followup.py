from __future__ import annotations

import pytest

from assistant.followup import commitment, outcome, resolved
from consultation.types import FOLLOW_UPS, Urgency
from tests.assistant.fakes import turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다"


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("없음", ["A: 구청에 방문하시면 됩니다."]),
        ("없음", ["A: 문자로 보내 드릴까요?", "C: 아니요 괜찮아요"]),
        ("신고접수", ["A: 중랑구청 도로조명 담당에 접수하겠습니다."]),
        ("신고접수", ["A: 미리 접수해 둘까요?", "C: 예 접수해 주세요"]),
        ("신고접수", ["A: 119에 바로 신고했습니다."]),
        ("콜백", ["A: 담당 부서에 물어보고 내일 오후까지 연락드리겠습니다."]),
        ("문자발송", ["A: 신청 주소를 문자로 보내 드렸습니다."]),
        ("담당부서 이관", ["A: 양천구청 세무과로 연결해 드리겠습니다."]),
        ("담당부서 이관", ["A: 안부 전화 서비스에 신청했습니다."]),
        ("담당부서 이관", ["A: 오늘 안에 담당자가 전화드리도록 요청하겠습니다."]),
    ],
)
def test_only_what_the_agent_undertook_remains(kind: str, lines: list[str]):
    assert kind in FOLLOW_UPS
    assert commitment(turns(GREETING, *lines), Urgency.NONE).kind == kind


def test_the_offer_names_what_the_act_does_not():
    left = commitment(
        turns(GREETING, "A: 구청 담당 부서 번호를 문자로 보내 드릴까요?", "C: 네", "A: 보내 드렸습니다."),
        Urgency.NONE,
    )
    assert left.kind == "문자발송"
    assert "구청 담당 부서 번호" in left.detail


def test_a_bare_act_is_named_by_its_kind():
    assert commitment(turns(GREETING, "A: 접수되었습니다."), Urgency.NONE).detail == "민원을 접수함"


def test_the_detail_holds_no_personal_data():
    left = commitment(
        turns(GREETING, "A: [이름] 님 [전화번호]로 신청 주소를 문자로 보내 드렸습니다."), Urgency.NONE
    )
    assert "[" not in left.detail


def test_a_promised_call_back_is_no_answer_yet():
    assert not resolved(turns(GREETING, "A: 확인하고 다시 전화드리겠습니다."), "콜백")
    assert resolved(turns(GREETING, "A: 구청에 가시면 됩니다."), "없음")
    assert not resolved(turns(GREETING, "A: 저희는 모릅니다.", "C: 그럼 어쩌라는 거예요"), "없음")


def test_an_ended_call_is_handed_to_those_who_deal_with_abuse():
    left = commitment(turns(GREETING, "A: 욕설이 계속되어 상담을 종료하겠습니다."), Urgency.NONE)
    assert left.kind == "담당부서 이관"


def test_the_outcome_says_what_happened():
    assert outcome("없음", True, Urgency.EMERGENCY).startswith("긴급")
    assert "109" in outcome("담당부서 이관", True, Urgency.SUICIDE_RISK)
    assert outcome("없음", False, Urgency.NONE).startswith("미해결")
    assert outcome("신고접수", True, Urgency.NONE) == "민원 접수"
