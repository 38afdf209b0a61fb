"""`AbuseFilter`: lexicon and classifier joined into one verdict, with the characters to hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from abuse_filter.classifier import Classifier
from abuse_filter.clauses import clauses
from abuse_filter.cues import is_quoted
from abuse_filter.features import MAX_CHARS, Reading, read
from abuse_filter.lexicon import Found, Lexicon
from abuse_filter.repetition import repeats
from abuse_filter.spans import merge, whole_word
from consultation.bundled import bundled
from consultation.errors import IndexMismatch, NotReady
from consultation.types import ABUSE_LABELS, AbuseVerdict

_CLAUSES = 20  # a longer turn is hidden as a whole: judging each clause would take too long
_REPORTED = 0.45  # what remains of a probability when the words are somebody else's


class AbuseFilter:
    """Judges what a citizen says. Opens without a server; never raises on any text."""

    def __init__(self, lexicon: Lexicon, classifier: Classifier | None) -> None:
        self._lexicon = lexicon
        self._classifier = classifier
        self.name = classifier.name if classifier else "lexicon-only"

    @classmethod
    def open(cls, path: Path | None = None) -> AbuseFilter:
        """Open a model folder, the bundled one by default.

        A missing or damaged model leaves the lexicon at work (`name` is then "lexicon-only"):
        an agent with half a filter is better off than with none. `path` given by hand must hold
        a model, so there the errors are raised.
        """
        lexicon = Lexicon.open()
        if path is not None:
            return cls(lexicon, Classifier.open(path))
        try:
            return cls(lexicon, Classifier.open(bundled("abuse")))
        except (NotReady, IndexMismatch):
            return cls(lexicon, None)

    def detect(self, text: str, context: Sequence[str] = ()) -> AbuseVerdict:
        """Judge one text; `context` holds the citizen's earlier turns, latest last."""
        found = self._lexicon.find(text)
        reading = read(text, found)
        if not reading.text:
            return AbuseVerdict(dict.fromkeys(ABUSE_LABELS, 0.0), 0.0, 0)
        judged = self._classifier.judge(reading) if self._classifier else _rules(reading)
        if _is_report(text, reading):
            judged = {head: p if head == "반말" else p * _REPORTED for head, p in judged.items()}
        labels, abusive, severity = _weigh_up(judged, repeats(text, context))
        hidden = self._hidden(text, found, labels, severity)
        return AbuseVerdict(labels, round(abusive, 4), severity, hidden)

    def _hidden(
        self, text: str, found: Sequence[Found], labels: Mapping[str, float], severity: int
    ) -> tuple[tuple[int, int], ...]:
        """Abusive words; where the abuse needs no single word, the clauses to blame."""
        if severity == 0:
            return ()
        spans = [whole_word(text, hit) for hit in found]
        named = {label for hit in found for label in hit.labels}
        blamed = [x for x in ("성희롱", "협박", "모욕", "차별") if labels[x] >= 0.5 and x not in named]
        if severity >= 2 and blamed and (not spans or {"성희롱", "협박"} & set(blamed)):
            spans.extend(self._clauses_to_blame(text, blamed))
        return merge(spans)

    def _clauses_to_blame(self, text: str, blamed: Sequence[str]) -> list[tuple[int, int]]:
        """Clauses that show one of the labels by themselves; the whole text when none does."""
        head = text[:MAX_CHARS]
        cut = clauses(head)
        if self._classifier and 1 < len(cut) <= _CLAUSES:
            found = [
                (start, end)
                for start, end in cut
                if max(self._judge(head[start:end])[label] for label in blamed) >= 0.5
            ]
            if found:
                return found
        return [(cut[0][0], cut[-1][1])] if cut else []

    def _judge(self, text: str) -> Mapping[str, float]:
        reading = read(text, self._lexicon.find(text))
        return self._classifier.judge(reading) if self._classifier else _rules(reading)


def _rules(reading: Reading) -> Mapping[str, float]:
    """The verdict of the lexicon and the endings alone."""
    heads = dict.fromkeys((*ABUSE_LABELS, "severity1", "severity2", "severity3"), 0.02)
    if not reading.cues.quoted:
        for hit in reading.found:
            for label in hit.labels:
                heads[label] = 0.9
            for step in range(1, hit.severity + 1):
                heads[f"severity{step}"] = 0.9
    level = reading.level
    if level.command or (level.plain and (level.second_person or reading.found)):
        heads["반말"] = 0.7
    return heads


def _is_report(text: str, reading: Reading) -> bool:
    """Does the speaker politely tell of somebody else's words, warn, or cry for help?

    An abusive word that is not itself quoted belongs to the speaker, whatever else is reported."""
    if not (reading.cues.quoted or reading.cues.distress) or not reading.level.ends_polite:
        return False
    return all(hit.severity == 1 or is_quoted(text, hit.end) for hit in reading.found)


def _weigh_up(judged: Mapping[str, float], again: float) -> tuple[dict[str, float], float, int]:
    """Labels, the probability of abuse, and the severity that follows from both.

    No severity without a label; 2 and more never from plain speech alone."""
    labels = {label: round(float(judged[label]), 4) for label in ABUSE_LABELS}
    labels["억지반복"] = max(labels["억지반복"], round(again, 4))
    named = max(labels.values())
    clear = max(p for label, p in labels.items() if label != "반말")
    first = max(min(float(judged["severity1"]), named), again)
    second = min(first, float(judged["severity2"]), clear)
    third = min(second, float(judged["severity3"]))
    return labels, first, sum(step >= 0.5 for step in (first, second, third))
