"""A SIP dialog on our side (RFC 3261, section 12): what it takes to know its requests and to end it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.doors.recorded import RecordedSession
from assistant.doors.sdp import Media
from assistant.doors.sip_message import Message, split_list, write_request
from assistant.doors.sip_transactions import Wire
from assistant.doors.siprec import Recording

SPARE = 32.0  # seconds that a session timer may be late (RFC 4028, section 10)
LONGEST_TIMER = 86_400  # seconds

Key = tuple[str, str, str]


@dataclass(eq=False)
class Dialog:
    """One recording session as the client sees it."""

    invite: Message  # that began it
    tag: str  # ours
    wire: Wire
    session: RecordedSession
    recording: Recording
    media: tuple[Media, ...]
    sequence: int  # CSeq of the client's last request
    number: int = field(default_factory=lambda: secrets.randbits(31))  # of our session description
    version: int = 1  # of our session description
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _own_sequence: int = 0
    _timer: asyncio.TimerHandle | None = None

    @property
    def key(self) -> Key:
        return self.invite.call_id, self.invite.from_tag, self.tag

    def renew(self, request: Message, over: Callable[[], None]) -> list[tuple[str, str]]:
        """Start the session timer again, if the client wants one and refreshes itself (RFC 4028).

        `over` is called when it runs out. Returns the headers that say so.
        """
        self.stop_timer()
        value, *parameters = request.get("session-expires").split(";")
        by_us = any(one.replace(" ", "").lower() == "refresher=uas" for one in parameters)
        if not value.strip().isdecimal() or by_us:
            return []
        seconds = min(int(value), LONGEST_TIMER)
        self._timer = asyncio.get_running_loop().call_later(seconds + SPARE, over)
        headers = [("Session-Expires", f"{seconds};refresher=uac")]
        if "timer" in request.listed("supported") + request.listed("require"):
            headers.append(("Require", "timer"))
        return headers

    def stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def bye(self) -> tuple[str, bytes]:
        """A BYE of ours, with its branch. It goes back to where the client's last request came from."""
        self._own_sequence += 1
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        host, port = self.wire.local
        contact = next(iter(split_list(self.invite.get("contact"))), "")
        uri = contact.partition("<")[2].partition(">")[0] or contact.partition(";")[0]
        to = self.invite.get("from")
        headers = [("Via", f"SIP/2.0/{self.wire.transport} {_bracketed(host)}:{port};branch={branch};rport")]
        headers += [("Route", route) for route in self.invite.all("record-route")]
        headers += [
            ("Max-Forwards", "70"),
            ("From", f"{self.invite.get('to')};tag={self.tag}"),
            ("To", to),
            ("Call-ID", self.invite.call_id),
            ("CSeq", f"{self._own_sequence} BYE"),
        ]
        return branch, write_request("BYE", uri or "sip:recorded@invalid", headers)


def contact_of(wire: Wire) -> str:
    """Where we are reached, with the mark of a recording server (RFC 7866, 11.1)."""
    host, port = wire.local
    return f"<sip:sangdam@{_bracketed(host)}:{port};transport={wire.transport.lower()}>;+sip.srs"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
