"""Question: what does it cost to hear calls, everything but the speech model counted, and how late is the text?

Method, cost: --calls calls of two channels are fed in frames of 20 ms at 8 kHz in real time for --seconds
seconds through `assistant.hearing` into `assistant.live` with SQLite, the bus and masking: the way a
telephone door takes. Silero runs on every channel; speech is where the script of stt/simulated_calls.py
has words, and the simulated recogniser answers. CPU time of the whole process, its threads too, over the
seconds of sound. `frames` is what the feeding itself costs without anything behind it, and is taken off.

Method, delay (--model): four calls of synthesised speech (espeak-ng) with the bundled model in real time;
from the end of the last word, and from the first word for the first partial, to the event on the bus.
The floor is the silence that ends an utterance (0.3 s) plus one decoding.

Beside it: the same speech and model with a client that waits for the finished utterance and asks for no
partials, which is what a file-oriented engine offers (`finals_only`).

Command: OMP_NUM_THREADS=1 python -m tests.benchmarks.bench_hearing [--calls 20] [--seconds 20] [--model]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.call import Call
from assistant.hearing import HeardCall, Hearing, Line
from assistant.live import LiveCalls
from assistant.spool import Spool
from assistant.transcribers import Transcribers
from consultation.bus import MemoryBus
from consultation.store import open_store
from consultation.types import Conversation, Speaker, Utterance, Word
from stt.audio import RATE, TELEPHONE_RATE, Samples
from stt.engines import open_recogniser
from stt.error_model import PERFECT
from stt.live import LiveTranscriber
from stt.schedule import Scheduler
from stt.simulated_calls import SpokenTurn, script_of, sound_of, words_of
from stt.simulated_channel import ScriptedDetector, SimulatedEngine
from stt.vad import SpeechDetector

CALLS = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"
BOTH = (Speaker.CITIZEN, Speaker.AGENT)
FRAME = TELEPHONE_RATE // 50
SENTENCES = (
    "안녕하세요 무엇을 도와드릴까요", "여권을 다시 만들고 싶어요", "가까운 구청에서 신청하시면 됩니다",
    "언제까지 내야 하나요", "네 고맙습니다", "주민등록등본은 어디서 떼나요",
)  # fmt: skip


@dataclass
class NoJobs:
    """Records are not drafted here."""

    asked: list[str] = field(default_factory=list)

    def enqueue(self, name: str, key: str, args: object) -> None:
        self.asked.append(key)


class Watched:
    """Silero runs, the script decides: its cost, and utterances where the words are."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._silero, self._script = SpeechDetector(), ScriptedDetector(words)

    def push(self, samples: Samples) -> npt.NDArray[np.float32]:
        self._silero.push(samples)
        return self._script.push(samples)

    def skip(self, windows: int) -> None:
        self._silero.skip(windows)
        self._script.skip(windows)


def calls_in(folder: Path) -> LiveCalls:
    def make(conversation: Conversation, *kept: object) -> Call:
        return Call.rebuild(conversation, *kept, searcher=None, abuse=None, gazetteer=None)  # type: ignore[arg-type]

    return LiveCalls(
        store=open_store(f"sqlite:///{folder / 'calls.db'}", master_key=bytes(32)),
        bus=MemoryBus(),
        jobs=NoJobs(),  # type: ignore[arg-type]
        spool=Spool(folder / "spool", bytes(32)),
        make_call=make,
        clock=lambda: datetime.now(UTC),
    )


async def feed(leg: HeardCall | None, sound: Samples) -> None:
    """In real time, as a telephone system sends."""
    began = time.monotonic()
    for number, first in enumerate(range(0, len(sound), FRAME)):
        await asyncio.sleep(max(0.0, began + (number + 1) * 0.02 - time.monotonic()))
        for channel in (0, 1):
            frame = np.ascontiguousarray(sound[first : first + FRAME, channel])
            if leg is not None:
                await leg.push(channel, frame, first / TELEPHONE_RATE)


