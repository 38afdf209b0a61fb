"""The one place where a database's complaint becomes an error of ours that says how to mend it.

Nothing of the statement or its values is repeated: they may be a citizen's words.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

from consultation.errors import BadInput, Conflict, EngineDown, NotReady, SangdamError

_SQLITE: dict[int, tuple[type[SangdamError], str]] = {
    sqlite3.SQLITE_BUSY: (
        EngineDown,
        "is locked by another process for over ten seconds; close programs that hold it open, then try again",
    ),
    sqlite3.SQLITE_LOCKED: (EngineDown, "is locked by another connection; try again"),
    sqlite3.SQLITE_READONLY: (
        NotReady,
        "is read-only; let the service's user write the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        NotReady,
        "cannot be opened; check that the folder exists and the service's user may write in it",
    ),
    sqlite3.SQLITE_PERM: (NotReady, "may not be opened by this user; mend the permissions of the file"),
    sqlite3.SQLITE_FULL: (
        EngineDown,
        "has no room left on the disk; free space, and writing goes on by itself",
    ),
    sqlite3.SQLITE_IOERR: (
        EngineDown,
        "cannot be read or written (disk error); check the disk, its free space and its quota",
    ),
    sqlite3.SQLITE_CORRUPT: (NotReady, "is damaged; stop the service and restore the last backup"),
    sqlite3.SQLITE_NOTADB: (NotReady, "is not an SQLite database; point SANGDAM_STORE_URL at another file"),
    sqlite3.SQLITE_NOMEM: (EngineDown, "ran out of memory; try again"),
}

_MIGRATE = "lacks tables of this release; start it with migrate=True (sangdam serve does)"

_POSTGRES: dict[str, tuple[type[SangdamError], str]] = {  # by SQLSTATE, or its class of two characters
    "08": (EngineDown, "does not answer; check that the server runs and can be reached"),
    "28": (NotReady, "refuses the user name or password; check SANGDAM_STORE_URL and pg_hba.conf"),
    "3D": (NotReady, "has no such database; create it: createdb NAME"),
    "40": (EngineDown, "cancelled the transaction for another one; try again"),
    "42501": (NotReady, "does not allow this to our user; grant it the database and its schema"),
    "42P01": (NotReady, _MIGRATE),
    "42703": (NotReady, _MIGRATE),
    "25006": (NotReady, "is read-only (a standby?); point SANGDAM_STORE_URL at the primary"),
    "53100": (EngineDown, "has no room left on the disk; free space, and writing goes on by itself"),
    "53": (EngineDown, "is out of memory or connections; raise its limits or lower the number of workers"),
    "55P03": (EngineDown, "is locked by another transaction for over ten seconds; try again"),
    "57": (EngineDown, "is shutting down or starting; try again"),
    "58": (EngineDown, "reports a system error; see the server's log"),
    "XX": (EngineDown, "reports damage or an internal error; see the server's log"),
}


def translated(error: exc.SQLAlchemyError, where: str) -> SangdamError:
    """Our error for SQLAlchemy's. `where` names the database without its password."""
    if isinstance(error, exc.TimeoutError):
        return EngineDown(f"{where}: all connections are busy; try again")
    cause = error.orig if isinstance(error, exc.DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return _sqlite(error, cause, where)
    state = getattr(cause, "sqlstate", None)
    for code in (state, state[:2]) if state else ():
        if code in _POSTGRES:
            kind, text = _POSTGRES[code]
            return kind(f"{where} {text}")
    if isinstance(error, exc.OperationalError) and state is None:
        # The driver gives no code when it never reached the server or lost it.
        kind, text = _POSTGRES["28"] if "authentication failed" in str(cause) else _POSTGRES["08"]
        if "does not exist" in str(cause):
            kind, text = _POSTGRES["3D"]
        return kind(f"{where} {text}")
    return _refused(error, f"{type(cause or error).__name__} {state or ''}".strip(), where)


def _sqlite(error: exc.SQLAlchemyError, cause: sqlite3.Error, where: str) -> SangdamError:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code in _SQLITE:
        kind, text = _SQLITE[code]
        return kind(f"{where} {text}")
    if "no such table" in str(cause) or "no such column" in str(cause):
        return NotReady(f"{where} {_MIGRATE}")
    return _refused(error, getattr(cause, "sqlite_errorname", type(cause).__name__), where)


def _refused(error: exc.SQLAlchemyError, code: str, where: str) -> SangdamError:
    if isinstance(error, exc.IntegrityError):
        return Conflict(f"{where} refuses this beside what it holds already ({code})")
    if isinstance(error, exc.DataError) or not isinstance(error, exc.DBAPIError):
        return BadInput(f"{where} cannot keep a value of this kind or size ({code})")
    return EngineDown(f"{where} refuses the statement ({code}); see the server's log")
