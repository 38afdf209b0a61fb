"""The life of the standard consultation DB: import, compare, publish, roll back.

An import is a whole numbered version in the store. Publishing builds its search folder beside the
live one, checks it, and moves one pointer; until that moment, and if anything fails before it,
searches run on the version that was live. What a killed publisher leaves is put in order when the
next `Knowledge` is made.
"""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from consultation.errors import BadInput, Conflict, IndexMismatch, NotReady, Unknown
from consultation.ports import Analyser, Encoder
from consultation.store import KnowledgeState, KnowledgeVersion, Store
from consultation.types import ConsultationEntry, KnowledgeChange
from consultation.versions import Versions, locked, told
from retrieval import fusion
from retrieval.bridges import Bridges
from retrieval.changes import EntryChange, compare
from retrieval.entries import read_entries
from retrieval.proof import compare_contents, prove
from retrieval.search import SnapshotSearch
from retrieval.snapshot import Snapshot, build_snapshot, read_manifest, verify

KEPT = 10  # search folders that stay for a rollback; an older one is built again when it is published


class Check(Protocol):
    """A last look at a version before it goes live."""

    def __call__(
        self,
        version: int,
        entries: Mapping[str, ConsultationEntry],
        search: SnapshotSearch,
        *,
        by: str,
        override: str,
    ) -> None:
        """Raises `Refused` to keep it from going live, unless `override` says why it should."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in entries. `is_new` is False when the file said nothing new; then
    `version` is the one that says the same already."""

    version: int
    added: int
    changed: int
    removed: int
    unchanged: int
    is_new: bool = True


