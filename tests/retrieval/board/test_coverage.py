"""The score the city gives, and reminders."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from consultation.store.rounds import Answer, Item, Round
from consultation.types import ConsultationEntry, EntryState
from retrieval.board import messages
from retrieval.board.coverage import as_csv, cover, cover_by
from retrieval.board.rounds import is_running, reminder_day, whom_to_ask

DUE = date(2026, 12, 15)
TODAY = date(2026, 12, 20)


def item(number: int, answer: Answer | None, at: datetime | None, district: str | None = None) -> Item:
    return Item(1, f"e{number}", district, answer, None, None, None, at, None)


LAST_MOMENT = datetime(2026, 12, 15, 14, 59, 59, tzinfo=UTC)  # 23:59:59 in Seoul
ITEMS = [
    item(1, Answer.CONFIRMED, datetime(2026, 12, 1, tzinfo=UTC), "강남구"),
    item(2, Answer.CORRECTED, LAST_MOMENT, "강남구"),
    item(3, Answer.CONFIRMED, LAST_MOMENT + timedelta(seconds=1), "마포구"),
    item(4, None, None),
]


def test_the_score_is_the_share_answered_by_midnight_in_seoul_of_the_due_day() -> None:
    whole = cover(ITEMS, DUE, TODAY)
    assert (whole.asked, whole.confirmed, whole.corrected, whole.open) == (4, 2, 1, 1)
    assert (whole.in_time, whole.late) == (2, 1)
    assert (whole.share, whole.score) == (75.0, 50.0)
    assert whole.mean_days_late == 3.0  # one day for e3, five so far for e4, over both


def test_before_the_due_day_nothing_is_late() -> None:
    whole = cover([item(1, None, None)], DUE, date(2026, 12, 1))
    assert (whole.score, whole.late, whole.mean_days_late) == (0.0, 0, 0.0)


def test_nothing_asked_is_no_division_by_zero() -> None:
    assert (cover([], DUE, TODAY).score, cover([], DUE, TODAY).share) == (0.0, 0.0)


def test_groups_come_with_the_lowest_score_first_and_add_up() -> None:
    groups = cover_by(ITEMS, lambda one: one.district or messages.WHOLE_CITY, DUE, TODAY)
    assert list(groups) == ["서울시 전체", "마포구", "강남구"]
    assert sum(one.asked for one in groups.values()) == 4
    assert groups["강남구"].score == 100.0


def test_the_csv_opens_in_excel_and_runs_no_formula() -> None:
    text = as_csv({"기관": {"=cmd()": cover(ITEMS, DUE, TODAY)}})
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert rows[0][:3] == ["구분", "이름", "대상"]
    assert rows[1][:3] == ["기관", "'=cmd()", "4"]
    assert rows[1][-1] == "50.0"
    assert "점수 =" in rows[2][0]


# --- whom to ask and when -----------------------------------------------------------------------

ROUND = Round(1, "4분기", DUE, DUE + timedelta(14), "han", datetime(2026, 11, 25, tzinfo=UTC), None)


def test_a_round_asks_about_what_has_not_ended_by_organisation() -> None:
    entry = ConsultationEntry("e1", "q", "a", "행정", organisation="강남구청", district="강남구")
    entries = [
        entry,
        replace(entry, entry_id="e2", organisation=""),
        replace(entry, entry_id="e3", state=EntryState.EXPIRED),
        replace(entry, entry_id="e4", valid_until=TODAY - timedelta(1)),
        replace(entry, entry_id="e5", confirmed_on=date(2026, 12, 1)),
    ]
    assert whom_to_ask(entries, TODAY) == {
        "강남구청": [("e1", "강남구"), ("e5", "강남구")],
        messages.NO_ORGANISATION: [("e2", "강남구")],
    }
    assert whom_to_ask(entries, TODAY, organisations=["강남구청"], confirmed_before=date(2026, 12, 1)) == {
        "강남구청": [("e1", "강남구")]
    }


def test_links_work_until_the_closing_day_or_the_closing() -> None:
    assert is_running(ROUND, ROUND.closes_on)
    assert not is_running(ROUND, ROUND.closes_on + timedelta(1))
    assert not is_running(replace(ROUND, closed_at=datetime(2026, 12, 1, tzinfo=UTC)), TODAY)


def test_reminders_come_before_and_after_the_due_day_and_a_missed_one_is_made_up_for() -> None:
    reminded: list[date] = []
    day = date(2026, 11, 25)
    while day <= ROUND.closes_on + timedelta(3):
        if due := reminder_day(ROUND, day, reminded):
            reminded.append(due)
        day += timedelta(1)
    offsets = [(one - DUE).days for one in reminded]
    assert offsets == [-7, -3, -1, 0, 7, 14]
    assert reminder_day(ROUND, DUE - timedelta(5), []) == DUE - timedelta(7), "the day before nothing ran"
    assert reminder_day(ROUND, DUE - timedelta(5), [DUE - timedelta(7)]) is None
