"""Pure: the figures that a text states, and where two texts about one subject state others.

A figure is told apart by its kind (amount, day, telephone …) and by the words before it: "수수료 5,000원"
contradicts "수수료 3,000원", not "과태료 3,000원".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consultation.text import clean

LONGEST = 20_000  # characters of a text that are read

_UNITS = {
    "억": 100_000_000,
    "천만": 10_000_000,
    "백만": 1_000_000,
    "십만": 100_000,
    "만": 10_000,
    "천": 1_000,
}
_AMOUNT = re.compile(
    r"(?<![\d.,])((?:\d[\d,]{0,14}(?:\.\d{1,4})?\s?(?:억|천만|백만|십만|만|천)\s?){1,3}(?:\d[\d,]{0,14}\s?)?|\d[\d,]{0,14}\s?"
    r"|(?<![가-힣])(?:만|천)\s?)원(?!칙|장|인|본|래|서|문|어|룸|동)"
)
_PIECE = re.compile(r"(\d[\d,]{0,14}(?:\.\d{1,4})?)\s?(억|천만|백만|십만|만|천)?")
_PHONE = re.compile(r"(?<![\d-])(0\d{1,2}[-.)\s]\s?\d{3,4}[-.\s]\d{4}|1[5-9]\d{2}[-.\s]\d{4})(?![\d-])")
_DAY = re.compile(
    r"(?:(?P<y>(?:19|20)\d{2})\s?[.년/-]\s?(?P<m>1[0-2]|0?[1-9])\s?[.월/-]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)(?:\s?일|\.)?"
    r"|(?<![\d.])(?P<m2>1[0-2]|0?[1-9])\s?월\s?(?P<d2>3[01]|[12]\d|0?[1-9])\s?일"
    r"|(?<![\d./])(?P<m3>1[0-2]|0?[1-9])[./]\s?(?P<d3>3[01]|[12]\d|0?[1-9])(?:\.(?!\d)|(?=\s?\([월화수목금토일]\)))"
    r"|(?<![\d./])(?P<m4>1[0-2]|0?[1-9])/(?P<d4>3[01]|[12]\d|0?[1-9])(?![\d/]))"
)
_PERCENT = re.compile(r"(?<![\d.,])(\d[\d.,]{0,14})\s?(?:%|퍼센트|프로(?![가-힣]))")
_AGE = re.compile(r"(?:만\s?)?(\d{1,3})\s?세")
_TERM = re.compile(
    r"(\d{1,4})\s?(일|주일|주|개월|달|년|시간|분)\s?(?=이내|안에|이전|전까지|간|동안|이상|이하|까지|내에|내로|내\s)"
)
_CLOCK = re.compile(
    r"(?<!\d)((?:오전|오후)\s?)?([01]?\d|2[0-4])\s?(?:시(?!간|민|장|청|설|내|도|행)|:)\s?(?:(\d{2})\s?분?)?"
)
_COUNT = re.compile(r"(?<![\d,])(\d[\d,]{0,14})\s?(명|회|건|매|장|부|대|개소|곳|가구)(?![가-힣]*월)")
_LABEL = re.compile(r"(?:^|[\s(,·:])([가-힣A-Za-z]{2,})(?:[\s(:：·]|약|최대|최소|월\s|연\s|매월|매년)*$")
_NO_LABEL = re.compile(
    r"(?:이상|이하|이내|미만|초과|까지|부터|또는|그리고|이며|이고|오전|오후|최대|최소|매월|매년|경우|다만|모두|각각)$"
)
_PARTICLE = re.compile(
    r"(?<=[가-힣]{2})(?:은|는|이|가|을|를|의|로|으로|에|에서|까지|부터|도|만|와|과|인|이며|당|별)$"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a text."""

    kind: str  # 금액, 날짜, 전화, 비율, 나이, 기간, 시각, 수량
    value: str  # as it is compared
    said: str  # as it is written
    label: str = ""  # the word before it


@dataclass(frozen=True, slots=True)
class Difference:
    """A kind of figure in which two texts disagree."""

    kind: str
    left: tuple[str, ...]  # as written in the first text
    right: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.left)} ↔ {', '.join(self.right)}"


def facts(text: str) -> list[Fact]:
    """Every figure of a text, in order of kind. A figure is read once, as the most telling kind."""
    left = list(clean(text, limit=LONGEST))
    found: list[Fact] = []
    for kind, pattern, read in _READERS:
        now = "".join(left)
        for match in pattern.finditer(now):
            value = read(match)
            if value is None:
                continue
            found.append(
                Fact(
                    kind,
                    value,
                    match.group().strip(),
                    _label(now[max(0, match.start() - 24) : match.start()]),
                )
            )
            for place in range(*match.span()):
                left[place] = "\x1f"  # so that the day of a date is not read again as a number of days
    return found


