"""The sample knowledge and consultations that ship with the program are whole, ours and varied."""

from __future__ import annotations

import copy
import gzip
import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from consultation.types import ARS_CODES, FIELDS
from data.samples import check, copied
from retrieval.entries import read_entries

EMERGENCY_NUMBERS = {"119", "112", "109", "1366", "1388", "1577-1389", "129", "1577-0199"}
DISTRICT_TOPICS = (
    "대형폐기물", "거주자우선주차", "수도사업소", "보건소", "치매안심센터", "불법 주정차", "생활쓰레기", "여권",
)  # fmt: skip

Rows = list[dict[str, str]]
Calls = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return check.read_knowledge()


@pytest.fixture(scope="module")
def calls() -> Calls:
    return check.read_consultations()


def faults_with(rows: Rows, **changes: str) -> list[str]:
    """The faults of the first entry after these columns were changed."""
    return list(check.knowledge_faults([rows[0] | changes]))


def test_the_sample_knowledge_is_in_order(rows):
    assert list(check.knowledge_faults(rows)) == []


def test_the_sample_consultations_are_in_order(rows, calls):
    assert list(check.consultation_faults(calls, rows)) == []


def test_there_are_entries_for_every_field_and_every_menu_code(rows):
    assert len(rows) >= 220
    fields = Counter(row["분야"] for row in rows)
    assert set(fields) == set(FIELDS)
    assert min(fields.values()) >= 12
    assert {int(row["ARS"]) for row in rows} == set(ARS_CODES)


def test_topics_that_differ_by_district_have_entries_of_several_districts(rows):
    assert sum(bool(row["자치구"]) for row in rows) >= 50
    districts = defaultdict(set)
    for row in rows:
        for topic in DISTRICT_TOPICS:
            if row["자치구"] and topic in row["질문"]:
                districts[topic].add(row["자치구"])
    assert {topic: len(districts[topic]) >= 5 for topic in DISTRICT_TOPICS} == dict.fromkeys(
        DISTRICT_TOPICS, True
    )
    assert len(set().union(*districts.values())) == 25


def test_every_emergency_number_has_an_entry(rows):
    assert {row["전화"] for row in rows} >= EMERGENCY_NUMBERS


def test_the_program_imports_the_sample_knowledge_as_it_is(rows):
    entries = read_entries(check.KNOWLEDGE)
    assert [entry.entry_id for entry in entries] == [row["항목번호"] for row in rows]
    assert all(entry.is_sample and entry.basis and entry.source and entry.confirmed_on for entry in entries)
    assert all(len(entry.variants) >= 2 for entry in entries)


def test_some_entries_are_out_of_date_so_that_validity_can_be_seen():
    entries = read_entries(check.KNOWLEDGE)
    day = date(2026, 11, 25)
    withdrawn = [entry for entry in entries if entry.state.value == "만료"]
    lapsed = [e for e in entries if e not in withdrawn and e.valid_until and e.valid_until < day]
    seasonal = [e for e in entries if e.valid_from and e.valid_until and e.is_current(day)]
    assert len(withdrawn) >= 2
    assert len(lapsed) >= 2
    assert len(seasonal) >= 4
    assert not any(entry.is_current(day) for entry in [*withdrawn, *lapsed])


def test_the_consultations_show_every_situation_of_the_demo_desk(calls):
    expected = [call["expect"] for call in calls]
    assert len(calls) >= 16
    assert Counter(call["channel"] for call in calls)["chat"] >= 3
    assert {e["urgency"] for e in expected} >= {
        "none", "loneliness", "welfare_crisis", "suicide_risk", "emergency",
    }  # fmt: skip
    assert {e["ars_code"] for e in expected} == set(ARS_CODES)
    labels = {label for e in expected for mark in e["abuse"] for label in mark["labels"]}
    assert labels >= {"욕설", "모욕", "성희롱", "협박", "반말"}
    assert any(ask["entry_ids"] == [] for e in expected for ask in e["asks"]), "nobody can answer"


def test_an_abusive_call_is_warned_twice_and_harassment_ends_the_call_at_once(calls):
    by_label = {label: call for call in calls for mark in call["expect"]["abuse"] for label in mark["labels"]}
    insulted = " ".join(t["text"] for t in by_label["욕설"]["turns"] if t["speaker"] == "agent")
    assert insulted.index("욕설은 삼가") < insulted.index("두 번째 경고") < insulted.index("종료하겠습니다")
    harassed = by_label["성희롱"]
    (mark,) = harassed["expect"]["abuse"]
    assert mark["turn"] == len(harassed["turns"]) - 2
    assert "종료하겠습니다" in harassed["turns"][-1]["text"]


