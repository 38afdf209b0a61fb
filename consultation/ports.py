"""The seams on one page. Each is a handful of verbs with at least two engines behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from consultation.types import AbuseVerdict, Ranking, Utterance

Vectors = npt.NDArray[np.float32]


class Transcriber(Protocol):
    """Live speech to text. A call holds one for each audio channel."""

    def push(self, pcm: npt.NDArray[np.int16]) -> list[Utterance]:
        """Take int16 samples, shape (n,), 16 kHz mono. Often returns nothing."""

    def finish(self) -> list[Utterance]:
        """The audio has ended: everything still open, as final."""


@runtime_checkable
class Encoder(Protocol):
    """Texts to vectors whose dot product says how near their meanings are."""

    @property
    def name(self) -> str:
        """Names the weights; an index remembers it and refuses another."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts. Returns float32, shape (len(texts), dim), rows of length 1."""


class Analyser(Protocol):
    """Korean text to search terms."""

    @property
    def name(self) -> str:
        """Names the engine and its dictionary; an index remembers it."""

    def terms(self, text: str) -> list[str]:
        """Content morphemes in order, particles and endings left out."""


class Searcher(Protocol):
    """Finds the standard answer."""

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        """The best `k` entries valid on that day (today when None), best first."""


class AbuseDetector(Protocol):
    """Judges one text; earlier turns may decide."""

    def detect(self, text: str, context: Sequence[str] = ()) -> AbuseVerdict:
        """Never raises on any text."""


class Bus(Protocol):
    """Live events between processes. Subscriptions are bounded: a slow reader loses the oldest
    events and is told so, the publisher never waits for it."""

    async def publish(self, topic: str, event: Mapping[str, Any]) -> None:
        """Send a JSON-able event to everybody who listens to the topic now."""

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[AsyncIterator[Mapping[str, Any]]]:
        """Events from the moment the context is entered. `{"type": "lost", "count": n}` marks a gap."""

    async def close(self) -> None:
        """End all subscriptions."""


class Jobs(Protocol):
    """Work after the call, kept until it is done. `key` makes a job happen once."""

    def register(self, name: str, work: Callable[..., Any]) -> None:
        """Say what a name does. All names are registered before `start`."""

    def start(self) -> None:
        """Begin working, and take up what an earlier process left."""

    def enqueue(self, name: str, key: str, args: Mapping[str, Any]) -> None:
        """Ask for work; the same key again is a no-op."""

    def status(self, key: str) -> str:
        """'unknown', 'waiting', 'running', 'done', 'failed' or 'cancelled'."""

    def cancel(self, key: str) -> None:
        """Drop a job that has not started."""

    def schedule(self, name: str, cron: str) -> None:
        """Run a registered name at the times of a five-field cron line."""

    def recover(self) -> int:
        """Take over the jobs of workers that died; returns how many."""

    def stop(self) -> None:
        """Finish what runs, start nothing more."""
