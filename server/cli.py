"""The command line: verbs, a noun first where it has several.

Exit 0: done. 1: refused, the reason is on stderr. 2: misused. `--json` prints for machines.
Heavy parts load inside the verbs, so that `sangdam --help` answers at once.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from consultation.errors import BadInput, SangdamError
from consultation.settings import Settings, load_settings
from server.cli_learning import stt_app
from server.cli_stt import bench_app
from server.cli_transcribe import recordings_app, transcribe

if TYPE_CHECKING:
    from server.engines import Engines

app = typer.Typer(no_args_is_help=True, add_completion=False, help="상담(sangdam): 민원 상담 도우미")
knowledge_app = typer.Typer(no_args_is_help=True, help="표준상담DB: import, publish, roll back, compare.")
people_app = typer.Typer(no_args_is_help=True, help="Accounts and roles.")
evaluate_app = typer.Typer(no_args_is_help=True, help="Measure a capability on a file of yours.")
audit_app = typer.Typer(no_args_is_help=True, help="The chained log of who did what.")
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(people_app, name="people")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(audit_app, name="audit")
app.add_typer(stt_app, name="stt")
app.add_typer(bench_app, name="bench")
app.add_typer(recordings_app, name="recordings")
app.command()(transcribe)

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
Knowledge_ = Annotated[
    Path | None,
    typer.Option("--knowledge", help="CSV, XLSX or JSONL to answer from; without it: the live one."),
]
Out = Annotated[Path, typer.Option("--out", help="Where the predictions go, one JSON object a line.")]


def main() -> None:
    """Run the command line; errors of ours become one clear message and exit 1."""
    try:
        app()
    except SangdamError as error:
        err.print(f"sangdam: {error}", style="red", markup=False, highlight=False)
        sys.exit(1)


@contextmanager
def _engines() -> Iterator[Engines]:
    from server.engines import build

    engines = build(load_settings())
    try:
        yield engines
    finally:
        engines.close()


def _me() -> str:
    return f"cli:{getpass.getuser()}"


def _show(rows: list[Mapping[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    if not rows:
        return
    table = Table(*rows[0].keys())
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    out.print(table)


# ---- running


@app.command()
def serve() -> None:
    """Start the server with the settings of the environment."""
    from server.demo_home import open_accounts
    from server.engines import build

    settings = load_settings()
    engines = build(settings)
    if found := open_accounts(engines):
        engines.close()
        raise BadInput(
            f"{settings.home} was made by `sangdam demo`: {', '.join(found)} have a public password; "
            "use another SANGDAM_HOME, or disable them: sangdam people disable NAME"
        )
    _serve(settings, demo_accounts=(), engines=engines)


@app.command()
def demo(
    open_browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
) -> None:
    """Prepare a home with sample knowledge and demo accounts, and start on this machine only."""
    from server.demo_home import demo_accounts, prepare
    from server.engines import build

    settings = load_settings().model_copy(update={"demo": True})
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise BadInput("the demonstration has open passwords: it runs on 127.0.0.1 only (SANGDAM_HOST)")
    engines = build(settings)
    version = prepare(engines)
    address = f"http://{settings.host}:{settings.port}"
    out.print(f"\n[bold]상담 sangdam[/bold]  표본 지식 {version}판 · {settings.home.resolve()}")
    out.print(f"  상담 화면  {address}/desk\n  체험하기   {address}/demo\n  상담 이력  {address}/history")
    out.print("  계정 (모두 체험용, 비밀번호 공통)")
    for account in demo_accounts():
        out.print(f"    {account['name']:<10} {account['password']}   {account['role']}", highlight=False)
    out.print("  멈추기: Ctrl+C\n")
    if open_browser and (
        sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        threading.Timer(2.0, webbrowser.open, [f"{address}/demo"]).start()
    _serve(settings, demo_accounts=demo_accounts(), engines=engines)


def _serve(settings: Settings, *, demo_accounts: Any, engines: Engines | None = None) -> None:
    import uvicorn

    from server import logs
    from server.app import create_app

    logs.set_up(settings.log_level)
    uvicorn.run(
        create_app(settings, engines=engines, demo_accounts=demo_accounts),
        host=settings.host,
        port=settings.port,
        log_config=None,  # its loggers go through ours, which mask
        log_level="warning",
        ws_max_size=4 * 1024 * 1024,
        timeout_graceful_shutdown=5,
    )


@app.command()
def check(as_json: AsJson = False) -> None:
    """Ask every engine whether it works."""
    from server.health import examine

    with _engines() as engines:
        findings = examine(engines)
    _show([{"engine": name, "ok": f.ok, "finding": f.text} for name, f in findings.items()], as_json)
    if not all(finding.ok for finding in findings.values()):
        raise typer.Exit(1)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """Every setting, its environment name and the value in force."""
    values = load_settings()
    hidden = {name for name, field in Settings.model_fields.items() if not field.repr}
    _show(
        [
            {
                "name": f"SANGDAM_{name.upper()}",
                "value": "(set)" if name in hidden and getattr(values, name) else getattr(values, name),
                "default": field.default,
            }
            for name, field in Settings.model_fields.items()
        ],
        as_json,
    )


@app.command()
def search(
    text: str,
    k: Annotated[int, typer.Option(min=1, max=20)] = 3,
    district: Annotated[str | None, typer.Option(help="자치구 of the citizen.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the standard answer to a question."""
    with _engines() as engines:
        ranking = engines.searcher.search(text, k, district=district or engines.gazetteer.district(text))
    rows: list[Mapping[str, Any]] = [
        {
            "entry_id": hit.entry.entry_id,
            "score": round(hit.score, 3),
            "question": hit.entry.question,
            "district": hit.entry.district,
            "department": hit.entry.department,
            "confirmed_on": hit.entry.confirmed_on,
            "matched": " ".join(hit.matched),
        }
        for hit in ranking
    ]
    _show(rows, as_json)
    if not as_json:
        out.print(f"answerable {ranking.answerable:.2f}, knowledge version {ranking.knowledge_version}")


