"""The knowledge manager's desk: proposals on top of what is published, and their publication."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from consultation.errors import BadInput, Conflict, NotReady, Refused, Unknown
from consultation.store import Store
from consultation.store.freshness import Proposal, ProposalState, Wording
from consultation.store.rounds import Item
from consultation.types import ConsultationEntry
from retrieval.board import life, messages
from retrieval.board.coverage import seoul_day
from retrieval.board.life import Step
from retrieval.board.wording import cells_of, entry_of, print_of
from retrieval.knowledge import Knowledge

EVERYTHING = 1_000_000  # rows; for lists that must be whole
SOME = 1_000  # proposals noted in one transaction, so that live calls do not wait


class TextConflict(Conflict):
    """Somebody else's text was there first. Both texts are at hand, so that a person can join them."""

    def __init__(
        self, message: str, *, theirs: ConsultationEntry | None, by: str, at: datetime | None
    ) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.by = by
        self.at = at


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody typed, and what they had in front of them."""

    cells: Mapping[str, str]  # attribute to text; what is missing stays as it is
    why: str
    base: str | None  # print of the published text they saw; None: there was none
    revision: int | None  # of the open proposal they saw; None: there was none


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication brought."""

    version: int
    proposals: int
    confirmations: int
    left_out: tuple[str, ...]  # entries whose published text moved under their approved proposal


