"""What the readers of telephone protocols say: a call opens, here is sound, it is over.

Plain data, the same from every protocol, so that one loop can feed them all to a call.
"""

from __future__ import annotations

from dataclasses import dataclass

from consultation.types import Speaker
from stt.audio import Samples


@dataclass(frozen=True, slots=True)
class Opening:
    """A call begins, or a further connection of one that goes on."""

    key: str  # the telephone system's id of the call; empty: it names none
    agent: str  # account of the agent; empty: not known
    speakers: tuple[Speaker | None, ...]  # who is heard on each channel; None: everybody, mixed
    rate: int  # samples a second


@dataclass(frozen=True, slots=True)
class Frame:
    """Sound of one channel."""

    channel: int  # place in `Opening.speakers`
    samples: Samples  # int16, shape (n,), at `Opening.rate`
    at: float  # seconds from the start of the stream


@dataclass(frozen=True, slots=True)
class Ended:
    """The telephone system says that the call is over."""


Command = Opening | Frame | Ended