def test_the_readme_states_the_counts_that_the_checker_finds(rows, calls):
    readme = (check.HERE / "README.md").read_text(encoding="utf-8")
    found = check.counts(rows, calls)
    assert f"| `knowledge.csv` | {found['entries']} |" in readme
    assert f"| `consultations.jsonl` | {found['consultations']} |" in readme
    assert all(f"{field} {number}" in readme for field, number in found["fields"].items())
    assert all(f"{state} {number}" in readme for state, number in found["states"].items())
    assert f"{sum(found['districts'].values())} entries, all {len(found['districts'])} districts" in readme


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"분야": "교육"}, "분야 '교육'"),
        ({"자치구": "분당구"}, "자치구 '분당구'"),
        ({"자치구": "강남구"}, "does not name its district"),
        ({"상태": "폐기"}, "상태 '폐기'"),
        ({"ARS": "7"}, "ARS '7'"),
        ({"최종확인일": "2026-13-01"}, "최종확인일 '2026-13-01'"),
        ({"유효시작": "2026-12-01", "유효종료": "2026-01-01"}, "before 유효시작"),
        ({"근거": ""}, "근거 is empty"),
        ({"전화": "전화 없음"}, "전화 '전화 없음'"),
        ({"표본": ""}, "표본 must be 예"),
        ({"질문변형": "하나뿐"}, "1 질문변형"),
        ({"답변": "한 문장입니다."}, "1 sentences"),
        ({"답변": "이건 반말이야. 그러니까 안 된다고. 알겠어."}, "not polite"),
    ],
)
def test_a_faulty_entry_is_named_with_the_reason(rows, changes, said):
    assert any(said in fault for fault in faults_with(rows, **changes))


def test_an_entry_id_used_twice_is_named(rows):
    assert "항목번호 'S-0001': 2 times" in list(check.knowledge_faults([rows[0], rows[0]]))


def test_a_header_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "knowledge.csv"
    path.write_text("번호,제목\n1,무엇\n", encoding="utf-8")
    with pytest.raises(ValueError, match="the columns must be"):
        check.read_knowledge(path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda c: c["expect"]["asks"][0].update(entry_ids=["S-9999"]), "entry S-9999 does not exist"),
        (lambda c: c["expect"]["asks"][0].update(turn=0), "turn 0 is not a citizen's"),
        (lambda c: c["turns"][2].update(start=0.0), "turn 2: starts before"),
        (lambda c: c["turns"][2].update(i=7), "turn 2: number"),
        (lambda c: c["turns"][2].update(text="010-1234-5678로 연락드립니다."), "may be somebody's"),
        (lambda c: c["turns"][1].update(text="그래요? 네."), "no punctuation"),
        (lambda c: c["turns"].clear(), "0 turns"),
        (lambda c: c["expect"]["pii"][0].update(text="없는 말"), "not in the turn"),
        (lambda c: c["expect"].update(urgency="panic"), "urgency 'panic'"),
        (lambda c: c["expect"].update(category="교육"), "category '교육'"),
        (lambda c: c.pop("summary"), "fields are missing"),
    ],
)
def test_a_faulty_consultation_is_named_with_the_reason(rows, calls, spoil, said):
    call = copy.deepcopy(calls[0])
    spoil(call)
    assert any(said in fault for fault in check.consultation_faults([call], rows))


SENTENCE = "수도계량기가 얼었을 때는 미지근한 물부터 천천히 부어 녹여 주십시오."


@pytest.mark.parametrize("before", range(copied.CHUNK))
def test_a_copied_run_is_found_wherever_it_lies_in_the_reference(before):
    shared = SENTENCE[: copied.RUN]
    reference = "가" * before + shared + "나나나"
    found = copied.copies([("S-0001 답변", f"앞 {shared} 뒤")], [("guide.jsonl", reference)])
    assert len(found) == 1
    assert "S-0001 답변 shares 25 characters with guide.jsonl" in found[0]


def test_a_shorter_shared_run_is_not_a_copy():
    shared = SENTENCE[: copied.RUN - 1]
    assert copied.copies([("ours", f"{shared}갑")], [("guide", f"{shared}을")]) == []


def test_references_are_read_from_plain_and_gzipped_files_with_escapes_undone(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": SENTENCE}), encoding="utf-8")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(SENTENCE.replace(" ", "  ").encode()))
    (tmp_path / "c.bin").write_bytes(SENTENCE.encode())
    texts = dict(copied.read_references(tmp_path))
    assert set(texts) == {"a.jsonl", "b.txt.gz"}
    assert all(SENTENCE in text for text in texts.values())


def test_the_command_names_copies_and_exits_with_one(tmp_path, capsys, rows):
    (tmp_path / "guide.txt").write_text(rows[0]["답변"], encoding="utf-8")
    assert check.main(["--against", str(tmp_path)]) == 1
    assert "S-0001 답변 shares" in capsys.readouterr().out


def test_the_command_without_references_exits_with_zero():
    assert check.main([]) == 0


def test_a_folder_that_does_not_exist_is_misuse(tmp_path):
    with pytest.raises(SystemExit) as stopped:
        check.main(["--against", str(tmp_path / "absent")])
    assert stopped.value.code == 2
