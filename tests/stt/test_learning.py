"""From a weaker model to a better one and back, with the real engines and the bundled model."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from consultation.bundled import bundled
from consultation.errors import Refused
from consultation.types import Speaker
from consultation.versions import Versions
from stt.audio import RATE
from stt.convert import convert
from stt.dataset import Segment, export, pseudonym, split_of
from stt.engines import open_recogniser
from stt.promotion import RECORD, Promoted, promote
from stt.recogniser import Recogniser
from stt.wav import Sound, read_wav, write_wav
from tests.required import library
from tests.stt.speech import say, silence

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]

SENTENCES = (
    "여권을 신청하려고 하는데요",
    "주민등록 등본은 어디에서 받나요",
    "대형 폐기물을 버리고 싶어요",
    "지하철에서 지갑을 잃어버렸어요",
)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    rows = ["audio\ttext"]
    for number, text in enumerate(SENTENCES):
        sound = np.concatenate([silence(0.3), say(text), silence(0.3)])
        (folder / f"{number}.wav").write_bytes(write_wav(sound, RATE))
        rows.append(f"{number}.wav\t{text}")
    manifest = folder / "test.tsv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return manifest


@pytest.fixture(scope="module")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model with an encoder that hears nothing: a checkpoint to be improved on."""
    torch = library("torch", extra="neural")
    folder = tmp_path_factory.mktemp("deaf")
    content = torch.load(bundled("whisper") / "model.pt", map_location="cpu", weights_only=True)
    content["model_state_dict"]["encoder.conv1.weight"].zero_()
    torch.save(content, folder / "model.pt")
    convert(folder / "model.pt", folder / "ctranslate2")
    return folder


def read(path: Path) -> Sound:
    return read_wav(path.read_bytes(), path.name)


def open_model(folder: Path) -> Recogniser:
    return open_recogniser("ctranslate2", str(folder / "ctranslate2"), device="cpu")


def attempt(candidate: Path, live: Path, frozen: Path, home: Path) -> Promoted:
    return promote(
        candidate,
        frozen,
        Versions(home / "models" / "whisper"),
        live,
        open_model=open_model,
        convert=convert,
        read=read,
        by="cli:han",
        at=datetime(2026, 11, 25, tzinfo=UTC),
        enough=len(SENTENCES),
    )


def test_a_model_that_hears_replaces_one_that_does_not_and_never_the_other_way(
    deaf: Path, frozen: Path, tmp_path: Path
) -> None:
    better = bundled("whisper")
    made = attempt(better, deaf, frozen, tmp_path)
    assert made.comparison.all.b < made.comparison.all.a
    versions = Versions(tmp_path / "models" / "whisper")
    assert versions.live() == made.version == 2
    assert (versions.path(2) / "model.pt").is_file()
    with pytest.raises(Refused, match="hears no better"):
        attempt(deaf / "model.pt", versions.path(2), frozen, tmp_path)
    with pytest.raises(Refused, match="hears no better"):
        attempt(better, versions.path(2), frozen, tmp_path)
    assert versions.list() == [1, 2]
    assert versions.rollback() == 1


def test_corrected_turns_become_a_dataset_a_checkpoint_learns_from_and_a_measured_model(
    deaf: Path, frozen: Path, tmp_path: Path
) -> None:
    """Two seconds of training make no better model; what counts is that every step takes the one before."""
    library("whisper", extra="test")
    key = b"k" * 32
    names = [f"call-{i}" for i in range(40)]
    of_split = {
        split: [n for n in names if split_of(pseudonym(key, n)) == split] for split in ("train", "dev")
    }
    calls = [*of_split["train"][:3], of_split["dev"][0]]
    said = dict(zip(calls, SENTENCES, strict=True))
    sounds = {call: np.concatenate([silence(0.2), say(text), silence(0.2)]) for call, text in said.items()}
    segments = [
        Segment(call, 0, Speaker.CITIZEN, 0.0, len(sounds[call]) / RATE, text, True, 0.5)
        for call, text in said.items()
    ]
    exported = export(
        tmp_path / "set",
        segments,
        lambda call, _start, _end: Sound(sounds[call][:, None], RATE),
        key=key,
        describe=lambda _: {},
    )
    assert exported.conversations == {"train": 3, "dev": 1, "test": 0}

    def run(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]

    work, model = tmp_path / "work", tmp_path / "model.pt"
    base = bundled("whisper") / "model.pt"
    segments_file = str(tmp_path / "set" / "segments.jsonl")
    run(
        "models.whisper.train", "--segments", segments_file, "--from", str(base), "--out", str(work),
        "--minutes", "0.03", "--rate", "1e-6", "--short-windows",
    )  # fmt: skip
    run("models.whisper.export", str(work / "last.pt"), str(model), "--base", str(base))
    made = attempt(model, deaf, frozen, tmp_path)
    assert made.comparison.all.b < made.comparison.all.a
    folder = Versions(tmp_path / "models" / "whisper").path(made.version)
    assert {path.name for path in folder.iterdir()} == {"ctranslate2", "model.pt", RECORD}