# ---- knowledge


@knowledge_app.command("import")
def knowledge_import(
    file: Path,
    replace: Annotated[bool, typer.Option(help="Entries that the file lacks are removed.")] = False,
    publish: Annotated[bool, typer.Option(help="Publish it at once.")] = False,
) -> None:
    """Read CSV, XLSX or JSONL into a new version. One bad row and nothing is kept."""
    with _engines() as engines:
        knowledge = engines.knowledge()
        made = knowledge.import_(file, _me(), replace=replace)
        if not made.is_new:
            out.print(f"version {made.version} says the same already; nothing was added")
            return
        out.print(
            f"version {made.version}: {made.added} added, {made.changed} changed, "
            f"{made.removed} removed, {made.unchanged} unchanged"
        )
        if publish:
            knowledge.publish(made.version, _me())
            out.print(f"version {made.version} is live")


@knowledge_app.command("publish")
def knowledge_publish(
    version: int,
    override: Annotated[str, typer.Option(help="Publish although golden questions break; say why.")] = "",
) -> None:
    """Build the index of a version, verify it and make it live; searches keep running."""
    with _engines() as engines:
        engines.knowledge().publish(version, _me(), override=override)
    out.print(f"version {version} is live")


@knowledge_app.command("rollback")
def knowledge_rollback() -> None:
    """Make the version live that was live before."""
    with _engines() as engines:
        version = engines.knowledge().rollback(_me())
    out.print(f"version {version} is live again")


@knowledge_app.command("rebuild")
def knowledge_rebuild(
    override: Annotated[str, typer.Option(help="Publish although golden questions break; say why.")] = "",
) -> None:
    """Build the live entries again: after another encoder or analyser was set, or a file was damaged."""
    with _engines() as engines:
        version = engines.knowledge().rebuild(_me(), override=override)
    out.print(f"version {version} is live")


@knowledge_app.command("list")
def knowledge_list(as_json: AsJson = False) -> None:
    """All versions."""
    with _engines() as engines:
        live = engines.searcher.version
        rows: list[Mapping[str, Any]] = [
            {
                "version": v.number,
                "live": v.number == live,
                "entries": v.entries,
                "made_by": v.made_by,
                "made_at": v.made_at.isoformat(timespec="seconds"),
                "source": v.source,
            }
            for v in engines.knowledge().list()
        ]
    _show(rows, as_json)


