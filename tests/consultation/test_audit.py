"""The chain itself, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from consultation.audit import GENESIS, AuditEntry, AuditHead, broken_rows, linked, row_hash, stamp

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def chain(length: int) -> tuple[list[AuditEntry], AuditHead]:
    head, rows = AuditHead(0, GENESIS), []
    for number in range(length):
        rows.append(linked(head, NOW, "kim", "read", f"call-{number}", "확인"))
        head = AuditHead(rows[-1].number, rows[-1].hash)
    return rows, head


@given(st.integers(1, 8), st.data())
def test_no_row_can_be_taken_out_or_moved_unseen(length: int, data: st.DataObject) -> None:
    rows, head = chain(length)
    assert list(broken_rows(rows, head)) == []
    order = data.draw(st.permutations(range(length)).map(list))
    kept = order[: data.draw(st.integers(0, length))]
    changed = [rows[number] for number in kept]
    if changed != rows:
        assert list(broken_rows(changed, head)) != []


@given(st.sampled_from(["at", "who", "what", "about", "reason", "prev_hash", "hash"]), st.text(max_size=5))
def test_no_field_can_be_changed_unseen(field: str, value: str) -> None:
    rows, head = chain(3)
    changed = replace(rows[1], **{field: value})
    assert next(broken_rows([rows[0], changed, rows[2]], head)).number == 2


def test_neighbouring_fields_cannot_trade_characters() -> None:
    assert row_hash(1, "at", "ab", "c", "", "", GENESIS) != row_hash(1, "at", "a", "bc", "", "", GENESIS)


def test_a_huge_gap_is_reported_briefly() -> None:
    rows, head = chain(2)
    faults = list(broken_rows([rows[0], replace(rows[1], number=10**12)], head))
    assert 1_000 <= len(faults) <= 1_010


def test_a_head_that_was_set_back_is_found() -> None:
    rows, _ = chain(3)
    assert list(broken_rows(rows, AuditHead(2, rows[1].hash))) != []


def test_moments_sort_as_their_characters_do() -> None:
    seoul = timezone(timedelta(hours=9))
    moments = [NOW, NOW + timedelta(microseconds=1), (NOW + timedelta(hours=1)).astimezone(seoul)]
    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]