def differences(left: str, right: str) -> list[Difference]:
    """Where two texts about the same thing cannot both be right.

    A kind that only one of them states is no contradiction; nor are more figures of a kind in one, as
    long as it states those of the other, too, unless one and the same label carries another value.
    """
    ours, theirs = _by_kind(facts(left)), _by_kind(facts(right))
    found = []
    for kind in (kind for kind, _, _ in _READERS if kind in ours and kind in theirs):
        a, b = ours[kind], theirs[kind]
        labelled = _labelled(a, b)
        if labelled:
            found.append(Difference(kind, _said(labelled[0]), _said(labelled[1])))
        elif not (_values(a) <= _values(b) or _values(b) <= _values(a)) and not _share_labels(a, b):
            found.append(Difference(kind, _said(a, without=b), _said(b, without=a)))
    return found


def phones(text: str) -> tuple[str, ...]:
    """Telephone numbers of a text, digits only."""
    return tuple(fact.value for fact in facts(text) if fact.kind == "전화")


# --- reading ---------------------------------------------------------------------------------------


def _won(match: re.Match[str]) -> str | None:
    total, rest = 0.0, match.group(1).strip()
    if rest in ("만", "천"):
        return str(_UNITS[rest])
    for number, unit in _PIECE.findall(rest):
        total += float(number.replace(",", "").rstrip(".") or 0) * _UNITS.get(unit, 1)
    return f"{total:.0f}"


def _day(match: re.Match[str]) -> str | None:
    month, day = (
        next(int(found) for found in match.group(name, *(f"{name}{n}" for n in (2, 3, 4))) if found)
        for name in ("m", "d")
    )
    return f"{month:02}-{day:02}"  # the year is often left out, so it is not compared


def _digits(match: re.Match[str]) -> str | None:
    return re.sub(r"\D", "", match.group())


def _number(match: re.Match[str]) -> str | None:
    return match.group(1).replace(",", "").rstrip(".")


def _measure(match: re.Match[str]) -> str | None:
    return match.group(1).replace(",", "") + match.group(2)


def _clock(match: re.Match[str]) -> str | None:
    if match.group().endswith(":"):
        return None
    hour = int(match.group(2))
    if (match.group(1) or "").startswith("오후") and hour < 12:
        hour += 12
    return f"{hour:02}:{match.group(3) or '00'}"


_READERS = (
    ("전화", _PHONE, _digits),
    ("금액", _AMOUNT, _won),
    ("날짜", _DAY, _day),
    ("비율", _PERCENT, _number),
    ("나이", _AGE, _number),
    ("기간", _TERM, _measure),
    ("시각", _CLOCK, _clock),
    ("수량", _COUNT, _measure),
)


def _label(before: str) -> str:
    match = _LABEL.search(before)
    return _PARTICLE.sub("", match.group(1)) if match and not _NO_LABEL.search(match.group(1)) else ""


# --- comparing -------------------------------------------------------------------------------------


def _by_kind(found: Iterable[Fact]) -> dict[str, list[Fact]]:
    kinds: dict[str, list[Fact]] = {}
    for fact in found:
        kinds.setdefault(fact.kind, []).append(fact)
    return kinds


def _by_label(found: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    labels: dict[str, list[Fact]] = {}
    for fact in found:
        if fact.label:
            labels.setdefault(fact.label, []).append(fact)
    return labels


def _labelled(a: list[Fact], b: list[Fact]) -> tuple[list[Fact], list[Fact]] | None:
    """Figures with the same label of which neither text holds the other's."""
    ours, theirs = _by_label(a), _by_label(b)
    left, right = [], []
    for label in (label for label in ours if label in theirs):
        mine, other = _values(ours[label]), _values(theirs[label])
        if not (mine <= other or other <= mine):
            left += [fact for fact in ours[label] if fact.value not in other]
            right += [fact for fact in theirs[label] if fact.value not in mine]
    return (left, right) if left else None


def _share_labels(a: list[Fact], b: list[Fact]) -> bool:
    """Do both label all their figures of a kind, with no figure left to compare without one?"""
    return bool(set(_by_label(a)) & set(_by_label(b)))


def _values(found: Iterable[Fact]) -> set[str]:
    return {fact.value for fact in found}


def _said(found: Iterable[Fact], without: Iterable[Fact] = ()) -> tuple[str, ...]:
    known = _values(without)
    return tuple(dict.fromkeys(fact.said for fact in found if fact.value not in known))
