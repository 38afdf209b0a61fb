"""The nouns that every package shares. Plain data: no engine, no clock, no database.

Times within a call are seconds from its start; moments are timezone-aware `datetime`s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import overload


class Speaker(StrEnum):
    """Who speaks."""

    CITIZEN = "citizen"
    AGENT = "agent"


class Channel(StrEnum):
    """How the citizen reached us."""

    PHONE = "phone"
    CHAT = "chat"


class Role(StrEnum):
    """What somebody is here for; rights hang on the role (see `server.auth`)."""

    AGENT = "agent"
    LEAD = "lead"
    KNOWLEDGE = "knowledge"
    QUALITY = "quality"
    ABUSE = "abuse"
    ANALYST = "analyst"
    RESEARCHER = "researcher"
    ADMIN = "admin"
    CITIZEN = "citizen"


FIELDS = (
    "행정", "경제", "복지", "환경", "주택도시계획", "문화관광", "교통", "안전", "건강", "여성가족",
)  # fmt: skip
"""The ten 분류 of Seoul's public consultation answers: fields of entries, categories of calls."""

ABUSE_LABELS = ("욕설", "모욕", "성희롱", "협박", "차별", "반말", "억지반복")

FOLLOW_UPS = ("없음", "담당부서 이관", "콜백", "문자발송", "신고접수")

