"""The whole way, with a real index of a few entries: knowledge built, calls replayed, scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analytics.quality import review
from assistant import evaluation, scores
from assistant.evaluation import Engines, check, evaluate, predict
from consultation.errors import BadInput, BadRows
from consultation.types import FIELDS, FOLLOW_UPS, QualityItem
from tests.assistant.fakes import Places, Shelf, Swear, entry

KNOWLEDGE = "\n".join(
    [
        "번호,분류,제목,내용,내용번호",
        "1,환경,대형폐기물은 어떻게 버리나요,구청 홈페이지나 동주민센터에서 신고하고 스티커를 붙여 내놓습니다,901",
        "2,행정,여권을 잃어버렸을 때 재발급은 어떻게 하나요,구청 민원여권과에 분실 신고를 하고 다시 신청합니다,902",
        "3,교통,공영주차장 정기권 신청,시설관리공단 홈페이지에서 신청합니다,903",
    ]
)


def conversation(**changes: Any) -> dict[str, Any]:
    said = [
        ("agent", "안녕하십니까 다산콜 상담사 한가온입니다"),
        ("citizen", "네 어 여권을 잃어버렸는데 재발급은 어떻게 하나요"),
        (
            "agent",
            "여권 재발급 방법이 궁금하신 거 맞으시죠? 구청 민원여권과에 분실 신고를 하시고 신청하시면 됩니다.",
        ),
        ("citizen", "네 감사합니다 제 번호는 공일공 공공공공 오육칠팔이요"),
        ("agent", "더 궁금하신 점 있으세요? 감사합니다."),
    ]
    row: dict[str, Any] = {
        "call_id": "c-1",
        "channel": "phone",
        "started_at": "2026-03-02T10:15:00+09:00",
        "turns": [
            {"i": i, "speaker": speaker, "start": i * 5.0, "end": i * 5.0 + 4, "text": text}
            for i, (speaker, text) in enumerate(said)
        ],
        "gold": {
            "category": "행정",
            "category_ok": ["행정"],
            "doc_ids": ["902"],
            "question_summary": "여권을 잃어버렸다며 재발급 방법을 문의함.",
            "answer_summary": "구청 민원여권과에 분실 신고를 하고 신청하면 된다고 안내함.",
            "follow_up": {"type": "없음", "detail": ""},
            "resolved": True,
            "topics": ["여권", "재발급"],
            "district": None,
            "urgency": "none",
            "ars_code": 1,
            "abuse": [],
            "pii": [{"turn": 3, "text": "공일공 공공공공 오육칠팔", "type": "전화번호"}],
            "pii_optional": [{"turn": 0, "text": "한가온", "type": "이름"}],
            "suggest_at": [{"turn": 1, "doc_ids": ["902"]}],
            "quality": {item.value: item is not QualityItem.IMPROPER for item in QualityItem},
        },
    }
    return row | changes


def engines() -> Engines:
    return Engines(Shelf(entry("902", "여권 재발급")), Swear(), Places(), review)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.mark.slow
def test_calls_are_answered_from_a_knowledge_file_and_scored(tmp_path: Path):
    knowledge = tmp_path / "faq.csv"
    knowledge.write_text(KNOWLEDGE, encoding="utf-8")
    calls, out = write(tmp_path / "calls.jsonl", conversation()), tmp_path / "out.jsonl"
    seen: list[tuple[int, int]] = []
    metrics = evaluate(
        knowledge, calls, out, review=review, threshold=0.1, progress=lambda done, of: seen.append((done, of))
    )
    (row,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert row["suggestions"][0]["entry_ids"][0] == "902"
    assert metrics["n"] == 1
    assert metrics["suggestions"]["hit@1"] == 1.0
    assert metrics["pii"]["all"] == {"precision": 1.0, "recall": 1.0, "n": 1}
    assert seen == [(1, 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.jsonl", "faq.csv", "out.jsonl"]


def test_a_prediction_has_exactly_the_documented_form():
    (row,) = predict([conversation()], engines())
    assert set(row) == {"call_id", "suggestions", "wrap_up", "pii", "abuse", "quality"}
    assert row["call_id"] == "c-1"
    (suggestion,) = row["suggestions"]
    assert set(suggestion) == {"turn", "entry_ids", "delay_ms"}
    assert (suggestion["turn"], suggestion["entry_ids"]) == (1, ["902"])
    assert set(row["wrap_up"]) == {
        "category", "question", "answer", "follow_up", "entry_ids", "resolved", "district", "urgency",
        "ars_code", "topics",
    }  # fmt: skip
    assert row["wrap_up"]["category"] in FIELDS
    assert row["wrap_up"]["follow_up"]["type"] in FOLLOW_UPS
    assert {"turn": 3, "text": "공일공 공공공공 오육칠팔", "type": "전화번호"} in row["pii"]
    assert set(row["quality"]) == {item.value for item in QualityItem} | {"evidence"}
    json.dumps(row)


def test_predictions_do_not_depend_on_gold():
    with_gold = conversation()
    without = {name: value for name, value in with_gold.items() if name != "gold"}
    a, b = (predict([row], engines())[0] for row in (with_gold, without))
    for row in (a, b):
        for suggestion in row["suggestions"]:
            suggestion.pop("delay_ms")
    assert a == b


def test_without_gold_only_delays_are_reported():
    row = {name: value for name, value in conversation().items() if name != "gold"}
    metrics = scores.score([row], predict([row], engines()))
    assert set(metrics) == {"delay_ms", "n_gold"}
    assert metrics["n_gold"] == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"call_id": ""}, "call_id"),
        ({"call_id": 7}, "call_id"),
        ({"channel": "fax"}, "channel"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-03-02T10:15:00"}, "started_at"),
        ({"turns": []}, "turns"),
        ({"turns": "none"}, "turns"),
        ({"turns": ["x"]}, "turns[0]"),
        ({"turns": [{"i": 0, "speaker": "robot", "start": 0, "end": 1, "text": "네"}]}, "turns[0]"),
        ({"turns": [{"i": True, "speaker": "agent", "start": 0, "end": 1, "text": "네"}]}, "turns[0]"),
        ({"turns": [{"i": 0, "speaker": "agent", "start": "0", "end": 1, "text": "네"}]}, "turns[0]"),
        ({"turns": [{"i": 0, "speaker": "agent", "start": 0, "end": 1, "text": None}]}, "turns[0]"),
        ({"turns": [{"i": 0, "speaker": "agent", "start": 0, "end": 1, "text": "네"}] * 2}, "turns[1]"),
    ],
)
def test_a_conversation_that_cannot_be_replayed_is_named(changes: dict[str, Any], field: str):
    fault = check(conversation(**changes))
    assert fault is not None
    assert fault[0] == field


def test_a_bad_file_is_refused_before_anything_is_predicted(tmp_path: Path):
    calls = write(tmp_path / "calls.jsonl", conversation(), conversation(channel="fax"))
    with pytest.raises(BadRows, match="row 2, column channel"):
        evaluate(tmp_path / "missing.csv", calls, tmp_path / "out.jsonl", review=review)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_missing_knowledge_file_is_refused(tmp_path: Path):
    calls = write(tmp_path / "calls.jsonl", conversation())
    with pytest.raises(BadInput):
        evaluate(tmp_path / "missing.csv", calls, tmp_path / "out.jsonl", review=review)


def test_hits_count_earlier_suggestions_and_silence_counts_citizen_turns():
    row = conversation()
    guess = {"suggestions": [{"turn": 1, "entry_ids": ["5", "902"], "delay_ms": 3.0}]}
    found = scores.suggestions([(row, guess, row["gold"])])
    assert (found["hit@1"], found["hit@3"]) == (0.0, 1.0)
    assert (found["silence_precision"], found["silence_recall"]) == (1.0, 1.0)
    late = {"suggestions": [{"turn": 3, "entry_ids": ["902"], "delay_ms": 3.0}]}
    found = scores.suggestions([(row, late, row["gold"])])
    assert found["hit@3"] == 0.0
    assert (found["silence_precision"], found["silence_recall"]) == (0.0, 0.0)


def test_optional_personal_data_counts_neither_way():
    row = conversation()
    guess = {
        "pii": [
            {"turn": 0, "text": "한가온", "type": "이름"},
            {"turn": 3, "text": "공일공 공공공공 오육칠팔", "type": "전화번호"},
            {"turn": 1, "text": "여권", "type": "이름"},
        ]
    }
    found = scores.personal_data([(row, guess, row["gold"])])
    assert found["all"] == {"precision": 0.5, "recall": 1.0, "n": 1}


def test_abuse_is_scored_by_turn_and_by_label():
    row = conversation()
    gold = {
        "abuse": [
            {"turn": 1, "labels": ["욕설"], "severity": 2},
            {"turn": 3, "labels": ["모욕"], "severity": 1},
        ]
    }
    guess = {"abuse": [{"turn": 1, "labels": ["욕설", "반말"], "severity": 2}]}
    found = scores.abuse([(row, guess, gold)])
    assert found["turns"] == {"precision": 1.0, "recall": 0.5, "f1": 0.667, "n": 2}
    assert found["labels"]["욕설"]["f1"] == 1.0
    assert found["severity_exact"] == 1.0


def test_the_evaluation_opens_nothing_when_imported():
    assert not hasattr(evaluation, "AbuseFilter")
