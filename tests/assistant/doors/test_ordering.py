"""Numbered pieces back into their order."""

from __future__ import annotations

import random

import pytest

from assistant.doors.ordering import Gap, Reorder


def numbers(out: list[tuple[int, str] | Gap]) -> list[int]:
    return [one[0] for one in out if not isinstance(one, Gap)]


def test_pieces_in_order_pass_at_once() -> None:
    order: Reorder[str] = Reorder(4)
    for number in range(7, 20):
        assert order.push(number, "x") == [(number, "x")]


def test_a_late_piece_is_waited_for() -> None:
    order: Reorder[str] = Reorder(4, first=1)
    assert order.push(2, "b") == []
    assert order.push(3, "c") == []
    assert order.push(1, "a") == [(1, "a"), (2, "b"), (3, "c")]


def test_a_lost_piece_is_named_once_too_many_wait() -> None:
    order: Reorder[str] = Reorder(2)
    order.push(1, "a")
    assert order.push(4, "d") == []
    assert order.push(5, "e") == []
    assert order.push(6, "f") == [Gap(2, 2), (4, "d"), (5, "e"), (6, "f")]
    assert order.missing == 2


def test_repeated_and_late_pieces_are_dropped() -> None:
    order: Reorder[str] = Reorder(2)
    order.push(1, "a")
    order.push(3, "c")
    assert order.push(3, "again") == []
    assert order.push(1, "again") == []
    assert order.push(2, "b") == [(2, "b"), (3, "c")]
    assert order.dropped == 2


def test_at_the_end_what_waits_comes_out() -> None:
    order: Reorder[str] = Reorder(9)
    order.push(1, "a")
    order.push(3, "c")
    order.push(6, "f")
    assert order.finish() == [Gap(2, 1), (3, "c"), Gap(4, 2), (6, "f")]
    assert order.finish() == []


@pytest.mark.parametrize("seed", range(20))
def test_any_shuffling_within_the_depth_is_undone(seed: int) -> None:
    dice = random.Random(seed)
    sent = sorted(range(1, 400), key=lambda number: number + dice.uniform(0, 5))
    twice = [number for number in sent for _ in range(1 + (dice.random() < 0.1))]
    order: Reorder[str] = Reorder(6, first=1)
    out = [one for number in twice for one in order.push(number, "x")] + order.finish()
    assert numbers(out) == list(range(1, 400))
    assert not any(isinstance(one, Gap) for one in out)


def test_one_absurd_number_does_not_stop_the_stream() -> None:
    for absurd in (10**12, -5):
        order: Reorder[str] = Reorder(4)
        order.push(1, "a")
        order.push(absurd, "!")
        out = [one for number in range(2, 200) for one in order.push(number, "x")]
        assert numbers(out) == list(range(2, 200))


def test_a_counter_that_begins_anew_is_followed_after_a_second() -> None:
    order: Reorder[str] = Reorder(4)
    order.push(10**12, "!")  # the very first number is absurd
    out = [one for number in range(1, 200) for one in order.push(number, "x")]
    assert numbers(out) == list(range(51, 200))


def test_no_more_than_the_depth_is_held() -> None:
    order: Reorder[str] = Reorder(3)
    for number in range(0, 100_000, 2):
        order.push(number, "x")
        assert len(order._held) <= 3
