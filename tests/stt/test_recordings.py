"""Kept sound of calls: heard by who may, exported, held, purged, erased. A real store, real files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import structlog

from consultation.errors import BadInput, Conflict, NotReady, Unknown
from consultation.store import Store, open_store
from consultation.types import Channel, Conversation, Speaker, Turn, Word
from stt.audio import RATE
from stt.files import read_sound
from stt.recordings import Recordings

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAID = "제 번호는 공일공 공공공공 일이삼사입니다"
TIMES = tuple(
    Word(text, 2.0 + i, 2.9 + i, 0.9) for i, text in enumerate(SAID.split())
)  # the number: 4.0 to 6.9


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}", master_key=b"k" * 32)
    yield opened
    opened.close()


@pytest.fixture
def recordings(store: Store, tmp_path: Path) -> Iterator[Recordings]:
    made = Recordings(store, tmp_path / "recordings", lambda: START)
    yield made
    made.close()


def tone(seconds: float) -> np.ndarray:
    return (np.sin(2 * np.pi * 300 * np.arange(round(seconds * RATE)) / RATE) * 9_000).astype(np.int16)


def call(store: Store, recordings: Recordings, name: str = "call-1", *, end: bool = True) -> str:
    """A citizen tells a telephone number; both sides sound all the time."""
    store.conversations.start(Conversation(name, Channel.PHONE, START, "kim"))
    recorder = recordings.recorder(name)
    assert recorder is not None
    for channel in (0, 1):
        recorder.write(channel, tone(12.0), 0.0)
    turn = Turn(0, Speaker.CITIZEN, "제 번호는 [전화번호]입니다", 2.0, 6.9)
    store.conversations.add_turn(name, turn, SAID, TIMES)
    recorder.close()
    if end:
        store.conversations.end(name, START + timedelta(seconds=12))
    return name


def pitch(samples: np.ndarray) -> int:
    """Hz, of one channel."""
    return round(float(np.argmax(np.abs(np.fft.rfft(samples.astype(float)))) * RATE / len(samples)))


def test_a_kept_call_is_heard_with_personal_data_beeped_in_both_channels(store, recordings) -> None:
    name = call(store, recordings)
    assert recordings.seconds(name) == pytest.approx(12.0)
    beeped = recordings.read(name, 4.0, 6.9, beep=True)
    assert [pitch(beeped[:, side]) for side in (0, 1)] == [1_000, 1_000]
    before = recordings.read(name, 0.5, 1.5, beep=True)
    assert [pitch(before[:, side]) for side in (0, 1)] == [300, 300]


def test_an_original_is_heard_with_a_reason_that_is_in_the_audit_first(store, recordings) -> None:
    name = call(store, recordings)
    heard = recordings.sound(name, 4.0, 6.0, reader="lead", reason="민원 확인")
    assert pitch(heard[:, 0]) == 300
    row = store.audit.entries(what="listen_original")[0]
    assert (row.who, row.about, row.reason) == ("lead", f"{name}/4.0-6.0", "민원 확인")
    for reader, reason in (("", "까닭"), ("lead", " ")):
        with pytest.raises(BadInput):
            recordings.sound(name, 0, 1, reader=reader, reason=reason)


def test_once_the_words_are_gone_nobody_knows_what_to_beep(store, recordings) -> None:
    name = call(store, recordings)
    store.conversations.purge(before_masked=START, before_original=START + timedelta(days=1))
    assert recordings.covered(name) is None
    with pytest.raises(Unknown, match="cannot"):
        recordings.read(name, 0, 1, beep=True)
    assert len(recordings.sound(name, 0, 1, reader="lead", reason="확인")) == RATE


def test_a_call_that_goes_on_is_not_played_yet_and_one_without_sound_never(store, recordings) -> None:
    assert recordings.seconds(call(store, recordings, end=False)) is None
    assert recordings.seconds("nobody") is None
    with pytest.raises(Unknown):
        recordings.read("nobody", 0, 1)


def test_a_call_is_exported_as_wav_and_opus_and_audited(store, recordings, tmp_path) -> None:
    name = call(store, recordings)
    for file in (tmp_path / "out.wav", tmp_path / "out.opus"):
        assert recordings.export(name, file, reader="lead", reason="증거 제출") == pytest.approx(12.0)
        sound = read_sound(file)
        assert sound.seconds == pytest.approx(12.0, abs=0.05)
        assert pitch(sound.samples[RATE : 3 * RATE, 1]) == 300
        assert file.stat().st_mode & 0o777 == 0o600
    recordings.export(name, tmp_path / "masked.wav", reader="lead", reason="교육", beep=True)
    assert pitch(read_sound(tmp_path / "masked.wav").samples[4 * RATE : 6 * RATE, 0]) == 1_000
    rows = [(row.what, row.reason) for row in store.audit.entries(about=name, who="lead")]
    assert rows == [
        ("export_beeped", "교육"),
        ("export_recording", "증거 제출"),
        ("export_recording", "증거 제출"),
    ]


def test_exports_are_refused_with_the_reason_and_leave_nothing(store, recordings, tmp_path) -> None:
    name = call(store, recordings)
    (tmp_path / "there.wav").touch()
    for file, kind in (
        (tmp_path / "there.wav", Conflict),
        (tmp_path / "a.mp3", BadInput),
        (tmp_path / "no" / "a.wav", BadInput),
    ):
        with pytest.raises(kind):
            recordings.export(name, file, reader="lead", reason="증거")
    with pytest.raises(BadInput):
        recordings.export(name, tmp_path / "a.wav", reader="lead", reason="")
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".wav"} == {"there.wav"}


def test_sound_that_was_tampered_with_is_not_exported_as_evidence(store, recordings, tmp_path) -> None:
    name = call(store, recordings)
    folder = tmp_path / "recordings" / store.recordings.get(name).folder
    (folder / "000001.opus").unlink()
    with pytest.raises(NotReady, match="not what was recorded"):
        recordings.export(name, tmp_path / "a.wav", reader="lead", reason="증거")
    assert not (tmp_path / "a.wav").exists()


def test_purging_removes_key_and_files_but_not_those_on_hold(store, recordings, tmp_path) -> None:
    free, held = call(store, recordings, "free"), call(store, recordings, "held")
    store.recordings.hold(held, by="lead", reason="증거")
    assert recordings.purge(START + timedelta(days=60)) == 1
    assert [path.name for path in (tmp_path / "recordings").iterdir()] == [store.recordings.get(held).folder]
    assert recordings.seconds(free) is None
    assert pitch(recordings.read(held, 0, 1)[:, 0]) == 300


def test_erasing_a_call_erases_its_sound(store, recordings, tmp_path) -> None:
    name = call(store, recordings)
    copy = shutil.copytree(tmp_path / "recordings", tmp_path / "backup")
    store.conversations.erase(name, by="lead", reason="본인 요청")
    assert recordings.sweep() == 1
    assert list((tmp_path / "recordings").iterdir()) == []
    shutil.copytree(copy, tmp_path / "recordings", dirs_exist_ok=True)  # a backup brings no key back
    with pytest.raises(Unknown):
        recordings.read(name, 0, 1)


def test_what_a_killed_process_left_is_settled_at_night(store, recordings, tmp_path) -> None:
    name = call(store, recordings)
    store.recordings.settle(name, seconds=0.0, size=0, digest="")
    with store.database.writing() as tx:
        tx.exec_driver_sql("update recordings set seconds = null")
    assert recordings.seconds(name) == pytest.approx(12.0)
    recordings.purge(START)
    row = store.recordings.get(name)
    assert row.seconds == pytest.approx(12.0)
    assert row.size > 1_000
    assert len(row.digest) == 64


def test_a_call_in_which_nothing_came_leaves_no_row(store, recordings) -> None:
    store.conversations.start(Conversation("mute", Channel.PHONE, START, "kim"))
    recorder = recordings.recorder("mute")
    recorder.close()
    with pytest.raises(Unknown):
        store.recordings.get("mute")


def test_where_no_recording_can_be_made_the_call_goes_on_and_the_log_says_why(store, tmp_path) -> None:
    (tmp_path / "file").touch()
    store.conversations.start(Conversation("call-1", Channel.PHONE, START, "kim"))
    made = Recordings(store, tmp_path / "file", lambda: START)
    with structlog.testing.capture_logs() as logs:
        assert made.recorder("call-1") is None
        assert made.recorder("nobody") is None
    assert [line["event"] for line in logs] == ["recording.off", "recording.off"]
    assert logs[0]["reason"] == os.strerror(20) or "exists" in logs[0]["reason"]
    made.close()
