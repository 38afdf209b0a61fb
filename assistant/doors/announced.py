"""Calls whose legs were announced: which speaker is heard on which AudioSocket connection.

An AudioSocket carries one channel and a UUID, nothing else. Who taps both sides of a bridge says
beforehand which UUID is whose; a UUID that nobody announced is one line with everybody on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from consultation.errors import BadInput, NotReady
from consultation.types import Speaker

HOLDS = 4 * 3600.0  # seconds from the announcement, or from the last connection
ROOM = 10_000  # legs
LONGEST = 200  # characters of a call's id

_SPEAKERS = {"citizen": Speaker.CITIZEN, "agent": Speaker.AGENT}


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a call."""

    call: str  # the telephone system's id
    speaker: Speaker
    agent: str  # account; empty: not known


class Announced:
    """The legs that may come."""

    def __init__(self) -> None:
        self._legs: dict[str, tuple[Leg, float]] = {}  # by UUID, with the moment until which it holds

    def announce(self, call: str, legs: Mapping[str, str], agent: str, now: float) -> None:
        """`legs`: "citizen" or "agent" by UUID. The same UUID again replaces the first. `now`: monotonic.

        Raises BadInput, or NotReady while too many are waited for.
        """
        if not 0 < len(call) <= LONGEST:
            raise BadInput(f"the id of a call has 1 to {LONGEST} characters")
        if not 1 <= len(legs) <= 2 or len(set(legs.values())) != len(legs):
            raise BadInput('a call has one leg, or two: {"<uuid>": "citizen", "<uuid>": "agent"}')
        made: dict[str, tuple[Leg, float]] = {}
        for uuid, speaker in legs.items():
            if speaker not in _SPEAKERS:
                raise BadInput("a leg is of the citizen or of the agent")
            try:
                made[str(UUID(uuid))] = Leg(call, _SPEAKERS[speaker], agent), now + HOLDS
            except ValueError:
                raise BadInput("a leg is named by its UUID") from None
        self._legs = {uuid: held for uuid, held in self._legs.items() if held[1] > now}
        if len(self._legs) + len(made) > ROOM:
            raise NotReady(f"{ROOM} legs are announced that never came; try again later")
        self._legs |= made

    def find(self, uuid: str, now: float) -> Leg | None:
        """The leg with this UUID; None if nobody announced it."""
        leg, until = self._legs.get(uuid, (None, 0.0))
        if leg is None or until <= now:
            return None
        self._legs[uuid] = leg, now + HOLDS
        return leg
