"""From reviewed segments to a folder that the program opens: the whole way, with a model that can do nothing."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models.whisper.vocabulary import Vocabulary
from stt.wav import write_wav
from tests.required import library

torch = library("torch", extra="neural")
whisper = library("whisper", extra="whisper")

from models.whisper.network import Network, from_training  # noqa: E402
from models.whisper.publish import publish  # noqa: E402
from stt.ctranslate import CTranslateRecogniser  # noqa: E402

ROOT = Path(__file__).parents[3]
DIMS = whisper.model.ModelDimensions(80, 1_500, 64, 2, 1, 51_865, 448, 64, 2, 1)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A training from segments, stopped after a second."""
    folder = tmp_path_factory.mktemp("train")
    torch.manual_seed(0)
    start = whisper.model.Whisper(DIMS)
    torch.nn.init.zeros_(start.decoder.positional_embedding)  # Whisper leaves it empty
    content = {"dims": dict(vars(DIMS)), "model_state_dict": start.state_dict()}
    torch.save(content, folder / "start.pt")
    rows = []
    for number, split in enumerate(("train", "train", "dev")):
        tone = (8_000 * np.sin(np.arange(4_000) * (number + 1) / 9)).astype(np.int16)
        (folder / f"{number}.wav").write_bytes(write_wav(tone[:, None], 8_000))
        rows.append(json.dumps({"audio": f"{number}.wav", "text": "네 알겠습니다", "split": split}))
    (folder / "segments.jsonl").write_text("\n".join(rows), "utf-8")
    given = {
        "--segments": folder / "segments.jsonl",
        "--from": folder / "start.pt",
        "--out": folder / "out",
        "--minutes": 0.02,
    }
    command = [sys.executable, "-m", "models.whisper.train", "--short-windows"]
    for name, value in given.items():
        command += [name, str(value)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_a_training_leaves_a_checkpoint_and_what_it_was(work):
    about = json.loads((work / "manifest.json").read_text("utf-8"))
    assert about["from"] == "start.pt"
    assert about["trained_on"] == "reviewed segments"
    assert set(about["cer"]) == {"dev"}
    assert from_training(work / "best.pt").dims == DIMS


def test_what_is_published_opens_in_the_program(work, tmp_path):
    out = tmp_path / "live"
    out.mkdir()
    (out / "old").write_text("of the model before")
    publish(work / "best.pt", out, {"all": 0.5})
    about = json.loads((out / "manifest.json").read_text("utf-8"))
    assert sorted(path.name for path in out.iterdir()) == ["ctranslate2", "manifest.json", "model.pt"]
    assert about["cer"] == {"all": 0.5}
    assert {"model.pt", "ctranslate2/model.bin"} <= set(about["files"])
    recogniser = CTranslateRecogniser.open(out / "ctranslate2", "cpu")
    assert recogniser.is_demonstration
    assert isinstance(recogniser.recognise(np.zeros(16_000, np.float32)).text, str)


def test_a_checkpoint_that_cannot_be_read_leaves_the_live_model_alone(tmp_path):
    out = tmp_path / "live"
    out.mkdir()
    (out / "model.pt").write_text("live")
    (tmp_path / "bad.pt").write_text("nothing")
    with pytest.raises(Exception, match="damaged"):
        publish(tmp_path / "bad.pt", out)
    assert (out / "model.pt").read_text() == "live"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_smallest_network_has_room_for_every_byte():
    assert len(Vocabulary.of([]).tokens) >= 256
    assert Network(DIMS, Vocabulary.of([])).table.shape[1] == 64
