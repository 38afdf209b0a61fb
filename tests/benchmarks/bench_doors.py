"""Question: what does a telephone frame of 20 ms cost at a door, and what is that next to the least one must do?

Method: ten minutes of one channel (µ-law at 8 kHz) as each protocol sends it go through the reader of that
protocol, messages in and int16 samples with their place in time out; median of several passes, in µs a frame
and as a share of real time. Beside it, in the same run, the least that any reader does: `json.loads`,
`b64decode` and a table look-up with NumPy, without order, gaps, repetition, bounds or time. The last rows are
the media stream with 5 % of the frames lost, 5 % twice and the rest out of order, and what the signature of a
connection costs, once a call.

Command: python tests/benchmarks/bench_doors.py [--minutes 10] [--passes 5]
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import platform
import random
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha1
from statistics import median

import numpy as np

from assistant.doors.audiohook import Session
from assistant.doors.signatures import Knock, Nonces, admit
from assistant.doors.twilio import MediaStream
from assistant.doors.vonage import VonageStream
from stt.g711 import decode_mulaw, encode_mulaw
from tests.assistant.doors.hook_client import Client, open_parameters
from tests.assistant.doors.streams import FRAME, media, start

SECONDS = 0.02  # of a frame


def least(messages: list[str]) -> int:
    """What cannot be left out."""
    heard = 0
    for message in messages:
        heard += len(decode_mulaw(b64decode(json.loads(message)["media"]["payload"])))
    return heard


def twilio(messages: list[str]) -> int:
    stream = MediaStream()
    stream.receive(start())
    return sum(1 for message in messages for _ in stream.receive(message))


def vonage(messages: list[bytes]) -> int:
    stream = VonageStream()
    stream.receive(json.dumps({"event": "websocket:connected", "content-type": "audio/l16;rate=8000"}))
    return sum(1 for message in messages for _ in stream.receive(message))


def audiohook(messages: list[bytes]) -> int:
    session = Session()
    session.text(Client().message("open", open_parameters()))
    session.opened()
    return sum(1 for message in messages for _ in session.audio(message))


def rough(messages: list[str]) -> list[str]:
    """As a bad network delivers them."""
    dice = random.Random(1)
    sent = [(n, message) for n, message in enumerate(messages) if dice.random() > 0.05]
    twice = [
        (n + dice.uniform(0, 5), message) for n, message in sent for _ in range(1 + (dice.random() < 0.05))
    ]
    return [message for _, message in sorted(twice)]


def timed(work: Callable[[], object], frames: int, passes: int) -> float:
    """µs a frame, the median of the passes."""
    taken = []
    for _ in range(passes):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) / frames * 1e6)
    return round(median(taken), 3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()

    frames = round(given.minutes * 60 / SECONDS)
    sound = np.random.default_rng(0).integers(-9000, 9000, FRAME * frames).astype(np.int16).reshape(-1, FRAME)
    messages = [media(n + 1, 20 * n, samples) for n, samples in enumerate(sound)]
    binary = [samples.astype("<i2").tobytes() for samples in sound]
    stereo = [encode_mulaw(np.stack([samples, samples], axis=1).reshape(-1)) for samples in sound]
    bad = rough(messages)

    address = "wss://calls.example.com/doors/twilio"
    mac = b64encode(hmac.new(b"key", address.encode(), sha1).digest()).decode()
    knock = Knock({"host": "calls.example.com", "x-twilio-signature": mac}, "/doors/twilio")

    least_of_all = timed(lambda: least(messages), frames, given.passes)
    rows = {
        "media stream": timed(lambda: twilio(messages), frames, given.passes),
        "media stream, lossy": timed(lambda: twilio(bad), len(bad), given.passes),
        "vonage": timed(lambda: vonage(binary), frames, given.passes),
        "audiohook, both channels": timed(lambda: audiohook(stereo), frames, given.passes),
    }
    signature = timed(lambda: [admit(knock, "key", 0.0, Nonces()) for _ in range(1000)], 1000, given.passes)
    print(f"{'':28} {'µs a frame':>10} {'of real time':>13} {'to the least':>13}")
    print(
        f"{'json + base64 + table':28} {least_of_all:10.2f} {least_of_all / SECONDS / 1e4:12.3f} % {1.0:12.2f}x"
    )
    for name, cost in rows.items():
        print(f"{name:28} {cost:10.2f} {cost / SECONDS / 1e4:12.3f} % {cost / least_of_all:12.2f}x")
    print(f"{'signature, once a call':28} {signature:10.2f}")
    print(
        json.dumps(
            {
                "benchmark": "doors",
                "us_a_frame": {"least": least_of_all, **rows},
                "us_a_signature": signature,
                "frames": frames,
                "passes": given.passes,
                "machine": {"system": platform.platform(), "cpus": os.cpu_count(), "load": os.getloadavg()},
                "versions": {"python": platform.python_version(), "numpy": np.__version__},
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
