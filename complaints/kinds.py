"""Which kind of complaint a citizen's words mean, by the phrases of the catalogue.

Every kind is scored: a word that names it weighs most, a sign less, hints least, and what speaks
against it is taken off. A thing that only says *where* (가로등 밑에, 공원에서) hardly counts. A
clear winner is the kind; several close ones are asked about; nothing is guessed from hints alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from complaints.catalogue import Catalogue, Kind
from complaints.spelling import jamo, mend

_WORD, _SIGN, _HINT, _AGAINST = 3.0, 2.5, 0.7, -2.5
_SECOND = 0.5  # what a second word or sign adds
_HINTS = 2  # hints that count
_MISSPELT = 2.2  # a naming word with one wrong letter
_WHERE = 0.15  # what is left of a word that only says where
_CERTAIN = 2.0  # a score under this is asked about
_CLEAR = 1.25  # the best must be so many times the second
_CLOSE = 0.6  # and the others offered are at least this share of the best
_OFFERED_FROM = 1.0  # a single hint is not worth an offer
_OFFERED = 3  # kinds offered when it must be asked
_FUZZY_FROM = 3  # syllables of a word that may be misspelt
_LONG = 9  # letters from which two may be wrong
_GAP = r"[^.!?\n]{0,20}?"

_PLACE_AFTER = re.compile(
    r"\s?(?:장|통|함|대|기둥|뚜껑|더미)?\s?(?:이|가|을|를|은|는)?\s?(?:바로 |딱 )?(?:위|앞|옆|뒤|밑|아래|근처|부근|쪽|맞은편|건너편|주변|가는 길|들어가는|입구|정문|후문|안에|안쪽|사이|출구|초입|내)"
    r"|(?:장|통|함|대|기둥)?\s?(?:에서|에는|에(?![가-힣])|인데|이고)|\s?\d+번|역|동(?![물네])|길\s?\d"
)
_SEVERAL = re.compile(
    r"[가-힣]도 .{0,25}[가-힣](?:도|까지) |둘 다|두 가지|두 건|두 개 다|[가-힣](?:이랑|랑|하고|와|과) .{0,20}둘"
)
_CLASS = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class KindScore:
    """How strongly the words speak for a kind."""

    code: str
    score: float


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What the words mean. `code` is None when it must be asked; then `choices` holds what is likely."""

    code: str | None
    choices: tuple[str, ...]  # best first; with a code, other kinds that are named almost as strongly
    scores: tuple[KindScore, ...]
    likely: str = ""  # without a code: what several hints agree on, for the citizen to confirm
    several: bool = False  # the citizen names two matters at once; `choices` holds them

    def score(self, code: str) -> float:
        """The score of a kind, 0 when nothing speaks for it."""
        return next((s.score for s in self.scores if s.code == code), 0.0)


