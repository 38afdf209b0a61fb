"""Pure: what is said about sound before it comes, and the sound itself, read from messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consultation.errors import BadInput
from consultation.types import Speaker
from stt.audio import RATE, TELEPHONE_RATE, Samples, from_interleaved

ENCODINGS = ("s16le", "mulaw", "alaw")
LARGEST = 256 * 1024  # bytes of one message: 8 seconds of 16 kHz, more than any device holds back
CHANNELS: Mapping[str, tuple[Speaker, ...]] = {
    "citizen": (Speaker.CITIZEN,),
    "agent": (Speaker.AGENT,),
    "both": (Speaker.CITIZEN, Speaker.AGENT),  # interleaved, citizen first
}


class TooLarge(BadInput):
    """A message with more sound than any device sends at once."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the samples of a connection are written."""

    speakers: tuple[Speaker | None, ...]  # of the channels, interleaved in this order; None: everybody
    encoding: str
    rate: int  # samples a second

    def channels(self, data: bytes) -> list[Samples]:
        """The samples of each channel. Raises BadInput for half a frame, `TooLarge`."""
        if len(data) > LARGEST:
            raise TooLarge(
                f"{len(data)} bytes in one message; send at most {LARGEST}, best every 20 to 100 ms"
            )
        frames = from_interleaved(data, self.encoding, len(self.speakers))
        return [frames[:, number] for number in range(len(self.speakers))]


def format_of(speakers: Sequence[Speaker | None], encoding: str, rate: object) -> Format:
    """Raises BadInput that says what can be heard."""
    if encoding not in ENCODINGS:
        raise BadInput(f"encoding: give one of {', '.join(ENCODINGS)}")
    if str(rate) not in (str(TELEPHONE_RATE), str(RATE)):
        raise BadInput(f"rate: give {TELEPHONE_RATE} or {RATE}; convert other sound before sending it")
    return Format(tuple(speakers), encoding, int(str(rate)))


def query_format(query: Mapping[str, str]) -> Format:
    """From `?channel=citizen|agent|both&encoding=s16le&rate=16000`; the values shown are what is left out."""
    channel = query.get("channel", "citizen")
    if channel not in CHANNELS:
        raise BadInput(f"channel: give one of {', '.join(CHANNELS)}")
    return format_of(CHANNELS[channel], query.get("encoding", "s16le"), query.get("rate", str(RATE)))


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message of a telephone system: which call this is."""

    call: str
    agent: str
    format: Format


def opening_of(text: str) -> Opening:
    """`{"call": ID, "agent": ACCOUNT, "channels": ["citizen", "agent"], "encoding": …, "rate": …}`.

    `channels` may be `["mixed"]`: everybody in one. Raises BadInput naming the field that is wrong.
    """
    said = message_of(text)
    call, agent = said.get("call"), said.get("agent", "")
    if not isinstance(call, str) or not call:
        raise BadInput('call: give the id of the call in the telephone system, as {"call": "…"}')
    if not isinstance(agent, str):
        raise BadInput("agent: give the name of an account")
    names = said.get("channels", ["citizen", "agent"])
    if names == ["mixed"]:
        speakers: list[Speaker | None] = [None]
    elif isinstance(names, list) and names and all(name in list(Speaker) for name in names):
        speakers = [Speaker(name) for name in names]
    else:
        raise BadInput('channels: give ["citizen", "agent"], one of them, or ["mixed"]')
    return Opening(
        call, agent, format_of(speakers, str(said.get("encoding", "s16le")), said.get("rate", TELEPHONE_RATE))
    )


def message_of(text: str) -> dict[str, Any]:
    """A JSON object, or BadInput; nothing of the text is repeated."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput("not JSON; a text message is one JSON object") from None
    if not isinstance(said, dict):
        raise BadInput("a text message is one JSON object")
    return said
