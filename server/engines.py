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
from assistant.suggest import Kind, bar
from consultation.crypto import load_master_key
from consultation.districts import Gazetteer
from consultation.errors import NothingPublished
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
from retrieval.tokens import open_analyser


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

    def purge(self, by: str = "retention") -> dict[str, int]:
        """Apply the retention settings; returns what went, in conversations."""
        today = self.clock()
        gone = self.store.conversations.purge(
            before_masked=today - timedelta(days=self.settings.retention_days),
            before_original=today - timedelta(days=self.settings.original_days),
            by=by,
        )
        self.store.care.forget_unanswered(today - timedelta(days=self.settings.retention_days))
        return {"masked": gone.masked, "originals": gone.originals}

    def close(self) -> None:
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
    )
