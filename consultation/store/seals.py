"""Envelope keys: the master key seals one data key for each conversation, which seals its originals."""

from __future__ import annotations

from sqlalchemy import Connection, select

from consultation.crypto import KEY_BYTES, blind_index, derive, new_key, seal, unseal
from consultation.errors import BadSetting, NotReady
from consultation.store.engine import Database, insert_once
from consultation.store.tables import facts

_FACT = "master_key"


class Seals:
    """Seals and opens originals. Holds the master key, never a data key."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise BadSetting(f"the master key has {len(master_key)} bytes instead of {KEY_BYTES}")
        self._wrapping = derive(master_key, "wrap")
        self.fingerprint = blind_index(master_key, "fingerprint", "")[
            :16
        ]  # tells keys apart, reveals nothing

    def new_data_key(self, conversation_id: str) -> bytes:
        """A fresh data key, already sealed."""
        return seal(self._wrapping, new_key(), conversation_id.encode())

    def key(self, sealed_key: bytes, name: str) -> bytes:
        """A data key that was made for `name`, for what is sealed outside of the database."""
        return unseal(self._wrapping, sealed_key, name.encode())

    def close(
        self, sealed_key: bytes, conversation_id: str, turn: int, original: str, part: str = ""
    ) -> bytes:
        """The original of one turn, sealed; it opens only as that turn, and that part of it, of that
        conversation. `part` names what else is kept of a turn: its words, a correction."""
        key = unseal(self._wrapping, sealed_key, conversation_id.encode())
        return seal(key, original.encode("utf-8", "surrogatepass"), _place(conversation_id, turn, part))

    def open(self, sealed_key: bytes, conversation_id: str, turn: int, sealed: bytes, part: str = "") -> str:
        """The original again. Raises `NotReady` when the key is another or a byte was changed."""
        key = unseal(self._wrapping, sealed_key, conversation_id.encode())
        return unseal(key, sealed, _place(conversation_id, turn, part)).decode("utf-8", "surrogatepass")


def _place(conversation_id: str, turn: int, part: str) -> bytes:
    return f"{conversation_id}/{turn}{'/' if part else ''}{part}".encode()


def check_master_key(tx: Connection, fingerprint: str | None) -> bool:
    """Is the database marked with this master key? Raises `NotReady` if with another; None asks
    only whether it is marked."""
    kept = tx.execute(select(facts.c.value).where(facts.c.name == _FACT)).scalar_one_or_none()
    if kept is not None and fingerprint is not None and kept != fingerprint:
        raise NotReady(
            "the store was sealed with another master key; set SANGDAM_MASTER_KEY, or put back the key "
            "file that belongs to this database"
        )
    return kept is not None


def keep_master_key(database: Database, seals: Seals) -> None:
    """Mark a new database with its master key, or check the mark."""
    with database.reading() as tx:
        marked = check_master_key(tx, seals.fingerprint)
    if not marked:
        with database.writing() as tx:
            insert_once(tx, facts, {"name": _FACT, "value": seals.fingerprint})
            check_master_key(tx, seals.fingerprint)
