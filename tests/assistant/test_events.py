from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.events import (
    Alerted,
    DistrictKnown,
    Drafted,
    Ended,
    Event,
    Flagged,
    Heard,
    Listening,
    Notice,
    Suggested,
    from_json,
    to_json,
)
from consultation.errors import BadInput
from consultation.types import (
    ABUSE_LABELS,
    AbuseFlag,
    AbuseStep,
    ConsultationEntry,
    Hit,
    Ranking,
    Speaker,
    Suggestion,
    Turn,
    Urgency,
)

texts = st.text(max_size=40)
numbers = st.integers(0, 9999)
seconds = st.floats(0, 1e5, allow_nan=False)
share = st.floats(0, 1)
spans = st.lists(st.tuples(st.integers(0, 20), st.integers(20, 40)), max_size=3).map(tuple)
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
entries = st.builds(
    ConsultationEntry,
    entry_id=texts,
    question=texts,
    answer=texts,
    field=texts,
    organisation=texts,
    district=st.none() | texts,
    department=texts,
    phone=texts,
    basis=texts,
    source=texts,
    confirmed_on=days,
    valid_until=days,
    is_sample=st.booleans(),
    version=numbers,
)
hits = st.builds(
    Hit,
    entry=entries,
    score=share,
    matched=st.lists(texts, max_size=3).map(tuple),
    bridges=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)
rankings = st.builds(
    Ranking, hits=st.lists(hits, max_size=3).map(tuple), answerable=share, knowledge_version=numbers
)
turns = st.builds(
    Turn, index=numbers, speaker=st.sampled_from(Speaker), text=texts, start=seconds, end=seconds
)
events = st.one_of(
    st.builds(Heard, turn=turns, hidden=st.just(()), is_final=st.booleans()),
    st.builds(
        Suggested,
        suggestion=st.builds(
            Suggestion, suggestion_id=texts, turn=numbers, question=texts, ranking=rankings, delay=seconds
        ),
    ),
    st.builds(
        Flagged,
        flag=st.builds(
            AbuseFlag,
            turn=numbers,
            labels=st.lists(st.sampled_from(ABUSE_LABELS), unique=True).map(tuple),
            severity=st.integers(0, 3),
            spans=spans,
            step=st.sampled_from(AbuseStep),
        ),
    ),
    st.builds(
        Alerted,
        urgency=st.sampled_from(Urgency),
        turn=numbers,
        title=texts,
        lines=st.lists(texts, max_size=3).map(tuple),
    ),
    st.builds(DistrictKnown, district=texts),
    st.builds(Ended, at=st.datetimes(timezones=st.just(UTC))),
    st.just(Drafted()),
    st.builds(Notice, level=st.sampled_from(["info", "warn"]), text=texts),
    st.builds(
        Listening,
        active=st.booleans(),
        delay=st.floats(0, 1e6),
        mixed=st.booleans(),
        trouble=texts,
    ),
)


@given(events)
def test_an_event_survives_json(event: Event):
    assert from_json(to_json(event)) == event


@given(turns, spans)
def test_hidden_words_never_come_back(turn: Turn, hidden: tuple[tuple[int, int], ...]):
    row = to_json(Heard(turn, hidden))
    assert len(row["turn"]["text"]) == len(turn.text)
    again = from_json(row)
    assert isinstance(again, Heard)
    assert again.hidden == hidden
    for start, end in hidden:
        assert set(again.turn.text[start:end]) <= {"▇"}
    assert to_json(again) == row


def test_heard_is_exactly_the_json_of_the_web_api():
    assert to_json(Heard(Turn(3, Speaker.CITIZEN, "이 바보야", 1.5, 2.0), ((2, 4),), False)) == {
        "type": "heard",
        "turn": {"index": 3, "speaker": "citizen", "text": "이 ▇▇야", "start": 1.5, "end": 2.0},
        "hidden": [[2, 4]],
        "is_final": False,
    }


def test_numbers_stand_in_digits_beside_the_words_where_nothing_is_hidden():
    turn = Turn(0, Speaker.CITIZEN, "삼월 십오일 세 시에 갈게요", 0.0, 2.0)
    assert to_json(Heard(turn))["turn"]["display"] == "3월 15일 3시에 갈게요"
    assert to_json(Heard(turn))["turn"]["text"] == turn.text
    assert "display" not in to_json(Heard(turn, ((0, 2),)))["turn"]
    assert "display" not in to_json(Heard(Turn(0, Speaker.CITIZEN, "네", 0.0, 1.0)))["turn"]


def test_a_flag_says_in_korean_what_is_allowed():
    row = to_json(Flagged(AbuseFlag(1, ("욕설",), 2, (), AbuseStep.WARN)))
    assert row["flag"]["step"] == "warn"
    assert "경고" in row["flag"]["step_text"]


def test_the_end_is_an_iso_moment():
    at = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
    assert to_json(Ended(at)) == {"type": "ended", "at": "2026-03-02T01:02:03+00:00"}


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"type": "nothing"},
        {"type": "heard"},
        {"type": "heard", "turn": None, "hidden": [], "is_final": True},
        {"type": "ended", "at": "yesterday"},
        {"type": "alerted", "urgency": "panic", "turn": 1, "title": "", "lines": []},
    ],
)
def test_what_is_no_event_is_refused(row: dict[str, object]):
    with pytest.raises(BadInput):
        from_json(row)
