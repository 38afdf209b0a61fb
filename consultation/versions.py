"""Numbered folders that never change, and one pointer to the live one.

    knowledge/0007/  knowledge/0008/  knowledge/live

`live` is a small text file: the versions that were made live, one a line, the last one live now.
It is replaced whole by a rename, so a reader sees the old line or the new one, never half. A
version is built in a hidden draft folder that gets its number only when everything in it is on
the disk; whoever dies before that leaves a draft that the next builder sweeps away.

One process at a time may build or move the pointer (an advisory lock, which dies with its
process); reading needs no lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from consultation.errors import Conflict, NotReady, Unknown

_NUMBERED = re.compile(r"\d{4,9}")
_DRAFT = ".draft-"
_KEPT = 1000  # lines of history in the pointer file

Numbers = list[int]  # inside the class, `list` is its method


class Versions:
    """The versions of one thing (knowledge, a model) in one folder, made when first written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, number: int) -> Path:
        """Where a version lies, or would lie."""
        return self.folder / f"{number:04d}"

    def list(self) -> Numbers:
        """The versions that are there, oldest first."""
        try:
            names = [entry.name for entry in os.scandir(self.folder) if entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if _NUMBERED.fullmatch(name))

    def live(self) -> int | None:
        """The live version. Raises `NotReady` if the pointer is damaged or its folder is gone."""
        history = self.history()
        if not history:
            return None
        if not self.path(history[-1]).is_dir():
            raise NotReady(
                f"{self._pointer} names version {history[-1]}, but {self.path(history[-1])} is gone; "
                f"bring the folder back, or publish or roll back to another version"
            )
        return history[-1]

    def history(self) -> Numbers:
        """The versions that were made live, one after another; the last one is live."""
        try:
            lines = self._pointer.read_text("ascii", errors="replace").split()
        except FileNotFoundError:
            return []
        if not lines or not all(_NUMBERED.fullmatch(line) for line in lines):
            raise NotReady(
                f"{self._pointer} is damaged; write the number of a version into it "
                f"({', '.join(str(n) for n in self.list()) or 'none is there'}), or delete it"
            )
        return [int(line) for line in lines]

    @contextmanager
    def draft(self, number: int | None = None) -> Iterator[tuple[int, Path]]:
        """Build a version: yields its number and an empty folder to fill.

        When the block ends, everything is flushed to the disk and the folder gets its name; when
        it raises, the draft is removed. The number is the next free one unless given. Raises
        `Conflict` while somebody else builds, or if the number is taken.
        """
        with self._alone():
            self._sweep()
            taken = [*self.list(), *self._readable_history()]
            number = number if number is not None else max(taken, default=0) + 1
            if self.path(number).exists():
                raise Conflict(f"{self.path(number)} is there already; a version never changes")
            path = self.folder / f"{_DRAFT}{number:04d}-{secrets.token_hex(4)}"
            try:
                with _told(path):
                    path.mkdir()
                yield number, path
                with _told(path):
                    _flush(path)
                    path.rename(self.path(number))
                    _flush_folder(self.folder)
            except BaseException:
                shutil.rmtree(path, ignore_errors=True)
                raise

    def promote(self, number: int) -> None:
        """Make a version live, in one atomic step. Raises `Unknown` if it is not there."""
        with self._alone():
            if number not in self.list():
                there = ", ".join(str(n) for n in self.list())
                raise Unknown(f"version {number} is not in {self.folder}; there are: {there or 'none'}")
            history = self._readable_history()
            if history[-1:] != [number]:
                self._point([*history, number])

    def rollback(self) -> int:
        """Make the version live again that was live before; returns its number.

        Versions whose folders are gone are passed over. Raises `NotReady` if none is left.
        """
        with self._alone():
            earlier = self._earlier()
            self._point(earlier)
            return earlier[-1]

    def before(self) -> int:
        """The version that `rollback` would go back to. Raises `NotReady` if there is none."""
        return self._earlier()[-1]

    def drop(self, number: int) -> None:
        """Remove a version from the disk. Raises `Conflict` if it is live, `Unknown` if it is not there."""
        with self._alone():
            if number not in self.list():
                raise Unknown(f"version {number} is not in {self.folder}")
            if self._readable_history()[-1:] == [number]:
                raise Conflict(f"version {number} is live; publish or roll back to another one first")
            aside = self.folder / f"{_DRAFT}dropped-{number:04d}-{secrets.token_hex(4)}"
            with _told(aside):
                self.path(number).rename(aside)  # first the name, so that no half version is ever seen
                shutil.rmtree(aside, ignore_errors=True)

    def sweep(self) -> None:
        """Remove drafts that a killed process left. Raises `Conflict` while somebody builds."""
        if self._drafts():
            with self._alone():
                self._sweep()

    # --- the disk ---------------------------------------------------------------------------------

    @property
    def _pointer(self) -> Path:
        return self.folder / "live"

    def _readable_history(self) -> Numbers:
        """History for a writer: a damaged pointer is replaced, that is how it gets mended."""
        try:
            return self.history()
        except NotReady:
            return []

    def _earlier(self) -> Numbers:
        """History up to the version that was live before, never empty."""
        history = self.history()
        there = set(self.list())
        earlier = history[:-1]
        while earlier and (earlier[-1] not in there or earlier[-1] == history[-1]):
            earlier.pop()
        if not earlier:
            raise NotReady(f"{self.folder}: no version was live before this one; publish one instead")
        return earlier

    def _drafts(self) -> tuple[Path, ...]:
        return tuple(self.folder.glob(f"{_DRAFT}*"))

    def _sweep(self) -> None:
        for path in self._drafts():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _point(self, history: Numbers) -> None:
        draft = self.folder / f"{_DRAFT}live-{secrets.token_hex(4)}"
        with _told(self._pointer):
            try:
                with draft.open("w", encoding="ascii") as out:
                    out.writelines(f"{number:04d}\n" for number in history[-_KEPT:])
                    out.flush()
                    os.fsync(out.fileno())
                draft.replace(self._pointer)
            except OSError:
                with suppress(OSError):
                    draft.unlink()
                raise
            _flush_folder(self.folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        busy = f"{self.folder}: another version is being published just now; try again when it is done"
        with locked(self.folder / ".lock", busy):
            yield


@contextmanager
def locked(path: Path, busy: str = "") -> Iterator[None]:
    """Hold an advisory lock, between threads and processes alike; it dies with its process.

    Raises `Conflict` with the words of `busy` when another holds it; without them, waits.
    """
    with _told(path):
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            raise Conflict(busy) from None
        except OSError as error:  # a file system without locks
            raise told(error, path) from None
        yield
    finally:
        os.close(lock)


@contextmanager
def _told(where: Path) -> Iterator[None]:
    """What the disk refuses, as an error that says how to mend it."""
    try:
        yield
    except OSError as error:
        raise told(error, where) from None


def told(error: OSError, where: Path) -> NotReady:
    """A full disk or a folder that may not be written, and what to do about it."""
    remedy = {
        errno.ENOSPC: "the disk is full; free some space",
        errno.EDQUOT: "the disk quota is used up; free some space",
        errno.EROFS: "the disk is mounted read-only; mount it for writing",
        errno.EACCES: "the folder may not be written; give this user the right to",
        errno.EPERM: "the folder may not be written; give this user the right to",
    }.get(error.errno or 0, error.strerror or str(error))
    return NotReady(f"{where}: {remedy}, then try again; the live version is as it was")


def _flush(folder: Path) -> None:
    """Every file and folder under here, onto the disk."""
    for root, _, files in os.walk(folder):
        for name in files:
            file = os.open(os.path.join(root, name), os.O_RDONLY)
            try:
                os.fsync(file)
            finally:
                os.close(file)
        _flush_folder(Path(root))


def _flush_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
