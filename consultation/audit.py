"""The audit chain: each row carries the hash of the row before it.

Changing, deleting or reordering rows breaks the chain at that place; cutting off its end is found
by comparing with a head that was exported earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64  # what the first row points back to
_LONGEST_GAP = 1_000  # missing rows named one by one


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, about whom or what, and why."""

    number: int  # 1-based place in the chain, without gaps
    at: str  # UTC, ISO 8601 with microseconds: hashed and kept as the same characters
    who: str
    what: str
    about: str
    reason: str
    prev_hash: str  # hex, of the row before
    hash: str  # hex SHA-256 over all of the above


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of the chain. Export it: what was before it can then never be cut off unseen."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A place where the chain does not hold."""

    number: int
    fault: str  # "changed", "unlinked", "missing" or "cut off"


def stamp(at: datetime) -> str:
    """An aware moment as the chain writes it; the characters sort as the moments do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def row_hash(number: int, at: str, who: str, what: str, about: str, reason: str, prev_hash: str) -> str:
    """SHA-256 over the row as a JSON array; JSON keeps neighbouring fields apart."""
    canonical = json.dumps([number, at, who, what, about, reason, prev_hash], separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def linked(head: AuditHead, at: datetime, who: str, what: str, about: str, reason: str) -> AuditEntry:
    """The row that follows `head`."""
    number, moment = head.number + 1, stamp(at)
    digest = row_hash(number, moment, who, what, about, reason, head.hash)
    return AuditEntry(number, moment, who, what, about, reason, head.hash, digest)


def broken_rows(
    rows: Iterable[AuditEntry], head: AuditHead, exported: Iterable[AuditHead] = ()
) -> Iterator[BrokenRow]:
    """Check a whole chain given in order of number, against its kept head and heads exported earlier."""
    awaited = {known.number: known.hash for known in exported}
    before = AuditHead(0, GENESIS)
    named = 0  # the last row reported
    for row in rows:
        for number in range(before.number + 1, min(row.number, before.number + 1 + _LONGEST_GAP)):
            yield BrokenRow(number, "missing")
        if row.hash != row_hash(
            row.number, row.at, row.who, row.what, row.about, row.reason, row.prev_hash
        ) or row.hash != awaited.get(row.number, row.hash):
            named = row.number
            yield BrokenRow(named, "changed")
        elif row.prev_hash != before.hash:
            named = row.number
            yield BrokenRow(named, "unlinked")
        before = AuditHead(row.number, row.hash)
    if before.number < max([head.number, *awaited]):
        yield BrokenRow(before.number + 1, "cut off")
    elif before != head and before.number != named:
        yield BrokenRow(before.number, "changed")  # the last row, or the head kept beside it
