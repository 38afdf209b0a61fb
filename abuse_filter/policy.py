"""What the rules allow after the flags so far. Pure; a person decides, nothing happens by itself.

The rules are those of 120다산콜재단 as the press describes them: sexual harassment is one strike
(the call may be ended at once), profanity, insults, hate and threats are three, each with a spoken
warning. Plain speech, single demands and loose profanity are noted and never warned about.
"""

from __future__ import annotations

from collections.abc import Sequence

from consultation.types import AbuseFlag, AbuseStep, AbuseVerdict

LABEL_AT = 0.5  # probability from which a label is taken as said
_STRIKES = frozenset({"욕설", "모욕", "협박", "차별", "억지반복"})
_COUNTED = frozenset({AbuseStep.WARN, AbuseStep.WARN_AGAIN, AbuseStep.MAY_END})


def labels_of(verdict: AbuseVerdict) -> tuple[str, ...]:
    """The labels a verdict holds for true."""
    return tuple(label for label, p in verdict.labels.items() if p >= LABEL_AT)


def next_step(flags: Sequence[AbuseFlag], verdict: AbuseVerdict) -> AbuseStep:
    """The step this verdict allows, given the flags of the call so far (in order)."""
    if verdict.severity == 0:
        return AbuseStep.NONE
    labels = set(labels_of(verdict))
    if "성희롱" in labels and verdict.severity >= 2:
        return AbuseStep.MAY_END
    if verdict.severity == 1 or not labels & _STRIKES:
        return AbuseStep.NOTE
    strikes = sum(flag.step in _COUNTED for flag in flags)
    return (AbuseStep.WARN, AbuseStep.WARN_AGAIN, AbuseStep.MAY_END)[min(strikes, 2)]
