"""Pure: what is wrong, or may be, with entries. Each finding says what it saw and has a print, so that a
person can put it aside until that changes."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np

from consultation.ports import Vectors
from consultation.store.care import Report, Unaided, Unanswered, Usage
from consultation.text import squeeze
from consultation.types import ConsultationEntry, EntryState
from retrieval.care.clusters import clusters
from retrieval.care.facts import differences, phones

SAME = 0.88  # cosine from which two questions of one place ask the same
ASKS = 0.62  # cosine from which a question asks for an entry
SHARED_NUMBER = 3  # digits of a number that many offices share
BLOCK = 1_024  # questions compared at once
_PHONE = re.compile(r"0\d{1,2}-?\d{3,4}-?\d{4}|1[5-9]\d{2}-?\d{4}|1\d{2}|0\d{1,2}-\d{3}|02-?120")
_BASIS_URL = re.compile(r"https?://[^\s/]+\.[^\s/]+\S*")


class Kind(StrEnum):
    """What the machine looks for."""

    EXPIRING = "expiring"
    EXPIRED_ASKED = "expired_asked"
    CONTRADICTING = "contradicting"
    REFERENCES = "references"
    PHONES = "phones"
    REPORTED = "reported"
    UNANSWERED = "unanswered"
    UNAIDED = "unaided"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something for a person to look at."""

    kind: Kind
    subject: str  # entry numbers or a text: names the finding as long as it stands
    title: str
    details: tuple[str, ...]
    entry_ids: tuple[str, ...] = ()
    district: str | None = None
    field: str = ""
    organisation: str = ""
    weight: float = 0.0  # the heaviest is shown first
    examples: tuple[str, ...] = ()
    conversation_id: str | None = None  # that it was found in

    @property
    def print(self) -> str:
        """Changes when what was found changes."""
        text = "\x1f".join((self.kind, self.subject, *self.details))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def expiring(entries: Iterable[ConsultationEntry], today: date, days: int) -> list[Finding]:
    """Current entries whose last day is within so many days."""
    return [
        _of(
            Kind.EXPIRING,
            entry,
            f"{entry.valid_until}까지 유효합니다. {(entry.valid_until - today).days}일 남았습니다.",
            weight=-float((entry.valid_until - today).days),
        )
        for entry in entries
        if entry.valid_until is not None
        and entry.is_current(today)
        and entry.valid_until <= today + timedelta(days=days)
    ]


def expired_but_asked(
    entries: Sequence[ConsultationEntry],
    vectors: Vectors,
    questions: Sequence[str],
    asked: Vectors,
    today: date,
) -> list[Finding]:
    """Entries that have ended and for which citizens still ask. `vectors` of the entries' questions,
    `asked` of the questions."""
    ended = [
        row
        for row, entry in enumerate(entries)
        if entry.state is EntryState.EXPIRED or (entry.valid_until is not None and entry.valid_until < today)
    ]
    if not ended or not len(asked):
        return []
    likeness = asked @ vectors[ended].T
    found = []
    for place, row in enumerate(ended):
        near = np.flatnonzero(likeness[:, place] >= ASKS)
        if len(near):
            until = entries[row].valid_until
            when = f"{until}에 끝났는데" if until else "만료되었는데"
            found.append(
                _of(
                    Kind.EXPIRED_ASKED,
                    entries[row],
                    f"{when} 비슷한 질문이 {len(near)}번 있었습니다.",
                    weight=float(len(near)),
                    examples=tuple(dict.fromkeys(questions[one] for one in near.tolist()))[:3],
                )
            )
    return found


def contradicting(entries: Sequence[ConsultationEntry], vectors: Vectors, today: date) -> list[Finding]:
    """Current entries of one place that ask the same and state other figures."""
    current = [row for row, entry in enumerate(entries) if entry.is_current(today)]
    found: list[Finding] = []
    places: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for row in current:
        places[(entries[row].district, entries[row].organisation if entries[row].district else "")].append(
            row
        )
    for rows in places.values():
        for a, b in _same_questions(rows, entries, vectors):
            other = differences(_told(entries[a]), _told(entries[b]))
            if other:
                found.append(_contradiction(entries[a], entries[b], [str(one) for one in other]))
    return found


