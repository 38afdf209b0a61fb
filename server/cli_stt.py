"""`sangdam stt …` and `sangdam bench …`: speech models, what they learn from, and how fast they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from stt.bench import Bench

stt_app = typer.Typer(no_args_is_help=True, help="Speech models: convert, export training data, promote.")
bench_app = typer.Typer(no_args_is_help=True, help="Measure this machine.")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True)


class Engine(StrEnum):
    """The engines that `stt.engines` opens."""

    CTRANSLATE2 = "ctranslate2"
    WHISPER = "whisper"
    REMOTE = "remote"


@bench_app.callback()
def _nouns() -> None:
    """Keeps `stt` a verb of its own: with one alone, typer would drop its name."""


@stt_app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="An openai-whisper .pt file, or a Hugging Face folder.")],
    target: Annotated[Path, typer.Argument(help="A new folder.")],
    compute: Annotated[str, typer.Option(help="int8, int8_float16, float16, float32, …")] = "int8",
    name: Annotated[str, typer.Option(help="What evaluations call it; otherwise the file's name.")] = "",
    short_windows: Annotated[
        bool | None,
        typer.Option(
            "--short-windows/--full-windows",
            help="Was it trained on sound that is not padded to 30 seconds? OpenAI's models were not.",
        ),
    ] = None,
) -> None:
    """Turn a Whisper checkpoint into a CTranslate2 folder, for SANGDAM_STT_MODEL."""
    from stt.convert import convert as make
    from stt.ctranslate import CTranslateRecogniser

    with err.status("…") as status:

        def tell(step: str) -> None:
            status.update(step)
            if not err.is_terminal:
                err.print(step, markup=False)

        folder = make(source, target, compute=compute, name=name, short_windows=short_windows, progress=tell)
        tell("opening it")
        opened = CTranslateRecogniser.open(folder, device="cpu", compute="auto")
    size = sum(path.stat().st_size for path in folder.iterdir())
    out.print(
        f"{folder}: {size / 1e6:.0f} MB, {opened.name}; use it: SANGDAM_STT_MODEL={folder}", markup=False
    )


@bench_app.command("stt")
def bench_stt(
    model: Annotated[str, typer.Option(help="A folder, file or name; otherwise the one in use.")] = "",
    engine: Annotated[Engine | None, typer.Option(help="Otherwise the one in use.")] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="TSV with `audio` and `text`; otherwise the calls that ship with the program."),
    ] = None,
    clips: Annotated[int, typer.Option(min=1, help="Of the shipped calls: so many turns.")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Errors, speed, and how many channels a core of this machine can hear. The last line is JSON."""
    from consultation.settings import load_settings
    from stt.bench import bench, report
    from stt.engines import open_recogniser
    from stt.files import read_sound

    settings = load_settings()
    chosen = engine.value if engine is not None else settings.stt_engine
    recogniser = open_recogniser(
        chosen if chosen != "none" else Engine.CTRANSLATE2.value,
        model or settings.stt_model,
        device=settings.stt_device,
        compute=settings.stt_compute,
        url=settings.stt_url,
        key=settings.stt_key,
        home=settings.home,
        threads=1,
    )
    with _bars(as_json) as progress:
        found = bench(recogniser, read_sound, manifest, most=clips, progress=progress)
    if not as_json:
        _show(found)
    typer.echo(json.dumps(report(found), ensure_ascii=False))


def _show(found: Bench) -> None:
    figures = found.figures
    errors = f"CER {figures['cer']:.2%}, " if figures.get("cer") is not None else ""
    out.print(f"{figures['models']['recogniser']}: {errors}{figures['n']} recordings, {figures['seconds']} s")
    table = Table("recordings up to", "n", "real-time factor")
    for speed in found.speeds:
        table.add_row(
            "longer" if speed.up_to is None else f"{speed.up_to:g} s", str(speed.n), f"{speed.rtf:.3f}"
        )
    out.print(table)
    table = Table("sound", "partial, ms", "final with word times, ms")
    for one in found.decodings:
        table.add_row(f"{one.seconds:g} s", f"{one.partial * 1000:.0f}", f"{one.final * 1000:.0f}")
    out.print(table)
    table = Table("talk share", "channels a core: partials every second", "finals only")
    for line in found.capacities:
        table.add_row(f"{line.talk:.0%}", f"{line.with_partials:.1f}", f"{line.finals_only:.1f}")
    out.print(table)
    if found.busy > 1:
        out.print(f"the machine was busy (load {found.busy:.1f}); measure again when it is idle")


@contextmanager
def _bars(as_json: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing that is done, on a terminal; nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    with Progress(console=err, transient=True) as bars:

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield step
