"""Which calls' sound is kept, the key to each, and legal holds. The sound itself lies in files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import stages
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import Database, insert_once
from consultation.store.retention import BATCH
from consultation.store.seals import Seals
from consultation.store.tables import conversations, data_keys, holds, recordings
from consultation.types import Stage


@dataclass(frozen=True, slots=True)
class Hold:
    """A conversation that must not go, for a legal case."""

    conversation_id: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """The kept sound of one call."""

    conversation_id: str
    folder: str  # below the folder of all recordings
    channels: int
    kept_at: datetime  # when it began; retention counts from here
    seconds: float | None  # None: still being recorded, or its process was killed
    size: int  # bytes
    digest: str  # SHA-256 in hex of the sealed files
    hold: Hold | None = None


class Recordings:
    """Raises `Unknown` for a conversation, or a sound, that is not kept."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._database = database
        self._seals = seals

    def begin(self, conversation_id: str, at: datetime, channels: int = 2) -> Recording:
        """Sound of this call is being kept from now on; again, after a lost connection, it goes on.

        Raises `Conflict` for a conversation that was erased.
        """
        name = hashlib.sha256(conversation_id.encode()).hexdigest()[:32]
        with self._database.writing() as tx:
            stages.require(tx, conversation_id)
            key = select(data_keys.c.sealed_key).where(data_keys.c.conversation_id == conversation_id)
            if tx.execute(key).first() is None:
                raise Conflict(f"conversation {conversation_id} was erased; its sound is not kept again")
            insert_once(
                tx,
                recordings,
                {
                    "conversation_id": conversation_id,
                    "sealed_key": self._seals.new_data_key(_key_name(conversation_id)),
                    "folder": name,
                    "channels": channels,
                    "kept_at": moment(at),
                    "seconds": None,
                    "size": 0,
                    "digest": "",
                },
            )
        return self.get(conversation_id)

    def settle(self, conversation_id: str, *, seconds: float, size: int, digest: str) -> bool:
        """The recording is over, and this is what it is. False: it was erased meanwhile."""
        with self._database.writing() as tx:
            done = tx.execute(
                update(recordings)
                .where(recordings.c.conversation_id == conversation_id)
                .values(seconds=seconds, size=size, digest=digest)
            )
            return bool(done.rowcount)

    def get(self, conversation_id: str) -> Recording:
        """What is kept of a call."""
        query = _joined().where(recordings.c.conversation_id == conversation_id)
        with self._database.reading() as tx:
            row = tx.execute(query).mappings().one_or_none()
        if row is None:
            raise Unknown(f"no sound is kept of call {conversation_id}")
        return _read(row)

    def key(self, conversation_id: str) -> bytes:
        """The key to a call's sound."""
        query = select(recordings.c.sealed_key).where(recordings.c.conversation_id == conversation_id)
        with self._database.reading() as tx:
            sealed = tx.execute(query).scalar_one_or_none()
        if sealed is None:
            raise Unknown(f"no sound is kept of call {conversation_id}")
        return self._seals.key(sealed, _key_name(conversation_id))

    def listed(self, limit: int = 100, offset: int = 0, *, held: bool = False) -> list[Recording]:
        """Newest first; `held`: only those of conversations on hold."""
        if not 0 <= limit <= 100_000 or not 0 <= offset < 2**31:
            raise BadInput("limit is 0 to 100000, offset 0 or more")
        query = _joined().order_by(recordings.c.kept_at.desc(), recordings.c.conversation_id)
        if held:
            query = query.where(holds.c.by.is_not(None))
        with self._database.reading() as tx:
            return [_read(row) for row in tx.execute(query.limit(limit).offset(offset)).mappings()]

    def unsettled(self) -> list[Recording]:
        """Those of ended calls whose end was never kept: the process was killed."""
        query = _joined().where(recordings.c.seconds.is_(None), _at_rest())
        with self._database.reading() as tx:
            return [_read(row) for row in tx.execute(query).mappings()]

    def folders(self) -> set[str]:
        """The names of all folders that somebody may still open."""
        with self._database.reading() as tx:
            return set(tx.execute(select(recordings.c.folder)).scalars())

    def forget(self, conversation_id: str) -> None:
        """Give up a recording that came to nothing."""
        with self._database.writing() as tx:
            tx.execute(delete(recordings).where(recordings.c.conversation_id == conversation_id))

    def purge(self, before: datetime, by: str = "retention") -> int:
        """Delete the keys of sound that was kept before this moment, unless the call is live or held.

        Returns how many. The files are then unreadable; `stt.recordings` removes them.
        """
        free = ~exists().where(holds.c.conversation_id == recordings.c.conversation_id)
        query = (
            select(recordings.c.conversation_id)
            .where(recordings.c.kept_at < moment(before), free, _at_rest())
            .limit(BATCH)
        )
        count = 0
        while True:
            with self._database.writing() as tx:
                ids = list(tx.execute(query).scalars())
                if not ids:
                    break
                tx.execute(delete(recordings).where(recordings.c.conversation_id.in_(ids)))
                append(tx, by, "purge_recordings", f"{len(ids)} conversations")
            count += len(ids)
        if count:
            self._database.scrub()
        return count

    # Legal holds

    def hold(self, conversation_id: str, *, by: str, reason: str, at: datetime | None = None) -> Hold:
        """Nothing of this conversation is purged or erased until it is released. Raises `Conflict` when
        it is held already."""
        if not by.strip() or not reason.strip():
            raise BadInput("a legal hold needs who asks for it and why")
        made = Hold(conversation_id, reason, by, moment(at))
        values = {"conversation_id": conversation_id, "reason": reason, "by": by, "at": made.at}
        with self._database.writing() as tx:
            stages.require(tx, conversation_id)
            if not insert_once(tx, holds, values):
                raise Conflict(f"conversation {conversation_id} is held already")
            append(tx, by, "hold", conversation_id, reason, at)
        return made

    def release(self, conversation_id: str, *, by: str, reason: str, at: datetime | None = None) -> None:
        """The case is over: the usual periods count again. Raises `Unknown` when there is no hold."""
        if not by.strip() or not reason.strip():
            raise BadInput("releasing a hold needs who does it and why")
        with self._database.writing() as tx:
            if not tx.execute(delete(holds).where(holds.c.conversation_id == conversation_id)).rowcount:
                raise Unknown(f"conversation {conversation_id} is not held")
            append(tx, by, "release", conversation_id, reason, at)

    def held(self) -> list[Hold]:
        """All holds, also of conversations without sound, oldest first."""
        with self._database.reading() as tx:
            rows = tx.execute(select(holds).order_by(holds.c.at, holds.c.conversation_id)).all()
        return [Hold(row.conversation_id, row.reason, row.by, row.at) for row in rows]


def _key_name(conversation_id: str) -> str:
    return f"{conversation_id}/recording"


def _at_rest() -> Any:
    return exists().where(
        conversations.c.conversation_id == recordings.c.conversation_id,
        conversations.c.stage != Stage.LIVE.value,
    )


def _joined() -> Any:
    return select(
        recordings,
        holds.c.reason.label("held_because"),
        holds.c.by.label("held_by"),
        holds.c.at.label("held_at"),
    ).join_from(recordings, holds, holds.c.conversation_id == recordings.c.conversation_id, isouter=True)


def _read(row: Mapping[Any, Any]) -> Recording:
    hold = None
    if row["held_by"] is not None:
        hold = Hold(row["conversation_id"], row["held_because"], row["held_by"], row["held_at"])
    return Recording(
        conversation_id=row["conversation_id"],
        folder=row["folder"],
        channels=row["channels"],
        kept_at=row["kept_at"],
        seconds=row["seconds"],
        size=row["size"],
        digest=row["digest"],
        hold=hold,
    )
