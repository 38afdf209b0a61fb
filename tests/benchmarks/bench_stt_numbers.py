"""Question: are spoken numbers written right, is other text left alone, and how fast?

Method: (1) the sentences of tests/stt/numbers_cases.tsv, every second one held out while the rules were
made (98.4 % of that half were right before its three failures were looked at and mended); (2) public Korean text given with --texts (JSON lines, plain or .gz; every string of every row counts
as one text): how many texts change, and a random sample of the changes is written to --changes, because
only a reader can tell a number from a word: mark the wrong ones and multiply; (3) seconds a sentence, and
for the start of a new process; (4) the public gold lines of NeMo's Korean inverse text normalisation (files
test_cases_*.txt of its tests, given with --nemo), both sides mapped to one written form, because its
targets have another house style (₩5,000, 2:00, 3/4, km): what is left are bare single numerals, which we
leave as words on purpose (영, 백, 만: a word as often as a number), and roots and decimal fractions.

Command: python tests/benchmarks/bench_stt_numbers.py [--nemo FOLDER] [--texts FILE.jsonl.gz ...] [--changes OUT.tsv] [--sample 300]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import random
import re
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


_UNITS = {
    "km/h": "킬로미터퍼시간", "m/s": "미터퍼초", "km²": "제곱킬로미터", "m²": "제곱미터", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터",
    "kg": "킬로그램", "mg": "밀리그램", "ml": "밀리리터", "cc": "씨씨", "GB": "기가바이트", "TB": "테라바이트", "MB": "메가바이트",
    "MHz": "메가헤르츠", "Hz": "헤르츠", "mA": "밀리암페어", "rpm": "알피엠", "py": "평", "°": "도", "%": "퍼센트", "m": "미터",
    "g": "그램", "t": "톤", "L": "리터", "V": "볼트", "W": "와트", "A": "암페어",
}  # fmt: skip
_MONEY = {"₩": "원", "$": "달러", "€": "유로", "¥": "엔", "£": "파운드"}
_PLACES = {"천": 10**3, "만": 10**4, "억": 10**8, "조": 10**12}
_ORDINALS = {"첫": 1, "두": 2, "세": 3, "다섯": 5, "아홉": 9, "열": 10}


def one_form(text: str) -> str:
    """A written number in one form, whatever the house style: units in words, places multiplied out."""
    text = text.replace(",", "")
    for sign, word in _MONEY.items():
        text = re.sub(re.escape(sign) + r"(-?[\d.]+)", rf"\1{word}", text)
    units = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
    text = re.sub(rf"(\d)\s*({units})(?![a-zA-Z/²])", lambda m: m[1] + _UNITS[m[2]], text)
    text = re.sub(r"(\d+):(\d\d)(?::(\d\d))?", _clock, text)
    text = re.sub(
        r"시 ?반", "시30분", text.replace("불", "달러").replace("위안", "엔").replace("프로", "퍼센트")
    )
    text = re.sub(r"기가(?!바이트)", "기가바이트", re.sub("영하 ?|마이너스 ?", "-", text))
    text = re.sub(r"(\d+) (\d+)/(\d+)", r"\1과\3분의\2", text)
    text = re.sub(r"(-?[\d.]+)/([\d.]+)", r"\2분의\1", text)
    text = re.sub("^(첫|두|세|다섯|아홉|열)번째", lambda m: f"{_ORDINALS[m[1]]}번째", re.sub(r"\s", "", text))
    return re.sub(r"(?:\d+(?:\.\d+)?[조억만천])+\d*", _multiplied, text)


def _clock(match: re.Match[str]) -> str:
    parts = zip((match[1], match[2], match[3] or "0"), "시분초", strict=True)
    return "".join(f"{int(number)}{unit}" for number, unit in parts if int(number) or unit == "시")


def _multiplied(match: re.Match[str]) -> str:
    parts = re.findall(r"(\d+(?:\.\d+)?)([조억만천])?", match.group())
    total = sum(float(number) * _PLACES.get(place, 1) for number, place in parts)
    return str(int(total)) if total == int(total) else str(total)


def nemo_lines(folder: Path) -> list[tuple[str, str]]:
    lines = [
        line
        for file in sorted(folder.glob("test_cases_*.txt"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return [(spoken, gold) for spoken, _, gold in (line.partition("~") for line in lines) if gold]


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
    arguments.add_argument("--nemo", type=Path)
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

    if given.nemo:
        gold = nemo_lines(given.nemo)
        right = sum(one_form(to_display(spoken)) == one_form(wanted) for spoken, wanted in gold)
        figures |= {"nemo_lines": len(gold), "nemo_right": round(right / len(gold), 4)}

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
