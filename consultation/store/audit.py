"""Keeps the audit chain: appended under a lock on its head, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, LargeBinary, cast, func, insert, select, update

from consultation.audit import AuditEntry, AuditHead, BrokenRow, broken_rows, linked, stamp
from consultation.errors import BadInput
from consultation.store.columns import keepable, moment
from consultation.store.engine import Database
from consultation.store.tables import audit, audit_head


class AuditChain:
    """Who did what, in a chain of hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, who: str, what: str, about: str, reason: str = "", at: datetime | None = None
    ) -> AuditEntry:
        """Append a row."""
        with self._database.writing() as tx:
            return append(tx, who, what, about, reason, at)

    def entries(
        self,
        *,
        who: str | None = None,
        what: str | None = None,
        about: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[AuditEntry]:
        """Rows, newest first; `since` <= at < `until`."""
        if limit < 0 or offset < 0:
            raise BadInput("limit and offset count rows: 0 or more")
        query = select(audit).order_by(audit.c.number.desc()).limit(limit).offset(offset)
        for column, value in ((audit.c.who, who), (audit.c.what, what), (audit.c.about, about)):
            if value is not None:
                query = query.where(column == value)
        if since is not None:
            query = query.where(audit.c.at >= stamp(moment(since)))
        if until is not None:
            query = query.where(audit.c.at < stamp(moment(until)))
        with self._database.reading() as tx:
            return [AuditEntry(**row) for row in tx.execute(query).mappings()]

    def head(self) -> AuditHead:
        """The end of the chain, to be exported and given to a later `verify`."""
        with self._database.reading() as tx:
            return _head(tx)

    def verify(self, exported: Sequence[AuditHead] = ()) -> list[BrokenRow]:
        """The places where the chain is broken; none when it is whole. Reads every row, holds few.

        Rows cut off the end together with the kept head are seen only against `exported` heads.
        """
        with self._database.reading() as tx:
            head = _head(tx)
            return list(broken_rows(_all_rows(tx), head, exported))


def append(
    tx: Connection, who: str, what: str, about: str, reason: str = "", at: datetime | None = None
) -> AuditEntry:
    """Append a row within the caller's transaction: both are stored, or neither."""
    if not who or not what:
        raise BadInput("an audit row says who did what")
    head = tx.execute(select(audit_head).with_for_update()).one()  # the next writer waits here
    entry = linked(
        AuditHead(head.number, head.hash),
        moment(at),
        *(keepable(part) for part in (who, what, about, reason)),
    )
    tx.execute(
        insert(audit).values(
            number=entry.number,
            at=entry.at,
            who=entry.who,
            what=entry.what,
            about=entry.about,
            reason=entry.reason,
            prev_hash=entry.prev_hash,
            hash=entry.hash,
        )
    )
    tx.execute(update(audit_head).values(number=entry.number, hash=entry.hash))
    return entry


def _head(tx: Connection) -> AuditHead:
    row = tx.execute(select(audit_head)).one()
    return AuditHead(row.number, row.hash)


def _all_rows(tx: Connection) -> Iterator[AuditEntry]:
    """Rows in order of number. Texts come as bytes: a flipped byte need not be UTF-8 any more, and
    must be reported, not crash the check."""
    texts = [column for column in audit.c if column.name != "number"]
    as_bytes = [
        (cast(column, LargeBinary) if tx.dialect.name == "sqlite" else func.convert_to(column, "UTF8")).label(
            column.name
        )
        for column in texts
    ]
    query = select(audit.c.number, *as_bytes).order_by(audit.c.number)
    for number, *values in tx.execute(query, execution_options={"yield_per": 5_000}):
        yield AuditEntry(number, *(bytes(value).decode("utf-8", "replace") for value in values))
