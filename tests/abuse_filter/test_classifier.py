"""A model folder opens whole or says what is wrong."""

import json

import numpy as np
import pytest

from abuse_filter.classifier import FORMAT, HEADS, Classifier
from abuse_filter.features import BUCKETS, read, weigh
from consultation.bundled import bundled
from consultation.errors import IndexMismatch, NotReady


@pytest.fixture
def folder(tmp_path):
    live = bundled("abuse")
    for name in ("manifest.json", "weights.npz"):
        (tmp_path / name).write_bytes((live / name).read_bytes())
    return tmp_path


def test_the_bundled_model_gives_a_probability_for_every_head():
    judged = Classifier.open(bundled("abuse")).judge(read("여권은 어디서 만들어요", []))
    assert set(judged) == set(HEADS)
    assert all(0 <= p <= 1 for p in judged.values())


def test_the_bundled_model_is_small():
    assert sum(path.stat().st_size for path in bundled("abuse").iterdir()) <= 8_000_000


def test_no_model_says_how_to_make_one(tmp_path):
    with pytest.raises(NotReady, match=r"models\.abuse\.train"):
        Classifier.open(tmp_path)


def test_a_damaged_file_is_refused(folder):
    data = bytearray((folder / "weights.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "weights.npz").write_bytes(data)
    with pytest.raises(IndexMismatch, match="damaged"):
        Classifier.open(folder)


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_a_broken_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_text(content)
    with pytest.raises(IndexMismatch):
        Classifier.open(folder)


def test_other_features_are_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "buckets": 7}))
    with pytest.raises(IndexMismatch, match="train"):
        Classifier.open(folder)
    assert manifest["format"] == FORMAT


def test_features_stay_within_the_buckets_and_are_the_same_every_time():
    index, values = weigh(read("안녕하세요 여권 문의요", []))
    again, _ = weigh(read("안녕하세요 여권 문의요", []))
    assert np.array_equal(index, again)
    assert index.min() >= 0
    assert index.max() < BUCKETS
    assert len(index) == len(values)
