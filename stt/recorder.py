"""Keeps the sound of a call while it goes on.

Sound waits in memory until its five seconds are complete, then a thread of its own encodes, seals and
writes them: a process that is killed loses the last seconds and nothing else. Whatever the disk does,
the call goes on: a recording that cannot be written ends there, and the log says why.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np
import structlog

from stt.audio import RATE, Samples
from stt.sealed_sound import PIECE, Measured, SealedSound, measure

LONGEST = 24 * 3600 * RATE  # samples; sound that claims to be later is a mistake
_SAME = round(0.02 * RATE)  # samples by which sound may be off its place and still follows what came before
_ABSENT = 10 * RATE  # samples of the other channel after which one that says nothing is not waited for
_WAITING = 24  # pieces that may wait for the disk: two minutes

log = structlog.get_logger()


@dataclass
class _Channel:
    position: int  # samples: where its next sound belongs
    newest: int  # samples: how far the call was when it last spoke


class CallRecorder:
    """The sound of one call. `write` may be called by several threads."""

    def __init__(
        self,
        kept: SealedSound,
        writer: Executor,
        *,
        channels: int = 2,
        closed: Callable[[Measured], None] = lambda _: None,
        abandoned: Callable[[], None] = lambda: None,
    ) -> None:
        """`writer` runs one job after another. `closed` gets what was kept, `abandoned` is told of none."""
        self._kept = kept
        self._writer = writer
        self._count = channels
        self._closed, self._abandoned = closed, abandoned
        self._lock = threading.Lock()
        self._open: dict[int, Samples] = {}  # pieces that are being filled
        self._filled: dict[int, int] = {}  # samples of them
        self._channels: dict[int, _Channel] = {}
        self._newest = 0
        self._jobs: list[Future[None]] = []
        self._over = False
        self._broken = False

    @property
    def broken(self) -> bool:
        """Nothing more is kept: the disk did not take it, or was too slow."""
        return self._broken

    def write(self, channel: int, samples: Samples, at: float) -> None:
        """int16 at 16 kHz, shape (n,), that begins `at` seconds of the call; channel 0 citizen, 1 agent.

        What lies between is silence. Never waits for the disk.
        """
        if not 0 <= channel < self._count or not 0 <= at < LONGEST / RATE:
            return
        with self._lock:
            if self._over or self._broken or not len(samples):
                return
            first = round(at * RATE)
            known = self._channels.get(channel)
            if known is not None and abs(first - known.position) <= _SAME:
                first = known.position
            self._put(channel, samples, first)
            self._newest = max(self._newest, first + len(samples))
            self._channels[channel] = _Channel(first + len(samples), self._newest)
            self._hand_over()

    def close(self) -> None:
        """The call is over: what was written is kept, measured and told to `closed`."""
        with self._lock:
            if not self._over:
                self._over = True
                for number in sorted(self._open):
                    self._submit(number)
        self._wait()
        self._closed(measure(self._kept.folder))

    def wait(self) -> None:
        """Until what was complete is on the disk; for sound that comes faster than it was spoken."""
        self._wait()

    def abandon(self) -> None:
        """Nothing of it is kept."""
        with self._lock:
            self._over = True
            self._open.clear()
        self._wait()
        shutil.rmtree(self._kept.folder, ignore_errors=True)
        self._abandoned()

    def _put(self, channel: int, samples: Samples, first: int) -> None:
        done = 0
        while done < len(samples):
            number, begin = divmod(first + done, PIECE)
            part = samples[done : done + PIECE - begin]
            if number not in self._open:
                self._open[number] = np.zeros((PIECE, self._count), dtype=np.int16)
            self._open[number][begin : begin + len(part), channel] = part
            self._filled[number] = max(self._filled.get(number, 0), begin + len(part))
            done += len(part)

    def _hand_over(self) -> None:
        """Pieces that no channel is in the middle of. Sound that comes late for one is added to it later."""
        busy = {
            c.position // PIECE
            for c in self._channels.values()
            if self._newest - c.newest <= _ABSENT and c.position % PIECE
        }
        for number in sorted(self._open.keys() - busy):
            self._submit(number)

    def _submit(self, number: int) -> None:
        samples = self._open.pop(number)[: self._filled.pop(number)]
        self._jobs = [job for job in self._jobs if not job.done()]
        if self._broken:
            return
        if len(self._jobs) >= _WAITING:
            self._break("the disk is too slow")
            return
        self._jobs.append(self._writer.submit(self._keep, number, samples))

    def _keep(self, number: int, samples: Samples) -> None:
        """In the writer's thread."""
        if self._broken:
            return
        try:
            self._kept.merge(number, samples)
        except OSError as error:
            self._break(error.strerror or type(error).__name__)
        except Exception as error:  # noqa: BLE001 (whatever happens to the recording, the call goes on)
            self._break(type(error).__name__)

    def _break(self, reason: str) -> None:
        self._broken = True
        log.error(
            "recording.stopped",
            conversation=self._kept.conversation_id,
            folder=str(self._kept.folder),
            reason=reason,
        )

    def _wait(self) -> None:
        for job in self._jobs:
            job.result()
