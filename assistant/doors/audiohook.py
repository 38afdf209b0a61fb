"""Genesys AudioHook v2, the server's side of a session: JSON text and binary sound in, steps out.

The messages, their rules and their order are those of the AudioHook protocol as implemented in
purecloudlabs/audiohook-reference-implementation (app/audiohook/src/protocol and /server). One
session is one stream of one conversation; after a lost connection the client opens another one of
the same conversation and names the session that it continues.

    PREPARING -open-> OPENING -opened-> ACTIVE <-paused/resumed-> PAUSED
    any -close-> CLOSING -closed-> CLOSED;   any -our disconnect-> REFUSED -close-> CLOSED
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from assistant.doors.commands import Ended, Frame, Opening
from assistant.doors.durations import read_duration
from consultation.types import Speaker
from stt.audio import Samples, from_interleaved

LONGEST = 65_535  # characters of a text message, bytes of a binary one
PROBE = "00000000-0000-0000-0000-000000000000"  # conversation of a client that only tries the connection
LANGUAGE = "ko-KR"

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", re.ASCII)
_SPEAKERS = {"external": Speaker.CITIZEN, "internal": Speaker.AGENT}
_WANTED = (
    ("PCMU", ("external", "internal")),
    ("L16", ("external", "internal")),
    ("PCMU", ("internal", "external")),
    ("L16", ("internal", "external")),
    ("PCMU", ("external",)),
    ("L16", ("external",)),
    ("PCMU", ("internal",)),
    ("L16", ("internal",)),
)
"""Two speakers before one, the citizen before the agent, the smaller format first."""

Json = dict[str, Any]


class State(Enum):
    """Where a session stands."""

    PREPARING = auto()
    OPENING = auto()
    ACTIVE = auto()
    PAUSED = auto()
    CLOSING = auto()
    REFUSED = auto()  # we asked the client to disconnect; it will close
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Send:
    """A message for the client."""

    message: Json


@dataclass(frozen=True, slots=True)
class Probe:
    """The client only tries the connection: answer with `Session.opened`, hear nothing."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The client closes: send what is finished, then `Session.closed`."""

    comes_back: bool  # it will continue in another session


@dataclass(frozen=True, slots=True)
class Slower:
    """The client takes no more than it has for so many seconds (its error 429)."""

    seconds: float


Step = Opening | Probe | Frame | Send | Closing | Slower | Ended


