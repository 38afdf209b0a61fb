from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from consultation.errors import BadInput, IndexMismatch
from consultation.ports import Encoder, Vectors
from consultation.types import EntryState
from retrieval.snapshot import (
    PASSAGE,
    Snapshot,
    build_snapshot,
    entry_from_json,
    entry_to_json,
    passages,
    read_manifest,
)
from retrieval.tokens import KiwiAnalyser, open_analyser

from .conftest import ENTRIES, entry


class Counting:
    """Passes everything on, and counts the texts that it was asked for."""

    def __init__(self, inner: Encoder) -> None:
        self.inner, self.name, self.dim, self.texts = inner, inner.name, inner.dim, []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self.inner.encode(texts)


@pytest.fixture
def built(tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser) -> Path:
    folder = tmp_path / "0007"
    build_snapshot(folder, ENTRIES, analyser=analyser, encoder=encoder, version=7)
    return folder


def test_what_was_written_is_read_back(built: Path, encoder: Encoder, analyser: KiwiAnalyser) -> None:
    opened = Snapshot.open(built, analyser=analyser, encoder=encoder)
    assert opened.version == 7
    assert [opened.entry(row) for row in range(len(opened))] == list(ENTRIES)


def test_the_manifest_names_its_engines_and_every_file(
    built: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    manifest = read_manifest(built)
    assert manifest["encoder"] == encoder.name
    assert manifest["analyser"] == analyser.name
    assert manifest["entries"] == len(ENTRIES)
    there = {p.relative_to(built).as_posix() for p in built.rglob("*") if p.is_file()}
    assert set(manifest["files"]) == there - {"manifest.json"}


def test_every_file_is_needed_and_verified(built: Path, encoder: Encoder, analyser: KiwiAnalyser) -> None:
    for name in read_manifest(built)["files"]:
        path = built / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(IndexMismatch, match="rebuild"):
            Snapshot.open(built, analyser=analyser, encoder=encoder)
        path.unlink()
        with pytest.raises(IndexMismatch, match=path.name):
            Snapshot.open(built, analyser=analyser, encoder=encoder)
        path.write_bytes(whole)
    Snapshot.open(built, analyser=analyser, encoder=encoder)


def test_an_index_of_another_analyser_is_refused(built: Path, encoder: Encoder) -> None:
    class Other:
        name = "other-1"

        def terms(self, text: str) -> list[str]:
            return text.split()

    with pytest.raises(IndexMismatch, match="analyser"):
        Snapshot.open(built, analyser=Other(), encoder=encoder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', "nonsense"])
def test_a_manifest_that_says_nothing_readable_is_refused(
    built: Path, encoder: Encoder, analyser: KiwiAnalyser, text: str
) -> None:
    (built / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(IndexMismatch, match="rebuild"):
        Snapshot.open(built, analyser=analyser, encoder=encoder)


def test_unchanged_texts_keep_their_vectors(
    built: Path, tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    changed = [dataclasses.replace(ENTRIES[0], question="주민등록증을 잃어버렸을 때"), *reversed(ENTRIES[1:])]
    counting = Counting(encoder)
    build_snapshot(tmp_path / "0008", changed, analyser=analyser, encoder=counting, version=8, previous=built)
    new = "주민등록증을 잃어버렸을 때"
    assert new in counting.texts
    assert {text for text in counting.texts if new not in text} <= {"잃어버리다", "때"}  # terms that are new
    build_snapshot(tmp_path / "fresh", changed, analyser=analyser, encoder=encoder, version=8)
    kept, fresh = (np.load(tmp_path / name / "vectors.npy") for name in ("0008", "fresh"))
    assert kept == pytest.approx(fresh, abs=1e-3)


def test_unchanged_texts_keep_their_terms(
    built: Path, tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    class Listening:
        name = analyser.name
        heard: ClassVar[list[str]] = []

        def terms(self, text: str) -> list[str]:
            self.heard.append(text)
            return analyser.terms(text)

    changed = [dataclasses.replace(ENTRIES[0], answer="새 답변입니다."), *reversed(ENTRIES[1:])]
    build_snapshot(
        tmp_path / "0008", changed, analyser=Listening(), encoder=encoder, version=8, previous=built
    )
    build_snapshot(tmp_path / "fresh", changed, analyser=analyser, encoder=encoder, version=8)
    assert Listening.heard == ["새 답변입니다."]
    for name in ("terms.txt", "weights.npy", "postings.npy"):
        kept = (tmp_path / "0008" / "whole-words" / name).read_bytes()
        assert kept == (tmp_path / "fresh" / "whole-words" / name).read_bytes()


def test_vectors_of_another_encoder_are_not_kept(
    built: Path, tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    other = Counting(encoder)
    other.name = "another"
    build_snapshot(tmp_path / "0008", ENTRIES, analyser=analyser, encoder=other, version=8, previous=built)
    assert {e.question for e in ENTRIES} <= set(other.texts)


def test_progress_is_told_until_all_is_done(tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser) -> None:
    told: list[tuple[int, int]] = []
    build_snapshot(
        tmp_path / "x",
        ENTRIES,
        analyser=analyser,
        encoder=encoder,
        version=1,
        progress=lambda done, whole: told.append((done, whole)),
    )
    assert told[-1][0] == told[-1][1] > len(ENTRIES)


def test_an_unknown_district_is_refused_by_name(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    with pytest.raises(BadInput, match="수원시"):
        build_snapshot(
            tmp_path / "x",
            [entry("a", "질문", "답", district="수원시")],
            analyser=analyser,
            encoder=encoder,
            version=1,
        )


def test_no_file_is_a_pickle(built: Path) -> None:
    for path in built.rglob("*.np[yz]"):
        np.load(path, allow_pickle=False)


def test_an_index_is_built_and_opened_with_any_analyser(tmp_path: Path, encoder: Encoder) -> None:
    """The seam is real: another analyser's terms build and open an index of their own."""

    class Words:
        name = "words-1"

        def terms(self, text: str) -> list[str]:
            return text.split()

    build_snapshot(tmp_path / "x", ENTRIES, analyser=Words(), encoder=encoder, version=1)
    opened = Snapshot.open(tmp_path / "x", analyser=Words(), encoder=encoder)
    assert "발급" in opened.whole_words
    assert open_analyser("kiwi").name != opened.analyser_name


def test_an_entry_survives_json_with_all_its_fields() -> None:
    full = entry(
        "a",
        "질문",
        "답",
        district="강남구",
        variants=("하나", "둘"),
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        confirmed_on=date(2026, 6, 1),
        state=EntryState.APPROVED,
        ars_code=3,
        is_sample=True,
        version=4,
    )
    assert entry_from_json(json.loads(json.dumps(entry_to_json(full)))) == full


@pytest.mark.parametrize("text", ["", "짧다", "가 " * 2000, "가" * 2000])
def test_passages_hold_the_whole_text_and_stay_short(text: str) -> None:
    parts = list(passages(text))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= PASSAGE * 1.3 for part in parts)