class KindReader:
    """The catalogue's phrases, compiled once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._kinds = [_Phrases.of(kind, catalogue.classes) for kind in catalogue]

    def read(self, text: str) -> KindGuess:
        """The kind a text means, by itself and without what was said before."""
        text = mend(text)
        scores = self._scores(text)
        if not scores:
            return KindGuess(None, (), ())
        if _SEVERAL.search(text) and len(both := self._named(text)) > 1:
            return KindGuess(None, both[:_OFFERED], scores, several=True)
        best = scores[0]
        if best.score < _CERTAIN:
            offered = tuple(s.code for s in scores[:_OFFERED] if s.score >= _OFFERED_FROM)
            second = scores[1].score if len(scores) > 1 else 0.0
            agreed = best.score >= _HINTS * _HINT and second <= best.score / 2
            return KindGuess(None, offered, scores, likely=best.code if agreed else "")
        rivals = [s for s in scores[1:] if s.score >= max(_CERTAIN, best.score * _CLOSE)]
        if rivals and best.score < rivals[0].score * _CLEAR:
            return KindGuess(None, tuple(s.code for s in (best, *rivals)[:_OFFERED]), scores)
        return KindGuess(best.code, tuple(s.code for s in rivals), scores)

    def naming(self, code: str) -> tuple[re.Pattern[str], ...]:
        """The expressions that name a kind; none for a code the catalogue lacks."""
        return next(((*k.always, *k.words) for k in self._kinds if k.code == code), ())

    def _scores(self, text: str) -> tuple[KindScore, ...]:
        found = {k.code: score for k in self._kinds if (score := k.score(text)) > 0}
        if not any(score >= _CERTAIN for score in found.values()):
            tokens = _tokens(text)
            for kind in self._kinds:
                if kind.is_misspelt(tokens):
                    found[kind.code] = found.get(kind.code, 0.0) + _MISSPELT
        self._leave_the_special(found)
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return tuple(KindScore(code, round(score, 2)) for code, score in ordered)

    def _named(self, text: str) -> tuple[str, ...]:
        """Kinds with words or signs of their own, whatever speaks against them; best first."""
        found = {k.code: own for k in self._kinds if (own := k.own(text)) >= _CERTAIN}
        self._leave_the_special(found)
        return tuple(sorted(found, key=lambda code: -found[code]))

    def _leave_the_special(self, found: dict[str, float]) -> None:
        for kind in self._kinds:
            if kind.refines and found.get(kind.code, 0.0) >= _CERTAIN:
                found.pop(kind.refines, None)


@dataclass(frozen=True, slots=True)
class _Phrases:
    code: str
    refines: str
    always: tuple[re.Pattern[str], ...]
    words: tuple[re.Pattern[str], ...]
    signs: tuple[re.Pattern[str], ...]
    hints: tuple[re.Pattern[str], ...]
    against: tuple[re.Pattern[str], ...]
    letters: tuple[tuple[str, str], ...]  # naming words that may be misspelt, with their jamo

    @classmethod
    def of(cls, kind: Kind, classes: Mapping[str, Sequence[str]]) -> _Phrases:
        def compiled(phrases: Iterable[str]) -> tuple[re.Pattern[str], ...]:
            return tuple(_compiled(phrase, classes) for phrase in phrases)

        plain = (w.replace(" ", "") for w in (*kind.always, *kind.words) if "*" not in w and "{" not in w)
        return cls(
            kind.code,
            kind.refines,
            compiled(kind.always),
            compiled(kind.words),
            compiled(kind.signs),
            compiled(kind.hints),
            compiled(kind.against),
            tuple((word, jamo(word)) for word in plain if len(word) >= _FUZZY_FROM),
        )

    def own(self, text: str) -> float:
        """The score of the words and signs of this kind."""
        always = _WORD if any(p.search(text) for p in self.always) else 0.0
        words = max(always, _strongest(self.words, text, _WORD, place_counts=False))
        return words + _strongest(self.signs, text, _SIGN, place_counts=True)

    def score(self, text: str) -> float:
        hints = min(sum(p.search(text) is not None for p in self.hints), _HINTS) * _HINT
        against = _AGAINST if any(p.search(text) for p in self.against) else 0.0
        return self.own(text) + hints + against

    def is_misspelt(self, tokens: Sequence[str]) -> bool:
        """Does a naming word begin a token with one wrong letter, or two in a long word?"""
        for word, letters in self.letters:
            allowed = 1 if len(letters) < _LONG else 2
            for token in tokens:
                if len(token) >= len(word) and (
                    Levenshtein.distance(letters, jamo(token[: len(word)]), score_cutoff=allowed) <= allowed
                ):
                    return True
        return False


def _tokens(text: str) -> list[str]:
    """The words of a text, and each two neighbours as one."""
    tokens = re.findall(r"[가-힣]+", text)
    return [*tokens, *(a + b for a, b in pairwise(tokens))]


def _strongest(patterns: Sequence[re.Pattern[str]], text: str, weight: float, *, place_counts: bool) -> float:
    """The weight of the best phrase, and a little for a second one."""
    found = sorted(
        (
            weight * (1.0 if place_counts or not _PLACE_AFTER.match(text, match.end()) else _WHERE)
            for pattern in patterns
            if (match := pattern.search(text))
        ),
        reverse=True,
    )
    if not found:
        return 0.0
    return found[0] + (_SECOND if len(found) > 1 and found[1] >= weight else 0.0)


def _compiled(phrase: str, classes: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """A phrase as an expression: a space is optional, `*` a bounded gap, `{name}` any word of a class."""

    def one(word: str) -> str:
        if named := _CLASS.fullmatch(word):
            longest = sorted(classes[named[1]], key=len, reverse=True)
            return "(?:" + "|".join(_said(w) for w in longest) + ")"
        return _said(word)

    return re.compile(_GAP.join(r"\s?".join(one(w) for w in part.split()) for part in phrase.split("*")))


def _said(word: str) -> str:
    """A word as it may be spaced; one syllable or a leading space begins a word, a trailing space ends it."""
    expression = r"\s?".join(re.escape(piece) for piece in word.split())
    if len(word.strip()) == 1 or word.startswith(" "):
        expression = r"(?<![가-힣])" + expression
    return expression + (r"(?![가-힣])" if word.endswith(" ") else "")
