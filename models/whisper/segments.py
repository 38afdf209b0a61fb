"""Segments that people reviewed, as `sangdam stt dataset` exports them: one JSON object a line.

{"audio": path from the file's folder, "text": what is said, "split": "train" | "dev" | "test"}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from consultation.errors import BadInput, BadRows, RowFault
from models.whisper.dataset import Example
from stt.audio import RATE, to_float
from stt.resample import Resampler
from stt.wav import Sound, read_wav

LONGEST = 30  # seconds that Whisper hears at once

ReadSound = Callable[[Path], Sound]


def read_segments(file: Path, split: str, read: ReadSound | None = None) -> list[Example]:
    """The segments of one split. Raises BadRows with every line that cannot be used, BadInput for none."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as text ({type(error).__name__})") from None
    examples: list[Example] = []
    faults: list[RowFault] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row["split"] == split:
                sound = (read or read_sound)(file.parent / str(row["audio"]))
                examples.append(Example(" ".join(str(row["text"]).split()), heard(sound)))
        except (ValueError, KeyError, TypeError) as error:
            faults.append(
                RowFault(number, "line", f"audio, text and split are needed ({type(error).__name__})")
            )
        except (BadInput, OSError) as error:
            faults.append(RowFault(number, "audio", str(error)))
    if faults:
        raise BadRows(str(file), faults)
    if not examples:
        raise BadInput(f"{file} has no segment of the split {split!r}")
    return examples


def heard(sound: Sound) -> np.ndarray:
    """float32, shape (n,), 16 kHz; channels are mixed. Raises BadInput for more than 30 seconds."""
    mixed = sound.samples.mean(axis=1) if sound.samples.ndim == 2 else sound.samples
    resampler = Resampler(sound.rate)
    samples = np.concatenate([resampler.push(mixed.astype(np.int16)), resampler.finish()])
    if len(samples) > LONGEST * RATE:
        raise BadInput(f"{len(samples) / RATE:.1f} seconds; a segment has at most {LONGEST}")
    return to_float(samples)


def read_sound(path: Path) -> Sound:
    """A WAV file, or with PyAV any other."""
    data = path.read_bytes()
    if data[:4] == b"RIFF":
        return read_wav(data, str(path))
    return _decoded(path)


def _decoded(path: Path) -> Sound:
    import av

    pieces: list[np.ndarray] = []
    try:
        with av.open(str(path)) as container:
            rate = container.streams.audio[0].rate
            resampler = av.AudioResampler("s16", "mono", rate)
            for frame in container.decode(audio=0):
                pieces += [part.to_ndarray().reshape(-1, 1) for part in resampler.resample(frame)]
    except (av.error.FFmpegError, IndexError) as error:
        raise BadInput(f"{path} cannot be decoded ({type(error).__name__})") from None
    return Sound(np.concatenate(pieces) if pieces else np.zeros((0, 1), np.int16), rate)
