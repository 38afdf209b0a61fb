"""The sound of a call is kept while it goes on; whatever the disk does, the call goes on."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import structlog

from consultation.crypto import new_key
from consultation.errors import NotReady
from stt import sealed_sound
from stt.audio import RATE
from stt.recorder import CallRecorder
from stt.sealed_sound import Measured, SealedSound, measure

KEY = new_key()
FRAME = RATE // 50


@pytest.fixture
def writer() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def kept(tmp_path: Path) -> SealedSound:
    (tmp_path / "one").mkdir()
    return SealedSound(tmp_path / "one", "call-1", KEY)


def tone(seconds: float, pitch: float = 300.0) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * pitch * at) * 9_000).astype(np.int16)


def put(recorder: CallRecorder, channel: int, start: float, seconds: float) -> None:
    """Frames of 20 ms, as a call brings them."""
    sound = tone(seconds)
    for at in range(0, len(sound), FRAME):
        recorder.write(channel, sound[at : at + FRAME], start + at / RATE)


def loud(samples: np.ndarray) -> list[bool]:
    return [bool(np.abs(samples[:, side].astype(int)).mean() > 1_000) for side in range(samples.shape[1])]


def test_both_channels_come_back_where_they_were_said_with_gaps_as_silence(kept, writer) -> None:
    ends: list[Measured] = []
    recorder = CallRecorder(kept, writer, closed=ends.append)
    put(recorder, 0, 0.0, 3.0)
    put(recorder, 1, 4.0, 3.0)
    put(recorder, 0, 61.0, 1.0)  # a minute without sound takes no room
    recorder.close()
    assert ends == [measure(kept.folder)]
    assert ends[0].seconds == pytest.approx(62.0)
    assert loud(kept.read(0.2, 2.8)) == [True, False]
    assert loud(kept.read(4.2, 6.8)) == [False, True]
    assert loud(kept.read(20.0, 50.0)) == [False, False]
    assert loud(kept.read(61.2, 61.8)) == [True, False]
    assert len(list(kept.folder.iterdir())) == 3
    assert len(kept.read(61.0, 999.0)) == RATE  # nothing after the last sound


def test_sound_over_the_edge_of_a_piece_is_whole(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    put(recorder, 0, 3.0, 4.0)
    recorder.close()
    back = kept.read(4.5, 5.5)[:, 0].astype(float)
    said = tone(4.0)[round(1.5 * RATE) : round(2.5 * RATE)].astype(float)
    assert np.corrcoef(back, said)[0, 1] > 0.95


def test_what_is_complete_is_on_the_disk_while_the_call_goes_on(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    for second in range(12):
        put(recorder, 0, second, 1.0)
        put(recorder, 1, second, 1.0)
    recorder.wait()
    assert measure(kept.folder).seconds == 10.0


def test_a_channel_that_falls_silent_does_not_hold_the_other_up(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    put(recorder, 1, 0.0, 2.0)
    put(recorder, 0, 0.0, 30.0)
    recorder.wait()
    assert measure(kept.folder).seconds == 30.0
    put(recorder, 1, 2.0, 1.0)  # what comes late is added
    recorder.close()
    assert loud(kept.read(2.2, 2.8)) == [True, True]


def test_a_call_that_another_process_takes_up_goes_on_in_the_same_recording(kept, writer) -> None:
    first = CallRecorder(kept, writer)
    put(first, 0, 0.0, 7.0)
    first.close()
    second = CallRecorder(kept, writer)
    put(second, 0, 8.0, 3.0)
    second.close()
    assert measure(kept.folder).seconds == pytest.approx(11.0)
    assert loud(kept.read(6.0, 6.9)) == [True, False]
    assert loud(kept.read(7.2, 7.8)) == [False, False]
    assert loud(kept.read(8.2, 10.8)) == [True, False]


def test_nothing_on_the_disk_can_be_read_moved_or_changed_without_the_key(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    put(recorder, 0, 0.0, 11.0)
    recorder.close()
    pieces = sorted(kept.folder.iterdir())
    assert all(b"Opus" not in piece.read_bytes() for piece in pieces)
    assert {piece.stat().st_mode & 0o777 for piece in pieces} == {0o600}
    with pytest.raises(NotReady):
        SealedSound(kept.folder, "call-1", new_key()).read(0, 1)
    with pytest.raises(NotReady):
        SealedSound(kept.folder, "call-2", KEY).read(0, 1)
    pieces[0].write_bytes(pieces[1].read_bytes())
    with pytest.raises(NotReady):
        kept.read(0, 1)
    pieces[1].write_bytes(b"")
    with pytest.raises(NotReady, match="damaged"):
        kept.read(5, 6)


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EROFS])
def test_a_full_or_read_only_disk_ends_the_recording_with_one_line_and_no_half_file(
    kept, writer, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    recorder = CallRecorder(kept, writer)
    put(recorder, 0, 0.0, 6.0)
    recorder.wait()

    def full(_descriptor: int) -> None:
        raise OSError(trouble, os.strerror(trouble))

    monkeypatch.setattr(sealed_sound.os, "fsync", full)
    with structlog.testing.capture_logs() as logs:
        put(recorder, 0, 6.0, 30.0)
        recorder.wait()
        put(recorder, 0, 36.0, 30.0)
        recorder.close()
    assert recorder.broken
    assert [line["event"] for line in logs] == ["recording.stopped"]
    assert logs[0]["reason"] == os.strerror(trouble)
    assert [path.name for path in kept.folder.iterdir()] == ["000000.opus"]
    assert loud(kept.read(0, 4)) == [True, False]  # what was kept before stays


def test_a_folder_that_is_gone_ends_the_recording_not_the_call(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    kept.folder.rmdir()
    put(recorder, 0, 0.0, 11.0)
    recorder.close()
    assert recorder.broken


def test_a_disk_that_does_not_keep_up_is_given_up_before_memory_fills(kept, writer) -> None:
    held = threading.Event()
    writer.submit(held.wait)
    recorder = CallRecorder(kept, writer)
    with structlog.testing.capture_logs() as logs:
        for piece in range(40):
            recorder.write(0, tone(5.0), piece * 5.0)
    held.set()
    recorder.close()
    assert [line["reason"] for line in logs] == ["the disk is too slow"]


def test_times_that_cannot_be_are_left_out(kept, writer) -> None:
    recorder = CallRecorder(kept, writer)
    for at in (float("nan"), -1.0, 1e9):
        recorder.write(0, tone(0.1), at)
    recorder.write(7, tone(0.1), 0.0)
    recorder.close()
    assert measure(kept.folder) == Measured(0.0, 0, "")


def test_an_abandoned_recording_leaves_nothing(kept, writer) -> None:
    told: list[str] = []
    recorder = CallRecorder(kept, writer, abandoned=lambda: told.append("gone"))
    put(recorder, 0, 0.0, 11.0)
    recorder.abandon()
    assert told == ["gone"]
    assert not kept.folder.exists()


KILLED = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import numpy as np
from stt.recorder import CallRecorder
from stt.sealed_sound import SealedSound
recorder = CallRecorder(SealedSound(Path(sys.argv[1]), "call-1", bytes.fromhex(sys.argv[2])), ThreadPoolExecutor(1))
for second in range(23):
    recorder.write(0, np.full(16000, 5000, np.int16), float(second))
    recorder.write(1, np.full(16000, 5000, np.int16), float(second))
recorder.wait()
os.kill(os.getpid(), 9)
"""


def test_a_killed_process_loses_the_last_seconds_only(kept) -> None:
    command = [sys.executable, "-c", KILLED, str(kept.folder), KEY.hex()]
    assert subprocess.run(command, check=False).returncode == -9
    assert measure(kept.folder).seconds == 20.0
    assert kept.read(0, 30).shape == (20 * RATE, 2)
