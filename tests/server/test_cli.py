"""The command line as an operator uses it: exit 0 done, 1 refused with a reason, 2 misused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KNOWLEDGE = (
    "항목번호,분야,질문,답변,담당부서\n"
    "T-1,행정,여권을 잃어버렸을 때,분실 신고를 하신 뒤 재발급을 신청하시면 됩니다.,여권과\n"
    "T-2,환경,대형폐기물을 버리는 방법,신고 후 스티커를 붙여 내놓으시면 됩니다.,청소행정과\n"
)


class Shell:
    """Runs `sangdam …` with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, said: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SANGDAM_")}
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *words],
            cwd=self.folder,
            env={**environment, "PYTHONPATH": str(Path(__file__).parents[2]), **settings},
            input=said,
            capture_output=True,
            text=True,
            timeout=240,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_knowledge_goes_from_a_cp949_file_to_an_answer_and_back(shell: Shell) -> None:
    (shell.folder / "a.csv").write_bytes(KNOWLEDGE.encode("cp949"))
    (shell.folder / "b.csv").write_text(KNOWLEDGE.replace("재발급을", "새 여권을"), encoding="utf-8-sig")
    made = shell.run("knowledge", "import", "a.csv", "--publish")
    assert (made.returncode, made.stderr) == (0, ""), made.stderr
    assert "2 added" in made.stdout
    found = shell.run("search", "여권 잃어버렸어요", "--json")
    assert json.loads(found.stdout)[0]["entry_id"] == "T-1"
    assert "1 changed" in shell.run("knowledge", "import", "b.csv").stdout
    difference = json.loads(shell.run("knowledge", "diff", "1", "2", "--json").stdout)
    assert [(row["entry_id"], row["field"]) for row in difference] == [("T-1", "answer")]
    assert shell.run("knowledge", "publish", "2").returncode == 0
    assert "version 1 is live again" in shell.run("knowledge", "rollback").stdout
    assert shell.run("audit", "verify").returncode == 0


def test_a_bad_file_is_refused_row_by_row_and_leaves_nothing(shell: Shell) -> None:
    (shell.folder / "bad.csv").write_text(KNOWLEDGE + "T-1,없는분야,질문,,과\n", encoding="utf-8")
    refused = shell.run("knowledge", "import", "bad.csv")
    assert refused.returncode == 1
    assert "row 4" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert json.loads(shell.run("knowledge", "list", "--json").stdout) == []


def test_a_misspelt_setting_stops_the_start_with_a_suggestion(shell: Shell) -> None:
    stopped = shell.run("check", SANGDAM_STOR_URL="sqlite:///x.db")
    assert stopped.returncode == 1
    assert "SANGDAM_STORE_URL" in stopped.stderr


def test_misuse_is_exit_2(shell: Shell) -> None:
    assert shell.run("knowledge", "publish", "first").returncode == 2
    assert shell.run("fly").returncode == 2


def test_a_search_before_anything_is_published_says_what_to_do(shell: Shell) -> None:
    early = shell.run("search", "여권")
    assert early.returncode == 1
    assert "sangdam knowledge import" in early.stderr


def test_an_account_is_made_listed_and_disabled(shell: Shell) -> None:
    made = shell.run("people", "add", "hong", "--role", "agent", said="긴-비밀번호-하나-둘\n")
    assert made.returncode == 0, made.stderr
    weak = shell.run("people", "add", "kim", "--role", "agent", said="1234\n")
    assert weak.returncode == 1
    assert shell.run("people", "disable", "hong").returncode == 0
    (row,) = json.loads(shell.run("people", "list", "--json").stdout)
    assert (row["name"], row["roles"], row["disabled"]) == ("hong", "agent", True)


def test_evaluation_refuses_unreadable_rows_before_it_predicts_anything(shell: Shell) -> None:
    (shell.folder / "k.csv").write_text(KNOWLEDGE, encoding="utf-8")
    (shell.folder / "q.jsonl").write_text('{"query": "여권"}\n{"question": "폐기물"}\nnot json\n')
    refused = shell.run(
        "evaluate", "retrieval", "--knowledge", "k.csv", "--queries", "q.jsonl", "--out", "p.jsonl"
    )
    assert refused.returncode == 1
    assert "row 2" in refused.stderr
    assert "row 3" in refused.stderr
    assert not (shell.folder / "p.jsonl").exists()


def test_evaluation_prints_one_json_object_last_and_a_prediction_a_row(shell: Shell) -> None:
    (shell.folder / "k.csv").write_text(KNOWLEDGE, encoding="utf-8")
    rows = [
        {"query": "여권을 잃어버렸어요", "doc_ids": ["T-1"]},
        {"query": "냉장고 버리려고요", "doc_ids": ["T-2"]},
        {"query": "오늘 날씨 어때", "doc_ids": []},
    ]
    (shell.folder / "q.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows))
    done = shell.run(
        "evaluate", "retrieval", "--knowledge", "k.csv", "--queries", "q.jsonl", "--out", "p.jsonl", "--json"
    )
    assert done.returncode == 0, done.stderr
    metrics = json.loads(done.stdout.splitlines()[-1])
    assert metrics["n"] == 3
    assert {"recall@1", "recall@3", "recall@10", "mrr@10", "models", "machine", "p99_ms"} <= metrics.keys()
    predicted = [json.loads(line) for line in (shell.folder / "p.jsonl").read_text().splitlines()]
    assert [p["query"] for p in predicted] == [r["query"] for r in rows]
    assert all(0 <= p["answerable"] <= 1 for p in predicted)
