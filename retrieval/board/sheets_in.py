"""A workbook that went out, coming back edited: only real changes become proposals.

A row that somebody else's work got in the way of is named and left out; a row whose number was
changed stops the whole file, because the entry it means can only be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consultation.errors import BadInput
from consultation.store.freshness import Proposal, ProposalState, Wording
from consultation.types import ConsultationEntry
from retrieval.board import messages
from retrieval.board.board import Board
from retrieval.board.life import REASON, Step
from retrieval.board.sheets_out import PRINT_COLUMNS, PRINTS
from retrieval.board.wording import EDITABLE, BadFields, cells_of, entry_of, print_of
from retrieval.entries import read_entries

MOST = 5_000  # changes in one file: they are one transaction (5 s), and live calls wait behind it


@dataclass(frozen=True, slots=True)
class RowConflict:
    """A row that was not taken, and why."""

    entry_id: str
    reason: str
    theirs: ConsultationEntry | None = None  # what stands in its way


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """What a workbook says otherwise than what is published."""

    wordings: tuple[Wording, ...]
    unchanged: int
    conflicts: tuple[RowConflict, ...]

    @property
    def new(self) -> int:
        return sum(wording.base is None for wording in self.wordings)


def bring_in(board: Board, path: Path, *, by: str, why: str) -> BulkEdit:
    """Read a workbook (or a plain import file) and send its changes to review, all or none.

    Raises `BadRows` with every bad cell, `BadInput` without a reason, with changed numbers or too
    many changes, `Conflict` when a proposal was opened in this very moment.
    """
    if len(why.strip()) < REASON:
        raise BadInput(messages.NO_REASON)
    rows = read_entries(path)
    prints = read_prints(path)
    opened = board.store.proposals.opened([row.entry_id for row in rows])
    edit = sort_out(rows, prints, board.entries(), opened, by=by, why=why.strip())
    if len(edit.wordings) > MOST:
        raise BadInput(messages.too_many_changes(len(edit.wordings), MOST))
    if edit.wordings:
        board.store.proposals.add_all(
            edit.wordings, state=ProposalState.REVIEW, step=Step.SUBMIT, by=by, at=board.clock()
        )
    return edit


def sort_out(
    rows: Sequence[ConsultationEntry],
    prints: Mapping[str, str],
    published: Mapping[str, ConsultationEntry],
    opened: Mapping[str, Proposal],
    *,
    by: str,
    why: str,
) -> BulkEdit:
    """Pure. `prints` are those of the texts as they went out; none for a file that never did."""
    _refuse_changed_numbers(rows, prints, published)
    wordings: list[Wording] = []
    conflicts: list[RowConflict] = []
    unchanged = 0
    for row in rows:
        now = published.get(row.entry_id)
        entry = row if now is None else _merged(now, row)
        if now is not None and entry == now:
            unchanged += 1
        elif now is None and row.entry_id in prints:
            conflicts.append(RowConflict(row.entry_id, "그사이 게시된 상담DB에서 빠졌습니다."))
        elif now is not None and prints.get(row.entry_id, print_of(now)) != print_of(now):
            why_not = "내려받은 뒤에 다른 사람이 고친 글이 게시되었습니다."
            conflicts.append(RowConflict(row.entry_id, why_not, now))
        elif other := opened.get(row.entry_id):
            why_not = f"{other.changed_by} 님의 제안이 '{other.state}' 상태로 열려 있습니다."
            conflicts.append(RowConflict(row.entry_id, why_not, other.entry))
        else:
            base = print_of(now) if now else None
            wordings.append(Wording(replace(entry, version=0), base, (by,), "bulk", why))
    return BulkEdit(tuple(wordings), unchanged, tuple(conflicts))


def read_prints(path: Path) -> dict[str, str]:
    """Entry number to print from the hidden sheet; none when the file has no such sheet."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    from openpyxl.reader.excel import load_workbook

    book: Any = load_workbook(path, read_only=True, data_only=True)  # `read_entries` found it sound
    try:
        if PRINTS not in book.sheetnames:
            return {}
        rows = book[PRINTS].iter_rows(values_only=True)
        if tuple(next(rows, ()))[:2] != PRINT_COLUMNS:
            return {}
        return {str(row[0]): str(row[1]) for row in rows if len(row) > 1 and row[0] and row[1]}
    finally:
        book.close()


def _merged(now: ConsultationEntry, row: ConsultationEntry) -> ConsultationEntry:
    """The published entry with those fields changed that the row really says otherwise: a text that
    only our own cleaning of cells would change is no edit."""
    try:
        as_read = entry_of(cells_of(now))
    except BadFields:  # published before a rule was made stricter
        as_read = now
    changed = {name: getattr(row, name) for name in EDITABLE if getattr(row, name) != getattr(as_read, name)}
    return replace(now, **changed)


def _refuse_changed_numbers(
    rows: Sequence[ConsultationEntry],
    prints: Mapping[str, str],
    published: Mapping[str, ConsultationEntry],
) -> None:
    here = {row.entry_id for row in rows}
    missing = [published[one] for one in prints if one not in here and one in published]
    by_text = {text: entry.entry_id for entry in missing for text in (entry.question, entry.answer)}
    changed = []
    for row in rows:
        if row.entry_id not in published and row.entry_id not in prints:
            was = by_text.get(row.question) or by_text.get(row.answer)
            if was:
                changed.append(f"{was} → {row.entry_id}")
    if changed:
        more = f" 외 {len(changed) - 20}개" if len(changed) > 20 else ""
        raise BadInput(
            "항목번호가 바뀐 행이 있어 아무것도 저장하지 않았습니다. 번호를 되돌려 다시 올려 주세요: "
            + ", ".join(changed[:20])
            + more
        )
