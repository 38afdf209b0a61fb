"""Question: how long does it take to import and publish a city's whole standard consultation DB, and one edit?

Method: invented entries (a question, a variant, an answer of some 200 characters) in a CSV file; SQLite
and FAISS in a new temporary folder; the analyser and encoder that ship with the program, loaded
beforehand. "edit" changes the answer of one entry, so that every other text keeps its vector. Meanwhile
one thread searches the live version without a pause: its slowest search tells whether publishing is felt.

Command: python tests/benchmarks/bench_publish.py [--entries 10000]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import resource
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

from consultation.store import open_store
from consultation.types import FIELDS
from consultation.versions import Versions
from retrieval.encoder import open_encoder
from retrieval.knowledge import Knowledge
from retrieval.retriever import Retriever
from retrieval.tokens import open_analyser

WHAT = (
    "주차 단속",
    "여권 재발급",
    "수도 요금",
    "가로등 고장",
    "공원 대관",
    "독감 접종",
    "보육료 지원",
    "대형 폐기물",
)
WHERE = ("구청 민원실", "동 주민센터", "온라인 누리집", "보건소", "상수도사업소", "시설관리공단")
HOW = ("신청", "변경", "취소", "확인", "이의 제기", "환급", "연장", "증명서 발급")
WITH = ("신분증", "신청서", "위임장", "통장 사본", "가족관계증명서", "사진 한 장", "임대차 계약서")


def rows(count: int) -> list[dict[str, str]]:
    dice = random.Random(7)
    made = []
    for number in range(count):
        what, where, how = dice.choice(WHAT), dice.choice(WHERE), dice.choice(HOW)
        papers = ", ".join(dice.sample(WITH, 3))
        sentences = [
            f"{what} {how}은 {where} {number % 40 + 1}번 창구에서 하실 수 있습니다.",
            f"{papers}을 가지고 평일 오전 {dice.randint(8, 11)}시부터 오후 {dice.randint(4, 6)}시 사이에 와 주세요.",
            f"처리에는 {dice.randint(1, 30)}일쯤 걸리고 수수료는 {dice.randint(1, 90) * 100}원입니다.",
            f"{dice.choice(WHERE)}에서도 받으며, 접수번호 {number:05d}번으로 결과를 알려 드립니다.",
        ]
        dice.shuffle(sentences)
        made.append(
            {
                "항목번호": f"bench-{number:06d}",
                "분야": dice.choice(FIELDS),
                "질문": f"{where}에서 {what} {how}을 하려면 어떻게 하나요? ({number}번 안내)",
                "질문변형": f"{what} {number}번 {how} 방법",
                "답변": " ".join(sentences),
            }
        )
    return made


def write(path: Path, entries: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(entries[0]))
        writer.writeheader()
        writer.writerows(entries)
    return path


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--entries", type=int, default=10_000)
    count = arguments.parse_args().entries
    analyser, encoder = open_analyser("kiwi"), open_encoder("")
    figures: dict[str, float] = {}

    def timed(name: str, work):  # type: ignore[no-untyped-def]
        start = time.perf_counter()
        result = work()
        figures[name] = round(time.perf_counter() - start, 2)
        print(f"{name:<28}{figures[name]:>8.2f} s")
        return result

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = open_store(f"sqlite:///{home / 'consultation.db'}", master_key=b"b" * 32)
        versions = Versions(home / "knowledge")
        knowledge = Knowledge(store, versions, analyser=analyser, encoder=encoder)
        entries = rows(count)
        whole = write(home / "whole.csv", entries)
        entries[count // 2]["답변"] = "이제 온라인으로 하실 수 있습니다."
        edited = write(home / "edited.csv", entries)

        timed("import_seconds", lambda: knowledge.import_(whole, "bench"))
        timed("import_same_seconds", lambda: knowledge.import_(whole, "bench"))
        timed("publish_seconds", lambda: knowledge.publish(1, "bench"))
        retriever = timed(
            "open_seconds", lambda: Retriever.open(versions.folder, encoder=encoder, analyser=analyser)
        )
        timed("import_edit_seconds", lambda: knowledge.import_(edited, "bench"))

        stop, slowest, searches = threading.Event(), [0.0], [0]

        def search() -> None:
            while not stop.is_set():
                start = time.perf_counter()
                retriever.search("여권 재발급 신청은 어디서 하나요?")
                slowest[0] = max(slowest[0], time.perf_counter() - start)
                searches[0] += 1

        searcher = threading.Thread(target=search)
        searcher.start()
        timed("publish_edit_seconds", lambda: knowledge.publish(2, "bench"))
        timed("reload_seconds", retriever.reload)
        stop.set()
        searcher.join()
        timed("rollback_seconds", lambda: knowledge.rollback("bench"))
        megabytes = sum(p.stat().st_size for p in versions.path(2).rglob("*") if p.is_file()) / 2**20
        store.close()

    figures |= {
        "entries": count,
        "version_megabytes": round(megabytes, 1),
        "searches_while_publishing": searches[0],
        "slowest_search_while_publishing_ms": round(slowest[0] * 1000, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    machine = {
        "cpu": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "analyser": analyser.name,
        "encoder": encoder.name,
        "faiss": version("faiss-cpu"),
    }
    print(json.dumps({"benchmark": "publish", **figures, **machine}, ensure_ascii=False))


if __name__ == "__main__":
    main()
