"""Valid bulletins, searched beside the knowledge. A handful of texts in memory.

A bulletin is shown before the knowledge when it is about the question: it holds the words that matter in
it (weighed by how rare they are in the knowledge), and its meaning is near. Whether it is valid is asked
of the clock at every search, so one that ends is gone at that moment without anybody doing anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from consultation.districts import DISTRICTS
from consultation.ports import Analyser, Encoder, Vectors
from consultation.store.bulletins import Bulletin
from consultation.text import bigrams, clean
from consultation.types import ConsultationEntry, Hit, Ranking
from retrieval.bridges import Bridges
from retrieval.query import Part, parts, spoken
from retrieval.snapshot import passages

SEOUL = ZoneInfo("Asia/Seoul")
PREFIX = "B-"  # of the entry number that a bulletin is shown under
SHOWN = 2  # bulletins before the knowledge in one ranking
LONGEST = 3_000  # characters of a question or a text that are read
ABOUT = 0.42  # score from which a bulletin is about the question
HELD = 0.25  # share of the question's weight that title and variants must hold …
HELD_AT_ALL = 0.6  # … or the whole text …
HELD_SAID = 0.8  # … or the question of a whole way of asking
SAID = 0.75  # what a way of asking that is held whole counts, in shares of the question
LEAST = 2.5  # idf below which a way of asking is too common to count
RIVAL = 0.75  # a bulletin leads if it holds this share of what the best entry holds of the question
SURE, PROBABLE = 0.97, 0.8  # answerable of a ranking that a bulletin leads
CERTAIN = 0.6  # score from which it is SURE


def entry_id(number: int) -> str:
    """The entry number of a bulletin: B-0007."""
    return f"{PREFIX}{number:04}"


def number_of(entry_id_: str) -> int | None:
    """The bulletin behind an entry number; None when it is none."""
    digits = entry_id_.removeprefix(PREFIX)
    return int(digits) if entry_id_.startswith(PREFIX) and digits.isdecimal() and len(digits) < 10 else None


def as_entry(bulletin: Bulletin) -> ConsultationEntry:
    """What agents are shown: a card like any other, with the bulletin's own number and last day."""
    content = bulletin.content
    published = bulletin.published_at or bulletin.made_at
    return ConsultationEntry(
        entry_id=entry_id(bulletin.number),
        question=content.title,
        answer=content.text,
        field=content.field,
        organisation=content.organisation,
        district=content.district,
        variants=content.variants,
        department=content.department,
        phone=content.phone,
        source=content.source or "특별상담자료",
        valid_from=content.starts_at.astimezone(SEOUL).date(),
        # the last day on which it holds at all
        valid_until=(content.ends_at - timedelta(microseconds=1)).astimezone(SEOUL).date(),
        confirmed_on=published.astimezone(SEOUL).date(),
    )


@dataclass(frozen=True, slots=True)
class Match:
    """A bulletin about the question."""

    hit: Hit
    leads: bool  # False: the best entry of the knowledge holds clearly more of the question


@dataclass(frozen=True, slots=True)
class _Indexed:
    bulletin: Bulletin
    entry: ConsultationEntry
    title: frozenset[str]  # terms of title and variants, bridges included
    whole: frozenset[str]  # with those of the text
    ways: tuple[frozenset[str], ...]  # terms of the title, and of each variant
    pairs: frozenset[str]  # bigrams of title, variants, bridges and the terms of the text
    vectors: Vectors  # (ways of asking and passages, dim)


class BulletinIndex:
    """Searches some bulletins. Read-only, safe to share between threads."""

    def __init__(
        self,
        bulletins: Sequence[Bulletin],
        *,
        analyser: Analyser,
        encoder: Encoder,
        bridges: Bridges | None = None,
    ) -> None:
        self._analyser = analyser
        self._encoder = encoder
        self._indexed = [_index(one, analyser, encoder, bridges) for one in bulletins]

    def __len__(self) -> int:
        return len(self._indexed)

    def bulletins(self, at: datetime) -> list[Bulletin]:
        """Those that are valid, in the order given."""
        return [one.bulletin for one in self._indexed if one.bulletin.is_valid(at)]

    def search(
        self,
        text: str,
        at: datetime,
        *,
        district: str | None = None,
        rarity: Callable[[str], float],
        rival: Hit | None = None,
    ) -> list[Match]:
        """The valid bulletins about a question, best first, at most `SHOWN`. `rarity`: idf of a term in
        the knowledge; `rival`: its best hit. Costs microseconds while none shares a pair of letters with
        the question."""
        text = clean(text[-LONGEST:])
        near = self._near(text, at, district or _named(text))
        said = parts(text) if near else []
        weights = self._weights(said, rarity)
        total = sum(weights.values())
        if not total:
            return []
        held = [(one, share) for one in near if (share := _held(one, weights, rarity)).is_enough]
        if not held:  # most questions end here, before the encoder reads them
            return []
        query = self._encoder.encode([" ".join(part.text for part in said)])[0]
        rivalled = sum(weights.get(term, 0.0) for term in rival.matched) / total if rival else 0.0
        found = [match for one, share in held if (match := _match(one, share, weights, query, rivalled))]
        found.sort(key=lambda match: match.hit.score, reverse=True)
        return found[:SHOWN]

    def _near(self, text: str, at: datetime, district: str | None) -> list[_Indexed]:
        """Valid, for that place, and sharing letters with the question; the urgent first."""
        pairs = set(bigrams(text))
        return [
            one
            for one in self._indexed
            if one.bulletin.is_valid(at)
            and (district not in DISTRICTS or one.entry.district in (None, district))
            and not pairs.isdisjoint(one.pairs)
        ]

    def _weights(self, said: Sequence[Part], rarity: Callable[[str], float]) -> dict[str, float]:
        """How much each term of the question says."""
        idle = spoken("word")
        weights: dict[str, float] = {}
        for part in said:
            for term in self._analyser.terms(part.text):
                weight = part.weight * idle.get(term, 1.0) * rarity(term)
                weights[term] = max(weights.get(term, 0.0), weight)
        return weights


