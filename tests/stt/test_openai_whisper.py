"""openai-whisper: paths load, names download where there is a network, and all else is refused clearly."""

from __future__ import annotations

import shutil
import urllib.error
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from consultation.bundled import bundled
from consultation.errors import NotReady
from stt.checkpoints import write_manifest
from stt.openai_whisper import OpenAIWhisperRecogniser
from tests.required import library

library("whisper", extra="whisper")

from whisper.model import ModelDimensions  # noqa: E402

from tests.stt.checkpoint_files import random_whisper, save  # noqa: E402


def test_a_name_without_a_network_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_network(*_: object, **__: object) -> NoReturn:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    with pytest.raises(NotReady, match=r"turbo cannot be downloaded.*path of a \.pt file"):
        OpenAIWhisperRecogniser.open("turbo")


def test_neither_a_file_nor_a_name_is_refused_with_the_names(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"neither a checkpoint file nor one of the names .*turbo"):
        OpenAIWhisperRecogniser.open("turbi")
    with pytest.raises(NotReady, match=r"model\.pt is neither"):
        OpenAIWhisperRecogniser.open(str(tmp_path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    data = (bundled("whisper") / "model.pt").read_bytes()
    path = tmp_path / "model.pt"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(NotReady, match="cannot be read as a checkpoint"):
        OpenAIWhisperRecogniser.open(str(path), "cpu")


def test_a_file_that_is_not_the_one_of_its_manifest_is_refused(tmp_path: Path) -> None:
    shutil.copy(bundled("whisper") / "model.pt", tmp_path)
    write_manifest(tmp_path, name="mine")
    assert OpenAIWhisperRecogniser.open(str(tmp_path), "cpu").name.startswith("whisper:model@")
    with (tmp_path / "model.pt").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(NotReady, match="its digest is not the manifest's"):
        OpenAIWhisperRecogniser.open(str(tmp_path), "cpu")


def test_a_model_that_knows_english_alone_is_refused(tmp_path: Path) -> None:
    path = save(random_whisper(ModelDimensions(80, 1500, 8, 1, 1, 51_864, 448, 8, 1, 1)), tmp_path / "en.pt")
    with pytest.raises(NotReady, match="English alone"):
        OpenAIWhisperRecogniser.open(str(path), "cpu")


def test_the_alignment_of_words_takes_no_more_threads_than_allowed() -> None:
    """numba would take every core, and leave torch with as many threads."""
    import torch

    recogniser = OpenAIWhisperRecogniser.open(str(bundled("whisper")), "cpu", threads=1)
    for _ in range(2):
        recogniser.recognise(np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32))
    assert torch.get_num_threads() == 1
