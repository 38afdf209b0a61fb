"""Entries as an Excel workbook that can be edited and brought in again.

The first sheet is our import template, filled. A second, hidden one holds the print of every text
as it went out: so the way back knows which rows were really changed, which were edited by somebody
else meanwhile, and which lost their number, in whatever order the rows come.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from consultation.types import ConsultationEntry
from retrieval.board.wording import cells_of, print_of
from retrieval.cells import COLUMNS, REQUIRED
from retrieval.template import CHOICES, NOTES

PRINTS = "원본"  # title of the hidden sheet
PRINT_COLUMNS = ("번호", "지문")
WIDE = {"질문": 40, "질문변형": 40, "답변": 70}  # characters


def write_sheet(entries: Iterable[ConsultationEntry]) -> bytes:
    """The workbook. Every cell is text: an answer that begins with = stays one, a leading 0 too."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
    from openpyxl.styles.alignment import Alignment
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book: Any = Workbook(write_only=True)
    sheet: Any = book.create_sheet("표준상담DB")
    sheet.freeze_panes = "C2"
    for number, column in enumerate(COLUMNS):
        letter = chr(ord("A") + number)
        sheet.column_dimensions[letter].width = WIDE.get(column, 14)
        if column in CHOICES:
            choice: Any = DataValidation("list", formula1=f'"{",".join(CHOICES[column])}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}50001")
            sheet.data_validations.append(choice)  # the streaming sheet has no method for it

    def texts(row: Sequence[str], *, head: bool = False) -> list[Any]:
        cells = []
        for column, text in zip(COLUMNS, row, strict=True):
            cell: Any = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", text) or None)
            if text:
                cell.data_type = "s"
            cell.number_format = "@"
            if head:
                cell.font = Font(bold=True)
                if column in REQUIRED:
                    cell.fill = PatternFill("solid", fgColor="FFF2CC")
            elif column in WIDE:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            cells.append(cell)
        return cells

    sheet.append(texts(list(COLUMNS), head=True))
    prints: list[tuple[str, str]] = []
    for entry in entries:
        sheet.append(texts(list(cells_of(entry).values())))
        prints.append((entry.entry_id, print_of(entry)))
    notes: Any = book.create_sheet("안내")
    notes.column_dimensions["C"].width = 100
    notes.append(["열", "필수", "적는 법"])
    for column, note in NOTES.items():
        notes.append([column, "필수" if column in REQUIRED else "", note])
    notes.append([])
    notes.append(["항목번호는 바꾸지 마세요. 고친 행만 제안이 되고, 지운 행은 아무 일도 하지 않습니다."])
    hidden: Any = book.create_sheet(PRINTS)
    hidden.sheet_state = "hidden"
    hidden.append(PRINT_COLUMNS)
    for row in prints:
        hidden.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
