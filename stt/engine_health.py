"""Pure: which speech engines are left alone for a while because they do not answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from stt.recogniser import Recogniser


@dataclass
class _Health:
    in_row: int = 0  # stretches it failed at, none between that it answered
    until: float = 0.0  # seconds of the caller's clock; it is left alone before


@dataclass
class EngineHealth:
    """Of all engines of a scheduler. Only a second failure in a row says that an engine is down.

    The first may be the fault of the sound, and must not keep other channels waiting.
    """

    pause: float  # seconds an engine is left alone
    _of: dict[int, _Health] = field(default_factory=dict)  # by identity

    def failed(self, engine: Recogniser, now: float) -> None:
        """It gave no answer."""
        health = self._of.setdefault(id(engine), _Health())
        health.in_row += 1
        if health.in_row >= 2:
            health.until = now + self.pause

    def answered(self, engine: Recogniser) -> None:
        """It works."""
        self._of.pop(id(engine), None)

    forget = answered

    def down(self, engine: Recogniser, now: float) -> bool:
        """Is it left alone at the moment?"""
        health = self._of.get(id(engine))
        return health is not None and health.until > now

    def failing(self, engine: Recogniser) -> bool:
        """Did it fail at what it was asked last?"""
        return id(engine) in self._of

    def next_tries(self, now: float) -> list[float]:
        """When engines that are down are tried again."""
        return [health.until for health in self._of.values() if health.until > now]
