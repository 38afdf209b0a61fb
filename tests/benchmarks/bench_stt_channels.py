"""Question: how many channels can one core hear, everything but the speech model counted?

Method: --channels channels (two per call) are fed in frames of 20 ms for --seconds seconds of sound: the buzz
of stt/simulated_calls.py of the sample calls, brought from 8 to 16 kHz piece by piece as a door does. Behind
the seam stands the simulated recogniser on a scheduler with one thread, so what is measured is the program
around a model: detector, segments, agreement, masking of partials, guard, lexicon of Seoul's places. Sound goes
in as fast as it is taken; CPU time of the whole process, its threads too, over the seconds of sound. The simulated
recogniser's own cost is measured apart and taken off. `scripted` replaces silero by a script: what is left is
the price of our own code. Parts are measured alone on the same sound.

Beside it, `silero_as_is_percent`: the network alone called window by window on the whole sound in memory, as the
usual scripts do, with nothing around it. That is the floor for anything that uses silero.

Command: OMP_NUM_THREADS=1 python tests/benchmarks/bench_stt_channels.py [--channels 40] [--seconds 60]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import onnxruntime

from consultation.types import Speaker, Word
from stt.audio import TELEPHONE_RATE, Samples, Upsampler
from stt.error_model import ErrorModel
from stt.live import LiveTranscriber
from stt.recogniser import Heard, Listen
from stt.schedule import Load, Scheduler
from stt.simulated_calls import script_of, sound_of, words_of
from stt.simulated_channel import ScriptedDetector, SimulatedEngine
from stt.terms import TermCorrector
from stt.vad import Detector, SpeechDetector, SpeechModel

CALLS = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"
FRAME = TELEPHONE_RATE // 50
PLAIN = Listen()


class Timed:
    """The simulated recogniser with its own CPU time counted."""

    name = "simulated"
    spent = 0.0

    def __init__(self, engine: SimulatedEngine) -> None:
        self.engine = engine

    def recognise(self, samples: np.ndarray, listen: Listen = PLAIN) -> Heard:
        began = time.thread_time()
        heard = self.engine.recognise(samples, listen)
        Timed.spent += time.thread_time() - began
        return heard


def lines(channels: int, seconds: float) -> list[tuple[Speaker, list[Word], Samples]]:
    """Channels of the sample calls, each with its words and its sound at 8 kHz."""
    with CALLS.open(encoding="utf-8") as rows:
        scripts = [script for row in rows if (script := script_of(json.loads(row)))]
    made = []
    for number, script in zip(range(-(-channels // 2)), itertools.cycle(scripts), strict=False):
        sound = sound_of(script, seconds, seed=number)
        for side, speaker in enumerate((Speaker.CITIZEN, Speaker.AGENT)):
            words = [word for word in words_of(script, speaker) if word.end < seconds - 0.5]
            made.append((speaker, words, np.ascontiguousarray(sound[:, side])))
    return made[:channels]


def run(made: list[tuple[Speaker, list[Word], Samples]], scripted: bool) -> tuple[float, float, Load, int]:
    """CPU seconds without the recogniser, wall seconds, the scheduler's counters, utterances."""
    model, corrector = SpeechModel(), TermCorrector.of_seoul()
    scheduler = Scheduler(SimulatedEngine([]), workers=1)
    channels = []
    for number, (speaker, words, sound) in enumerate(made):
        detector: Detector = ScriptedDetector(words) if scripted else SpeechDetector(model)
        engine = Timed(SimulatedEngine(words, ErrorModel(), number))
        live = LiveTranscriber(speaker, scheduler, recogniser=engine, detector=detector, corrector=corrector)
        channels.append((live, Upsampler(), sound))
    Timed.spent, heard = 0.0, 0
    wall, began = time.perf_counter(), time.process_time()
    for at in range(0, len(made[0][2]), FRAME):
        for live, upsampler, sound in channels:
            heard += len(live.push(upsampler.push(sound[at : at + FRAME])))
    for live, _, _ in channels:
        heard += len(live.finish())
    spent = time.process_time() - began - Timed.spent
    load = scheduler.load
    scheduler.close()
    return spent, time.perf_counter() - wall, load, heard


def as_is(sound: Samples) -> float:
    """CPU seconds of silero called for each window, as its package does."""
    model = SpeechModel()
    state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
    held = sound.astype(np.float32) / 32_768
    began = time.process_time()
    for at in range(0, len(held) - 576, 512):
        _, state = model.run(held[None, at : at + 576], state)
    return time.process_time() - began


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--channels", type=int, default=40)
    arguments.add_argument("--seconds", type=float, default=60.0)
    given = arguments.parse_args()
    made = lines(given.channels, given.seconds)
    total = given.channels * given.seconds
    figures: dict[str, float] = {"channels": given.channels, "seconds": given.seconds}
    for name, scripted in (("silero", False), ("scripted", True)):
        spent, wall, load, heard = run(made, scripted)
        figures |= {
            f"{name}_percent_of_real_time": round(100 * spent / total, 3),
            f"{name}_channels_on_one_core": round(total / spent),
            f"{name}_wall_seconds": round(wall, 2),
            f"{name}_utterances": heard,
            f"{name}_finals": load.finals,
            f"{name}_partials": load.partials,
        }
    upsampled = [Upsampler().push(sound) for _, _, sound in made[:4]]
    began = time.process_time()
    for sound in upsampled:
        detector = SpeechDetector()
        for at in range(0, len(sound), 2 * FRAME):
            detector.push(sound[at : at + 2 * FRAME])
    figures["detector_alone_percent"] = round(
        100 * (time.process_time() - began) / (len(upsampled) * given.seconds), 3
    )
    began = time.process_time()
    for _, _, telephone in made[:4]:
        upsampler = Upsampler()
        for at in range(0, len(telephone), FRAME):
            upsampler.push(telephone[at : at + FRAME])
    figures["upsampler_alone_percent"] = round(100 * (time.process_time() - began) / (4 * given.seconds), 3)
    figures["silero_as_is_percent"] = round(100 * as_is(upsampled[0]) / given.seconds, 3)
    for key, figure in figures.items():
        print(f"{key:<32}{figure:>10}")
    machine = {
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
    }
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