@dataclass
class Session:
    """One AudioHook session. Give it every message; do what its steps say.

    `organisation`: id in the signed headers, which must be the one of the open message; empty: none.
    """

    session_id: str = ""  # empty: the first message names it
    organisation: str = ""
    state: State = State.PREPARING
    opening: Opening | None = None
    position: float = 0.0  # seconds of the stream, what the client discarded included
    language: str = ""
    continues: tuple[str, ...] = ()  # sessions that this one goes on from
    faults: Counter[str] = field(default_factory=Counter)  # tolerated oddities, by kind
    _media: Json | None = None
    _wants_languages: bool = False
    _sent: int = 0  # seq of our last message
    _heard: int = 0  # seq of the client's last message

    # ---- what comes in

    def text(self, message: str) -> list[Step]:
        """Take one text message."""
        if self.state is State.CLOSED:
            return []
        if len(message) > LONGEST:
            return self._wrong(413, f"a message has at most {LONGEST} characters")
        try:
            read = json.loads(message)
        except (ValueError, RecursionError):
            return self._wrong(400, "the message is no JSON")
        if fault := _fault_of(read):
            return self._wrong(400, fault)
        if read["seq"] != self._heard + 1:
            return self._wrong(409, f"seq {read['seq']} where {self._heard + 1} is due")
        self._heard = read["seq"]
        if read["serverseq"] > self._sent:
            return self._wrong(409, f"serverseq {read['serverseq']}, but only {self._sent} were sent")
        if not self.session_id:
            self.session_id = read["id"]
        if read["id"].lower() != self.session_id.lower():
            return self._wrong(409, "the message is of another session")
        return self._take(read["type"], read["parameters"])

    def audio(self, data: bytes) -> list[Step]:
        """Take one binary message: samples of all channels, interleaved."""
        if self.state in (State.PAUSED, State.CLOSING, State.REFUSED, State.CLOSED):
            self.faults["sound out of turn"] += 1  # it was on its way
            return []
        if self.state is not State.ACTIVE:
            return self._wrong(409, "sound before the session is open")
        if self._media is None:
            return self._wrong(415, "sound in a session that was opened without")
        channels = len(self._media["channels"])
        linear = self._media["format"] == "L16"
        if not data or len(data) > LONGEST or len(data) % (channels * (2 if linear else 1)):
            return self._wrong(413 if len(data) > LONGEST else 400, f"{len(data)} bytes are no sound")
        samples = from_interleaved(data, "s16le" if linear else "mulaw", channels)
        at = self.position
        self.position += len(samples) / self._media["rate"]
        return [Frame(channel, _of(samples, channel), at) for channel in range(channels)]

    # ---- what goes out

    def opened(self) -> Send:
        """The answer to an open message: with the medium that was chosen, or none for a probe."""
        self.state = State.ACTIVE
        parameters: Json = {"startPaused": False, "media": [self._media] if self._media else []}
        if self._wants_languages:
            parameters["supportedLanguages"] = [LANGUAGE]
        return self._send("opened", parameters)

    def event(self, entities: Sequence[Json]) -> Send | None:
        """What was recognised and suggested; None where the session cannot take it any more."""
        if self.state not in (State.ACTIVE, State.PAUSED, State.CLOSING):
            return None
        return self._send("event", {"entities": list(entities)})

    def closed(self) -> Send:
        """The last message."""
        self.state = State.CLOSED
        return self._send("closed", {})

    def disconnect(self, reason: str, info: str = "") -> Send | None:
        """Ask the client to close: `completed`, `unauthorized` or `error`; None where it does already."""
        if self.state in (State.CLOSING, State.REFUSED, State.CLOSED):
            return None
        self.state = State.REFUSED
        return self._send("disconnect", {"reason": reason} | ({"info": info} if info else {}))

    # ---- inside

    def _take(self, kind: str, parameters: Json) -> list[Step]:
        match kind:
            case "ping":
                return [self._send("pong", {})]
            case "close":
                return self._close(parameters)
            case _ if self.state in (State.CLOSING, State.REFUSED):
                return []
            case "open":
                return self._open(parameters)
            case "update":
                return self._update(parameters)
            case "paused":
                if self.state is State.ACTIVE:
                    self.state = State.PAUSED
                return []
            case "resumed":
                if self.state is State.PAUSED:
                    self.state = State.ACTIVE
                return self._discarded(parameters)
            case "discarded":
                return self._discarded(parameters)
            case "error":
                return self._error(parameters)
        return self._wrong(405, "messages of this type are not known")

    def _open(self, parameters: Json) -> list[Step]:
        if self.state is not State.PREPARING:
            self.faults["open repeated"] += 1
            return []
        fault = _fault_of_open(parameters)
        if fault:
            return self._wrong(400, fault)
        if self.organisation and parameters["organizationId"].lower() != self.organisation.lower():
            refusal = self.disconnect("unauthorized", "the organisation is not the one that signed")
            return [refusal] if refusal else []
        self._wants_languages = parameters.get("supportedLanguages") is True
        self.language = str(parameters.get("language", ""))
        self.continues = tuple(one["id"] for one in parameters.get("continuedSessions", ()))
        if parameters["conversationId"] == PROBE:
            self.state = State.OPENING
            return [Probe()]
        self._media = _chosen(parameters["media"])
        if self._media is None:
            return self._wrong(415, "none of the offered media can be heard; offer PCMU or L16 at 8000 Hz")
        self.state = State.OPENING
        config = parameters.get("customConfig", {})
        self.opening = Opening(
            key=parameters["conversationId"].lower(),
            agent=str(config.get("agent", ""))[:200],
            speakers=tuple(_SPEAKERS[one] for one in self._media["channels"]),
            rate=self._media["rate"],
        )
        return [self.opening]

    def _close(self, parameters: Json) -> list[Step]:
        reason = parameters.get("reason")
        if reason not in ("end", "error", "disconnect", "reconnect"):
            return self._wrong(400, "close has no reason that is known")
        if self.state is State.CLOSING:
            return []
        self.state = State.CLOSING
        return [Closing(comes_back=reason in ("error", "reconnect"))]

    def _update(self, parameters: Json) -> list[Step]:
        if not isinstance(parameters.get("language"), str):
            return self._wrong(400, "update has no language")
        if self.state not in (State.ACTIVE, State.PAUSED):
            self.faults["update out of turn"] += 1
            return []
        self.language = parameters["language"]
        return [self._send("updated", {})]

    def _discarded(self, parameters: Json) -> list[Step]:
        """Sound that never comes: the time of the stream moves on."""
        start, discarded = read_duration(parameters.get("start")), read_duration(parameters.get("discarded"))
        if start is None or discarded is None:
            return self._wrong(400, "start and discarded must be durations such as PT1.5S")
        if start + discarded < self.position:
            self.faults["discarded what was heard"] += 1
            return []
        self.position = start + discarded
        return []

    def _error(self, parameters: Json) -> list[Step]:
        code = parameters.get("code")
        self.faults[f"client error {code if isinstance(code, int) else ''}".strip()] += 1
        if code != 429:
            return []
        return [Slower(min(read_duration(parameters.get("retryAfter")) or 10.0, 600.0))]

    def _wrong(self, code: int, info: str) -> list[Step]:
        """The client broke the protocol: it is told so and closes."""
        self.faults[f"error {code}"] += 1
        answer = self.disconnect("error", f"{code}: {info}")
        return [answer] if answer else []

    def _send(self, kind: str, parameters: Json) -> Send:
        self._sent += 1
        return Send(
            {
                "version": "2",
                "type": kind,
                "seq": self._sent,
                "clientseq": self._heard,
                "id": self.session_id or PROBE,
                "parameters": parameters,
            }
        )


