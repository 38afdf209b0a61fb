"""Names and services of the city, put right where the recogniser heard something close to them.

A stretch of one to three words is replaced when its sound (`stt.jamo`) is near one term, nearer to it
than to any other, and when it is not a word of the language itself. Candidates come from an index of
onsets with one left open, so that thousands of terms cost no more than a few comparisons.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

from consultation.text import bigrams, squeeze
from stt.jamo import distance, onsets, sounds

_SHORTEST = 3  # syllables of a term that may be corrected; shorter ones are too near to common words
_PARTICLES = ["으로부터", "에서부터", "에서는", "에서도", "이라는", "이라고", "이에요", "입니다", "인데요", "에서", "에는", "에도", "으로", "까지", "부터", "이나", "이랑", "하고", "라고", "라는", "예요", "이요", "인데", "이고", "처럼", "보다", "에게", "은", "는", "이", "가", "을", "를", "에", "의", "로", "와", "과", "도", "만", "요", "랑", "나", "쪽"]  # fmt: skip
_FILLERS = frozenset("네예아어음그이저제뭐막좀")
_TAIL = re.compile("(?:" + "|".join(sorted(_PARTICLES, key=len, reverse=True)) + ")$")
_WORD = re.compile(r"[가-힣A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Correction:
    """One term put right; offsets count characters of the text as it was heard."""

    start: int
    end: int
    heard: str
    term: str
    distance: float  # of the sounds, see stt.jamo


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    letters: str  # without spaces
    sounds: str


class TermCorrector:
    """Corrects text against a lexicon. `known`: words of the language that are never touched."""

    def __init__(self, terms: Iterable[str], known: Collection[str] = ()) -> None:
        self._known = frozenset(map(squeeze, known))
        self._index: dict[str, list[_Term]] = defaultdict(list)
        self._right: set[str] = set()
        self._longest = _SHORTEST
        for text in dict.fromkeys(t.strip() for t in terms):
            letters = squeeze(text)
            self._right.add(letters)
            if len(letters) < _SHORTEST or not re.fullmatch("[가-힣0-9a-z]+", letters):
                continue
            term = _Term(text, letters, sounds(letters))
            self._longest = max(self._longest, len(letters))
            for key in _keys(letters):
                self._index[key].append(term)

    @classmethod
    def of_seoul(cls, terms: Iterable[str] = (), known: Collection[str] = ()) -> TermCorrector:
        """Place names of the bundled gazetteer, and more terms (services, documents)."""
        return cls([*place_names(), *terms], known)

    def correct(self, text: str) -> str:
        """The text with terms put right. Text that holds no near miss comes back unchanged."""
        parts, at = [], 0
        for fix in self.corrections(text):
            parts += [text[at : fix.start], fix.term]
            at = fix.end
        return "".join(parts) + text[at:]

    def corrections(self, text: str) -> list[Correction]:
        """What `correct` would change, in reading order, not overlapping."""
        words = list(_WORD.finditer(text))
        right = [any(stem in self._right for stem, _ in _stems(squeeze(word.group()))) for word in words]
        found: list[Correction] = []
        for first, word in enumerate(words):
            for count in (1, 2, 3):
                last = first + count - 1
                if last >= len(words) or not _joined(text, words[first : last + 1]):
                    break
                if count > 1 and (any(right[first : last + 1]) or word.group() in _FILLERS):
                    break  # 네 영등포구: nothing to mend, and nothing to swallow
                fix = self._at(text, word.start(), words[last].end(), count)
                if fix is not None:
                    found.append(fix)
        found.sort(key=lambda fix: (fix.distance - 0.05 * len(fix.heard), fix.start))
        kept: list[Correction] = []
        for fix in found:
            if all(fix.end <= other.start or other.end <= fix.start for other in kept):
                kept.append(fix)
        return sorted(kept, key=lambda fix: fix.start)

    def _at(self, text: str, start: int, end: int, count: int) -> Correction | None:
        """The best term for one stretch, with or without what may be particles at its end."""
        whole = squeeze(text[start:end])
        if not _SHORTEST - 1 <= len(whole) <= self._longest + 6 or whole in self._known:
            return None
        best: tuple[float, _Term, int] | None = None
        second = 99.0
        tail = ""
        for stem, particle in _stems(whole):
            if stem in self._right:
                return None  # it is a term already
            if stem in self._known and count == 1:
                return None
            limit = _limit(len(stem))
            for term, far in self._near(stem, limit):
                if best is not None and term.letters == best[1].letters:
                    if far < best[0]:
                        best, tail = (far, term, len(particle)), particle
                elif best is None or far < best[0]:
                    second = best[0] if best is not None else 99.0
                    best, tail = (far, term, len(particle)), particle
                else:
                    second = min(second, far)
        if best is None or second - best[0] < 0.35:
            return None
        stop = end - len(tail)
        return Correction(start, stop, text[start:stop], best[1].text, best[0])

    def _near(self, stem: str, limit: float) -> list[tuple[_Term, float]]:
        if len(stem) < 2:
            return []
        said = sounds(stem)
        seen: set[str] = set()
        near = []
        for key in _keys(stem):
            for term in self._index.get(key, ()):
                if term.letters in seen:
                    continue
                seen.add(term.letters)
                most = int(limit / 0.2)
                if Levenshtein.distance(said, term.sounds, score_cutoff=min(most, 5)) > min(most, 5):
                    continue
                far = distance(said, term.sounds, limit)
                if far <= limit:
                    near.append((term, far))
        return near


def _joined(text: str, words: Sequence[re.Match[str]]) -> bool:
    """Do only spaces stand between the words?"""
    return all(text[a.end() : b.start()].isspace() for a, b in itertools.pairwise(words))


def _stems(whole: str) -> list[tuple[str, str]]:
    """The stretch itself and without one particle, with that particle."""
    stems = [(whole, "")]
    if match := _TAIL.search(whole):
        stems.append((whole[: match.start()], match.group()))
        if len(match.group()) > 1 and whole[-1] in "은는이가을를에의로도만요":
            stems.append((whole[:-1], whole[-1]))
    return [(stem, particle) for stem, particle in stems if len(stem) >= 2]


def _limit(syllables: int) -> float:
    """How far a stretch may be from a term: about one wrong jamo in three syllables, two in five."""
    return min(0.33 * syllables - 0.35, 2.0)


def _keys(letters: str) -> list[str]:
    """Onsets with one syllable left open, and with one left out: what one misheard onset cannot change."""
    heads = onsets(letters)
    opened = [f"{heads[:i]}_{heads[i + 1 :]}" for i in range(len(heads))]
    if len(heads) < 4:
        return opened
    return [*opened, heads, *(heads[:i] + heads[i + 1 :] for i in range(len(heads)))]


def place_names() -> list[str]:
    """Names of districts, dong, stations and landmarks of the gazetteer that ships with the program."""
    data = json.loads(files("consultation").joinpath("gazetteer.json").read_text(encoding="utf-8"))
    names: list[str] = [entry["name"] for entry in data["ambiguous"]]
    for district in data["districts"]:
        landmarks = [re.sub(r"\(.*?\)", "", landmark["name"]).strip() for landmark in district["landmarks"]]
        dongs = [dong for dong in (*district["legal_dongs"], *district["admin_dongs"]) if "." not in dong]
        whole = [_PART.sub("동", dong) for dong in dongs]  # 성수동1가 and 상계10동 are also 성수동 and 상계동
        names += [district["name_ko"], *district["aliases"], *dongs, *whole, *landmarks, *district["areas"]]
    return list(dict.fromkeys(names))


_PART = re.compile(r"동[0-9]가$|(?<=[가-힣]{2})[0-9]+동$")


def prompt_terms(
    terms: Sequence[str],
    dialogue: Sequence[str],
    budget: int = 200,
    cost: Callable[[str], int] | None = None,
) -> list[str]:
    """Terms worth telling the recogniser before this turn, the likeliest first.

    A term counts by the letters it shares with the last turns, the latest most; the rest of the
    budget goes to the terms in the order given. `budget` and `cost` are tokens, with the separator;
    without `cost` a syllable counts as 1.1 tokens, as Whisper's tokenizer has it for Korean names.
    """
    price = cost or (lambda term: int(1.1 * len(term) + 1.999))
    weights: dict[str, float] = {}
    for age, turn in enumerate(reversed(dialogue)):
        for pair in bigrams(turn):
            weights[pair] = max(weights.get(pair, 0.0), 0.7**age)
    scored = []
    for order, term in enumerate(dict.fromkeys(terms)):
        pairs = bigrams(term)
        score = sum(weights.get(pair, 0.0) for pair in pairs) / len(pairs) ** 0.5 if pairs else 0.0
        scored.append((-score, order, term))
    chosen, left = [], budget
    for _, _, term in sorted(scored):
        if price(term) <= left:
            chosen.append(term)
            left -= price(term)
    return chosen
