"""Words that speech recognition should know: of the published knowledge for good, of a call for this turn.

A lexicon mends what was heard (`stt.terms`); a prompt tells the model beforehand what may be said.
Whisper reads at most 223 tokens of it, so the words are chosen anew as the dialogue goes on.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from assistant.call import Call
from consultation.districts import DISTRICTS
from consultation.types import ConsultationEntry
from stt.terms import prompt_terms

_WORD = re.compile(r"[가-힣]+")
_PARTICLE = re.compile(
    r"(?:으로|에서|까지|부터|이란|이나|은|는|이|가|을|를|의|에|로|와|과|도|만)$"
)  # a lexicon of nouns; verbs are left out by `_ENDING`
_ENDING = re.compile(
    r"(?:다|요|까|죠|면|서|고|며|지|된|할|하는|되는|하여|해야|는데|는지|나요|거나|한|인|대한|있는|없는|니|려)$"
)
_SHORTEST = 4  # syllables; shorter words are too near to others to be put right
_OFTEN = 2  # entries that must hold a word before it counts as a term
_NAME = re.compile(r"[가-힣]{4,12}")
_BUDGET = 180  # tokens of a prompt: 223 less what the engine adds
_EARLIER = 6  # turns that say what may be said next


def terms_of(entries: Sequence[ConsultationEntry]) -> list[str]:
    """Names of services, documents and departments that the questions of the knowledge are about."""
    everywhere: Counter[str] = Counter()
    for entry in entries:
        everywhere.update(_nouns(" ".join((entry.question, entry.answer, *entry.variants))))
    asked = {noun for entry in entries for noun in _nouns(entry.question)}
    departments = [name.strip() for entry in entries for name in entry.department.split(",")]
    return [
        *dict.fromkeys(name for dept in departments if _NAME.fullmatch(dept) for name in _everywhere(dept)),
        *sorted(noun for noun in asked if everywhere[noun] >= _OFTEN),
    ]


def _everywhere(department: str) -> list[str]:
    """One district's office stands for those of all."""
    for district in DISTRICTS:
        if department.startswith(district):
            return [other + department.removeprefix(district) for other in DISTRICTS]
    return [department]


def words_of(entries: Iterable[ConsultationEntry]) -> frozenset[str]:
    """Every word that the knowledge writes: right as it is, never put right."""
    return frozenset(
        word
        for entry in entries
        for text in (entry.question, entry.answer, *entry.variants)
        for word in _WORD.findall(text)
    )


def _nouns(text: str) -> set[str]:
    return {noun for noun in map(_noun, _WORD.findall(text)) if noun}


def _noun(word: str) -> str:
    stem = _PARTICLE.sub("", word)
    return stem if len(stem) >= _SHORTEST and not _ENDING.search(stem) else ""


@lru_cache(maxsize=32)
def places_in(district: str) -> tuple[str, ...]:
    """The district, its dong and what people name in it, as the bundled gazetteer has them."""
    data = json.loads(files("consultation").joinpath("gazetteer.json").read_text(encoding="utf-8"))
    for one in data["districts"]:
        if one["name_ko"] == district:
            landmarks = [landmark["name"] for landmark in one["landmarks"]]
            return (district, *one["legal_dongs"], *one["areas"], *landmarks)
    return (district,)


class CallPrompt:
    """The prompt of one call: what the dialogue so far makes likely. For any thread."""

    def __init__(
        self, call: Callable[[], Call | None], places: Callable[[str], Sequence[str]] = places_in
    ) -> None:
        """`places`: names in a district."""
        self._call = call
        self._places = places
        self._seen: tuple[int, int, str | None] = (-1, -1, None)
        self._text = ""

    def __call__(self) -> str:
        """Words with commas between them, the likeliest first: an engine leaves out the end."""
        call = self._call()
        if call is None:
            return ""
        turns, suggestions = call.turns, call.suggestions
        seen = len(turns), len(suggestions), call.district
        if seen != self._seen:
            self._seen = seen
            entries = [hit.entry for suggestion in reversed(suggestions) for hit in suggestion.ranking]
            chosen = prompt_terms(
                [*_likely(entries), *(self._places(call.district) if call.district else ())],
                [turn.text for turn in turns[-_EARLIER:]],
                budget=_BUDGET,
            )
            self._text = ", ".join(chosen)
        return self._text


def _likely(entries: Iterable[ConsultationEntry]) -> list[str]:
    """Nouns of the answers on the screen: the agent is about to say them."""
    found: dict[str, None] = {}
    for entry in entries:
        if entry.department:
            found[entry.department] = None
        for word in _WORD.findall(entry.question):
            if noun := _noun(word):
                found[noun] = None
    return list(found)
