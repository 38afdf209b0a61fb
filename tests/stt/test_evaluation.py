"""`sangdam evaluate stt`: what is written, what is measured, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import BadInput, BadRows, EngineDown
from stt.audio import RATE, Samples
from stt.evaluation import evaluate
from stt.manifest import read_manifest
from stt.recogniser import Heard, Listen
from stt.wav import Sound, read_wav, write_wav
from tests.stt.speech import say, silence

PLAIN = Listen()


class Says:
    """Hears the same in everything, after as long as it is told."""

    name = "says:1"

    def __init__(self, text: str = "여권은 세 시에 나와요") -> None:
        self.text = text

    def recognise(self, samples, listen=PLAIN):
        return Heard(self.text if np.abs(samples).max() > 0.01 else "", (), 0.9)


def read(path: Path) -> Sound:
    return read_wav(path.read_bytes(), path.name)


def speech() -> Samples:
    return np.concatenate([silence(0.5), say("여권은 세 시에 나와요"), silence(0.2)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sound = speech()
    (tmp_path / "sub").mkdir()
    (tmp_path / "one.wav").write_bytes(write_wav(sound, RATE))
    (tmp_path / "sub" / "eight.wav").write_bytes(write_wav(sound[::2], 8_000))
    (tmp_path / "both.wav").write_bytes(write_wav(np.stack([sound, np.roll(sound, RATE)], axis=1), RATE))
    (tmp_path / "nothing.wav").write_bytes(write_wav(silence(1), RATE))
    return tmp_path


def manifest(folder: Path, *lines: str, header: str = "audio\ttext") -> Path:
    path = folder / "manifest.tsv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_predictions_come_in_input_order_with_words_as_spoken_and_numbers_as_digits(folder: Path) -> None:
    given = manifest(
        folder, "sub/eight.wav\t여권은 3시에 나와요", "one.wav\t여권은 세 시에 나와요", "nothing.wav\t"
    )
    figures = evaluate(given, folder / "out.jsonl", Says(), read)
    eight, one, nothing = rows(folder / "out.jsonl")
    assert [row["audio"] for row in (eight, one, nothing)] == ["sub/eight.wav", "one.wav", "nothing.wav"]
    assert eight["text"] == "여권은 세 시에 나와요"
    assert eight["display"] == "여권은 3시에 나와요"
    assert (nothing["text"], nothing["utterances"]) == ("", [])
    (said,) = one["utterances"]
    assert said["speaker"] == "citizen"
    assert 0.3 < said["start"] < 0.8 < said["end"] <= one["seconds"] + 0.3
    assert [word["text"] for word in said["words"]] == said["text"].split()
    assert figures["n"] == 3
    assert figures["cer_spoken"] == 0
    assert figures["cer"] > 0  # 3 and 세
    assert figures["rtf"] > 0
    assert figures["models"]["recogniser"] == "says:1"


def test_two_channels_are_two_speakers(folder: Path) -> None:
    evaluate(manifest(folder, "both.wav\t"), folder / "out.jsonl", Says(), read)
    (row,) = rows(folder / "out.jsonl")
    assert {said["speaker"] for said in row["utterances"]} == {"citizen", "agent"}
    assert [said["start"] for said in row["utterances"]] == sorted(
        said["start"] for said in row["utterances"]
    )


def test_live_measures_delays_and_hears_the_same(folder: Path) -> None:
    given = manifest(
        folder, "one.wav\t여권은 세 시에 나와요", "both.wav\t여권은 세 시에 나와요", "nothing.wav\t"
    )
    plain = evaluate(given, folder / "plain.jsonl", Says(), read)
    live = evaluate(given, folder / "live.jsonl", Says(), read, live=True)
    texts = [[row["text"] for row in rows(folder / name)] for name in ("plain.jsonl", "live.jsonl")]
    assert texts[0] == texts[1]
    assert live["cer"] == plain["cer"]
    assert live["utterances"] == 4  # the agent's sentence is wound around the end of the file
    # 0.3 s of silence end an utterance; the engine takes next to no time.
    assert 250 <= live["final_p50_ms"] <= live["final_p95_ms"] < 1000
    assert live["first_partial_p50_ms"] <= live["first_partial_p95_ms"]
    assert "final_p50_ms" not in plain


def test_without_gold_there_are_speed_and_predictions_but_no_error_rates(folder: Path) -> None:
    figures = evaluate(manifest(folder, "one.wav", header="audio"), folder / "out.jsonl", Says(), read)
    assert "cer" not in figures
    assert figures["n"] == len(rows(folder / "out.jsonl")) == 1


def test_text_out_of_nothing_has_no_rate_and_the_line_stays_json(folder: Path) -> None:
    figures = evaluate(manifest(folder, "one.wav\t"), folder / "out.jsonl", Says(), read)
    assert figures["cer"] is None
    assert figures["insertions"] > 0
    json.loads(json.dumps(figures, allow_nan=False))


def test_rows_that_cannot_be_read_are_named_and_nothing_is_predicted(folder: Path) -> None:
    (folder / "text.wav").write_text("no sound", encoding="utf-8")
    (folder / "cut.wav").write_bytes(write_wav(speech(), RATE)[:-1000])
    given = manifest(
        folder, "one.wav\t하나", "absent.wav\t둘", "\t셋", "text.wav\t넷", "cut.wav\t다섯", "one.wav"
    )
    with pytest.raises(BadRows) as refused:
        evaluate(given, folder / "out.jsonl", Says(), read)
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [
        (3, "audio"),
        (4, "audio"),
        (5, "audio"),
        (6, "audio"),
        (7, "text"),
    ]
    assert "absent.wav" in str(refused.value)
    assert not (folder / "out.jsonl").exists()


@pytest.mark.parametrize("content", ["", "\n\n", "file\ttext\na.wav\tb\n", "audio\ttext\n\n"])
def test_a_manifest_without_rows_or_without_the_column_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"manifest\.tsv"):
        read_manifest(tmp_path / "manifest.tsv", read)


def test_a_manifest_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_bytes(b"\xff\xfe\x00audio")
    for name in ("absent.tsv", "manifest.tsv"):
        with pytest.raises(BadInput, match=name):
            read_manifest(tmp_path / name, read)


def test_windows_line_ends_a_byte_order_mark_and_more_columns_are_no_fault(folder: Path) -> None:
    (folder / "manifest.tsv").write_bytes('\ufefftext\taudio\tnote\r\n"네"\tone.wav\tx\r\n'.encode())
    (row,) = read_manifest(folder / "manifest.tsv", read)
    assert (row.audio, row.text) == ("one.wav", '"네"')


def test_an_engine_that_does_not_answer_leaves_no_half_file(folder: Path) -> None:
    class Down(Says):
        def recognise(self, samples, listen=PLAIN):
            raise EngineDown("no answer")

    with pytest.raises(EngineDown):
        evaluate(manifest(folder, "one.wav\t네"), folder / "out.jsonl", Down(), read)
    assert not (folder / "out.jsonl").exists()
