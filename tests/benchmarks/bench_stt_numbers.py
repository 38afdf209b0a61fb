"""Question: are spoken numbers written right, is other text left alone, and how fast?

Method: (1) the sentences of tests/stt/numbers_cases.tsv, every second one held out while the rules were
made (98.4 % of that half were right before its three failures were looked at and mended); (2) public Korean text given with --texts (JSON lines, plain or .gz; every string of every row counts
as one text): how many texts change, and a random sample of the changes is written to --changes, because
only a reader can tell a number from a word: mark the wrong ones and multiply; (3) seconds a sentence, and
for the start of a new process.

Command: python tests/benchmarks/bench_stt_numbers.py [--texts FILE.jsonl.gz ...] [--changes OUT.tsv] [--sample 300]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from consultation.text import squeeze
from stt.metrics import spoken_form
from stt.numbers import to_display

CASES = Path(__file__).parents[1] / "stt" / "numbers_cases.tsv"


def texts(path: Path) -> Iterator[str]:
    whole = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in whole.decode("utf-8").splitlines():
        yield from (value for value in json.loads(line).values() if isinstance(value, str))


def start_seconds() -> float:
    """A new process that converts one sentence, without the start of Python itself."""

    def run(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - began

    return median(run("from stt.numbers import to_display; to_display('세 시')") for _ in range(3)) - median(
        run("") for _ in range(3)
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--texts", type=Path, nargs="*", default=[])
    arguments.add_argument("--changes", type=Path)
    arguments.add_argument("--sample", type=int, default=300)
    given = arguments.parse_args()

    with CASES.open(encoding="utf-8", newline="") as lines:
        cases = [(row["spoken"], row["display"]) for row in csv.DictReader(lines, delimiter="\t")]
    to_display("신림 이동")  # the gazetteer is read at the first dong
    figures: dict[str, float] = {"sentences": len(cases)}
    for name, half in (("right_tuned", cases[0::2]), ("right_held_out", cases[1::2])):
        figures[name] = round(sum(to_display(s) == d for s, d in half) / len(half), 4)
    figures["one_spoken_form"] = round(
        sum(squeeze(spoken_form(s)) == squeeze(spoken_form(d)) for s, d in cases) / len(cases), 4
    )
    times = []
    for spoken, _ in cases:
        began = time.perf_counter()
        to_display(spoken)
        times.append(1000 * (time.perf_counter() - began))
    figures["ms_median"], figures["ms_p95"] = (
        round(median(times), 3),
        round(sorted(times)[int(0.95 * len(times))], 3),
    )
    figures["start_seconds"] = round(start_seconds(), 2)

    public = sorted({text for path in given.texts for text in texts(path)})
    if public:
        began = time.perf_counter()
        changed = [(text, written) for text in public if (written := to_display(text)) != text]
        figures |= {
            "public_texts": len(public),
            "public_changed": len(changed),
            "public_ms": round(1000 * (time.perf_counter() - began) / len(public), 3),
        }
        if given.changes:
            random.Random(0).shuffle(changed)
            with given.changes.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, delimiter="\t").writerows(changed[: given.sample])
    for name, figure in figures.items():
        print(f"{name:<20}{figure:>12}")
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
