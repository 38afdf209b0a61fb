"""Settings choose the engine and the model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from consultation.bundled import bundled
from consultation.errors import BadSetting, NotReady
from stt.checkpoints import MANIFEST
from stt.engines import models_of, open_recogniser


def _name_it(folder: Path, name: str) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | {"name": name}))


def test_the_bundled_model_is_the_default_and_a_promoted_one_goes_before_it(tmp_path: Path) -> None:
    assert open_recogniser(home=tmp_path, device="cpu").name.startswith("ctranslate2:")
    versions = models_of(tmp_path)
    with versions.draft() as (number, folder):
        shutil.copytree(bundled("whisper") / "ctranslate2", folder / "ctranslate2")
        _name_it(folder / "ctranslate2", "promoted")
    assert "promoted" not in open_recogniser(home=tmp_path, device="cpu").name
    versions.promote(number)
    assert open_recogniser(home=tmp_path, device="cpu").name.startswith("ctranslate2:promoted@")


def test_a_model_may_be_a_folder_or_the_folder_of_a_version(tmp_path: Path) -> None:
    shutil.copytree(bundled("whisper") / "ctranslate2", tmp_path / "v" / "ctranslate2")
    _name_it(tmp_path / "v" / "ctranslate2", "mine")
    names = {
        open_recogniser(model=str(tmp_path / "v" / part), device="cpu").name for part in ("", "ctranslate2")
    }
    assert len(names) == 1
    assert names.pop().startswith("ctranslate2:mine@")


def test_a_promoted_model_that_is_gone_is_no_reason_to_take_another(tmp_path: Path) -> None:
    versions = models_of(tmp_path)
    with versions.draft() as (number, folder):
        (folder / "ctranslate2").mkdir()
    versions.promote(number)
    shutil.rmtree(versions.path(number))
    with pytest.raises(NotReady, match="is gone"):
        open_recogniser(home=tmp_path)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(BadSetting, match="known are ctranslate2, whisper, remote"):
        open_recogniser("kaldi")
