"""Are complaints routed to the right district, and are their slots filled as they are said?

Method. Routing: sentences over the names of the gazetteer (`tests/complaints/place_sentences.py`)
go through the whole intake; right is the district of the name, and for a name that several
districts share the right move is to ask. Kinds: `tests/complaints/kind_samples.py`. With
`--scenarios FILE` (format: the project's chat scenarios) the turns that belong to a complaint
(intents file_complaint, clarify, cancel) are heard one by one, and every graded slot is compared
after each turn; the routed department is compared at the end. Sorting questions from complaints
is the chat's task and not measured here.

    python -m tests.benchmarks.bench_routing [--count 600] [--seed 7] [--scenarios dev_scenarios.jsonl] [--wrong]

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from complaints.catalogue import Catalogue
from complaints.intake import Intake, slots
from complaints.interview import Interview
from complaints.jurisdiction import jurisdiction
from complaints.routing import route
from consultation.districts import Gazetteer
from consultation.rows import read_rows
from tests.complaints.kind_samples import CLEAR
from tests.complaints.place_sentences import sentences, shared_sentences

NOW = datetime.fromisoformat("2025-10-16T14:20:00+09:00")
TO_HEAR = ("file_complaint", "clarify", "cancel")


def on_districts(interview: Interview, gazetteer: Gazetteer, count: int, seed: int) -> dict[str, Any]:
    """Share of right districts, of shared names that are asked about, and messages a second."""
    wrong: list[str] = []
    start = time.process_time()
    for text, district in sentences(gazetteer, count=count, seed=seed):
        got = interview.hear(Intake(), text, NOW).intake.district
        if got != district:
            wrong.append(f"{district} {got or 'none'}: {text}")
    seconds = time.process_time() - start
    guessed = [
        f"{name} {after.district}: {text}"
        for text, name in shared_sentences(gazetteer, seed=seed)
        if (after := interview.hear(Intake(), text, NOW).intake).district
    ]
    return {
        "sentences": count,
        "right": round(1 - len(wrong) / count, 4),
        "shared": len(gazetteer.shared()),
        "shared_guessed": len(guessed),
        "messages_per_second": round(count / seconds),
        "wrong": wrong + guessed,
    }


def on_kinds(interview: Interview) -> dict[str, Any]:
    """Share of sentences whose kind is right, asked about, and wrong."""
    got = [(kind, interview.kind_of(text).code, text) for kind, text in CLEAR]
    return {
        "sentences": len(got),
        "right": round(sum(k == c for k, c, _ in got) / len(got), 4),
        "asked": sum(c is None for _, c, _ in got),
        "wrong": [f"{k} {c}: {t}" for k, c, t in got if k != c],
    }


def on_scenarios(
    interview: Interview, catalogue: Catalogue, gazetteer: Gazetteer, path: Path
) -> dict[str, Any]:
    """Slot accuracy over all graded turns, filings at the right turn, and departments."""
    right: Counter[str] = Counter()
    graded: Counter[str] = Counter()
    wrong: list[str] = []
    for scenario in read_rows(path):
        now = datetime.fromisoformat(scenario["now"])
        intake, filed = Intake(), list[Intake]()
        for turn in scenario["turns"]:
            expect = turn["expect"]
            if expect["intent"] in TO_HEAR:
                if intake.stage == "filed" and interview.kind_of(turn["user"]).code:
                    intake = interview.following(intake)
                step = interview.hear(intake, turn["user"], now)
                intake = step.intake
                if step.act == "file":
                    filed.append(intake)
            if not expect["slots"] and not expect.get("files"):
                continue
            known = slots(intake)
            checks = {s: _matches(s, v, known[s], now) for s, v in expect["slots"].items()}
            if expect.get("files"):
                checks["files"] = bool(filed) and filed[-1] == intake
            for slot, is_right in checks.items():
                graded[slot] += 1
                right[slot] += is_right
                if not is_right:
                    wrong.append(
                        f"{scenario['scenario_id']} {slot}: {expect['slots'].get(slot)!r} {known.get(slot)!r}: {turn['user']}"
                    )
        final = scenario["final"]
        if final["filed"] and final["department"]:
            graded["department"] += 1
            if filed and _department_fits(filed[0], final["department"], catalogue, gazetteer):
                right["department"] += 1
            else:
                wrong.append(f"{scenario['scenario_id']} department {final['department'][0]}")
        if not final["filed"] and filed:
            wrong.append(f"{scenario['scenario_id']} filed, and should not have been")
    return {
        "slots": {slot: round(right[slot] / graded[slot], 4) for slot in sorted(graded)},
        "graded": dict(graded),
        "all": round(right.total() / max(1, graded.total()), 4),
        "wrong": wrong,
    }


def _department_fits(intake: Intake, wanted: list[str], catalogue: Catalogue, gazetteer: Gazetteer) -> bool:
    where = jurisdiction(intake.location, gazetteer)
    got = route(intake.kind, str(intake.location), where, catalogue).department
    return any(got in name or name in got for name in wanted)


def _matches(slot: str, wanted: Any, got: Any, now: datetime) -> bool:
    if wanted is None or got is None:
        return wanted is None and got is None
    if slot == "complaint_type":
        return got in wanted.split("|")
    if slot in ("location", "detail"):
        return all(re.search(word, got) for word in wanted.split())
    if slot == "vehicle_no" and isinstance(wanted, list):
        return isinstance(got, list) and sorted(got) == sorted(wanted)
    if slot == "occurred_at" and wanted not in ("recurring",):
        return _same_time(wanted, got, now)
    return bool(wanted == got)


def _same_time(wanted: str, got: str, now: datetime) -> bool:
    if got == "recurring":
        return False
    here = now.replace(tzinfo=None)
    given = here if got == "now" else datetime.fromisoformat(got)
    if wanted == "now":
        return got == "now" or ("T" in got and abs(given - here) <= timedelta(minutes=10))
    if "T" not in wanted:
        return given.date().isoformat() == wanted
    return ("T" in got or got == "now") and abs(given - datetime.fromisoformat(wanted)) <= timedelta(
        minutes=10
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure routing and intake of field complaints.")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scenarios", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what was wrong")
    arguments = parser.parse_args()
    gazetteer, catalogue = Gazetteer.open(), Catalogue.open()
    interview = Interview(catalogue, gazetteer)
    report: dict[str, Any] = {
        "districts": on_districts(interview, gazetteer, arguments.count, arguments.seed),
        "kinds": on_kinds(interview),
    }
    if arguments.scenarios:
        report["scenarios"] = on_scenarios(interview, catalogue, gazetteer, arguments.scenarios)
    _print(report, arguments.wrong)


def _print(report: Mapping[str, Any], show_wrong: bool) -> None:
    for part in report.values():
        wrong = part.pop("wrong")
        for line in wrong if show_wrong else ():
            print(line)
        for name, value in part.items():
            print(f"{name:<22} {value}")
    print(
        json.dumps(
            {**report, "python": platform.python_version(), "machine": platform.platform()},
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
