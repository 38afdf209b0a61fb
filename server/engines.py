"""Every engine of the program, built once from the settings and handed down.

`build` is the only place that knows which engine stands behind which seam; `create_app` and the
command line both start from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from abuse_filter import AbuseFilter
from assistant.call import Call
from assistant.live import LiveCalls
from assistant.suggest import Kind, bar
from assistant.transcribers import Transcribers
from consultation.crypto import load_master_key
from consultation.districts import Gazetteer
from consultation.errors import NothingPublished, Unknown
from consultation.ports import AbuseDetector, Analyser, Encoder, Jobs
from consultation.settings import Settings
from consultation.store import Store, open_store
from consultation.types import (
    AbuseFlag,
    ConsultationEntry,
    Conversation,
    Ranking,
    Suggestion,
    Turn,
)
from consultation.versions import Versions
from retrieval import Retriever
from retrieval.board.board import Board
from retrieval.care.addresses import networks
from retrieval.care.checkup import Checkup
from retrieval.care.golden import GoldenCheck
from retrieval.care.live import LiveBulletins
from retrieval.care.unanswered import NotingSearcher
from retrieval.care.webhooks import Herald
from retrieval.encoder import open_encoder
from retrieval.knowledge import Knowledge
from retrieval.tokens import kiwi, open_analyser
from server.rules import CALLS
from server.speech import LiveLexicon, Speech
from stt.recorder import CallRecorder
from stt.recordings import Recordings
from stt.spacing import Spacing


def now() -> datetime:
    """The clock of the program."""
    return datetime.now(UTC)


class LiveKnowledge:
    """A `Searcher` over whatever version is live, and the bulletins that outrank it: opened when first
    needed, renewed on `reload`."""

    def __init__(
        self, versions: Versions, analyser: Analyser, encoder: Encoder, bulletins: LiveBulletins
    ) -> None:
        self._versions = versions
        self._bulletins = bulletins
        self._analyser = analyser
        self._encoder = encoder
        self._opening = threading.Lock()
        self._retriever: Retriever | None = None

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        """See `Searcher`. Raises `NothingPublished` while no version is live."""
        retriever = self._open()
        ranking = retriever.search(text, k, district=district, on=on)
        return self._bulletins.join(ranking, text, k, district=district, on=on, rarity=retriever.rarity)

    @property
    def entries(self) -> Retriever:
        """The live version alone, without bulletins. Raises `NothingPublished`."""
        return self._open()

    def entry(self, entry_id: str) -> ConsultationEntry | None:
        """The entry of the live version, if it holds it; or the bulletin of that number."""
        return self._bulletins.entry(entry_id) or self._open().entry(entry_id)

    @property
    def version(self) -> int | None:
        """The number of the live version; None: nothing is published."""
        return self._versions.live()

    def reload(self) -> None:
        """Take up the version that is live now; searches that run finish on the one before."""
        with self._opening:
            if self._retriever is not None:
                self._retriever.reload()

    def follow(self) -> None:
        """Take up what another process, such as the command line, has made live."""
        if self._retriever is not None and self._retriever.version != self._versions.live():
            self.reload()

    def _open(self) -> Retriever:
        if self._retriever is None:
            with self._opening:
                if self._retriever is None:
                    if self._versions.live() is None:
                        raise NothingPublished(
                            "no knowledge is published; do: sangdam knowledge import FILE, "
                            "then sangdam knowledge publish VERSION"
                        )
                    self._retriever = Retriever.open(
                        self._versions.folder, encoder=self._encoder, analyser=self._analyser
                    )
        return self._retriever


@dataclass(frozen=True, slots=True)
class Engines:
    """What a process works with."""

    settings: Settings
    master_key: bytes
    store: Store
    versions: Versions
    analyser: Analyser
    encoder: Encoder
    searcher: LiveKnowledge
    bulletins: LiveBulletins
    asked: NotingSearcher  # what calls search with: it notes the questions that found nothing
    abuse: AbuseDetector
    gazetteer: Gazetteer
    speech: Speech
    lexicon: LiveLexicon
    recordings: Recordings
    clock: Callable[[], datetime] = now

    def knowledge(self, announce: Callable[[int], None] | None = None) -> Knowledge:
        """Import, publish and roll back with these engines. Without `announce`, as from the command line,
        other systems are told by the server."""

        def owe(version: int) -> None:
            self.herald().tell("knowledge.published", {"version": version})

        return Knowledge(
            self.store,
            self.versions,
            analyser=self.analyser,
            encoder=self.encoder,
            announce=announce or owe,
            checks=(GoldenCheck(self.store),),
        )

    def herald(self, jobs: Jobs | None = None) -> Herald:
        """Tells other systems what was published."""
        return Herald(
            self.store.webhooks,
            master_key=self.master_key,
            allowed=networks(self.settings.webhook_networks),
            clock=self.clock,
            jobs=jobs,
        )

    def checkup(self) -> Checkup:
        """What of the knowledge needs care."""
        return Checkup(self.store, lambda: self.searcher.version, encoder=self.encoder, clock=self.clock)

    def board(self, knowledge: Knowledge) -> Board:
        """The knowledge manager's desk over this `Knowledge`."""
        return Board(
            self.store,
            knowledge,
            lambda: self.searcher.version,
            two_persons=self.settings.two_persons,
            clock=self.clock,
        )

    def call(
        self,
        conversation: Conversation,
        turns: Sequence[Turn] = (),
        flags: Sequence[AbuseFlag] = (),
        suggestions: Sequence[Suggestion] = (),
    ) -> Call:
        """A call with these engines, as it stood."""
        return Call.rebuild(
            conversation,
            turns,
            flags,
            suggestions,
            searcher=self.asked,
            abuse=self.abuse,
            gazetteer=self.gazetteer,
            threshold=self.settings.suggest_threshold,
            most=self.settings.suggestions,
        )

    def recorded_call(self, conversation: Conversation) -> Call:
        """A call that is over before it is heard: nobody is shown any suggestions."""
        return Call.rebuild(conversation, (), searcher=None, abuse=self.abuse, gazetteer=self.gazetteer)

    def purge(self, by: str = "retention") -> dict[str, int]:
        """Apply the retention settings; returns what went, in conversations. Held ones stay."""
        today = self.clock()
        gone = self.store.conversations.purge(
            before_masked=today - timedelta(days=self.settings.retention_days),
            before_original=today - timedelta(days=self.settings.original_days),
            by=by,
        )
        self.store.care.forget_unanswered(today - timedelta(days=self.settings.retention_days))
        sounds = self.recordings.purge(today - timedelta(days=self.settings.recording_days), by)
        return {"masked": gone.masked, "originals": gone.originals, "recordings": sounds}

    def recorder(self, conversation_id: str) -> CallRecorder | None:
        """Keeps the sound of a call, where the settings want it and it can be kept."""
        if self.settings.recordings == "none":
            return None
        return self.recordings.recorder(conversation_id)

    def transcribers(self, calls: LiveCalls) -> Transcribers:
        """What the channels of these calls are heard with."""
        return Transcribers(
            calls,
            self.speech.scheduler,
            corrector=lambda: self.lexicon.corrector,
            spacing=Spacing(lambda word: str(kiwi().space(word))),
            prompts=lambda: not self.speech.is_demonstration,  # it was trained without
            partials=self.settings.stt_partials,
        )

    def takes_calls(self, name: str) -> bool:
        """Is this the account of somebody who may have calls?"""
        try:
            person = self.store.people.get(name)
        except Unknown:
            return False
        return bool(person.roles & CALLS) and not person.is_disabled

    def close(self) -> None:
        self.speech.close()
        self.recordings.close()
        self.asked.flush()
        self.store.close()


def build(settings: Settings) -> Engines:
    """Open everything; raises `NotReady`, `EngineDown` or `BadSetting` that says what to do."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    master_key = load_master_key(settings)
    store = open_store(settings.store(), master_key=master_key)
    versions = Versions(settings.home / "knowledge")
    analyser = open_analyser(settings.analyser)
    encoder = open_encoder(settings.encoder)
    bulletins = LiveBulletins(store.bulletins, analyser=analyser, encoder=encoder, clock=now)
    searcher = LiveKnowledge(versions, analyser, encoder, bulletins)
    return Engines(
        settings=settings,
        master_key=master_key,
        store=store,
        versions=versions,
        analyser=analyser,
        encoder=encoder,
        searcher=searcher,
        bulletins=bulletins,
        asked=NotingSearcher(
            searcher, store.care, below=bar(Kind.OPENING, settings.suggest_threshold), clock=now
        ),
        abuse=AbuseFilter.open(),
        gazetteer=Gazetteer.open(),
        speech=Speech(settings),
        lexicon=LiveLexicon(versions.live, store.knowledge.entries),
        recordings=Recordings(store, settings.home / "recordings", now),
    )