@knowledge_app.command("diff")
def knowledge_diff(a: int, b: int, as_json: AsJson = False) -> None:
    """What changed from version A to version B, field by field."""
    with _engines() as engines:
        changes = engines.knowledge().diff(a, b)
    rows: list[Mapping[str, Any]] = [
        {
            "entry_id": c.entry_id,
            "change": c.change.name.lower(),
            "field": name,
            "before": before,
            "after": after,
        }
        for c in changes
        for name, before, after in (c.fields or [("", "", "")])
    ]
    _show(rows, as_json)


@knowledge_app.command("template")
def knowledge_template(file: Path) -> None:
    """Write an empty template, .csv or .xlsx."""
    from retrieval.template import write_template

    write_template(file)
    out.print(f"{file}: fill it in, then: sangdam knowledge import {file}")


# ---- people


@people_app.command("add")
def people_add(
    name: str,
    role: Annotated[
        list[str], typer.Option(help="agent, lead, knowledge, quality, abuse, analyst, … (repeat)")
    ],
    display_name: Annotated[str, typer.Option(help="The name that others see.")] = "",
) -> None:
    """Add an account; the password is asked for, or read from stdin."""
    with _engines() as engines:
        engines.store.people.add(name, display_name or name, role, _password())
    out.print(f"{name} may sign in")


@people_app.command("list")
def people_list(as_json: AsJson = False) -> None:
    """All accounts."""
    with _engines() as engines:
        rows: list[Mapping[str, Any]] = [
            {
                "name": p.name,
                "display_name": p.display_name,
                "roles": " ".join(sorted(role.value for role in p.roles)),
                "disabled": p.is_disabled,
            }
            for p in engines.store.people.list()
        ]
    _show(rows, as_json)


@people_app.command("password")
def people_password(name: str) -> None:
    """Set a new password; every session of the account ends."""
    with _engines() as engines:
        engines.store.people.set_password(name, _password())
    out.print(f"{name} has a new password")


@people_app.command("disable")
def people_disable(name: str) -> None:
    """Nobody signs in with this account any more; its history stays."""
    with _engines() as engines:
        engines.store.people.disable(name)
    out.print(f"{name} is disabled")


def _password() -> str:
    if sys.stdin.isatty():
        return typer.prompt("password", hide_input=True, confirmation_prompt=True)  # type: ignore[no-any-return]
    return sys.stdin.readline().rstrip("\n")


# ---- keeping and forgetting


@app.command()
def erase(
    conversation_id: str, reason: Annotated[str, typer.Option(help="Why; kept in the audit log.")]
) -> None:
    """Make the original words and the sound of a conversation unreadable for good by deleting their keys."""
    with _engines() as engines:
        engines.store.conversations.erase(conversation_id, by=_me(), reason=reason)
        engines.recordings.sweep()
    out.print(f"{conversation_id}: the originals can no longer be read by anybody")


@app.command()
def purge() -> None:
    """Apply the retention settings now; the server does so every night."""
    with _engines() as engines:
        gone = engines.purge(_me())
    out.print(
        f"{gone['masked']} transcripts, {gone['originals']} originals and {gone['recordings']} recordings are gone"
    )


@audit_app.command("verify")
def audit_verify(as_json: AsJson = False) -> None:
    """Find changed, missing or moved rows of the audit log."""
    with _engines() as engines:
        broken = engines.store.audit.verify()
        head = engines.store.audit.head()
    if as_json:
        typer.echo(
            json.dumps({"head": head.hash, "rows": head.number, "broken": [vars_of(b) for b in broken]})
        )
    elif not broken:
        out.print(f"{head.number} rows, unbroken; head {head.hash}")
    for row in () if as_json else broken:
        err.print(f"row {row.number}: {row.fault}", style="red")
    if broken:
        raise typer.Exit(1)


def vars_of(row: Any) -> dict[str, Any]:
    """A slotted dataclass as a dict."""
    return {name: getattr(row, name) for name in row.__slots__}


# ---- measuring


