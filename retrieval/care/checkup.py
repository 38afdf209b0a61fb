"""The whole check-up: everything that needs care, gathered from the knowledge and from its use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from consultation.errors import BadInput, Conflict
from consultation.ports import Encoder, Vectors
from consultation.store import Store
from consultation.store.care import Settled
from consultation.store.freshness import Proposal, ProposalState, Wording
from consultation.types import ConsultationEntry, EntryState
from retrieval.care import findings
from retrieval.care.bulletins import SEOUL
from retrieval.care.clusters import MOST
from retrieval.care.findings import Finding, Kind

EXPIRING_DAYS = 30
UNUSED_DAYS = 90
PERIOD_DAYS = 30  # of questions, reports and records
LONGEST_QUESTION = 300  # characters of a drafted question


@dataclass(frozen=True, slots=True)
class Spans:
    """Days that the check-up looks ahead and back."""

    expiring: int = EXPIRING_DAYS
    unused: int = UNUSED_DAYS
    period: int = PERIOD_DAYS


class Checkup:
    """Safe to share between threads. What depends on the entries alone is kept for a version and a day."""

    def __init__(
        self,
        store: Store,
        live: Callable[[], int | None],
        *,
        encoder: Encoder,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._live = live
        self._encoder = encoder
        self._clock = clock
        self._looking = threading.Lock()
        self._entries: tuple[int | None, list[ConsultationEntry], Vectors] = (
            None,
            [],
            np.zeros((0, 1), np.float32),
        )
        self._lasting: tuple[object, dict[Kind, list[Finding]]] = (None, {})

    def findings(self, kind: Kind, spans: Spans = Spans()) -> list[Finding]:
        """All of a kind, the heaviest first; those that a person has put aside left out."""
        return self._open(self._find(kind, spans))

    def settled(self, kind: Kind, spans: Spans = Spans()) -> list[tuple[Finding, Settled]]:
        """Those that were put aside and have not changed since."""
        settled = self._store.care.settled()
        return [
            (one, settled[(one.kind, one.subject)])
            for one in self._find(kind, spans)
            if _is_settled(one, settled)
        ]

    def counts(self, spans: Spans = Spans()) -> dict[Kind, int]:
        """How many of each kind."""
        return {kind: len(self.findings(kind, spans)) for kind in Kind}

    def settle(self, kind: Kind, subject: str, print_: str, *, by: str, reason: str) -> None:
        """Put a finding aside as it was seen. Raises `BadInput` without a reason."""
        if len(reason.strip()) < 2:
            raise BadInput("까닭을 두 글자 이상 적어 주세요. 이력에 함께 남습니다.")
        self._store.care.settle(kind.value, subject, print_, by=by, reason=reason.strip(), at=self._clock())

    def draft_from(self, conversation_id: str, by: str) -> Proposal:
        """Propose an entry from a confirmed consultation: 초안, to be written on like any other.

        Raises `Unknown`, or `Conflict` when the record is not confirmed, its words are gone, or a draft
        is open already.
        """
        record = self._store.conversations.record(conversation_id)
        if record is None:
            self._store.conversations.get(conversation_id)
            raise Conflict("확정된 상담이력에서만 초안을 만들 수 있습니다.")
        wrap_up = record.wrap_up
        question = " ".join(sentence.text for sentence in wrap_up.question)[:LONGEST_QUESTION].strip()
        answer = "\n".join(sentence.text for sentence in wrap_up.answer).strip()
        if not question or not answer:
            raise Conflict("상담이력에 질문이나 답변이 남아 있지 않아 초안을 만들 수 없습니다.")
        entry = ConsultationEntry(
            entry_id=drafted_id(conversation_id),
            question=question,
            answer=answer,
            field=wrap_up.category,
            district=wrap_up.district,
            source=f"상담이력 {conversation_id}",
            state=EntryState.DRAFT,
            ars_code=wrap_up.ars_code,
        )
        wording = Wording(entry, None, (by,), "consultation", f"상담이력 {conversation_id}에서 초안 작성")
        try:
            return self._store.proposals.add(
                wording, state=ProposalState.DRAFT, step="write", by=by, at=self._clock()
            )
        except Conflict:
            raise Conflict("이 상담에서 만든 초안이 이미 있습니다.") from None

    # --- looking ------------------------------------------------------------------------------------

    def _find(self, kind: Kind, spans: Spans) -> list[Finding]:
        found = self._look(kind, spans)
        return sorted(found, key=lambda one: (-one.weight, one.subject))

    def _look(self, kind: Kind, spans: Spans) -> Sequence[Finding]:
        now = self._clock()
        today = now.astimezone(SEOUL).date()
        kept = self._store.care
        since = findings.since(now, spans.period)
        with self._looking:
            entries, vectors = self._read()
            match kind:
                case Kind.EXPIRING:
                    return findings.expiring(entries, today, spans.expiring)
                case Kind.EXPIRED_ASKED:
                    asked = [*kept.asked(since), *(one.question for one in kept.unanswered(since))][:2_000]
                    return findings.expired_but_asked(entries, vectors, asked, self._encode(asked), today)
                case Kind.CONTRADICTING | Kind.REFERENCES | Kind.PHONES:
                    return self._of_entries(entries, vectors)[kind]
                case Kind.REPORTED:
                    return findings.reported(kept.reports(since), {e.entry_id: e for e in entries})
                case Kind.UNANSWERED:
                    questions = kept.unanswered(since, MOST)
                    return findings.unanswered(questions, self._encode([one.question for one in questions]))
                case Kind.UNAIDED:
                    return [
                        one
                        for one in findings.unaided(kept.unaided(since))
                        if not self._store.proposals.of_entry(drafted_id(one.subject))
                    ]
                case Kind.UNUSED:
                    back = findings.since(now, spans.unused)
                    return findings.unused(entries, kept.usage(back), self._new(back), today, spans.unused)

    def _open(self, found: Sequence[Finding]) -> list[Finding]:
        settled = self._store.care.settled()
        return [one for one in found if not _is_settled(one, settled)]

    def _of_entries(
        self, entries: Sequence[ConsultationEntry], vectors: Vectors
    ) -> Mapping[Kind, list[Finding]]:
        today = self._clock().astimezone(SEOUL).date()
        key = (self._entries[0], today)
        if self._lasting[0] != key:
            self._lasting = (
                key,
                {
                    Kind.CONTRADICTING: findings.contradicting(entries, vectors, today),
                    Kind.REFERENCES: findings.references(entries, today),
                    Kind.PHONES: findings.phones_of_departments(entries, today),
                },
            )
        return self._lasting[1]

    def _read(self) -> tuple[list[ConsultationEntry], Vectors]:
        """The live entries and the vectors of their questions; unchanged questions keep theirs."""
        number = self._live()
        if self._entries[0] == number:
            return self._entries[1], self._entries[2]
        entries = self._store.knowledge.entries(number) if number is not None else []
        known = {entry.question: row for row, entry in enumerate(self._entries[1])}
        new = [entry.question for entry in entries if entry.question not in known]
        fresh = dict(zip(new, self._encode(new), strict=True))
        rows = [
            fresh[e.question] if e.question in fresh else self._entries[2][known[e.question]] for e in entries
        ]
        vectors = np.array(rows, np.float32).reshape(len(rows), self._encoder.dim)
        self._entries = (number, entries, vectors)
        return entries, vectors

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode(texts) if texts else np.zeros((0, self._encoder.dim), np.float32)

    def _new(self, since: datetime) -> frozenset[str]:
        """Entries whose text came with a version made since then."""
        versions = {one.number for one in self._store.knowledge.versions() if one.made_at >= since}
        return frozenset(entry.entry_id for entry in self._entries[1] if entry.version in versions)


def drafted_id(conversation_id: str) -> str:
    """The number of the entry that is drafted from a consultation."""
    return f"N-{conversation_id}"


def _is_settled(one: Finding, settled: Mapping[tuple[str, str], Settled]) -> bool:
    put_aside = settled.get((one.kind, one.subject))
    return put_aside is not None and put_aside.print == one.print
