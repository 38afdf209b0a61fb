"""The speech that tests, the demonstration and the training are made of."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from consultation.errors import BadInput
from data.speech.espeak import RATE, Voice, espeak
from data.speech.prepare import sentences, speak, to_8k
from tests.required import missing

TEXT = "안녕하십니까 백이십 다산콜 상담사입니다. 무엇을 도와드릴까요?"


@pytest.fixture(scope="module", autouse=True)
def _espeak() -> None:
    if shutil.which("espeak-ng") is None:
        missing("espeak-ng is not installed; apt-get install espeak-ng")


def test_every_word_has_its_time_in_reading_order() -> None:
    said = espeak().say(TEXT)
    assert [word.text for word in said.words] == TEXT.split()
    times = [moment for word in said.words for moment in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= said.seconds


def test_sound_is_where_the_words_are() -> None:
    said = espeak().say(TEXT)
    loud = np.abs(said.samples.astype(np.int32)) > 200
    inside = np.zeros(len(loud), dtype=bool)
    for word in said.words:
        inside[int(word.start * RATE) : int(word.end * RATE) + 1] = True
    assert (loud & inside).sum() >= 0.98 * loud.sum()


def test_another_voice_and_speed_sound_different() -> None:
    slow, fast = espeak().say(TEXT, Voice("m3", 120)), espeak().say(TEXT, Voice("m3", 220))
    assert slow.seconds > 1.3 * fast.seconds
    high = espeak().say(TEXT, Voice("f2", 120))
    assert not np.array_equal(slow.samples[:8000], high.samples[:8000])


def test_a_voice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadInput, match="nobody"):
        espeak().say(TEXT, Voice("nobody"))


def test_numbers_are_spelled_out_and_what_has_no_sound_is_left_out() -> None:
    assert sentences("120다산콜, 14일 안에요ㅠㅠ (네)") == "백이십 다산콜, 십사 일 안에요 네"


def test_resampling_keeps_a_tone_below_four_kilohertz_and_removes_one_above() -> None:
    at = np.arange(RATE) / RATE
    low = to_8k((8_000 * np.sin(2 * np.pi * 1_000 * at)).astype(np.int16))
    high = to_8k((8_000 * np.sin(2 * np.pi * 6_000 * at)).astype(np.int16))
    assert len(low) == 8_000
    assert np.abs(low[100:-100]).max() > 7_000
    assert np.abs(high[100:-100]).max() < 200


def test_the_two_speakers_of_a_call_have_a_channel_each() -> None:
    row = {
        "call_id": "made-up",
        "turns": [
            {"speaker": "agent", "text": "안녕하십니까 다산콜입니다."},
            {"speaker": "citizen", "text": "여권을 새로 만들고 싶어요"},
        ],
    }
    frames, turns = speak(row)
    for turn, channel in zip(turns, (1, 0), strict=True):
        part = frames[int(turn["start"] * 8_000) : int(turn["end"] * 8_000)].astype(np.float64)
        assert (part[:, channel] ** 2).mean() > 100 * (part[:, 1 - channel] ** 2).mean()
