"""Manifests of recordings: tab-separated, a header, one file a line, no quoting.

    audio	text
    calls/0001.flac	안녕하세요 여권을 신청하려고요

`audio` is a path from the manifest's folder, `text` what is said there, where it is known. Further
columns are left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from consultation.errors import BadInput, BadRows, RowFault
from consultation.text import NotText, clean, decode
from stt.wav import Sound

ReadSound = Callable[[Path], Sound]


@dataclass(frozen=True, slots=True)
class Recording:
    """One line of a manifest."""

    audio: str  # as it stands there
    path: Path
    text: str | None  # what is said; None where the manifest has no such column


def read_manifest(
    manifest: Path, read: ReadSound, progress: Callable[[int, int], None] | None = None
) -> list[Recording]:
    """The recordings of a manifest, each opened once to see that it can be heard.

    Raises `BadRows` with every line that cannot be used, `BadInput` when there is none.
    """
    lines = _lines(manifest)
    header = [name.strip().lower() for name in lines[0].split("\t")] if lines else []
    if "audio" not in header:
        raise BadInput(
            f"{manifest}: no column `audio` in the first line; give a tab-separated file with the columns audio and text"
        )
    rows: list[Recording] = []
    faults: list[RowFault] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            found = _row(number, line.split("\t"), header, manifest.parent, read)
            if isinstance(found, Recording):
                rows.append(found)
            else:
                faults.append(found)
        if progress is not None:
            progress(number, len(lines))
    if faults:
        raise BadRows(str(manifest), faults)
    if not rows:
        raise BadInput(f"{manifest}: no rows")
    return rows


def _lines(manifest: Path) -> list[str]:
    try:
        text = decode(manifest.read_bytes(), str(manifest))
    except OSError as error:
        raise BadInput(f"{manifest}: cannot be read ({error.strerror})") from None
    except NotText as error:
        raise BadInput(str(error)) from None
    return [line.removesuffix("\r") for line in text.split("\n")]


def _row(
    number: int, cells: list[str], header: list[str], folder: Path, read: ReadSound
) -> Recording | RowFault:
    values = dict(zip(header, cells, strict=False))
    audio = values.get("audio", "").strip()
    if not audio:
        return RowFault(number, "audio", "is empty")
    if "text" in header and "text" not in values:
        return RowFault(number, "text", f"{len(cells)} columns where the header has {len(header)}")
    if "\0" in audio:
        return RowFault(number, "audio", "is no path")
    path = folder / audio
    if not path.is_file():
        return RowFault(number, "audio", f"{audio} is not there")
    try:
        read(path)
    except (BadInput, OSError) as error:
        return RowFault(number, "audio", str(error))
    return Recording(audio, path, clean(values["text"]) if "text" in values else None)
