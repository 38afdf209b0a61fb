"""One sound file to its transcript: files beside it, a call in the store, or both.

The command line and the job `transcribe` do the same work with this. What is finished is noted in a
small list beside the outputs, by the digest of the file and the name of the model, so that a run that
was killed goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from consultation.errors import BadInput
from consultation.types import Speaker
from stt.audio import RATE
from stt.beeps import beep_blocks, stretches, told
from stt.exports import FORMATS, Source, export
from stt.files import BEEPED, About, Raw, examine, read_blocks
from stt.recogniser import Recogniser
from stt.recordings import write_sound
from stt.transcription import Transcript, transcribe_blocks

if TYPE_CHECKING:
    from server.engines import Engines
    from stt.terms import TermCorrector

JOB = "transcribe"
FINISHED = ".sangdam-transcribed.jsonl"  # one line for each finished file, in the folder of its outputs
CHANNELS: dict[str, tuple[Speaker, ...] | None] = {
    "citizen,agent": (Speaker.CITIZEN, Speaker.AGENT),
    "agent,citizen": (Speaker.AGENT, Speaker.CITIZEN),
    "mixed": None,
}
"""Who is heard in which channel: left first."""

Progress = Callable[[float], None]  # share of the file that is done, 0..1


@dataclass(frozen=True, slots=True)
class Order:
    """What is to become of the files. Plain data, so that it can wait in the job database."""

    out: str = ""  # folder of the outputs; empty: beside each file
    formats: tuple[str, ...] = FORMATS
    channels: str = "citizen,agent"  # a key of CHANNELS
    store: bool = False
    agent: str = ""  # account whose calls they are, for the store
    beep: str = ""  # "wav" or "opus": also a copy with personal data covered
    silent: bool = False  # covered with silence instead of a tone
    unmasked: str = ""  # why the files hold the words as they were spoken
    raw: Raw | None = None  # how files without a header are written

    def __post_init__(self) -> None:
        for kind in self.formats:
            if kind not in FORMATS:
                raise BadInput(f"{kind!r} is no format; known are {', '.join(FORMATS)}")
        if self.channels not in CHANNELS:
            raise BadInput(f"channels {self.channels!r}; known are {', '.join(CHANNELS)}")
        if self.beep not in ("", "wav", "opus"):
            raise BadInput(f"a beeped copy is wav or opus, not {self.beep!r}")
        if self.store and not self.agent:
            raise BadInput("calls in the store belong to an agent: --agent NAME")

    def to_json(self) -> dict[str, Any]:
        """For the job database."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Order:
        """Raises `BadInput` for what no order is."""
        raw = content.get("raw")
        try:
            return cls(
                **{**content, "formats": tuple(content["formats"]), "raw": Raw(**raw) if raw else None}
            )
        except (TypeError, KeyError) as error:
            raise BadInput(f"no order to transcribe: {error}") from None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    file: str
    state: str  # "done", "was done", "failed"
    seconds: float = 0.0
    outputs: tuple[str, ...] = ()
    call: str = ""  # id of the call in the store
    error: str = ""


@dataclass(frozen=True, slots=True)
class Hears:
    """What files are heard with."""

    recogniser: Recogniser
    corrector: TermCorrector | None = None
    spacing: Callable[[str], str] | None = None


Audit = Callable[[str, str, str], object]  # what, about, reason
Keep = Callable[[Transcript, About, Order], str]  # puts a call into the store, returns its id
IsKept = Callable[[str], bool]  # by the digest of the file


def outputs_of(path: Path, base: Path, order: Order) -> list[Path]:
    """The files that will be written for one; below `out` they lie as they did below `base`."""
    folder = Path(order.out) / path.parent.relative_to(base) if order.out else path.parent
    written = [folder / f"{path.name}.{kind}" for kind in order.formats]
    return [*written, *([folder / f"{path.name}{BEEPED}.{order.beep}"] if order.beep else [])]


def transcribe_file(
    path: Path,
    base: Path,
    order: Order,
    hears: Hears,
    *,
    audit: Audit,
    keep: Keep | None = None,
    is_kept: IsKept = lambda _: False,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Do it all, or find that it was done. Raises `BadInput` for a file that cannot be read or an output
    that cannot be written, `EngineDown` when the model does not answer; then nothing of it is kept."""
    outputs = outputs_of(path, base, order)
    about = examine(path, order.raw)
    mark = _mark(about, order, hears.recogniser.name)
    written = not outputs or (all(output.exists() for output in outputs) and mark in _finished(outputs))
    in_store = not order.store or is_kept(about.digest)
    names = tuple(str(output) for output in outputs)
    if written and in_store:
        return Outcome(str(path), "was done", about.seconds, names)
    transcript = _hear(path, about, order, hears, progress)
    if not written:
        _write(path, outputs, about, order, hears.recogniser.name, transcript, audit)
        _note(outputs, mark)
    call = keep(transcript, about, order) if order.store and keep is not None else ""
    return Outcome(str(path), "done", about.seconds, names, call)


def _hear(path: Path, about: About, order: Order, hears: Hears, progress: Progress) -> Transcript:
    speakers = CHANNELS[order.channels]
    if about.channels == 1 or about.alike:
        speakers = None
    return transcribe_blocks(
        read_blocks(path, order.raw),
        hears.recogniser,
        speakers=speakers,
        seconds=about.seconds,
        corrector=hears.corrector,
        spacing=hears.spacing,
        progress=lambda done, total: progress(done / total if total else 1.0),
    )


def _write(
    path: Path,
    outputs: list[Path],
    about: About,
    order: Order,
    model: str,
    transcript: Transcript,
    audit: Audit,
) -> None:
    source = Source(path.name, about.digest, model, about.channels)
    for output, kind in zip(outputs, order.formats, strict=False):
        _replace(output, export(kind, transcript, source, unmasked=bool(order.unmasked)))
    if order.unmasked:
        audit("transcribe_unmasked", about.digest[:24], order.unmasked)
    if order.beep:
        covered = stretches(transcript)
        blocks = beep_blocks(read_blocks(path, order.raw), covered, silent=order.silent)
        write_sound(outputs[-1], blocks, about.channels)
        audit("beep", about.digest[:24], told(covered))


def _replace(file: Path, text: str) -> None:
    """Write a file whole, readable by its owner alone, or not at all."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        draft.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror})") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


