"""A CTranslate2 folder is opened only when it is whole; what it is asked for fits the model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from consultation.bundled import bundled
from consultation.errors import NotReady
from stt.audio import RATE
from stt.checkpoints import MANIFEST
from stt.ctranslate import CTranslateRecogniser, in_order, max_length, most_tokens

NOISE = np.random.default_rng(1).normal(0, 0.1, 30 * RATE).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bundled model, to be spoilt."""
    return Path(shutil.copytree(bundled("whisper") / "ctranslate2", tmp_path / "model"))


def opened(folder: Path, compute: str = "int8") -> CTranslateRecogniser:
    return CTranslateRecogniser.open(folder, "cpu", compute, threads=1)


def without_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def cut(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])

    return spoil


def flip(folder: Path) -> None:
    data = bytearray((folder / "model.bin").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.bin").write_bytes(data)


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def write(name: str, text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_text(text)

    return spoil


SPOILT: dict[str, tuple[Callable[[Path], None], str]] = {
    "weights cut": (cut("model.bin"), r"model\.bin is damaged: its digest"),
    "one bit": (flip, r"model\.bin is damaged: its digest"),
    "no weights": (remove("model.bin"), r"has no model\.bin.*sangdam stt convert"),
    "no tokenizer": (remove("tokenizer.json"), r"has no tokenizer\.json"),
    "no vocabulary": (remove("vocabulary.json"), r"has no vocabulary\.json"),
    "no settings of the sound": (remove("preprocessor_config.json"), r"lacks .*preprocessor_config\.json"),
    "manifest cut": (cut(MANIFEST), "manifest.json is damaged; copy"),
    "manifest of another kind": (write(MANIFEST, "[1]"), "manifest.json is damaged; copy"),
    "manifest without digests": (
        write(MANIFEST, '{"files": ["model.bin"]}'),
        "manifest.json is damaged; copy",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_folder_is_refused_with_the_file_and_the_remedy(
    folder: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(folder)
    with pytest.raises(NotReady, match=message):
        opened(folder)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "config.json", "vocabulary.json"])
def test_without_a_manifest_a_cut_file_is_refused_all_the_same(folder: Path, name: str) -> None:
    without_manifest(folder)
    cut(name)(folder)
    with pytest.raises(NotReady, match="again"):
        opened(folder)


def test_a_folder_from_elsewhere_needs_no_manifest(folder: Path) -> None:
    without_manifest(folder)
    recogniser = opened(folder)
    assert recogniser.name == "ctranslate2:model@unknown"
    assert not recogniser.is_demonstration


def test_no_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"does not exist; set SANGDAM_STT_MODEL"):
        opened(tmp_path / "model")
    (tmp_path / "model.pt").write_bytes(b"")
    with pytest.raises(NotReady, match=r"is no folder.*sangdam stt convert"):
        opened(tmp_path / "model.pt")


def test_an_unknown_compute_type_is_refused(folder: Path) -> None:
    with pytest.raises(NotReady, match="SANGDAM_STT_COMPUTE"):
        opened(folder, "int4")


def test_the_name_changes_with_the_model(folder: Path) -> None:
    before = opened(folder).name
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    content = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(content | {"suppress_ids": []}))
    del manifest["files"]["config.json"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert opened(folder).name != before


def test_a_model_for_whole_windows_is_given_thirty_seconds(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    lengths = {}
    for short in (False, True):
        (folder / MANIFEST).write_text(json.dumps(manifest | {"short_windows": short}))
        lengths[short] = opened(folder)._features(NOISE[: 3 * RATE]).shape[-1]
    assert lengths == {False: 3000, True: 400}


@pytest.mark.parametrize("prompt", [0, 223], ids=["no prompt", "a full prompt"])
@pytest.mark.parametrize("seconds", [1, 30])
def test_text_may_be_as_long_as_whisper_allows(prompt: int, seconds: int) -> None:
    """CTranslate2 counts the prompt and halves the rest: a text without an end shows how much it may write."""
    recogniser = opened(bundled("whisper") / "ctranslate2")
    encoded = recogniser._model.encode(recogniser._features(NOISE[: seconds * RATE]))
    start = [recogniser._tokenizer.sot_prev, *[300] * prompt, *recogniser._start][0 if prompt else 1 :]
    wanted = most_tokens(seconds * RATE)
    assert wanted == (28 if seconds == 1 else 224)
    result = recogniser._model.model.generate(
        encoded,
        [start],
        beam_size=1,
        max_length=max_length(len(start), wanted),
        suppress_tokens=[-1, recogniser._tokenizer.eot],
    )
    written = len(result[0].sequences_ids[0])
    assert written - min(wanted, 448 - len(start)) in (0, 1)  # the decoder has 448 places for both


def test_times_that_run_backwards_or_leave_the_sound_are_mended() -> None:
    words = in_order([(" 네", 0.5, 0.4, 0.9), (" ", 1.0, 1.0, 0.1), (" 예", 0.2, 9.0, 0.8)], 2.0)
    assert [(w.text, w.start, w.end, w.confidence) for w in words] == [
        ("네", 0.5, 0.5, 0.9),
        ("예", 0.5, 2.0, 0.8),
    ]