def references(entries: Iterable[ConsultationEntry], today: date) -> list[Finding]:
    """Current entries whose basis or telephone is missing or cannot be right."""
    found = []
    for entry in entries:
        if not entry.is_current(today):
            continue
        faults = []
        if not entry.basis.strip():
            faults.append("근거가 비어 있습니다.")
        elif "http" in entry.basis and not _BASIS_URL.search(entry.basis):
            faults.append("근거의 주소가 바르지 않습니다.")
        faults += _phone_faults(entry)
        if faults:
            found.append(_of(Kind.REFERENCES, entry, *faults, weight=float(len(faults))))
    return found


def phones_of_departments(entries: Iterable[ConsultationEntry], today: date) -> list[Finding]:
    """Departments for which entries name different telephone numbers."""
    named: dict[tuple[str, str], dict[str, list[ConsultationEntry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        digits = re.sub(r"\D", "", entry.phone)
        # 120, 129 and their like are nobody's desk: a department may well name several
        if entry.is_current(today) and entry.department.strip() and len(digits) > SHARED_NUMBER:
            department = (entry.organisation.strip(), squeeze(entry.department))
            named[department][digits].append(entry)
    found = []
    for by_phone in named.values():
        if len(by_phone) < 2:
            continue
        groups = sorted(by_phone.values(), key=len, reverse=True)
        first = groups[0][0]
        found.append(
            Finding(
                kind=Kind.PHONES,
                subject=f"{first.organisation} {first.department}".strip(),
                title=first.department
                if first.department.startswith(first.organisation)
                else f"{first.organisation} {first.department}",
                details=tuple(
                    f"{group[0].phone}: {', '.join(entry.entry_id for entry in group[:5])}"
                    + (f" 외 {len(group) - 5}건" if len(group) > 5 else "")
                    for group in groups
                ),
                entry_ids=tuple(entry.entry_id for group in groups for entry in group),
                district=first.district,
                field=first.field,
                organisation=first.organisation,
                weight=float(sum(map(len, groups))),
            )
        )
    return found


def reported(reports: Iterable[Report], entries: Mapping[str, ConsultationEntry]) -> list[Finding]:
    """Entries that agents reported wrong."""
    by_entry: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        by_entry[report.entry_id].append(report)
    found = []
    for entry_id, some in by_entry.items():
        entry = entries.get(entry_id)
        if entry is None:  # no longer there: nothing to mend
            continue
        reasons = tuple(dict.fromkeys(report.reason for report in some if report.reason))[:5]
        found.append(
            _of(
                Kind.REPORTED,
                entry,
                f"상담사가 {len(some)}번 오답으로 신고했습니다. 마지막 신고 {some[0].at:%Y-%m-%d}",
                *reasons,
                weight=float(len(some)),
                examples=tuple(dict.fromkeys(report.question for report in some if report.question))[:3],
            )
        )
    return found


def unanswered(questions: Sequence[Unanswered], vectors: Vectors) -> list[Finding]:
    """Questions that found nothing, those that ask the same together. `vectors`: of the questions."""
    found = []
    for cluster in clusters(vectors):
        some = [questions[row] for row in cluster.rows]
        districts = {one.district for one in some if one.district}
        examples = tuple(dict.fromkeys(one.question for one in some))
        found.append(
            Finding(
                kind=Kind.UNANSWERED,
                subject=examples[0],
                title=examples[0],
                details=(
                    f"{len(some)}번 물었습니다. 마지막 질문 {max(one.asked_at for one in some):%Y-%m-%d}",
                ),
                entry_ids=tuple(dict.fromkeys(one.nearest for one in some if one.nearest))[:3],
                district=next(iter(districts)) if len(districts) == 1 else None,
                weight=float(len(some)),
                examples=examples[1:5],
            )
        )
    return found


def unaided(records: Iterable[Unaided]) -> list[Finding]:
    """Confirmed consultations that no entry helped with: an entry may be drafted from each."""
    found = []
    for one in records:
        question = " ".join(sentence.text for sentence in one.wrap_up.question)
        found.append(
            Finding(
                kind=Kind.UNAIDED,
                subject=one.conversation_id,
                title=question or "(질문 없음)",
                details=(" ".join(sentence.text for sentence in one.wrap_up.answer),),
                district=one.wrap_up.district,
                field=one.wrap_up.category,
                weight=one.confirmed_at.timestamp(),
                conversation_id=one.conversation_id,
            )
        )
    return found


def unused(
    entries: Iterable[ConsultationEntry],
    usage: Mapping[str, Usage],
    new: frozenset[str],
    today: date,
    days: int,
) -> list[Finding]:
    """Current entries that no agent used in so many days; those younger than that (`new`) left out."""
    found = []
    for entry in entries:
        use = usage.get(entry.entry_id, Usage())
        if entry.is_current(today) and not use.used and entry.entry_id not in new:
            shown = f"{use.shown}번 추천되었지만 " if use.shown else "추천된 적이 없고 "
            found.append(
                _of(
                    Kind.UNUSED,
                    entry,
                    f"최근 {days}일 동안 {shown}채택되지 않았습니다.",
                    weight=float(use.shown),
                )
            )
    return found


# --- parts ------------------------------------------------------------------------------------------


def _of(
    kind: Kind,
    entry: ConsultationEntry,
    *details: str,
    weight: float = 0.0,
    examples: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        kind=kind,
        subject=entry.entry_id,
        title=entry.question,
        details=details,
        entry_ids=(entry.entry_id,),
        district=entry.district,
        field=entry.field,
        organisation=entry.organisation,
        weight=weight,
        examples=examples,
    )


def _told(entry: ConsultationEntry) -> str:
    return f"{entry.answer}\n전화 {entry.phone}" if entry.phone else entry.answer


def _same_questions(
    rows: Sequence[int], entries: Sequence[ConsultationEntry], vectors: Vectors
) -> list[tuple[int, int]]:
    """Pairs of rows whose questions are the same, spacing aside, or nearly."""
    pairs: list[tuple[int, int]] = []
    inside = vectors[list(rows)]
    prints = [squeeze(entries[row].question) for row in rows]
    by_print: dict[str, list[int]] = defaultdict(list)
    for place, mark in enumerate(prints):
        by_print[mark].append(place)
    same = {(a, b) for places in by_print.values() for a in places for b in places if a < b}
    for start in range(0, len(rows), BLOCK):
        likeness = inside[start : start + BLOCK] @ inside.T
        for a, b in zip(*np.nonzero(likeness >= SAME), strict=True):
            if start + a < b:
                same.add((start + int(a), int(b)))
    pairs.extend((rows[a], rows[b]) for a, b in sorted(same))
    return pairs


def _contradiction(a: ConsultationEntry, b: ConsultationEntry, details: Sequence[str]) -> Finding:
    return Finding(
        kind=Kind.CONTRADICTING,
        subject=f"{a.entry_id} {b.entry_id}",
        title=f"{a.question} / {b.question}" if a.question != b.question else a.question,
        details=tuple(details),
        entry_ids=(a.entry_id, b.entry_id),
        district=a.district,
        field=a.field,
        organisation=a.organisation,
        weight=float(len(details)),
    )


def _phone_faults(entry: ConsultationEntry) -> list[str]:
    phone = entry.phone.strip()
    if not phone:
        return ["담당부서 전화가 비어 있습니다."] if entry.department.strip() else []
    if phones(f"전화 {phone}") or _PHONE.fullmatch(re.sub(r"[\s().]", "", phone)):
        return []
    return [f"전화번호의 형식이 바르지 않습니다: {phone}"]


def since(now: datetime, days: int) -> datetime:
    """So many days ago."""
    return now - timedelta(days=days)
