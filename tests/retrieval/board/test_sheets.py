"""Excel out, edited, and in again."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from consultation.errors import BadInput, BadRows
from consultation.store.freshness import ProposalState
from consultation.types import ConsultationEntry
from retrieval.board.sheets_in import BulkEdit, bring_in, read_prints
from retrieval.board.sheets_out import write_sheet
from retrieval.board.wording import print_of
from retrieval.cells import COLUMNS
from retrieval.entries import read_entries
from tests.retrieval.board.conftest import ENTRIES, Office, entry

COLUMN = {name: number for number, name in enumerate(COLUMNS, 1)}


def book_of(entries: list[ConsultationEntry]) -> Any:
    return load_workbook(io.BytesIO(write_sheet(entries)))


def row_of(book: Any, entry_id: str) -> int:
    sheet = book["표준상담DB"]
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == entry_id)


def bring(office: Office, book: Any, path: Path, why: str = "일괄 정리") -> BulkEdit:
    book.save(path)
    return bring_in(office.board, path, by="kim", why=why)


@pytest.fixture
def book(office: Office) -> Any:
    return book_of(list(office.board.entries().values()))


def test_what_goes_out_comes_back_the_same(tmp_path: Path) -> None:
    odd = [
        *ENTRIES,
        entry("이상-1", "=1+1은 무엇인가요?", "+82로 시작하는 번호\n둘째 줄", phone="02-120", basis="@법령"),
    ]
    path = tmp_path / "out.xlsx"
    path.write_bytes(write_sheet(odd))
    assert read_entries(path) == odd
    assert read_prints(path) == {one.entry_id: print_of(one) for one in odd}


def test_a_workbook_without_changes_makes_no_proposal(office: Office, book: Any, tmp_path: Path) -> None:
    edit = bring(office, book, tmp_path / "in.xlsx")
    assert (edit.wordings, edit.unchanged, edit.conflicts) == ((), len(ENTRIES), ())
    assert office.store.proposals.opened() == {}


def test_only_the_rows_that_were_changed_become_proposals_in_review(
    office: Office, book: Any, tmp_path: Path
) -> None:
    sheet = book["표준상담DB"]
    sheet.cell(row_of(book, "여권-1"), COLUMN["전화"]).value = "02-0000-0001"
    sheet.delete_rows(row_of(book, "폐기물-1"))
    sheet.append(["여권-9", "서울시", None, "행정", "새 질문입니다?", None, "새 답입니다."])
    edit = bring(office, book, tmp_path / "in.xlsx")
    assert (len(edit.wordings), edit.new, edit.unchanged) == (2, 1, len(ENTRIES) - 2)
    opened = office.store.proposals.opened()
    assert set(opened) == {"여권-1", "여권-9"}
    assert {one.state for one in opened.values()} == {ProposalState.REVIEW}
    assert opened["여권-1"].entry == replace(ENTRIES[0], phone="02-0000-0001")
    assert opened["여권-1"].why == "일괄 정리"


def test_sorting_the_rows_changes_nothing(office: Office, book: Any, tmp_path: Path) -> None:
    sheet = book["표준상담DB"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    assert bring(office, book, tmp_path / "in.xlsx").wordings == ()


def test_a_changed_number_stops_the_file_and_is_named(office: Office, book: Any, tmp_path: Path) -> None:
    sheet = book["표준상담DB"]
    sheet.cell(row_of(book, "여권-1"), COLUMN["전화"]).value = "02-0000-0001"
    sheet.cell(row_of(book, "여권-2"), 1).value = "여권-02"
    with pytest.raises(BadInput, match="여권-2 → 여권-02"):
        bring(office, book, tmp_path / "in.xlsx")
    assert office.store.proposals.opened() == {}


def test_rows_that_somebody_else_edited_meanwhile_are_named_and_left_out(
    office: Office, book: Any, tmp_path: Path
) -> None:
    sheet = book["표준상담DB"]
    for entry_id in ("여권-1", "여권-2", "폐기물-1"):
        sheet.cell(row_of(book, entry_id), COLUMN["전화"]).value = "02-0000-0009"
    moved = replace(office.board.entries()["여권-1"], answer="그사이 게시된 답")
    office.knowledge.publish(office.knowledge.take({"여권-1": moved}, "file", source="시험").version, "file")
    office.board.write("여권-2", office.edit("여권-2", answer="열려 있는 제안"), "lee")
    edit = bring(office, book, tmp_path / "in.xlsx")
    assert [wording.entry.entry_id for wording in edit.wordings] == ["폐기물-1"]
    reasons = {one.entry_id: one for one in edit.conflicts}
    assert set(reasons) == {"여권-1", "여권-2"}
    assert "lee" in reasons["여권-2"].reason
    assert reasons["여권-1"].theirs == office.board.entries()["여권-1"]


def test_bad_cells_are_all_named_and_nothing_is_kept(office: Office, book: Any, tmp_path: Path) -> None:
    sheet = book["표준상담DB"]
    sheet.cell(row_of(book, "여권-1"), COLUMN["분야"]).value = "행정분야"
    sheet.cell(row_of(book, "여권-2"), COLUMN["답변"]).value = None
    with pytest.raises(BadRows) as refused:
        bring(office, book, tmp_path / "in.xlsx")
    assert {fault.column for fault in refused.value.faults} == {"분야", "답변"}
    assert office.store.proposals.opened() == {}


def test_a_bulk_edit_says_why(office: Office, book: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        bring(office, book, tmp_path / "in.xlsx", why=" ")


def test_a_plain_import_file_is_compared_with_what_is_published(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text(
        "항목번호,분야,질문,답변,기관,최종확인일\n여권-1,행정,여권은 어디에서 발급받나요?,새 답,서울시,2026-08-01\n"
    )
    assert len(bring_in(office.board, path, by="kim", why="표로 고침").wordings) == 1


def test_a_file_with_too_many_changes_is_to_be_split(
    office: Office, book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.board.sheets_in.MOST", 1)
    for entry_id in ("여권-1", "여권-2"):
        book["표준상담DB"].cell(row_of(book, entry_id), COLUMN["전화"]).value = "02-0000-0009"
    with pytest.raises(BadInput, match="2건"):
        bring(office, book, tmp_path / "in.xlsx")
    assert office.store.proposals.opened() == {}