def outrank(ranking: Ranking, matches: Sequence[Match], k: int) -> Ranking:
    """The ranking with its bulletins before the knowledge, `k` in all. They never push the best entry out,
    except where only one hit is asked for."""
    most = max(k - 1, 1)
    leading = [match.hit for match in matches if match.leads][:most]
    behind = [match.hit for match in matches if not match.leads][: most - len(leading)]
    if not leading and not behind:
        return ranking
    best, rest = ranking.hits[:1], ranking.hits[1:]
    top = max((hit.score for hit in (*leading, *best)), default=0.0)
    low = min((hit.score for hit in best), default=top)
    hits = (
        *(replace(hit, score=top) for hit in leading),
        *best,
        *(replace(hit, score=min(hit.score, low)) for hit in behind),
        *rest,
    )
    sure = max((SURE if hit.score >= CERTAIN else PROBABLE for hit in leading), default=0.0)
    return Ranking(hits[:k], max(sure, ranking.answerable), ranking.knowledge_version)


def applies(on: date | None, at: datetime) -> bool:
    """Is the search about now? A call that runs past midnight still is; one about another day is not."""
    return on is None or abs((at.astimezone(SEOUL).date() - on).days) <= 1


def _index(bulletin: Bulletin, analyser: Analyser, encoder: Encoder, bridges: Bridges | None) -> _Indexed:
    entry = as_entry(bulletin)
    asked = [entry.question, *entry.variants]
    title: set[str] = set()
    pairs: set[str] = set()
    ways: list[frozenset[str]] = []
    for text in asked:
        terms = analyser.terms(text)
        ways.append(frozenset(terms))
        title.update(terms)
        pairs.update(bigrams(text))
        for crossing in bridges.cross(text, terms) if bridges else ():
            title.update(crossing.terms)
            pairs.update(bigrams(crossing.meant))
    told = list(passages(entry.answer[:LONGEST]))[:4]
    whole = title | {term for text in told for term in analyser.terms(text)}
    pairs.update(bigrams(" ".join(whole)))
    vectors = encoder.encode([*asked, *(f"{entry.question} {text}" for text in told)])
    return _Indexed(
        bulletin, entry, frozenset(title), frozenset(whole), tuple(ways), frozenset(pairs), vectors
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What a bulletin holds of a question, in shares of the question's weight."""

    title: float
    whole: float
    said: float  # share of the best way of asking that the question holds: little of a long turn is the question

    @property
    def is_enough(self) -> bool:
        """May the bulletin be about it?"""
        return self.title >= HELD or self.whole >= HELD_AT_ALL or self.said >= HELD_SAID


def _held(one: _Indexed, weights: Mapping[str, float], rarity: Callable[[str], float]) -> _Held:
    total = sum(weights.values())
    return _Held(
        sum(weight for term, weight in weights.items() if term in one.title) / total,
        sum(weight for term, weight in weights.items() if term in one.whole) / total,
        max(_share(way, weights, rarity) for way in one.ways),
    )


def _match(
    one: _Indexed, held: _Held, weights: Mapping[str, float], query: Vectors, rivalled: float
) -> Match | None:
    """None when the meaning is too far."""
    cosine = max(float((one.vectors @ query).max()), 0.0)
    score = 0.55 * max(0.55 * held.title + 0.45 * held.whole, SAID * held.said) + 0.45 * cosine
    if score < ABOUT:
        return None
    matched = [term for term in weights if term in one.whole]
    matched.sort(key=lambda term: weights[term], reverse=True)
    hit = Hit(one.entry, min(score, 1.0), tuple(matched[:8]))
    return Match(hit, leads=held.said >= 0.99 or held.whole >= RIVAL * rivalled)


def _share(way: frozenset[str], weights: Mapping[str, float], rarity: Callable[[str], float]) -> float:
    """How much of a way of asking the question holds; nothing of one that everybody says."""
    if way.isdisjoint(weights):
        return 0.0
    idle = spoken("word")
    own = {term: idle.get(term, 1.0) * rarity(term) for term in way}
    total = sum(own.values())
    return sum(weight for term, weight in own.items() if term in weights) / total if total >= LEAST else 0.0


def _named(text: str) -> str | None:
    """The one 자치구 that a question names."""
    named = [district for district in DISTRICTS if district in text]
    return named[0] if len(named) == 1 else None
