"""Model folders and their manifests: what is in them, and whether it is still what was put there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consultation.errors import NotReady

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder says of itself; a folder without one says nothing, and is taken as it is."""

    name: str
    digest: str  # of all files together; "" where there is no manifest
    short_windows: bool = False  # the model takes sound that is not padded to 30 seconds
    is_demonstration: bool = False  # it knows synthetic voices alone


def write_manifest(folder: Path, **about: Any) -> None:
    """Describe a finished model folder and everything below it."""
    own = folder / MANIFEST
    files = {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != own
    }
    own.write_text(json.dumps({**about, "files": files}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_manifest(folder: Path, *, needed: Sequence[str]) -> Manifest:
    """Check a model folder; `needed` are the patterns of files it must hold.

    Raises NotReady that names the file that is missing or damaged.
    """
    if not folder.is_dir():
        reason = "is no folder" if folder.exists() else "does not exist"
        raise NotReady(
            f"the speech model {folder} {reason}; set SANGDAM_STT_MODEL to a CTranslate2 folder. "
            "To make one of a checkpoint: sangdam stt convert SOURCE TARGET"
        )
    for pattern in needed:
        if not any(folder.glob(pattern)):
            raise NotReady(
                f"{folder} has no {pattern.replace('*', 'json')}; it is no complete CTranslate2 model. "
                "Convert a checkpoint: sangdam stt convert SOURCE TARGET"
            )
    path = folder / MANIFEST
    if not path.is_file():
        return Manifest(folder.name, "")
    about = _read(path)
    files = about["files"]
    for name, digest in files.items():
        _compare(folder / name, digest)
    whole = hashlib.sha256(json.dumps(dict(sorted(files.items()))).encode()).hexdigest()
    return Manifest(
        str(about.get("name", folder.name)),
        whole[:12],
        bool(about.get("short_windows", False)),
        bool(about.get("demonstration", False)),
    )


def check_digest(path: Path) -> str:
    """The digest of a model file, compared with the manifest beside it where that names the file.

    Raises NotReady for a file that is missing or not what was put there.
    """
    manifest = path.parent / MANIFEST
    listed = _read(manifest)["files"] if manifest.is_file() else {}
    return _compare(path, listed.get(path.name))


def _compare(path: Path, wanted: str | None) -> str:
    if not path.is_file():
        raise NotReady(f"the speech model lacks {path}; copy it again")
    digest = _digest(path)
    if digest != (wanted or digest):
        raise NotReady(f"{path} is damaged: its digest is not the manifest's; copy it again")
    return digest


def _read(path: Path) -> dict[str, Any]:
    try:
        about = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict) or not isinstance(about.get("files"), dict):
        raise NotReady(f"{path} is damaged; copy the model again")
    return about


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
