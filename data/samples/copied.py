"""Has a text been copied from another?

Question: does any of our texts share a run of `RUN` characters with a reference text, spaces
folded? Method: every reference is cut into chunks of `CHUNK` characters; a shared run of `RUN` or
more holds at least one whole chunk, so looking the chunks up among all our `CHUNK`-grams misses
nothing. Each find is then widened and measured.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

RUN = 25  # characters that nobody shares by chance
CHUNK = 13  # (RUN + 1) // 2: wherever a run of 25 starts, it holds one aligned chunk of 13
TEXT_FILES = frozenset({".jsonl", ".json", ".csv", ".tsv", ".txt", ".md"})


def copies(ours: Iterable[tuple[str, str]], references: Iterable[tuple[str, str]]) -> list[str]:
    """Shared runs of at least `RUN` characters, as readable lines, each pair of places once."""
    texts = dict(ours)
    grams: dict[str, list[str]] = {}
    for where, text in texts.items():
        for i in range(len(text) - CHUNK + 1):
            grams.setdefault(text[i : i + CHUNK], []).append(where)
    found: dict[str, str] = {}
    for source, reference in references:
        for i in range(0, len(reference) - CHUNK + 1, CHUNK):
            chunk = reference[i : i + CHUNK]
            for where in grams.get(chunk, ()):
                run = _widest(texts[where], reference, chunk, i)
                if len(run) >= RUN and where not in found:
                    found[where] = f"{where} shares {len(run)} characters with {source}: {run!r}"
    return list(found.values())


def _widest(text: str, reference: str, chunk: str, at: int) -> str:
    """The longest run around `chunk` (at `at` in the reference) that `text` shares."""
    best, start = "", text.find(chunk)
    while start >= 0:
        left = 0
        while left < min(start, at) and text[start - left - 1] == reference[at - left - 1]:
            left += 1
        right = len(chunk)
        while start + right < len(text) and reference[at + right : at + right + 1] == text[start + right]:
            right += 1
        if left + right > len(best):
            best = text[start - left : start + right]
        start = text.find(chunk, start + 1)
    return best


def read_references(folder: Path) -> Iterator[tuple[str, str]]:
    """Each line of every text file below `folder` (also gzipped), JSON escapes undone."""
    for path in sorted(folder.rglob("*")):
        name = path.name.removesuffix(".gz")
        if not path.is_file() or Path(name).suffix not in TEXT_FILES:
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in data.decode("utf-8", errors="replace").split("\n"):
            text = json.dumps(json.loads(line), ensure_ascii=False) if _escaped(line) else line
            yield path.relative_to(folder).as_posix(), folded(text.replace("\\n", " "))


def _escaped(line: str) -> bool:
    return line.startswith("{") and "\\u" in line


def folded(text: str) -> str:
    """Runs of spaces and line breaks as one space."""
    return re.sub(r"\s+", " ", text).strip()
