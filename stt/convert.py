"""Whisper checkpoints to CTranslate2: openai-whisper's `.pt` and Hugging Face folders. Needs no network.

The folder is written whole or not at all, and its manifest holds the digest of every file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from consultation.errors import BadInput, Conflict, NotReady
from stt.checkpoints import write_manifest
from stt.tokenizer_file import SIZES, token_texts, tokenizer_json, unspoken_tokens, whisper_vocabulary
from stt.weights import Checkpoint, Heads, read_checkpoint

COMPUTE = (
    "int8",
    "int8_float16",
    "int8_bfloat16",
    "int8_float32",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)

Progress = Callable[[str], None]  # what is done now


def convert(
    source: Path,
    target: Path,
    *,
    compute: str = "int8",
    name: str = "",
    short_windows: bool | None = None,
    demonstration: bool | None = None,
    alignment_heads: Heads | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write `target`, a new folder, from a `.pt` file or a Hugging Face folder; returns it.

    `short_windows`: the model was trained on sound that is not padded to 30 seconds. `demonstration`: it
    knows synthetic voices alone. `alignment_heads`: (layer, head) pairs of the decoder whose attention
    follows the sound. None: what the checkpoint says of itself, else no, no, and all of the later half.
    Raises BadInput for what is no Whisper checkpoint, Conflict if `target` exists, NotReady where the disk
    refuses.
    """
    if compute not in COMPUTE:
        raise BadInput(f"{compute!r} is no compute type; known are {', '.join(COMPUTE)}")
    if target.exists():
        raise Conflict(f"{target} exists already; choose another folder or remove it")
    tell = progress or (lambda _step: None)
    tell(f"reading {source}")
    checkpoint = read_checkpoint(source)
    about = checkpoint.about
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise NotReady(f"{target} cannot be written: {error.strerror}") from None
    try:
        folder = draft / "model"
        folder.mkdir()
        tell(f"writing the weights as {compute}")
        _save(source, checkpoint, folder, compute, alignment_heads or checkpoint.alignment_heads)
        tell("writing the manifest")
        write_manifest(
            folder,
            name=name or str(about.get("name") or (source.name if source.is_dir() else source.stem)),
            compute=compute,
            short_windows=_either(short_windows, about.get("short_windows")),
            demonstration=_either(demonstration, about.get("demonstration")),
        )
        folder.rename(target)
    except OSError as error:
        raise NotReady(f"{target} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _either(given: bool | None, found: object) -> bool:
    return bool(found) if given is None else given


def _save(source: Path, checkpoint: Checkpoint, folder: Path, compute: str, heads: Heads | None) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    dims = checkpoint.dims
    if dims.n_vocab not in SIZES:
        raise BadInput(
            f"{source} has {dims.n_vocab} tokens; Whisper's vocabularies have {', '.join(map(str, SIZES))}"
        )
    ranks, special = whisper_vocabulary(dims.n_vocab)
    spec = WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    weights = _Counted(checkpoint.weights)
    try:
        _fill(spec, weights)
        if left := weights.left():
            raise BadInput(
                f"{source} holds weights that its sizes do not name, such as {left[0]}; it is damaged"
            )
        spec.register_vocabulary(token_texts(ranks, special, dims.n_vocab))
        half = range(dims.n_text_layer // 2, dims.n_text_layer)
        every = [(layer, head) for layer in half for head in range(dims.n_text_head)]
        spec.config.alignment_heads = [list(pair) for pair in heads or every]
        first, last = special["<|startoftranscript|>"] + 1, special["<|translate|>"]
        spec.config.lang_ids = list(range(first, last))
        spec.config.suppress_ids = unspoken_tokens(dims.n_vocab)
        spec.config.suppress_ids_begin = [ranks[b" "], special["<|endoftext|>"]]
        spec.validate()
        spec.optimize(quantization=compute)
    except KeyError as error:
        raise BadInput(f"{source} lacks the weight {error}; it is damaged or no Whisper checkpoint") from None
    except (RuntimeError, ValueError) as error:  # shapes that do not go together
        raise BadInput(f"{source} is damaged: {error}") from None
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(tokenizer_json(dims.n_vocab), "utf-8")
    _write_preprocessor(folder, dims.n_mels)


class _Counted(dict[str, Any]):
    """Weights that know which of them were taken."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        super().__init__(weights)
        self._taken: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self._taken.add(name)
        return super().__getitem__(name)

    def left(self) -> list[str]:
        """Those that nobody asked for; a projection beside the embedding is the embedding once more."""
        return sorted(name for name in self if name not in self._taken and name != "proj_out.weight")


def _write_preprocessor(target: Path, mels: int) -> None:
    content = {
        "feature_size": mels,
        "sampling_rate": 16_000,
        "hop_length": 160,
        "chunk_length": 30,
        "n_fft": 400,
    }
    (target / "preprocessor_config.json").write_text(json.dumps(content), "utf-8")


def _fill(spec: Any, weights: Mapping[str, Any]) -> None:
    """Every weight to its place in the specification."""
    for number in (1, 2):
        conv = getattr(spec.encoder, f"conv{number}")
        conv.weight, conv.bias = (
            weights[f"encoder.conv{number}.weight"],
            weights[f"encoder.conv{number}.bias"],
        )
    spec.encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    _norm(spec.encoder.layer_norm, weights, "encoder.ln_post")
    for number, layer in enumerate(spec.encoder.layer):
        at = f"encoder.blocks.{number}"
        _self_attention(layer.self_attention, weights, at)
        _feed_forward(layer.ffn, weights, at)
    decoder = spec.decoder
    decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    decoder.projection.weight = weights["decoder.token_embedding.weight"]
    decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    _norm(decoder.layer_norm, weights, "decoder.ln")
    for number, layer in enumerate(decoder.layer):
        at = f"decoder.blocks.{number}"
        _self_attention(layer.self_attention, weights, at)
        _norm(layer.attention.layer_norm, weights, f"{at}.cross_attn_ln")
        _linear(layer.attention.linear[0], weights, f"{at}.cross_attn.query")
        _fused(layer.attention.linear[1], weights, [f"{at}.cross_attn.key", f"{at}.cross_attn.value"])
        _linear(layer.attention.linear[2], weights, f"{at}.cross_attn.out")
        _feed_forward(layer.ffn, weights, at)


def _self_attention(spec: Any, weights: Mapping[str, Any], at: str) -> None:
    _norm(spec.layer_norm, weights, f"{at}.attn_ln")
    _fused(spec.linear[0], weights, [f"{at}.attn.{part}" for part in ("query", "key", "value")])
    _linear(spec.linear[1], weights, f"{at}.attn.out")


def _feed_forward(spec: Any, weights: Mapping[str, Any], at: str) -> None:
    _norm(spec.layer_norm, weights, f"{at}.mlp_ln")
    _linear(spec.linear_0, weights, f"{at}.mlp.0")
    _linear(spec.linear_1, weights, f"{at}.mlp.2")


def _norm(spec: Any, weights: Mapping[str, Any], at: str) -> None:
    spec.gamma, spec.beta = weights[f"{at}.weight"], weights[f"{at}.bias"]


def _linear(spec: Any, weights: Mapping[str, Any], at: str) -> None:
    spec.weight, spec.bias = weights[f"{at}.weight"], weights[f"{at}.bias"]


def _fused(spec: Any, weights: Mapping[str, Any], places: Sequence[str]) -> None:
    """Several projections as one; Whisper's keys have no bias, which counts as zeros."""
    import torch

    parts = [weights[f"{place}.weight"] for place in places]
    spec.weight = torch.cat(parts)
    spec.bias = torch.cat(
        [
            weights[f"{place}.bias"]
            if f"{place}.bias" in weights
            else torch.zeros(len(part), dtype=part.dtype)
            for place, part in zip(places, parts, strict=True)
        ]
    )
