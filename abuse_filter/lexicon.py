"""Finds abusive words, disguised or plain, and leaves innocent words that contain them alone.

Terms are literals in a trie, so a text is read once per view whatever the number of terms.
Boundaries are Korean: a word begins after anything that is no letter, and it ends where only a
particle or an ending follows (`\\b` never stands next to Hangul, where it means nothing).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from abuse_filter.disguise import View, views
from consultation.errors import BadInput
from consultation.types import ABUSE_LABELS

_GROUP = re.compile(r"\((?!\?)")
_WINDOW = 16  # characters before a hit in which an innocent word may begin
# what may follow a whole word: particles, vocatives, copula
_TAIL = re.compile(
    r"(?:들|끼리)?(?:이|가|을|를|은|는|도|만|의|에|아|야|랑|하고|한테|같[가-힣]*|이야|이냐|이네|이다|이고|이라|라|냐|네|요|이요"
    r"|이지|지|임|인|로|으로|마냥|처럼|보다|뿐|거|진짜|새|놈|년)?(?![가-힣ㄱ-ㅣa-z0-9])"
)
# a word read out or typed as masked: "이 ***아", "이 삐 소리 같은 놈"
_MASKED = re.compile(
    r"(?:[*×✕○◯□■▇#@$%&^]{2,}|(?<![가-힣a-z])(?:xx+|삐이*(?: ?소리)?|땡땡|ㅇㅇ+|OO+|oo+) ?)(?:같은 )?(?=[아야들놈년새끼])(?:[아야](?![가-힣])|들|[놈년]|새끼|끼)"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A literal of the lexicon."""

    text: str
    labels: tuple[str, ...]
    severity: int  # 1 loose, 2 clear, 3 aimed and heavy
    begins_word: bool
    ends_word: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Abusive characters start:end of the original text."""

    start: int
    end: int
    labels: tuple[str, ...]
    severity: int


@dataclass(slots=True)
class _Node:
    """A place in the trie: what may follow, and the terms that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)


class Lexicon:
    """Terms and innocent words, ready to search."""

    def __init__(self, terms: Iterable[Term], innocent: Sequence[str]) -> None:
        self._trie = _Node()
        for term in terms:
            node = self._trie
            for c in term.text:
                node = node.next.setdefault(c, _Node())
            node.terms.append(term)
        self._innocent = re.compile("|".join(innocent)) if innocent else None

    @classmethod
    def open(cls) -> Lexicon:
        """The lexicon that ships with the program."""
        return cls.parse(files("abuse_filter").joinpath("lexicon.tsv").read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, table: str) -> Lexicon:
        """Read the table; raises `BadInput` that names the line."""
        terms: list[Term] = []
        innocent: list[str] = []
        for number, line in enumerate(table.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                pattern, labels, severity = line.split("\t")
                if labels == "innocent":
                    re.compile(pattern)
                    innocent.append(_GROUP.sub("(?:", pattern))  # nothing is captured: half the time
                    continue
                names = tuple(labels.split(","))
                if unknown := set(names) - set(ABUSE_LABELS):
                    raise ValueError(f"unknown label {unknown.pop()}")
                terms.extend(
                    Term(text, names, int(severity), pattern.startswith("^"), pattern.endswith("$"))
                    for text in spellings(pattern.removeprefix("^").removesuffix("$"))
                )
            except (ValueError, re.error) as error:
                raise BadInput(f"lexicon, line {number}: {error}; see the head of the file") from None
        return cls(terms, innocent)

    def find(self, text: str) -> list[Found]:
        """Abusive words in order, innocent ones left out, overlapping ones joined."""
        read = views(text)
        hits = [hit for view in read for hit in self._hits(view, text)]
        hits.extend(
            Found(*read[0].span(m.start(), m.end()), ("욕설", "모욕"), 3)
            for m in _MASKED.finditer(read[0].text)
        )
        if not hits:
            return []
        innocent = [span for view in read for span in self._innocent_spans(view, hits)]
        return _join(hit for hit in hits if not _within(hit, innocent))

    def _hits(self, view: View, original: str) -> Iterator[Found]:
        text = view.text
        for i, c in enumerate(text):
            node = self._trie.next.get(c)
            j = i
            while node is not None:
                j += 1
                for term in node.terms:
                    if term.begins_word and not _word_begins(view, i, original):
                        continue
                    if term.ends_word and not _TAIL.match(text, j):
                        continue
                    yield Found(*view.span(i, j), term.labels, term.severity)
                node = node.next.get(text[j]) if j < len(text) else None

    def _innocent_spans(self, view: View, hits: Sequence[Found]) -> Iterator[tuple[int, int]]:
        if self._innocent is None:
            return
        for start in _near(view, hits):  # every place, as innocent words overlap one another
            match = self._innocent.match(view.text, start)
            if match and match.end() > start:
                yield view.span(start, match.end())


def spellings(pattern: str) -> Iterator[str]:
    """All literals a lexicon pattern stands for: `[ab]`, `a?`, `[ab]?` and `_` are expanded."""
    choices: list[tuple[str, ...]] = []
    i = 0
    while i < len(pattern):
        if pattern[i] == "[":
            close = pattern.find("]", i)
            if close < 0:
                raise ValueError("a [ without ]")
            choices.append(tuple(pattern[i + 1 : close]))
            i = close + 1
        elif pattern[i] == "?":
            if not choices:
                raise ValueError("a ? with nothing before it")
            choices[-1] = ("", *choices[-1])
            i += 1
        else:
            choices.append(("", " ") if pattern[i] == "_" else (pattern[i],))
            i += 1
    return ("".join(parts) for parts in itertools.product(*choices))


def _word_begins(view: View, i: int, original: str) -> bool:
    if i == 0 or not _is_word(view.text[i - 1]):
        return True
    before = view.starts[i] - 1
    # a view may have lost the space that stands in the original
    return before >= 0 and original[before].isspace()


def _is_word(c: str) -> bool:
    return c.isalnum()


def _near(view: View, hits: Sequence[Found]) -> Iterator[int]:
    """Places in a view, each once, from which an innocent word could reach over a hit."""
    place = done = 0
    for hit in sorted(hits, key=lambda h: h.start):
        while place < len(view.starts) and view.starts[place] < hit.start:
            place += 1
        yield from range(max(done, place - _WINDOW), min(place + 1, len(view.text)))
        done = max(done, place + 1)


def _within(hit: Found, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in spans)


def _join(hits: Iterable[Found]) -> list[Found]:
    joined: list[Found] = []
    for hit in sorted(hits, key=lambda h: (h.start, h.end)):
        if joined and hit.start < joined[-1].end:
            last = joined[-1]
            labels = tuple(x for x in ABUSE_LABELS if x in last.labels or x in hit.labels)
            joined[-1] = Found(last.start, max(last.end, hit.end), labels, max(last.severity, hit.severity))
        else:
            joined.append(hit)
    return joined
