"""Probabilities to speech started and stopped."""

from __future__ import annotations

import math
import random

import pytest

from consultation.errors import BadSetting
from stt.segments import WINDOW, Endpointing, Segmenter, Started, Stopped


def run(levels: list[float], endpointing: Endpointing = Endpointing()) -> list[Started | Stopped]:  # noqa: B008
    segmenter = Segmenter(endpointing)
    return [event for level in levels for event in segmenter.push(level)] + segmenter.finish()


def windows(seconds: float) -> int:
    return round(seconds / WINDOW)


def test_speech_starts_with_padding_and_stops_after_the_silence() -> None:
    events = run([0.0] * windows(1) + [0.9] * windows(1) + [0.0] * windows(1))
    start, stop = windows(1) * WINDOW, windows(2) * WINDOW
    assert events == [Started(pytest.approx(start - 0.2)), Stopped(pytest.approx(stop + 0.2))]


def test_the_end_is_decided_within_300_ms() -> None:
    segmenter = Segmenter()
    for level in [0.0] * 10 + [0.9] * 31:
        segmenter.push(level)
    silent = 0
    while not segmenter.push(0.0):
        silent += 1
    assert (silent + 1) * WINDOW <= 0.32


def test_a_click_is_no_speech() -> None:
    assert run([0.0] * 20 + [0.99, 0.99] + [0.0] * 20) == []


def test_a_short_pause_ends_nothing() -> None:
    events = run([0.9] * 30 + [0.0] * windows(0.2) + [0.9] * 30 + [0.0] * 30)
    assert [type(e) for e in events] == [Started, Stopped]


def test_a_wavering_probability_does_not_chop_a_word() -> None:
    events = run([0.9, 0.4] * 50 + [0.0] * 30)
    assert [type(e) for e in events] == [Started, Stopped]


def test_a_level_between_the_thresholds_begins_nothing() -> None:
    assert run([0.45] * 100) == []


def test_padding_never_reaches_into_the_speech_before() -> None:
    gap = windows(0.32)
    _first, second, third, _fourth = run([0.9] * 30 + [0.0] * gap + [0.9] * 30 + [0.0] * 30)
    assert isinstance(second, Stopped)
    assert isinstance(third, Started)
    assert third.at >= second.at


def test_long_speech_is_cut_at_its_quietest_window() -> None:
    levels = [0.9] * windows(60)
    quiet = windows(26)
    levels[quiet] = 0.4
    events = run(levels)
    cut = events[1]
    assert isinstance(cut, Stopped)
    assert cut.cut
    assert cut.at == pytest.approx(quiet * WINDOW, abs=WINDOW)
    assert events[2] == Started(cut.at)
    longest = max(b.at - a.at for a, b in zip(events[::2], events[1::2], strict=True))
    assert longest <= 28.0 + WINDOW


def test_audio_that_ends_in_speech_stops_at_its_end() -> None:
    assert run([0.9] * 50)[-1] == Stopped(pytest.approx(50 * WINDOW))


def test_a_broken_model_does_not_hold_the_line_open() -> None:
    assert [type(e) for e in run([0.9] * 30 + [math.nan] * 30)] == [Started, Stopped]


def test_events_alternate_and_times_never_go_back() -> None:
    dice = random.Random(2)
    levels = [min(1.0, max(0.0, dice.gauss(0.9 if (i // 60) % 2 else 0.05, 0.25))) for i in range(6000)]
    events = run(levels)
    assert [type(e) for e in events] == [Started, Stopped] * (len(events) // 2)
    times = [e.at for e in events]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 0.3},
        {"release": 0.0},
        {"min_silence": 0.0},
        {"padding": -1},
        {"max_length": 1.0},
        {"threshold": 1.5},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadSetting):
        Endpointing(**wrong)
