"""`sangdam stt convert` and `sangdam bench stt`, as an operator uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from consultation.bundled import bundled
from tests.required import library


def sangdam(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SANGDAM_")}
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_a_checkpoint_is_converted_and_the_folder_opened(tmp_path: Path) -> None:
    library("whisper", extra="whisper")
    ran = sangdam(tmp_path, "stt", "convert", str(bundled("whisper") / "model.pt"), "ours", "--name", "ours")
    assert ran.returncode == 0, ran.stderr
    assert "SANGDAM_STT_MODEL=ours" in ran.stdout
    assert "ctranslate2:ours@" in ran.stdout
    assert "writing the weights as int8" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


def test_what_cannot_be_converted_is_refused_with_the_reason(tmp_path: Path) -> None:
    library("torch", extra="neural")
    (tmp_path / "call.pt").write_text("no model")
    ran = sangdam(tmp_path, "stt", "convert", "call.pt", "ours")
    assert ran.returncode == 1
    assert "call.pt cannot be read as a checkpoint" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["call.pt"]


def test_one_command_tells_errors_speed_and_capacity(tmp_path: Path) -> None:
    ran = sangdam(tmp_path, "bench", "stt", "--clips", "3")
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["n"] == 3
    assert found["cer"] >= 0
    assert [one["seconds"] for one in found["decoding_ms"]] == [1.0, 3.0, 8.0, 30.0]
    assert all(0 < line["with_partials"] < line["finals_only"] for line in found["channels_per_core"])
    assert found["recogniser"].startswith("ctranslate2:")
    assert "channels a core" in ran.stdout


def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_text("file\nx.wav\n")
    ran = sangdam(tmp_path, "bench", "stt", "--manifest", "calls.tsv")
    assert ran.returncode == 1
    assert "no column `audio`" in ran.stderr