# ---- what is finished


def _mark(about: About, order: Order, model: str) -> str:
    """One file heard by one model in one way."""
    way = [about.digest, model, order.channels, sorted(order.formats), order.beep, order.silent]
    way += [bool(order.unmasked), asdict(order.raw) if order.raw else None]
    return hashlib.sha256(json.dumps(way).encode()).hexdigest()


def _finished(outputs: Iterable[Path]) -> set[str]:
    """The marks in the list beside the outputs; a line that was cut off by a crash is none."""
    for output in outputs:
        with contextlib.suppress(OSError):
            return set(_marks((output.parent / FINISHED).read_text("utf-8")))
    return set()


def _marks(text: str) -> Iterator[str]:
    for line in text.splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            yield json.loads(line)["mark"]


def _note(outputs: list[Path], mark: str) -> None:
    """One line in one write: many workers add to the same list."""
    if not outputs:
        return
    line = json.dumps({"mark": mark, "files": [o.name for o in outputs]}, ensure_ascii=False) + "\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        with open(os.open(outputs[0].parent / FINISHED, flags, 0o600), "ab", buffering=0) as out:
            out.write(line.encode())
    except OSError as error:
        raise BadInput(f"{outputs[0].parent / FINISHED}: cannot be written ({error.strerror})") from None


# ---- into the store, and as a job


class IntoStore:
    """Makes calls of recordings, with the engines of a process."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def is_kept(self, digest: str) -> bool:
        """Is this file's call there, whole?"""
        from assistant.recorded import is_kept

        return is_kept(self._engines.store, digest)

    def keep(self, transcript: Transcript, about: About, order: Order) -> str:
        """Raises `BadInput` where no such agent is known. The call began when the file was last
        changed, less its length: recorders write to the end."""
        from assistant.after_call import AfterCall
        from assistant.recorded import conversation_of, keep

        engines = self._engines
        if not engines.takes_calls(order.agent):
            raise BadInput(f"{order.agent}: no account that may have calls; see `sangdam people list`")
        ended = datetime.fromtimestamp(about.path.stat().st_mtime, UTC)
        draft = AfterCall(engines.store, engines.searcher, engines.searcher.entry, lambda _id, _event: None)
        call = keep(
            engines.store,
            transcript,
            about.digest,
            agent=order.agent,
            started_at=ended - timedelta(seconds=about.seconds),
            make_call=engines.recorded_call,
            draft=draft.draft,
        )
        self._keep_sound(conversation_of(about.digest), about, order)
        return call

    def _keep_sound(self, conversation_id: str, about: About, order: Order) -> None:
        """The sound, too, where the settings keep it: then the page for corrections can play it."""
        if self._engines.recordings.seconds(conversation_id) is not None:
            return
        recorder = self._engines.recorder(conversation_id)
        if recorder is None:
            return
        sides = (1, 0) if order.channels == "agent,citizen" and about.channels == 2 else (0, 1)
        done = 0
        for block in read_blocks(about.path, order.raw):
            for channel, samples in zip(sides, block.T, strict=False):
                recorder.write(channel, np.ascontiguousarray(samples), done / RATE)
            done += len(block)
            recorder.wait()
        recorder.close()


def job(engines: Engines) -> Callable[..., dict[str, Any]]:
    """The job `transcribe` of a server: it hears with the model that hears live calls."""

    def transcribe(path: str, base: str, order: dict[str, Any], by: str) -> dict[str, Any]:
        store = IntoStore(engines)
        try:
            done = transcribe_file(
                Path(path),
                Path(base),
                Order.from_json(order),
                hears(engines.speech.scheduler().recogniser),
                audit=lambda what, about, reason: engines.store.audit.record(by, what, about, reason),
                keep=store.keep,
                is_kept=store.is_kept,
            )
        except BadInput as error:  # trying again would find the same
            done = Outcome(path, "failed", error=str(error))
        return asdict(done)

    return transcribe


def hears(recogniser: Recogniser) -> Hears:
    """With the terms of the city, and the spaces that a model forgets."""
    from stt.spacing import Spacing
    from stt.terms import TermCorrector

    return Hears(recogniser, TermCorrector.of_seoul(), Spacing())
