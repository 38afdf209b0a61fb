"""`sangdam stt dataset | promote | rollback | versions | compare` as an operator runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from consultation.crypto import load_master_key
from consultation.privacy import mask
from consultation.settings import Settings
from consultation.store import open_store
from consultation.types import Channel, Conversation, Speaker, Turn, Word
from consultation.versions import Versions
from stt.audio import RATE
from stt.files import read_sound
from stt.recordings import Recordings

HOME = "home"
STARTED = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


class Shell:
    """Runs `sangdam …` with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SANGDAM_")}
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *words],
            cwd=self.folder,
            env={
                **environment,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "SANGDAM_HOME": HOME,
                "COLUMNS": "200",
                **settings,
            },
            capture_output=True,
            text=True,
            timeout=240,
        )

    def refused(self, *words: str, **settings: str) -> str:
        """What it said when it refused."""
        done = self.run(*words, **settings)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_two_files_of_predictions_are_compared_by_speaker_and_length(shell: Shell) -> None:
    lines, a, b = ["audio\ttext\tspeaker\tconversation"], [], []
    for i in range(40):
        lines.append(f"{i}.wav\t여권 신청이요\t{'agent' if i % 2 else 'citizen'}\tcall-{i // 2}")
        a.append({"audio": f"{i}.wav", "text": "여곤 신청이요" if i % 3 else "", "seconds": 1.0 + i % 4})
        b.append({"audio": f"{i}.wav", "text": "여권 신청이요" if i else "", "seconds": 1.0})
    (shell.folder / "m.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, rows in (("a.jsonl", a), ("b.jsonl", b)):
        (shell.folder / name).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done = shell.run("stt", "compare", "a.jsonl", "b.jsonl", "--manifest", "m.tsv", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["is_better"] is True
    assert found["all"]["n"] == 40
    assert set(found["by_speaker"]) == {"agent", "citizen"}
    assert set(found["by_length"]) == {"under 2 s", "2 to 5 s"}
    shown = shell.run("stt", "compare", "a.jsonl", "b.jsonl", "--manifest", "m.tsv").stdout
    assert "95 % interval" in shown
    assert "better in" in shown


def test_predictions_that_cannot_be_read_are_refused(shell: Shell) -> None:
    (shell.folder / "m.tsv").write_text("audio\ttext\n1.wav\t말\n", encoding="utf-8")
    (shell.folder / "a.jsonl").write_text("not json\n")
    assert "row 1" in shell.refused("stt", "compare", "a.jsonl", "a.jsonl", "--manifest", "m.tsv")
    assert "cannot be read" in shell.refused("stt", "compare", "a.jsonl", "a.jsonl", "--manifest", "none.tsv")


def test_without_a_promotion_there_is_no_version_and_no_way_back(shell: Shell) -> None:
    assert json.loads(shell.run("stt", "versions", "--json").stdout) == []
    assert "no version was live before" in shell.refused("stt", "rollback")


def test_a_rollback_is_in_the_audit_log_and_says_that_a_restart_is_needed(shell: Shell) -> None:
    versions = Versions(shell.folder / HOME / "models" / "whisper")
    for _ in range(2):
        with versions.draft() as (number, folder):
            (folder / "model.pt").write_text("weights")
        versions.promote(number)
    done = shell.run("stt", "rollback")
    assert done.returncode == 0, done.stderr
    assert "model version 1 is live again" in done.stdout
    assert "restart" in done.stdout
    rows = json.loads(shell.run("stt", "versions", "--json").stdout)
    assert [(row["version"], row["live"]) for row in rows] == [(1, True), (2, False)]
    verified = shell.run("audit", "verify", "--json")
    assert json.loads(verified.stdout)["rows"] == 1


def test_a_promotion_that_would_not_be_used_is_refused_before_anything_is_measured(shell: Shell) -> None:
    (shell.folder / "m.tsv").write_text("audio\ttext\n1.wav\t말\n", encoding="utf-8")
    words = ("stt", "promote", "model.pt", "--manifest", "m.tsv")
    assert "SANGDAM_STT_MODEL" in shell.refused(*words, SANGDAM_STT_MODEL="elsewhere")
    assert "would not be used" in shell.refused(
        *words, SANGDAM_STT_ENGINE="remote", SANGDAM_STT_URL="http://x"
    )


def test_an_export_says_what_it_is_for_and_refuses_to_write_nothing(shell: Shell) -> None:
    assert shell.run("stt", "dataset", "out").returncode == 2
    assert shell.run("stt", "dataset", "out", "--purpose", " ").returncode == 2
    assert shell.run("stt", "dataset", "out", "--purpose", "시험", "--since", "yesterday").returncode == 2
    assert "no segment can be exported" in shell.refused("stt", "dataset", "out", "--purpose", "시험")
    assert [path.name for path in shell.folder.iterdir()] == [HOME]


CITIZEN, AGENT = (
    ("여곤 제발급 받으려고요", "여권 재발급 받으려고요"),
    ("네 확인했습니다", "네 확인했습니다"),
)


def seed(home: Path) -> None:
    """Six recorded calls, corrected; in each the citizen's last turn is a telephone number."""
    settings = Settings(home=home)
    store = open_store(settings.store(), master_key=load_master_key(settings))
    recordings = Recordings(store, home / "recordings", lambda: STARTED)
    for number in range(6):
        name = f"call-{number}"
        started = STARTED + timedelta(days=number)
        store.conversations.start(Conversation(name, Channel.PHONE, started, "kim"))
        lines = (
            (Speaker.CITIZEN, CITIZEN[0], 1.0),
            (Speaker.AGENT, AGENT[0], 5.0),
            (Speaker.CITIZEN, "번호는 공일공 영영영영 일이삼사 입니다", 9.0),
        )
        for index, (speaker, text, start) in enumerate(lines):
            words = tuple(
                Word(word, start + i * 0.5, start + i * 0.5 + 0.4, 0.8) for i, word in enumerate(text.split())
            )
            turn = Turn(index, speaker, mask(text), start, words[-1].end)
            store.conversations.add_turn(name, turn, text, words)
        store.conversations.end(name, started + timedelta(seconds=12))
        for index, text in ((0, CITIZEN[1]), (1, AGENT[1])):
            store.corrections.save(name, index, seen=0, text=text, original=text, by="han")
        recorder = recordings.recorder(name)
        assert recorder is not None
        at = np.arange(12 * RATE) / RATE
        for side, pitch in enumerate((300, 440)):
            recorder.write(side, (np.sin(2 * np.pi * pitch * at) * 8_000).astype(np.int16), 0.0)
        recorder.close()
    recordings.close()
    store.close()


def loudest(path: Path) -> float:
    """The frequency in Hz that a file sounds most of."""
    sound = read_sound(path)
    spectrum = np.abs(np.fft.rfft(sound.samples[:, 0].astype(np.float64)))
    return float(spectrum.argmax() * sound.rate / len(sound.samples))


def test_corrected_turns_are_exported_without_personal_data_and_audited(shell: Shell) -> None:
    seed(shell.folder / HOME)
    done = shell.run(
        "stt",
        "dataset",
        "out",
        "--purpose",
        "다시 가르치기",
        "--since",
        "2026-11-03",
        "--until",
        "2026-11-05",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["segments"], made["reviewed"]) == (6, 6)
    assert made["left_out"] == {"not reviewed": 3}
    out = shell.folder / "out"
    rows = [json.loads(line) for line in (out / "segments.jsonl").read_text().splitlines()]
    assert {(row["speaker"], row["text"]) for row in rows} == {("citizen", CITIZEN[1]), ("agent", AGENT[1])}
    for row in rows:
        assert loudest(out / row["audio"]) == pytest.approx(
            300 if row["speaker"] == "citizen" else 440, abs=5
        )
    assert "다시 가르치기" in (out / "DATASHEET.md").read_text()
    assert "2026-11-03 ~ 2026-11-05" in (out / "DATASHEET.md").read_text()
    settings = Settings(home=shell.folder / HOME)
    store = open_store(settings.store(), master_key=load_master_key(settings))
    kept = [(row.what, row.reason[:12]) for row in reversed(store.audit.entries(about="out"))]
    store.close()
    assert kept == [("dataset.export", "다시 가르치기"), ("dataset.exported", "6 segments, ")]
    again = shell.refused("stt", "dataset", "out", "--purpose", "다시 가르치기")
    assert "is there already" in again
