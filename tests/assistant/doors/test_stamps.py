"""Frames find their place in the stream."""

from __future__ import annotations

import random

import pytest

from assistant.doors.stamps import Origin, Stamps

STEP = 0.02


def test_rounded_stamps_do_not_tear_the_sound() -> None:
    stamps = Stamps(Origin())
    dice = random.Random(1)
    ends = 0.0
    for number in range(500):
        at = stamps.place(round(20 * number + dice.uniform(-9, 9)), STEP)
        assert at == pytest.approx(max(ends, at)), "never before what was heard"
        assert abs(at - number * STEP) <= 0.02
        ends = at + STEP


def test_a_gap_moves_the_time_on_by_what_the_stamp_says() -> None:
    stamps = Stamps(Origin())
    assert stamps.place(0, STEP) == 0
    assert stamps.place(20, STEP) == pytest.approx(0.02)
    assert stamps.place(3040, STEP, missing=0.04) == pytest.approx(3.04)
    assert stamps.place(3060, STEP) == pytest.approx(3.06)


def test_without_stamps_lost_frames_count() -> None:
    stamps = Stamps(Origin())
    stamps.place(None, STEP)
    assert stamps.place(None, STEP, missing=0.1) == pytest.approx(0.12)


def test_the_time_of_day_counts_from_the_first_frame_of_all_channels_and_may_jitter() -> None:
    origin = Origin()
    one, two = Stamps(origin), Stamps(origin)
    base = 1_705_312_200_000
    dice = random.Random(2)
    for number in range(200):
        at = one.place(base + 20 * number + (dice.uniform(-30, 90) if number else 0), STEP)
        assert at == pytest.approx(number * STEP), "jitter is no gap"
    assert one.place(base + 20_000, STEP) == pytest.approx(20.0), "a gap is"
    assert two.place(base + 5_000, STEP) == pytest.approx(5.0)


def test_a_clock_that_jumps_back_costs_no_sound_that_came_in_order() -> None:
    stamps = Stamps(Origin())
    stamps.place(10_000, STEP)
    assert stamps.place(20, STEP) == pytest.approx(10.02)


def test_where_order_is_unknown_an_earlier_stamp_is_sound_heard_before() -> None:
    stamps = Stamps(Origin())
    for number in range(5):
        stamps.place(20 * number, STEP, in_order=False)
    assert stamps.place(20, STEP, in_order=False) == pytest.approx(0.02)
    assert stamps.place(100, STEP, in_order=False) == pytest.approx(0.1)
