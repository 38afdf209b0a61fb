"""A recogniser that mishears on purpose, the same way every time."""

from __future__ import annotations

import numpy as np
import pytest

from consultation.errors import BadSetting
from consultation.ports import Transcriber
from consultation.types import Speaker, Utterance
from stt.audio import RATE
from stt.error_model import PERFECT, ErrorModel
from stt.guard import guard
from stt.metrics import cer
from stt.simulated import SimulatedTranscriber
from stt.simulated_calls import words_of
from tests.stt.calls import scripts


def transcribe(transcriber: Transcriber, seconds: float, piece: float = 0.02) -> list[Utterance]:
    silence = np.zeros(round(piece * RATE), dtype=np.int16)
    heard = [u for _ in range(round(seconds / piece)) for u in transcriber.push(silence)]
    return heard + transcriber.finish()


def length(call: str) -> float:
    return max(turn.end for turn in scripts()[call]) + 2.0


def test_a_perfect_recogniser_gives_the_words_and_their_times() -> None:
    call = "sample-001"
    words = words_of(scripts()[call], Speaker.CITIZEN)
    finals = [
        u
        for u in transcribe(SimulatedTranscriber(Speaker.CITIZEN, words, PERFECT), length(call))
        if u.is_final
    ]
    assert [w for u in finals for w in u.words] == words
    assert all(u.speaker is Speaker.CITIZEN for u in finals)


def test_the_same_seed_gives_the_same_utterances() -> None:
    call = "sample-002"
    words = words_of(scripts()[call], Speaker.AGENT)
    first, second, other = (
        transcribe(SimulatedTranscriber(Speaker.AGENT, words, seed=seed), length(call)) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_how_the_audio_is_cut_changes_nothing() -> None:
    call = "sample-003"
    words = words_of(scripts()[call], Speaker.CITIZEN)
    small, large = (
        transcribe(SimulatedTranscriber(Speaker.CITIZEN, words, seed=3), 60.0, piece) for piece in (0.02, 0.5)
    )
    assert small == large


def test_partials_only_grow_and_the_final_follows_the_last_word() -> None:
    call = "sample-004"
    words = words_of(scripts()[call], Speaker.CITIZEN)
    shown = ""
    partials = 0
    for utterance in transcribe(SimulatedTranscriber(Speaker.CITIZEN, words, ErrorModel(), 5), length(call)):
        if utterance.is_final:
            shown = ""
            continue
        partials += 1
        assert utterance.text.startswith(shown)
        shown = utterance.text
    assert partials > 10


def test_text_is_late_by_the_delay() -> None:
    words = words_of(scripts()["sample-001"], Speaker.AGENT)[:3]
    step = np.zeros(RATE // 10, dtype=np.int16)
    seen: dict[float, float] = {}
    for delay in (0.0, 2.0):
        transcriber, clock = (
            SimulatedTranscriber(Speaker.AGENT, words, ErrorModel(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, delay)),
            0.0,
        )
        while delay not in seen:
            clock += 0.1
            if any(u.is_final for u in transcriber.push(step)):
                seen[delay] = clock
    assert seen[2.0] - seen[0.0] == pytest.approx(2.0, abs=0.11)


def test_errors_have_the_rate_of_the_model() -> None:
    said, heard = [], []
    for call, script in scripts().items():
        words = words_of(script, Speaker.AGENT)
        finals = [
            u.text
            for u in transcribe(
                SimulatedTranscriber(Speaker.AGENT, words, ErrorModel(silence=0.0), 1), length(call), 0.5
            )
            if u.is_final
        ]
        said.append(" ".join(w.text for w in words))
        heard.append(" ".join(finals))
    assert 0.03 < cer(said, heard).rate < 0.12


def test_ten_minutes_of_silence_bring_phrases_that_the_guard_stops() -> None:
    heard = transcribe(SimulatedTranscriber(Speaker.CITIZEN, [], ErrorModel(), 1), 600.0, 0.5)
    assert len(heard) > 5
    assert [guard(u, []).utterance for u in heard if guard(u, []).utterance] == []


def test_audio_that_ends_early_gives_what_was_said_until_then() -> None:
    words = words_of(scripts()["sample-001"], Speaker.CITIZEN)
    half = words[5]
    finals = [
        u
        for u in transcribe(SimulatedTranscriber(Speaker.CITIZEN, words, PERFECT), half.end + 0.01)
        if u.is_final
    ]
    assert [w.text for u in finals for w in u.words] == [w.text for w in words[:6]]
    assert SimulatedTranscriber(Speaker.CITIZEN, words).finish() == []


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(BadSetting, match="step"):
        SimulatedTranscriber(Speaker.CITIZEN, [], step=0.0)
