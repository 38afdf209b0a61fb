"""`sangdam evaluate stt` as an operator runs it, with the bundled model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from consultation.errors import BadRows
from server.cli import app
from stt.audio import RATE
from stt.wav import write_wav
from tests.stt.speech import say, silence


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SANGDAM_HOME", str(tmp_path / "home"))
    sound = np.concatenate([silence(0.5), say("전입신고는 어디에서 하나요"), silence(0.5)])
    (tmp_path / "one.wav").write_bytes(write_wav(sound, RATE))
    (tmp_path / "both.wav").write_bytes(write_wav(np.stack([sound, 0 * sound], axis=1)[::2], RATE // 2))
    return tmp_path


def run(folder: Path, manifest: str, *options: str):
    (folder / "m.tsv").write_text(manifest, encoding="utf-8")
    out = folder / "p.jsonl"
    return CliRunner().invoke(
        app, ["evaluate", "stt", "--manifest", str(folder / "m.tsv"), "--out", str(out), *options]
    )


def test_live_and_recorded_the_last_line_is_one_json_object(folder: Path) -> None:
    manifest = "audio\ttext\none.wav\t전입신고는 어디에서 하나요\nboth.wav\t전입신고는 어디에서 하나요\n"
    for options in ((), ("--live", "--json")):
        done = run(folder, manifest, *options)
        assert done.exit_code == 0, done.output
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        assert figures["n"] == 2
        assert {"cer", "cer_spaced", "cer_spoken", "wer", "rtf", "models", "machine"} <= figures.keys()
        assert figures["models"]["recogniser"].startswith("ctranslate2:")
        assert ("final_p95_ms" in figures) is ("--live" in options)
        rows = [json.loads(line) for line in (folder / "p.jsonl").read_text("utf-8").splitlines()]
        assert [row["audio"] for row in rows] == ["one.wav", "both.wav"]
        assert all(
            {"audio", "text", "display", "utterances", "seconds", "elapsed"} == row.keys() for row in rows
        )


def test_a_row_that_cannot_be_read_is_named_before_anything_is_predicted(folder: Path) -> None:
    refused = run(folder, "audio\ttext\none.wav\t네\nabsent.wav\t네\n")
    assert isinstance(refused.exception, BadRows)
    assert "row 3" in str(refused.exception)
    assert not (folder / "p.jsonl").exists()
