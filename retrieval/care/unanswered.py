"""Questions that found nothing: noted beside the search, never in its way, masked, and of nobody."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from datetime import date, datetime

import structlog

from consultation.errors import SangdamError
from consultation.ports import Searcher
from consultation.privacy import mask
from consultation.store.care import Care, Unanswered
from consultation.text import clean, squeeze
from consultation.types import Ranking

WAITING = 1_000  # questions held for the store; more are dropped, a count suffers, no call does
AT_ONCE = 100  # written in one transaction
SHORTEST = 4  # letters below which a question tells nothing
PATIENCE = 10.0  # seconds that the end of a process waits for them
LONGEST = 300  # characters that are kept, the latest ones

log = structlog.get_logger()


class NotingSearcher:
    """A `Searcher` that passes every question on, and notes those that found nothing.

    The answer is returned first: masking and the store run in a thread of their own.
    """

    def __init__(
        self, searcher: Searcher, kept: Care, *, below: float, clock: Callable[[], datetime]
    ) -> None:
        """`below`: the answerable probability under which nothing was found."""
        self._searcher = searcher
        self._kept = kept
        self._below = below
        self._clock = clock
        self._waiting: queue.Queue[Unanswered] = queue.Queue(WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        """See `Searcher`."""
        ranking = self._searcher.search(text, k, district=district, on=on)
        if ranking.answerable < self._below and len(squeeze(text[:LONGEST])) >= SHORTEST:
            self._note(text, district, ranking)
        return ranking

    def flush(self) -> None:
        """Returns when everything noted so far is in the store or was given up, or after `PATIENCE`."""
        done = self._waiting.all_tasks_done
        with done:
            done.wait_for(lambda: not self._waiting.unfinished_tasks, PATIENCE)

    def _note(self, text: str, district: str | None, ranking: Ranking) -> None:
        nearest = ranking.hits[0].entry.entry_id if ranking.hits else None
        try:
            self._waiting.put_nowait(
                Unanswered(text[-2 * LONGEST :], district, ranking.answerable, nearest, self._clock())
            )
        except queue.Full:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep, daemon=True, name="unanswered")
                self._thread.start()

    def _keep(self) -> None:
        while True:
            some = [self._waiting.get()]
            while len(some) < AT_ONCE and not self._waiting.empty():
                some.append(self._waiting.get_nowait())
            try:
                self._kept.add_unanswered([_masked(one) for one in some])
            except SangdamError as error:  # the store is down: these are lost, the calls go on
                log.warning("unanswered.not_kept", count=len(some), error=type(error).__name__)
            finally:
                for _ in some:
                    self._waiting.task_done()


def _masked(one: Unanswered) -> Unanswered:
    text = mask(clean(one.question))[-LONGEST:]
    return Unanswered(text, one.district, one.answerable, one.nearest, one.asked_at)
