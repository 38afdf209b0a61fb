"""The whole server keeps the sound of a call that comes in at a door, plays it, and transcribes files."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from consultation.settings import Settings
from consultation.types import Role, Stage, Word
from server.app import create_app
from server.demo_home import PASSWORD, prepare
from server.engines import build
from server.speech import Speech
from stt.audio import RATE
from stt.files import read_sound
from stt.recogniser import Heard, Listen
from stt.wav import write_wav
from tests.server.conftest import EVERYBODY, House
from tests.stt.speech import say, silence

KEY = "key-of-the-door"
PLAIN = Listen()
SAID = "제 연락처는 공일공 공공공공 일이삼사입니다"


class Number:
    """Hears a telephone number in whatever is spoken."""

    name = "test:number"

    def recognise(self, samples, listen=PLAIN):
        step = len(samples) / RATE / len(SAID.split())
        words = tuple(Word(w, i * step, (i + 0.9) * step, 0.9) for i, w in enumerate(SAID.split()))
        return Heard(SAID, words, 0.9)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("recorded")
    settings = Settings(home=home, worker=f"test-{home.name}", door_key=KEY, recordings="keep")
    engines = replace(build(settings), speech=Speech(settings, lambda *_: Number()))
    prepare(engines)
    for role, name in EVERYBODY.items():
        engines.store.people.add(name, f"시험 {role.value}", [role], PASSWORD)
    with TestClient(create_app(settings, engines=engines), base_url="http://127.0.0.1:8120") as client:
        yield House(client.app, engines, client)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    citizen = np.concatenate([silence(0.5), say(SAID), silence(1.5)])
    return np.stack([citizen, np.zeros_like(citizen)], axis=1)


@pytest.fixture(scope="module")
def call(house: House, sound: np.ndarray) -> str:
    """A call through the door of telephone systems, to its end."""
    opening = {"call": "pbx-1", "agent": EVERYBODY[Role.AGENT], "rate": RATE}
    with house.client.websocket_connect(f"/doors/pcm?key={KEY}") as socket:
        socket.send_json(opening)
        ready = socket.receive_json()
        for at in range(0, len(sound), RATE // 10):
            socket.send_bytes(sound[at : at + RATE // 10].astype("<i2").tobytes())
        socket.send_json({"type": "end"})
        while socket.receive_json()["type"] != "ended":
            pass
    return str(ready["call"])


def hear(house: House, call: str, role: Role, **query: str) -> np.ndarray:
    answer = house.client.get(f"/api/calls/{call}/sound", params=query, headers=house.enter(role))
    assert answer.status_code == 200, answer.text
    return np.frombuffer(answer.content[44:], dtype="<i2").reshape(-1, 2)


def test_a_call_from_a_door_is_kept_encrypted_and_in_its_whole_length(
    house: House, call: str, sound: np.ndarray
) -> None:
    assert house.engines.store.conversations.get(call).stage is not Stage.LIVE
    row = house.engines.store.recordings.get(call)
    assert row.seconds == pytest.approx(len(sound) / RATE, abs=0.1)
    folder = house.engines.settings.home / "recordings" / row.folder
    assert folder.stat().st_mode & 0o077 == 0
    assert all(b"Ogg" not in path.read_bytes() for path in folder.iterdir())


def test_the_transcript_page_plays_it_with_the_number_beeped_and_whole_with_a_reason(
    house: House, call: str, sound: np.ndarray
) -> None:
    words = house.engines.store.conversations.words(call)[0]
    start, end = (round(at * RATE) for at in (words[2].start, words[-2].end))

    def is_tone(samples: np.ndarray) -> bool:
        part = samples[start:end, 1].astype(float)  # the agent's side, where nobody spoke
        return bool(np.abs(part).mean() > 100)

    assert is_tone(hear(house, call, Role.QUALITY))
    assert not is_tone(hear(house, call, Role.QUALITY, reason="민원 확인"))


def test_the_nightly_purge_takes_it_when_its_days_are_over_unless_it_is_held(house: House, call: str) -> None:
    engines = replace(house.engines, clock=lambda: house.engines.clock() + timedelta(days=61))
    house.engines.store.recordings.hold(call, by="lead", reason="증거")
    assert engines.purge()["recordings"] == 0
    assert engines.recordings.seconds(call) is not None
    house.engines.store.recordings.release(call, by="lead", reason="종결")
    assert engines.purge()["recordings"] == 1
    assert engines.recordings.seconds(call) is None


def test_without_the_setting_nothing_is_kept(house: House) -> None:
    settings = house.engines.settings.model_copy(update={"recordings": "none"})
    assert replace(house.engines, settings=settings).recorder("anything") is None


def sangdam(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SANGDAM_")}
    environment |= {"SANGDAM_HOME": str(house.engines.settings.home), "SANGDAM_RECORDINGS": "keep"}
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_the_servers_workers_transcribe_what_waits_in_the_queue(
    house: House, sound: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "good.wav").write_bytes(write_wav(sound, RATE))
    (tmp_path / "calls" / "bad.wav").write_bytes(b"no sound at all")
    asked = ("transcribe", str(tmp_path / "calls"), "--queue", "--store", "--agent", EVERYBODY[Role.AGENT])
    done = sangdam(house, *asked, "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 1, done.stderr
    bad, good = json.loads(done.stdout)
    assert (bad["state"], good["state"]) == ("failed", "done")
    assert "bad.wav: no sound file" in bad["error"]
    assert "[전화번호]" in (tmp_path / "out" / "good.wav.txt").read_text("utf-8")
    assert house.engines.store.conversations.get(good["call"]).stage is Stage.DRAFTED
    again = json.loads(sangdam(house, *asked, "--out", str(tmp_path / "out"), "--json").stdout)
    assert [outcome["state"] for outcome in again] == ["failed", "was done"]


def test_kept_sound_is_listed_held_exported_and_released_on_the_command_line(
    house: House, sound: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(write_wav(sound[::-1].copy(), RATE))
    made = sangdam(
        house, "transcribe", str(tmp_path / "a.wav"), "--queue", "--store", "--agent",
        EVERYBODY[Role.AGENT], "--json",
    )  # fmt: skip
    call = json.loads(made.stdout)[0]["call"]
    assert sangdam(house, "recordings", "hold", call, "--reason", "증거").returncode == 0
    listed = json.loads(sangdam(house, "recordings", "list", "--held", "--json").stdout)
    assert [(row["call"], row["until"], row["reason"]) for row in listed] == [(call, "held", "증거")]
    refused = sangdam(house, "erase", call, "--reason", "본인 요청")
    assert refused.returncode == 1
    assert "held for a legal case" in refused.stderr
    out = tmp_path / "evidence.wav"
    assert sangdam(house, "recordings", "export", call, str(out), "--reason", "제출").returncode == 0
    assert read_sound(out).seconds == pytest.approx(len(sound) / RATE, abs=0.05)
    assert sangdam(house, "recordings", "release", call, "--reason", "종결").returncode == 0
    rows = house.engines.store.audit.entries(about=call, who=f"cli:{getpass.getuser()}")
    assert [row.what for row in rows] == ["release", "export_recording", "hold"]


def test_a_queue_without_a_server_says_what_to_start(tmp_path: Path, sound: np.ndarray) -> None:
    (tmp_path / "a.wav").write_bytes(write_wav(sound, RATE))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SANGDAM_")}
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "transcribe", str(tmp_path / "a.wav"), "--queue"],
        cwd=Path(__file__).parents[2],
        env={**environment, "SANGDAM_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1
    assert "sangdam serve" in done.stderr
