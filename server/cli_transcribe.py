"""`sangdam transcribe` and `sangdam recordings …`: recordings to text, and the kept sound of calls."""

from __future__ import annotations

import getpass
import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from consultation.errors import BadInput, SangdamError
from consultation.settings import Settings, load_settings

if TYPE_CHECKING:
    from consultation.store import Store
    from server.engines import Engines
    from server.transcribing import Order, Outcome
    from stt.recordings import Recordings

recordings_app = typer.Typer(
    no_args_is_help=True, help="The kept sound of calls: list, hold, release, export."
)

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True)

LOOK = 0.5  # seconds between looks at jobs in the queue

AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.")]
Call = Annotated[str, typer.Argument(metavar="CALL", help="Id of the conversation.")]


class _Stopped(SangdamError):
    """Ctrl+C: what runs is given up."""


def transcribe(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER…", help="Sound of any kind.")],
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Folder of the transcripts; without it: beside each file.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="json, srt, txt; commas between.")
    ] = "json,srt,txt",
    store: Annotated[
        bool, typer.Option("--store", help="Keep each as an ended call, its record drafted.")
    ] = False,
    agent: Annotated[str, typer.Option(help="With --store: the account whose calls they are.")] = "",
    channels: Annotated[
        str, typer.Option(help="Left and right: citizen,agent or agent,citizen; or mixed.")
    ] = "citizen,agent",
    beep: Annotated[
        bool, typer.Option("--beep", help="Also a copy of the sound with personal data beeped out.")
    ] = False,
    beep_format: Annotated[str, typer.Option(help="Of that copy: wav or opus.")] = "wav",
    silent: Annotated[bool, typer.Option("--silent", help="In it, silence instead of a tone.")] = False,
    unmasked: Annotated[
        str, typer.Option(metavar="REASON", help="Write personal data as it was said; why is audited.")
    ] = "",
    raw: Annotated[
        str,
        typer.Option(metavar="ENCODING:RATE:CHANNELS", help="Of files without a header, e.g. mulaw:8000:2."),
    ] = "",
    model: Annotated[str, typer.Option(help="Name, file or folder; without it: the one in force.")] = "",
    engine: Annotated[
        str, typer.Option(help="ctranslate2, whisper or remote; without it: the setting.")
    ] = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Files at the same time.")] = 2,
    queue: Annotated[
        bool,
        typer.Option(
            "--queue", help="Let the workers of the running servers do it; Ctrl+C leaves them to it."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Recordings to text: JSON, SRT and TXT with personal data masked. A run that was killed goes on
    where it was; a file that cannot be read is named, and the others go on."""
    from server.transcribing import Order
    from stt.files import sound_files

    order = Order(
        out=str(out_folder.absolute()) if out_folder else "",
        formats=() if store and out_folder is None else _formats(formats),
        channels=channels,
        store=store,
        agent=agent,
        beep=beep_format if beep or silent else "",
        silent=silent,
        unmasked=unmasked.strip(),
        raw=_raw(raw),
    )
    found = sound_files(files)
    settings = load_settings()
    if queue:
        if model or engine or unmasked:
            raise typer.BadParameter("the servers use their own model, and mask: without --model, --unmasked")
        outcomes = _in_queue(settings, found, order, as_json)
    else:
        outcomes = _here(settings, found, order, model, engine, workers, as_json)
    _tell(outcomes, as_json)
    if any(outcome.state == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _formats(text: str) -> tuple[str, ...]:
    from stt.exports import FORMATS

    wanted = {part.strip().lower() for part in text.split(",")} - {""}
    if unknown := wanted - set(FORMATS):
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}; known are {', '.join(FORMATS)}", param_hint="--format"
        )
    return tuple(kind for kind in FORMATS if kind in wanted)


def _raw(text: str) -> Any:
    from stt.files import Raw

    if not text:
        return None
    encoding, _, rest = text.partition(":")
    rate, _, channels = rest.partition(":")
    if (
        encoding not in ("mulaw", "alaw", "s16le")
        or not (rate or "8000").isdigit()
        or (channels or "1") not in "12"
    ):
        raise typer.BadParameter(
            "mulaw, alaw or s16le, then rate and channels: mulaw:8000:2", param_hint="--raw"
        )
    return Raw(encoding, int(rate or 8000), int(channels or 1))


# ---- in this process


def _here(
    settings: Settings,
    found: list[tuple[Path, Path]],
    order: Order,
    model: str,
    engine: str,
    workers: int,
    as_json: bool,
) -> list[Outcome]:
    from server.transcribing import IntoStore, Outcome, hears, transcribe_file
    from stt.engines import open_recogniser

    with ExitStack() as stack:
        keep: dict[str, Any] = {}
        audit: Callable[[str, str, str], object] = _untold
        if order.store:
            engines = stack.enter_context(_engines(settings))
            if not engines.takes_calls(order.agent):
                raise BadInput(f"{order.agent}: no account that may have calls; see `sangdam people list`")
            into = IntoStore(engines)
            keep = {"keep": into.keep, "is_kept": into.is_kept}
            audit = _auditing(engines.store)
        elif order.beep or order.unmasked:
            audit = _auditing(stack.enter_context(open_store_of(settings)))
        heard = hears(
            open_recogniser(
                engine or settings.stt_engine,
                model or settings.stt_model,
                device=settings.stt_device,
                compute=settings.stt_compute,
                url=settings.stt_url,
                key=settings.stt_key,
                home=settings.home,
                workers=workers,
            )
        )
        bar = stack.enter_context(_bar(len(found), as_json))
        stop = threading.Event()

        def one(path: Path, base: Path) -> Outcome:
            def progress(share: float) -> None:
                if stop.is_set():
                    raise _Stopped
                bar(path, share)

            try:
                if stop.is_set():
                    raise _Stopped
                return transcribe_file(path, base, order, heard, audit=audit, progress=progress, **keep)
            except _Stopped:
                raise
            except SangdamError as error:
                return Outcome(str(path), "failed", error=str(error))

        with ThreadPoolExecutor(workers, thread_name_prefix="transcribe") as threads:
            futures = {threads.submit(one, path, base): path for path, base in found}
            try:
                for future in as_completed(futures):
                    bar(futures[future], 1.0, future.result().seconds)
            except BaseException:
                stop.set()
                raise
        return [future.result() for future in futures]


def _untold(_what: str, _about: str, _reason: str) -> object:
    """Masked transcripts alone tell nobody anything about anyone."""
    return None


def _auditing(store: Store) -> Callable[[str, str, str], object]:
    return lambda what, about, reason: store.audit.record(_me(), what, about, reason)


# ---- through the workers of the servers


def _in_queue(
    settings: Settings, found: list[tuple[Path, Path]], order: Order, as_json: bool
) -> list[Outcome]:
    from consultation.jobs import JobFailed, JobsClient
    from server.transcribing import JOB, Outcome
    from stt.files import digest_of

    outcomes: dict[Path, Outcome] = {}
    client = JobsClient(settings.jobs())
    try:
        jobs: dict[Path, str] = {}
        for path, base in found:
            try:
                digest = digest_of(path)
            except BadInput as error:
                outcomes[path] = Outcome(str(path), "failed", error=str(error))
                continue
            asked = {"path": str(path.absolute()), "base": str(base.absolute()), "order": order.to_json()}
            way = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]
            jobs[path] = client.enqueue(JOB, f"{JOB}:{digest[:16]}:{way}", {**asked, "by": _me()})
        with _bar(len(found), as_json) as bar:
            while jobs:
                for path, job in tuple(jobs.items()):
                    status = client.status(job)
                    if status in ("unknown", "waiting", "running"):
                        continue
                    del jobs[path]
                    if status == "done":
                        made = client.result(job)
                        outcomes[path] = Outcome(**{**made, "outputs": tuple(made["outputs"])})
                    else:
                        try:
                            client.result(job)
                            why = "the job was cancelled"
                        except JobFailed as error:
                            why = str(error).partition(": ")[2]
                        outcomes[path] = Outcome(str(path), "failed", error=why)
                    bar(path, 1.0, outcomes[path].seconds)
                time.sleep(LOOK if jobs else 0)
    finally:
        client.close()
    return [outcomes[path] for path, _ in found]


# ---- telling


@contextmanager
def _bar(files: int, as_json: bool) -> Iterator[Callable[..., None]]:
    """Files and minutes of sound on a terminal, nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task("files", total=files, said="")
        running: dict[Path, float] = {}
        done = minutes = 0.0

        def step(path: Path, share: float, seconds: float | None = None) -> None:
            """`seconds` once the file is finished, however it ended."""
            nonlocal done, minutes
            if seconds is not None:
                running.pop(path, None)
                done += 1
                minutes += seconds / 60
            else:
                running[path] = share
            said = f"{minutes:.1f} minutes of sound, now {path.name} {share:.0%}"
            shown.update(task, completed=done + sum(running.values()), said=said)

        yield step


def _tell(outcomes: list[Outcome], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False))
        return
    for outcome in outcomes:
        if outcome.state == "failed":
            err.print(f"failed: {outcome.error or outcome.file}", style="red", markup=False, highlight=False)
        else:
            told = [*outcome.outputs, *([f"call {outcome.call}"] if outcome.call else [])]
            out.print(f"{outcome.state}: {outcome.file} ({outcome.seconds / 60:.1f} min)", markup=False)
            for what in told if outcome.state == "done" else ():
                out.print(f"  {what}", markup=False)
    counts = {state: sum(o.state == state for o in outcomes) for state in ("done", "was done", "failed")}
    minutes = sum(outcome.seconds for outcome in outcomes) / 60
    out.print(
        ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        + f"; {minutes:.1f} minutes of sound"
    )


# ---- kept sound


@recordings_app.command("list")
def recordings_list(
    held: Annotated[bool, typer.Option("--held", help="Only those on hold.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Kept sound, newest first, and until when it is kept."""
    from datetime import timedelta

    settings = load_settings()
    with open_store_of(settings) as store:
        kept = store.recordings.listed(limit, held=held)
        without = [] if not held else store.recordings.held()
    days = timedelta(days=settings.recording_days)
    rows = [
        {
            "call": row.conversation_id,
            "kept_at": row.kept_at.isoformat(timespec="seconds"),
            "seconds": row.seconds,
            "bytes": row.size,
            "until": "held" if row.hold else (row.kept_at + days).date().isoformat(),
            "held_by": row.hold.by if row.hold else None,
            "reason": row.hold.reason if row.hold else None,
        }
        for row in kept
    ]
    known = {row.conversation_id for row in kept}
    rows += [
        {
            "call": hold.conversation_id,
            "kept_at": None,
            "seconds": None,
            "bytes": 0,
            "until": "held",
            "held_by": hold.by,
            "reason": hold.reason,
        }
        for hold in without
        if hold.conversation_id not in known
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        table = Table(*rows[0].keys())
        for one in rows:
            table.add_row(*("" if value is None else str(value) for value in one.values()))
        out.print(table)


@recordings_app.command("hold")
def recordings_hold(call: Call, reason: Reason) -> None:
    """A legal hold: neither sound nor words of this call are purged or erased until it is released."""
    with open_store_of(load_settings()) as store:
        store.recordings.hold(call, by=_me(), reason=reason)
    out.print(f"{call} is held")


@recordings_app.command("release")
def recordings_release(call: Call, reason: Reason) -> None:
    """End a legal hold: the usual periods count again."""
    with open_store_of(load_settings()) as store:
        store.recordings.release(call, by=_me(), reason=reason)
    out.print(f"{call} is no longer held")


@recordings_app.command("export")
def recordings_export(
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="OUT", help="A new .wav or .opus file.")],
    reason: Reason,
    beep: Annotated[bool, typer.Option("--beep", help="With personal data beeped out.")] = False,
) -> None:
    """Decrypt the sound of a call into a file; who did it and why is in the audit log."""
    settings = load_settings()
    with open_store_of(settings) as store:
        seconds = recordings_of(store, settings).export(call, file, reader=_me(), reason=reason, beep=beep)
    out.print(f"{file}: {seconds / 60:.1f} minutes, readable by whoever has the file")


def recordings_of(store: Store, settings: Settings) -> Recordings:
    """The kept sound under this home."""
    from server.engines import now
    from stt.recordings import Recordings

    return Recordings(store, settings.home / "recordings", now)


@contextmanager
def _engines(settings: Settings) -> Iterator[Engines]:
    from server.engines import build

    engines = build(settings)
    try:
        yield engines
    finally:
        engines.close()


@contextmanager
def open_store_of(settings: Settings) -> Iterator[Store]:
    """The store alone: of the other engines none is needed."""
    from consultation.crypto import load_master_key
    from consultation.store import open_store

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings.store(), master_key=load_master_key(settings))
    try:
        yield store
    finally:
        store.close()


def _me() -> str:
    return f"cli:{getpass.getuser()}"
