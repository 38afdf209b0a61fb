"""The demo desk: sample consultations played as if they were going on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from assistant.live import LiveCalls
from consultation.errors import SangdamError, Unknown
from consultation.rows import Row, read_rows
from consultation.types import Channel, Speaker, Utterance

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SampleConsultation:
    """A written consultation that can be played."""

    sample_id: str
    title: str
    summary: str
    tags: tuple[str, ...]
    channel: Channel
    utterances: tuple[Utterance, ...]

    @property
    def seconds(self) -> float:
        return self.utterances[-1].end if self.utterances else 0.0


def _check(row: Row) -> tuple[str, str] | None:
    for column in ("call_id", "title", "channel", "turns"):
        if not row.get(column):
            return column, "is missing"
    return None


def read_samples(path: Path) -> list[SampleConsultation]:
    """Sample consultations from a JSONL file; raises `BadRows` naming what cannot be read."""
    return [
        SampleConsultation(
            sample_id=row["call_id"],
            title=row["title"],
            summary=row.get("summary", ""),
            tags=tuple(row.get("tags", ())),
            channel=Channel(row["channel"]),
            utterances=tuple(
                Utterance(Speaker(t["speaker"]), t["text"], t["start"], t["end"]) for t in row["turns"]
            ),
        )
        for row in read_rows(path, _check)
    ]


class DemoDesk:
    """Plays sample consultations as calls of the agent who asked for them."""

    def __init__(self, calls: LiveCalls, samples: Sequence[SampleConsultation]) -> None:
        self._calls = calls
        self._samples = {sample.sample_id: sample for sample in samples}
        self._playing: set[asyncio.Task[None]] = set()

    @property
    def samples(self) -> list[SampleConsultation]:
        return list(self._samples.values())

    async def play(self, sample_id: str, *, agent_id: str, speed: float) -> str:
        """Start playing; returns the id of the call. Speed 1 is real time, 0 as fast as possible."""
        if sample_id not in self._samples:
            raise Unknown(f"there is no sample consultation {sample_id}")
        sample = self._samples[sample_id]
        call = await self._calls.start(sample.channel, agent_id, is_sample=True)
        task = asyncio.create_task(self._run(call.conversation_id, sample, speed))
        self._playing.add(task)
        task.add_done_callback(self._playing.discard)
        return call.conversation_id

    async def _run(self, conversation_id: str, sample: SampleConsultation, speed: float) -> None:
        begun = asyncio.get_running_loop().time()
        try:
            for index, utterance in enumerate(sample.utterances):
                if speed > 0:
                    due = begun + utterance.end / speed
                    await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                await self._calls.hear(conversation_id, utterance, index)
            if speed > 0:
                await asyncio.sleep(1.5 / speed)
            await self._calls.end(conversation_id)
        except SangdamError as error:  # the agent may hang up in the middle
            log.info("demo.stopped", conversation=conversation_id, reason=type(error).__name__)

    async def close(self) -> None:
        """Stop what is playing."""
        for task in tuple(self._playing):
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)
