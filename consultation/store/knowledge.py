"""Versions of the standard consultation DB. A version writes only what differs from the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select, update

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.columns import keepable, moment
from consultation.store.documents import digest_of, entry_from_json, entry_to_json
from consultation.store.engine import Database, insert_missing
from consultation.store.tables import entry_spans, knowledge_versions, suggestion_hits, wordings
from consultation.store.views import EntryWording, KnowledgeState, KnowledgeVersion
from consultation.types import ConsultationEntry

_DROPPED = "dropped"  # the row stays, so that a number is never used twice
_LOCK = 7_352_641  # PostgreSQL advisory lock: versions are written one after another
_CHUNK = 500  # keys in one IN list


class KnowledgeVersions:
    """Numbered versions, 1, 2, 3 …; each a whole set of entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_version(
        self, entries: Sequence[ConsultationEntry], *, by: str, at: datetime | None = None, source: str
    ) -> int:
        """Keep a whole set of entries as a draft; returns its number. Raises `BadInput` when two
        entries share an id. What `entry.version` says is ignored: the store knows."""
        bodies = {keepable(entry.entry_id): entry_to_json(entry) for entry in entries}
        if len(bodies) != len(entries):
            raise BadInput(
                f"{source}: {len(entries) - len(bodies)} entries repeat the id of another; ids are unique"
            )
        wanted = {entry_id: digest_of(body) for entry_id, body in bodies.items()}
        with self._database.writing() as tx:
            _one_at_a_time(tx)
            number = 1 + (tx.execute(select(func.max(knowledge_versions.c.number))).scalar() or 0)
            tx.execute(
                insert(knowledge_versions).values(
                    number=number,
                    made_by=by,
                    made_at=moment(at),
                    source=source,
                    state=KnowledgeState.DRAFT.value,
                    entries=len(entries),
                )
            )
            held = _open_spans(tx)
            _close(
                tx, [entry_id for entry_id, digest in held.items() if wanted.get(entry_id) != digest], number
            )
            new = [entry_id for entry_id, digest in wanted.items() if held.get(entry_id) != digest]
            _keep_wordings(tx, {wanted[entry_id]: bodies[entry_id] for entry_id in new})
            if new:
                tx.execute(
                    insert(entry_spans),
                    [
                        {"entry_id": entry_id, "first_version": number, "digest": wanted[entry_id]}
                        for entry_id in new
                    ],
                )
            return number

    def versions(self) -> list[KnowledgeVersion]:
        """All versions, oldest first, dropped ones left out."""
        query = (
            select(knowledge_versions)
            .where(knowledge_versions.c.state != _DROPPED)
            .order_by(knowledge_versions.c.number)
        )
        with self._database.reading() as tx:
            return [
                KnowledgeVersion(
                    number=row.number,
                    made_by=row.made_by,
                    made_at=row.made_at,
                    source=row.source,
                    state=KnowledgeState(row.state),
                    entries=row.entries,
                )
                for row in tx.execute(query)
            ]

    def entries(self, version: int) -> list[ConsultationEntry]:
        """All entries of a version in order of id; `entry.version` is the version that brought its
        wording. Raises `Unknown`."""
        with self._database.reading() as tx:
            _require(tx, version)
            rows = tx.execute(_wordings().where(_within(version)).order_by(entry_spans.c.entry_id))
            return [entry_from_json(row.body, row.first_version) for row in rows]

    def entry(self, version: int, entry_id: str) -> ConsultationEntry:
        """One entry of a version. Raises `Unknown`."""
        with self._database.reading() as tx:
            _require(tx, version)
            row = tx.execute(
                _wordings().where(_within(version), entry_spans.c.entry_id == entry_id)
            ).one_or_none()
        if row is None:
            raise Unknown(f"version {version} has no such entry")
        return entry_from_json(row.body, row.first_version)

    def history(self, entry_id: str) -> list[EntryWording]:
        """All wordings of one entry, oldest first; none when it never was."""
        query = _wordings().where(entry_spans.c.entry_id == entry_id).order_by(entry_spans.c.first_version)
        with self._database.reading() as tx:
            return [
                EntryWording(
                    entry_from_json(row.body, row.first_version), row.first_version, row.until_version
                )
                for row in tx.execute(query)
            ]

    def mark_live(self, version: int) -> None:
        """Note that this version is published; the one before retires. Publishing itself is moving
        the pointer of `consultation.versions`."""
        with self._database.writing() as tx:
            _one_at_a_time(tx)
            _require(tx, version)
            table = knowledge_versions
            was_live = table.c.state == KnowledgeState.LIVE.value
            tx.execute(update(table).where(was_live).values(state=KnowledgeState.RETIRED.value))
            tx.execute(update(table).where(table.c.number == version).values(state=KnowledgeState.LIVE.value))

    def drop_version(self, version: int) -> None:
        """Remove a version that is not live, with wordings nothing else holds. A wording that was
        suggested to an agent stays."""
        with self._database.writing() as tx:
            _one_at_a_time(tx)
            if _require(tx, version) == KnowledgeState.LIVE.value:
                raise Conflict(f"version {version} is live; publish another before dropping it")
            kept = knowledge_versions.c.state != _DROPPED
            following = tx.execute(
                select(func.min(knowledge_versions.c.number)).where(
                    knowledge_versions.c.number > version, kept
                )
            ).scalar()
            only_here = and_(
                entry_spans.c.first_version == version,
                entry_spans.c.until_version.is_(None)
                if following is None
                else entry_spans.c.until_version == following,
            )
            digests = list(tx.execute(select(entry_spans.c.digest).where(only_here)).scalars())
            tx.execute(delete(entry_spans).where(only_here))
            if following is None:  # the version before is the newest again: what ended here goes on
                tx.execute(
                    update(entry_spans)
                    .where(entry_spans.c.until_version == version)
                    .values(until_version=None)
                )
            _forget_wordings(tx, digests)
            tx.execute(
                update(knowledge_versions)
                .where(knowledge_versions.c.number == version)
                .values(state=_DROPPED, entries=0)
            )


