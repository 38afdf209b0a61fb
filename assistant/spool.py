"""Where final turns wait when the store does not answer.

One sealed file a turn under `home/spool`, written beside its place, flushed and renamed, so that
there is never half a turn and writers never meet readers. What a citizen said is never on disk
in clear, here neither.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog

from consultation.crypto import derive, seal, unseal
from consultation.errors import BadInput, Conflict, EngineDown, NotReady

Line = dict[str, Any]
log = structlog.get_logger()


class Spool:
    """A waiting room for turns; `drain` empties it once the store answers again."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = derive(key, "spool")

    def add(self, conversation_id: str, line: Line) -> None:
        """Keep one turn; returns once it is on disk. Raises `EngineDown` when the disk refuses."""
        name = (
            f"{time.time_ns():020d}-{sha256(conversation_id.encode()).hexdigest()[:16]}-{line['index']:06d}"
        )
        draft = self._folder / f".{name}"
        words = json.dumps({"id": conversation_id, **line}, ensure_ascii=False).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("xb") as out:
                out.write(seal(self._key, words, b"spool"))
                out.flush()
                os.fsync(out.fileno())
            draft.rename(self._folder / f"{name}.sealed")
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise EngineDown(
                f"neither the store nor {self._folder} takes a turn ({error.strerror}); make room on the disk"
            ) from None

    def waiting(self) -> bool:
        """Is there anything to drain?"""
        return self._folder.is_dir() and any(self._folder.glob("*.sealed"))

    def drain(self, keep: Callable[[Line], None]) -> int:
        """Hand every turn to `keep`, oldest first; each file goes once its turn is kept.

        `keep` must be idempotent: when it raises `EngineDown` or `NotReady` the rest waits. A turn
        that the store refuses for good, or a file that does not open, is set aside under another
        ending for a person to look at, and harms no other.
        """
        kept = 0
        for file in sorted(self._folder.glob("*.sealed")) if self._folder.is_dir() else []:
            try:
                line = json.loads(unseal(self._key, file.read_bytes(), b"spool"))
            except FileNotFoundError:  # another process was first
                continue
            except (NotReady, ValueError):
                self._set_aside(file, ".unreadable")
                continue
            try:
                keep(line)
            except (Conflict, BadInput) as error:
                log.error("spool.refused", conversation=line["id"], turn=line["index"], error=str(error))
                self._set_aside(file, ".refused")
                continue
            file.unlink(missing_ok=True)
            kept += 1
        return kept

    def _set_aside(self, file: Path, ending: str) -> None:
        log.error("spool.set_aside", file=file.name, ending=ending)
        file.replace(file.with_suffix(ending))
