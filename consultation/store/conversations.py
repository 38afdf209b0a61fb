"""Conversations and all that belongs to them. Every method is one transaction: when it returns, what
it was given is stored, and storing the same again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consultation.errors import BadInput
from consultation.store import abuse, history, records, retention, stages, suggestions, turns
from consultation.store.audit import append
from consultation.store.engine import Database
from consultation.store.seals import Seals
from consultation.store.views import Action, ConversationSummary, Purged, Record, Reveal
from consultation.types import (
    AbuseFlag,
    Conversation,
    Stage,
    Suggestion,
    SuggestionAction,
    Turn,
    Word,
    WrapUp,
)


class Conversations:
    """Raises `Unknown` wherever a conversation is not kept."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._database = database
        self._seals = seals

    # The conversation itself

    def start(self, conversation: Conversation) -> bool:
        """Keep a new conversation. False: it is kept already; `Conflict`: another has that id."""
        with self._database.writing() as tx:
            return stages.start(tx, self._seals, conversation)

    def get(self, conversation_id: str) -> Conversation:
        """One conversation."""
        with self._database.reading() as tx:
            return stages.get(tx, conversation_id)

    def end(self, conversation_id: str, at: datetime) -> bool:
        """The call is over. False: it was over already, and the first time stands."""
        with self._database.writing() as tx:
            if stages.stage_of(tx, conversation_id) is not Stage.LIVE:
                return False
            return stages.move(tx, conversation_id, Stage.ENDED, at)

    def set_stage(self, conversation_id: str, stage: Stage) -> bool:
        """Go on to a later stage. Only `confirm` leads to CONFIRMED. `Conflict` for a way back."""
        if stage is Stage.CONFIRMED:
            raise BadInput("only a confirmed record makes a conversation confirmed: use confirm()")
        with self._database.writing() as tx:
            return stages.move(tx, conversation_id, stage, None)

    def set_district(self, conversation_id: str, district: str | None) -> None:
        """The 자치구, once known."""
        with self._database.writing() as tx:
            stages.change(tx, conversation_id, district=district)

    # Turns

    def add_turn(self, conversation_id: str, turn: Turn, original: str, words: Sequence[Word] = ()) -> bool:
        """Keep a turn, in any order of index. False: the same turn was there already; `Conflict`:
        other words have that index. `turn.text` is masked; `original`, and `words` with their times
        where the turn was heard, are sealed."""
        with self._database.writing() as tx:
            return turns.add(tx, self._seals, conversation_id, turn, original, words)

    def words(self, conversation_id: str) -> dict[int, tuple[Word, ...]]:
        """The words of heard turns with their times in the call, by turn. Unmasked: for programs that
        find a place in the sound, never for a screen. Empty once the originals were erased."""
        with self._database.reading() as tx:
            return turns.words(tx, self._seals, conversation_id)

    def turns(self, conversation_id: str) -> list[Turn]:
        """Masked turns in order of index; late ones may still be missing between them."""
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            return turns.listed(tx, conversation_id)

    def original(self, conversation_id: str, index: int, *, reader: str, reason: str) -> str:
        """The unmasked words of a turn. Who reads them and why is in the audit chain before they are
        opened. Raises `Unknown` once they were erased."""
        if not reader.strip() or not reason.strip():
            raise BadInput("reading an original needs who reads it and why")
        with self._database.writing() as tx:
            turns.require(tx, conversation_id, index)
            append(tx, reader, "read_original", f"{conversation_id}/{index}", reason)
        with self._database.reading() as tx:
            return turns.original(tx, self._seals, conversation_id, index)

    # Suggestions

    def add_suggestion(self, conversation_id: str, suggestion: Suggestion) -> bool:
        """Keep a suggestion with the wordings it showed. False: it is kept already."""
        with self._database.writing() as tx:
            return suggestions.add(tx, conversation_id, suggestion)

    def suggestions(self, conversation_id: str) -> list[Suggestion]:
        """In order of turn, each entry as it was shown then."""
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            return suggestions.listed(tx, conversation_id)

    def act(
        self,
        conversation_id: str,
        suggestion_id: str,
        action: SuggestionAction,
        *,
        entry_id: str | None = None,
        edited_text: str | None = None,
        by: str,
        at: datetime | None = None,
    ) -> None:
        """Keep what the agent did with a suggestion. `edited_text` is masked by the caller."""
        with self._database.writing() as tx:
            suggestions.act(tx, conversation_id, suggestion_id, action, entry_id, edited_text, by, at)

    def actions(self, conversation_id: str) -> list[Action]:
        """Oldest first."""
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            return suggestions.actions_of(tx, conversation_id)

    # Abuse

    def add_flag(self, conversation_id: str, flag: AbuseFlag) -> bool:
        """Keep a flag. False: the turn has one already, which stands."""
        with self._database.writing() as tx:
            return abuse.add_flag(tx, conversation_id, flag)

    def flags(self, conversation_id: str) -> list[AbuseFlag]:
        """In order of turn."""
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            return abuse.flags_of(tx, conversation_id)

    def reveal(self, conversation_id: str, turn: int, by: str, at: datetime | None = None) -> None:
        """Somebody uncovered the hidden words of a turn; also in the audit chain."""
        with self._database.writing() as tx:
            abuse.reveal(tx, conversation_id, turn, by, at)

    def reveals(self, conversation_id: str) -> list[Reveal]:
        """Oldest first."""
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            return abuse.reveals_of(tx, conversation_id)

    # The record

    def save_draft(self, conversation_id: str, wrap_up: WrapUp, at: datetime | None = None) -> bool:
        """Keep a draft. False: the record is confirmed and stays. `Conflict` while the call is live."""
        with self._database.writing() as tx:
            return records.save_draft(tx, conversation_id, wrap_up, at)

    def draft(self, conversation_id: str) -> WrapUp | None:
        """The latest draft."""
        with self._database.reading() as tx:
            return records.draft(tx, conversation_id)

    def confirm(
        self,
        conversation_id: str,
        wrap_up: WrapUp,
        *,
        by: str,
        at: datetime | None = None,
        edit_distance: int,
    ) -> bool:
        """Make the record, once. False: the same one is kept already; `Conflict`: another is."""
        with self._database.writing() as tx:
            return records.confirm(tx, conversation_id, wrap_up, by, at, edit_distance)

    def record(self, conversation_id: str) -> Record | None:
        """The confirmed record."""
        with self._database.reading() as tx:
            return records.record(tx, conversation_id)

    # All conversations

    def find(
        self,
        query: str | None = None,
        agent: str | None = None,
        stage: Stage | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        category: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[ConversationSummary]:
        """Newest first, started from `since` until before `until`. Every word of the query must stand
        in a masked turn or in the record."""
        with self._database.reading() as tx:
            return history.find(
                tx,
                query=query,
                agent=agent,
                stage=stage,
                since=since,
                until=until,
                category=category,
                limit=limit,
                offset=offset,
            )

    def unfinished(self) -> list[Conversation]:
        """Live, or ended without a draft; oldest first."""
        with self._database.reading() as tx:
            return history.unfinished(tx)

    # Retention

    def erase(self, conversation_id: str, *, by: str, reason: str, masked_too: bool = False) -> None:
        """Make the originals unreadable for ever by deleting their key. `masked_too` empties the
        masked words and the record as well; figures stay. `Conflict` while the call is live."""
        with self._database.writing() as tx:
            retention.erase(tx, conversation_id, by, reason, masked_too=masked_too)
        self._database.scrub()

    def purge(self, *, before_masked: datetime, before_original: datetime, by: str = "retention") -> Purged:
        """Retention: originals, then masked words, of conversations started before these moments."""
        return retention.purge(
            self._database, before_masked=before_masked, before_original=before_original, by=by
        )
