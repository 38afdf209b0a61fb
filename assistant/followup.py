"""What remains after the call, whether the citizen was helped, and the 처리결과 that follows.

Read from what the agent committed to ("보내 드렸습니다", "접수하겠습니다"), never from mere offers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import speech, written
from consultation.text import squeeze
from consultation.types import Speaker, Turn, Urgency

NONE, HANDOVER, CALLBACK, MESSAGE, FILED = "없음", "담당부서 이관", "콜백", "문자발송", "신고접수"

_CALLBACK = re.compile(
    r"(?:다시|이따가?|제가|확인(?:하고|해서|한\s?뒤)|꼭|내일|오늘|오전|오후|까지|안에|전까지|(?:월|화|수|목|금)요일\S*)\s.{0,20}(?:전화|연락)\s?(?:를\s?)?(?:드릴게|드리겠|드릴\s?거)"
)
_BY_OTHERS = re.compile(r"(?:에서|담당자가|담당\s?선생님이|센터가|쪽에서)\s.{0,20}(?:전화|연락|방문)")
_MESSAGE = re.compile(
    r"(?:문자|링크|연락처|번호|안내문|채팅|창으로|방법)\S*\s?.{0,20}(?:보내\s?드릴게|보내\s?드리겠|보내\s?드렸|보냈|발송|전송|남겨\s?드)|"
    r"(?:지금\s?)?보내\s?드렸(?:습니다|어요)|전송해\s?드렸|발송해\s?드렸"
)
_MESSAGE_OFFER = re.compile(r"(?:문자|링크|알림톡)\S*\s?.{0,14}(?:보내\s?드릴까|받아\s?보시|받으시겠|드릴까)")
_FILED = re.compile(
    r"접수(?:를\s?)?(?:했|하겠|해\s?드렸|해\s?드리겠|해\s?드릴게|해\s?둘게|해\s?뒀|되었|됐|완료|하도록\s?하겠|\s?완료)|"
    r"(?:11[29]|경찰|소방\S*)\S{0,3}\s?.{0,14}신고(?:했|하였|되었|됐)|신고(?:되었|됐|했)습니다|접수\s?완료|신고(?:해|를)\s?(?:드렸|드리겠|넣)|경찰이\s?(?:지금\s?)?출동|112로?\s?(?:바로\s?)?(?:연결|신고)하?겠"
)
_FILING_OFFER = re.compile(
    r"(?:접수|신고)\S*\s?.{0,8}(?:둘까|해\s?둘까|해\s?드릴까|하시겠|할까요|도와\s?드릴까|되겠습니까)"
)
_HANDOVER = re.compile(
    r"(?:연결|이관|전달|요청|연계|통보)(?:을|를)?\s?(?:해\s?)?(?:하겠|드리겠|드릴게|드렸|했|하도록\s?하겠|할게|됐|되었|됩니다)|"
    r"서비스\S{0,2}\s?.{0,6}신청(?:했|해\s?드렸|해\s?드리겠|해\s?드릴게|하겠)|도움을?\s?(?:청|요청)하(?:려고|겠)|(?:구급|소방|경찰|대원)\S*\s?.{0,10}(?:출발|출동)했|[로으]{1,2}\s?출발했|"
    r"(?:찾아가|연락드리|전화드리|나오|방문하|오)(?:게|도록)\s?(?:해\s?|같이\s?)?(?:드릴|하겠|요청|하도록)|"
    r"(?:주민센터|구청|센터|담당\S*)\S*\s?.{0,12}(?:찾아뵐|연락드릴|방문할)|출동했|출동합니다"
)
_MASKED = re.compile(r"\[[가-힣]+\]\s?(?:님)?(?:으?로|에서|에게|에|을|를|이|가|은|는|께)?[,\s]*")
_CONNECT_OFFER = re.compile(r"(?:연결|이관|전달|요청)(?:해|을)?\s?.{0,4}(?:드릴까|할까|될까)")
_OFFERS = (
    (MESSAGE, _MESSAGE_OFFER),
    (FILED, _FILING_OFFER),
    (HANDOVER, _CONNECT_OFFER),
)
_ACCEPTS = re.compile(r"(?:접수|신고)\S*\s?.{0,4}(?:해\s?(?:주|줘)|부탁)")
TELLING = 8  # letters from which a commitment names what it is about
BARE = 6  # characters below which it names nothing ("접수됨")

_ENDING_FOR_ABUSE = re.compile(r"(?:성희롱|욕설|폭언|협박).{0,40}(?:종료하겠|종료합니다|끊겠)")
_DISSATISFIED = re.compile(r"(?:소용없|말이\s?안\s?통|그럼\s?안\s?되|어쩌라|이해가\s?안|너무하|못\s?해\s?먹)")


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the agent undertook, in the words of a record."""

    kind: str  # one of FOLLOW_UPS
    detail: str = ""
    turns: tuple[int, ...] = ()


