"""Twilio Media Streams and its relatives: JSON text frames in, commands out.

Twilio (twilio.com/docs/voice/media-streams/websocket-messages), Telnyx (developers.telnyx.com,
stream call media: snake_case, order not guaranteed), Plivo (plivo.com/docs, audio streaming: stamps
of the time of day, `extra_headers`) and Exotel (developer.exotel.com, WebSocket protocol: linear
16-bit frames of about 100 ms, no tracks) send the same events with other spellings, so names are
read in both cases and numbers also as text.

The track `inbound` is what the telephone system hears, the citizen, and `outbound` is what the
citizen hears, the agent. Parameters of the stream change that and name the agent: `agent`, `call`
(an id that joins two streams), `inbound=agent` (the stream is the agent's leg), `speakers=mixed`.
"""

from __future__ import annotations

import binascii
import json
import math
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.doors.commands import Command, Ended, Frame, Opening
from assistant.doors.encodings import Decoder, sample_rate
from assistant.doors.ordering import Gap, Reorder
from assistant.doors.stamps import Origin, Stamps
from consultation.errors import BadInput
from consultation.types import Speaker
from stt.audio import Samples

LONGEST = 65_536  # characters of a message: six seconds of µ-law
FAULTS = 100  # messages that may be unreadable, two seconds of them, before the stream is given up
WAIT = 0.2  # seconds for which a missing frame is waited for
MOST_HELD = 64  # frames that may wait for a missing one, however short they are
_NO_COUNTER = 10  # frames in a row with a gap before each: these numbers do not count this track alone

_Message = Mapping[str, Any]


@dataclass
class _Track:
    """One channel of the stream."""

    channel: int
    stamps: Stamps
    order: Reorder[tuple[Samples, float | None]] | None = None
    last: float = 0.0  # seconds; length of the last frame
    numbered: bool = True  # the numbers of its frames go up by one
    gaps: int = 0  # frames in a row that had a gap before them


@dataclass
class MediaStream:
    """One stream, from its first message to its last."""

    opening: Opening | None = None
    ended: bool = False
    faults: Counter[str] = field(default_factory=Counter)  # what could not be used, by kind
    digits: int = 0  # keys pressed; which ones is nobody's business
    _tracks: dict[str, _Track] = field(default_factory=dict)
    _decoder: Decoder | None = None

    def receive(self, message: str | bytes) -> list[Command]:
        """Take one WebSocket message. Raises BadInput where the stream cannot go on.

        A single frame that cannot be read is counted in `faults` and left out.
        """
        if self.ended:
            return []
        if isinstance(message, bytes):
            raise BadInput("binary message; this door takes JSON text as Twilio Media Streams sends it")
        if len(message) > LONGEST:
            raise BadInput(f"message of {len(message)} characters; at most {LONGEST} are taken")
        read = _json(message)
        if read is None:
            if self.opening is None:
                raise BadInput("the first messages are not the JSON of a media stream")
            return self._fault("json")
        event = read.get("event")
        if event == "media":
            return self._media(read.get("media"))
        if event == "start":
            return self._start(read)
        if event == "stop":
            return self.finish()
        if event == "dtmf":
            self.digits += 1
        elif not isinstance(event, str):
            return self._fault("event")
        return []  # connected, mark, clear, and what a newer version may add

    def finish(self) -> list[Command]:
        """The stream is over: what waited for lost frames, and the end."""
        if self.ended:
            return []
        self.ended = True
        out: list[Command] = []
        for track in {track.channel: track for track in self._tracks.values()}.values():
            if track.order is not None:
                out += self._placed(track, track.order.finish())
        return [*out, Ended()] if self.opening is not None else out

    def _start(self, message: _Message) -> list[Command]:
        start = _part(message, "start")
        given = _parameters(message, start)
        streamed = _part(start, "mediaFormat", "media_format")
        channels = _number(_get(streamed, "channels"))
        if channels not in (None, 1):
            raise BadInput("a track with several channels; send one track for each speaker")
        speakers, tracks = _who_speaks(_get(start, "tracks"), given)
        opening = Opening(
            key=_first(
                given.get("call"),
                _get(start, "callSid", "call_sid"),
                _get(start, "callControlId", "call_control_id"),
                _get(start, "callId", "call_id", "callUuid", "call_uuid"),
                _get(message, "callSid", "call_sid", "callId", "call_id"),
                _get(message, "streamSid", "stream_sid", "streamId", "stream_id"),
                _get(start, "streamSid", "stream_sid", "streamId", "stream_id"),
            ),
            agent=_first(given.get("agent"), given.get("agent_id"), given.get("agentid")),
            speakers=speakers,
            rate=sample_rate(_first(_get(streamed, "sampleRate", "sample_rate"), 8000)),
        )
        if self.opening is not None:
            if opening.key != self.opening.key:
                raise BadInput("a second call on the same connection; open one for each")
            return self._fault("start repeated")
        self._decoder = Decoder(_first(_get(streamed, "encoding"), "audio/x-mulaw"))
        self.opening = opening
        origin = Origin()
        by_channel = {channel: _Track(channel, Stamps(origin)) for channel in set(tracks.values())}
        self._tracks = {name: by_channel[channel] for name, channel in tracks.items()}
        return [opening]

    def _media(self, media: object) -> list[Command]:
        if self.opening is None or self._decoder is None:
            return self._fault("media before start")
        if not isinstance(media, dict):
            return self._fault("media")
        name = media.get("track")
        track = next(iter(self._tracks.values())) if name is None else self._tracks.get(str(name))
        if track is None:
            return self._fault("track")
        try:
            samples = self._decoder.decode(b64decode(media.get("payload", ""), validate=True))
        except (binascii.Error, ValueError, TypeError, BadInput):
            return self._fault("payload")
        if not len(samples):
            return self._fault("payload")
        stamp, number = _number(media.get("timestamp")), _number(media.get("chunk"))
        if number is None or not track.numbered:
            track.numbered = False
            return [self._frame(track, samples, stamp)]
        if track.order is None:
            seconds = len(samples) / self.opening.rate
            track.order = Reorder(min(MOST_HELD, max(2, math.ceil(WAIT / seconds))), first=1)
        return self._placed(track, track.order.push(int(number), (samples, stamp)))

    def _placed(
        self, track: _Track, arrived: Iterable[tuple[int, tuple[Samples, float | None]] | Gap]
    ) -> list[Command]:
        out: list[Command] = []
        missing = 0.0
        for one in arrived:
            if isinstance(one, Gap):
                missing = one.count * track.last
                continue
            out.append(self._frame(track, *one[1], missing))
            track.gaps = track.gaps + 1 if missing else 0
            missing = 0.0
        if track.gaps > _NO_COUNTER and track.order is not None and track.numbered:
            track.numbered = False
            out += self._placed(track, track.order.finish())
        return out

    def _frame(self, track: _Track, samples: Samples, stamp: float | None, missing: float = 0.0) -> Frame:
        assert self.opening is not None
        track.last = len(samples) / self.opening.rate
        at = track.stamps.place(stamp, track.last, missing, in_order=track.numbered)
        return Frame(track.channel, samples, at)

    def _fault(self, kind: str) -> list[Command]:
        self.faults[kind] += 1
        if self.faults.total() > FAULTS:
            seen = ", ".join(f"{kind} ({count})" for kind, count in sorted(self.faults.items()))
            raise BadInput(f"more than {FAULTS} messages could not be used: {seen}")
        return []