def _of(samples: Samples, channel: int) -> Samples:
    """One channel of interleaved sound, its samples side by side in memory."""
    return samples[:, channel].copy()


def _fault_of(read: Any) -> str:
    """Why this is no client message; empty if it is one."""
    if not isinstance(read, dict) or read.get("version") != "2":
        return "the message is no AudioHook message of version 2"
    if not isinstance(read.get("id"), str) or not _UUID.fullmatch(read["id"]):
        return "the message has no session id"
    if not isinstance(read.get("type"), str) or not isinstance(read.get("parameters"), dict):
        return "the message has no type or no parameters"
    if not _is_count(read.get("seq")) or not _is_count(read.get("serverseq")):
        return "seq and serverseq must be whole numbers"
    return "" if read_duration(read.get("position")) is not None else "position must be a duration"


def _fault_of_open(parameters: Mapping[str, Any]) -> str:
    """Why a session cannot be opened with these; empty if it can."""
    for name in ("organizationId", "conversationId"):
        if not isinstance(parameters.get(name), str) or not _UUID.fullmatch(parameters[name]):
            return f"{name} must be a UUID"
    media, continued = parameters.get("media"), parameters.get("continuedSessions", [])
    if not isinstance(media, list) or not all(isinstance(one, dict) for one in media):
        return "media must be a list of objects"
    if not isinstance(continued, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in continued
    ):
        return "continuedSessions must be a list of sessions"
    return "" if isinstance(parameters.get("customConfig", {}), dict) else "customConfig must be an object"


def _chosen(offered: Sequence[Json]) -> Json | None:
    for kind, channels in _WANTED:
        for one in offered:
            named = one.get("channels")
            if (one.get("type"), one.get("format"), one.get("rate")) != ("audio", kind, 8000):
                continue
            if isinstance(named, list) and tuple(map(str, named)) == channels:
                return one
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
