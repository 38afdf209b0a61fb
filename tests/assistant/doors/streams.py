"""Streams for the tests of the doors: fixtures read, messages made, and where sound ends up in the call."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.doors.commands import Command, Frame
from assistant.timeline import Timeline
from stt.audio import RATE, Samples
from stt.g711 import encode_mulaw

FIXTURES = Path(__file__).parent / "fixtures"
FRAME = 160  # samples: 20 ms at 8 kHz


def rows(name: str) -> list[dict[str, Any]]:
    """One conformance fixture."""
    return [json.loads(line) for line in (FIXTURES / name).read_text("utf-8").splitlines()]


def tone(hz: float, seconds: float, rate: int = 8000) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return np.rint(6000 * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def of_channel(commands: Iterable[Command], channel: int) -> list[Frame]:
    return [one for one in commands if isinstance(one, Frame) and one.channel == channel]


def joined(frames: Sequence[Frame]) -> Samples:
    return np.concatenate([frame.samples for frame in frames])


def closeness(a: Samples, b: Samples) -> float:
    """Largest difference, as a share of full scale."""
    assert len(a) == len(b)
    return float(np.abs(a.astype(np.float64) - b).max()) / 32_768


def placed(frames: Sequence[Frame], rate: int = 8000) -> list[tuple[float, Samples]]:
    """(second of the call, frame), as the call's own clock places what is heard of it."""
    timeline, out = Timeline(), []
    for frame in frames:
        where = timeline.place(len(frame.samples) * RATE // rate, frame.at)
        if where.old * rate < len(frame.samples) * RATE:
            out.append((timeline.position - len(frame.samples) / rate, frame.samples))
    return out


def start(**changes: Any) -> str:
    """The start message of a two-track Twilio stream."""
    body = {
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound", "outbound"],
        "customParameters": {"agent": "agent"},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    }
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": body | changes})


def media(number: int | None, stamp: float | str | None, samples: Samples, track: str = "inbound") -> str:
    """A media message; what is None is left out."""
    body: dict[str, Any] = {"track": track, "payload": b64encode(encode_mulaw(samples)).decode()}
    if number is not None:
        body["chunk"] = str(number)
    if stamp is not None:
        body["timestamp"] = str(stamp)
    return json.dumps({"event": "media", "streamSid": "MZ1", "media": body})


STOP = json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": "CA1"}})
