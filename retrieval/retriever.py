"""`Retriever.open(folder).search(text)`: the standard answer to what a citizen said."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from consultation.errors import NothingPublished, Unknown
from consultation.ports import Analyser, Encoder
from consultation.types import ConsultationEntry, Ranking
from consultation.versions import Versions
from retrieval import fusion
from retrieval.bridges import Bridges
from retrieval.encoder import open_encoder
from retrieval.search import SnapshotSearch
from retrieval.snapshot import Snapshot
from retrieval.tokens import open_analyser

SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True, slots=True)
class _Live:
    """One version, opened."""

    search: SnapshotSearch
    rows: dict[str, int]  # entry id to row


class Retriever:
    """Searches the live version of a knowledge folder. Safe to share between threads.

    `reload` is one assignment: a search that is running finishes on the version it began with.
    """

    def __init__(self, versions: Versions, *, encoder: Encoder, analyser: Analyser) -> None:
        self._versions = versions
        self._encoder = encoder
        self._analyser = analyser
        self._bridges = Bridges.open(analyser)
        self._reloading = threading.Lock()
        self._live = self._open()

    @classmethod
    def open(
        cls, path: Path | str, *, encoder: Encoder | None = None, analyser: Analyser | None = None
    ) -> Retriever:
        """Open the live version. Raises `NothingPublished`, or `IndexMismatch` for other engines."""
        return cls(
            Versions(Path(path)),
            encoder=encoder if encoder is not None else open_encoder(),
            analyser=analyser if analyser is not None else open_analyser(),
        )

    @property
    def version(self) -> int:
        """The knowledge version that is searched."""
        return self._live.search.snapshot.version

    def reload(self) -> None:
        """Take up the version that is live now. On an error the old one stays in use."""
        with self._reloading:
            self._live = self._open()

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        """The best `k` entries (at most 100) that hold on that day (today when None), best first.

        A district leaves out the other districts' entries; without one, a district that the
        question names does. Empty when nothing in the text can be looked up.
        """
        day = on if on is not None else datetime.now(SEOUL).date()
        return self._live.search.search(text, k, district=district, on=day)

    def entry(self, entry_id: str) -> ConsultationEntry:
        """An entry of the live version, current or not. Raises `Unknown`."""
        live = self._live
        if entry_id not in live.rows:
            raise Unknown(f"entry {entry_id!r} is not in knowledge version {live.search.snapshot.version}")
        return live.search.snapshot.entry(live.rows[entry_id])

    def rarity(self, term: str) -> float:
        """How much a term says in the live version (idf); the most for one it does not hold."""
        return self._live.search.snapshot.whole_words.rarity(term)

    def _open(self) -> _Live:
        number = self._versions.live()
        if number is None:
            raise NothingPublished(
                f"{self._versions.folder}: no knowledge version is live; publish one: sangdam knowledge publish"
            )
        path = self._versions.path(number)
        snapshot = Snapshot.open(path, analyser=self._analyser, encoder=self._encoder)
        search = SnapshotSearch(
            snapshot,
            encoder=self._encoder,
            analyser=self._analyser,
            bridges=self._bridges,
            weights=fusion.learned(),
        )
        return _Live(search, snapshot.rows_by_id())
