"""What a source sends as RTP, and what a bad network makes of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from assistant.doors.commands import Frame
from assistant.doors.rtp import Packet, write_packet
from stt.audio import Samples
from stt.g711 import encode_mulaw

FRAME = 160  # samples: 20 ms at 8 kHz
Sent = tuple[bytes, float]  # a datagram, and when it arrives, in seconds


def counted(seconds: float) -> Samples:
    """A sound that tells its own place: no two frames of it are alike, whatever frame they come in."""
    place = np.arange(round(seconds * 8_000))
    return np.asarray(np.rint(9_000 * np.sin(place * 0.05) * np.cos(place / 9_000.0)), dtype=np.int16)


def spoken(sound: Samples, *, sequence: int = 65_500, timestamp: int = 2**32 - 4_000) -> list[Packet]:
    """Its packets of 20 ms, µ-law; the counters wrap around early on."""
    return [
        Packet(
            0,
            (sequence + n) % 65_536,
            (timestamp + n * FRAME) % 2**32,
            7,
            encode_mulaw(sound[at : at + FRAME]),
        )
        for n, at in enumerate(range(0, len(sound), FRAME))
    ]


def on_time(packets: Sequence[Packet], start: float = 0.0) -> list[Sent]:
    """Each when its sound is over."""
    return [(write_packet(packet), start + 0.02 * (n + 1)) for n, packet in enumerate(packets)]


def bad_network(
    sent: Iterable[Sent],
    seed: int,
    *,
    loss: float = 0.0,
    jitter: float = 0.0,
    twice: float = 0.0,
) -> list[Sent]:
    """Packets lost, late by up to `jitter` seconds (and so out of order), repeated."""
    chance = random.Random(seed)
    arrived: list[Sent] = []
    for data, moment in sent:
        if chance.random() >= loss:
            arrived.append((data, moment + chance.uniform(0.0, jitter)))
        if chance.random() < twice:
            arrived.append((data, moment + chance.uniform(0.0, jitter)))
    return sorted(arrived, key=lambda one: one[1])


def laid_out(frames: Iterable[Frame], seconds: float, rate: int = 8_000) -> Samples:
    """Frames at their places, silence between."""
    out = np.zeros(round(seconds * rate), dtype=np.int16)
    for frame in frames:
        begin = round(frame.at * rate)
        out[begin : begin + len(frame.samples)] = frame.samples[: max(0, len(out) - begin)]
    return out


def with_type(packet: Packet, payload_type: int, payload: bytes) -> Packet:
    return replace(packet, payload_type=payload_type, payload=payload)
