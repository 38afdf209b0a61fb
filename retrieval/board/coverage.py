"""Pure: how far a confirmation round has come, and the score the city gives for it.

Score = entries answered by the due day ÷ entries asked × 100, one decimal. An answer is a
confirmation or a proposed correction, and counts on the Seoul day on which it was first given.
Late answers are shown, and earn nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from consultation.store.rounds import Answer, Item

SEOUL = ZoneInfo("Asia/Seoul")
DEFINITION = "점수 = 기한 안에 답한 항목 ÷ 대상 항목 × 100 (확인과 수정 제안 모두 답으로 셉니다)"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts are entries."""

    asked: int
    confirmed: int
    corrected: int
    in_time: int
    late: int
    days_late: int  # summed over late answers, and over open entries past the due day

    @property
    def answered(self) -> int:
        return self.confirmed + self.corrected

    @property
    def open(self) -> int:
        return self.asked - self.answered

    @property
    def share(self) -> float:
        """Answered at all, 0..100."""
        return round(100 * self.answered / self.asked, 1) if self.asked else 0.0

    @property
    def score(self) -> float:
        """Answered in time, 0..100."""
        return round(100 * self.in_time / self.asked, 1) if self.asked else 0.0

    @property
    def mean_days_late(self) -> float:
        """Days late of an answer that came late or is still missing; 0 when none is."""
        behind = self.asked - self.in_time
        return round(self.days_late / behind, 1) if behind and self.days_late else 0.0


def seoul_day(at: datetime) -> date:
    """The day a moment belongs to where the officers work."""
    return at.astimezone(SEOUL).date()


def cover(items: Iterable[Item], due_on: date, today: date) -> Coverage:
    """Count some items of a round."""
    asked = confirmed = corrected = in_time = late = days_late = 0
    for item in items:
        asked += 1
        confirmed += item.answer is Answer.CONFIRMED
        corrected += item.answer is Answer.CORRECTED
        day = seoul_day(item.at) if item.at else today
        days_late += max(0, (day - due_on).days)
        if item.at:
            in_time += day <= due_on
            late += day > due_on
    return Coverage(asked, confirmed, corrected, in_time, late, days_late)


def cover_by(
    items: Iterable[Item], name: Callable[[Item], str], due_on: date, today: date
) -> dict[str, Coverage]:
    """Count by organisation or district, the lowest score first."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    covered = {group: cover(members, due_on, today) for group, members in groups.items()}
    return dict(sorted(covered.items(), key=lambda pair: (pair[1].score, pair[1].share, pair[0])))


COLUMNS: Mapping[str, Callable[[Coverage], object]] = {
    "대상": lambda one: one.asked,
    "확인": lambda one: one.confirmed,
    "수정 제안": lambda one: one.corrected,
    "남음": lambda one: one.open,
    "기한 안": lambda one: one.in_time,
    "기한 뒤": lambda one: one.late,
    "평균 지연일": lambda one: one.mean_days_late,
    "처리율(%)": lambda one: one.share,
    "점수": lambda one: one.score,
}


def as_csv(tables: Mapping[str, Mapping[str, Coverage]]) -> bytes:
    """Tables one after another, for Excel (UTF-8 with BOM): kind of group to group to counts."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["구분", "이름", *COLUMNS])
    for kind, groups in tables.items():
        for name, one in groups.items():
            writer.writerow([kind, as_text(name), *(read(one) for read in COLUMNS.values())])
    writer.writerow([DEFINITION])
    return out.getvalue().encode("utf-8-sig")


def as_text(name: str) -> str:
    """Excel runs a cell that starts like a formula; an apostrophe in front makes it text (OWASP)."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
