"""Makes the sound of the sample consultations: two channels, 8 kHz, as a telephone system records them.

Each telephone consultation of data/samples that is Korean throughout is spoken by espeak-ng: the agent in one
voice, the citizen in another, turn after turn with short pauses; citizen left, agent right. What comes out:
`calls/ID.opus` and `calls/ID.json` with the spoken turns and the time of every word. The library keeps a state:
the same text may come out some samples longer the next time.

Command: python -m data.speech.prepare [--only ID]
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from consultation.types import Word
from data.speech.espeak import RATE, Voice, espeak
from stt.numbers import to_spoken
from stt.telephone import through_telephone

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples" / "consultations.jsonl"
TELEPHONE = 8_000  # frames a second
PAUSE = 0.7  # seconds between two turns
BITS = 14_000  # a second, both channels together

AGENTS = ("f2", "f5", "steph", "linda")
CITIZENS = ("m3", "f4", "m7", "Mario", "f1", "m1", "belinda", "Denis")


def sentences(text: str) -> str:
    """A turn as it is spoken: numbers in words, nothing that has no sound."""
    spoken = re.sub(r"[^가-힣.?!, ]", " ", to_spoken(text))
    return re.sub(r"\s+([.?!,])", r"\1", re.sub(r"\s+", " ", spoken)).strip()


def to_8k(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """22,050 Hz to 8 kHz, by a windowed sinc that leaves nothing above 4 kHz."""
    count = int(len(samples) * TELEPHONE / RATE)
    if not count:
        return np.zeros(0, np.int16)
    taps = np.sinc(np.arange(-48, 49) * 2 * 3_700 / RATE) * np.kaiser(97, 8.0)
    smooth = np.convolve(samples.astype(np.float64), taps / taps.sum(), mode="same")
    at = np.arange(count) * RATE / TELEPHONE
    return np.clip(np.interp(at, np.arange(len(smooth)), smooth), -32_768, 32_767).astype(np.int16)


def speak(row: dict[str, Any]) -> tuple[npt.NDArray[np.int16], list[dict[str, Any]]]:
    """One consultation: int16 shape (frames, 2), and its turns with word times in seconds."""
    dice = zlib.crc32(row["call_id"].encode())
    voices = {
        "agent": Voice(AGENTS[dice % len(AGENTS)], 175, 50),
        "citizen": Voice(CITIZENS[dice // 7 % len(CITIZENS)], 160, 40 + dice // 100 % 25),
    }
    at, placed, turns = 1.0, [], []
    for number, turn in enumerate(row["turns"]):
        text = sentences(turn["text"])
        if not text:
            continue
        said = espeak().say(text, voices[turn["speaker"]])
        words = [_moved(word, at) for word in said.words]
        placed.append((int(at * TELEPHONE), turn["speaker"], to_8k(said.samples)))
        turns.append(
            {
                "i": number,
                "speaker": turn["speaker"],
                "start": words[0]["start"],
                "end": words[-1]["end"],
                "text": text,
                "words": words,
            }
        )
        at = words[-1]["end"] + PAUSE
    frames = np.zeros((int((at + 1.0) * TELEPHONE), 2), dtype=np.int16)
    for start, speaker, samples in placed:
        channel = 0 if speaker == "citizen" else 1
        part = samples[: len(frames) - start]
        frames[start : start + len(part), channel] = part
    for channel in (0, 1):
        frames[:, channel] = through_telephone(
            frames[:, channel], TELEPHONE, snr_db=28, codec="mulaw", seed=dice + channel
        )
    return frames, turns


def _moved(word: Word, by: float) -> dict[str, Any]:
    return {"text": word.text, "start": round(word.start + by, 3), "end": round(word.end + by, 3)}


def write_opus(path: Path, frames: npt.NDArray[np.int16]) -> None:
    """int16 shape (n, 2) at 8 kHz to Ogg Opus."""
    with av.open(str(path), "w", format="ogg", options={"serial_offset": "1"}) as container:
        # Mapping family 255: each channel is coded for itself. Ordinary stereo would mix the speakers at this rate.
        options = {"application": "voip", "mapping_family": "255"}
        stream = container.add_stream("libopus", rate=TELEPHONE, options=options)
        stream.layout = "stereo"  # type: ignore[attr-defined]
        stream.bit_rate = BITS
        for number, start in enumerate(range(0, len(frames), 4_000)):
            block = np.ascontiguousarray(frames[start : start + 4_000]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = TELEPHONE, number * 4_000, Fraction(1, TELEPHONE)
            container.mux(stream.encode(frame))  # type: ignore[attr-defined]
        container.mux(stream.encode(None))  # type: ignore[attr-defined]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--only", help="one consultation")
    given = arguments.parse_args()
    (HERE / "calls").mkdir(exist_ok=True)
    for line in SAMPLES.read_text("utf-8").splitlines():
        row = json.loads(line)
        foreign = any(re.search("[A-Za-z]{3}", turn["text"]) for turn in row["turns"])
        if row["channel"] != "phone" or foreign or given.only not in (None, row["call_id"]):
            continue
        frames, turns = speak(row)
        write_opus(HERE / "calls" / f"{row['call_id']}.opus", frames)
        (HERE / "calls" / f"{row['call_id']}.json").write_text(
            json.dumps({"call_id": row["call_id"], "turns": turns}, ensure_ascii=False) + "\n", "utf-8"
        )
        print(f"{row['call_id']}: {len(frames) / TELEPHONE:.0f} s, {len(turns)} turns")


if __name__ == "__main__":
    main()
