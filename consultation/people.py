"""Who may sign in: accounts, roles, and the rules for passwords and for waiting after failures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from consultation.errors import BadInput
from consultation.types import Role

# OWASP Password Storage Cheat Sheet, argon2id minimum: 19 MiB, two passes, one lane.
ARGON2_PASSES: Final = 2
ARGON2_MEMORY: Final = 19_456  # KiB
ARGON2_LANES: Final = 1

PASSWORD_MIN = 10  # characters
PASSWORD_MAX = 128  # characters; more only feeds the hash function
FREE_FAILURES = 5  # wrong passwords before somebody has to wait
FIRST_WAIT = timedelta(seconds=30)  # doubled by each further failure
LONGEST_WAIT = timedelta(minutes=15)
FORGET_FAILURES = timedelta(hours=24)

_NAME = re.compile(r"[\w][\w.@-]{0,63}")
_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "0987654321",
        "1q2w3e4r5t",
        "qwertyuiop",
        "asdfghjkl;",
        "password12",
        "password123",
        "passw0rd123",
        "administrator",
        "letmein123",
        "welcome123",
        "qwer1234qwer",
        "abcd1234abcd",
        "1q2w3e4r1q2w3e4r",
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    name: str  # what they sign in with
    display_name: str
    roles: frozenset[Role]
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that still holds."""

    person: Person
    opened_at: datetime
    seen_at: datetime


def account_name(name: str) -> str:
    """The one spelling of a name: NFKC, lower case. Raises `BadInput` if it is no account name."""
    name = unicodedata.normalize("NFKC", name).strip().casefold()
    if not _NAME.fullmatch(name):
        raise BadInput("an account name has 1 to 64 letters, digits, dots, hyphens, underscores or @")
    return name


def checked_roles(roles: Iterable[Role | str]) -> frozenset[Role]:
    """At least one known role, or `BadInput`."""
    try:
        known = frozenset(Role(role) for role in roles)
    except ValueError:
        raise BadInput(f"unknown role; known are: {', '.join(Role)}") from None
    if not known:
        raise BadInput(f"an account needs a role: {', '.join(Role)}")
    return known


def password_bytes(password: str) -> bytes:
    """What is hashed. NFKC, because keyboards compose Hangul in different ways."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def check_password(password: str, name: str) -> None:
    """Raises `BadInput` for a password that is guessed too easily (NIST SP 800-63B: length before kinds)."""
    bare = unicodedata.normalize("NFKC", password)
    if not PASSWORD_MIN <= len(bare) <= PASSWORD_MAX:
        raise BadInput(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    folded = bare.casefold()
    if len(set(folded)) < 4 or folded in _COMMON:
        raise BadInput("this password is among the first that are guessed; choose several unrelated words")
    if len(name) > 2 and name in folded:
        raise BadInput("a password must not hold the account name")


def wait_after(failures: int) -> timedelta:
    """How long the next attempt must wait after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
