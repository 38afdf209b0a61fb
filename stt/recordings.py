"""The kept sound of calls: rows in the store, sealed pieces in files, joined here.

recorder = recordings.recorder(conversation_id)   # None: it cannot be kept; the call goes on
recorder.write(0, samples, at=0.0)
recorder.close()
recordings.read(conversation_id, 10.0, 12.5)
"""

from __future__ import annotations

import os
import secrets
import shutil
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import structlog

from consultation.errors import BadInput, Conflict, NotReady, SangdamError, Unknown
from consultation.store import Store
from consultation.types import Stage, Utterance
from stt.audio import RATE, Samples
from stt.beeps import Stretch, beeped, stretches
from stt.opus import write_opus
from stt.recorder import CallRecorder
from stt.sealed_sound import Measured, SealedSound, measure, seconds_of

PART = 60.0  # seconds decrypted at once

log = structlog.get_logger()


class Recordings:
    """All kept sound of this installation. For any thread."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime]) -> None:
        """`folder` is made when the first call is kept."""
        self._store = store
        self._folder = folder
        self._clock = clock
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recordings")

    # ---- keeping

    def recorder(self, conversation_id: str, channels: int = 2) -> CallRecorder | None:
        """Keeps the sound of this call from now on; a call that is taken up again goes on where it was.

        None where that cannot be, and the log says why: a call never waits for its recording.
        """
        kept = self._store.recordings
        try:
            row = kept.begin(conversation_id, self._clock(), channels)
            sealed = SealedSound(self._folder / row.folder, conversation_id, kept.key(conversation_id))
            sealed.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (SangdamError, OSError) as error:
            reason = str(error) if isinstance(error, SangdamError) else error.strerror
            log.error("recording.off", conversation=conversation_id, folder=str(self._folder), reason=reason)
            return None
        return CallRecorder(
            sealed,
            self._writer,
            channels=row.channels,
            closed=lambda measured: self._settle(conversation_id, measured),
            abandoned=lambda: kept.forget(conversation_id),
        )

    def _settle(self, conversation_id: str, measured: Measured) -> None:
        kept = self._store.recordings
        try:
            if measured.digest:
                kept.settle(
                    conversation_id, seconds=measured.seconds, size=measured.size, digest=measured.digest
                )
            else:
                kept.forget(conversation_id)
        except SangdamError as error:  # the nightly round settles it
            log.warning("recording.unsettled", conversation=conversation_id, reason=str(error))

    # ---- hearing

    def seconds(self, conversation_id: str) -> float | None:
        """The length of what is kept of an ended call; None: nothing is."""
        try:
            row = self._store.recordings.get(conversation_id)
        except Unknown:
            return None
        if self._store.conversations.get(conversation_id).stage is Stage.LIVE:
            return None
        return row.seconds if row.seconds is not None else seconds_of(self._folder / row.folder) or None

    def sound(self, conversation_id: str, start: float, end: float, *, reader: str, reason: str) -> Samples:
        """A stretch as it was said: int16, shape (n, channels), 16 kHz. Who hears it and why is in the
        audit log before it is opened. Raises `Unknown` where none is kept."""
        if not reader.strip() or not reason.strip():
            raise BadInput("hearing a recording needs who hears it and why")
        self._store.audit.record(
            reader, "listen_original", f"{conversation_id}/{start:.1f}-{end:.1f}", reason, self._clock()
        )
        return self.read(conversation_id, start, end)

    def read(self, conversation_id: str, start: float, end: float, *, beep: bool = False) -> Samples:
        """The same for programs, without a row in the audit log; with `beep`, personal data is covered.

        Raises `Unknown` where none is kept, or where it cannot be covered: the words were erased.
        """
        row = self._store.recordings.get(conversation_id)
        sealed = self._sealed(conversation_id, row.folder)
        covered = self._covered(conversation_id) if beep else []
        samples = sealed.read(start, end, row.channels)
        return beeped(samples, covered, start)

    def covered(self, conversation_id: str) -> list[Stretch] | None:
        """Where personal data is said in a call; None once its words were erased: nobody knows."""
        spoken = self._store.corrections.spoken(conversation_id)
        words = self._store.conversations.words(conversation_id)
        turns = self._store.conversations.turns(conversation_id)
        if turns and not spoken:
            return None
        return stretches(
            Utterance(turn.speaker, spoken[turn.index], turn.start, turn.end, True, words.get(turn.index, ()))
            for turn in turns
            if turn.index in spoken
        )

    def export(
        self, conversation_id: str, file: Path, *, reader: str, reason: str, beep: bool = False
    ) -> float:
        """Write a call's sound as .wav or .opus, readable by anybody who has the file; returns seconds.

        Audited first. Raises `Conflict` when the file is there, `NotReady` when what is kept is not
        what was recorded, `BadInput` when it cannot be written.
        """
        if not reader.strip() or not reason.strip():
            raise BadInput("exporting a recording needs who does it and why")
        if file.suffix.lower() not in (".wav", ".opus"):
            raise BadInput(f"{file}: sound is exported as .wav or .opus")
        if file.exists():
            raise Conflict(f"{file} is there already; name another file")
        row = self._store.recordings.get(conversation_id)
        found = measure(self._folder / row.folder)
        if row.seconds is not None and found.digest != row.digest:
            raise NotReady(
                f"the sound of call {conversation_id} is not what was recorded: files in "
                f"{self._folder / row.folder} were changed or are missing; put them back from a backup"
            )
        covered = self._covered(conversation_id) if beep else []
        self._store.audit.record(
            reader, "export_beeped" if beep else "export_recording", conversation_id, reason, self._clock()
        )
        sealed = self._sealed(conversation_id, row.folder)

        def blocks() -> Iterator[Samples]:
            at = 0.0
            while at < found.seconds:
                yield beeped(sealed.read(at, at + PART, row.channels), covered, at)
                at += PART

        write_sound(file, blocks(), row.channels)
        return found.seconds

    def _covered(self, conversation_id: str) -> list[Stretch]:
        covered = self.covered(conversation_id)
        if covered is None:
            raise Unknown(
                f"the words of call {conversation_id} were erased, so that personal data in its sound cannot "
                "be covered; who may hear it as it is gives a reason"
            )
        return covered

    def _sealed(self, conversation_id: str, folder: str) -> SealedSound:
        return SealedSound(
            self._folder / folder, conversation_id, self._store.recordings.key(conversation_id)
        )

    # ---- forgetting

    def purge(self, before: datetime, by: str = "retention") -> int:
        """Delete what was kept before this moment, unless it is held; settle what killed processes left,
        remove the files of what was erased. Returns how many recordings went."""
        kept = self._store.recordings
        for row in kept.unsettled():
            self._settle(row.conversation_id, measure(self._folder / row.folder))
        count = kept.purge(before, by)
        self.sweep()
        return count

    def sweep(self) -> int:
        """Remove the files that no key opens any more; returns the number of folders."""
        if not self._folder.is_dir():
            return 0
        # Folders first, rows second: a call that begins in between has its row before its folder.
        there = [folder for folder in self._folder.iterdir() if folder.is_dir()]
        known = self._store.recordings.folders()
        dead = [folder for folder in there if folder.name not in known]
        for folder in dead:
            shutil.rmtree(folder, ignore_errors=True)
            if folder.exists():
                log.error("recording.not_removed", folder=str(folder))
        return len(dead)

    def close(self) -> None:
        """Write what still waits."""
        self._writer.shutdown()


def write_sound(file: Path, blocks: Iterator[Samples], channels: int) -> None:
    """Blocks at 16 kHz as a .wav or .opus file, whole or not at all, readable by its owner alone.

    Raises `BadInput` when it cannot be written.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            if file.suffix.lower() == ".opus":
                write_opus(out, blocks, channels)
            else:
                with wave.open(out, "wb") as wav:
                    wav.setparams((channels, 2, RATE, 0, "NONE", ""))
                    for block in blocks:
                        wav.writeframesraw(block.astype("<i2").tobytes())
        draft.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror or error})") from None
    finally:
        draft.unlink(missing_ok=True)
