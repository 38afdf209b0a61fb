"""Is somebody speaking? Silero VAD v6, window by window, with the state of one channel.

The network is the ONNX file that comes with faster-whisper: windows of 512 samples at 16 kHz, each
with the 64 samples before it, and a recurrent state that is carried from one to the next.

It was made for sound that reaches beyond 4 kHz. On a telephone line without any noise, where nothing is
up there, it loses sight of voices (recall 0.71, where a line with noise has 0.95). So it listens
twice, the second time with a faint mirror image of the band between 4 and 8 kHz, and the higher
probability counts: 0.92, at no more false alarms (tests/benchmarks/bench_stt_vad.py).
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from consultation.errors import NotReady
from stt.audio import Floats, Samples

WINDOW_SAMPLES = 512  # 32 ms at 16 kHz
_CONTEXT = 64  # samples of the window before
_STATE = (1, 1, 128)  # shape of each half of the recurrent state
_IMAGE = np.float32(0.818)  # of every other sample: adds the spectrum mirrored at 4 kHz, 20 dB below
_BATCH = 512  # windows run at once; the state is carried inside a batch as it is between two

State = tuple[Floats, Floats]


class Detector(Protocol):
    """Says for each window of a channel how likely it holds speech. One for each channel."""

    def push(self, samples: Samples) -> npt.NDArray[np.float32]:
        """Take int16 samples, shape (n,), 16 kHz; the probabilities of the 32 ms windows they complete."""

    def skip(self, windows: int) -> None:
        """So many windows are missing: what comes next is not connected with what was."""


class SpeechModel:
    """The network, loaded once. It holds no state of a channel and may be used by several threads."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises `NotReady` when the file is missing or no such network."""
        onnxruntime: Any = importlib.import_module("onnxruntime")  # slow, so only now
        path = path or _bundled()
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1  # a window is 0.1 ms of work
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no class of their own
            raise NotReady(
                f"the speech detector {path} cannot be loaded ({type(error).__name__}); install faster-whisper again"
            ) from error

    def run(self, windows: Floats, state: State) -> tuple[Floats, State]:
        """Probabilities, shape (n,), of consecutive windows, shape (n, 576), and the state after them."""
        found, h, c = self._session.run(None, {"input": windows, "h": state[0], "c": state[1]})
        return found.reshape(-1), (h, c)


class SpeechDetector:
    """Silero for one channel."""

    def __init__(self, model: SpeechModel | None = None) -> None:
        self._model = model or _shared()
        self._held = np.zeros(_CONTEXT, dtype=np.int16)  # the context, then samples of no whole window yet
        self._states = [_start(), _start()]  # of the sound as it is, and with its image

    def skip(self, windows: int) -> None:  # noqa: ARG002 (the network counts nothing)
        """Forget the channel's past, but for the samples of the window that has begun."""
        self._held = np.concatenate([np.zeros(_CONTEXT, dtype=np.int16), self._held[_CONTEXT:]])
        self._states = [_start(), _start()]

    def push(self, samples: Samples) -> npt.NDArray[np.float32]:
        """int16, shape (n,), 16 kHz. Windows the network makes nothing of (NaN) hold no speech."""
        held = np.concatenate([self._held, samples])
        count = (len(held) - _CONTEXT) // WINDOW_SAMPLES
        self._held = held[count * WINDOW_SAMPLES :]
        if count == 0:
            return np.zeros(0, dtype=np.float32)
        # Rows overlap by the context: the same samples, not copied.
        step = held.itemsize
        rows = np.lib.stride_tricks.as_strided(
            held, (count, WINDOW_SAMPLES + _CONTEXT), (WINDOW_SAMPLES * step, step), writeable=False
        )
        windows = rows * np.float32(1 / 32_768)
        mirrored = windows.copy()
        mirrored[:, 1::2] *= _IMAGE
        return np.maximum(self._run(0, windows), self._run(1, mirrored))

    def _run(self, which: int, windows: Floats) -> Floats:
        found = [self._batch(which, windows[at : at + _BATCH]) for at in range(0, len(windows), _BATCH)]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _batch(self, which: int, windows: Floats) -> Floats:
        found, self._states[which] = self._model.run(windows, self._states[which])
        if not math.isfinite(float(found.sum())):
            self._states[which] = _start()  # a state that is spoilt would stay so
            found = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
        return found


def _start() -> State:
    return np.zeros(_STATE, dtype=np.float32), np.zeros(_STATE, dtype=np.float32)


@cache
def _shared() -> SpeechModel:
    """One network for all channels: it never changes."""
    return SpeechModel()


def _bundled() -> Path:
    """The file in faster-whisper's package, found without importing the package, which is slow."""
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        path = Path(folder) / "assets" / "silero_vad_v6.onnx"
        if path.is_file():
            return path
    raise NotReady("the speech detector silero_vad_v6.onnx is missing; install faster-whisper again")
