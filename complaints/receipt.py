"""Receipt numbers a citizen can read out, and the states a filed complaint may pass through.

A number is 251016-7K4MX-Q: the day, five random symbols, one check symbol. Random symbols, so that
nobody finds another's complaint by counting. The alphabet has no 0/O, 1/I/L; its 31 symbols make
the weighted sum modulo 31 (a prime) catch every single wrong symbol and every swap of two.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from consultation.errors import BadInput, Conflict

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM = 5  # 31 ** 5: 28 million numbers a day
_SYMBOL = f"[{ALPHABET}{ALPHABET.lower()}]"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?P<day>\d{{6}})[\s-]?(?P<random>{_SYMBOL}{{{_RANDOM}}})[\s-]?(?P<check>{_SYMBOL})(?![0-9A-Za-z])"
)
_LIKE_ONE = re.compile(r"(?<![0-9A-Za-z])\d{6}-[0-9A-Za-z]{5}-[0-9A-Za-z](?![0-9A-Za-z])")


def issue(day: date, choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A new receipt number for a day. The store refuses one that exists; then issue another."""
    body = f"{day:%y%m%d}" + "".join(choose(ALPHABET) for _ in range(_RANDOM))
    return f"{body[:6]}-{body[6:]}-{_check(body)}"


def find_receipts(text: str) -> list[str]:
    """Valid receipt numbers in a text, in their normal form; small letters and spaces are forgiven."""
    found = [
        f"{m['day']}-{m['random'].upper()}-{m['check'].upper()}"
        for m in _NUMBER.finditer(text)
        if _is_day(m["day"]) and _check(m["day"] + m["random"].upper()) == m["check"].upper()
    ]
    return list(dict.fromkeys(found))


def looks_mistyped(text: str) -> bool:
    """Is there something of the form of a receipt number that is none? Then ask to check it."""
    return bool(_LIKE_ONE.search(text)) and not find_receipts(text)


def _check(body: str) -> str:
    total = sum(weight * _value(symbol) for weight, symbol in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def _value(symbol: str) -> int:
    """Digits of the day count as themselves, symbols by their place: a digit never meets a letter."""
    return int(symbol) if symbol.isdigit() else ALPHABET.index(symbol) + 2


def _is_day(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%y%m%d")  # noqa: DTZ007  a date, no moment
    except ValueError:
        return False
    return True


class Status(StrEnum):
    """Where a filed complaint stands, in the words the citizen reads."""

    RECEIVED = "접수"
    ASSIGNED = "배정"
    WORKING = "처리중"
    DONE = "완료"
    TRANSFERRED = "이송"
    CANCELLED = "취소"


_MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.ASSIGNED, Status.TRANSFERRED, Status.CANCELLED}),
    Status.ASSIGNED: frozenset(
        {Status.WORKING, Status.DONE, Status.TRANSFERRED, Status.CANCELLED, Status.ASSIGNED}
    ),
    Status.WORKING: frozenset({Status.DONE, Status.TRANSFERRED}),
    Status.TRANSFERRED: frozenset({Status.ASSIGNED, Status.TRANSFERRED, Status.CANCELLED}),
    Status.DONE: frozenset({Status.WORKING}),  # 다시 답변 요청
    Status.CANCELLED: frozenset(),
}
_NEED_A_REASON = frozenset({Status.TRANSFERRED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Move:
    """One change of state. `office`: who has the complaint from now on; empty where it stays."""

    status: Status
    at: datetime
    by: str
    reason: str = ""  # Korean, shown to the citizen
    office: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The history of a filed complaint, oldest first; never empty."""

    moves: tuple[Move, ...]

    @classmethod
    def begin(cls, at: datetime, by: str, office: str) -> Progress:
        """Received for an office."""
        return cls((Move(Status.RECEIVED, at, by, office=office),))

    @property
    def status(self) -> Status:
        return self.moves[-1].status

    @property
    def office(self) -> str:
        """The office that has it now."""
        return next(move.office for move in reversed(self.moves) if move.office)

    def may(self, status: Status) -> bool:
        """Is this state allowed next?"""
        return status in _MOVES[self.status]

    def moved(self, move: Move) -> Progress:
        """With one more move.

        Raises `Conflict` when the state does not allow it, `BadInput` when a transfer or a
        cancellation gives no reason, a transfer no other office, or the move lies in the past.
        """
        if not self.may(move.status):
            allowed = ", ".join(sorted(_MOVES[self.status])) or "없음"
            raise Conflict(
                f"{self.status} 상태에서 {move.status}(으)로 바꿀 수 없습니다. 가능한 상태: {allowed}"
            )
        reopened = self.status is Status.DONE
        if (move.status in _NEED_A_REASON or reopened) and not move.reason.strip():
            raise BadInput(f"{move.status}: 사유를 적어 주세요")
        if move.status is Status.TRANSFERRED and move.office.strip() in ("", self.office):
            raise BadInput("이송: 지금과 다른 기관이나 부서를 적어 주세요")
        if move.at < self.moves[-1].at:
            raise BadInput(f"{move.status}: 앞선 처리 시각({self.moves[-1].at:%Y-%m-%d %H:%M})보다 이릅니다")
        return Progress((*self.moves, move))
