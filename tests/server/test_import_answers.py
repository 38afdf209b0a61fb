"""What the page is told of a file that cannot be read."""

from __future__ import annotations

from typing import Any

from consultation.types import Role
from server.app import FAULTS
from tests.server.conftest import House

HEADER = "항목번호,분야,질문,답변\n"


def send(house: House, name: str, text: str) -> dict[str, Any]:
    answer = house.client.post(
        "/api/knowledge/import", files={"file": (name, text.encode())}, headers=house.enter(Role.KNOWLEDGE)
    )
    assert answer.status_code == 422, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_bad_rows_come_with_a_korean_sentence_and_a_row_a_fault(house: House) -> None:
    body = send(house, "표준상담.csv", HEADER + "a-1,주택,물음,\n")
    assert body["message"].startswith("표준상담.csv: 1개 행에서 2곳을 읽을 수 없어")
    assert [(fault["row"], fault["column"]) for fault in body["faults"]] == [(2, "분야"), (2, "답변")]
    assert "혹시 '주택도시계획'인가요?" in body["faults"][0]["reason"]


def test_of_very_many_faults_the_sentence_counts_all_and_says_how_many_are_shown(house: House) -> None:
    body = send(house, "a.csv", HEADER + "".join(f"a-{n},교통,물음,\n" for n in range(FAULTS + 5)))
    assert len(body["faults"]) == FAULTS
    assert "205개 행에서 205곳" in body["message"]
    assert "처음 200곳만" in body["message"]


def test_a_file_that_is_no_table_is_told_by_its_name_not_by_the_folder_it_was_kept_in(house: House) -> None:
    assert send(house, "a.csv", HEADER)["message"].startswith("a.csv: 열 이름만 있고")
    assert send(house, "a.pdf", "%PDF")["message"].startswith("xlsx, csv, jsonl 파일만")
