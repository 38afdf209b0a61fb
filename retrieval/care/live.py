"""The valid bulletins of this process, renewed when they change and shown while they hold."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime

from consultation.errors import EngineDown, Unknown
from consultation.ports import Analyser, Encoder
from consultation.store.bulletins import Bulletin, Bulletins, BulletinState
from consultation.types import ConsultationEntry, Ranking
from retrieval.bridges import Bridges
from retrieval.care.bulletins import BulletinIndex, applies, as_entry, number_of, outrank


class LiveBulletins:
    """Safe to share between threads. `reload` is one assignment; a search that is running finishes on the
    bulletins it began with."""

    def __init__(
        self, kept: Bulletins, *, analyser: Analyser, encoder: Encoder, clock: Callable[[], datetime]
    ) -> None:
        self._kept = kept
        self._analyser = analyser
        self._encoder = encoder
        self._clock = clock
        self._reloading = threading.Lock()
        self._known: tuple[Bulletin, ...] | None = None
        self._index: BulletinIndex | None = None
        self._bridges: Bridges | None = None

    def reload(self) -> bool:
        """Take up what is published now. False: nothing had changed."""
        with self._reloading:
            standing = tuple(self._kept.standing(self._clock()))
            if standing == self._known:
                return False
            if standing and self._bridges is None:
                self._bridges = Bridges.open(self._analyser)
            self._index = BulletinIndex(
                standing, analyser=self._analyser, encoder=self._encoder, bridges=self._bridges
            )
            self._known = standing
            return True

    def current(self) -> list[Bulletin]:
        """Those that are valid now, the urgent and then the newest first."""
        return self._opened().bulletins(self._clock())

    def join(
        self,
        ranking: Ranking,
        text: str,
        k: int,
        *,
        district: str | None,
        on: date | None,
        rarity: Callable[[str], float],
    ) -> Ranking:
        """The ranking of the knowledge with the bulletins that outrank it."""
        try:
            index, now = self._opened(), self._clock()
        except EngineDown:  # bulletins could not be read yet; the knowledge still answers
            return ranking
        if not len(index) or not applies(on, now):
            return ranking
        rival = ranking.hits[0] if ranking.hits else None
        return outrank(ranking, index.search(text, now, district=district, rarity=rarity, rival=rival), k)

    def entry(self, entry_id: str) -> ConsultationEntry | None:
        """The card of a bulletin that is or was published; None when the number is none of a bulletin."""
        number = number_of(entry_id)
        if number is None:
            return None
        try:
            bulletin = self._kept.get(number)
        except Unknown:
            return None
        return None if bulletin.state is BulletinState.DRAFT else as_entry(bulletin)

    def _opened(self) -> BulletinIndex:
        if self._index is None:
            self.reload()
        assert self._index is not None
        return self._index
