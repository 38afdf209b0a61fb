"""Vonage Voice API WebSocket: one JSON hello, then binary frames, commands out.

The hello is `{"event": "websocket:connected", "content-type": "audio/l16;rate=16000", …}` with the
operator's own headers beside it; each binary frame is 20 ms of linear 16-bit little-endian mono, 640
bytes at 16 kHz (developer.vonage.com, Voice API, WebSockets). Frames carry no time, so sound is
counted. The sound is one party's: the citizen's, or the agent's with the header `inbound=agent`,
or both mixed with `speakers=mixed`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from assistant.doors.commands import Command, Ended, Frame, Opening
from assistant.doors.encodings import sample_rate
from consultation.errors import BadInput
from consultation.types import Speaker
from stt.audio import decode_pcm16

LONGEST = 65_536  # bytes of a message: two seconds at 16 kHz
FAULTS = 100  # messages that may be unreadable before the stream is given up


@dataclass
class VonageStream:
    """One stream, from its first message to its last."""

    opening: Opening | None = None
    ended: bool = False
    faults: Counter[str] = field(default_factory=Counter)  # what could not be used, by kind
    _heard: int = 0  # samples

    def receive(self, message: str | bytes) -> list[Command]:
        """Take one WebSocket message. Raises BadInput where the stream cannot go on."""
        if self.ended:
            return []
        if len(message) > LONGEST:
            raise BadInput(f"message of {len(message)} bytes; at most {LONGEST} are taken")
        if isinstance(message, str):
            return self._text(message)
        if self.opening is None:
            raise BadInput("sound before the first message; send websocket:connected first")
        if not message or len(message) % 2:
            return self._fault("sound")
        samples = decode_pcm16(message)
        at = self._heard / self.opening.rate
        self._heard += len(samples)
        return [Frame(0, samples, at)]

    def finish(self) -> list[Command]:
        """The stream is over."""
        if self.ended:
            return []
        self.ended = True
        return [Ended()] if self.opening is not None else []

    def _text(self, message: str) -> list[Command]:
        try:
            read = json.loads(message)
        except (ValueError, RecursionError):
            read = None
        if self.opening is not None:
            return [] if isinstance(read, dict) else self._fault("json")  # dtmf, cleared, notify
        if not isinstance(read, dict) or read.get("event") != "websocket:connected":
            raise BadInput("the first message is not websocket:connected")
        given = {
            str(name).lower(): str(value)[:200]
            for name, value in read.items()
            if isinstance(value, str | int | float)
        }
        kind, _, rate = given.get("content-type", "").lower().replace(" ", "").partition(";rate=")
        if kind != "audio/l16":
            raise BadInput("the content type is not audio/l16;rate=8000 or audio/l16;rate=16000")
        speaker: Speaker | None = Speaker.AGENT if given.get("inbound") == "agent" else Speaker.CITIZEN
        if given.get("speakers") == "mixed":
            speaker = None
        key = next((given[name] for name in ("call", "call_uuid", "uuid") if given.get(name)), "")
        self.opening = Opening(key, given.get("agent", ""), (speaker,), sample_rate(rate))
        return [self.opening]

    def _fault(self, kind: str) -> list[Command]:
        self.faults[kind] += 1
        if self.faults.total() > FAULTS:
            raise BadInput(f"more than {FAULTS} messages could not be used")
        return []
