"""Machine pre-score of an agent's part, item by item, with the turn that proves it.

The phrases are data (`rubric.toml`). A reviewer decides; this only says where to look.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from consultation.errors import BadInput
from consultation.types import QualityItem, Review, Speaker, Turn

RUBRIC = Path(__file__).with_name("rubric.toml")
PLACES = ("first", "opening", "last", "any")

LONGEST = 4000  # characters of a turn that are looked at
BARE = 3  # letters; "네 네" closes nothing

Contradiction = Callable[[Sequence[Turn]], int | None]
"""The first agent turn that contradicts the knowledge, or None."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What proves one item."""

    where: str = "any"
    any_of: tuple[re.Pattern[str], ...] = ()
    all_of: tuple[re.Pattern[str], ...] = ()
    none_of: tuple[re.Pattern[str], ...] = ()
    after: bool = False  # only turns that follow a citizen's turn

    def proves(self, text: str) -> bool:
        """Does this turn prove the item?"""
        if any(pattern.search(text) for pattern in self.none_of):
            return False
        if self.all_of and not all(pattern.search(text) for pattern in self.all_of):
            return False
        return not self.any_of or any(pattern.search(text) for pattern in self.any_of)


Rubric = Mapping[QualityItem, Criterion]


def read_rubric(path: Path = RUBRIC) -> Rubric:
    """The sheet. Raises `BadInput` that names the item and what is wrong with it."""
    try:
        sheet = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); see analytics/rubric.toml for the form") from None
    missing = [item.value for item in QualityItem if item.value not in sheet]
    strange = [name for name in sheet if name not in {item.value for item in QualityItem}]
    if missing or strange:
        raise BadInput(f"{path}: items missing: {missing}; items unknown: {strange}")
    return {item: _criterion(path, item.value, sheet[item.value]) for item in QualityItem}


def review(
    turns: Sequence[Turn], *, rubric: Rubric | None = None, contradicts: Contradiction | None = None
) -> Review:
    """Score the agent's turns. 정확한_안내 holds unless `contradicts` names a wrong turn: a machine that
    has not compared the words with the knowledge must not accuse anybody."""
    rubric = rubric if rubric is not None else _bundled()
    evidence: dict[QualityItem, int | None] = {}
    items: dict[QualityItem, bool] = {}
    for item in QualityItem:
        if item is QualityItem.CORRECTNESS:
            wrong = contradicts(turns) if contradicts else None
            items[item], evidence[item] = wrong is None, wrong
            continue
        evidence[item] = _first_proof(turns, rubric[item])
        items[item] = evidence[item] is not None
    return Review(items, evidence)


def _first_proof(turns: Sequence[Turn], criterion: Criterion) -> int | None:
    agent = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    candidates = {
        "first": agent[:1],
        "opening": agent[:2],
        "last": _closing_run(turns),
        "any": agent,
    }[criterion.where]
    heard = next((turn.index for turn in turns if turn.speaker is Speaker.CITIZEN), None)
    for turn in candidates:
        if criterion.after and (heard is None or turn.index < heard):
            continue
        if criterion.proves(turn.text[:LONGEST]):
            return turn.index
    return None


def _closing_run(turns: Sequence[Turn]) -> list[Turn]:
    """The agent's last turn, and the one before where nobody spoke between or the last is a bare yes."""
    agent = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    if len(agent) < 2:
        return agent
    before, last = agent[-2:]
    spoke = any(before.index < turn.index < last.index for turn in turns if turn.speaker is Speaker.CITIZEN)
    bare = sum(c.isalpha() for c in last.text) <= BARE
    return [before, last] if bare or not spoke else [last]


def _criterion(path: Path, name: str, row: Mapping[str, object]) -> Criterion:
    known = {"where", "any_of", "all_of", "none_of", "after"}
    if strange := set(row) - known:
        raise BadInput(f"{path}, {name}: {sorted(strange)} is not known; one of {sorted(known)}")
    where = str(row.get("where", "any"))
    if where not in PLACES:
        raise BadInput(f"{path}, {name}: where = {where!r}; one of {', '.join(PLACES)}")
    return Criterion(
        where=where,
        any_of=_patterns(path, name, row.get("any_of")),
        all_of=_patterns(path, name, row.get("all_of")),
        none_of=_patterns(path, name, row.get("none_of")),
        after=bool(row.get("after", False)),
    )


def _patterns(path: Path, name: str, listed: object) -> tuple[re.Pattern[str], ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise BadInput(f"{path}, {name}: write the expressions as a list")
    try:
        return tuple(re.compile(str(pattern)) for pattern in listed)
    except re.error as error:
        raise BadInput(f"{path}, {name}: {error.pattern!r} is not an expression ({error.msg})") from None


@cache
def _bundled() -> Rubric:
    return read_rubric()
