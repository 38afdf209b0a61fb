"""Every encoder keeps the promise of `consultation.ports.Encoder`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from consultation.errors import MissingExtra, NotReady
from consultation.ports import Encoder
from retrieval import encoder as encoders
from retrieval.encoder import StaticEncoder, open_encoder, subwords
from tests.required import library


def random_sentence_transformer(folder: Path) -> None:
    """A model of two thousand random numbers in sentence-transformers format."""
    library("torch", extra="neural")
    transformers = library("transformers", extra="neural")
    modules = library("sentence_transformers.sentence_transformer.modules", extra="neural")
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {"[PAD]": 0, "[UNK]": 1, **{letter: n for n, letter in enumerate("여권발급주차신고가나다라", 2)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", model_max_length=64
    )
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    inner = folder / "inner"
    transformers.BertModel(config).save_pretrained(inner)
    fast.save_pretrained(inner)
    word = modules.Transformer(str(inner))
    SentenceTransformer(modules=[word, modules.Pooling(16)]).save(str(folder / "model"))


@pytest.fixture(scope="module", params=["bundled", "sentence-transformers"])
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Encoder]:
    if request.param == "bundled":
        return lambda: open_encoder("")
    folder = tmp_path_factory.mktemp("encoder")
    random_sentence_transformer(folder)
    return lambda: open_encoder(str(folder / "model"))


@pytest.fixture(scope="module")
def encoder(opened: Callable[[], Encoder]) -> Encoder:
    return opened()


TEXTS = ["여권 발급 방법", "주차 신고", "", "🙂", "가" * 20_000, "zzz 뷁뷁"]


def test_vectors_are_float32_rows_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dim)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    for row, text in enumerate(TEXTS):
        assert encoder.encode([text])[0] == pytest.approx(together[row], abs=1e-4)


def test_another_text_has_another_vector(encoder: Encoder) -> None:
    first, second = encoder.encode(["여권 발급", "주차 신고"])
    assert float(first @ second) < 0.999


def test_the_name_is_the_same_each_time_it_is_opened(encoder: Encoder, opened: Callable[[], Encoder]) -> None:
    assert encoder.name == opened().name
    assert encoder.name.strip()


def test_the_name_changes_with_the_weights(tmp_path: Path) -> None:
    random_sentence_transformer(tmp_path)
    before = open_encoder(str(tmp_path / "model")).name
    with (tmp_path / "model" / "config.json").open("a") as file:
        file.write("\n")
    assert open_encoder(str(tmp_path / "model")).name != before


def test_the_bundled_encoder_knows_near_from_far() -> None:
    bundled = open_encoder("")
    ask, near, far = bundled.encode(["쓰레기 버리는 방법", "폐기물 배출 안내", "여권 사진 규격"])
    assert float(ask @ near) > float(ask @ far) + 0.1


def test_a_folder_without_a_model_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="SANGDAM_ENCODER"):
        open_encoder(str(tmp_path))


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"nonsense")
    (tmp_path / "manifest.json").write_text('{"name": "x", "weights_sha256": "0"}', encoding="utf-8")
    with pytest.raises(NotReady, match="damaged"):
        StaticEncoder.open(tmp_path)


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules.json").write_text("[]", encoding="utf-8")
    monkeypatch.setattr(encoders.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"sangdam\[neural\]"):
        open_encoder(str(tmp_path))


def test_subwords_are_the_same_in_every_process() -> None:
    assert subwords("여권", 8192) == subwords("여권", 8192)
    assert all(0 <= part < 64 for part in subwords("주민등록증", 64))
    assert set(subwords("주민등록", 8192)) & set(subwords("주민등록증", 8192))
