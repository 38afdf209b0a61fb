"""The hub of calls with its verbs and nothing behind them: what doors hand over is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from assistant.hearing import Hearing, Line
from consultation.errors import SangdamError
from stt.audio import Samples


@dataclass(eq=False)
class FakeCall:
    """One leg, as the door holds it."""

    line: Line
    joined: float = 0.0
    over: bool = False
    pieces: list[tuple[int, Samples, float | None]] = field(default_factory=list)
    farewell: str = ""  # ended or dropped
    breaks: Exception | None = None  # what pushing does

    async def push(self, channel: int, pcm: Samples, at: float | None = None) -> None:
        assert pcm.dtype == np.int16
        if self.breaks is not None:
            raise self.breaks
        self.pieces.append((channel, pcm, at))

    async def end(self) -> None:
        self.farewell = self.farewell or "ended"

    async def drop(self) -> None:
        self.farewell = self.farewell or "dropped"

    def frames(self, channel: int = 0) -> Samples:
        """What came on a channel, without its places: those depend on how busy the machine is."""
        pieces = [pcm for number, pcm, _ in self.pieces if number == channel]
        return np.concatenate([np.zeros(0, dtype=np.int16), *pieces])

    def sound(self, channel: int = 0) -> Samples:
        """What came on a channel, at its places, with silence between."""
        out = np.zeros(0, dtype=np.int16)
        for number, pcm, at in self.pieces:
            if number == channel and at is not None:
                begin = round((at - self.joined) * self.line.rate)
                grown = np.zeros(max(len(out), begin + len(pcm)), dtype=np.int16)
                grown[: len(out)] = out
                grown[begin : begin + len(pcm)] = pcm
                out = grown
        return out


class FakeHearing:
    """Gives a `FakeCall` for every line, or raises what it was told to."""

    def __init__(self, refuses: SangdamError | None = None, joined: Iterable[float] = ()) -> None:
        self.refuses = refuses
        self.calls: list[FakeCall] = []
        self._joined = iter(joined)

    async def open(self, line: Line, conversation_id: str | None = None) -> FakeCall:
        if self.refuses is not None:
            raise self.refuses
        call = FakeCall(line, next(self._joined, 0.0))
        self.calls.append(call)
        return call

    @property
    def real(self) -> Hearing:
        """Under the name of what it stands for."""
        return cast(Any, self)
