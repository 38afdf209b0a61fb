"""Messages of an AudioHook client, numbered as the protocol wants."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

SESSION = "e160e428-53e2-4000-977d-96989bf5c99d"
ORGANISATION = "d7934305-0972-4844-938e-9060eef73d05"
CONVERSATION = "090eaa2f-72fa-480a-83e0-8667ff89c0ec"
NOBODY = "00000000-0000-0000-0000-000000000000"


def medium(*channels: str, kind: str = "PCMU", rate: int = 8000) -> dict[str, Any]:
    return {"type": "audio", "format": kind, "channels": list(channels), "rate": rate}


STEREO = medium("external", "internal")
OFFERED = [STEREO, medium("external"), medium("internal")]


def open_parameters(**changes: Any) -> dict[str, Any]:
    return {
        "organizationId": ORGANISATION,
        "conversationId": CONVERSATION,
        "participant": {
            "id": "883efee8-3d6c-4537-b500-6d7ca4b92fa0",
            "ani": "+821000000003",
            "aniName": "",
            "dnis": "+82200000000",
        },
        "media": OFFERED,
        "language": "ko-KR",
        "customConfig": {"agent": "agent"},
    } | changes


@dataclass
class Client:
    """Counts what it sends and what it got."""

    session: str = SESSION
    seq: int = 0
    serverseq: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)

    def message(self, kind: str, parameters: dict[str, Any] | None = None, **changes: Any) -> str:
        self.seq += 1
        return json.dumps(
            {
                "version": "2",
                "type": kind,
                "id": self.session,
                "seq": self.seq,
                "serverseq": self.serverseq,
                "position": "PT0S",
                "parameters": parameters or {},
            }
            | changes
        )

    def take(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message of the server: it must be the next one, and name what it knows of ours."""
        assert message["version"] == "2"
        assert message["id"] == self.session
        assert message["seq"] == self.serverseq + 1
        assert message["clientseq"] <= self.seq
        self.serverseq = message["seq"]
        self.got.append(message)
        return message
