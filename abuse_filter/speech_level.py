"""Polite or plain speech: the ending decides, in Korean, and each clause has its own.

Recognised speech has no punctuation, so clauses are told by their endings. A plain ending alone
is no abuse: people talk to themselves (번호를 또 잘못 눌렀네), and elders speak plainly and kindly.
Pure. Endings after 이익섭·채완, 국어문법론강의 (1999): 해라체 and 해체 against 해요체 and 하십시오체.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_POLITE = re.compile(
    r"(?:[가-힣](?:요|여|용|유)|니다|니까|시오|십쇼|세여|셔유|구먼유|[께게]여|습죠|[이하되겠았었르]죠|죠|쥬|예|네예|더|심더|심니더)$"
)
_SURELY_POLITE = re.compile(
    r"(?:[아어여에해세네데까죠고군걸지나가래게예서]요|니다|니까|십시오|죠|쥬|심더|니더)$"
)
# commands, questions and statements thrown at the listener
_COMMAND = re.compile(
    r"(?:[해봐줘놔둬와가라마]라|[아어여]라|해|[아어해봐] ?줘|[아어해] ?봐|바꿔|끊어|내놔|꺼져|[하가오]라고|라니까|라고|달라고|달라니까|하자고|자고|지 ?마|말라고|하라|줘|봐|놔|둬|빼|와|대)$"
)
_QUESTION = re.compile(
    r"(?:[가-힣]냐|냐고|니|[었았였했됐갔왔]어|뭐야|거야|꺼야|는데|[이하]야|건데|인데|라는 ?거야|[을를할]래|래|든|던|지|대|디|나|가|노|여|당가|카노)$"
)
_SECOND_PERSON = re.compile(
    r"(?:^| )(?:너|넌|널|네가|니|니가|니네|너네|느그|너희|너한테|니들|니네들|당신|자네|그쪽|아가씨|언니|야|어이|이봐)(?= |들|가|는|도|를|한테|의|$)"
)


@dataclass(frozen=True, slots=True)
class SpeechLevel:
    """How one text speaks to its listener."""

    polite: int  # words with a polite ending
    ends_polite: bool  # the last clause is polite
    command: bool  # the last clause is a plain command
    plain: bool  # the last clause has a plain ending of another kind
    second_person: bool  # 너, 니, 당신 …: the listener is addressed


def speech_level(text: str) -> SpeechLevel:
    """Judge the endings of a folded text."""
    words = re.sub(r"[^\w ]", " ", text).split()
    # vocatives and interjections may trail: "환불해 진짜", "알았냐 너"
    while len(words) > 1 and words[-1] in _TRAILING:
        words.pop()
    last = " ".join(words[-2:])
    polite = sum(1 for word in words if _SURELY_POLITE.search(word))
    ends_polite = bool(_POLITE.search(last))
    command = not ends_polite and bool(_COMMAND.search(last))
    return SpeechLevel(
        polite=polite,
        ends_polite=ends_polite,
        command=command,
        plain=not ends_polite and not command and bool(_QUESTION.search(last)),
        second_person=bool(_SECOND_PERSON.search(text)),
    )


_TRAILING = frozenset(
    [
        "진짜",
        "정말",
        "너",
        "니",
        "야",
        "당장",
        "빨리",
        "좀",
        "그냥",
        "거기",
        "아주",
        "완전",
        "응",
        "어",
        "에이",
        "참",
        "이",
        "지금",
        "그거",
    ]
)
