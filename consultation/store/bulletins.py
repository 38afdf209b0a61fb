"""Bulletins (알쓸상자·특별상담자료): drafted, published, withdrawn; and who has read them.

A published text never changes, so a read receipt says exactly what was read: to correct one,
withdraw it and publish another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import Database, insert_once
from consultation.store.tables import bulletin_reads, bulletins


class BulletinState(StrEnum):
    """Whether a bulletin may be valid. When it is, its times say."""

    DRAFT = "초안"
    PUBLISHED = "게시"
    WITHDRAWN = "회수"


@dataclass(frozen=True, slots=True)
class BulletinText:
    """What a bulletin says, for whom and for how long."""

    title: str
    text: str
    field: str  # one of FIELDS
    starts_at: datetime
    ends_at: datetime  # the first moment at which it is no longer valid
    organisation: str = ""
    district: str | None = None  # 자치구; None: the whole city
    department: str = ""
    phone: str = ""
    source: str = ""
    variants: tuple[str, ...] = ()  # ways in which citizens ask for it
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin as it is kept."""

    number: int
    state: BulletinState
    revision: int
    content: BulletinText
    made_by: str
    made_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """May agents be shown this at that moment?"""
        return self.state is BulletinState.PUBLISHED and self.content.starts_at <= at < self.content.ends_at


