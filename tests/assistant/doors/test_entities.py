"""What goes back to a telephone vendor: words with their times, and never personal data."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assistant.doors.entities import Narrator
from consultation.types import ConsultationEntry, Hit, Ranking, Speaker, Suggestion, Utterance, Word

CITIZEN, AGENT = Speaker.CITIZEN, Speaker.AGENT
BOTH = (CITIZEN, AGENT)


def narrator(*speakers: Speaker | None, shift: float = 0.0) -> Narrator:
    numbers: Iterator[int] = itertools.count(1)
    return Narrator(speakers or BOTH, shift=shift, new_id=lambda: f"id-{next(numbers)}")


def said(text: str, start: float = 1.0, speaker: Speaker = CITIZEN, *, is_final: bool = True) -> Utterance:
    """An utterance with half a second for each word."""
    words = tuple(Word(word, start + i / 2, start + i / 2 + 0.4, 0.9) for i, word in enumerate(text.split()))
    return Utterance(speaker, text, start, words[-1].end, is_final, words)


def told(entity: dict[str, Any] | None) -> dict[str, Any]:
    assert entity is not None
    assert entity["type"] == "transcript"
    data: dict[str, Any] = entity["data"]
    return data


def interpretation(entity: dict[str, Any] | None) -> dict[str, Any]:
    (alternative,) = told(entity)["alternatives"]
    (found,) = alternative["interpretations"]
    return dict(found)


def test_a_final_has_its_words_with_iso_times_and_confidence() -> None:
    entity = narrator().transcript(said("여권을 다시 만들고 싶어요", 1.2, AGENT))
    data = told(entity)
    assert (data["channelId"], data["isFinal"], data["offset"], data["duration"]) == (
        1,
        True,
        "PT1.2S",
        "PT1.9S",
    )
    assert data["alternatives"][0]["confidence"] == 0.9
    assert data["alternatives"][0]["languages"] == ["ko-KR"]
    shown = interpretation(entity)
    assert shown["type"] == "display"
    assert shown["transcript"] == "여권을 다시 만들고 싶어요"
    assert shown["tokens"][1] == {
        "type": "word",
        "value": "다시",
        "confidence": 0.9,
        "offset": "PT1.7S",
        "duration": "PT0.4S",
        "language": "ko-KR",
    }


def test_numbers_are_shown_as_they_are_read() -> None:
    shown = interpretation(narrator().transcript(said("삼월 십오일 오후 세 시에 갈게요")))
    assert shown["transcript"] == "3월 15일 오후 3시에 갈게요"
    assert [token["value"] for token in shown["tokens"]][:2] == ["삼월", "십오일"], "tokens are what was said"


def test_partials_and_their_final_share_an_id_and_the_next_utterance_has_another() -> None:
    tell = narrator()
    ids = [
        told(tell.transcript(one))["id"]
        for one in (
            said("여권을", is_final=False),
            said("여권을 다시", is_final=False),
            said("여권을 다시요"),
            said("네", 5),
        )
    ]
    assert ids[0] == ids[1] == ids[2] != ids[3]


def test_a_partial_without_words_says_so() -> None:
    data = told(narrator().transcript(Utterance(CITIZEN, "여권을", 1, 2, False)))
    assert not data["isFinal"]
    assert "tokens" not in data["alternatives"][0]["interpretations"][0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("번호는 공일공 공공공공 일이삼사예요", "번호는 [전화번호]예요"),
        ("010-0000-1234로 전화 주세요", "[전화번호]로 전화 주세요"),
    ],
)
def test_personal_data_never_leaves_not_even_in_the_words(text: str, shown: str) -> None:
    entity = narrator().transcript(said(text))
    assert interpretation(entity)["transcript"] == shown
    assert "일이삼사" not in json.dumps(entity, ensure_ascii=False)
    assert "1234" not in json.dumps(entity)
    values = [token["value"] for token in interpretation(entity)["tokens"]]
    assert values.count("[전화번호]") == 1


def test_a_masked_number_keeps_the_time_it_took_to_say() -> None:
    tokens = interpretation(narrator().transcript(said("번호는 공일공 공공공공 일이삼사예요", 1.0)))["tokens"]
    number = next(token for token in tokens if token["value"] == "[전화번호]")
    assert (number["offset"], number["duration"]) == ("PT1.5S", "PT1.4S")


def test_a_bare_answer_is_masked_for_the_question_before_it() -> None:
    tell = narrator()
    tell.transcript(said("연락처가 어떻게 되세요?", 1, AGENT))
    entity = tell.transcript(said("공일공 공공공공에 오육칠팔입니다", 3))
    assert "오육칠팔" not in json.dumps(entity, ensure_ascii=False)


def test_words_that_are_not_those_of_the_text_are_left_out() -> None:
    other = replace(said("여권을 다시 만들고"), text="[전화번호]로 연락 주세요")
    assert "tokens" not in interpretation(narrator().transcript(other))


def test_a_speaker_who_is_not_on_this_line_is_not_told_but_remembered() -> None:
    tell = narrator(CITIZEN)
    assert tell.transcript(said("연락처가 어떻게 되세요?", 1, AGENT)) is None
    assert "오육칠팔" not in json.dumps(
        tell.transcript(said("공일공 공공공공에 오육칠팔입니다", 3)), ensure_ascii=False
    )
    assert told(narrator(None).transcript(said("네", 1, AGENT)))["channelId"] == 0


def test_a_session_that_continues_counts_from_its_own_beginning() -> None:
    tell = narrator(shift=10.0)
    assert tell.transcript(said("먼저 한 말", 3)) is None
    assert tell.suggestions(suggestion(entry())) is None
    assert told(tell.transcript(said("나중에 한 말", 12.5)))["offset"] == "PT2.5S"
    assert tell.suggestions(suggestion(entry())) is not None


def entry(**changes: Any) -> ConsultationEntry:
    whole = ConsultationEntry(
        "S-0001",
        "여권을 다시 만들려면?",
        "구청 <민원실>에서\n신청합니다.",
        field="행정",
        organisation="서울시",
        department="시민봉사과",
        phone="02-120",
        confirmed_on=date(2026, 3, 2),
        source="시험",
    )
    return replace(whole, **changes)


def suggestion(*entries: ConsultationEntry, score: float = 0.91234) -> Suggestion:
    return Suggestion("s1", 1, "여권", Ranking(tuple(Hit(one, score) for one in entries), 0.9))


def test_suggestions_name_who_is_responsible_and_when_it_was_confirmed() -> None:
    tell = narrator()
    tell.transcript(said("여권을 다시 만들고 싶어요", 1.0))
    entity = tell.suggestions(
        suggestion(entry(), entry(entry_id="S-2", basis="https://example.com/passport"))
    )
    assert entity is not None
    assert entity["type"] == "agentassist"
    faq, article = entity["data"]["suggestions"]
    assert faq["type"] == "faq"
    assert faq["answer"] == "구청 &lt;민원실&gt;에서<br>신청합니다."
    assert faq["confidence"] == 0.912
    assert faq["position"] == "PT2.9S"
    assert faq["metadata"] == {
        "entryId": "S-0001",
        "기관": "서울시",
        "담당부서": "시민봉사과",
        "전화": "02-120",
        "최종확인일": "2026-03-02",
        "출처": "시험",
    }
    assert article["type"] == "article"
    assert article["documentUri"] == "https://example.com/passport"
    assert article["excerpts"] == ["구청 <민원실>에서\n신청합니다."]
    assert article["metadata"]["entryId"] == "S-2"


def test_without_entries_there_is_nothing_to_tell() -> None:
    assert narrator().suggestions(suggestion()) is None
    assert narrator().transcript(Utterance(CITIZEN, " ", 1, 2)) is None


def test_a_score_out_of_range_stays_a_confidence() -> None:
    entity = narrator().suggestions(suggestion(entry(confirmed_on=None, department=""), score=1.7))
    assert entity is not None
    (card,) = entity["data"]["suggestions"]
    assert card["confidence"] == 1.0
    assert "담당부서" not in card["metadata"]
