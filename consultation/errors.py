"""One tree of errors; every class is something a caller can act on.

    SangdamError
    ├── BadInput            the caller's data is wrong: mend it and send it again
    │   ├── BadRows         a file with rows that cannot be read, each one named
    │   ├── BadSetting      a setting is misspelt or out of range
    │   └── Unknown         what was asked for does not exist
    ├── Refused             understood, and not allowed
    │   ├── NotSignedIn     who is asking is not known
    │   ├── NotAllowed      who is asking may not
    │   └── Conflict        somebody else, or an earlier message, was first
    ├── NotReady            something must be done first
    │   ├── NothingPublished  no knowledge version is live
    │   ├── IndexMismatch   an index was built with another encoder or is damaged
    │   └── MissingExtra    an optional library is not installed
    └── EngineDown          a database, model or queue does not answer: try again later

A message says what is wrong, where, and how to mend it. The words of a citizen, and their
numbers, never enter an error or a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class SangdamError(Exception):
    """Everything sangdam raises on purpose."""


class BadInput(SangdamError):
    """The caller's data is wrong: mend it and send it again."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why one row of a file cannot be read. `row` counts from 1 and includes the header line."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


class BadRows(BadInput):
    """A file with rows that cannot be read; nothing of it was kept."""

    def __init__(self, where: str, faults: Sequence[RowFault]) -> None:
        self.where = where
        self.faults = tuple(faults)
        shown = "\n".join(f"  {fault}" for fault in self.faults[:20])
        more = f"\n  … and {len(self.faults) - 20} more" if len(self.faults) > 20 else ""
        rows = len({fault.row for fault in self.faults})
        super().__init__(f"{where}: {rows} rows cannot be read; nothing was kept.\n{shown}{more}")


class BadSetting(BadInput):
    """A setting is misspelt or out of range."""


class Unknown(BadInput):
    """What was asked for does not exist."""


class Refused(SangdamError):
    """Understood, and not allowed."""


class NotSignedIn(Refused):
    """Who is asking is not known."""


class NotAllowed(Refused):
    """Who is asking may not."""


class Conflict(Refused):
    """Somebody else, or an earlier message, was first."""


class NotReady(SangdamError):
    """Something must be done first; the message says what."""


class NothingPublished(NotReady):
    """No knowledge version is live."""


class IndexMismatch(NotReady):
    """An index was built with another encoder, or is damaged."""


class MissingExtra(NotReady):
    """An optional library is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed; add it: pip install 'sangdam[{extra}]'")


class EngineDown(SangdamError):
    """A database, model or queue does not answer: try again later."""
