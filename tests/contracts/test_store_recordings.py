"""What every store keeps of the sound of calls, and legal holds, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import Store
from consultation.types import Channel, Conversation, Speaker, Turn

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)


def keep(store: Store, name: str = "call-1", *, at: datetime = START, end: bool = True) -> str:
    store.conversations.start(Conversation(name, Channel.PHONE, at, "kim"))
    store.conversations.add_turn(
        name, Turn(0, Speaker.CITIZEN, "저는 [이름]입니다", 1.0, 2.5), "저는 홍길동입니다"
    )
    store.recordings.begin(name, at)
    if end:
        store.conversations.end(name, at + timedelta(minutes=2))
    return name


def forget_all(store: Store) -> tuple[int, int, int]:
    """Retention, long after: masked transcripts, originals, recordings that went."""
    gone = store.conversations.purge(before_masked=LATER, before_original=LATER)
    return gone.masked, gone.originals, store.recordings.purge(LATER)


def test_a_recording_gives_back_what_it_was_settled_with(store: Store) -> None:
    name = keep(store)
    begun = store.recordings.get(name)
    assert (begun.seconds, begun.channels, begun.kept_at, begun.hold) == (None, 2, START, None)
    assert store.recordings.settle(name, seconds=61.5, size=90_000, digest="ab" * 32)
    row = store.recordings.get(name)
    assert (row.seconds, row.size, row.digest) == (61.5, 90_000, "ab" * 32)
    assert store.recordings.listed() == [row]
    assert store.recordings.folders() == {row.folder}


def test_beginning_again_is_the_same_recording_with_the_same_key(store: Store) -> None:
    name = keep(store, end=False)
    key = store.recordings.key(name)
    assert store.recordings.begin(name, LATER) == store.recordings.get(name)
    assert store.recordings.key(name) == key
    assert len(key) == 32


def test_every_call_has_a_key_of_its_own(store: Store) -> None:
    assert store.recordings.key(keep(store, "a")) != store.recordings.key(keep(store, "b"))


def test_what_is_not_kept_is_unknown(store: Store) -> None:
    for ask in (store.recordings.get, store.recordings.key):
        with pytest.raises(Unknown):
            ask("nobody")
    with pytest.raises(Unknown):
        store.recordings.begin("nobody", START)
    assert not store.recordings.settle("nobody", seconds=1.0, size=1, digest="")


def test_only_ended_calls_count_as_left_behind_by_a_killed_process(store: Store) -> None:
    keep(store, "live", end=False)
    keep(store, "dead")
    assert [row.conversation_id for row in store.recordings.unsettled()] == ["dead"]


def test_retention_takes_sound_of_its_own_age_and_says_so_in_the_audit(store: Store) -> None:
    keep(store, "old")
    keep(store, "new", at=START + timedelta(days=30))
    keep(store, "live", end=False)
    assert store.recordings.purge(START + timedelta(days=1), "night") == 1
    assert {row.conversation_id for row in store.recordings.listed()} == {"new", "live"}
    assert store.audit.entries(what="purge_recordings")[0].who == "night"
    assert store.conversations.words("old") == {}
    assert store.conversations.original("old", 0, reader="lead", reason="확인") == "저는 홍길동입니다"


def test_nothing_of_a_held_call_goes_until_it_is_released(store: Store) -> None:
    held, free = keep(store, "held"), keep(store, "free")
    hold = store.recordings.hold(held, by="lead", reason="2026가합120 증거", at=START)
    assert forget_all(store) == (1, 1, 0)  # of the other one, whose sound went with its words
    with pytest.raises(Unknown):
        store.recordings.get(free)
    assert store.recordings.get(held).hold == hold
    assert store.conversations.original(held, 0, reader="lead", reason="확인") == "저는 홍길동입니다"
    assert store.recordings.listed(held=True) == [store.recordings.get(held)]
    store.recordings.release(held, by="lead", reason="판결 확정")
    assert forget_all(store) == (1, 1, 0)
    with pytest.raises(Unknown):
        store.recordings.get(held)


def test_a_held_call_is_not_erased_even_when_somebody_asks(store: Store) -> None:
    name = keep(store)
    store.recordings.hold(name, by="lead", reason="증거")
    with pytest.raises(Conflict, match="sangdam recordings release"):
        store.conversations.erase(name, by="lead", reason="본인 요청")
    store.recordings.release(name, by="lead", reason="종결")
    store.conversations.erase(name, by="lead", reason="본인 요청")
    with pytest.raises(Unknown):
        store.recordings.key(name)
    with pytest.raises(Conflict, match="erased"):
        store.recordings.begin(name, LATER)


def test_holds_and_releases_are_in_the_audit_with_their_reasons(store: Store) -> None:
    name = keep(store)
    store.recordings.hold(name, by="lead", reason="증거")
    store.recordings.release(name, by="han", reason="종결")
    rows = [(row.who, row.what, row.about, row.reason) for row in store.audit.entries(about=name)]
    assert rows == [("han", "release", name, "종결"), ("lead", "hold", name, "증거")]
    assert store.audit.verify() == []


def test_holds_need_a_reason_and_stand_once(store: Store) -> None:
    name = keep(store)
    for by, reason in (("", "증거"), ("lead", " ")):
        with pytest.raises(BadInput):
            store.recordings.hold(name, by=by, reason=reason)
    with pytest.raises(Unknown):
        store.recordings.hold("nobody", by="lead", reason="증거")
    with pytest.raises(Unknown):
        store.recordings.release(name, by="lead", reason="종결")
    store.recordings.hold(name, by="lead", reason="증거")
    with pytest.raises(Conflict):
        store.recordings.hold(name, by="lead", reason="또")


def test_a_call_without_sound_is_held_too(store: Store) -> None:
    store.conversations.start(Conversation("typed", Channel.CHAT, START, "kim"))
    store.recordings.hold("typed", by="lead", reason="증거")
    assert [hold.conversation_id for hold in store.recordings.held()] == ["typed"]
    assert store.recordings.listed(held=True) == []


def test_a_recording_that_came_to_nothing_is_forgotten(store: Store) -> None:
    name = keep(store)
    store.recordings.forget(name)
    assert store.recordings.folders() == set()
