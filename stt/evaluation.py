"""`sangdam evaluate stt`: how well, how fast and how soon speech becomes text, on a manifest of recordings.

Predictions are written, in the order of the manifest, before any `text` is looked at. Recordings go
the way of all sound (detector, segments, guard, lexicon). With `live` they are fed in frames of 20 ms
with a second of silence after each, as a line that stays open, and delays are measured on the clock
of `stt.virtual`:

  first partial   from the first window with speech of an utterance to the first text of it on the screen
  final           from the last window with speech of an utterance to its final text

Errors (`stt.metrics`) are of the whole set. `cer`: characters without spaces and punctuation;
`cer_spaced`: with spaces; `cer_spoken`: numbers of both sides in one spoken form; `wer`: words.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from consultation.rows import Row, write_rows
from consultation.types import Utterance
from stt import metrics
from stt.audio import RATE, Samples, to_16k
from stt.live import LiveTranscriber
from stt.manifest import ReadSound, Recording, read_manifest
from stt.numbers import to_display
from stt.recogniser import Recogniser
from stt.screen_delays import ScreenDelays, Shown
from stt.terms import TermCorrector
from stt.transcription import BOTH, transcribe
from stt.virtual import VirtualEngine
from stt.wav import Sound

_FRAME = RATE // 50  # samples: 20 ms
_AFTER = 1.0  # seconds of silence after a recording that is fed live

Progress = Callable[[int, int], None]  # recordings done, all


def evaluate(
    manifest: Path,
    out: Path,
    recogniser: Recogniser,
    read: ReadSound,
    *,
    live: bool = False,
    corrector: TermCorrector | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Hear every recording, write the predictions to `out`, then compare with `text`.

    `read` opens a sound file at 8 or 16 kHz (`stt.files.read_sound`). A file of one channel is the
    citizen's. Raises `BadInput` before anything is heard when a line cannot be read, `EngineDown`
    when the engine does not answer.
    """
    recordings = read_manifest(manifest, read)
    delays = ScreenDelays()
    _warm_up(recogniser)
    rows: list[Row] = []
    for number, recording in enumerate(recordings, 1):
        sound = read(recording.path)
        began = time.perf_counter()
        if live:
            utterances, elapsed = _live(sound, recogniser, corrector, delays)
        else:
            speakers = BOTH if sound.channels == 2 else BOTH[:1]
            utterances = list(transcribe(sound, recogniser, speakers=speakers, corrector=corrector))
            elapsed = time.perf_counter() - began
        rows.append(_prediction(recording, sound, utterances, elapsed))
        if progress is not None:
            progress(number, len(recordings))
    write_rows(out, rows)
    seconds = sum(row["seconds"] for row in rows)
    return {
        **_errors(recordings, rows),
        "n": len(rows),
        "live": live,
        "seconds": round(seconds, 1),
        "elapsed": round(sum(row["elapsed"] for row in rows), 2),
        "rtf": round(sum(row["elapsed"] for row in rows) / seconds, 4) if seconds else None,
        **(delays.figures() if live else {}),
        "models": {"recogniser": recogniser.name, "detector": "silero-vad-v6"},
        "machine": machine(),
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "platform": platform.platform(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        **{name: importlib.metadata.version(name) for name in ("numpy", "ctranslate2", "onnxruntime")},
    }


def _warm_up(recogniser: Recogniser) -> None:
    """The first decoding of an engine is slow, and not what a call waits for."""
    recogniser.recognise(np.zeros(RATE, dtype=np.float32))


def _prediction(recording: Recording, sound: Sound, heard: Sequence[Utterance], elapsed: float) -> Row:
    text = " ".join(utterance.text for utterance in heard)
    return {
        "audio": recording.audio,
        "text": text,
        "display": to_display(text),
        "utterances": [
            {
                "start": round(utterance.start, 3),
                "end": round(utterance.end, 3),
                "speaker": utterance.speaker.value,
                "text": utterance.text,
                "words": [
                    {"text": w.text, "start": w.start, "end": w.end, "confidence": round(w.confidence, 4)}
                    for w in utterance.words
                ],
            }
            for utterance in heard
        ],
        "seconds": round(sound.seconds, 3),
        "elapsed": round(elapsed, 4),
    }


def _live(
    sound: Sound, recogniser: Recogniser, corrector: TermCorrector | None, delays: ScreenDelays
) -> tuple[list[Utterance], float]:
    """The finals of a recording heard live, and the seconds of computing."""
    began = time.perf_counter()
    engine = VirtualEngine(recogniser)
    sides = BOTH[: sound.channels]
    channels = [LiveTranscriber(speaker, engine, corrector=corrector) for speaker in sides]
    sounds = [_line(sound, number) for number in range(len(sides))]
    shown: list[list[Shown]] = [[] for _ in sides]
    for at in range(0, len(sounds[0]), _FRAME):
        engine.now = max(engine.now, min(at + _FRAME, len(sounds[0])) / RATE)
        for channel, samples, screen in zip(channels, sounds, shown, strict=True):
            screen += [(engine.now, said) for said in channel.push(samples[at : at + _FRAME])]
    for channel, screen in zip(channels, shown, strict=True):
        heard = channel.finish()  # moves the clock to where the last decoding is over
        screen += [(engine.now, said) for said in heard]
        delays.count(screen, channel.voiced)
    finals = [said for screen in shown for _, said in screen if said.is_final]
    return sorted(finals, key=lambda said: (said.start, said.end)), time.perf_counter() - began


def _line(sound: Sound, channel: int) -> Samples:
    samples = to_16k(np.ascontiguousarray(sound.samples[:, channel]), sound.rate)
    return np.concatenate([samples, np.zeros(round(_AFTER * RATE), dtype=np.int16)])


def _errors(recordings: Sequence[Recording], rows: Sequence[Row]) -> dict[str, Any]:
    """Error rates over the recordings whose text is known; none without any."""
    known = [(r.text, row["text"]) for r, row in zip(recordings, rows, strict=True) if r.text is not None]
    if not known:
        return {}
    said, heard = [text for text, _ in known], [text for _, text in known]
    rates = {
        "cer": metrics.cer(said, heard),
        "cer_spaced": metrics.cer_spaced(said, heard),
        "cer_spoken": metrics.cer_spoken(said, heard),
        "wer": metrics.wer(said, heard),
    }
    return {
        # Text out of nothing, where nothing was said at all, has no rate.
        **{name: round(rate.rate, 4) if rate.length else None for name, rate in rates.items()},
        "characters": rates["cer"].length,
        "substitutions": rates["cer"].substitutions,
        "deletions": rates["cer"].deletions,
        "insertions": rates["cer"].insertions,
        "empty": sum(not text for text in heard),
    }
