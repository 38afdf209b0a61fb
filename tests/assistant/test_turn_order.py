"""Finals of several channels become turns in the order in which they were spoken to their end."""

from __future__ import annotations

from assistant.turn_order import PATIENCE, TurnOrder
from consultation.types import Speaker, Utterance

A, B = 1, 2  # ears


def said(end: float, text: str = "말") -> Utterance:
    return Utterance(Speaker.CITIZEN, text, end - 1, end)


def test_a_final_goes_at_once_when_nothing_earlier_is_to_come():
    order = TurnOrder()
    order.add(A, said(2.0), now=0)
    assert order.next({A: (), B: (3.0,)}, {}, 0, 0) == (said(2.0), None)
    assert order.next({}, {}, 0, 1) is None
    assert len(order) == 0


def test_a_final_waits_for_an_earlier_one_of_the_other_channel():
    order = TurnOrder()
    order.add(A, said(2.0), now=0)
    assert order.next({B: (1.5,)}, {}, 0.1, 0) is None
    order.add(B, said(1.5), now=0.2)
    assert order.next({}, {}, 0.2, 0) == (said(1.5), None)
    assert order.next({}, {}, 0.2, 1) == (said(2.0), None)


def test_a_final_waits_for_a_channel_whose_sound_is_not_heard_yet():
    order = TurnOrder()
    order.add(A, said(2.0), now=0)
    assert order.next({}, {B: 1.0}, 0.1, 0) is None
    assert order.next({}, {B: 2.5}, 0.2, 0) == (said(2.0), None)


def test_after_a_while_a_number_is_left_free_for_what_comes_late():
    order = TurnOrder()
    order.add(A, said(2.0, "둘"), now=0)
    waiting = {B: (1.0, 1.5)}
    assert order.next(waiting, {}, PATIENCE, 4) == (said(2.0, "둘"), 6)
    order.add(A, said(3.0, "셋"), now=PATIENCE)
    assert order.next(waiting, {}, PATIENCE, 7) == (said(3.0, "셋"), None)  # their places are kept already
    order.add(B, said(0.9, "영"), now=9)
    order.add(B, said(1.4, "하나"), now=9)
    assert order.next({}, {}, 9, 8) == (said(0.9, "영"), 4)
    assert order.next({}, {}, 9, 8) == (said(1.4, "하나"), 5)


def test_a_place_that_nobody_takes_is_forgotten():
    order = TurnOrder()
    order.add(A, said(2.0), now=0)
    assert order.next({B: (1.5,)}, {}, PATIENCE, 0) == (said(2.0), 1)
    order.add(B, said(8.0), now=5)  # what it was left for was noise
    assert order.next({B: ()}, {}, 5, 2) == (said(8.0), None)
