"""What every store keeps of corrected transcripts, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import Store
from consultation.store.corrections import Mark
from consultation.types import Channel, Conversation, Speaker, Turn, Word

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WORDS = (Word("여권을", 1.0, 1.5, 0.9), Word('\U0001f600 "잃어', 1.5, 2.25, 0.5), Word("", 2.25, 2.25, 0.1))


def keep(store: Store, name: str = "call-1", *, at: datetime = START, end: bool = True) -> str:
    store.conversations.start(Conversation(name, Channel.PHONE, at, "kim"))
    citizen = Turn(0, Speaker.CITIZEN, "저는 [이름]입니다", 1.0, 2.5)
    store.conversations.add_turn(name, citizen, "저는 홍길동입니다", WORDS)
    store.conversations.add_turn(name, Turn(1, Speaker.AGENT, "네", 3.0, 3.5), "네")
    if end:
        store.conversations.end(name, at + timedelta(minutes=2))
    return name


def correct(store: Store, name: str, seen: int, text: str, mark: Mark | None = None, turn: int = 0) -> int:
    saved = store.corrections.save(
        name, turn, seen=seen, text=f"{text} [이름]", original=f"{text} 홍길동", mark=mark, by="han", at=START
    )
    return saved.version


def test_word_times_come_back_by_turn_and_only_for_turns_that_were_heard(store: Store) -> None:
    assert store.conversations.words(keep(store)) == {0: WORDS}


def test_the_same_turn_again_changes_no_word(store: Store) -> None:
    name = keep(store)
    turn = Turn(0, Speaker.CITIZEN, "저는 [이름]입니다", 1.0, 2.5)
    assert store.conversations.add_turn(name, turn, "저는 홍길동입니다", WORDS[:1]) is False
    assert store.conversations.words(name) == {0: WORDS}


def test_words_and_corrections_are_nowhere_in_clear(store: Store, store_url: str) -> None:
    name = keep(store)
    correct(store, name, 0, "고친 말은")
    if not store_url.startswith("sqlite"):
        return
    store.database.scrub()
    content = Path(store_url.removeprefix("sqlite:///")).read_bytes()
    assert "고친 말은 [이름]".encode() in content
    for hidden in ("홍길동", "여권을", "잃어"):
        assert hidden.encode() not in content


def test_a_correction_gives_back_every_field_and_is_in_the_audit(store: Store) -> None:
    name = keep(store)
    assert store.corrections.of(name) == {}
    assert correct(store, name, 0, "하나") == 1
    assert correct(store, name, 1, "둘", Mark.NOISE) == 2
    first, second = store.corrections.of(name)[0]
    assert (first.version, first.text, first.mark, first.by, first.at) == (
        1,
        "하나 [이름]",
        None,
        "han",
        START,
    )
    assert (second.version, second.text, second.mark) == (2, "둘 [이름]", Mark.NOISE)
    rows = [(r.who, r.what, r.reason) for r in reversed(store.audit.entries(about=f"{name}/0"))]
    assert rows == [("han", "turn.correct", "version 1"), ("han", "turn.correct", "version 2, 잡음")]


def test_a_correction_of_an_older_version_is_refused_and_changes_nothing(store: Store) -> None:
    name = keep(store)
    correct(store, name, 0, "하나")
    for seen in (0, 2, -1):
        with pytest.raises(Conflict, match="먼저 고쳤습니다"):
            correct(store, name, seen, "늦은 말")
    assert [one.text for one in store.corrections.of(name)[0]] == ["하나 [이름]"]


def test_of_many_who_correct_the_same_version_exactly_one_wins(store: Store) -> None:
    name = keep(store)

    def attempt(number: int) -> bool:
        try:
            correct(store, name, 0, f"말 {number}")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1
    assert len(store.corrections.of(name)[0]) == 1


def test_a_live_call_is_not_corrected(store: Store) -> None:
    with pytest.raises(Conflict, match="끝난 뒤"):
        correct(store, keep(store, end=False), 0, "하나")


@pytest.mark.parametrize("turn", [-1, 7, 10**12])
def test_a_turn_that_is_not_kept_is_not_corrected(store: Store, turn: int) -> None:
    with pytest.raises(Unknown):
        correct(store, keep(store), 0, "하나", turn=turn)
    with pytest.raises(Unknown):
        store.corrections.of("nowhere")


def test_the_unmasked_text_in_force_is_the_latest_correction(store: Store) -> None:
    name = keep(store)
    assert store.corrections.spoken(name) == {0: "저는 홍길동입니다", 1: "네"}
    correct(store, name, 0, "하나")
    correct(store, name, 1, "둘")
    assert store.corrections.spoken(name) == {0: "둘 홍길동", 1: "네"}


def test_reading_the_unmasked_text_is_noted_first(store: Store) -> None:
    name = keep(store)
    read = store.corrections.original
    assert read(name, 0, reader="han", reason="전사 교정") == "저는 홍길동입니다"
    correct(store, name, 0, "하나")
    assert read(name, 0, reader="han", reason="전사 교정") == "하나 홍길동"
    assert len(store.audit.entries(what="read_original", who="han")) == 2
    with pytest.raises(BadInput):
        read(name, 0, reader="han", reason=" ")


def test_erasing_takes_words_and_unmasked_corrections_along(store: Store) -> None:
    name = keep(store)
    correct(store, name, 0, "하나")
    store.conversations.erase(name, by="lead", reason="본인 요청")
    assert store.conversations.words(name) == {}
    assert store.corrections.spoken(name) == {}
    assert [one.text for one in store.corrections.of(name)[0]] == ["하나 [이름]"]
    with pytest.raises(Unknown, match="erased"):
        store.corrections.original(name, 0, reader="han", reason="전사 교정")
    with pytest.raises(Conflict, match="보관 기간"):
        correct(store, name, 1, "둘")
    assert store.corrections.to_review() == []
    store.conversations.erase(name, by="lead", reason="본인 요청", masked_too=True)
    assert [one.text for one in store.corrections.of(name)[0]] == [""]


def test_the_least_sure_calls_that_nobody_began_come_first(store: Store) -> None:
    for number, sure in enumerate((0.9, 0.2, 0.5)):
        name = f"call-{number}"
        store.conversations.start(Conversation(name, Channel.PHONE, START, "kim"))
        words = (Word("네", 0.0, 0.5, sure),)
        store.conversations.add_turn(name, Turn(0, Speaker.CITIZEN, "네", 0.0, 0.5), "네", words)
        store.conversations.end(name, START)
    keep(store, "live", end=False)
    correct(store, "call-1", 0, "하나")
    rows = store.corrections.to_review()
    assert [(row.conversation.conversation_id, row.heard, row.corrected) for row in rows] == [
        ("call-2", 1, 0),
        ("call-0", 1, 0),
        ("call-1", 1, 1),
    ]
    assert rows[0].confidence == pytest.approx(0.5)
    assert len(store.corrections.to_review(limit=1, offset=1)) == 1
    with pytest.raises(BadInput):
        store.corrections.to_review(limit=-1)


def test_heard_calls_are_found_by_time_and_by_whether_they_were_corrected(store: Store) -> None:
    for day in range(3):
        keep(store, f"call-{day}", at=START + timedelta(days=day))
    correct(store, "call-1", 0, "하나")

    def found(since: datetime | None, until: datetime | None, *, corrected: bool) -> list[str]:
        rows = store.corrections.heard(since=since, until=until, corrected=corrected)
        return [row.conversation_id for row in rows]

    assert found(None, None, corrected=False) == ["call-0", "call-1", "call-2"]
    assert found(START + timedelta(days=1), None, corrected=False) == ["call-1", "call-2"]
    assert found(None, START + timedelta(days=1), corrected=False) == ["call-0"]
    assert found(None, None, corrected=True) == ["call-1"]
