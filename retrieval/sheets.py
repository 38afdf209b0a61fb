"""A table from a file, whatever office program saved it: CSV, TSV, XLSX or JSON lines.

Every cell arrives as cleaned text under its column's name, every row with the number the user
sees in Excel (the header is row 1). What a cell means is not known here; see `entries`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from consultation.errors import BadInput, BadRows, RowFault
from consultation.rows import numbered_rows
from consultation.text import NotText, clean, decode
from retrieval import messages
from retrieval.workbooks import MAX_BYTES, as_typed, workbook_records

Cells = dict[str, str]

_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".jsonl", ".jsonl.gz")
_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # old .xls, and a workbook behind a password


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and the rows under it that are not blank."""

    columns: tuple[str, ...]  # of a JSON-lines file: the keys of its first row
    rows: Iterator[tuple[int, Cells]]  # row number; cells beyond the header stand under ""


def read_sheet(path: Path, *, known: Collection[str]) -> Sheet:
    """Open a table. `known` column names tell the delimiter of a CSV and the right sheet of a workbook.

    Raises `BadInput` for a file that is no table, `BadRows` for a row that cannot be told apart;
    the rows are read while they are taken, so both may come from the iterator.
    """
    name = path.name.lower()
    try:
        if path.is_dir():
            raise BadInput(messages.folder(path.name, _SUFFIXES))
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except FileNotFoundError:
        raise BadInput(messages.not_found(path.name)) from None
    except OSError:
        raise BadInput(messages.cannot_open(path.name)) from None
    if not size:
        raise BadInput(messages.empty_file(path.name))
    if size > MAX_BYTES:
        raise BadInput(messages.too_big(path.name, MAX_BYTES >> 20))
    if start == _OLE:
        raise BadInput(messages.old_or_locked(path.name))
    is_workbook = name.endswith((".xlsx", ".xlsm"))
    if start.startswith(_ZIP) and not is_workbook:
        raise BadInput(messages.zip_not_text(path.name))
    if is_workbook:
        if not start.startswith(_ZIP):
            raise BadInput(messages.text_not_workbook(path.name))
        return _sheet(workbook_records(path, known), path)
    if name.endswith((".jsonl", ".jsonl.gz")):
        return _json_lines(path)
    if name.endswith((".csv", ".tsv", ".txt")):
        return _delimited(path, known)
    raise BadInput(messages.wrong_ending(path.name, _SUFFIXES))


def _sheet(records: Iterator[tuple[int, Sequence[str]]], where: Path) -> Sheet:
    """The first row that is not blank is the header; its trailing blanks are no columns."""
    header: list[str] = []
    for _, record in records:
        header = [" ".join(clean(cell).split()) for cell in record]
        while header and not header[-1]:
            header.pop()
        if header:
            break
    if not header:
        raise BadInput(messages.no_header(where.name))

    def rows() -> Iterator[tuple[int, Cells]]:
        for number, record in records:
            cells = [_cell(cell) for cell in record]
            if any(cells):
                row = dict(zip(header, cells, strict=False))
                if beyond := " ".join(filter(None, cells[len(header) :])):
                    row[""] = beyond
                yield number, row

    return Sheet(tuple(header), rows())


def _cell(text: str) -> str:
    return clean(text, limit=len(text)) if text else ""


# --- text ---------------------------------------------------------------------------------------


def _delimited(path: Path, known: Collection[str]) -> Sheet:
    data = path.read_bytes()
    if b"\0" in data:
        raise BadInput(messages.not_text(path.name))
    try:
        text = decode(data, str(path))
    except NotText as error:
        raise BadInput(messages.unknown_encoding(path.name, error.line)) from None
    return _sheet(_records(text, _delimiter(text, known), path), path)


def _delimiter(text: str, known: Collection[str]) -> str:
    """The one of , ; and tab that cuts the first line into the most known names; comma if unsure."""
    line = next((line for line in text.splitlines() if line.strip()), "")

    def found(delimiter: str) -> int:
        return sum(clean(cell.strip('" ')) in known for cell in line.split(delimiter))

    return max((",", ";", "\t"), key=found)  # max keeps the first of equals


def _records(text: str, delimiter: str, where: Path) -> Iterator[tuple[int, Sequence[str]]]:
    number = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield number, record
    except csv.Error:
        raise BadRows(str(where), [RowFault(number + 1, "-", messages.UNCUT_ROW)]) from None


# --- JSON lines ---------------------------------------------------------------------------------


def _json_lines(path: Path) -> Sheet:
    try:
        rows, broken = numbered_rows(path)
    except BadInput:
        raise BadInput(messages.unreadable_lines(path.name)) from None
    if not rows and not broken:
        raise BadInput(messages.no_lines(path.name))
    faults = [RowFault(fault.row, _place(fault.column), messages.NOT_JSON) for fault in broken]
    texts: list[tuple[int, Cells]] = []
    for number, row in rows:
        cells: Cells = {}
        for key, value in row.items():
            try:
                cells[_cell(str(key))] = _cell(as_typed(value))
            except TypeError:
                faults.append(RowFault(number, str(key), messages.NESTED_VALUE))
        texts.append((number, cells))
    if faults:
        raise BadRows(str(path), sorted(faults, key=lambda fault: fault.row))
    return Sheet(tuple(texts[0][1]), iter(texts))


def _place(column: str) -> str:
    """Where in a line `numbered_rows` found it broken ("character 14", or "-")."""
    number = column.removeprefix("character ")
    return messages.at_character(int(number)) if number.isdecimal() else column