async def cost(calls: int, seconds: float) -> dict[str, float]:
    """CPU time of hearing, as a share of the sound's."""
    with CALLS.open(encoding="utf-8") as rows:
        written = [script for row in rows if (script := script_of(json.loads(row)))]
    scripts = [script for script, _ in zip(itertools.cycle(written), range(calls), strict=False)]
    sounds = [sound_of(script, seconds, number) for number, script in enumerate(scripts)]
    began = time.process_time()
    await asyncio.gather(*(feed(None, sound) for sound in sounds))
    frames = time.process_time() - began
    scheduler = Scheduler(SimulatedEngine([], PERFECT), workers=2)
    made: dict[str, list[SpokenTurn]] = {}

    def make(speaker: Speaker, conversation_id: str) -> LiveTranscriber:
        words = words_of(made[conversation_id], speaker)
        return LiveTranscriber(
            speaker,
            scheduler,
            recogniser=SimulatedEngine(words, PERFECT),
            detector=Watched(words),
            masked_before=lambda: (),
        )

    delays: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        live = calls_in(Path(folder))
        hearing = Hearing(
            live, make, clock=lambda: datetime.now(UTC), is_agent=lambda _: True, measure=delays.append
        )
        legs = []
        for number, script in enumerate(scripts):
            leg = await hearing.open(Line("bench", str(number), "agent", BOTH, TELEPHONE_RATE))
            made[leg.conversation_id] = script
            legs.append(leg)
        began = time.process_time()
        await asyncio.gather(*(feed(leg, sound) for leg, sound in zip(legs, sounds, strict=True)))
        spent = time.process_time() - began - frames
        await asyncio.gather(*(leg.end() for leg in legs))
        await hearing.close()
        await live.close()
    scheduler.close()
    channels = 2 * calls
    return {
        "channels": channels,
        "percent_of_real_time_each": round(100 * spent / (channels * seconds), 3),
        "channels_on_one_core": round(channels * seconds / spent),
        "frames_percent_each": round(100 * frames / (channels * seconds), 3),
        "finals": len(delays),
        **{f"simulated_final_{k}": v for k, v in percentiles(delays).items()},
    }


def spoken(number: int) -> tuple[Samples, list[tuple[Speaker, float, float]]]:
    """A call of turns in alternation: its sound, and when each begins and ends."""
    from tests.stt.speech import say, silence

    sides: list[list[Samples]] = [[], []]
    turns, at = [], 0.0
    for place in range(len(SENTENCES)):
        side = (place + number) % 2
        words = say(SENTENCES[(place + number) % len(SENTENCES)])
        pause = silence(1.0 + 0.17 * ((3 * number + place) % 5))
        turns.append((BOTH[side], at + len(pause) / RATE, at + (len(pause) + len(words)) / RATE))
        sides[side] += [pause, words]
        sides[1 - side].append(silence((len(pause) + len(words)) / RATE))
        at += (len(pause) + len(words)) / RATE
    length = min(sum(map(len, side)) for side in sides)
    both = np.stack([np.concatenate(side)[:length] for side in sides], axis=1)
    return np.concatenate([both[::2], np.zeros((2 * TELEPHONE_RATE, 2), np.int16)]), turns


async def delay(calls: int, partials: bool) -> dict[str, float]:
    """Seconds from speech to text with the bundled model."""
    recogniser = open_recogniser(workers=2)
    scheduler = Scheduler(recogniser, workers=2)
    finals: list[float] = []
    firsts: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        live = calls_in(Path(folder))
        hearing = Hearing(
            live,
            Transcribers(live, lambda: scheduler, prompts=lambda: False, partials=partials),
            clock=lambda: datetime.now(UTC),
            is_agent=lambda _: True,
        )

        async def one(number: int) -> None:
            sound, turns = spoken(number)
            leg = await hearing.open(Line("bench", str(number), "agent", BOTH, TELEPHONE_RATE))
            began = time.monotonic()
            told: dict[tuple[Speaker, int], float] = {}

            async def watch() -> None:
                async for result in leg.results():
                    now = time.monotonic() - began
                    if not isinstance(result, Utterance):
                        continue
                    middle = (result.start + result.end) / 2
                    for place, (speaker, start, end) in enumerate(turns):
                        if speaker is result.speaker and start - 0.5 < middle < end + 0.5:
                            if result.is_final:
                                finals.append(now - end)
                            elif (speaker, place) not in told:
                                told[speaker, place] = now - start
                                firsts.append(now - start)

            watching = asyncio.create_task(watch())
            await feed(leg, sound)
            await leg.end()
            await asyncio.wait({watching}, timeout=5)
            watching.cancel()

        await asyncio.gather(*(one(number) for number in range(calls)))
        await hearing.close()
        await live.close()
    scheduler.close()
    return {f"final_{k}": v for k, v in percentiles(finals).items()} | {
        f"first_partial_{k}": v for k, v in percentiles(firsts).items()
    }


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {"count": 0}
    return {
        "count": len(seconds),
        "p50_ms": round(1000 * float(np.percentile(seconds, 50))),
        "p95_ms": round(1000 * float(np.percentile(seconds, 95))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--model", action="store_true")
    given = parser.parse_args()
    figures: dict[str, object] = {}
    work: list[tuple[str, Callable[[], object]]] = [("cost", lambda: cost(given.calls, given.seconds))]
    if given.model:
        work = [
            ("delay_4_calls", lambda: delay(4, True)),
            ("delay_4_calls_finals_only", lambda: delay(4, False)),
        ]
    for name, measure in work:
        figures[name] = asyncio.run(measure())  # type: ignore[arg-type]
        print(name, figures[name])
    machine = {
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
