"""A speech model becomes the live one only when it hears a frozen set better than the one it replaces.

Both hear the same recordings in the same run, through the same engine and rules; better means better
by more than chance (`stt.comparison`). A refused model leaves nothing behind.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from consultation.errors import BadInput, Refused
from consultation.versions import Versions
from stt.comparison import Comparison, compare, pair
from stt.evaluation import evaluate
from stt.manifest import ReadSound, read_manifest
from stt.recogniser import Recogniser
from stt.terms import TermCorrector

ENOUGH = 30  # recordings; with fewer, chance decides
RECORD = "promotion.json"  # in the folder of a version: what it was measured against

OpenModel = Callable[[Path], Recogniser]  # a folder with `ctranslate2/`, `model.pt`, or both
Convert = Callable[[Path, Path], object]  # source, new folder
Progress = Callable[[str, int, int], None]  # whose turn it is, recordings done, all


@dataclass(frozen=True, slots=True)
class Promoted:
    """A model that is live now."""

    version: int
    before: int
    comparison: Comparison


def promote(
    candidate: Path,
    manifest: Path,
    versions: Versions,
    live: Path,
    *,
    open_model: OpenModel,
    convert: Convert,
    read: ReadSound,
    by: str,
    at: datetime,
    corrector: TermCorrector | None = None,
    enough: int = ENOUGH,
    progress: Progress | None = None,
) -> Promoted:
    """Measure, keep as the next version, make it live.

    `candidate`: a `.pt`, a Hugging Face folder, a CTranslate2 folder, or a folder that holds
    `ctranslate2/` or `model.pt`. `live`: the folder of the model heard with now; where no version is
    live yet, it becomes the first, so that there is a way back. Raises `Refused` with the figures when
    the candidate is not better, `BadInput` for too few recordings or what is no model.
    """
    recordings = read_manifest(manifest, read)
    if len(recordings) < enough or any(one.text is None for one in recordings):
        raise BadInput(
            f"{manifest}: {len(recordings)} recordings; a promotion needs at least {enough}, each with its text"
        )
    with _beside(versions.folder) as scratch:
        model = scratch / "model"
        prepare(candidate, model, convert)
        heard = {}
        for name, folder in (("live", live), ("candidate", model)):
            heard[name] = scratch / f"{name}.jsonl"
            evaluate(
                manifest,
                heard[name],
                open_model(folder),
                read,
                corrector=corrector,
                progress=_named(name, progress),
            )
        found = compare(pair(manifest, heard["live"], heard["candidate"]))
        if not found.is_better:
            raise Refused(f"{candidate} is not promoted: {why_not(found)}")
        before = versions.live()
        if before is None:
            before = _keep(versions, lambda folder: shutil.copytree(live, folder, dirs_exist_ok=True))
            versions.promote(before)
        _describe(model, candidate, manifest, before, found, by, at)
        number = _keep(versions, lambda folder: _move(model, folder))
    versions.promote(number)
    return Promoted(number, before, found)


def why_not(found: Comparison) -> str:
    """Why a candidate (B) may not replace the live model (A)."""
    figures = (
        f"CER {found.all.b:.2%}, the live model {found.all.a:.2%} on {found.all.n} recordings; "
        f"difference {found.difference:+.2%}, 95 % interval {found.low:+.2%} to {found.high:+.2%}"
    )
    if found.difference >= 0:
        return f"it hears no better ({figures})"
    return f"the difference may be chance ({figures}); measure on more recordings of more calls"


def prepare(candidate: Path, model: Path, convert: Convert) -> None:
    """The folder of a version: `ctranslate2/`, and `model.pt` where there is one. Raises `BadInput`."""
    model.mkdir()
    checkpoint = candidate / "model.pt" if candidate.is_dir() else candidate
    ready = next((f for f in (candidate / "ctranslate2", candidate) if (f / "model.bin").is_file()), None)
    if ready is not None:
        shutil.copytree(ready, model / "ctranslate2")
    elif candidate.is_dir() and not checkpoint.is_file():
        convert(candidate, model / "ctranslate2")
    else:
        convert(checkpoint, model / "ctranslate2")
    if checkpoint.is_file():
        shutil.copyfile(checkpoint, model / "model.pt")


def record_of(folder: Path) -> Mapping[str, Any]:
    """How a version came to be; empty for the first one, which nothing was measured against."""
    try:
        kept: Mapping[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept


def _describe(
    model: Path, candidate: Path, manifest: Path, before: int, found: Comparison, by: str, at: datetime
) -> None:
    content = {
        "source": candidate.name,
        "by": by,
        "at": at.isoformat(timespec="seconds"),
        "before": before,
        "measured_on": manifest.name,
        **asdict(found),
    }
    (model / RECORD).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _keep(versions: Versions, fill: Callable[[Path], object]) -> int:
    with versions.draft() as (number, folder):
        fill(folder)
    return number


def _move(model: Path, folder: Path) -> None:
    for path in model.iterdir():
        shutil.move(path, folder / path.name)


def _named(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(name, done, total)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A scratch folder on the same disk, gone afterwards."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".promotion-", dir=folder.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
