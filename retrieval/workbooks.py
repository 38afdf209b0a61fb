"""The rows of an Excel workbook as text; damaged, locked and hostile ones are told apart from data."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from consultation.errors import BadInput
from retrieval import messages

MAX_BYTES = 200 * 2**20  # of a file, and of a workbook once unpacked

# What openpyxl raises on a damaged or hostile workbook, found by feeding it mutated ones; broken XML
# is a SyntaxError, from lxml and from the standard library alike.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, SyntaxError, EOFError, OSError, KeyError, IndexError, ValueError,
    TypeError, AttributeError, NotImplementedError, RuntimeError, OverflowError, AssertionError,
)  # fmt: skip


def workbook_records(path: Path, known: Collection[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the sheet whose header has the most `known` names, with their numbers.

    Streamed: memory does not grow with the rows. A merged range says the same in each of its cells.
    Raises `BadInput`.
    """
    _refuse_bomb(path)
    from openpyxl.reader.excel import load_workbook

    try:
        book: Any = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
        if not sheets:
            raise BadInput(messages.no_sheet(path.name))
        sheet = max(sheets, key=lambda one: _known_names(one, known))  # the first of equals
        merged = _merged(path, sheet)
    except _DAMAGE:
        raise BadInput(messages.damaged_workbook(path.name)) from None
    return _records(path, book, sheet, merged)


def _known_names(sheet: Any, known: Collection[str]) -> int:
    sheet.reset_dimensions()  # some exporters write a wrong size, and rows would be cut to it
    first = next(sheet.iter_rows(max_row=1, values_only=True), ())
    return sum(" ".join(as_typed(value).split()) in known for value in first)


def _records(
    path: Path, book: Any, sheet: Any, merged: Sequence[tuple[int, int, int, int]]
) -> Iterator[tuple[int, Sequence[str]]]:
    held: dict[tuple[int, int, int, int], str] = {}
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [as_typed(value) for value in values]
            for area in merged:
                left, top, right, bottom = area
                if not top <= number <= bottom:
                    continue
                cells.extend([""] * (right - len(cells)))
                if number == top:
                    held[area] = cells[left - 1]
                cells[left - 1 : right] = [held.get(area, "")] * (right - left + 1)
            yield number, cells
    except _DAMAGE:
        raise BadInput(messages.damaged_workbook(path.name)) from None
    finally:
        book.close()


def _merged(path: Path, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged ranges (left, top, right, bottom), which openpyxl skips when it streams."""
    from openpyxl.utils.cell import range_boundaries

    areas = []
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as file:
        rest = b""
        while chunk := file.read(1 << 20):
            rest += chunk
            for match in re.finditer(rb'<mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"', rest):
                areas.append(range_boundaries(match[1].decode()))
            rest = rest[max(rest.rfind(b"<"), len(rest) - 100) :]
    return [area for area in areas if area[3] - area[1] < 100_000 and area[2] - area[0] < 100]


def _refuse_bomb(path: Path) -> None:
    """Sizes are checked before anything is unpacked; zipfile never unpacks more than it was told."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_BYTES:
                raise BadInput(messages.unpacks_too_big(path.name, MAX_BYTES >> 20))
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise BadInput(messages.zip_not_workbook(path.name))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if b"<!DOCTYPE" in file.read(1024):
                            raise BadInput(messages.document_type(path.name))
    except _DAMAGE:
        raise BadInput(messages.damaged_workbook(path.name)) from None


def as_typed(value: Any) -> str:
    """A JSON or Excel value as the text a person would have typed. Raises `TypeError` for a nested one."""
    match value:
        case None:
            return ""
        case bool():
            return "예" if value else "아니오"
        case float() if value.is_integer():
            return str(int(value))
        case str() | int() | float():
            return str(value)
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case list() if all(isinstance(item, str) for item in value):
            return " | ".join(value)
        case list() | dict():
            raise TypeError("an object or a mixed list is no cell")
        case _:
            return str(value)  # times and durations of a workbook
