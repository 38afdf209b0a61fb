"""How long after the voice the text is on the screen, over the utterances of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consultation.types import Utterance
from stt.metrics import Delays, flicker
from stt.overlap import speech

Shown = tuple[float, Utterance]  # second of the channel at which it appeared


@dataclass
class ScreenDelays:
    """Collects what channels showed; `figures` sums it up."""

    first: list[float] = field(default_factory=list)  # seconds from the voice to the first text
    final: list[float] = field(default_factory=list)  # seconds from the end of the voice to the final
    flickers: list[float] = field(default_factory=list)
    partials: int = 0
    early: int = 0  # utterances with text before their final

    def count(self, screen: Sequence[Shown], voiced: Sequence[tuple[float, float]]) -> None:
        """Everything one channel showed, in order, and its stretches with speech."""
        spoken = speech(voiced, float("inf"))
        open_partials: dict[float, list[Shown]] = {}  # by the beginning of their speech
        for at, said in screen:
            if not said.is_final:
                open_partials.setdefault(said.start, []).append((at, said))
                self.partials += 1
                continue
            starts = [start for start in open_partials if start <= said.start + 0.5]
            before = open_partials.pop(max(starts)) if starts else []
            begin = before[0][1].start if before else said.start - 0.5
            own = [s for s in spoken if s[1] > begin and s[0] < said.end]
            if not own:
                continue
            self.early += bool(before)
            voice = max(own[0][0], begin)
            self.first.append((before[0][0] if before else at) - voice)
            self.final.append(max(0.0, at - own[-1][1]))
            self.flickers.append(flicker([*(text.text for _, text in before), said.text]))

    def figures(self) -> dict[str, Any]:
        """Milliseconds; None where there was no utterance."""
        first = Delays.of(self.first) if self.first else None
        final = Delays.of(self.final) if self.final else None
        return {
            "utterances": len(self.final),
            "utterances_with_partials": self.early,
            "partials": self.partials,
            "first_partial_p50_ms": round(1000 * first.p50) if first else None,
            "first_partial_p95_ms": round(1000 * first.p95) if first else None,
            "final_p50_ms": round(1000 * final.p50) if final else None,
            "final_p95_ms": round(1000 * final.p95) if final else None,
            "flicker": round(sum(self.flickers) / len(self.flickers), 4) if self.flickers else None,
        }