class Bulletins:
    """Bulletins by number. Changes name the revision they were made on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, content: BulletinText, *, by: str, at: datetime | None = None) -> Bulletin:
        """Keep a draft."""
        values = {
            **_values(content),
            "state": BulletinState.DRAFT.value,
            "revision": 1,
            "made_by": by,
            "made_at": moment(at),
        }
        with self._database.writing() as tx:
            number = int(
                tx.execute(insert(bulletins).values(values).returning(bulletins.c.number)).scalar_one()
            )
            append(tx, by, "bulletin.write", f"bulletin {number}", content.title, at)
            return _get(tx, number)

    def rewrite(
        self, number: int, revision: int, content: BulletinText, *, by: str, at: datetime | None = None
    ) -> Bulletin:
        """Another text for a draft. Raises `Conflict` when it is published or was changed meanwhile."""
        with self._database.writing() as tx:
            _move(tx, number, revision, BulletinState.DRAFT, _values(content))
            append(tx, by, "bulletin.write", f"bulletin {number}", content.title, at)
            return _get(tx, number)

    def publish(
        self, number: int, revision: int, *, by: str, reason: str = "", at: datetime | None = None
    ) -> Bulletin:
        """Show it from its start on. Raises `BadInput` when its end has passed, `Conflict` as `rewrite`."""
        now = moment(at)
        with self._database.writing() as tx:
            if _get(tx, number).content.ends_at <= now:
                raise BadInput("종료 시각이 이미 지났습니다. 종료 시각을 고친 뒤 게시해 주세요.")
            values = {"state": BulletinState.PUBLISHED.value, "published_by": by, "published_at": now}
            _move(tx, number, revision, BulletinState.DRAFT, values)
            append(tx, by, "bulletin.publish", f"bulletin {number}", reason, now)
            return _get(tx, number)

    def withdraw(
        self, number: int, revision: int, *, by: str, reason: str, at: datetime | None = None
    ) -> Bulletin:
        """Take a published one back before its end. Raises `Conflict` when it is not published."""
        now = moment(at)
        values = {"state": BulletinState.WITHDRAWN.value, "withdrawn_by": by, "withdrawn_at": now}
        with self._database.writing() as tx:
            _move(tx, number, revision, BulletinState.PUBLISHED, values)
            append(tx, by, "bulletin.withdraw", f"bulletin {number}", reason, now)
            return _get(tx, number)

    def get(self, number: int) -> Bulletin:
        """Raises `Unknown`."""
        with self._database.reading() as tx:
            return _get(tx, number)

    def list(self, *, limit: int = 200) -> Listed:
        """All, the newest first."""
        query = select(bulletins).order_by(bulletins.c.number.desc()).limit(limit)
        with self._database.reading() as tx:
            return [_bulletin(row) for row in tx.execute(query)]

    def standing(self, at: datetime) -> Listed:
        """Published ones that are valid at a moment or will be, the urgent and then the newest first."""
        query = (
            select(bulletins)
            .where(bulletins.c.state == BulletinState.PUBLISHED.value, bulletins.c.ends_at > moment(at))
            .order_by(bulletins.c.is_urgent.desc(), bulletins.c.number.desc())
        )
        with self._database.reading() as tx:
            return [_bulletin(row) for row in tx.execute(query)]

    def read(self, number: int, name: str, at: datetime | None = None) -> bool:
        """Somebody has read it. False: they had already, and the first time stands."""
        with self._database.writing() as tx:
            if _get(tx, number).state is BulletinState.DRAFT:
                raise Unknown("게시된 특별상담자료가 아닙니다.")
            return insert_once(tx, bulletin_reads, {"bulletin": number, "name": name, "read_at": moment(at)})

    def read_by(self, name: str, numbers: Sequence[int]) -> set[int]:
        """Which of these somebody has read."""
        query = select(bulletin_reads.c.bulletin).where(
            bulletin_reads.c.name == name, bulletin_reads.c.bulletin.in_(numbers)
        )
        with self._database.reading() as tx:
            return set(tx.execute(query).scalars())

    def readers(self, number: int) -> Mapping[str, datetime]:
        """Who has read it, and when."""
        query = select(bulletin_reads.c.name, bulletin_reads.c.read_at).where(
            bulletin_reads.c.bulletin == number
        )
        with self._database.reading() as tx:
            _get(tx, number)
            return {row.name: row.read_at for row in tx.execute(query)}

    def read_counts(self) -> Mapping[int, int]:
        """How many have read each."""
        query = select(bulletin_reads.c.bulletin, func.count()).group_by(bulletin_reads.c.bulletin)
        with self._database.reading() as tx:
            return {number: int(count) for number, count in tx.execute(query)}


def _values(content: BulletinText) -> dict[str, Any]:
    return {
        **asdict(content),
        "variants": list(content.variants),
        "starts_at": moment(content.starts_at),
        "ends_at": moment(content.ends_at),
    }


def _move(
    tx: Connection, number: int, revision: int, source: BulletinState, values: Mapping[str, Any]
) -> None:
    done = tx.execute(
        update(bulletins)
        .where(
            bulletins.c.number == number,
            bulletins.c.revision == revision,
            bulletins.c.state == source.value,
        )
        .values(revision=revision + 1, **values)
    )
    if done.rowcount:
        return
    found = _get(tx, number)  # Unknown, if that is why
    if found.state is not source:
        raise Conflict(f"지금 '{found.state.value}' 상태라 할 수 없습니다. 화면을 새로 고쳐 주세요.")
    raise Conflict("그사이 다른 사람이 이 자료를 고쳤습니다. 고친 글을 확인한 뒤 다시 해 주세요.")


def _get(tx: Connection, number: int) -> Bulletin:
    row = None
    if 0 < number < 2**31:
        row = tx.execute(select(bulletins).where(bulletins.c.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"특별상담자료 {number}번이 없습니다.")
    return _bulletin(row)


def _bulletin(row: Row[Any]) -> Bulletin:
    return Bulletin(
        number=row.number,
        state=BulletinState(row.state),
        revision=row.revision,
        content=BulletinText(
            title=row.title,
            text=row.text,
            field=row.field,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            organisation=row.organisation,
            district=row.district,
            department=row.department,
            phone=row.phone,
            source=row.source,
            variants=tuple(row.variants),
            is_urgent=row.is_urgent,
        ),
        made_by=row.made_by,
        made_at=row.made_at,
        published_by=row.published_by,
        published_at=row.published_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
    )


Listed = list[Bulletin]  # inside the class, `list` is its method
