"""One snapshot, searched: words, character pairs and vectors, fused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from consultation.districts import DISTRICTS
from consultation.ports import Analyser, Encoder, Vectors
from consultation.text import bigrams, clean
from consultation.types import Hit, Ranking
from retrieval import fusion
from retrieval.bridges import Bridges, Crossing
from retrieval.keywords import Keywords
from retrieval.query import parts, spoken
from retrieval.snapshot import CITY, Snapshot, row_spans

CANDIDATES = 80  # entries that each of the searches may put forward
CLOSE = 64  # entries of them that are looked at word by word
NEAREST = 200  # vector rows asked of the index; an entry has several
BRIDGED = 0.5  # weight of an official word beside the citizen's own
OWN_DISTRICT = 0.03  # added to the fused score of an entry of the citizen's own 자치구
MOST = 100  # hits of one ranking
TWINS = 6  # bits, of 64, in which the answers of near-duplicates may differ
MUCH = 50_000  # characters of a text that are looked at, from its end
SHOWN = 8  # matched words named for one hit
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, ready to be looked up."""

    text: str  # what the encoder reads
    own: Mapping[str, float]  # the citizen's terms to their weights
    words: Mapping[str, float]  # with the bridged ones
    pairs: Mapping[str, float]  # character bigrams, bridged ones too
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What fusion and the explanation of a hit are made from."""

    rows: npt.NDArray[np.int64]
    signs: Floats  # (rows, len(SIGNS))
    strength: Floats  # (rows,): see fusion.DOUBTS
    known: float  # idf share of the question that the knowledge holds at all
    terms: int  # of the question
    district: str | None  # given, or named in the question
    question: Question


class SnapshotSearch:
    """Searches one snapshot. Read-only, safe to share between threads."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        encoder: Encoder,
        analyser: Analyser,
        bridges: Bridges,
        weights: fusion.Weights,
    ) -> None:
        self.snapshot = snapshot
        self._encoder = encoder
        self._analyser = analyser
        self._bridges = bridges
        self._weights = weights
        self._vectors = row_spans(snapshot.vector_owner, len(snapshot))
        self._questions = row_spans(snapshot.question_owner, len(snapshot))

    def search(self, text: str, k: int, *, district: str | None, on: date) -> Ranking:
        """The best `k` entries that hold on that day, best first."""
        found = self.look_up(text, district=district, on=on, most=max(CLOSE, min(k, MOST))) if k > 0 else None
        if found is None:
            return Ranking((), 0.0, self.snapshot.version)
        scores = fusion.fuse(found.signs, self._weights)
        if found.district in DISTRICTS:
            own = self.snapshot.district[found.rows] == DISTRICTS.index(found.district)
            scores = scores + np.float32(OWN_DISTRICT) * own
        order = np.argsort(-scores, kind="stable")
        rows, scores = found.rows[order], scores[order]
        doubts = fusion.doubts(
            found.signs[order],
            scores,
            strength=float(found.strength[order[0]]),
            known=found.known,
            terms=found.terms,
        )
        hits = tuple(
            self._hit(int(rows[place]), float(np.clip(scores[place], 0, 1)), found.question)
            for place in self._without_twins(rows, min(k, MOST))
        )
        return Ranking(hits, fusion.answerable(doubts, self._weights), self.snapshot.version)

    def look_up(self, text: str, *, district: str | None, on: date, most: int = CLOSE) -> Found | None:
        """The `most` promising entries and their signs, in no order; None when nothing can be looked up."""
        text = clean(text[-MUCH:])
        question = self._understand(text) if len(self.snapshot) else None
        if question is None:
            return None
        place = district if district is not None else _named_district(text)
        rows, signs = self._candidates(question, self._allowed(place, on), most)
        if not len(rows):
            return None
        plain = self.snapshot.whole_words.score(dict.fromkeys(question.own, 1.0))[rows]
        strength = np.log1p(plain / np.float32(np.log(len(self.snapshot) + 1)))
        return Found(rows, signs, strength, self._known(question), len(question.own), place, question)

    # --- understanding the question ---------------------------------------------------------------

    def _understand(self, text: str) -> Question | None:
        """None when nothing in the text can be looked up."""
        said = parts(text)
        idle_words, idle_pairs = spoken("word"), spoken("pair")
        own: dict[str, float] = {}
        pairs: dict[str, float] = {}
        crossings: dict[tuple[str, str], Crossing] = {}
        for part in said:
            terms = self._analyser.terms(part.text)
            for term in terms:
                own[term] = max(own.get(term, 0.0), part.weight * idle_words.get(term, 1.0))
            for pair in bigrams(part.text):
                pairs[pair] = max(pairs.get(pair, 0.0), part.weight * idle_pairs.get(pair, 1.0))
            for crossing in self._bridges.cross(part.text, terms):
                crossings.setdefault((crossing.said, crossing.meant), crossing)
        words = dict(own)
        for crossing in crossings.values():
            for term in crossing.terms:
                words[term] = max(words.get(term, 0.0), BRIDGED)
            for pair in bigrams(crossing.meant):
                pairs[pair] = max(pairs.get(pair, 0.0), BRIDGED)
        if not any(term in self.snapshot.whole_words for term in words):
            return None
        return Question(" ".join(p.text for p in said), own, words, pairs, tuple(crossings.values()))

    def _known(self, question: Question) -> float:
        """idf share of the citizen's terms that the knowledge holds at all."""
        index = self.snapshot.whole_words
        shares = {term: weight * index.rarity(term) for term, weight in question.own.items()}
        total = sum(shares.values())
        return sum(share for term, share in shares.items() if term in index) / total if total else 0.0

    # --- candidates and their signs ---------------------------------------------------------------

    def _allowed(self, district: str | None, on: date) -> npt.NDArray[np.bool_]:
        """Entries that hold on that day, and are the city's or that district's."""
        shot, day = self.snapshot, on.toordinal()
        allowed = (shot.valid_from <= day) & (day <= shot.valid_until)
        if district in DISTRICTS:
            allowed &= (shot.district == CITY) | (shot.district == DISTRICTS.index(district))
        return allowed

    def _candidates(
        self, question: Question, allowed: npt.NDArray[np.bool_], most: int
    ) -> tuple[npt.NDArray[np.int64], Floats]:
        """Rows of promising entries, and their signs, shape (rows, len(SIGNS))."""
        shot = self.snapshot
        asked_words = self._best_by_entry(_share(shot.question_words, question.words))
        asked_pairs = self._best_by_entry(_share(shot.question_pairs, question.pairs))
        whole_words = _share(shot.whole_words, question.words)
        whole_pairs = _share(shot.whole_pairs, question.pairs)
        vector = self._encoder.encode([question.text])[0]
        _, nearest = shot.index.search(vector, NEAREST)
        chosen = np.zeros(len(shot), np.bool_)
        chosen[shot.vector_owner[nearest]] = True
        for scores in (asked_words + whole_words, asked_pairs + whole_pairs):
            best = np.argpartition(-np.where(allowed, scores, -1), min(CANDIDATES, len(shot) - 1))[
                :CANDIDATES
            ]
            chosen[best[scores[best] > 0]] = True
        rows = np.flatnonzero(chosen & allowed)
        lexical = [scores[rows] for scores in (asked_words, asked_pairs, whole_words, whole_pairs)]
        hard = [*lexical, *self._cosines(rows, vector), self._covered(rows, question)]
        if len(rows) > most:  # the soft signs cost most: only for entries that the others put forward
            total = np.stack(hard, axis=1) @ self._weights.signs[: len(hard)]
            kept = np.sort(np.argpartition(-total, most)[:most])
            rows, hard = rows[kept], [sign[kept] for sign in hard]
        signs = [*hard, *self._soft(rows, question)]
        return rows, np.stack(signs, axis=1).astype(np.float32)

    def _best_by_entry(self, scores: Floats) -> Floats:
        """Scores of ways of asking to scores of entries: the best of each. Every entry has at least one."""
        if len(scores) == len(self.snapshot):
            return scores
        return np.maximum.reduceat(scores, self._questions[:-1])

    def _cosines(self, rows: npt.NDArray[np.int64], query: Vectors) -> tuple[Floats, Floats]:
        """Cosine with the nearest way of asking, and with the nearest answer passage (0 without one)."""
        starts, ends = self._vectors[rows], self._vectors[rows + 1]
        lengths = ends - starts
        where = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(
            int(lengths.sum())
        )
        cosines = self.snapshot.vectors[where].astype(np.float32) @ query
        is_question = self.snapshot.vector_is_question[where]
        entry = np.repeat(np.arange(len(rows)), lengths)
        asked = np.full(len(rows), -1, np.float32)
        told = np.zeros(len(rows), np.float32)
        np.maximum.at(asked, entry[is_question], cosines[is_question])
        np.maximum.at(told, entry[~is_question], cosines[~is_question])
        return asked, told

    def _covered(self, rows: npt.NDArray[np.int64], question: Question) -> Floats:
        """idf share of the citizen's own terms that each entry holds, itself or over a bridge."""
        index = self.snapshot.whole_words
        over: dict[str, list[str]] = {}
        for crossing in question.crossings:
            for term in crossing.said_terms:
                over.setdefault(term, []).extend(crossing.terms)
        covered = np.zeros(len(rows), np.float32)
        total = 0.0
        for term, weight in question.own.items():
            share = weight * index.rarity(term)
            total += share
            held = index.among(term, rows)
            for other in over.get(term, ()):
                held |= index.among(other, rows)
            covered += share * held
        return covered / np.float32(total) if total else covered

    def _soft(self, rows: npt.NDArray[np.int64], question: Question) -> tuple[Floats, Floats, Floats]:
        """How well the words of question and entry meet each other where they are not equal."""
        index = self.snapshot.whole_words
        weights = [weight * index.rarity(term) for term, weight in question.own.items()]
        vectors = self._encoder.encode(list(question.own))
        return self.snapshot.soft.score(rows, vectors, np.array(weights, np.float32), index.idf)

    # --- hits -------------------------------------------------------------------------------------

    def _without_twins(self, rows: npt.NDArray[np.int64], k: int) -> list[int]:
        """Places of the first k rows, an entry that repeats an earlier one left out."""
        shot = self.snapshot
        seen: dict[tuple[int, int], list[int]] = {}
        kept: list[int] = []
        for place, row in enumerate(rows.tolist()):
            key = (int(shot.question_print[row]), int(shot.district[row]))
            answer = int(shot.answer_print[row])
            if any((answer ^ other).bit_count() <= TWINS for other in seen.get(key, ())):
                continue
            seen.setdefault(key, []).append(answer)
            kept.append(place)
            if len(kept) == k:
                break
        return kept

    def _hit(self, row: int, score: float, question: Question) -> Hit:
        words = self.snapshot.whole_words
        matched = [term for term in question.own if words.holds(term, row)]
        matched.sort(key=words.rarity, reverse=True)
        bridges = [
            (crossing.said, crossing.meant)
            for crossing in question.crossings
            if all(words.holds(term, row) for term in crossing.terms)
        ]
        return Hit(self.snapshot.entry(row), score, tuple(matched[:SHOWN]), tuple(bridges))


def _share(index: Keywords, query: Mapping[str, float]) -> Floats:
    """BM25 as a share of the idf that the query's terms have in this index."""
    reachable = sum(weight * index.rarity(term) for term, weight in query.items() if term in index)
    return index.score(query) / np.float32(reachable) if reachable else np.zeros(index.rows, np.float32)


def _named_district(text: str) -> str | None:
    """The one 자치구 that a question names; None when it names none or several."""
    named = [district for district in DISTRICTS if district in text]
    return named[0] if len(named) == 1 else None
