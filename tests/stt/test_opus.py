"""Kept speech is small, in time, and nobody is heard on the other's side."""

from __future__ import annotations

import io

import numpy as np
import pytest

from consultation.errors import BadInput
from stt.audio import RATE, to_16k
from stt.files import read_sound
from stt.opus import decode, encode, write_opus
from stt.simulated_calls import script_of, sound_of

CALL = {
    "turns": [
        {"speaker": "citizen", "text": "여권을 새로 만들려고 하는데요", "start": 0.2, "end": 2.4},
        {"speaker": "agent", "text": "네 가까운 구청으로 가시면 됩니다", "start": 2.6, "end": 4.9},
    ]
}


@pytest.fixture(scope="module")
def call() -> np.ndarray:
    sound = sound_of(script_of(CALL), 5.0)
    return np.stack([to_16k(np.ascontiguousarray(sound[:, i]), 8_000) for i in (0, 1)], axis=1)


def test_speech_takes_a_tenth_and_comes_back_in_its_place(call: np.ndarray) -> None:
    data = encode(call)
    back = decode(data)[: len(call)]
    assert len(data) < call.nbytes / 20
    assert len(back) == len(call)
    heard, said = back[:, 0].astype(float), call[:, 0].astype(float)
    shifts = range(-160, 161)
    best = max(shifts, key=lambda by: float(np.dot(np.roll(heard, by), said)))
    assert abs(best) <= 16  # one millisecond


def test_one_speaker_is_not_heard_on_the_other_side(call: np.ndarray) -> None:
    back = decode(encode(call)).astype(float)
    citizen = back[round(0.3 * RATE) : round(2.3 * RATE)]
    assert np.abs(citizen[:, 0]).mean() > 500
    assert np.abs(citizen[:, 1]).mean() < 1


def test_a_file_for_people_is_opus_that_every_program_reads(call: np.ndarray, tmp_path) -> None:
    with (tmp_path / "call.opus").open("wb") as out:
        write_opus(out, (call[at : at + 7_001] for at in range(0, len(call), 7_001)), 2)
    assert read_sound(tmp_path / "call.opus").seconds == pytest.approx(5.0, abs=0.03)


def test_bytes_that_are_no_sound_are_refused() -> None:
    for data in (b"", b"OggS", bytes(500)):
        with pytest.raises(BadInput, match="no Opus sound"):
            decode(data)


def test_one_channel_is_kept_as_one(call: np.ndarray) -> None:
    assert decode(encode(call[:, :1])).shape[1] == 1
    out = io.BytesIO()
    write_opus(out, [call[:, :1]], 1)
    assert out.getvalue()[:4] == b"OggS"
