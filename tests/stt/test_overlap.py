"""Who spoke, and who spoke at the same time."""

from __future__ import annotations

import pytest

from stt.overlap import conversed, shared, speech


def test_a_call_is_shared_between_speech_talk_over_and_silence() -> None:
    call = conversed([(0.0, 4.0), (10.0, 12.0)], [(3.0, 6.0)], 20.0)
    assert (call.citizen, call.agent) == pytest.approx((0.3, 0.15))
    assert (call.talk_over, call.longest_talk_over) == pytest.approx((1.0, 1.0))
    assert call.silence == pytest.approx(4.0 + 8.0)
    assert (call.longest_silence, call.longest_silence_at) == pytest.approx((8.0, 12.0))


def test_short_pauses_belong_to_the_speech_and_clicks_to_nothing() -> None:
    assert speech([(0.0, 1.0), (1.2, 2.0), (5.0, 5.05)], 10.0) == [(0.0, 2.0)]


def test_stretches_out_of_order_overlapping_or_beyond_the_end_are_taken_as_they_are() -> None:
    call = conversed([(8.0, 99.0), (-1.0, 2.0), (1.0, 3.0), (4.0, 4.0), (200.0, 300.0)], [], 10.0)
    assert call.citizen == pytest.approx(0.5)
    assert call.talk_over == 0
    assert call.longest_silence == pytest.approx(5.0)


def test_an_empty_call_has_nothing_but_its_silence() -> None:
    assert conversed([], [], 0.0).longest_silence_at is None
    quiet = conversed([], [], 5.0)
    assert (quiet.silence, quiet.longest_silence, quiet.longest_silence_at) == (5.0, 5.0, 0.0)


def test_shared_speech_of_several_stretches() -> None:
    assert shared([(0, 5), (6, 9)], [(1, 2), (4, 7)]) == [(1, 2), (4, 5), (6, 7)]
