"""An entry as the fields of a form or the cells of a sheet, and the print of its text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consultation.errors import BadInput
from consultation.store.documents import digest_of, entry_to_json
from consultation.text import clean
from consultation.types import ConsultationEntry
from retrieval.cells import COLUMNS, MAX_CELL, SEPARATOR, BadCell, parse
from retrieval.template import NOTES

COLUMN_OF: Mapping[str, str] = {attribute: column for column, attribute in COLUMNS.items()}
EDITABLE = tuple(attribute for attribute in COLUMNS.values() if attribute != "entry_id")


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A field of a form that cannot be used."""

    attribute: str
    column: str
    reason: str  # Korean: how to write it


class BadFields(BadInput):
    """A form with fields that cannot be used, each one named."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "고칠 칸이 있습니다. " + " ".join(f"[{fault.column}] {fault.reason}" for fault in self.faults)
        )


def print_of(entry: ConsultationEntry) -> str:
    """SHA-256 of everything an entry says; the day it was confirmed is not part of what it says."""
    return digest_of(entry_to_json(dataclasses.replace(entry, confirmed_on=None)))


def cells_of(entry: ConsultationEntry) -> dict[str, str]:
    """Attribute to text, as a person types it; "" for nothing."""
    return {attribute: _typed(getattr(entry, attribute)) for attribute in COLUMNS.values()}


def entry_of(cells: Mapping[str, str]) -> ConsultationEntry:
    """Reads what `cells_of` wrote, or what a person typed. Raises `BadFields`."""
    values: dict[str, object] = {}
    faults: list[FieldFault] = []
    for column, attribute in COLUMNS.items():
        text = clean(cells.get(attribute, ""), limit=MAX_CELL + 1)
        try:
            values[attribute] = parse(column, text)
        except BadCell:
            faults.append(FieldFault(attribute, column, NOTES[column]))
    entry = None if faults else ConsultationEntry(**values)  # type: ignore[arg-type]
    if entry and entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        faults.append(FieldFault("valid_until", "유효종료", "유효시작보다 앞설 수 없습니다."))
    if entry is None or faults:
        raise BadFields(faults)
    variants = tuple(variant for variant in entry.variants if variant != entry.question)
    return dataclasses.replace(entry, variants=variants)


def _typed(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "예" if value else "아니오"
        case tuple():
            return SEPARATOR.join(value)
        case _:
            return str(value)
