"""A speech model goes live only when it hears a frozen set better."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import BadInput, NotReady, Refused
from consultation.versions import Versions
from stt.audio import RATE, Floats
from stt.promotion import RECORD, promote, record_of
from stt.recogniser import Heard, Listen
from stt.wav import Sound, read_wav, write_wav
from tests.stt.speech import say, silence

SAID = "여권은 세 시에 나와요"
WRONG = "여권은 네 시에 나가요"
PLAIN = Listen()
NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Model:
    """Right or wrong about loud and about quiet recordings, as its file says."""

    def __init__(self, folder: Path) -> None:
        self.name = "model"
        self._right = (folder / "ctranslate2" / "model.bin").read_text()

    def recognise(self, samples: Floats, listen: Listen = PLAIN) -> Heard:
        kind = "loud" if np.abs(samples).max() > 0.2 else "quiet"
        return Heard(SAID if kind in self._right else WRONG, (), 0.9)


def model(folder: Path, right: str) -> Path:
    (folder / "ctranslate2").mkdir(parents=True)
    (folder / "ctranslate2" / "model.bin").write_text(right)
    return folder


def read(path: Path) -> Sound:
    return read_wav(path.read_bytes(), path.name)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen loud and fourteen quiet recordings."""
    folder = tmp_path_factory.mktemp("frozen")
    sound = np.concatenate([silence(0.4), say(SAID), silence(0.4)]).astype(np.float64)
    sound *= 24_000 / np.abs(sound).max()
    for name, level in (("loud", 1.0), ("quiet", 0.1)):
        (folder / f"{name}.wav").write_bytes(write_wav((sound * level).astype(np.int16), RATE))
    names = ["loud"] * 16 + ["quiet"] * 14
    rows = []
    for i, name in enumerate(names):
        (folder / f"{i}.wav").hardlink_to(folder / f"{name}.wav")
        rows.append(f"{i}.wav\t{SAID}\tcall-{i}")
    manifest = folder / "test.tsv"
    manifest.write_text("\n".join(["audio\ttext\tconversation", *rows]) + "\n", encoding="utf-8")
    return manifest


class House:
    """A home with a bundled model and what was promoted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bundled = model(folder / "bundled", "loud")
        self.versions = Versions(folder / "home" / "models" / "whisper")
        self.converted: list[Path] = []

    def live(self) -> Path:
        live = self.versions.live()
        return self.bundled if live is None else self.versions.path(live)

    def promote(self, candidate: Path, manifest: Path, enough: int = 30) -> int:
        def convert(source: Path, target: Path) -> None:
            self.converted.append(source)
            if not source.exists():
                raise BadInput(f"{source} does not exist")
            target.mkdir()
            (target / "model.bin").write_text(source.read_text())

        made = promote(
            candidate,
            manifest,
            self.versions,
            self.live(),
            open_model=Model,
            convert=convert,
            read=read,
            by="cli:han",
            at=NOW,
            enough=enough,
        )
        return made.version

    def left(self) -> list[str]:
        root = self.folder / "home" / "models"
        return [p.name for p in root.iterdir()] if root.exists() else []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_better_model_goes_live_and_says_what_it_was_measured_against(house: House, frozen: Path) -> None:
    number = house.promote(model(house.folder / "better", "loud quiet"), frozen)
    assert house.versions.live() == number == 2
    kept = record_of(house.versions.path(number))
    assert kept["source"] == "better"
    assert (kept["by"], kept["before"], kept["measured_on"]) == ("cli:han", 1, "test.tsv")
    assert kept["all"]["b"] == 0 < kept["all"]["a"]
    assert kept["high"] < 0
    assert json.loads((house.versions.path(number) / RECORD).read_text())["groups"] == 30


def test_rolling_back_brings_the_model_before_the_first_promotion_back(house: House, frozen: Path) -> None:
    house.promote(model(house.folder / "better", "loud quiet"), frozen)
    assert house.versions.rollback() == 1
    assert Model(house.live())._right == "loud"
    assert record_of(house.live()) == {}


@pytest.mark.parametrize(
    ("right", "why"), [("loud", "hears no better"), ("none", "hears no better"), ("quiet", "hears no better")]
)
def test_a_model_that_is_no_better_is_refused_with_the_figures(
    house: House, frozen: Path, right: str, why: str
) -> None:
    with pytest.raises(Refused, match=why) as refused:
        house.promote(model(house.folder / "other", right), frozen)
    assert "CER" in str(refused.value)
    assert "30 recordings" in str(refused.value)
    assert house.versions.live() is None
    assert house.left() == [], "nothing is left behind"


def test_a_difference_that_may_be_chance_is_refused(house: House, frozen: Path) -> None:
    house.bundled = model(house.folder / "shy", "quiet")
    with pytest.raises(Refused, match="may be chance"):
        house.promote(model(house.folder / "other", "loud"), frozen)


def test_the_next_candidate_is_measured_against_the_promoted_one(house: House, frozen: Path) -> None:
    house.promote(model(house.folder / "better", "loud quiet"), frozen)
    with pytest.raises(Refused):
        house.promote(model(house.folder / "again", "loud quiet"), frozen)
    assert house.versions.live() == 2


def test_a_checkpoint_is_converted_and_kept_for_the_next_training(house: House, frozen: Path) -> None:
    checkpoint = house.folder / "trained.pt"
    checkpoint.write_text("loud quiet")
    number = house.promote(checkpoint, frozen)
    assert house.converted == [checkpoint]
    assert (house.versions.path(number) / "model.pt").read_text() == "loud quiet"
    assert (house.versions.path(number) / "ctranslate2" / "model.bin").is_file()


def test_a_folder_of_training_brings_its_checkpoint_along(house: House, frozen: Path) -> None:
    folder = model(house.folder / "trained", "loud quiet")
    (folder / "model.pt").write_text("weights")
    number = house.promote(folder, frozen)
    assert house.converted == []
    assert (house.versions.path(number) / "model.pt").read_text() == "weights"


def test_what_is_no_model_is_refused(house: House, frozen: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        house.promote(house.folder / "nowhere.pt", frozen)
    assert house.left() == []


def test_too_few_recordings_decide_nothing(house: House, frozen: Path) -> None:
    with pytest.raises(BadInput, match="at least 31"):
        house.promote(model(house.folder / "better", "loud quiet"), frozen, enough=31)


def test_recordings_without_text_decide_nothing(house: House, frozen: Path) -> None:
    bare = frozen.parent / "bare.tsv"
    bare.write_text("audio\n" + "".join(f"{i}.wav\n" for i in range(30)), encoding="utf-8")
    with pytest.raises(BadInput, match="each with its text"):
        house.promote(model(house.folder / "better", "loud quiet"), bare)


def test_nothing_goes_back_further_than_the_first(house: House) -> None:
    with pytest.raises(NotReady):
        house.versions.rollback()