@evaluate_app.command("retrieval")
def evaluate_retrieval(
    queries: Annotated[
        list[Path], typer.Option(help="JSONL with `query` and gold `doc_ids`; may be repeated.")
    ],
    out_file: Out,
    knowledge: Knowledge_ = None,
    as_json: AsJson = False,
) -> None:
    """Recall, MRR, answerable AUC and speed of the search."""
    from retrieval.evaluation import evaluate

    with _progress(as_json) as step:
        _report(evaluate(knowledge or _live_knowledge(), queries, out_file, progress=step), as_json)


@evaluate_app.command("abuse")
def evaluate_abuse(
    input_file: Annotated[Path, typer.Option("--input", help="JSONL or JSONL.gz with `text`.")],
    out_file: Out,
    as_json: AsJson = False,
) -> None:
    """F1, PR-AUC and false alarms of the abuse filter, label by label."""
    from abuse_filter.evaluation import evaluate

    with _progress(as_json) as step:
        _report(evaluate(input_file, out_file, progress=step), as_json)


@evaluate_app.command("calls")
def evaluate_calls(
    calls: Annotated[Path, typer.Option(help="JSONL of consultations.")],
    out_file: Out,
    knowledge: Knowledge_ = None,
    as_json: AsJson = False,
) -> None:
    """Suggestions, record, masking, abuse and quality, turn by turn as in a live call."""
    from analytics.quality import review
    from assistant.evaluation import evaluate

    with _progress(as_json) as step:
        _report(
            evaluate(knowledge or _live_knowledge(), calls, out_file, review=review, progress=step), as_json
        )


@evaluate_app.command("stt")
def evaluate_stt(
    manifest: Annotated[Path, typer.Option(help="TSV with `audio` (a path from its folder) and `text`.")],
    out_file: Out,
    live: Annotated[
        bool, typer.Option("--live", help="Feed frames of 20 ms, as a call, and measure delays.")
    ] = False,
    model: Annotated[str, typer.Option(help="Name, file or folder; without it: the one in force.")] = "",
    engine: Annotated[
        str, typer.Option(help="ctranslate2, whisper or remote; without it: the setting.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """CER, WER, speed and, live, the delays of speech recognition."""
    from stt.engines import open_recogniser
    from stt.evaluation import evaluate
    from stt.files import read_sound
    from stt.terms import TermCorrector

    settings = load_settings()
    recogniser = open_recogniser(
        engine or settings.stt_engine,
        model or settings.stt_model,
        device=settings.stt_device,
        compute=settings.stt_compute,
        url=settings.stt_url,
        key=settings.stt_key,
        home=settings.home,
    )
    with _progress(as_json) as step:
        figures = evaluate(
            manifest,
            out_file,
            recogniser,
            read_sound,
            live=live,
            corrector=TermCorrector.of_seoul(),
            progress=step,
        )
        _report(figures, as_json)


def _live_knowledge() -> Path:
    """The entries of the live version as a file, for a fresh index in a temporary home."""
    import tempfile

    from consultation.rows import write_rows
    from retrieval.snapshot import entry_to_json

    with _engines() as engines:
        version = engines.searcher.version
        if version is None:
            raise BadInput("no knowledge is live; name a file: --knowledge FILE")
        path = Path(tempfile.mkdtemp(prefix="sangdam-")) / "knowledge.jsonl"
        write_rows(path, map(entry_to_json, engines.store.knowledge.entries(version)))
    return path


@contextmanager
def _progress(as_json: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("rows")
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _report(metrics: Mapping[str, Any], as_json: bool) -> None:
    """The metrics for people, then one JSON object as the last line."""
    line = dict(metrics)
    line.setdefault("machine", {"python": platform.python_version(), "cpus": os.cpu_count()})
    line["at"] = datetime.now().astimezone().isoformat(timespec="seconds")
    if not as_json:
        for name, value in metrics.items():
            if isinstance(value, Mapping):
                out.print(f"{name}:")
                for inner, number in value.items():
                    out.print(f"  {inner}: {_short(number)}", highlight=False)
            else:
                out.print(f"{name}: {_short(value)}", highlight=False)
    typer.echo(json.dumps(line, ensure_ascii=False, default=str))


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
