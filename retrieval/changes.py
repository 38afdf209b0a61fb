"""Pure: what one knowledge version says otherwise than another."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from consultation.types import ConsultationEntry, KnowledgeChange

_FIELDS = tuple(
    f.name for f in dataclasses.fields(ConsultationEntry) if f.name not in ("entry_id", "version")
)


@dataclass(frozen=True, slots=True)
class EntryChange:
    """How one entry differs between two versions."""

    entry_id: str
    change: KnowledgeChange
    question: str  # of the later version, or of the earlier one when it was removed
    fields: tuple[tuple[str, str, str], ...]  # (attribute, before, after), "" for nothing


def compare(
    before: Mapping[str, ConsultationEntry], after: Mapping[str, ConsultationEntry]
) -> list[EntryChange]:
    """Entry by entry and field by field, in order of entry number."""
    changes = []
    for entry_id in sorted({*before, *after}):
        old, new = before.get(entry_id), after.get(entry_id)
        fields = tuple(
            (name, was, now) for name in _FIELDS if (was := _plain(old, name)) != (now := _plain(new, name))
        )
        if old is None or new is None or fields:
            kind = KnowledgeChange.CHANGED
            if old is None:
                kind = KnowledgeChange.ADDED
            elif new is None:
                kind = KnowledgeChange.REMOVED
            question = new.question if new is not None else old.question if old is not None else ""
            changes.append(EntryChange(entry_id, kind, question, fields))
    return changes


def _plain(entry: ConsultationEntry | None, name: str) -> str:
    """A field as a person reads it."""
    match getattr(entry, name, None):
        case None:
            return ""
        case bool() as value:
            return "예" if value else "아니오"
        case tuple() as values:
            return " | ".join(values)
        case value:
            return str(value)
