"""Threads that decode for many channels: order, fairness, load, and engines that fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from consultation.errors import BadSetting, EngineDown
from stt.audio import RATE
from stt.decoding import Answer, Inline, Lane, Stretch
from stt.recogniser import Heard, Listen
from stt.schedule import Scheduler

PLAIN = Listen()

SOON = 10.0  # seconds after which a test gives up


class Engine:
    """Answers with the number of the stretch, after `gate` opens; remembers the order."""

    name = "test"

    def __init__(self, label: str = "large") -> None:
        self.label = label
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Semaphore(0)
        self.order: list[str] = []
        self.fail: Callable[[str], BaseException | None] = lambda prompt: None

    def recognise(self, samples: np.ndarray, listen: Listen = PLAIN) -> Heard:
        self.order.append(listen.prompt)
        self.begun.release()
        self.gate.wait(SOON)
        error = self.fail(listen.prompt)
        if error is not None:
            raise error
        return Heard(f"{self.label} {listen.prompt}")


def stretch(name: str, final: bool = True, seconds: float = 0.1, segment: int = 1) -> Stretch:
    return Stretch(segment, np.zeros(round(seconds * RATE), np.int16), Listen(name), final)


def texts(answers: list[Answer]) -> list[str]:
    return [answer.heard.text for answer in answers]


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.002)


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_finals_of_a_channel_are_answered_in_order_with_many_threads(engine: Engine) -> None:
    scheduler = Scheduler(engine, workers=8)
    lane = scheduler.lane()
    for i in range(50):
        lane.ask(stretch(str(i)))
    assert lane.wait(SOON)
    assert texts(lane.answers()) == [f"large {i}" for i in range(50)]
    scheduler.close()


def test_channels_take_turns_and_finals_go_before_partials(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine, workers=1)
    busy, chatty, quiet = scheduler.lane(), scheduler.lane(), scheduler.lane()
    busy.ask(stretch("first"))
    assert engine.begun.acquire(timeout=SOON)
    for i in range(5):
        chatty.ask(stretch(f"chatty {i}"))
    busy.ask(stretch("partial", final=False))
    quiet.ask(stretch("quiet"))
    engine.gate.set()
    for lane in (busy, chatty, quiet):
        assert lane.wait(SOON)
    until(lambda: scheduler.load.waiting == 0)
    assert engine.order.index("quiet") <= 2
    assert engine.order[-1] == "partial"
    scheduler.close()


def test_a_waiting_partial_is_replaced_by_the_newer_one_and_dropped_by_the_final(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine, workers=1)
    other, lane = scheduler.lane(), scheduler.lane()
    other.ask(stretch("busy"))
    assert engine.begun.acquire(timeout=SOON)
    lane.ask(stretch("old", final=False))
    lane.ask(stretch("new", final=False))
    lane.ask(stretch("final"))
    engine.gate.set()
    assert lane.wait(SOON)
    assert texts(lane.answers()) == ["large final"]
    assert scheduler.load.dropped_partials == 2
    scheduler.close()


def test_a_thread_stays_free_for_finals_while_partials_are_decoded(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine, workers=2)
    lanes = [scheduler.lane() for _ in range(3)]
    for lane in lanes:
        lane.ask(stretch("partial", final=False))
    assert engine.begun.acquire(timeout=SOON)
    assert not engine.begun.acquire(timeout=0.1)
    lanes[0].ask(stretch("final", segment=1))
    assert engine.begun.acquire(timeout=SOON)
    assert engine.order == ["partial", "final"]
    engine.gate.set()
    assert lanes[0].wait(SOON)
    scheduler.close()


def test_the_small_model_takes_finals_that_have_waited_and_no_final_is_lost(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine, Engine("small"), workers=1, patience=0.05)
    lane = scheduler.lane()
    for i in range(10):
        lane.ask(stretch(str(i)))
    assert engine.begun.acquire(timeout=SOON)
    time.sleep(0.1)
    assert lane.delay > 0.05
    engine.gate.set()
    assert lane.wait(SOON)
    answers = lane.answers()
    assert [answer.heard.text.split()[1] for answer in answers] == [str(i) for i in range(10)]
    assert all(answer.small for answer in answers[1:])  # the first may have found a free thread in time
    assert scheduler.load.small_finals >= 9
    assert scheduler.load.finals == 10
    assert lane.delay == 0
    scheduler.close()


def test_what_an_engine_fails_at_once_is_tried_again_at_once(engine: Engine) -> None:
    tries = []

    def once(prompt: str) -> BaseException | None:
        tries.append(prompt)
        return EngineDown("gone") if len(tries) == 1 else None

    engine.fail = once
    scheduler = Scheduler(engine)
    lane = scheduler.lane()
    lane.ask(stretch("a"))
    assert lane.wait(SOON)
    assert texts(lane.answers()) == ["large a"]
    assert scheduler.load.failures == 0
    scheduler.close()


def test_sound_is_kept_while_the_engine_is_down_and_decoded_when_it_is_back(engine: Engine) -> None:
    down = True
    engine.fail = lambda prompt: EngineDown("gone") if down else None
    scheduler = Scheduler(engine, pause=0.05)
    lanes = [scheduler.lane(), scheduler.lane()]
    for lane in lanes:
        for i in range(3):
            lane.ask(stretch(str(i)))
    until(lambda: scheduler.load.failures >= 2)
    assert not lanes[0].answers()
    down = False
    for lane in lanes:
        assert lane.wait(SOON)
        assert sorted(texts(lane.answers())) == ["large 0", "large 1", "large 2"]
    assert scheduler.load.lost == 0
    scheduler.close()


def test_sound_that_alone_breaks_the_engine_holds_up_neither_its_channel_nor_others(engine: Engine) -> None:
    engine.fail = lambda prompt: ValueError("this sound only") if prompt == "poison" else None
    scheduler = Scheduler(engine, workers=1, pause=0.01)
    lane, other = scheduler.lane(), scheduler.lane()
    lane.ask(stretch("poison"))
    lane.ask(stretch("next"))
    other.ask(stretch("other"))
    until(lambda: bool(scheduler.load.lost))
    assert texts(lane.answers()) == ["large next", ""]  # given up in the end, and said so
    assert texts(other.answers()) == ["large other"]
    assert lane.wait(0.1)
    scheduler.close()


def test_the_small_model_speaks_while_the_large_one_is_down(engine: Engine) -> None:
    engine.fail = lambda prompt: EngineDown("gone")
    scheduler = Scheduler(engine, Engine("small"), workers=1, pause=60.0)
    lane = scheduler.lane()
    for i in range(4):
        lane.ask(stretch(str(i)))
    until(lambda: scheduler.load.finals == 2)
    assert texts(lane.answers()) == ["small 2", "small 3"]
    lane.close()
    assert scheduler.load.lost == 2
    scheduler.close()


def test_sound_kept_for_an_engine_that_is_gone_has_a_limit(engine: Engine) -> None:
    engine.fail = lambda prompt: EngineDown("gone")
    scheduler = Scheduler(engine, workers=1, pause=60.0, kept=1.0)
    lane = scheduler.lane()
    for i in range(8):
        lane.ask(stretch(str(i), seconds=0.5))
    until(lambda: scheduler.load.failures == 2)
    assert scheduler.load.lost == 2
    assert scheduler.load.waiting == 6
    assert not lane.wait(0.05)
    scheduler.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_is_replaced_and_its_sound_is_not_lost(engine: Engine) -> None:
    def dies(prompt: str) -> BaseException | None:
        return SystemExit() if prompt == "deadly" and engine.order.count("deadly") == 1 else None

    engine.fail = dies
    scheduler = Scheduler(engine, workers=1, pause=0.01)
    lane = scheduler.lane()
    lane.ask(stretch("deadly"))
    until(lambda: scheduler.load.failures == 1)
    lane.ask(stretch("next"))
    assert lane.wait(SOON)
    assert sorted(texts(lane.answers())) == ["large deadly", "large next"]
    scheduler.close()


def test_a_channel_that_leaves_takes_its_questions_along(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine, workers=1)
    lane = scheduler.lane()
    for i in range(3):
        lane.ask(stretch(str(i)))
    assert engine.begun.acquire(timeout=SOON)
    assert not lane.wait(0.01)
    lane.close()
    lane.close()
    lane.ask(stretch("late"))
    engine.gate.set()
    until(lambda: scheduler.load.finals == 1)
    assert scheduler.load.lost == 2
    assert (scheduler.load.lanes, scheduler.load.waiting) == (0, 0)
    scheduler.close()


def test_a_channel_may_bring_its_own_recogniser(engine: Engine) -> None:
    scheduler = Scheduler(engine)
    lane = scheduler.lane(Engine("own"))
    lane.ask(stretch("a"))
    assert lane.wait(SOON)
    assert texts(lane.answers()) == ["own a"]
    scheduler.close()


def test_slow_partials_are_asked_for_less_often(engine: Engine) -> None:
    engine.gate.clear()
    scheduler = Scheduler(engine)
    lane = scheduler.lane()
    before = lane.pace
    lane.ask(stretch("a", final=False))
    assert engine.begun.acquire(timeout=SOON)
    time.sleep(1.0)
    engine.gate.set()
    until(lambda: scheduler.load.partials == 1)
    assert lane.pace > before
    scheduler.close()


def test_after_close_nothing_is_decoded(engine: Engine) -> None:
    scheduler = Scheduler(engine)
    lane = scheduler.lane()
    scheduler.close()
    lane.ask(stretch("late"))
    assert lane.wait(SOON)
    assert not lane.answers()


def test_without_workers_nothing_would_ever_be_decoded(engine: Engine) -> None:
    with pytest.raises(BadSetting):
        Scheduler(engine, workers=0)


def test_inline_decodes_before_it_returns_and_its_errors_reach_the_caller(engine: Engine) -> None:
    lane: Lane = Inline(engine).lane()
    lane.ask(stretch("a"))
    assert texts(lane.answers()) == ["large a"]
    engine.fail = lambda prompt: EngineDown("gone")
    with pytest.raises(EngineDown):
        lane.ask(stretch("b"))
    assert lane.wait(0)
