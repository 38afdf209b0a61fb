"""An engine that fails twice in a row is left alone, and tried again."""

from __future__ import annotations

from stt.engine_health import EngineHealth
from stt.simulated_channel import SimulatedEngine

ENGINE, OTHER = SimulatedEngine([]), SimulatedEngine([])


def test_one_failure_may_be_the_fault_of_the_sound() -> None:
    health = EngineHealth(pause=5.0)
    health.failed(ENGINE, 10.0)
    assert health.failing(ENGINE)
    assert not health.down(ENGINE, 10.0)
    assert health.next_tries(10.0) == []


def test_two_in_a_row_are_not_and_other_engines_go_on() -> None:
    health = EngineHealth(pause=5.0)
    health.failed(ENGINE, 10.0)
    health.failed(ENGINE, 11.0)
    assert health.down(ENGINE, 15.9)
    assert not health.down(ENGINE, 16.0)
    assert not health.down(OTHER, 12.0)
    assert health.next_tries(12.0) == [16.0]


def test_an_answer_in_between_makes_it_well_again() -> None:
    health = EngineHealth(pause=5.0)
    health.failed(ENGINE, 10.0)
    health.answered(ENGINE)
    health.failed(ENGINE, 11.0)
    assert not health.down(ENGINE, 11.0)
    health.answered(ENGINE)
    assert not health.failing(ENGINE)
