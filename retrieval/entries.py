"""CSV, XLSX and JSON lines to entries; every bad row is named with column, reason and remedy.

Two layouts are read: our template (see `template`) and the public Seoul 120 file (see
`seoul120`). One fault and nothing is kept: `BadRows` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.errors import BadInput, BadRows, RowFault
from consultation.types import ConsultationEntry
from retrieval import messages, seoul120
from retrieval.cells import COLUMNS, REQUIRED, BadCell, meant, parse
from retrieval.sheets import Cells, Sheet, read_sheet

_KOREAN = {attribute: column for column, attribute in COLUMNS.items()}
_IGNORED = frozenset({"version"})  # an exported entry carries it; the import gives a new one


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file names our columns."""

    theirs: Mapping[str, str]  # our column to the file's name of it
    ignored: frozenset[str]
    translate: Callable[[Cells], Cells]


def read_entries(path: Path) -> list[ConsultationEntry]:
    """All entries of a file, in its order. Raises `BadInput`, or `BadRows` with every fault found."""
    sheet = read_sheet(path, known=_known_names())
    layout = _layout(sheet.columns)
    _check_header(path, sheet.columns, layout)
    entries: list[ConsultationEntry] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for row, cells in _rows(sheet, faults):
        entry, problems = _entry(layout.translate(cells))
        problems.extend(_strangers(cells, layout))
        if entry and entry.entry_id in seen:
            problems.append(("항목번호", messages.used_twice(entry.entry_id, seen[entry.entry_id])))
        elif entry:
            seen[entry.entry_id] = row
            entries.append(entry)
        faults.extend(RowFault(row, layout.theirs.get(column, column), why) for column, why in problems)
    if faults:
        raise BadRows(str(path), faults)
    if not entries:
        raise BadInput(messages.only_header(path.name))
    return entries


def _known_names() -> frozenset[str]:
    return frozenset(COLUMNS) | frozenset(_KOREAN) | frozenset(seoul120.CSV_COLUMNS.values())


def _rows(sheet: Sheet, faults: list[RowFault]) -> Iterator[tuple[int, Cells]]:
    """The rows; a row where the file cannot be cut into cells ends them and is one more fault."""
    try:
        yield from sheet.rows
    except BadRows as error:
        faults.extend(error.faults)


# --- columns ------------------------------------------------------------------------------------


def _layout(columns: Sequence[str]) -> _Layout:
    for theirs in (seoul120.CSV_COLUMNS, seoul120.JSON_COLUMNS):
        if theirs["항목번호"] in columns and theirs["답변"] in columns:
            return _Layout(
                theirs,
                seoul120.OTHER_COLUMNS,
                lambda cells, names=theirs: seoul120.template_cells(cells, names),  # type: ignore[misc]
            )
    english = not any(column in COLUMNS for column in columns) and any(c in _KOREAN for c in columns)
    return _Layout(
        COLUMNS if english else {column: column for column in COLUMNS},
        _IGNORED if english else frozenset(),
        (lambda cells: {_KOREAN.get(key, key): text for key, text in cells.items()}) if english else dict,
    )


def _check_header(path: Path, columns: Sequence[str], layout: _Layout) -> None:
    faults = [RowFault(1, column, why) for column, why in _strangers(dict.fromkeys(columns, "-"), layout)]
    for column in sorted({column for column in columns if columns.count(column) > 1}):
        faults.append(RowFault(1, column or "-", messages.DOUBLE_COLUMN))
    faults += [
        RowFault(1, layout.theirs[column], messages.MISSING_COLUMN)
        for column in REQUIRED
        if layout.theirs[column] not in columns
    ]
    if faults:
        raise BadRows(str(path), faults)


def _strangers(cells: Cells, layout: _Layout) -> list[tuple[str, str]]:
    """Cells under a name that no column has."""
    known = set(layout.theirs.values()) | layout.ignored
    return [
        (column, messages.unknown_column(meant(column, sorted(known)), sorted(known)))
        if column
        else ("-", messages.BEYOND_COLUMNS)
        for column in cells
        if column not in known
    ]


# --- one row ------------------------------------------------------------------------------------


def _entry(cells: Cells) -> tuple[ConsultationEntry | None, list[tuple[str, str]]]:
    """An entry, or what is wrong with the row: (column, reason)."""
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for column, attribute in COLUMNS.items():
        try:
            values[attribute] = parse(column, cells.get(column, ""))
        except BadCell as error:
            problems.append((column, str(error)))
    starts, ends = values.get("valid_from"), values.get("valid_until")
    if starts and ends and ends < starts:
        problems.append(("유효종료", messages.ends_before_start(starts, ends)))
    if problems:
        return None, problems
    values["variants"] = tuple(v for v in values["variants"] if v != values["question"])
    return ConsultationEntry(**values), []
