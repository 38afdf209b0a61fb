"""Question: does the detector find all the speech of real people through a telephone, and nothing else, and how
soon does the segmenter know that they stopped?

Method: clips of --speech FOLDER (16 kHz or other WAV or FLAC below it; at most --clips of them, the same ones each
time), loudness evened out, with two seconds of silence on both sides, through stt/telephone.py (300 to 3,400 Hz,
µ-law) at five noise levels, the last also with 3 % of packets lost. Without --speech: sentences of espeak-ng.
The truth is the energy of the clean clip: a window of 32 ms is speech when it is within 35 dB of the
clip's loud windows and part of at least 100 ms of such, pauses below 150 ms filled; windows 100 ms around its edges are judged
neither way.
  recall        share of the truth's speech windows at or above the threshold
  covered       share of them inside the segments, which have hysteresis and padding: what a recogniser gets to hear
  false alarm   share of the windows outside speech (the silence on both sides) at or above the threshold
  missed        clips without any segment
  segments      per clip; a pause longer than 0.3 s inside a clip parts it
  onset, end    seconds by which the first segment begins before, and the last one ends after, the speech
  decided       seconds from the end of the speech to the moment the segmenter says so
Beside it the usual energy detector: a window is speech when it is 8 dB above the tenth percentile of the second
before and above -45 dBFS, with the same segmenter.

Command: python tests/benchmarks/bench_stt_vad.py [--speech FOLDER] [--clips 200]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import onnxruntime

from data.speech.espeak import RATE as ESPEAK_RATE
from data.speech.espeak import Voice, espeak
from stt.audio import RATE, Samples, to_int16
from stt.segments import WINDOW, Endpointing, Segmenter, Started, Stopped
from stt.telephone import through_telephone
from stt.vad import WINDOW_SAMPLES, SpeechDetector, SpeechModel

LEVELS: tuple[tuple[str, float | None, float], ...] = (
    ("clean", None, 0.0),
    ("20 dB", 20.0, 0.0),
    ("10 dB", 10.0, 0.0),
    ("5 dB", 5.0, 0.0),
    ("0 dB", 0.0, 0.0),
    ("10 dB, 3 % loss", 10.0, 0.03),
)
SILENCE = 2.0  # seconds
UNJUDGED = 3  # windows around an edge of the truth
Levels = npt.NDArray[np.float32]


def clips(folder: Path | None, most: int) -> list[Samples]:
    """int16, 16 kHz, evened out to the same loudness, always the same clips."""
    if folder is None:
        sentences = (
            "전입신고를 하려고 하는데요",
            "여권을 잃어버렸어요 어떻게 하나요",
            "네 알겠습니다 감사합니다",
        )
        sounds = [
            resampled(espeak().say(text, Voice(variant)).samples, ESPEAK_RATE)
            for text in sentences
            for variant in ("f2", "m3", "f5", "m7")
        ]
    else:
        paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".flac", ".wav"))
        random.Random(1).shuffle(paths)
        sounds = [opened(path) for path in paths[:most]]
    return [to_int16(sound / (np.abs(sound).max() + 1e-9) * 0.5) for sound in sounds]


def opened(path: Path) -> npt.NDArray[np.float64]:
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float64)


def resampled(samples: Samples, rate: int) -> npt.NDArray[np.float64]:
    at = np.arange(0, len(samples) - 1, rate / RATE)
    return np.interp(at, np.arange(len(samples)), samples)


def decibels(samples: Samples) -> npt.NDArray[np.float64]:
    """Loudness of each window, dB of full scale."""
    count = len(samples) // WINDOW_SAMPLES
    windows = samples[: count * WINDOW_SAMPLES].reshape(count, -1).astype(np.float64) / 32_768
    return np.asarray(10 * np.log10((windows**2).mean(axis=1) + 1e-10))


def truth_of(clean: Samples) -> npt.NDArray[np.bool_]:
    loud = decibels(clean)
    speech = loud > np.percentile(loud[loud > -60], 95) - 35 if (loud > -60).any() else loud > 0
    return fill(~fill(~speech, round(0.1 / WINDOW)), round(0.15 / WINDOW))


def fill(bits: npt.NDArray[np.bool_], most: int) -> npt.NDArray[np.bool_]:
    """Gaps of at most so many windows between set ones are set."""
    out, last = bits.copy(), None
    for i in np.flatnonzero(bits):
        if last is not None and i - last - 1 <= most:
            out[last:i] = True
        last = int(i)
    return out


def judged(truth: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(truth.astype(int)))
    ok = np.ones(len(truth), dtype=bool)
    for edge in edges:
        ok[max(0, edge - UNJUDGED + 1) : edge + UNJUDGED + 1] = False
    return ok


def by_silero(model: SpeechModel) -> Callable[[Samples], Levels]:
    return lambda sound: SpeechDetector(model).push(sound)


def by_energy(sound: Samples) -> Levels:
    loud = decibels(sound)
    second = round(1 / WINDOW)
    floor = np.array([np.percentile(loud[max(0, i - second) : i + 1], 10) for i in range(len(loud))])
    return ((loud > floor + 8) & (loud > -45)).astype(np.float32)


def measure(
    sounds: Sequence[tuple[Samples, npt.NDArray[np.bool_]]], detect: Callable[[Samples], Levels]
) -> dict[str, Any]:
    hits = speech = alarms = quiet = covered = missed = parts = 0
    onset, end, decided, spent, seconds = [], [], [], 0.0, 0.0
    for sound, truth in sounds:
        began = time.process_time()
        levels = detect(sound)[: len(truth)]
        spent += time.process_time() - began
        seconds += len(sound) / RATE
        segmenter, inside = Segmenter(Endpointing()), np.zeros(len(truth), dtype=bool)
        starts: list[float] = []
        stops: list[tuple[float, float]] = []
        for i, level in enumerate(levels):
            for event in segmenter.push(float(level)):
                if isinstance(event, Started):
                    starts.append(event.at)
                else:
                    stops.append((event.at, (i + 1) * WINDOW))
        stops += [(e.at, len(truth) * WINDOW) for e in segmenter.finish() if isinstance(e, Stopped)]
        for start, (stop, _) in zip(starts, stops, strict=True):
            inside[round(start / WINDOW) : round(stop / WINDOW)] = True
        ok = judged(truth)
        said = np.flatnonzero(truth)
        around = np.ones(len(truth), dtype=bool)
        around[max(0, said[0] - UNJUDGED) : said[-1] + UNJUDGED + 1] = False
        hits += int((levels >= 0.5)[truth & ok].sum())
        covered += int(inside[truth].sum())
        speech += int((truth & ok).sum())
        alarms += int((levels >= 0.5)[around].sum())
        quiet += int(around.sum())
        parts += len(starts)
        missed += not starts
        if starts:
            first, last = said[0] * WINDOW, (said[-1] + 1) * WINDOW
            onset.append(first - starts[0])
            end.append(stops[-1][0] - last)
            decided.append(stops[-1][1] - last)
    all_speech = sum(int(truth.sum()) for _, truth in sounds)
    return {
        "recall": round(hits / speech, 4),
        "covered": round(covered / all_speech, 4),
        "false_alarm": round(alarms / quiet, 5),
        "missed": missed,
        "segments": round(parts / len(sounds), 2),
        "onset_p50": round(float(np.percentile(onset, 50)), 3) if onset else None,
        "onset_p5": round(float(np.percentile(onset, 5)), 3) if onset else None,
        "end_p5": round(float(np.percentile(end, 5)), 3) if end else None,
        "decided_p50": round(float(np.percentile(decided, 50)), 3) if decided else None,
        "decided_p95": round(float(np.percentile(decided, 95)), 3) if decided else None,
        "rtf": round(spent / seconds, 5),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--speech", type=Path, default=None)
    arguments.add_argument("--clips", type=int, default=200)
    given = arguments.parse_args()
    pause = np.zeros(round(SILENCE * RATE), np.int16)
    padded = [np.concatenate([pause, clip, pause]) for clip in clips(given.speech, given.clips)]
    truths = [truth_of(sound) for sound in padded]
    model = SpeechModel()
    figures: dict[str, Any] = {"clips": len(padded), "minutes": round(sum(map(len, padded)) / RATE / 60, 1)}
    for name, snr, loss in LEVELS:
        sounds = [
            (through_telephone(sound, RATE, snr_db=snr, loss=loss, seed=i), truth)
            for i, (sound, truth) in enumerate(zip(padded, truths, strict=True))
        ]
        for who, detect in (("silero", by_silero(model)), ("energy", by_energy)):
            found = measure(sounds, detect)
            figures[f"{who}, {name}"] = found
            print(f"{who:<8}{name:<18}" + "  ".join(f"{key} {value}" for key, value in found.items()))
    machine = {
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
    }
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
