"""Work after the call: the consultation record is drafted from what was kept."""

from __future__ import annotations

from collections.abc import Callable

from assistant import wrapup
from assistant.events import Drafted, Event
from consultation.errors import NotReady, SangdamError
from consultation.ports import Searcher
from consultation.store import Store
from consultation.types import ConsultationEntry, Stage

FindEntry = Callable[[str], ConsultationEntry | None]


class AfterCall:
    """The job that drafts a record. Running it again for the same call changes nothing."""

    def __init__(
        self,
        store: Store,
        searcher: Searcher,
        find_entry: FindEntry,
        announce: Callable[[str, Event], None],
    ) -> None:
        self._store = store
        self._searcher = searcher
        self._find_entry = find_entry
        self._announce = announce

    def draft(self, conversation_id: str) -> str:
        """Draft the record of an ended call; returns the stage it is in afterwards."""
        kept = self._store.conversations
        conversation = kept.get(conversation_id)
        if conversation.stage is Stage.LIVE:
            raise NotReady(f"call {conversation_id} is still going on")
        if conversation.stage is Stage.ENDED:
            suggestions = kept.suggestions(conversation_id)
            entries: dict[str, ConsultationEntry] = {}
            for suggestion in suggestions:
                for hit in suggestion.ranking:
                    entries[hit.entry.entry_id] = self._current(hit.entry)
            kept.save_draft(
                conversation_id,
                wrapup.draft(
                    kept.turns(conversation_id),
                    suggestions=suggestions,
                    actions=kept.actions(conversation_id),
                    flags=kept.flags(conversation_id),
                    entries=entries,
                    channel=conversation.channel,
                    district=conversation.district,
                    searcher=self._searcher,
                ),
            )
        self._announce(conversation_id, Drafted())
        return kept.get(conversation_id).stage.value

    def _current(self, shown: ConsultationEntry) -> ConsultationEntry:
        """The entry as it is published now, else as it was shown."""
        try:
            return self._find_entry(shown.entry_id) or shown
        except SangdamError:
            return shown
