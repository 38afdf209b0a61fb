"""Two to five short keywords of a conversation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant import written
from consultation.districts import DISTRICTS
from consultation.types import ConsultationEntry, Speaker, Turn

_MASK = re.compile(r"\[[가-힣]+\]")

MOST = 4
TWICE = 3  # weight that a noun has when both speakers, or the citizen twice, said it

# Words of every call: they name the office, the talk itself or nobody in particular.
_EMPTY_WORDS = (
    "상담 상담사 다산콜 다산콜재단 재단 문의 안내 확인 말씀 전화 번호 문자 생각 정도 경우 때문 지금 오늘 내일 어제 이번 다음 그때 "
    "사람 우리 저희 제가 거기 여기 이거 그거 저거 하나 무엇 어디 어느 얼마 부탁 감사 죄송 필요 가능 방법 내용 신청 이용 관련 도움 "
    "고객 고객님 선생 선생님 어르신 어머님 아버님 시민 서울 서울시 구청 시청 주민 센터 주민센터 동주민센터 홈페이지 걱정 궁금 처음 "
    "다행 아들 남편 엄마 아빠 아저씨 할머니 할아버지 친구 이름 성함 주소 연락 연락처 접수 연결 담당 담당자 정확 자세 시간 날 일 곳 "
    "분 년 월 명 개 번 것 점 수 등 말 집 돈 때 뒤 앞 위 옆 안 밖 데 채팅 이야기 얘기 마음 준비 수고 재 이상 가지 "
    "지난주 지난달 이번주 다음주 주말 평일 열흘 며칠 아침 저녁 새벽 오전 오후 오늘밤 하루 종일 요즘 요새 어젯밤 사실 대신 사람들 아이들 "
    "애들 아저씨 아가씨 아주머니 이웃 동네 옆집 근처 이쪽 저쪽 목소리 솔직 혼자 자리 직접 최근 나중 미리 바로 정말"
)
_EMPTY = frozenset(_EMPTY_WORDS.split()) | frozenset(DISTRICTS)


def topics(turns: Sequence[Turn], question: str, used: Sequence[ConsultationEntry] = ()) -> tuple[str, ...]:
    """Nouns that the question and both speakers share, the most telling first."""
    counts: Counter[str] = Counter()
    for turn in turns[1:]:
        for noun in written.nouns(_MASK.sub(" ", turn.text)):
            if _tells(noun):
                counts[noun] += 2 if turn.speaker is Speaker.CITIZEN else 1
    titles = " ".join(entry.question for entry in used[:1])
    for noun in list(counts):
        if counts[noun] < TWICE and noun not in question:
            del counts[noun]  # said in passing
            continue
        counts[noun] *= 1 + 2 * (noun in question) + (noun in titles)
    ranked = [noun for noun, _ in sorted(counts.items(), key=lambda pair: (-pair[1], -len(pair[0])))]
    kept: list[str] = []
    for noun in ranked:
        if any(noun in other or other in noun for other in kept):
            continue
        kept.append(noun)
        if len(kept) == MOST:
            break
    return tuple(kept)


def _tells(noun: str) -> bool:
    return len(noun) >= 2 and noun not in _EMPTY and not noun[0].isdigit()
