"""Written calls become words with times and two channels of sound."""

from __future__ import annotations

import numpy as np
import pytest

from consultation.errors import BadInput
from consultation.types import Speaker
from stt.audio import TELEPHONE_RATE, split
from stt.simulated_calls import script_of, sound_of, words_of
from tests.stt.calls import scripts

ROW = {
    "call_id": "t-1",
    "turns": [
        {"speaker": "agent", "start": 1.0, "end": 3.0, "text": "네 무엇을 도와드릴까요?"},
        {"speaker": "citizen", "start": 3.5, "end": 5.0, "text": "여권 재발급이요"},
        {"speaker": "citizen", "start": 6.0, "end": 7.0, "text": "  "},
    ],
}


def test_words_lie_in_their_turn_in_order_and_apart() -> None:
    for script in scripts().values():
        for turn in script:
            assert " ".join(w.text for w in turn.words) == " ".join(turn.text.split())
            times = [t for w in turn.words for t in (w.start, w.end)]
            assert times == sorted(times)
            assert all(w.end > w.start for w in turn.words)


def test_a_turn_keeps_its_bounds() -> None:
    first, second = script_of(ROW)
    assert (first.start, second.start) == (1.0, 3.5)
    assert first.end <= 3.0
    assert second.end <= 5.0


def test_each_speaker_has_a_channel_with_energy_only_where_words_are() -> None:
    script = script_of(ROW)
    citizen, agent = split(sound_of(script))
    for side, speaker in ((citizen, Speaker.CITIZEN), (agent, Speaker.AGENT)):
        spoken = np.zeros(len(side), dtype=bool)
        for word in words_of(script, speaker):
            spoken[round(word.start * TELEPHONE_RATE) : round(word.end * TELEPHONE_RATE)] = True
        assert np.abs(side[~spoken]).max() == 0
        assert np.sqrt(np.mean(side[spoken].astype(float) ** 2)) > 500


def test_the_sound_is_the_same_every_time_and_as_long_as_asked() -> None:
    script = script_of(ROW)
    assert (sound_of(script) == sound_of(script)).all()
    assert (sound_of(script, seed=1) != sound_of(script)).any()
    assert len(sound_of(script, seconds=2.0)) == 2 * TELEPHONE_RATE
    assert len(sound_of([])) == TELEPHONE_RATE


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"turns": "x"},
        {"turns": [{"speaker": "agent", "text": "네"}]},
        {"turns": [{"speaker": "nobody", "text": "네", "start": 0, "end": 1}]},
        {"turns": [{"speaker": "agent", "text": "네", "start": 2, "end": 1}]},
        {"turns": [{"speaker": "agent", "text": "네", "start": float("nan"), "end": 1}]},
        {"turns": [None]},
    ],
)
def test_a_row_without_turns_and_times_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="call"):
        script_of(row)
