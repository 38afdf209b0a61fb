"""Question: how much more Korean text does syllable agreement commit than whitespace-word agreement?

Method: the simulated recogniser (stt/error_model.py, its rates matched to what was measured on two
Whisper models: 0.68 of a sentence agreed in words, 0.80 in syllables) hears every turn of the sample calls,
or of a call file given with --calls, and is asked for a hypothesis every --step seconds. Both rules see the
same hypotheses.
  words      whisper_streaming's rule: words between spaces that two hypotheses in a row share, compared
             exactly from the last committed word's time on, repeated words at the seam dropped
  syllables  stt.agreement
"committed" is the share of the syllables heard so far that are committed, mean over all hypotheses.
"second pass" hears whole turns of up to --words words twice. The final error rate is of committed text plus
the rest of the last hypothesis. Flicker: syllables shown and taken back, over final syllables, when everything
heard is shown (as live captions do) and when only what is committed is shown.

Command: python tests/benchmarks/bench_stt_agreement.py [--calls FILE.jsonl] [--step 1.0] [--words 6]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from pathlib import Path

from consultation.text import squeeze
from consultation.types import Word
from stt.agreement import SyllableAgreement
from stt.error_model import ErrorModel
from stt.metrics import cer, common_prefix, flicker
from stt.simulated import SimulatedRecogniser
from stt.simulated_calls import SpokenTurn, script_of

CALLS = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"
Timed = tuple[str, float]  # a word between spaces, and when it ends


class WordAgreement:
    """The anchor: LocalAgreement-2 as whisper_streaming has it."""

    def __init__(self) -> None:
        self.committed: list[Timed] = []
        self._rest: list[Timed] = []

    def hear(self, words: list[Timed]) -> None:
        new = self._new(words)
        count = common_prefix([w for w, _ in self._rest], [w for w, _ in new])
        self.committed += new[:count]
        self._rest = new[count:]

    def finish(self, words: list[Timed]) -> str:
        return " ".join(w for w, _ in (*self.committed, *self._new(words)))

    @property
    def text(self) -> str:
        return " ".join(w for w, _ in self.committed)

    def _new(self, words: list[Timed]) -> list[Timed]:
        if not self.committed:
            return words
        new = [word for word in words if word[1] > self.committed[-1][1] - 0.1]
        for size in range(min(5, len(self.committed), len(new)), 0, -1):
            if [w for w, _ in self.committed[-size:]] == [w for w, _ in new[:size]]:
                return new[size:]
        return new


def timed(text: str, heard: list[Word]) -> list[Timed]:
    """The words between spaces of a hypothesis, each with the end of the word that its last syllable is of."""
    ends, letters = [], 0
    for word in heard:
        letters += len(squeeze(word.text))
        ends.append((letters, word.end))
    words, at = [], 0
    for word in text.split():
        at += len(squeeze(word))
        words.append((word, next((end for count, end in ends if count >= at), heard[-1].end)))
    return words


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--calls", type=Path, default=CALLS)
    arguments.add_argument(
        "--step", type=float, default=1.0, help="seconds between two hypotheses, 1.0 as whisper_streaming"
    )
    arguments.add_argument("--words", type=int, default=6, help="words of a turn heard twice")
    given = arguments.parse_args()
    with given.calls.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    turns: list[tuple[str, SpokenTurn]] = [
        (f"{row['call_id']}/{i}", turn) for row in rows for i, turn in enumerate(script_of(row))
    ]

    heard_all = by_words = by_syllables = passes = 0
    truth, words_final, syllables_final = [], [], []
    flickers: dict[str, float] = {
        "words_all": 0.0,
        "syllables_all": 0.0,
        "words_committed": 0.0,
        "syllables_committed": 0.0,
    }
    seconds = 0.0
    for name, turn in turns:
        recogniser = SimulatedRecogniser(turn.words, ErrorModel(), name)
        words, syllables = WordAgreement(), SyllableAgreement()
        shown: dict[str, list[str]] = {key: [] for key in flickers}
        now = turn.start + given.step
        while now < turn.end + given.step:
            hypothesis = recogniser.hypothesis(now)
            pairs = timed(hypothesis, recogniser.heard(now)) if hypothesis else []
            words.hear(pairs)
            began = time.perf_counter()
            agreed = syllables.hear(hypothesis)
            seconds += time.perf_counter() - began
            passes += 1
            heard_all += len(squeeze(hypothesis))
            by_words += len(squeeze(words.text))
            by_syllables += len(squeeze(agreed.committed))
            shown["words_all"].append(words.finish(pairs))
            shown["words_committed"].append(words.text)
            shown["syllables_all"].append(agreed.committed + agreed.tail)
            shown["syllables_committed"].append(agreed.committed)
            now += given.step
        last = recogniser.hypothesis(turn.end + 1.0)
        truth.append(turn.text)
        words_final.append(words.finish(timed(last, recogniser.heard(turn.end + 1.0))))
        syllables_final.append(syllables.finish(last).committed)
        for key in flickers:
            final = words_final[-1] if key.startswith("words") else syllables_final[-1]
            flickers[key] += flicker([*shown[key], final]) * len(squeeze(final))

    length = sum(len(squeeze(text)) for text in syllables_final)
    twice_words = twice_syllables = twice_heard = 0
    for name, turn in turns:
        some = turn.words[: given.words]
        recogniser = SimulatedRecogniser(some, ErrorModel(), name)
        words, syllables = WordAgreement(), SyllableAgreement()
        for wait in (1.0, 1.5):
            hypothesis = recogniser.hypothesis(some[-1].end + wait)
            words.hear(timed(hypothesis, recogniser.heard(some[-1].end + wait)) if hypothesis else [])
            committed = syllables.hear(hypothesis).committed
        twice_heard += len(squeeze(hypothesis))
        twice_words += len(squeeze(words.text))
        twice_syllables += len(squeeze(committed))

    figures = {
        "turns": len(turns),
        "hypotheses": passes,
        "second_pass_words": round(twice_words / twice_heard, 3),
        "second_pass_syllables": round(twice_syllables / twice_heard, 3),
        "second_pass_ratio": round(twice_syllables / twice_words, 3),
        "committed_words": round(by_words / heard_all, 3),
        "committed_syllables": round(by_syllables / heard_all, 3),
        "committed_ratio": round(by_syllables / by_words, 3),
        "final_cer_words": round(cer(truth, words_final).rate, 4),
        "final_cer_syllables": round(cer(truth, syllables_final).rate, 4),
        **{f"flicker_{key}": round(value / length, 3) for key, value in flickers.items()},
        "ms_a_hypothesis": round(1000 * seconds / passes, 3),
    }
    for key, figure in figures.items():
        print(f"{key:<28}{figure:>10}")
    machine = {
        "step": given.step,
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    print(json.dumps(figures | machine))


if __name__ == "__main__":
    main()
