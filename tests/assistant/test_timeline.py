"""Sound finds its place in the call, whatever the network and the clocks do."""

from __future__ import annotations

import random

import pytest

from assistant.timeline import TOLERANCE, Timeline
from stt.audio import RATE

FRAME = 320  # samples: 20 ms


def test_sound_without_times_follows_the_sound_before():
    line = Timeline()
    for _ in range(50):
        placed = line.place(FRAME, None)
        assert (placed.gap, placed.old) == (0.0, 0)
    assert line.position == pytest.approx(1.0)


def test_a_gap_is_as_long_as_the_times_say():
    line = Timeline()
    line.place(RATE, 0.0)
    assert line.place(FRAME, 3.5).gap == pytest.approx(2.5)
    assert line.position == pytest.approx(3.52)


def test_rounded_times_move_nothing():
    line = Timeline()
    for number in range(500):
        placed = line.place(FRAME, round(number * 0.02 + random.Random(number).uniform(-0.01, 0.01), 3))
        assert (placed.gap, placed.old) == (0.0, 0)


def test_what_was_heard_before_is_dropped():
    line = Timeline()
    line.place(RATE, 0.0)
    assert line.place(FRAME, 0.5).old == FRAME  # a duplicate
    assert line.place(2 * FRAME, 0.96).old == 2 * FRAME
    assert line.place(RATE, 0.9).old == pytest.approx(0.1 * RATE)  # half old, half new
    assert line.position == pytest.approx(1.9)


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0, 1.7e9, -30.0])
def test_a_clock_that_jumps_moves_nothing_there_or_back(jump: float):
    line = Timeline()
    for number in range(100):
        line.place(FRAME, number * 0.02, 0.02)
    for number in range(100, 200):
        line.place(FRAME, number * 0.02 + jump, 0.02)
    for number in range(200, 300):
        line.place(FRAME, number * 0.02, 0.02)
    assert line.position == pytest.approx(6.0, abs=TOLERANCE)


def test_a_jump_while_nothing_came_costs_what_really_passed():
    line = Timeline()
    line.place(RATE, 0.0)
    assert line.place(FRAME, 9_000.0, waited=7.0).gap == pytest.approx(7.0)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), float("-inf")])
def test_a_time_that_is_none_is_left_out(at: float):
    line = Timeline()
    line.place(RATE, 0.0)
    placed = line.place(FRAME, at)
    assert (placed.gap, placed.old) == (0.0, 0)


def test_a_channel_may_begin_later_than_its_call():
    line = Timeline(12.0)
    assert line.place(FRAME, 12.5).gap == pytest.approx(0.5)
    assert Timeline().place(FRAME, 3_000.0).gap == pytest.approx(3_000.0)  # the door opened late


def test_after_any_mix_of_loss_and_duplicates_times_are_right():
    dice = random.Random(7)
    line = Timeline()
    for number in range(2_000):
        at = number * 0.02
        if dice.random() < 0.2:
            continue  # lost
        placed = line.place(FRAME, at, 0.02)
        assert placed.old == 0
        assert abs(line.position - (at + 0.02)) <= TOLERANCE
        if dice.random() < 0.1:
            assert line.place(FRAME, at).old >= FRAME - round(TOLERANCE * RATE)
