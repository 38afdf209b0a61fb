"""How many channels a core hears, from the times of single decodings."""

from __future__ import annotations

import pytest

from stt.bench import speeds
from stt.capacity import LOAD, TALK, Decoding, capacity, cost

EVEN = [Decoding(seconds, 0.1, 0.1) for seconds in (1.0, 3.0, 30.0)]


def test_a_second_of_speech_costs_its_share_of_partials_and_the_final() -> None:
    assert cost(EVEN, partials=False) == pytest.approx(0.1 / 3)
    assert cost(EVEN, partials=True) == pytest.approx(3 * 0.1 / 3)  # after 1 s, after 2 s, and the final


def test_between_measured_lengths_the_line_is_straight() -> None:
    grows = [Decoding(1.0, 0.1, 0.2), Decoding(3.0, 0.3, 0.6)]
    assert cost(grows, partials=True) == pytest.approx((0.1 + 0.2 + 0.6) / 3)


def test_channels_are_what_fits_into_the_usable_part_of_a_core() -> None:
    for line in capacity(EVEN, detector=0.01):
        assert line.with_partials == pytest.approx(LOAD / (0.01 + line.talk * 0.1))
        assert line.finals_only > line.with_partials
    assert [line.talk for line in capacity(EVEN, 0.01)] == list(TALK)


def test_speed_is_told_by_length_and_lengths_that_do_not_occur_are_left_out() -> None:
    rows = [
        {"seconds": 1.0, "elapsed": 0.5},
        {"seconds": 2.0, "elapsed": 0.1},
        {"seconds": 60.0, "elapsed": 6.0},
    ]
    found = speeds(rows)
    assert [(one.up_to, one.n) for one in found] == [(2.0, 2), (None, 1)]
    assert [one.rtf for one in found] == pytest.approx([0.2, 0.1])