def _who_speaks(
    announced: object, given: Mapping[str, str]
) -> tuple[tuple[Speaker | None, ...], dict[str, int]]:
    """(speakers by channel, channel by name of track)."""
    if given.get("speakers") == "mixed":
        return (None,), {"inbound": 0, "inbound_track": 0}
    here, there = Speaker.CITIZEN, Speaker.AGENT
    if given.get("inbound") == "agent":
        here, there = there, here
    names = " ".join(map(str, announced)) if isinstance(announced, list) else str(announced or "")
    both = "both" in names or ("inbound" in names) == ("outbound" in names)
    if both:
        return (here, there), {"inbound": 0, "inbound_track": 0, "outbound": 1, "outbound_track": 1}
    only = "inbound" if "inbound" in names else "outbound"
    return (here if only == "inbound" else there,), {only: 0, f"{only}_track": 0}


def _parameters(message: _Message, start: _Message) -> dict[str, str]:
    """What the operator gave the stream, as an object, a list of pairs, or `name=value;…`; names lower case."""
    given: dict[str, str] = {}
    for part in (message, start):
        found = _get(part, "customParameters", "custom_parameters", "extraHeaders", "extra_headers")
        if isinstance(found, str):
            found = _json(found) or dict(
                pair.split("=", 1) for pair in re.split("[;,&]", found) if "=" in pair
            )
        if isinstance(found, list):
            found = {str(pair.get("name")): pair.get("value") for pair in found if isinstance(pair, dict)}
        if isinstance(found, dict):
            given |= {
                str(name).strip().lower(): str(value).strip()[:200]
                for name, value in found.items()
                if isinstance(value, str | int | float)
            }
    return given


def _json(text: str) -> dict[str, Any] | None:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _get(message: _Message, *names: str) -> Any:
    return next((message[name] for name in names if message.get(name) is not None), None)


def _part(message: _Message, *names: str) -> _Message:
    found = _get(message, *names)
    return found if isinstance(found, dict) else {}


def _first(*values: object) -> str:
    """The first value that says something, as text of a bounded length."""
    return next((str(v)[:200] for v in values if isinstance(v, str | int) and str(v).strip()), "")


def _number(value: object) -> float | None:
    """A number or its text; None for anything else, and for what cannot be a count or a time."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 1e15 else None
