"""Checks the sample knowledge and the sample consultations; run it after every edit.

    python -m data.samples.check                    columns, ids, fields, dates, districts, references
    python -m data.samples.check --against FOLDER   also: nothing was copied from the texts there

Exit status: 0 in order, 1 faults found (each one named), 2 misused.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from consultation.districts import DISTRICTS
from consultation.types import ABUSE_LABELS, ARS_CODES, FIELDS, FOLLOW_UPS, EntryState, Urgency
from data.samples.copied import copies, folded, read_references

HERE = Path(__file__).parent
KNOWLEDGE = HERE / "knowledge.csv"
CONSULTATIONS = HERE / "consultations.jsonl"

COLUMNS = (
    "항목번호", "기관", "자치구", "분야", "질문", "질문변형", "답변", "담당부서", "전화", "근거", "출처",
    "유효시작", "유효종료", "최종확인일", "상태", "ARS", "표본",
)  # fmt: skip
REQUIRED = ("기관", "질문", "질문변형", "답변", "담당부서", "근거", "출처", "최종확인일", "상태", "ARS")
CALL_FIELDS = {
    "call_id", "title", "summary", "tags", "channel", "started_at", "agent_id", "turns", "expect",
}  # fmt: skip
EXPECT_FIELDS = {"asks", "abuse", "pii", "urgency", "district", "category", "ars_code", "follow_up"}
PII_KINDS = frozenset(
    ["이름", "전화번호", "주민등록번호", "주소", "계좌번호", "카드번호", "차량번호", "이메일", "생년월일"]
)

ANSWER_SENTENCES = range(2, 7)
VARIANTS = range(2, 5)
TURNS = range(12, 23)
SECONDS = (60.0, 180.0)
ENDINGS = ("다.", "요.", "까?", "요?")
INVENTED_MOBILE = re.compile(r"(?<!\d)01\d[- ]?(?!0000)\d{3,4}[- ]?\d{4}(?!\d)")
PHONE = re.compile(r"\d{3,4}|0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}")

Rows = list[dict[str, str]]


def read_knowledge(path: Path = KNOWLEDGE) -> Rows:
    """The rows of the sample knowledge; the header must be exactly `COLUMNS`."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path}: the columns must be {','.join(COLUMNS)}, not {reader.fieldnames}")
        return list(reader)


