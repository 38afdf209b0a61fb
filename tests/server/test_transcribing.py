"""Recordings to text: files beside them, calls in the store, resumable, one bad file at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import BadInput, EngineDown
from consultation.settings import Settings
from consultation.types import Role, Speaker, Stage, Word
from server import transcribing
from server.engines import Engines, build
from server.transcribing import FINISHED, Hears, IntoStore, Order, transcribe_file
from stt.audio import RATE
from stt.files import Raw, read_sound
from stt.recogniser import Heard, Listen
from stt.wav import write_wav
from tests.stt.speech import say, silence

PLAIN = Listen()
NUMBER = "제 연락처는 공일공 공공공공 일이삼사입니다"
ANSWER = "네 확인했습니다"


class Reciter:
    """Hears the citizen, who is louder, say a number, and the agent thank for it."""

    name = "test:reciter"

    def __init__(self) -> None:
        self.heard = 0

    def recognise(self, samples, listen=PLAIN):
        self.heard += 1
        text = NUMBER if np.abs(samples).max() > 0.2 else ANSWER
        step = len(samples) / RATE / len(text.split())
        words = tuple(Word(w, i * step, (i + 0.9) * step, 0.9) for i, w in enumerate(text.split()))
        return Heard(text, words, 0.9)


class Dead:
    name = "test:reciter"

    def recognise(self, samples, listen=PLAIN):
        raise EngineDown("the model does not answer")


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    citizen = np.concatenate([silence(0.5), say("제 연락처는 공일공 공공공공 일이삼사입니다"), silence(3)])
    agent = np.concatenate([silence(len(citizen) / RATE - 2.5), say("네 확인했습니다") // 8, silence(1)])
    length = min(len(citizen), len(agent))
    return np.stack([citizen[:length], agent[:length]], axis=1)


@pytest.fixture
def path(tmp_path: Path, sound: np.ndarray) -> Path:
    file = tmp_path / "in" / "call.wav"
    file.parent.mkdir()
    file.write_bytes(write_wav(sound, RATE))
    return file


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    home = tmp_path_factory.mktemp("home")
    built = build(Settings(home=home, recordings="keep", stt_engine="none"))
    built.store.people.add("kim", "김상담", [Role.AGENT], "long-password-1")
    yield built
    built.close()


Audited = list[tuple[str, str, str]]


def run(path: Path, order: Order, recogniser=None, audited: Audited | None = None, **more):
    told = audited if audited is not None else []
    return transcribe_file(
        path,
        path.parent,
        order,
        Hears(recogniser or Reciter()),
        audit=lambda *row: told.append(row),
        **more,
    )


def test_three_files_come_out_masked_and_for_their_owner_only(path: Path, tmp_path: Path) -> None:
    order = Order(out=str(tmp_path / "out"))
    shares: list[float] = []
    done = run(path, order, progress=shares.append)
    assert done.state == "done"
    assert [Path(o).name for o in done.outputs] == ["call.wav.json", "call.wav.srt", "call.wav.txt"]
    for output in map(Path, done.outputs):
        text = output.read_text("utf-8")
        assert "[전화번호]" in text
        assert "일이삼사" not in text
        assert "1234" not in text
        assert output.stat().st_mode & 0o777 == 0o600
    content = json.loads(Path(done.outputs[0]).read_text("utf-8"))
    assert [u["speaker"] for u in content["utterances"]] == ["citizen", "agent"]
    assert not content["mixed"]
    assert shares[-1] == pytest.approx(1.0)
    assert shares == sorted(shares)


def test_a_run_that_goes_on_hears_nothing_twice(path: Path, tmp_path: Path) -> None:
    order, recogniser = Order(out=str(tmp_path / "out")), Reciter()
    run(path, order, recogniser)
    count = recogniser.heard
    assert run(path, order, recogniser).state == "was done"
    assert recogniser.heard == count
    (tmp_path / "out" / "call.wav.srt").unlink()  # something is missing: done anew
    assert run(path, order, recogniser).state == "done"
    path.write_bytes(path.read_bytes()[:44] + bytes(len(path.read_bytes()) - 44))  # another sound, same name
    assert run(path, order, recogniser).state == "done"


def test_a_list_that_a_crash_cut_off_costs_only_its_last_line(path: Path, tmp_path: Path) -> None:
    order = Order(out=str(tmp_path / "out"))
    run(path, order)
    listed = tmp_path / "out" / FINISHED
    listed.write_text(listed.read_text("utf-8") + '{"mark": "half', "utf-8")
    assert run(path, order).state == "was done"


def test_an_engine_that_fails_leaves_no_output_at_all(path: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineDown):
        run(path, Order(out=str(tmp_path / "out")), Dead())
    assert not (tmp_path / "out").exists()


def test_a_damaged_file_leaves_no_output_at_all(path: Path, tmp_path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9_000])
    with pytest.raises(BadInput, match=r"call\.wav: cut short"):
        run(path, Order(out=str(tmp_path / "out"), beep="wav"))
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_is_named(path: Path, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(BadInput, match="cannot be written"):
        run(path, Order(out=str(tmp_path / "out")))


def test_the_copy_is_beeped_while_the_number_is_said_and_audited_without_it(
    path: Path, tmp_path: Path
) -> None:
    audited: Audited = []
    done = run(path, Order(out=str(tmp_path / "out"), formats=("json",), beep="opus"), audited=audited)
    assert [Path(o).name for o in done.outputs] == ["call.wav.json", "call.wav.beeped.opus"]
    words = json.loads(Path(done.outputs[0]).read_text("utf-8"))["utterances"][0]["words"]
    number = next(word for word in words if "전화번호" in word["text"])
    beeped = read_sound(Path(done.outputs[1])).samples
    for side in (0, 1):
        part = beeped[round((number["start"] + 0.1) * RATE) : round((number["end"] - 0.1) * RATE), side]
        assert np.argmax(np.abs(np.fft.rfft(part))) * RATE / len(part) == pytest.approx(1_000, abs=5)
    assert [row[0] for row in audited] == ["beep"]
    assert "전화번호 1" in audited[0][2]
    assert "일이삼사" not in str(audited)


def test_unmasked_files_are_audited_with_their_reason(path: Path, tmp_path: Path) -> None:
    audited: Audited = []
    order = Order(out=str(tmp_path / "out"), formats=("txt",), unmasked="법원 명령")
    done = run(path, order, audited=audited)
    assert "010-0000-1234" in Path(done.outputs[0]).read_text("utf-8")
    assert audited[0][::2] == ("transcribe_unmasked", "법원 명령")


def test_channels_may_be_swapped_or_declared_a_mix(path: Path, tmp_path: Path) -> None:
    def speakers(channels: str) -> list[str | None]:
        order = Order(out=str(tmp_path / channels), formats=("json",), channels=channels)
        content = json.loads(Path(run(path, order).outputs[0]).read_text("utf-8"))
        return [u["speaker"] for u in content["utterances"]]

    assert speakers("agent,citizen") == ["agent", "citizen"]
    assert set(speakers("mixed")) == {None}


def test_outputs_of_a_folder_lie_as_the_files_did(path: Path, tmp_path: Path) -> None:
    order = Order(out=str(tmp_path / "out"), formats=("txt",))
    done = transcribe_file(path, tmp_path, order, Hears(Reciter()), audit=lambda *_: None)
    assert done.outputs == (str(tmp_path / "out" / "in" / "call.wav.txt"),)
    assert transcribing.outputs_of(path, tmp_path, Order(formats=("txt",))) == [
        path.with_name("call.wav.txt")
    ]


def test_a_recording_becomes_an_ended_call_with_its_record_drafted(path: Path, engines: Engines) -> None:
    os.utime(path, (1_790_000_000, 1_790_000_000))
    store = IntoStore(engines)
    order = Order(formats=(), store=True, agent="kim")
    recogniser = Reciter()
    done = run(path, order, recogniser, keep=store.keep, is_kept=store.is_kept)
    assert (done.state, done.outputs) == ("done", ())
    kept = engines.store.conversations
    call = kept.get(done.call)
    assert (call.stage, call.agent_id) == (Stage.DRAFTED, "kim")
    assert call.ended_at.timestamp() == pytest.approx(1_790_000_000)
    turns = kept.turns(done.call)
    assert [turn.speaker for turn in turns] == [Speaker.CITIZEN, Speaker.AGENT]
    assert turns[0].text == "제 연락처는 [전화번호]입니다"
    assert kept.original(done.call, 0, reader="lead", reason="확인") == NUMBER
    assert kept.words(done.call)[0][1].text == "연락처는"
    assert kept.draft(done.call) is not None
    assert engines.recordings.seconds(done.call) == pytest.approx(done.seconds, abs=0.01)
    count = recogniser.heard
    again = run(path, order, recogniser, keep=store.keep, is_kept=store.is_kept)
    assert (again.state, recogniser.heard) == ("was done", count)
    assert len(kept.turns(done.call)) == 2


def test_a_call_of_nobody_is_refused(path: Path, engines: Engines, sound: np.ndarray) -> None:
    path.write_bytes(write_wav(np.concatenate([sound, sound]), RATE))  # a file that no other test kept
    store = IntoStore(engines)
    with pytest.raises(BadInput, match="sangdam people list"):
        run(path, Order(formats=(), store=True, agent="nobody"), keep=store.keep, is_kept=store.is_kept)


@pytest.mark.parametrize(
    "wrong",
    [{"formats": ("pdf",)}, {"channels": "left"}, {"beep": "mp3"}, {"store": True}],
)
def test_orders_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Order(**wrong)  # type: ignore[arg-type]


def test_an_order_waits_in_the_job_database_as_plain_data() -> None:
    order = Order(out="/a", formats=("json",), beep="wav", raw=Raw("mulaw", 8_000, 2))
    assert Order.from_json(json.loads(json.dumps(order.to_json()))) == order
    for broken in ({}, {"formats": ["json"], "colour": 1}):
        with pytest.raises(BadInput):
            Order.from_json(broken)
