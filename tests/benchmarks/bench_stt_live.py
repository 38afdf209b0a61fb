"""Question: four calls at once in real time on this machine, with the bundled model: how soon is the text there?

Method: consultations of data/samples, spoken by espeak-ng in two voices, two channels at 8 kHz through
stt/telephone.py, with the times of the words as the truth. --calls of them play at the same time: every 20 ms
of the wall clock one frame goes into each channel, resampled as a door does it, on one thread, as an event loop
would; two threads decode for all (stt/schedule.py). A delay is wall time:
  first partial  from the moment the first word of an utterance begins to its first text on the screen, which may be its
                 final; privacy costs a part of it, because the last two words are held back (stt/masking.py)
  final          from the moment the last word ends to the final text; 0.3 s of it is the silence that must pass
"cer" is of the text all channels showed. "busy": share of the wall time in which a thread decoded.

The obvious alternative, in the same run with --fixed: windows of 3 seconds decoded one after another, as a
loop around a file-oriented recogniser does; the delay of a word is then from its end to the end of its window's decoding.

Command: python tests/benchmarks/bench_stt_live.py [--calls 4] [--seconds 60] [--model FOLDER] [--fixed]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np

from consultation.types import Speaker, Utterance, Word
from data.speech.prepare import speak
from stt.audio import RATE, TELEPHONE_RATE, Samples, Upsampler, to_16k, to_float
from stt.engines import open_recogniser
from stt.live import LiveTranscriber
from stt.metrics import Delays, cer
from stt.recogniser import Listen, Recogniser
from stt.schedule import Scheduler
from stt.screen_delays import ScreenDelays, Shown
from stt.telephone import through_telephone
from stt.terms import TermCorrector

CALLS = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"
FRAME = 0.02  # seconds
WINDOW = 3.0  # seconds, of the alternative


@dataclass
class Line:
    """One channel of a call."""

    live: LiveTranscriber
    sound: Samples  # 8 kHz
    words: list[Word]
    upsampler: Upsampler = field(default_factory=Upsampler)
    screen: list[Shown] = field(default_factory=list)


def spoken(count: int, seconds: float) -> list[tuple[Speaker, Samples, list[Word]]]:
    """Channels of telephone consultations, each with its sound and its words."""
    made: list[tuple[Speaker, Samples, list[Word]]] = []
    with CALLS.open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            if row.get("channel", "phone") != "phone" or len(made) >= 2 * count:
                continue
            both, turns = speak(row)
            for side, speaker in enumerate((Speaker.CITIZEN, Speaker.AGENT)):
                sound = np.ascontiguousarray(both[: round(seconds * TELEPHONE_RATE), side])
                words = [
                    Word(w["text"], w["start"], w["end"], 1.0)
                    for turn in turns
                    if turn["speaker"] == speaker.value
                    for w in turn["words"]
                    if w["end"] < len(sound) / TELEPHONE_RATE - 1.0
                ]
                made.append((speaker, through_telephone(sound, TELEPHONE_RATE, seed=len(made)), words))
    return made


def play(lines: Sequence[Line], seconds: float) -> float:
    """Feed all channels in real time; returns how late the feeding was at worst, in seconds."""
    began, late = time.monotonic(), 0.0
    size = round(FRAME * TELEPHONE_RATE)
    for number in range(round(seconds / FRAME)):
        due = began + (number + 1) * FRAME
        late = max(late, time.monotonic() - due)
        time.sleep(max(0.0, due - time.monotonic()))
        for line in lines:
            heard = line.live.push(line.upsampler.push(line.sound[number * size : (number + 1) * size]))
            now = time.monotonic() - began
            line.screen += [(now, said) for said in heard]
    for line in lines:
        heard = line.live.finish()
        now = time.monotonic() - began
        line.screen += [(now, said) for said in heard]
    return late


def live_figures(recogniser: Recogniser, calls: int, seconds: float) -> dict[str, Any]:
    scheduler = Scheduler(recogniser, workers=2)
    corrector = TermCorrector.of_seoul()
    lines = [
        Line(LiveTranscriber(speaker, scheduler, corrector=corrector), sound, words)
        for speaker, sound, words in spoken(calls, seconds)
    ]
    late = play(lines, seconds)
    delays = ScreenDelays()
    said, heard = [], []
    for line in lines:
        delays.count(line.screen, [(w.start, w.end) for w in line.words])
        finals: list[Utterance] = [u for _, u in line.screen if u.is_final]
        said.append(" ".join(w.text for w in line.words))
        heard.append(" ".join(u.text for u in sorted(finals, key=lambda u: u.start)))
    load = scheduler.load
    scheduler.close()
    return delays.figures() | {
        "cer": round(cer(said, heard).rate, 4),
        "channels": len(lines),
        "finals_decoded": load.finals,
        "partials_decoded": load.partials,
        "partials_dropped": load.dropped_partials,
        "busy": round(load.busy / seconds, 3),
        "feeding_late_ms": round(1000 * late),
    }


def fixed_figures(recogniser: Recogniser, calls: int, seconds: float) -> dict[str, Any]:
    """Windows of three seconds of all channels, one after another, each as soon as it is full."""
    lines = spoken(calls, seconds)
    free, delays, said, heard = 0.0, [], [], []
    for _, _, words in lines:
        said.append(" ".join(w.text for w in words))
    texts: list[list[str]] = [[] for _ in lines]
    for end in np.arange(WINDOW, seconds + 0.01, WINDOW):
        for number, (_, sound, words) in enumerate(lines):
            part = to_16k(sound[round((end - WINDOW) * TELEPHONE_RATE) : round(end * TELEPHONE_RATE)], 8_000)
            began = time.perf_counter()
            texts[number].append(recogniser.recognise(to_float(part), Listen(words=False)).text)
            free = max(free, float(end)) + time.perf_counter() - began
            delays += [free - w.end for w in words if end - WINDOW <= w.end < end]
    heard = [" ".join(parts) for parts in texts]
    of = Delays.of(delays)
    return {
        "word_p50_ms": round(1000 * of.p50),
        "word_p95_ms": round(1000 * of.p95),
        "cer": round(cer(said, heard).rate, 4),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--calls", type=int, default=4)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--model", default="")
    arguments.add_argument("--fixed", action="store_true", help="the alternative, too")
    given = arguments.parse_args()
    recogniser = open_recogniser("ctranslate2", given.model, workers=2)
    recogniser.recognise(np.zeros(RATE, np.float32))  # the first decoding is slow
    figures: dict[str, Any] = {"calls": given.calls, "seconds": given.seconds, "model": recogniser.name}
    figures["live"] = live_figures(recogniser, given.calls, given.seconds)
    if given.fixed:
        figures["fixed_windows"] = fixed_figures(recogniser, given.calls, given.seconds)
    for key, figure in figures.items():
        print(f"{key:<16}{figure}")
    machine = {
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "machine": platform.machine(),
        "python": platform.python_version(),
        "ctranslate2": ctranslate2.__version__,
    }
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
