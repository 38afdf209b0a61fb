"""SIP server transactions (RFC 3261, 17.2): a request that comes again gets its answer again, and an
answer to INVITE is repeated until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.doors.sip_message import Message, write_answer

T1 = 0.5  # seconds; the round-trip time that RFC 3261 counts with
T2 = 4.0  # seconds between repetitions at most, in times of T1: 8
ROOM = 20_000  # transactions that are remembered at once

Key = tuple[str, str, int, str, str]


class Wire(Protocol):
    """Where a message came from, and where its answer goes."""

    @property
    def source(self) -> tuple[str, int]:
        """Address and port that it came from."""

    @property
    def local(self) -> tuple[str, int]:
        """Our own address and port as seen from there."""

    @property
    def transport(self) -> str:
        """UDP or TCP."""

    def send(self, data: bytes, port: int = 0) -> None:
        """Send to the source; UDP: to another port of it, unless 0. Never raises."""


@dataclass(eq=False)
class Transaction:
    """One request and what was answered."""

    request: Message
    wire: Wire
    t1: float
    status: int = 0  # of the last answer
    tag: str = ""  # ours, of the To header
    _last: bytes = b""
    _timer: asyncio.TimerHandle | None = None
    _silence: Callable[[], None] | None = None

    def answer(
        self,
        status: int,
        reason: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        silence: Callable[[], None] | None = None,
    ) -> None:
        """Send an answer; only one final one. `silence`: what to do if INVITE's is never acknowledged."""
        if self.status >= 200:
            return
        self.status, self._silence = status, silence
        tag = self.tag if status > 100 else ""
        self._last = write_answer(
            self.request, status, reason, self.wire.source, tag=tag, headers=headers, body=body
        )
        self.repeat()
        # 2xx travels on to the client's user agent, perhaps over UDP, so TCP is no assurance (13.3.1.4)
        if self.request.method == "INVITE" and (
            200 <= status < 300 or (status >= 300 and self.wire.transport == "UDP")
        ):
            self._again(self.t1, 0.0)

    def repeat(self) -> None:
        """Send the last answer again."""
        if self._last:
            via = self.request.via
            self.wire.send(self._last, 0 if via.rport else via.port or 5060)

    def stop(self) -> None:
        """It was acknowledged, or nobody waits for it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _again(self, pause: float, waited: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(pause, self._due, pause, waited + pause)

    def _due(self, pause: float, waited: float) -> None:
        self._timer = None
        if waited >= 64 * self.t1:
            if self._silence is not None:
                self._silence()
            return
        self.repeat()
        self._again(min(2 * pause, T2 / T1 * self.t1), waited)


class Transactions:
    """Those of the last half minute."""

    def __init__(self, t1: float = T1) -> None:
        self.t1 = t1
        self._known: dict[Key, Transaction] = {}

    @property
    def full(self) -> bool:
        """No more can be remembered."""
        return len(self._known) >= ROOM

    def find(self, request: Message) -> Transaction | None:
        """The transaction of a request that came before; for ACK and CANCEL that of the INVITE."""
        return self._known.get(_key(request))

    def begin(self, request: Message, wire: Wire, tag: str) -> Transaction:
        """A request that is new. `tag`: ours, for its answers."""
        key = _key(request)
        made = self._known[key] = Transaction(request, wire, self.t1, tag=tag)
        asyncio.get_running_loop().call_later(64 * self.t1, self._forget, key)
        return made

    def close(self) -> None:
        """Nothing is repeated any more."""
        for known in self._known.values():
            known.stop()
        self._known.clear()

    def _forget(self, key: Key) -> None:
        known = self._known.get(key)
        if known is not None and known.status < 200 and known.request.method == "INVITE":
            asyncio.get_running_loop().call_later(64 * self.t1, self._forget, key)
        else:
            self._known.pop(key, None)


def _key(request: Message) -> Key:
    """An INVITE is one however it came; its ACK and CANCEL have its number (RFC 3261, 17.1.1.3, 9.1)."""
    is_invite = request.method in ("INVITE", "ACK", "CANCEL")
    method, branch = ("INVITE", "") if is_invite else (request.method, request.via.branch)
    return request.call_id, request.from_tag, request.sequence, method, branch