class Board:
    """Safe to share between threads. `live` gives the number of the live knowledge version."""

    def __init__(
        self,
        store: Store,
        knowledge: Knowledge,
        live: Callable[[], int | None],
        *,
        two_persons: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self.store = store
        self.two_persons = two_persons
        self.clock = clock
        self._knowledge = knowledge
        self._number = live
        self._reading = threading.Lock()
        self._held: tuple[int | None, dict[str, ConsultationEntry]] = (None, {})

    def today(self) -> date:
        """The day in Seoul."""
        return seoul_day(self.clock())

    def entries(self) -> Mapping[str, ConsultationEntry]:
        """The live entries by number; none while nothing is published. A version never changes, so
        it is read once."""
        number = self._number()
        if number is None:
            return {}
        if self._held[0] != number:
            with self._reading:
                if self._held[0] != number:
                    found = {entry.entry_id: entry for entry in self.store.knowledge.entries(number)}
                    self._held = (number, found)
        return self._held[1]

    # --- one entry ----------------------------------------------------------------------------------

    def write(
        self, entry_id: str, edit: Edit, by: str, *, origin: str = "board", submit: bool = False
    ) -> Proposal:
        """Keep a text as the open proposal of an entry, and send it to review with `submit`.

        Raises `BadFields`, `BadInput` without a reason or a change, `TextConflict` when the entry's
        published text or its open proposal is not what the writer saw.
        """
        published = self.entries().get(entry_id)
        opened = self.store.proposals.open_for(entry_id)
        self._same_text(published, opened, edit)
        standing = opened.entry if opened else published
        before = cells_of(standing) if standing else {}
        entry = entry_of({**before, **edit.cells, "entry_id": entry_id})
        if published is not None and print_of(entry) == print_of(published):
            confirms_only = entry.confirmed_on != published.confirmed_on and origin != "round"
            if not confirms_only:
                raise BadInput(messages.NOTHING_CHANGED)
        authors = tuple(dict.fromkeys((*(opened.authors if opened else ()), by)))
        state = life.after(
            Step.WRITE,
            opened.state if opened else ProposalState.DRAFT,
            by=by,
            authors=authors,
            reason=edit.why,
            two_persons=self.two_persons,
        )
        step = Step.WRITE
        if submit and state is ProposalState.DRAFT:
            state, step = ProposalState.REVIEW, Step.SUBMIT
        base = print_of(published) if published else None
        wording = Wording(entry, base, authors, opened.origin if opened else origin, edit.why.strip())
        at = self.clock()
        try:
            if opened is None:
                return self.store.proposals.add(wording, state=state, step=step, by=by, at=at)
            return self.store.proposals.rewrite(
                opened.number, opened.revision, wording, state=state, step=step, by=by, at=at
            )
        except Conflict:  # somebody was faster than this method
            self._same_text(published, self.store.proposals.open_for(entry_id), edit)
            raise

    def _same_text(self, published: ConsultationEntry | None, opened: Proposal | None, edit: Edit) -> None:
        if (opened.revision if opened else None) != edit.revision:
            if opened is None:
                raise TextConflict(messages.CLOSED, theirs=published, by="", at=None)
            raise TextConflict(
                messages.edited_by(opened.changed_by),
                theirs=opened.entry,
                by=opened.changed_by,
                at=opened.changed_at,
            )
        if (print_of(published) if published else None) != edit.base:
            why = messages.ENTRY_IS_THERE if edit.base is None else messages.BASE_MOVED
            raise TextConflict(why, theirs=published, by="", at=None)

    def restore(self, entry_id: str, version: int, *, revision: int | None, why: str, by: str) -> Proposal:
        """Propose the text of an older version again. Raises as `write` does, `Unknown`."""
        published = self.entries().get(entry_id)
        try:
            old = self.store.knowledge.entry(version, entry_id)
        except Unknown:
            raise Unknown(messages.NO_OLD_TEXT) from None
        confirmed_on = published.confirmed_on if published else old.confirmed_on
        edit = Edit(
            cells=cells_of(replace(old, confirmed_on=confirmed_on)),
            why=why,
            base=print_of(published) if published else None,
            revision=revision,
        )
        return self.write(entry_id, edit, by, origin="restore")

    def step(self, step: Step, number: int, revision: int, *, by: str, reason: str = "") -> Proposal:
        """Submit, approve, return or withdraw. Raises what `life.after` does, and `Conflict` when the
        proposal or the published text is no longer what was seen."""
        proposal = self.store.proposals.get(number)
        if proposal.revision != revision:
            raise Conflict(messages.STALE)
        state = life.after(
            step,
            proposal.state,
            by=by,
            authors=proposal.authors,
            reason=reason,
            two_persons=self.two_persons,
        )
        if step is Step.PUBLISH:
            raise BadInput("approved proposals are published together: publish()")
        if step is Step.APPROVE and not self._stands_on(proposal):
            raise Conflict(messages.BASE_MOVED)
        try:
            return self.store.proposals.move(
                number, revision, state=state, step=step.value, by=by, reason=reason.strip(), at=self.clock()
            )
        except Conflict:
            raise Conflict(messages.STALE) from None

    def steps(
        self, step: Step, proposals: Sequence[tuple[int, int]], *, by: str, reason: str = ""
    ) -> dict[int, str]:
        """One step for many (number, revision); returns why some could not take it."""
        refused: dict[int, str] = {}
        for number, revision in proposals:
            try:
                self.step(step, number, revision, by=by, reason=reason)
            except (Refused, Unknown) as error:
                refused[number] = str(error)
        return refused

    def _stands_on(self, proposal: Proposal) -> bool:
        """Is the published text still the one it changes, or its own already?"""
        published = self.entries().get(proposal.entry.entry_id)
        now = print_of(published) if published else None
        return now in (proposal.base, print_of(proposal.entry))

    # --- publication --------------------------------------------------------------------------------

    def confirmations(self) -> list[tuple[Item, ConsultationEntry | None]]:
        """Confirmations that wait for publication, each with the published entry it still fits."""
        published = self.entries()
        fits = []
        for item in self.store.rounds.unpublished():
            entry = published.get(item.entry_id)
            fits.append((item, entry if entry and print_of(entry) == item.print else None))
        return fits

    def publish(self, by: str, *, override: str = "") -> Published:
        """Publish approved proposals and new confirmations as one version.

        A confirmation moves 최종확인일 only, so every vector is kept. What was interrupted is taken
        up by the next call: the version made then is found, and its proposals noted as published.
        Raises `NotReady` before the first import, `Conflict` when there is nothing to publish, and
        what the checks of `Knowledge.publish` raise unless `override` says why to go on; the
        proposals stay approved then.
        """
        published = self.entries()
        if not published:
            raise NotReady(messages.NOTHING_LIVE)
        approved = self.store.proposals.list([ProposalState.APPROVED], limit=EVERYTHING)
        taken = [proposal for proposal in approved if self._stands_on(proposal)]
        looked_at = self.confirmations()
        confirmed = [(item, entry) for item, entry in looked_at if entry is not None]
        if not taken and not confirmed:
            raise Conflict(messages.NOTHING_TO_PUBLISH)
        changes: dict[str, ConsultationEntry] = {}
        for proposal in taken:
            changes[proposal.entry.entry_id] = _confirmed(
                proposal.entry, published.get(proposal.entry.entry_id, proposal.entry).confirmed_on
            )
        for item, entry in confirmed:
            if item.at and item.entry_id not in changes:
                changes[item.entry_id] = _confirmed(entry, seoul_day(item.at))
        source = f"현행화: 변경 {len(taken)}, 확인 {len(confirmed)}"
        version = self._knowledge.take(changes, by, source=source).version
        self._knowledge.publish(version, by, override=override)
        for start in range(0, len(taken), SOME):
            self.store.proposals.published(
                [(one.number, one.revision) for one in taken[start : start + SOME]],
                version,
                step=Step.PUBLISH.value,
                by=by,
                at=self.clock(),
            )
        self.store.rounds.taken_up([item for item, _ in looked_at], version)
        left_out = tuple(one.entry.entry_id for one in approved if one not in taken)
        return Published(version, len(taken), len(confirmed), left_out)


def _confirmed(entry: ConsultationEntry, on: date | None) -> ConsultationEntry:
    """The entry, confirmed on that day or later."""
    days = [day for day in (entry.confirmed_on, on) if day is not None]
    return replace(entry, confirmed_on=max(days, default=None), version=0)