def commitment(turns: Sequence[Turn], urgency: Urgency) -> Commitment:
    """The main thing that remains to be done, or was done at the end."""
    agent = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    ended = next((turn.index for turn in agent if _ENDING_FOR_ABUSE.search(turn.text)), None)
    if ended is not None:
        return Commitment(HANDOVER, "악성민원 대응 담당에 통화 기록 전달", (ended,))
    found = _commitments(turns)
    if urgency is Urgency.EMERGENCY and FILED in found and found[FILED].detail == _BARE[FILED]:
        found[FILED] = replace(found[FILED], detail="긴급 신고함")
    if urgency in (Urgency.SUICIDE_RISK, Urgency.WELFARE_CRISIS, Urgency.LONELINESS) and HANDOVER in found:
        kind = HANDOVER
    else:
        kind = next((kind for kind in (CALLBACK, FILED, HANDOVER, MESSAGE) if kind in found), NONE)
    return found.get(kind, Commitment(NONE))


def resolved(turns: Sequence[Turn], kind: str) -> bool:
    """Was the need met or rightly handed over by the end? A promised call back is not an answer yet."""
    agent = [turn.text for turn in turns if turn.speaker is Speaker.AGENT]
    if kind == CALLBACK or any(_ENDING_FOR_ABUSE.search(text) for text in agent):
        return False
    citizen = [turn.text for turn in turns if turn.speaker is Speaker.CITIZEN]
    helped = kind != NONE or bool(agent)
    return helped and not (kind == NONE and any(_DISSATISFIED.search(text) for text in citizen[-2:]))


_OUTCOMES: Mapping[str, str] = {
    NONE: "상담 완료 (안내 후 종결)",
    HANDOVER: "담당부서 이관",
    CALLBACK: "확인 후 다시 전화하기로 함",
    MESSAGE: "안내 문자를 보내고 종결",
    FILED: "민원 접수",
}


def outcome(kind: str, is_resolved: bool, urgency: Urgency) -> str:
    """처리결과 as the agent reads it."""
    if urgency is Urgency.EMERGENCY:
        return "긴급 연계 (119·112)"
    if urgency is Urgency.SUICIDE_RISK:
        return "위기 상담 연계 (109)"
    if kind == NONE and not is_resolved:
        return "미해결 종결 (다시 안내 필요)"
    return _OUTCOMES[kind]


def _commitments(turns: Sequence[Turn]) -> dict[str, Commitment]:
    """Each kind the agent committed to, with the words that say most about it.

    "구청 번호를 문자로 보내 드릴까요?" … "보내 드렸습니다": the offer names what the act does not.
    """
    found: dict[str, Commitment] = {}
    offer = Commitment(NONE)
    for turn in turns:
        if turn.speaker is not Speaker.AGENT:
            if offer.kind == FILED and _ACCEPTS.search(turn.text):
                found.setdefault(FILED, Commitment(FILED, offer.detail, (*offer.turns, turn.index)))
            continue
        for clause in speech.clauses(turn.text):
            if clause.rstrip().endswith(("?", "까요")):
                kind = next((name for name, pattern in _OFFERS if pattern.search(clause)), "")
                offer = Commitment(kind, _detail(clause), (turn.index,)) if kind else offer
            elif kind := _kind(clause, offer.kind):
                act = Commitment(kind, _detail(clause), (turn.index,))
                found[kind] = _fuller(act, offer, found.get(kind))
    return found


def _fuller(act: Commitment, offer: Commitment, earlier: Commitment | None) -> Commitment:
    """The act, in the words of its offer or of an earlier mention where it says too little itself."""
    for other in (offer, earlier):
        if other is None or other.kind != act.kind:
            continue
        richer = speech.weight(other.detail) > 1.5 * speech.weight(act.detail)
        if richer and (other is earlier or speech.weight(act.detail) < TELLING):
            return Commitment(act.kind, other.detail, tuple(sorted({*other.turns, *act.turns})))
    bare = len(squeeze(act.detail)) < BARE
    return replace(act, detail=_BARE.get(act.kind, act.detail)) if bare else act


_BARE = {FILED: "민원을 접수함", MESSAGE: "안내 문자를 보냄"}  # "접수되었습니다" says no more


def _kind(clause: str, offer: str) -> str:
    if _CALLBACK.search(clause) and not _BY_OTHERS.search(clause):
        return CALLBACK
    if _MESSAGE.search(clause):
        return MESSAGE
    if _FILED.search(clause):
        return MESSAGE if offer == MESSAGE and len(clause) < 24 else FILED
    if _HANDOVER.search(clause) or (
        _BY_OTHERS.search(clause) and re.search(r"드릴|드리|할\s?겁|갈\s?거", clause)
    ):
        return HANDOVER
    return ""


def _detail(clause: str) -> str:
    """The commitment as a record notes it, without personal data (the turns are masked)."""
    made = written.sentences(clause, fluent=True)
    text = made[-1].done() if made else clause
    return _CONDITION.sub("", _MASKED.sub("", text)).strip()


# "연락처를 남겨 주시면 …": whom it asked for what is no part of what was undertaken.
_CONDITION = re.compile(
    r"^.{0,20}(?:말씀해|알려|남겨|불러)\s?주면\s+|^(?:어르신|고객님|선생님)[,\s]+|^(?:네|지금|그럼|우선)\s+(?=\S+\s\S+\s)"
)
