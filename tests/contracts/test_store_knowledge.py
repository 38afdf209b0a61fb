"""What every store keeps of the standard consultation DB, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import KnowledgeState, Store
from consultation.types import ConsultationEntry, EntryState

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def entry(number: int, answer: str = "답변입니다.", **changes: object) -> ConsultationEntry:
    made = ConsultationEntry(f"e{number:05}", f"질문 {number}?", answer, "행정")
    return replace(made, **changes)  # type: ignore[arg-type]


def add(store: Store, *entries: ConsultationEntry) -> int:
    return store.knowledge.add_version(entries, by="han", at=NOW, source="시험.csv")


def rows_of(store: Store, table: str) -> int:
    with store.database.reading() as tx:
        return int(tx.exec_driver_sql(f"select count(*) from {table}").scalar_one())


def test_a_version_gives_back_every_field(store: Store) -> None:
    whole = entry(
        1,
        organisation="시험구청",
        district="중구",
        variants=("이렇게 묻기", 'or "이렇게"'),
        department="민원과",
        phone="02-0000-0000",
        basis="주민등록법\n제1조",
        source="시험",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        confirmed_on=date(2026, 10, 1),
        state=EntryState.EXPIRED,
        ars_code=5,
        is_sample=True,
    )
    number = add(store, whole, entry(2))
    assert store.knowledge.entries(number) == [replace(whole, version=1), replace(entry(2), version=1)]
    (version,) = store.knowledge.versions()
    assert (version.number, version.made_by, version.made_at) == (1, "han", NOW)
    assert (version.source, version.state, version.entries) == ("시험.csv", KnowledgeState.DRAFT, 2)


def test_each_version_is_whole_and_names_where_its_wordings_came_from(store: Store) -> None:
    add(store, entry(1), entry(2), entry(3))
    add(store, entry(1), entry(2, "고친 답변"), entry(4))
    add(store, entry(1), entry(2), entry(4))
    seen = [[(e.entry_id, e.answer, e.version) for e in store.knowledge.entries(n)] for n in (1, 2, 3)]
    same = "답변입니다."
    assert seen == [
        [("e00001", same, 1), ("e00002", same, 1), ("e00003", same, 1)],
        [("e00001", same, 1), ("e00002", "고친 답변", 2), ("e00004", same, 2)],
        [("e00001", same, 1), ("e00002", same, 3), ("e00004", same, 2)],
    ]


def test_an_entry_tells_its_history(store: Store) -> None:
    add(store, entry(1))
    add(store, entry(1, "둘째"))
    add(store)
    told = [(w.entry.answer, w.first_version, w.until_version) for w in store.knowledge.history("e00001")]
    assert told == [("답변입니다.", 1, 2), ("둘째", 2, 3)]
    assert store.knowledge.history("never") == []
    assert store.knowledge.entry(2, "e00001").answer == "둘째"
    with pytest.raises(Unknown):
        store.knowledge.entry(3, "e00001")


def test_a_wording_is_stored_once_however_often_it_is_published(store: Store) -> None:
    entries = [entry(number) for number in range(200)]
    for edit in range(10):
        entries[edit] = entry(edit, f"고침 {edit}")
        add(store, *entries)
    assert rows_of(store, "wordings") == 209  # the first edit is in the first version
    assert rows_of(store, "entry_spans") == 209
    assert len(store.knowledge.entries(10)) == 200


def test_an_import_of_ten_thousand_entries_is_kept_whole(store: Store) -> None:
    entries = [entry(number) for number in range(10_000)]
    assert store.knowledge.entries(add(store, *entries)) == [replace(e, version=1) for e in entries]


def test_two_entries_with_one_id_are_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="1 entries repeat"):
        add(store, entry(1), entry(2), entry(1, "다른 답변"))
    assert store.knowledge.versions() == []


@pytest.mark.parametrize("version", [0, -1, 7, 2**40])
def test_a_version_that_is_not_there_is_unknown(store: Store, version: int) -> None:
    add(store, entry(1))
    for ask in (store.knowledge.entries, store.knowledge.drop_version, store.knowledge.mark_live):
        with pytest.raises(Unknown, match="version"):
            ask(version)


def test_one_version_is_live_and_cannot_be_dropped(store: Store) -> None:
    for text in ("하나", "둘", "셋"):
        add(store, entry(1, text))
    store.knowledge.mark_live(1)
    store.knowledge.mark_live(2)
    assert [v.state.value for v in store.knowledge.versions()] == ["retired", "live", "draft"]
    with pytest.raises(Conflict, match="live"):
        store.knowledge.drop_version(2)
    store.knowledge.mark_live(1)
    assert [v.state.value for v in store.knowledge.versions()] == ["live", "retired", "draft"]


def test_dropping_the_newest_version_brings_back_the_one_before(store: Store) -> None:
    add(store, entry(1), entry(2))
    add(store, entry(1, "고침"), entry(3))
    store.knowledge.drop_version(2)
    assert [v.number for v in store.knowledge.versions()] == [1]
    assert add(store, entry(1), entry(2)) == 3  # a number is never used twice
    assert [(e.entry_id, e.version) for e in store.knowledge.entries(3)] == [("e00001", 1), ("e00002", 1)]
    assert rows_of(store, "wordings") == 2


def test_dropping_a_version_in_between_leaves_the_others_whole(store: Store) -> None:
    add(store, entry(1), entry(2))
    add(store, entry(1, "둘"), entry(2), entry(3))
    add(store, entry(1, "셋"), entry(2), entry(3))
    add(store, entry(1, "셋"), entry(3))
    whole = {n: [(e.entry_id, e.answer) for e in store.knowledge.entries(n)] for n in (1, 3, 4)}
    store.knowledge.drop_version(2)
    assert {n: [(e.entry_id, e.answer) for e in store.knowledge.entries(n)] for n in (1, 3, 4)} == whole
    with pytest.raises(Unknown):
        store.knowledge.entries(2)


def test_imports_at_once_get_numbers_of_their_own(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(lambda n: add(store, entry(1, f"답 {n}"), entry(2)), range(6)))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    for n, number in enumerate(numbers):
        assert [e.answer for e in store.knowledge.entries(number)] == [f"답 {n}", "답변입니다."]