class Knowledge:
    """Imports and publishes; safe to share between threads, and between processes on one folder."""

    def __init__(
        self,
        store: Store,
        versions: Versions,
        *,
        analyser: Analyser,
        encoder: Encoder,
        announce: Callable[[int], None] | None = None,
        checks: Sequence[Check] = (),
    ) -> None:
        self._store = store
        self._versions = versions
        self._analyser = analyser
        self._encoder = encoder
        self._announce = announce
        self._checks = tuple(checks)
        self._take_up()

    def import_(self, path: Path, by: str, *, replace: bool = False) -> Imported:
        """Keep the entries of a file as a new version, on top of the newest one; not yet published.

        Entries are told apart by their number. The file adds and changes; with `replace` it is the
        whole set, and what it does not hold is removed. A file that changes nothing makes no
        version. Raises `BadInput`, or `BadRows` with every fault; then nothing is kept.
        """
        given = {entry.entry_id: entry for entry in read_entries(path)}
        self._make_folder()
        with locked(self._versions.folder / ".import-lock"):
            newest = max((version.number for version in self._store.knowledge.versions()), default=0)
            before = self._entries(newest) if newest else {}
            after = given if replace else before | given
            changes = compare(before, after)
            counts = {kind: sum(c.change is kind for c in changes) for kind in KnowledgeChange}
            added, changed = counts[KnowledgeChange.ADDED], counts[KnowledgeChange.CHANGED]
            removed, unchanged = counts[KnowledgeChange.REMOVED], len(after) - added - changed
            if newest and not changes:
                return Imported(newest, added, changed, removed, unchanged, is_new=False)
            number = self._store.knowledge.add_version(list(after.values()), by=by, source=path.name)
        about = f"knowledge {number}"
        self._store.audit.record(
            by, "knowledge.import", about, f"+{added} ~{changed} -{removed}: {path.name}"
        )
        return Imported(number, added, changed, removed, unchanged)

    def take(self, changes: Mapping[str, ConsultationEntry], by: str, *, source: str) -> Imported:
        """Keep the live entries with these in their places as a new version; not yet published.

        It stands on what is live, not on the newest import: a draft that nobody published is not
        published along. A version that says the same already, as the live one or as what an
        interrupted publication left, is taken instead. Raises `NotReady` while nothing is live.
        """
        self._make_folder()
        with locked(self._versions.folder / ".import-lock"):
            live = self._live()
            if live is None:
                raise NotReady("no knowledge version is live; publish one: sangdam knowledge publish")
            before = self._entries(live)
            after = {**before, **changes}
            counts = {kind: 0 for kind in KnowledgeChange}
            for change in compare(before, after):
                counts[change.change] += 1
            added, changed = counts[KnowledgeChange.ADDED], counts[KnowledgeChange.CHANGED]
            newest = max(version.number for version in self._store.knowledge.versions())
            for number in (live, newest):
                if not compare(self._entries(number), after):
                    return Imported(number, added, changed, 0, len(after) - added - changed, is_new=False)
            number = self._store.knowledge.add_version(list(after.values()), by=by, source=source)
        self._store.audit.record(by, "knowledge.take", f"knowledge {number}", f"+{added} ~{changed}")
        return Imported(number, added, changed, 0, len(after) - added - changed)

    def publish(
        self,
        version: int | None,
        by: str,
        *,
        override: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Make a version (the newest when None) the one that is searched; returns its number.

        Raises `Unknown`, `Conflict` while another is being published, `NotReady` when the disk
        refuses, `IndexMismatch` when what was built does not hold, and what the checks raise unless
        `override` says why it should go live all the same; the live version stays then.
        """
        known = [one.number for one in self._store.knowledge.versions()]
        if version is None and not known:
            raise NotReady("nothing was imported yet; do that first: sangdam knowledge import FILE")
        number = version if version is not None else known[-1]
        entries = list(self._entries(number).values())
        if not entries:
            raise BadInput(f"knowledge version {number} has no entries; import a file with some")
        if not self._is_built(number, entries):
            self._build(number, entries, progress)
        if self._checks:
            search = self._searching(number)
            for check in self._checks:
                check(number, {e.entry_id: e for e in entries}, search, by=by, override=override)
        self._versions.promote(number)
        self._publicise(number, by, "knowledge.publish")
        self._prune()
        return number

    def rebuild(
        self, by: str, *, override: str = "", progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Publish the live entries again as a new version: after the encoder or the analyser was
        exchanged, or the live folder damaged. Returns the new number."""
        live = self._live()
        if live is None:
            raise NotReady("no knowledge version is live; publish one: sangdam knowledge publish")
        entries = list(self._entries(live).values())
        number = self._store.knowledge.add_version(entries, by=by, source=f"rebuild of {live}")
        return self.publish(number, by, override=override, progress=progress)

    def rollback(self, by: str) -> int:
        """Search again in the version that was live before; returns its number.

        Raises `NotReady` when there is none, `IndexMismatch` when it was built for other engines.
        """
        target = self._versions.before()
        try:
            self._open(self._versions.path(target))
        except IndexMismatch as error:
            raise IndexMismatch(
                f"version {target} cannot be searched as it is ({error}); "
                f"publish it instead, which builds it again: sangdam knowledge publish {target}"
            ) from None
        number = self._versions.rollback()
        self._publicise(number, by, "knowledge.rollback")
        return number

    def list(self) -> Listed:
        """All versions, oldest first. Which one is live is what the pointer says, not the store."""
        live = self._live()

        def state(version: KnowledgeVersion) -> KnowledgeState:
            if version.number == live:
                return KnowledgeState.LIVE
            was_live = version.state is KnowledgeState.LIVE
            return KnowledgeState.RETIRED if was_live else version.state

        return [
            dataclasses.replace(version, state=state(version)) for version in self._store.knowledge.versions()
        ]

    def diff(self, a: int, b: int) -> Changes:
        """What b says otherwise than a, in order of entry number. Raises `Unknown`."""
        return compare(self._entries(a), self._entries(b))

    # --- building -----------------------------------------------------------------------------------

    def _build(
        self,
        number: int,
        entries: Sequence[ConsultationEntry],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        with self._versions.draft(number) as (_, folder):
            try:
                build_snapshot(
                    folder,
                    entries,
                    analyser=self._analyser,
                    encoder=self._encoder,
                    version=number,
                    previous=self._sound_live(),
                    progress=progress,
                )
            except OSError as error:
                raise told(error, folder) from None
            except RuntimeError as error:  # so FAISS passes on what the disk said
                for code in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
                    if os.strerror(code) in str(error):
                        raise told(OSError(code, os.strerror(code)), folder) from None
                raise
            prove(self._open(folder), number, entries, analyser=self._analyser, encoder=self._encoder)

    def _is_built(self, number: int, entries: Sequence[ConsultationEntry]) -> bool:
        """Is the folder there from an earlier publication, whole and for the engines of today?

        One that is not is removed, to be built again; a live one may not be.
        """
        folder = self._versions.path(number)
        if not folder.exists():
            return False
        try:
            compare_contents(self._open(folder), number, entries)
        except IndexMismatch:
            if self._live() == number:
                raise
            self._versions.drop(number)
            return False
        return True

    def _open(self, folder: Path) -> Snapshot:
        return Snapshot.open(folder, analyser=self._analyser, encoder=self._encoder)

    def _searching(self, number: int) -> SnapshotSearch:
        """A version, searched before it is live."""
        return SnapshotSearch(
            self._open(self._versions.path(number)),
            encoder=self._encoder,
            analyser=self._analyser,
            bridges=Bridges.open(self._analyser),
            weights=fusion.learned(),
        )

    def _sound_live(self) -> Path | None:
        """The live folder, if its vectors can be trusted to be taken over."""
        live = self._live()
        if live is None:
            return None
        folder = self._versions.path(live)
        try:
            verify(folder, read_manifest(folder))
        except IndexMismatch:
            return None
        return folder

    # --- around it ----------------------------------------------------------------------------------

    def _entries(self, number: int) -> dict[str, ConsultationEntry]:
        return {entry.entry_id: entry for entry in self._store.knowledge.entries(number)}

    def _live(self) -> int | None:
        """The live version; None as well when the pointer is damaged: publishing mends it."""
        with suppress(NotReady):
            return self._versions.live()
        return None

    def _publicise(self, number: int, by: str, what: str, reason: str = "") -> None:
        """The pointer has moved: whatever the store says to it, searchers must learn of it."""
        try:
            self._store.knowledge.mark_live(number)
            self._store.audit.record(by, what, f"knowledge {number}", reason)
        finally:
            if self._announce:
                self._announce(number)

    def _take_up(self) -> None:
        """Put in order what a killed publisher left: its draft, and a pointer the store did not note."""
        with suppress(Conflict, NotReady):
            self._versions.sweep()
        live = self._live()
        if live is None:
            return
        noted = {v.number for v in self._store.knowledge.versions() if v.state is KnowledgeState.LIVE}
        if live not in noted:
            with suppress(Unknown):  # a folder from another store: `publish` will find it out
                self._publicise(live, "system", "knowledge.publish", "noted after an interruption")

    def _prune(self) -> None:
        """Keep the newest folders and what a rollback needs; the store keeps every version."""
        kept = {*self._versions.list()[-KEPT:], *self._versions.history()[-2:]}
        for number in self._versions.list():
            if number not in kept:
                with suppress(Conflict, NotReady, Unknown):  # somebody else publishes, and prunes
                    self._versions.drop(number)

    def _make_folder(self) -> None:
        try:
            self._versions.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise told(error, self._versions.folder) from None


Listed = list[KnowledgeVersion]  # inside the class, `list` is its method
Changes = list[EntryChange]
