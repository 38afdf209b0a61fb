"""The clock of a simulated line: sound moves it, decoding costs time."""

from __future__ import annotations

import numpy as np
import pytest

from stt.audio import RATE
from stt.decoding import Stretch
from stt.recogniser import Heard, Listen
from stt.virtual import VirtualEngine

PLAIN = Listen()


class Clock:
    """Every decoding takes 0.4 seconds."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time

    name = "clock"

    def recognise(self, samples, listen=PLAIN):
        self.time += 0.4
        return Heard("네")


def stretch(final: bool) -> Stretch:
    return Stretch(1, np.zeros(RATE, np.int16), PLAIN, final)


def test_an_answer_is_there_when_the_sound_has_moved_on_by_its_cost() -> None:
    clock = Clock()
    engine = VirtualEngine(clock, clock, now=1.0)
    lane = engine.lane()
    lane.ask(stretch(True))
    engine.now = 1.39
    assert not lane.answers()
    engine.now = 1.41
    assert [answer.took for answer in lane.answers()] == pytest.approx([0.4])


def test_while_the_engine_is_busy_partials_are_left_out_and_finals_wait() -> None:
    clock = Clock()
    engine = VirtualEngine(clock, clock)
    first, second = engine.lane(), engine.lane()
    first.ask(stretch(True))
    second.ask(stretch(False))
    second.ask(stretch(True))
    assert engine.busy_until == 0.8
    assert second.delay == 0.8
    second.wait(1)
    assert [answer.stretch.final for answer in second.answers()] == [True]
    assert engine.spent == 0.8
