"""What the rules allow."""

import pytest

from abuse_filter.policy import labels_of, next_step
from consultation.types import ABUSE_LABELS, AbuseFlag, AbuseStep, AbuseVerdict


def verdict(severity, *labels):
    return AbuseVerdict({x: 0.9 if x in labels else 0.1 for x in ABUSE_LABELS}, 0.9, severity)


def call(*verdicts):
    flags = []
    for turn, given in enumerate(verdicts):
        step = next_step(flags, given)
        flags.append(AbuseFlag(turn, labels_of(given), given.severity, (), step))
    return [flag.step for flag in flags]


def test_clear_sexual_harassment_is_one_strike():
    assert call(verdict(2, "성희롱")) == [AbuseStep.MAY_END]


@pytest.mark.parametrize("label", ["욕설", "모욕", "협박", "차별"])
def test_clear_abuse_is_three_strikes(label):
    clear = verdict(2, label)
    assert call(clear, clear, clear, clear) == [
        AbuseStep.WARN, AbuseStep.WARN_AGAIN, AbuseStep.MAY_END, AbuseStep.MAY_END,
    ]  # fmt: skip


def test_loose_profanity_is_noted_and_counts_for_nothing():
    loose = verdict(1, "욕설")
    assert call(loose, loose, loose, verdict(2, "욕설")) == [AbuseStep.NOTE] * 3 + [AbuseStep.WARN]


def test_plain_speech_never_warns():
    assert call(verdict(0, "반말")) == [AbuseStep.NONE]
    assert call(*[verdict(1, "반말")] * 5) == [AbuseStep.NOTE] * 5


def test_a_civil_turn_allows_nothing():
    assert call(verdict(0)) == [AbuseStep.NONE]


def test_harassment_after_warnings_still_may_end():
    assert call(verdict(2, "욕설"), verdict(3, "성희롱"))[-1] is AbuseStep.MAY_END
