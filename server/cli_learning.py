"""`sangdam stt dataset | promote | rollback | versions | compare`: what speech recognition learns from, and
which model is heard with."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from consultation.errors import NotReady
from consultation.settings import Settings, load_settings
from consultation.types import Speaker
from server.cli_stt import stt_app

if TYPE_CHECKING:
    from consultation.store import Store
    from stt.comparison import Comparison
    from stt.dataset import Reviewed

__all__ = ["stt_app"]

RESTART = "a running server goes on with the model it has; restart it to hear with this one"
SEOUL = ZoneInfo("Asia/Seoul")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
Frozen = Annotated[
    Path,
    typer.Option(help="TSV with `audio` and `text` that no model learned from, e.g. a dataset's test.tsv."),
]


@stt_app.command()
def dataset(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    purpose: Annotated[str, typer.Option(help="What it is for; kept in the audit log and the datasheet.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the calls.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")] = None,
    reviewed_only: Annotated[
        bool,
        typer.Option(
            "--reviewed-only/--also-unreviewed", help="Only what a person corrected, or also what was sure."
        ),
    ] = True,
    channel: Annotated[Speaker | None, typer.Option(help="Only this speaker.")] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Of segments that nobody corrected.")
    ] = 0.9,
    as_json: AsJson = False,
) -> None:
    """Export corrected turns and their sound as training data. Personal data stays out."""
    from consultation.crypto import derive
    from server.sounds import KeptSounds
    from stt.dataset import Wanted, export, segments_of
    from stt.datasheet import About, datasheet
    from stt.recordings import Recordings

    if len(purpose.strip()) < 2:
        raise typer.BadParameter("say what the data is for", param_hint="--purpose")
    settings = load_settings()
    wanted = Wanted(reviewed_only, channel, min_confidence)
    with _store(settings) as (store, key):
        sounds = KeptSounds(
            store, Recordings(store, settings.home / "recordings", lambda: datetime.now(SEOUL))
        )
        calls = store.corrections.heard(
            since=since and since.replace(tzinfo=SEOUL),
            until=until and until.replace(tzinfo=SEOUL) + timedelta(days=1),
            corrected=reviewed_only,
        )
        about = About(
            name=folder.name,
            purpose=purpose.strip(),
            made_by=_me(),
            made_at=datetime.now(SEOUL),
            first=calls[0].started_at.astimezone(SEOUL) if calls else None,
            last=calls[-1].started_at.astimezone(SEOUL) if calls else None,
            wanted=wanted,
            recording_days=settings.recording_days,
        )
        store.audit.record(_me(), "dataset.export", folder.name, purpose.strip())
        with _bar(as_json, "segments") as step:
            made = export(
                folder,
                (
                    found
                    for call in calls
                    for found in segments_of(
                        call.conversation_id, reviewed(store, call.conversation_id), wanted
                    )
                ),
                sounds.stretch,
                key=derive(key, "dataset"),
                describe=lambda exported: datasheet(about, exported),
                progress=lambda done: step(done, 0),
            )
        store.audit.record(
            _me(),
            "dataset.exported",
            folder.name,
            f"{made.segments} segments, {sum(made.seconds.values()):.0f} s, sha256 {made.digest}",
        )
    if as_json:
        typer.echo(json.dumps(asdict(made), ensure_ascii=False))
        return
    out.print(f"{folder}: {made.segments} segments, {sum(made.seconds.values()) / 60:.1f} minutes")
    for why, count in made.left_out.items():
        out.print(f"  left out: {count} {why}")


def reviewed(store: Store, conversation_id: str) -> list[Reviewed]:
    """The turns of a call as they stand after their correction."""
    from stt.dataset import Reviewed

    versions = store.corrections.of(conversation_id)
    words = store.conversations.words(conversation_id)
    turns = []
    for turn in store.conversations.turns(conversation_id):
        heard = words.get(turn.index)
        sure = sum(word.confidence for word in heard) / len(heard) if heard else None
        latest = versions[turn.index][-1] if turn.index in versions else None
        if latest is None:
            turns.append(Reviewed(turn, turn.text, False, None, sure))
        else:
            turns.append(Reviewed(turn, latest.text, True, latest.mark and latest.mark.value, sure))
    return turns


@stt_app.command()
def promote(
    model: Annotated[Path, typer.Argument(help="A .pt file, or a Hugging Face or CTranslate2 folder.")],
    manifest: Frozen,
    as_json: AsJson = False,
) -> None:
    """Make a model live, if it hears the frozen set better than the live one, both measured now."""
    settings = load_settings()
    if settings.stt_model or settings.stt_engine not in ("ctranslate2", "whisper"):
        raise NotReady(
            "a promoted model would not be used: SANGDAM_STT_MODEL or another engine is set; "
            "unset SANGDAM_STT_MODEL and SANGDAM_STT_ENGINE first"
        )
    from stt.convert import convert
    from stt.engines import models_of, open_recogniser
    from stt.files import read_sound
    from stt.promotion import promote as measure
    from stt.terms import TermCorrector

    versions = models_of(settings.home)

    def open_model(folder: Path) -> Any:
        name = "ctranslate2" if settings.stt_engine == "ctranslate2" else "model.pt"
        return open_recogniser(
            settings.stt_engine,
            str(folder / name),
            device=settings.stt_device,
            compute=settings.stt_compute,
        )

    with _store(settings) as (store, _), _bar(as_json, "recordings") as step:
        made = measure(
            model,
            manifest,
            versions,
            live_model(settings.home),
            open_model=open_model,
            convert=lambda source, target: convert(source, target, compute=settings.stt_compute),
            read=read_sound,
            by=_me(),
            at=datetime.now(SEOUL),
            corrector=TermCorrector.of_seoul(),
            progress=lambda _name, done, total: step(done, total),
        )
        found = made.comparison
        store.audit.record(
            _me(),
            "stt.promote",
            f"model {made.version}",
            f"CER {found.all.a:.4f} to {found.all.b:.4f} on {found.all.n} recordings, before: {made.before}",
        )
    if as_json:
        typer.echo(json.dumps({"version": made.version, "before": made.before, **asdict(found)}))
        return
    _show_comparison(found, f"version {made.before}", f"version {made.version}")
    out.print(f"model version {made.version} is live; {RESTART}")


@stt_app.command()
def rollback() -> None:
    """Make the model live again that was live before."""
    from stt.engines import models_of

    settings = load_settings()
    with _store(settings) as (store, _):
        version = models_of(settings.home).rollback()
        store.audit.record(_me(), "stt.rollback", f"model {version}")
    out.print(f"model version {version} is live again; {RESTART}")


@stt_app.command("versions")
def list_versions(as_json: AsJson = False) -> None:
    """All promoted models, what they were measured on, and which is live."""
    from stt.engines import models_of
    from stt.promotion import record_of

    versions = models_of(load_settings().home)
    live = versions.live()
    rows = []
    for number in versions.list():
        record = record_of(versions.path(number))
        rates = record.get("all", {})
        rows.append(
            {
                "version": number,
                "live": number == live,
                "source": record.get("source", "the model before the first promotion"),
                "cer": rates.get("b"),
                "cer_before": rates.get("a"),
                "recordings": rates.get("n"),
                "by": record.get("by"),
                "at": record.get("at"),
            }
        )
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        _show(rows)
    else:
        out.print("no model was promoted; the bundled one, or SANGDAM_STT_MODEL, is heard with")


@stt_app.command("compare")
def compare_predictions(
    a: Annotated[Path, typer.Argument(help="Predictions of `sangdam evaluate stt`.")],
    b: Annotated[Path, typer.Argument(help="Predictions of another model on the same manifest.")],
    manifest: Annotated[Path, typer.Option(help="TSV with `audio` and `text`; also speaker, conversation.")],
    as_json: AsJson = False,
) -> None:
    """Which of two recognisers is better on a manifest, and is it more than chance?"""
    from stt.comparison import compare, pair

    found = compare(pair(manifest, a, b))
    if as_json:
        typer.echo(json.dumps({**asdict(found), "is_better": found.is_better}, ensure_ascii=False))
    else:
        _show_comparison(found, a.name, b.name)


def live_model(home: Path) -> Path:
    """The folder of the model that is heard with."""
    from consultation.bundled import bundled
    from stt.engines import models_of

    versions = models_of(home)
    live = versions.live()
    return bundled("whisper") if live is None else versions.path(live)


def _show_comparison(found: Comparison, a: str, b: str) -> None:
    rows: list[dict[str, Any]] = [
        {"": name, "n": rates.n, "characters": rates.characters, a: f"{rates.a:.2%}", b: f"{rates.b:.2%}"}
        for name, rates in {"all": found.all, **found.by_speaker, **found.by_length}.items()
    ]
    _show(rows)
    out.print(
        f"CER difference {found.difference:+.2%} (95 % interval {found.low:+.2%} to {found.high:+.2%}, "
        f"{found.groups} calls drawn); p = {found.not_better:.4f}"
    )
    out.print(f"better in {found.better} recordings, worse in {found.worse}")
    for audio in found.worst:
        out.print(f"  worse: {audio}")


def _show(rows: list[dict[str, Any]]) -> None:
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(
            *("" if v is None else f"{v:.4f}" if isinstance(v, float) else str(v) for v in row.values())
        )
    out.print(table)


def _me() -> str:
    return f"cli:{getpass.getuser()}"


@contextmanager
def _store(settings: Settings) -> Iterator[tuple[Store, bytes]]:
    """The store and its master key; of the other engines none is needed here."""
    from consultation.crypto import load_master_key
    from consultation.store import open_store

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = load_master_key(settings)
    store = open_store(settings.store(), master_key=key)
    try:
        yield store, key
    finally:
        store.close()


@contextmanager
def _bar(as_json: bool, what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import Progress

    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
