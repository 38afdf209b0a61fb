"""Checkpoints become CTranslate2 folders that compute the same, or a clear refusal."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from consultation.errors import BadInput, Conflict
from stt.convert import convert
from stt.ctranslate import CTranslateRecogniser
from tests.required import library

torch = library("torch", extra="neural")
library("whisper", extra="whisper")

from tests.stt.checkpoint_files import SMALL, WIDE, random_hugging_face, random_whisper, save  # noqa: E402

START = {80: [50_258, 50_264, 50_359, 50_363], 128: [50_258, 50_264, 50_360, 50_364]}  # transcribe Korean
Logits = Callable[[Any, list[int]], Any]  # features of the sound, tokens -> of each step


def features(mels: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 1, (1, mels, 3000)).astype(np.float32)


def assert_computes_alike(folder: Path, mels: int, encode: Callable[[Any], Any], logits: Logits) -> None:
    """Encoder outputs, and the logits of every step of a greedy decoding."""
    import ctranslate2

    model = ctranslate2.models.Whisper(str(folder), compute_type="float32")
    given = features(mels)
    encoded = model.encode(ctranslate2.StorageView.from_array(given))
    with torch.no_grad():
        expected = encode(torch.from_numpy(given))
        np.testing.assert_allclose(np.array(encoded), expected.numpy(), atol=2e-3)
        written = model.generate(
            encoded, [START[mels]], beam_size=1, max_length=20, return_logits_vocab=True, suppress_blank=False
        )[0]
        tokens = written.sequences_ids[0]
        assert tokens
        theirs = logits(expected, START[mels] + tokens)[0, 3:].numpy()
    ours = np.concatenate([np.array(step).reshape(-1, theirs.shape[1]) for step in written.logits])
    for got, wanted in zip(ours[: len(tokens)], theirs, strict=False):
        seen = np.isfinite(got) & (got > -1e9)
        assert seen.sum() > 50_000  # the others are those that are never written
        np.testing.assert_allclose(got[seen], wanted[seen], atol=5e-3)


@pytest.mark.parametrize("dims", [SMALL, WIDE], ids=["80 bands", "128 bands"])
def test_a_checkpoint_computes_the_same_afterwards(tmp_path: Path, dims: Any) -> None:
    model = random_whisper(dims)
    folder = convert(save(model, tmp_path / "model.pt"), tmp_path / "out", compute="float32")
    assert_computes_alike(
        folder, dims.n_mels, model.encoder, lambda sound, tokens: model.decoder(torch.tensor([tokens]), sound)
    )


@pytest.mark.parametrize("layout", ["one file", "shards", "pickled"])
def test_a_hugging_face_folder_computes_the_same_afterwards(tmp_path: Path, layout: str) -> None:
    model = random_hugging_face()
    source = tmp_path / "hf"
    model.save_pretrained(source, max_shard_size="1MB" if layout == "shards" else "1GB")
    if layout == "pickled":
        (source / "model.safetensors").unlink()
        torch.save(model.state_dict(), source / "pytorch_model.bin")
    assert len(list(source.glob("model-*.safetensors"))) == (0 if layout != "shards" else 2)
    folder = convert(source, tmp_path / "out", compute="float32")
    assert_computes_alike(
        folder,
        80,
        lambda sound: model.model.encoder(sound).last_hidden_state,
        lambda sound, tokens: (
            model(encoder_outputs=(sound,), decoder_input_ids=torch.tensor([tokens])).logits
        ),
    )


def test_a_folder_opens_in_eight_bits_and_says_what_it_is(tmp_path: Path) -> None:
    source = save(
        random_whisper(SMALL),
        tmp_path / "tuned.pt",
        short_windows=True,
        demonstration=True,
        alignment_heads=[[1, 0]],
    )
    steps: list[str] = []
    folder = convert(source, tmp_path / "new" / "out", progress=steps.append)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["name"], manifest["compute"], manifest["short_windows"]) == ("tuned", "int8", True)
    assert json.loads((folder / "config.json").read_text("utf-8"))["alignment_heads"] == [[1, 0]]
    assert len(steps) == 3
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["out"]
    recogniser = CTranslateRecogniser.open(folder, "cpu", threads=1)
    assert recogniser.is_demonstration
    assert recogniser.name.startswith("ctranslate2:tuned@")
    assert isinstance(recogniser.recognise(np.zeros(16_000, np.float32)).text, str)


def test_a_model_of_the_newer_vocabulary_opens_too(tmp_path: Path) -> None:
    folder = convert(save(random_whisper(WIDE), tmp_path / "model.pt"), tmp_path / "out")
    recogniser = CTranslateRecogniser.open(folder, "cpu", threads=1)
    heard = recogniser.recognise(np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32))
    assert heard.confidence >= 0
    assert not recogniser.is_demonstration


def test_what_the_caller_says_counts_more_than_what_the_file_says(tmp_path: Path) -> None:
    source = save(random_whisper(SMALL), tmp_path / "model.pt", short_windows=True)
    folder = convert(source, tmp_path / "out", name="seoul-1", short_windows=False, alignment_heads=[(0, 1)])
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["name"], manifest["short_windows"]) == ("seoul-1", False)
    assert json.loads((folder / "config.json").read_text("utf-8"))["alignment_heads"] == [[0, 1]]


def test_alignment_heads_of_a_hugging_face_folder_are_kept(tmp_path: Path) -> None:
    model = random_hugging_face()
    model.save_pretrained(tmp_path / "hf")
    generation = tmp_path / "hf" / "generation_config.json"
    content = json.loads(generation.read_text("utf-8"))
    generation.write_text(json.dumps(content | {"alignment_heads": [[0, 1], [1, 1]]}), "utf-8")
    folder = convert(tmp_path / "hf", tmp_path / "out")
    assert json.loads((folder / "config.json").read_text("utf-8"))["alignment_heads"] == [[0, 1], [1, 1]]


def _nothing(folder: Path) -> None:
    pass


def _text(folder: Path) -> None:
    (folder / "model.pt").write_text("여기에는 모델이 없습니다")


def _cut(folder: Path) -> None:
    path = save(random_whisper(SMALL), folder / "model.pt")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _other(folder: Path) -> None:
    torch.save({"state_dict": {}}, folder / "model.pt")


class _Code:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('code of a checkpoint was run')",))


def _code(folder: Path) -> None:
    (folder / "model.pt").write_bytes(pickle.dumps(_Code(), protocol=2))


def _tampered(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path = save(random_whisper(SMALL), folder / "model.pt")
        content = torch.load(path, weights_only=True)
        change(content)
        torch.save(content, path)

    return make


def _lacks(content: dict[str, Any]) -> None:
    del content["model_state_dict"]["decoder.blocks.1.mlp.2.weight"]


def _too_many(content: dict[str, Any]) -> None:
    content["dims"]["n_text_layer"] = 1


def _no_number(content: dict[str, Any]) -> None:
    content["model_state_dict"]["encoder.ln_post.weight"][0] = float("nan")


def _other_shape(content: dict[str, Any]) -> None:
    content["model_state_dict"]["encoder.conv1.weight"] = torch.zeros(16, 40, 3)


def _other_tokens(content: dict[str, Any]) -> None:
    content["dims"]["n_vocab"] = 1000
    content["model_state_dict"]["decoder.token_embedding.weight"] = torch.zeros(1000, 16)


def _odd_sizes(content: dict[str, Any]) -> None:
    content["dims"] = {"n_mels": 80}


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (_nothing, "does not exist"),
    "no model": (_text, "cannot be read as a checkpoint"),
    "cut": (_cut, "cannot be read as a checkpoint"),
    "something else": (_other, "no openai-whisper checkpoint"),
    "code": (_code, "cannot be read as a checkpoint"),
    "a weight is missing": (_tampered(_lacks), r"lacks the weight .*mlp\.2"),
    "a layer too many": (_tampered(_too_many), "do not name"),
    "no number": (_tampered(_no_number), "no numbers"),
    "another shape": (_tampered(_other_shape), "has the shape"),
    "another vocabulary": (_tampered(_other_tokens), "1000 tokens"),
    "odd sizes": (_tampered(_odd_sizes), "no openai-whisper checkpoint"),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD)
def test_what_is_no_checkpoint_is_refused_and_nothing_is_left(
    tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    make(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadInput, match=message):
        convert(tmp_path / "model.pt", tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_no_whisper_model_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "hf"
    source.mkdir()
    with pytest.raises(BadInput, match=r"no config\.json"):
        convert(source, tmp_path / "out")
    (source / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(BadInput, match="a bert model"):
        convert(source, tmp_path / "out")
    (source / "config.json").write_text("{")
    with pytest.raises(BadInput, match="damaged"):
        convert(source, tmp_path / "out")
    (source / "config.json").write_text('{"model_type": "whisper"}')
    with pytest.raises(BadInput, match="lacks 'num_mel_bins'"):
        convert(source, tmp_path / "out")


def test_a_hugging_face_folder_without_weights_is_refused(tmp_path: Path) -> None:
    random_hugging_face().save_pretrained(tmp_path / "hf")
    weights = tmp_path / "hf" / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput, match="cannot be read"):
        convert(tmp_path / "hf", tmp_path / "out")
    weights.unlink()
    with pytest.raises(BadInput, match=r"no model\.safetensors"):
        convert(tmp_path / "hf", tmp_path / "out")


def test_an_unknown_compute_type_and_a_target_that_exists_are_refused(tmp_path: Path) -> None:
    source = save(random_whisper(SMALL), tmp_path / "model.pt")
    with pytest.raises(BadInput, match="known are int8"):
        convert(source, tmp_path / "out", compute="int4")
    (tmp_path / "out").mkdir()
    with pytest.raises(Conflict, match="exists already"):
        convert(source, tmp_path / "out")