ARS_CODES: Mapping[int, str] = {
    1: "교통·일반행정",
    2: "상하수도",
    3: "안심돌봄",
    4: "규제개선",
    5: "외로움안녕",
    9: "외국어",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word with its time in the call."""

    text: str
    start: float  # seconds
    end: float  # seconds
    confidence: float  # 0..1


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech by one speaker, as recognised or typed."""

    speaker: Speaker
    text: str
    start: float  # seconds from the start of the call
    end: float  # seconds
    is_final: bool = True  # False: the words may still change
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Personal data found in a text; offsets count characters of that text."""

    start: int
    end: int
    kind: str  # 전화번호, 주민등록번호, 이름 …
    text: str = field(repr=False)  # never printed by accident


@dataclass(frozen=True, slots=True)
class Turn:
    """A final utterance as it is kept: numbered, and with personal data masked."""

    index: int  # 0-based place in the conversation
    speaker: Speaker
    text: str  # masked
    start: float  # seconds
    end: float  # seconds


class Stage(StrEnum):
    """Where a conversation stands. The order is fixed; it never goes back."""

    LIVE = "live"
    ENDED = "ended"
    DRAFTED = "drafted"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One consultation, by telephone or chat."""

    conversation_id: str
    channel: Channel
    started_at: datetime
    agent_id: str
    stage: Stage = Stage.LIVE
    ended_at: datetime | None = None
    district: str | None = None  # 자치구 of the citizen or of the place, once known
    is_sample: bool = False  # a rehearsal from the demo desk


class EntryState(StrEnum):
    """Life of an entry: 초안 → 검토 → 승인 → 게시 → 만료."""

    DRAFT = "초안"
    REVIEW = "검토"
    APPROVED = "승인"
    PUBLISHED = "게시"
    EXPIRED = "만료"


@dataclass(frozen=True, slots=True)
class ConsultationEntry:
    """표준상담DB 항목: one approved question and answer."""

    entry_id: str
    question: str
    answer: str
    field: str  # 분야, one of FIELDS
    organisation: str = ""  # 기관
    district: str | None = None  # 자치구; None: the whole city
    variants: tuple[str, ...] = ()  # other ways citizens ask it
    department: str = ""  # 담당부서
    phone: str = ""
    basis: str = ""  # 근거: law, notice or address of the original page
    source: str = ""  # 출처: who published it
    valid_from: date | None = None
    valid_until: date | None = None  # last day on which it holds
    confirmed_on: date | None = None  # 최종확인일
    state: EntryState = EntryState.PUBLISHED
    ars_code: int | None = None  # a key of ARS_CODES
    is_sample: bool = False  # invented or simplified for the demonstration
    version: int = 0  # the knowledge version that brought this wording

    def is_current(self, on: date) -> bool:
        """May this be shown as valid on that day?"""
        return (
            self.state is not EntryState.EXPIRED
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that may answer, and why it was found."""

    entry: ConsultationEntry
    score: float  # 0..1, comparable within one ranking
    matched: tuple[str, ...] = ()  # words of the question that the entry holds
    bridges: tuple[tuple[str, str], ...] = ()  # (citizen's word, official word)


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[Hit]):
    """Hits, best first, and whether the knowledge answers the question at all."""

    hits: tuple[Hit, ...]
    answerable: float  # probability 0..1 that the first hits answer the question
    knowledge_version: int = 0

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | Sequence[Hit]:
        return self.hits[index]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)


class SuggestionAction(StrEnum):
    """What the agent did with a suggestion."""

    SHOWN = "shown"
    ACCEPTED = "accepted"  # 채택
    EDITED = "edited"  # 수정
    DISMISSED = "dismissed"  # 무시
    REPORTED_WRONG = "reported_wrong"  # 오답신고


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Up to three entries shown to the agent after a citizen's turn."""

    suggestion_id: str
    turn: int  # index of the citizen's turn that asked
    question: str  # the question as it was searched, masked
    ranking: Ranking
    delay: float = 0.0  # seconds from the end of the utterance to the suggestion


@dataclass(frozen=True, slots=True)
class AbuseVerdict:
    """What the abuse filter thinks of one text."""

    labels: Mapping[str, float]  # ABUSE_LABELS to 0..1
    abusive: float  # 0..1: severity 1 or more
    severity: int  # 0 nothing to do, 1 note, 2 clear abuse, 3 end the call or legal review
    spans: tuple[tuple[int, int], ...] = ()  # characters to hide


class AbuseStep(StrEnum):
    """What the rules allow after the flags so far. A person decides; nothing happens by itself."""

    NONE = "none"
    NOTE = "note"
    WARN = "warn"
    WARN_AGAIN = "warn_again"
    MAY_END = "may_end"


@dataclass(frozen=True, slots=True)
class AbuseFlag:
    """An abusive citizen turn, for the agent's protection and the dedicated team."""

    turn: int
    labels: tuple[str, ...]
    severity: int  # 0..3
    spans: tuple[tuple[int, int], ...]
    step: AbuseStep


class Urgency(StrEnum):
    """Danger heard in a conversation; the most dangerous wins."""

    NONE = "none"
    LONELINESS = "loneliness"
    WELFARE_CRISIS = "welfare_crisis"
    SUICIDE_RISK = "suicide_risk"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What remains to be done after the call."""

    type: str = "없음"  # one of FOLLOW_UPS
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """A drafted sentence and the turns it rests on."""

    text: str
    turns: tuple[int, ...]
    doubts: tuple[str, ...] = ()  # numbers or names that no turn confirms


@dataclass(frozen=True, slots=True)
class WrapUp:
    """상담이력: the consultation record. A draft until an agent confirms it."""

    category: str  # one of FIELDS
    question: tuple[Traced, ...]
    answer: tuple[Traced, ...]
    outcome: str  # 처리결과, as the agent reads it
    follow_up: FollowUp = FollowUp()
    entry_ids: tuple[str, ...] = ()
    resolved: bool = True
    district: str | None = None
    urgency: Urgency = Urgency.NONE
    ars_code: int = 1
    topics: tuple[str, ...] = ()


class QualityItem(StrEnum):
    """Items of the quality sheet."""

    GREETING = "첫인사"
    INTRODUCTION = "본인소개"
    EMPATHY = "경청_공감"
    CONFIRMATION = "재확인"
    CORRECTNESS = "정확한_안내"
    MORE_QUESTIONS = "추가문의_확인"
    CLOSING = "끝인사"
    IMPROPER = "부적절_표현"


@dataclass(frozen=True, slots=True)
class Review:
    """Machine pre-score of the agent's part: each item with the turn that proves it."""

    items: Mapping[QualityItem, bool]
    evidence: Mapping[QualityItem, int | None]


class KnowledgeChange(IntEnum):
    """How an entry differs between two knowledge versions."""

    ADDED = 1
    CHANGED = 2
    REMOVED = 3
