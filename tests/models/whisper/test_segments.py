"""Reviewed segments as training data: what fits is read, what does not is named by its line."""

import json

import numpy as np
import pytest

from consultation.errors import BadInput, BadRows
from models.whisper.segments import read_segments
from stt.wav import write_wav


@pytest.fixture
def export(tmp_path):
    """Writes rows as an export, each sound a second of a tone."""

    def write(rows, seconds=1.0, rate=8_000):
        tone = (8_000 * np.sin(np.arange(int(seconds * rate)) / 5)).astype(np.int16)
        (tmp_path / "a.wav").write_bytes(write_wav(tone[:, None], rate))
        file = tmp_path / "segments.jsonl"
        file.write_text(
            "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows), "utf-8"
        )
        return file

    return write


ROW = {"audio": "a.wav", "text": " 네  알겠습니다 ", "split": "train"}


def test_only_the_split_that_was_asked_for_is_read(export):
    examples = read_segments(export([ROW, {**ROW, "split": "test"}]), "train")
    assert [one.text for one in examples] == ["네 알겠습니다"]
    assert examples[0].sound.dtype == np.float32
    assert len(examples[0].sound) == 16_000


def test_every_line_that_cannot_be_used_is_named(export):
    file = export([ROW, "no json\n", {"audio": "a.wav"}, {**ROW, "audio": "b.wav"}])
    with pytest.raises(BadRows) as caught:
        read_segments(file, "train")
    assert [fault.row for fault in caught.value.faults] == [2, 3, 4]


def test_a_segment_longer_than_a_window_is_refused(export):
    with pytest.raises(BadRows, match="30"):
        read_segments(export([ROW], seconds=31), "train")


def test_an_export_without_the_split_is_refused(export):
    with pytest.raises(BadInput, match="dev"):
        read_segments(export([ROW]), "dev")
    with pytest.raises(BadInput):
        read_segments(export([ROW]).with_name("missing.jsonl"), "train")