def read_consultations(path: Path = CONSULTATIONS) -> list[dict[str, Any]]:
    """The sample consultations, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def knowledge_faults(rows: Rows) -> Iterator[str]:
    """What is wrong with the entries, each fault with its entry id."""
    for name in ("항목번호", "질문", "답변"):
        for value, times in Counter(row[name] for row in rows).items():
            if times > 1:
                yield f"{name} {value!r}: {times} times"
    for row in rows:
        for fault in _entry_faults(row):
            yield f"{row['항목번호']}: {fault}"


def _entry_faults(row: dict[str, str]) -> Iterator[str]:
    if not re.fullmatch(r"S-\d{4}", row["항목번호"]):
        yield "항목번호 must look like S-0001"
    yield from (f"{name} is empty" for name in REQUIRED if not row[name].strip())
    yield from (f"{name} has spaces at an end" for name in COLUMNS if row[name] != row[name].strip())
    if row["분야"] not in FIELDS:
        yield f"분야 {row['분야']!r} is not one of {', '.join(FIELDS)}"
    if row["자치구"] and row["자치구"] not in DISTRICTS:
        yield f"자치구 {row['자치구']!r} is not a district of Seoul"
    if row["자치구"] and row["자치구"] not in row["질문"]:
        yield "the question does not name its district"
    if row["상태"] not in {state.value for state in EntryState}:
        yield f"상태 {row['상태']!r} is unknown"
    if not row["ARS"].isdigit() or int(row["ARS"]) not in ARS_CODES:
        yield f"ARS {row['ARS']!r} is not in the menu"
    if row["표본"] != "예":
        yield "표본 must be 예: every entry here is a sample"
    if row["전화"] and not PHONE.fullmatch(row["전화"]):
        yield f"전화 {row['전화']!r} does not look like a public number"
    variants = row["질문변형"].split(" | ")
    if len(variants) not in VARIANTS or len(set(variants)) != len(variants):
        yield f"{len(variants)} 질문변형; give 2 to 4 different ones, separated by ' | '"
    sentences = _sentences(row["답변"])
    if len(sentences) not in ANSWER_SENTENCES:
        yield f"the answer has {len(sentences)} sentences; give 2 to 6"
    yield from (f"not polite: {sentence!r}" for sentence in sentences if not sentence.endswith(ENDINGS))
    yield from _date_faults(row)


def _date_faults(row: dict[str, str]) -> Iterator[str]:
    days: dict[str, date] = {}
    for name in ("유효시작", "유효종료", "최종확인일"):
        if row[name]:
            try:
                days[name] = date.fromisoformat(row[name])
            except ValueError:
                yield f"{name} {row[name]!r} is not a date like 2026-11-20"
    if "유효시작" in days and "유효종료" in days and days["유효종료"] < days["유효시작"]:
        yield "유효종료 is before 유효시작"


def consultation_faults(calls: list[dict[str, Any]], rows: Rows) -> Iterator[str]:
    """What is wrong with the consultations; entry ids must exist in the knowledge."""
    known = {row["항목번호"] for row in rows}
    for call_id, times in Counter(call.get("call_id") for call in calls).items():
        if times > 1:
            yield f"{call_id}: {times} times"
    for call in calls:
        for fault in _call_faults(call, known):
            yield f"{call.get('call_id')}: {fault}"


def _call_faults(call: dict[str, Any], known: set[str]) -> Iterator[str]:
    if set(call) != CALL_FIELDS or set(call["expect"]) != EXPECT_FIELDS:
        yield "fields are missing or unknown"
        return
    if not re.fullmatch(r"sample-\d{3}", call["call_id"]):
        yield "call_id must look like sample-001"
    if call["channel"] not in ("phone", "chat"):
        yield f"channel {call['channel']!r}"
    if datetime.fromisoformat(call["started_at"]).tzinfo is None:
        yield "started_at has no time zone"
    yield from _turn_faults(call["turns"], call["channel"])
    yield from _expect_faults(call, known)


def _turn_faults(turns: list[dict[str, Any]], channel: str) -> Iterator[str]:
    if len(turns) not in TURNS:
        yield f"{len(turns)} turns; 12 to 22 are wanted"
    if not turns:
        return
    if not SECONDS[0] <= turns[-1]["end"] <= SECONDS[1]:
        yield f"{turns[-1]['end']} s long; 60 to 180 are wanted"
    before = 0.0
    for place, turn in enumerate(turns):
        if turn["i"] != place or turn["speaker"] not in ("agent", "citizen"):
            yield f"turn {place}: number or speaker"
        if not before <= turn["start"] < turn["end"]:
            yield f"turn {place}: starts before the last one ended, or ends before it starts"
        before = turn["end"]
        if INVENTED_MOBILE.search(turn["text"]):
            yield f"turn {place}: a mobile number that may be somebody's; use 010-0000-xxxx"
        if channel == "phone" and turn["speaker"] == "citizen" and re.search(r"[.,?!]", turn["text"]):
            yield f"turn {place}: recognised speech of a citizen has no punctuation"


def _expect_faults(call: dict[str, Any], known: set[str]) -> Iterator[str]:
    expect, turns = call["expect"], call["turns"]
    if expect["category"] not in FIELDS:
        yield f"category {expect['category']!r}"
    if expect["urgency"] not in {urgency.value for urgency in Urgency}:
        yield f"urgency {expect['urgency']!r}"
    if expect["district"] is not None and expect["district"] not in DISTRICTS:
        yield f"district {expect['district']!r}"
    if expect["ars_code"] not in ARS_CODES:
        yield f"ars_code {expect['ars_code']!r}"
    if expect["follow_up"] not in FOLLOW_UPS:
        yield f"follow_up {expect['follow_up']!r}"
    if not expect["asks"]:
        yield "no turn asks anything"
    for mark in (*expect["asks"], *expect["abuse"]):
        if not 0 <= mark["turn"] < len(turns) or turns[mark["turn"]]["speaker"] != "citizen":
            yield f"turn {mark['turn']} is not a citizen's"
    for ask in expect["asks"]:
        yield from (f"entry {i} does not exist" for i in ask["entry_ids"] if i not in known)
    for abuse in expect["abuse"]:
        if (
            not abuse["labels"]
            or set(abuse["labels"]) - set(ABUSE_LABELS)
            or abuse["severity"] not in (1, 2, 3)
        ):
            yield f"abuse of turn {abuse['turn']}: labels or severity"
    for item in expect["pii"]:
        if item["type"] not in PII_KINDS or item["text"] not in turns[item["turn"]]["text"]:
            yield f"personal data of turn {item['turn']}: kind, or the text is not in the turn"


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^.?!]+(?:\.\d[^.?!]*)*[.?!]", text.replace("\n", " ").strip())


def our_texts(rows: Rows, calls: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Everything we wrote that somebody could have copied: (where, text with spaces folded)."""
    for row in rows:
        for name in ("질문", "질문변형", "답변"):
            yield f"{row['항목번호']} {name}", folded(row[name])
    for call in calls:
        for turn in call["turns"]:
            yield f"{call['call_id']} turn {turn['i']}", folded(turn["text"])


def counts(rows: Rows, calls: list[dict[str, Any]]) -> dict[str, Any]:
    """How much there is, by field, district, menu code and channel."""
    return {
        "entries": len(rows),
        "fields": dict(Counter(row["분야"] for row in rows)),
        "districts": dict(Counter(row["자치구"] for row in rows if row["자치구"])),
        "ars": dict(sorted(Counter(row["ARS"] for row in rows).items())),
        "states": dict(Counter(row["상태"] for row in rows)),
        "consultations": len(calls),
        "turns": sum(len(call["turns"]) for call in calls),
        "channels": dict(Counter(call["channel"] for call in calls)),
    }


def main(arguments: list[str] | None = None) -> int:
    """Check both files; print what is wrong, then the counts as one JSON line."""
    parser = argparse.ArgumentParser(description="check the sample knowledge and consultations")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="reference texts nothing may be copied from"
    )
    options = parser.parse_args(arguments)
    rows, calls = read_knowledge(), read_consultations()
    faults = [*knowledge_faults(rows), *consultation_faults(calls, rows)]
    result = counts(rows, calls)
    if options.against:
        if not options.against.is_dir():
            parser.error(f"{options.against} is not a folder")
        copied = copies(our_texts(rows, calls), read_references(options.against))
        faults += copied
        result["copied"] = len(copied)
    for fault in faults:
        print(fault)
    print(json.dumps(result | {"faults": len(faults)}, ensure_ascii=False))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
