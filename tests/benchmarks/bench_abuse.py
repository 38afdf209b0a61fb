"""How many calm sentences does the abuse filter disturb, how much abuse does it find, and how fast?

Method: the filter, its lexicon alone, and the obvious alternative (a public word list, searched as plain
substrings) judge the same texts in the same process: calm speech for false alarms among 1,000 sentences,
the telephone set for recall of clear abuse (severity 2 and more). Time is processor time an utterance.

Command: python tests/benchmarks/bench_abuse.py --data ../shared/data
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from abuse_filter import AbuseFilter
from abuse_filter.lexicon import Lexicon

CALM = {
    "parakqc": ("parakqc/parakqc.jsonl.gz", "sentence"),
    "i3i4k": ("i3i4k/test.jsonl.gz", "text"),
    "seoul120": ("seoul120/dev_queries.jsonl", "query"),
    "seoul120_titles": ("seoul120/seoul120_docs.jsonl", "title"),
    "square": ("abuse/square/dev.jsonl.gz", "text"),
}
LIMIT = 2_000


def rows(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def word_list(path: Path) -> Callable[[str], bool]:
    """The plain filter: any listed word of two characters or more, anywhere."""
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    words = [word for line in lines if len(word := line.split("\t")[0]) >= 2]
    return lambda text: any(word in text for word in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    whole = AbuseFilter.open()
    lexicon = AbuseFilter(Lexicon.open(), None)
    filters: dict[str, Callable[[str], bool]] = {
        "filter": lambda text: whole.detect(text).severity >= 1,
        "filter_warns": lambda text: whole.detect(text).severity >= 2,
        "lexicon_only": lambda text: lexicon.detect(text).severity >= 1,
        "word_list": word_list(data / "abuse/wordlists/words.tsv.gz"),
    }
    telephone = rows(data / "abuse/calls_dev.jsonl")
    result: dict[str, Any] = {}
    for name, judge in filters.items():
        start, judged = time.process_time(), 0
        alarms = {}
        for calm, (path, column) in CALM.items():
            texts = [row[column] for row in rows(data / path)[:LIMIT]]
            alarms[calm] = round(1000 * sum(map(judge, texts)) / len(texts), 1)
            judged += len(texts)
        elapsed = time.process_time() - start
        clear = [row["text"] for row in telephone if row["severity"] >= 2]
        civil = [row["text"] for row in telephone if row["severity"] == 0]
        result[name] = {
            "false_alarms_per_1000": alarms,
            "telephone_recall_of_clear_abuse": round(sum(map(judge, clear)) / len(clear), 3),
            "telephone_false_alarms": round(sum(map(judge, civil)) / len(civil), 3),
            "us_per_utterance": round(1e6 * elapsed / judged, 1),
        }
        print(name, result[name])
    result["model"] = whole.name
    result["machine"] = f"{platform.machine()} Python {platform.python_version()} numpy {np.__version__}"
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
