"""Every Korean sentence the assistant shows to an agent."""

from __future__ import annotations

from collections.abc import Mapping

from consultation.types import AbuseStep, Urgency

ALERT_TITLES: Mapping[Urgency, str] = {
    Urgency.EMERGENCY: "긴급 상황일 수 있습니다",
    Urgency.SUICIDE_RISK: "자살 위험 신호가 들립니다",
    Urgency.WELFARE_CRISIS: "생계·돌봄 위기일 수 있습니다",
    Urgency.LONELINESS: "외로움을 호소하고 있습니다",
}

ALERT_LINES: Mapping[Urgency, tuple[str, ...]] = {
    Urgency.EMERGENCY: (
        "119 화재·구조·구급 (24시간)",
        "112 경찰 (24시간, 문자 신고 가능)",
        "위치와 다친 사람이 있는지 먼저 확인해 주세요.",
    ),
    Urgency.SUICIDE_RISK: (
        "109 자살예방 상담전화 (24시간)",
        "119 구조·구급, 112 경찰: 계획이나 수단이 있으면 바로 연결",
        "죽고 싶은 생각이 있는지, 준비한 것이 있는지, 지금 혼자인지 직접 여쭤봐 주세요.",
    ),
    Urgency.WELFARE_CRISIS: (
        "129 보건복지상담센터 (긴급복지·위기가구)",
        "120 안심돌봄(③) 또는 관할 동주민센터 복지 담당",
        "오늘 드실 것, 주무실 곳, 돌볼 아이가 있는지 확인해 주세요.",
    ),
    Urgency.LONELINESS: (
        "120 외로움안녕(⑤)",
        "109 자살예방 상담전화: 힘든 생각이 있는지 조심스럽게 여쭤봐 주세요.",
        "서두르지 말고 말씀을 들어 주세요.",
    ),
}

# Lines for particular dangers go before the general ones: the right number first.
VIOLENCE_LINES = ("112 경찰 (24시간, 문자 신고 가능)", "1366 여성긴급전화 (24시간)")
CHILD_LINES = ("112 경찰·아동학대 신고 (24시간)", "1388 청소년상담전화 (24시간)")
ELDER_ABUSE_LINES = ("112 경찰 (24시간)", "1577-1389 노인보호전문기관 (24시간)")
MISSING_LINES = ("112 경찰 (실종 신고, 24시간)", "182 경찰청 실종아동찾기센터")

STEP_TEXTS: Mapping[AbuseStep, str] = {
    AbuseStep.NONE: "",
    AbuseStep.NOTE: "기록만 남깁니다. 지금은 조치하지 않아도 됩니다.",
    AbuseStep.WARN: "1차 경고를 안내할 수 있습니다.",
    AbuseStep.WARN_AGAIN: "2차 경고를 안내할 수 있습니다.",
    AbuseStep.MAY_END: "상담을 종료할 수 있습니다. 종료 여부는 상담사가 정합니다.",
}

SEARCH_DOWN = "답변 추천을 잠시 쓸 수 없습니다. 통화는 계속되며, 손으로 검색하거나 담당부서에 확인해 주세요."
SEARCH_ABSENT = "게시된 상담 지식이 없어 답변 추천이 나오지 않습니다. 통화는 계속됩니다."
SEARCH_BACK = "답변 추천이 다시 동작합니다."
ABUSE_DOWN = "폭언 감지를 잠시 쓸 수 없습니다. 폭언을 들으면 통화 보호 절차를 직접 시작해 주세요."
ABUSE_ABSENT = "폭언 감지가 꺼져 있습니다. 폭언을 들으면 통화 보호 절차를 직접 시작해 주세요."
ABUSE_BACK = "폭언 감지가 다시 동작합니다."

STORE_DOWN = "저장소가 응답하지 않아 이 발화는 임시로 보관했습니다. 저장소가 돌아오면 자동으로 옮겨집니다. 통화는 계속하셔도 됩니다."
ASSISTANT_FAILED = "상담 도우미에 오류가 있어 이 발화는 글만 표시합니다. 통화는 계속됩니다."

SPEECH_ABSENT = (
    "음성 인식을 쓸 수 없어 말이 글로 나오지 않습니다. 통화는 계속되며, 필요한 말은 직접 적어 주세요."
)
SPEECH_DOWN = (
    "음성 인식이 잠시 멈췄습니다. 통화는 계속되며, 그동안 들린 말은 다시 동작하는 대로 이어서 표시됩니다."
)
SPEECH_LATE = "음성 인식이 늦어지고 있습니다. 들린 말은 차례로 표시됩니다."
SPEECH_BACK = "음성 인식이 다시 제때 표시됩니다."
SPEECH_MIXED = (
    "두 사람의 목소리가 한 채널로 들어와 말한 사람을 구분하지 못합니다. 모두 민원인의 말로 표시됩니다."
)
LINE_LOST = "전화 소리 연결이 끊겼습니다. 30초 안에 다시 연결되지 않으면 통화를 마칩니다."
MICROPHONE_LOST = (
    "마이크 연결이 끊겼습니다. 통화 기록은 계속됩니다. 필요하면 다시 ‘마이크로 듣기’를 눌러 주세요."
)
LINE_BACK = "소리가 다시 연결되었습니다."
