"""The demo desk: sample consultations played as if they were going on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog

from assistant.hearing import Hearing, Line
from assistant.live import LiveCalls
from consultation.errors import BadInput, SangdamError, Unknown
from consultation.rows import Row, read_rows
from consultation.types import Channel, Speaker, Utterance

BLOCK = 0.1  # seconds of sound handed over at a time

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
    """Plays sample consultations as calls of the agent who asked for them: as text, or as sound that is
    heard, where a file `ID.opus` for one lies in the folder of sounds."""

    def __init__(
        self,
        calls: LiveCalls,
        samples: Sequence[SampleConsultation],
        *,
        hearing: Hearing | None = None,  # None: nothing is heard, sound cannot be played
        sounds: Path | None = None,
    ) -> None:
        self._calls = calls
        self._samples = {sample.sample_id: sample for sample in samples}
        self._hearing = hearing
        self._sounds = sounds
        self._playing: set[asyncio.Task[None]] = set()

    @property
    def samples(self) -> list[SampleConsultation]:
        return list(self._samples.values())

    def sound(self, sample_id: str) -> Path | None:
        """The file with the sound of a sample, if it has one and there is somebody to hear it."""
        if self._hearing is None or self._sounds is None or sample_id not in self._samples:
            return None
        path = self._sounds / f"{sample_id}.opus"
        return path if path.is_file() else None

    async def play(self, sample_id: str, *, agent_id: str, speed: float, aloud: bool = False) -> str:
        """Start playing; returns the id of the call. Speed 1 is real time, 0 as fast as possible.

        `aloud`: the sound is played and heard, in real time whatever the speed.
        """
        if sample_id not in self._samples:
            raise Unknown(f"there is no sample consultation {sample_id}")
        sample = self._samples[sample_id]
        path = self.sound(sample_id) if aloud else None
        if aloud and path is None:
            raise BadInput(f"the sample consultation {sample_id} has no sound; play it as text")
        call = await self._calls.start(sample.channel, agent_id, is_sample=True)
        task = asyncio.create_task(
            self._run(call.conversation_id, sample, speed)
            if path is None
            else self._run_aloud(call.conversation_id, agent_id, path)
        )
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

    async def _run_aloud(self, conversation_id: str, agent_id: str, path: Path) -> None:
        """The sound goes the way of every telephone call: to the hub, block after block in real time."""
        from stt.files import read_sound  # brings the decoders with it

        if self._hearing is None:
            return
        try:
            sound = await asyncio.to_thread(read_sound, path)
            line = Line("demo", conversation_id, agent_id, (Speaker.CITIZEN, Speaker.AGENT), sound.rate)
            heard = await self._hearing.open(line, conversation_id)
            begun, block = asyncio.get_running_loop().time(), int(BLOCK * sound.rate)
            for start in range(0, len(sound.samples), block):
                due = begun + (start + block) / sound.rate
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                if heard.over:  # the agent hung up
                    return
                for channel in (0, 1):
                    part = np.ascontiguousarray(sound.samples[start : start + block, channel])
                    await heard.push(channel, part, heard.joined + start / sound.rate)
            await heard.end()
            await self._calls.end(conversation_id)
        except SangdamError as error:
            log.info("demo.stopped", conversation=conversation_id, reason=type(error).__name__)

    async def close(self) -> None:
        """Stop what is playing."""
        for task in tuple(self._playing):
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)
