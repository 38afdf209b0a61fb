"""Keeps accounts, sign-in attempts and sessions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from consultation.crypto import blind_index
from consultation.errors import BadInput, Conflict, NotSignedIn, Unknown
from consultation.people import (
    ARGON2_LANES,
    ARGON2_MEMORY,
    ARGON2_PASSES,
    FORGET_FAILURES,
    PASSWORD_MAX,
    Person,
    Session,
    account_name,
    check_password,
    checked_roles,
    password_bytes,
    wait_after,
)
from consultation.store.columns import moment
from consultation.store.engine import Database, insert_once
from consultation.store.tables import attempts, people, sessions
from consultation.types import Role

IDLE = timedelta(minutes=480)
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a session is kept


class People:
    """Accounts by name. A name is matched without regard to case and Unicode form."""

    def __init__(self, database: Database, master_key: bytes) -> None:
        self._database = database
        self._master_key = master_key
        self._hasher = PasswordHasher(ARGON2_PASSES, ARGON2_MEMORY, ARGON2_LANES, type=Type.ID)
        # An unknown name is checked against this, so that it takes as long as a known one.
        self._nobody = self._hasher.hash(secrets.token_bytes(16))

    def add(self, name: str, display_name: str, roles: Iterable[Role | str], password: str) -> Person:
        """A new account. Raises `BadInput` for a weak password, `Conflict` if the name is taken."""
        name = account_name(name)
        check_password(password, name)
        person = Person(name, display_name, checked_roles(roles))
        row = {
            "name": name,
            "display_name": display_name,
            "roles": sorted(person.roles),
            "password_hash": self._hasher.hash(password_bytes(password)),
            "is_disabled": False,
        }
        with self._database.writing() as tx:
            if not insert_once(tx, people, row):
                raise Conflict("an account with this name exists already")
        return person

    def get(self, name: str) -> Person:
        """One account. Raises `Unknown`."""
        with self._database.reading() as tx:
            return _person(_row(tx, account_name(name)))

    def list(self) -> Sequence[Person]:
        """All accounts by name, disabled ones too."""
        with self._database.reading() as tx:
            return [_person(row) for row in tx.execute(select(people).order_by(people.c.name))]

    def set_roles(self, name: str, roles: Iterable[Role | str]) -> None:
        """Give other roles; sessions notice at their next request."""
        self._change(account_name(name), roles=sorted(checked_roles(roles)))

    def set_password(self, name: str, password: str) -> None:
        """Change the password, close all sessions and forget failed attempts."""
        name = account_name(name)
        check_password(password, name)
        self._change(name, close=True, password_hash=self._hasher.hash(password_bytes(password)))

    def disable(self, name: str) -> None:
        """Nobody signs in with this account any more; its sessions are closed."""
        self._change(account_name(name), close=True, is_disabled=True)

    def enable(self, name: str) -> None:
        """Allow signing in again."""
        self._change(account_name(name), is_disabled=False)

    def verify(self, name: str, password: str, *, at: datetime | None = None) -> Person | None:
        """Whose password this is. None for a wrong one, an unknown or disabled account, and while
        the name has to wait (`wait`): all in the same time, so that nothing tells them apart."""
        now = moment(at)
        try:
            name = account_name(name)
        except BadInput:
            name = ""
        index = self._index(name)
        with self._database.writing() as tx:
            may_try = _take_attempt(tx, index, now)
            row = tx.execute(select(people).where(people.c.name == name)).one_or_none()
        known = self._matches(row.password_hash if row else self._nobody, password)
        if not (may_try and known and row) or row.is_disabled:
            return None
        with self._database.writing() as tx:
            tx.execute(delete(attempts).where(attempts.c.name_index == index))
            if self._hasher.check_needs_rehash(row.password_hash):
                tx.execute(
                    update(people)
                    .where(people.c.name == name, people.c.password_hash == row.password_hash)
                    .values(password_hash=self._hasher.hash(password_bytes(password)))
                )
        return _person(row)

    def wait(self, name: str, *, at: datetime | None = None) -> timedelta:
        """How long this name must wait before its next attempt counts; unknown names wait alike."""
        now = moment(at)
        try:
            index = self._index(account_name(name))
        except BadInput:
            index = self._index("")
        with self._database.reading() as tx:
            until = tx.execute(
                select(attempts.c.wait_until).where(attempts.c.name_index == index)
            ).scalar_one_or_none()
        return max(until - now, timedelta(0)) if until else timedelta(0)

    def open_session(
        self,
        name: str,
        *,
        idle: timedelta = IDLE,
        at: datetime | None = None,
    ) -> str:
        """Begin a session; returns its token, 256 random bits, of which only a hash is kept."""
        now, name = moment(at), account_name(name)
        token = secrets.token_urlsafe(32)
        with self._database.writing() as tx:
            if _row(tx, name).is_disabled:
                raise NotSignedIn("this account is disabled")
            tx.execute(delete(sessions).where(sessions.c.ends_at <= now))
            tx.execute(
                insert(sessions).values(
                    token_hash=_token_hash(token),
                    name=name,
                    opened_at=now,
                    seen_at=now,
                    idle_seconds=int(idle.total_seconds()),
                    ends_at=now + idle,
                )
            )
        return token

    def session(self, token: str, *, renew: bool = True, at: datetime | None = None) -> Session | None:
        """The session of a token; None if it was closed or idle for too long. This use keeps it open,
        unless `renew` is False: nobody sits at a page that only asks for news by itself."""
        now, token_hash = moment(at), _token_hash(token)
        query = (
            select(sessions, people)
            .join_from(sessions, people)
            .where(sessions.c.token_hash == token_hash, sessions.c.ends_at > now, ~people.c.is_disabled)
        )
        with self._database.reading() as tx:
            row = tx.execute(query).one_or_none()
        if row is None:
            return None
        idle = timedelta(seconds=row.idle_seconds)
        if not renew or now - row.seen_at < min(SEEN_EVERY, idle / 10):
            return Session(_person(row), row.opened_at, row.seen_at)
        with self._database.writing() as tx:
            tx.execute(
                update(sessions)
                .where(sessions.c.token_hash == token_hash)
                .values(seen_at=now, ends_at=now + idle)
            )
        return Session(_person(row), row.opened_at, now)

    def close_session(self, token: str) -> None:
        """Sign out. A token that is not known is no error."""
        with self._database.writing() as tx:
            tx.execute(delete(sessions).where(sessions.c.token_hash == _token_hash(token)))

    def _change(self, name: str, *, close: bool = False, **values: object) -> None:
        with self._database.writing() as tx:
            if tx.execute(update(people).where(people.c.name == name).values(**values)).rowcount == 0:
                raise _unknown()
            if close:
                tx.execute(delete(sessions).where(sessions.c.name == name))
                tx.execute(delete(attempts).where(attempts.c.name_index == self._index(name)))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password_bytes(password[: 4 * PASSWORD_MAX]))
        except (VerificationError, InvalidHashError):
            return False

    def _index(self, name: str) -> str:
        return blind_index(self._master_key, "sign-in", name)


def _take_attempt(tx: Connection, name_index: str, now: datetime) -> bool:
    """Count an attempt before it is made, so that many at once cannot slip through together; signing
    in clears the count. False: the name has to wait, and this attempt does not count."""
    tx.execute(delete(attempts).where(attempts.c.last_at < now - FORGET_FAILURES))
    insert_once(tx, attempts, {"name_index": name_index, "failures": 0, "last_at": now})
    mine = attempts.c.name_index == name_index
    row = tx.execute(select(attempts).where(mine).with_for_update()).one()
    if row.wait_until is not None and now < row.wait_until:
        return False
    failures = row.failures + 1
    wait = wait_after(failures)
    tx.execute(
        update(attempts)
        .where(mine)
        .values(failures=failures, last_at=now, wait_until=now + wait if wait else None)
    )
    return True


def _row(tx: Connection, name: str) -> Row[tuple[object, ...]]:
    row = tx.execute(select(people).where(people.c.name == name)).one_or_none()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> Unknown:
    return Unknown("there is no account with this name; see: sangdam people list")


def _person(row: Row[tuple[object, ...]]) -> Person:
    roles = frozenset(Role(role) for role in row.roles)
    return Person(row.name, row.display_name, roles, row.is_disabled)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
