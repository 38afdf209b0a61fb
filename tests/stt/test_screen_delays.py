"""Delays are counted from the voice, utterance by utterance."""

from __future__ import annotations

import pytest

from consultation.types import Speaker, Utterance
from stt.screen_delays import ScreenDelays


def said(text: str, start: float, end: float, final: bool = True) -> Utterance:
    return Utterance(Speaker.CITIZEN, text, start, end, is_final=final)


def test_first_text_and_final_are_measured_from_the_voice() -> None:
    delays = ScreenDelays()
    screen = [
        (2.0, said("여권", 0.8, 2.0, final=False)),
        (2.5, said("여권 언제", 0.8, 2.5, final=False)),
        (3.9, said("여권 언제 나와요", 1.0, 3.4)),
        (9.0, said("네", 8.1, 8.4)),
    ]
    delays.count(screen, [(1.0, 2.0), (2.1, 3.5), (8.0, 8.5)])
    assert delays.first == pytest.approx([1.0, 1.0])  # a final counts where no partial came before
    assert delays.final == pytest.approx([0.4, 0.5])
    figures = delays.figures()
    assert (figures["utterances"], figures["utterances_with_partials"], figures["partials"]) == (2, 1, 2)
    assert figures["flicker"] == 0


def test_a_final_that_comes_after_the_next_partial_keeps_its_own() -> None:
    delays = ScreenDelays()
    screen = [
        (1.5, said("하나", 0.8, 1.5, final=False)),
        (4.0, said("셋", 3.3, 4.0, final=False)),
        (4.1, said("하나 둘", 1.0, 2.0)),
        (5.6, said("셋 넷", 3.5, 5.0)),
    ]
    delays.count(screen, [(1.0, 2.0), (3.5, 5.0)])
    assert delays.first == pytest.approx([0.5, 0.5])
    assert delays.final == pytest.approx([2.1, 0.6])


def test_text_without_voice_and_nothing_at_all_give_no_delays() -> None:
    delays = ScreenDelays()
    delays.count([(1.0, said("네", 0.5, 0.9))], [])
    figures = delays.figures()
    assert (figures["utterances"], figures["final_p95_ms"], figures["flicker"]) == (0, None, None)