def _wordings() -> Any:
    return select(entry_spans.c.first_version, entry_spans.c.until_version, wordings.c.body).join_from(
        entry_spans, wordings
    )


def _within(version: int) -> ColumnElement[bool]:
    return and_(
        entry_spans.c.first_version <= version,
        or_(entry_spans.c.until_version.is_(None), entry_spans.c.until_version > version),
    )


def _require(tx: Connection, version: int) -> str:
    """The state of a version. Raises `Unknown`."""
    state = None
    if 0 < version < 2**31:
        query = select(knowledge_versions.c.state).where(knowledge_versions.c.number == version)
        state = tx.execute(query).scalar_one_or_none()
    if state is None or state == _DROPPED:
        raise Unknown(f"there is no knowledge version {version}; see: sangdam knowledge list")
    return str(state)


def _one_at_a_time(tx: Connection) -> None:
    if tx.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE has done it
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _open_spans(tx: Connection) -> dict[str, str]:
    """Entry id to digest in the newest version."""
    query = select(entry_spans.c.entry_id, entry_spans.c.digest).where(entry_spans.c.until_version.is_(None))
    return {row.entry_id: row.digest for row in tx.execute(query)}


def _close(tx: Connection, entry_ids: Sequence[str], number: int) -> None:
    for some in _chunks(entry_ids):
        tx.execute(
            update(entry_spans)
            .where(entry_spans.c.until_version.is_(None), entry_spans.c.entry_id.in_(some))
            .values(until_version=number)
        )


def _keep_wordings(tx: Connection, bodies: dict[str, dict[str, Any]]) -> None:
    # sorted: writers that meet on the same wordings take them in one order and cannot deadlock
    insert_missing(
        tx, wordings, [{"digest": digest, "body": body} for digest, body in sorted(bodies.items())]
    )


def _forget_wordings(tx: Connection, digests: Sequence[str]) -> None:
    for some in _chunks(digests):
        tx.execute(
            delete(wordings).where(
                wordings.c.digest.in_(some),
                ~exists().where(entry_spans.c.digest == wordings.c.digest),
                ~exists().where(suggestion_hits.c.digest == wordings.c.digest),
            )
        )


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
