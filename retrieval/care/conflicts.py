"""Where a bulletin says otherwise than the knowledge: told to its writer before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from consultation.ports import Encoder, Searcher
from consultation.store.bulletins import BulletinText
from consultation.types import ConsultationEntry, Hit
from retrieval.care.facts import Difference, differences

LOOKED_AT = 10  # entries nearest to the bulletin
FOUND = 0.4  # score of the search, and …
NEAR = 0.35  # … cosine of the titles from which an entry is about the bulletin's subject


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entry about the same subject with other figures."""

    entry: ConsultationEntry
    differences: tuple[Difference, ...]


def conflicts(content: BulletinText, knowledge: Searcher, encoder: Encoder) -> list[Conflict]:
    """Entries about the bulletin's subject that state other dates, amounts or telephone numbers.

    `knowledge` searches the entries alone, without bulletins.
    """
    hits = knowledge.search(content.title, LOOKED_AT, district=content.district)
    near = _about(content, list(hits), encoder)
    said = "\n".join((content.title, content.text, f"전화 {content.phone}" if content.phone else ""))
    found = []
    for hit in near:
        entry = hit.entry
        told = "\n".join((entry.question, entry.answer, f"전화 {entry.phone}" if entry.phone else ""))
        if other := differences(said, told):
            found.append(Conflict(entry, tuple(other)))
    return found


def _about(content: BulletinText, hits: Sequence[Hit], encoder: Encoder) -> list[Hit]:
    if not hits:
        return []
    vectors = encoder.encode([content.title, *(hit.entry.question for hit in hits)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    return [hit for hit, cosine in zip(hits, cosines, strict=True) if hit.score >= FOUND and cosine >= NEAR]
