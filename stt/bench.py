"""`sangdam bench stt`: errors, speed and capacity of a checkpoint on this machine, in one run.

Recordings are heard the way calls are (detector, segments, guard), one after the other, each timed. Without a
manifest they are the turns of the calls that ship with the program: synthetic voices on a telephone line.
Then sound of fixed lengths is decoded again and again, and the median taken.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from consultation.bundled import bundled
from consultation.rows import Row
from stt.audio import RATE, Floats, to_16k, to_float
from stt.capacity import Capacity, Decoding, capacity
from stt.evaluation import evaluate, machine
from stt.manifest import ReadSound, read_manifest
from stt.recogniser import Listen, Recogniser
from stt.vad import SpeechDetector
from stt.wav import write_wav

LENGTHS = (1.0, 3.0, 8.0, 30.0)  # seconds of sound in one decoding
BUCKETS = (2.0, 5.0, 10.0, float("inf"))  # seconds up to which a recording counts as of that length
_TIMES = 5  # decodings of a length
_ENOUGH = 10.0  # seconds after which a length is done with fewer

Progress = Callable[[str, int, int], None]  # what is done, how much of it, all


@dataclass(frozen=True, slots=True)
class Speed:
    """Recordings of one range of lengths."""

    up_to: float | None  # seconds; None: no upper end
    n: int
    rtf: float  # seconds of computing for a second of sound


@dataclass(frozen=True, slots=True)
class Bench:
    """What was measured."""

    figures: dict[str, Any]  # of `stt.evaluation.evaluate`
    speeds: tuple[Speed, ...]
    decodings: tuple[Decoding, ...]
    detector: float  # seconds of computing for a second of sound
    capacities: tuple[Capacity, ...]
    busy: float  # processes that ran or waited, on average, in the minute before


def bench(
    recogniser: Recogniser,
    read: ReadSound,
    manifest: Path | None = None,
    *,
    most: int = 60,
    progress: Progress | None = None,
) -> Bench:
    """Measure. `most`: of the bundled turns, spread over all calls; a manifest is heard whole.

    Raises `BadInput` for a manifest that cannot be read, `EngineDown` when the engine does not answer.
    """
    tell = progress or (lambda _what, _done, _all: None)
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="sangdam-bench-") as folder:
        if manifest is None:
            manifest = _turns(Path(folder), read, most)
        out = Path(folder) / "predictions.jsonl"
        figures = evaluate(
            manifest, out, recogniser, read, progress=lambda done, total: tell("recordings", done, total)
        )
        rows: list[Row] = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        speech = _speech(manifest, read)
    decodings = []
    for number, seconds in enumerate(LENGTHS):
        tell("decodings", number, len(LENGTHS))
        decodings.append(time_decoding(recogniser, speech, seconds))
    tell("decodings", len(LENGTHS), len(LENGTHS))
    detector = _time_detector(speech)
    return Bench(
        figures, speeds(rows), tuple(decodings), detector, tuple(capacity(decodings, detector)), busy
    )


def time_decoding(recogniser: Recogniser, speech: Floats, seconds: float, times: int = _TIMES) -> Decoding:
    """The median of some decodings of so much of `speech`, float32 at 16 kHz."""
    sound = np.resize(speech, round(seconds * RATE)).astype(np.float32)
    taken: dict[bool, list[float]] = {False: [], True: []}
    until = time.perf_counter() + _ENOUGH
    recogniser.recognise(sound)  # the first one is slower
    for _ in range(times):
        for words, kept in taken.items():
            began = time.perf_counter()
            recogniser.recognise(sound, Listen(words=words))
            kept.append(time.perf_counter() - began)
        if time.perf_counter() > until:
            break
    return Decoding(seconds, float(np.median(taken[False])), float(np.median(taken[True])))


def speeds(rows: Sequence[Row]) -> tuple[Speed, ...]:
    """Real-time factors by length of the recording; lengths that do not occur are left out."""
    out = []
    for low, high in zip((0.0, *BUCKETS), BUCKETS, strict=False):
        inside = [row for row in rows if low < row["seconds"] <= high]
        if inside:
            rtf = sum(row["elapsed"] for row in inside) / sum(row["seconds"] for row in inside)
            out.append(Speed(None if high == float("inf") else high, len(inside), rtf))
    return tuple(out)


def report(found: Bench) -> dict[str, Any]:
    """Everything, as one JSON object."""
    names = ("cer", "cer_spaced", "cer_spoken", "n", "characters", "seconds", "rtf")
    return {
        "recogniser": found.figures["models"]["recogniser"],
        **{name: found.figures[name] for name in names if name in found.figures},
        "speed": [{"up_to": s.up_to, "n": s.n, "rtf": round(s.rtf, 4)} for s in found.speeds],
        "decoding_ms": [
            {
                "seconds": d.seconds,
                "partial": round(d.partial * 1000, 1),
                "final": round(d.final * 1000, 1),
            }
            for d in found.decodings
        ],
        "detector_rtf": round(found.detector, 5),
        "channels_per_core": [
            {
                "talk": c.talk,
                "with_partials": round(c.with_partials, 1),
                "finals_only": round(c.finals_only, 1),
            }
            for c in found.capacities
        ],
        "load_before": round(found.busy, 2),
        "machine": machine(),
    }


def _turns(folder: Path, read: ReadSound, most: int) -> Path:
    """A manifest of turns cut out of the bundled calls, and their sound."""
    turns = []
    for script in sorted(bundled("calls").glob("*.json")):
        for turn in json.loads(script.read_text("utf-8"))["turns"]:
            turns.append((script.with_suffix(".opus"), turn))
    chosen = turns[:: max(1, len(turns) // most)][:most]
    lines = ["audio\ttext"]
    for number, (path, turn) in enumerate(chosen):
        sound = read(path)
        first, last = (
            round((turn[edge] + pad) * sound.rate) for edge, pad in (("start", -0.3), ("end", 0.3))
        )
        side = 0 if turn["speaker"] == "citizen" else 1
        (folder / f"{number}.wav").write_bytes(
            write_wav(sound.samples[max(0, first) : last, side], sound.rate)
        )
        lines.append(f"{number}.wav\t{turn['text']}")
    manifest = folder / "manifest.tsv"
    manifest.write_text("\n".join(lines) + "\n", "utf-8")
    return manifest


def _speech(manifest: Path, read: ReadSound) -> Floats:
    """Half a minute or so of the recordings, one after the other."""
    pieces: list[Floats] = []
    for recording in read_manifest(manifest, read):
        sound = read(recording.path)
        pieces.append(to_float(to_16k(np.ascontiguousarray(sound.samples[:, 0]), sound.rate)))
        if sum(map(len, pieces)) >= LENGTHS[-1] * RATE:
            break
    return np.concatenate(pieces)


def _time_detector(speech: Floats) -> float:
    detector = SpeechDetector()
    samples = (np.resize(speech, 10 * RATE) * 32_767).astype(np.int16)
    detector.push(samples[:RATE])
    began = time.perf_counter()
    detector.push(samples)
    return (time.perf_counter() - began) / 10
