"""Who has just listened to what: a player asks for the same sound many times, and is one listener."""

from __future__ import annotations

import time
from collections.abc import Callable

SITTING = 1800.0  # seconds in which one person at one call is noted once
_MOST = 10_000


class Listened:
    """Remembers for a while; after that, or in another process, a listener is noted again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._noted: dict[tuple[str, str, str], float] = {}

    def is_new(self, reader: str, conversation_id: str, reason: str) -> bool:
        """Must this be noted? Asking notes it."""
        now, key = self._clock(), (reader, conversation_id, reason)
        before = self._noted.get(key)
        if before is not None and now - before < SITTING:
            return False
        if len(self._noted) >= _MOST:
            self._noted = {k: at for k, at in self._noted.items() if now - at < SITTING}
        self._noted[key] = now
        return True
