"""Whisper checkpoints as they come: openai-whisper's `.pt` files and Hugging Face folders, under one set of names.

The names are openai-whisper's (`encoder.blocks.0.attn.query.weight`); tensors keep their type. Nothing is
executed: pickled code is refused, and safetensors hold none.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from consultation.errors import BadInput, MissingExtra

ABOUT = "sangdam"  # key of a `.pt` beside `dims` and `model_state_dict`: what the file says of itself

Heads = Sequence[tuple[int, int]]  # layer, head


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The sizes of a model, by openai-whisper's names."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model as it was saved."""

    dims: Dimensions
    weights: Mapping[str, Any]  # torch tensors
    alignment_heads: Heads | None = None  # None: the file does not say which
    about: Mapping[str, Any] = field(
        default_factory=dict
    )  # `short_windows`, `demonstration`: see `stt.checkpoints`


def read_checkpoint(source: Path) -> Checkpoint:
    """A `.pt` file or a Hugging Face folder. Raises BadInput for what is neither, or damaged."""
    if not source.exists():
        raise BadInput(f"{source} does not exist; give a .pt file or a folder with config.json")
    checkpoint = _hugging_face(source) if source.is_dir() else _openai(source)
    _examine(source, checkpoint)
    return checkpoint


def official_heads(digest: str) -> Heads | None:
    """The alignment heads of a file of OpenAI's, known by its SHA-256; None for any other file."""
    try:
        import numpy as np
        from whisper import _ALIGNMENT_HEADS, _MODELS
    except ImportError:
        return None
    name = next((name for name, address in _MODELS.items() if f"/{digest}/" in address), None)
    if name is None:
        return None
    mask = np.frombuffer(gzip.decompress(base64.b85decode(_ALIGNMENT_HEADS[name])), dtype=bool)
    width = {"tiny": 6, "base": 8, "small": 12, "medium": 16}.get(name.split(".")[0], 20)  # heads of a layer
    return [(int(at) // width, int(at) % width) for at in np.flatnonzero(mask)]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _openai(path: Path) -> Checkpoint:
    content = _load(path)
    if not isinstance(content, dict) or not {"dims", "model_state_dict"} <= content.keys():
        raise BadInput(
            f"{path} is no openai-whisper checkpoint: it lacks dims and model_state_dict; "
            "give the .pt file of a Whisper model, or a Hugging Face folder"
        )
    try:
        dims = Dimensions(**{name: int(size) for name, size in content["dims"].items()})
        weights = dict(content["model_state_dict"])
        about = dict(content.get(ABOUT) or {})
    except (AttributeError, TypeError, ValueError) as error:
        raise BadInput(f"{path} is no openai-whisper checkpoint: {error}") from None
    heads = about.get("alignment_heads") or official_heads(_digest(path))
    return Checkpoint(dims, weights, [(int(a), int(b)) for a, b in heads] if heads else None, about)


def _hugging_face(folder: Path) -> Checkpoint:
    config = _json(folder, "config.json")
    if config.get("model_type") != "whisper":
        raise BadInput(f"{folder} holds a {config.get('model_type', 'nameless')} model, not a Whisper one")
    try:
        dims = Dimensions(
            n_mels=config["num_mel_bins"],
            n_audio_ctx=config["max_source_positions"],
            n_audio_state=config["d_model"],
            n_audio_head=config["encoder_attention_heads"],
            n_audio_layer=config["encoder_layers"],
            n_vocab=config["vocab_size"],
            n_text_ctx=config["max_target_positions"],
            n_text_state=config["d_model"],
            n_text_head=config["decoder_attention_heads"],
            n_text_layer=config["decoder_layers"],
        )
    except KeyError as error:
        raise BadInput(f"{folder / 'config.json'} lacks {error}; copy the folder again") from None
    weights: dict[str, Any] = {}
    for file in _weight_files(folder):
        weights |= {_openai_name(name): tensor for name, tensor in _load(file).items()}
    generation = (
        _json(folder, "generation_config.json") if (folder / "generation_config.json").is_file() else {}
    )
    heads = generation.get("alignment_heads")
    return Checkpoint(dims, weights, [(int(a), int(b)) for a, b in heads] if heads else None)


def _weight_files(folder: Path) -> list[Path]:
    """The files with the weights, one or in shards; safetensors first."""
    for name in ("model.safetensors", "pytorch_model.bin"):
        if (folder / f"{name}.index.json").is_file():
            index = _json(folder, f"{name}.index.json")
            return [folder / shard for shard in sorted(set(index.get("weight_map", {}).values()))]
        if (folder / name).is_file():
            return [folder / name]
    raise BadInput(f"{folder} has no model.safetensors and no pytorch_model.bin; copy the whole folder")


def _load(path: Path) -> Any:
    """Tensors of a file. Raises BadInput for one that is damaged or something else."""
    try:
        import torch
    except ImportError:
        raise MissingExtra("torch", "neural") from None
    try:
        if path.suffix != ".safetensors":
            return torch.load(path, map_location="cpu", weights_only=True)
        try:
            from safetensors.torch import load_file
        except ImportError:
            raise MissingExtra("safetensors", "neural") from None
        return load_file(path)
    except MissingExtra:
        raise
    except Exception as error:  # both libraries raise many kinds for what they cannot read
        raise BadInput(
            f"{path} cannot be read as a checkpoint ({type(error).__name__}); copy it again, or give another file"
        ) from error


def _json(folder: Path, name: str) -> dict[str, Any]:
    if not (folder / name).is_file():
        raise BadInput(f"{folder} has no {name}; it is no Hugging Face model folder")
    try:
        content = json.loads((folder / name).read_text("utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise BadInput(f"{folder / name} is damaged; copy the folder again")
    return content


_PARTS = (  # in this order: the longer name first
    ("encoder.embed_positions.weight", "encoder.positional_embedding"),
    ("decoder.embed_positions.weight", "decoder.positional_embedding"),
    ("decoder.embed_tokens", "decoder.token_embedding"),
    (".encoder_attn_layer_norm.", ".cross_attn_ln."),
    (".self_attn_layer_norm.", ".attn_ln."),
    (".final_layer_norm.", ".mlp_ln."),
    (".encoder_attn.", ".cross_attn."),
    (".self_attn.", ".attn."),
    (".q_proj.", ".query."),
    (".k_proj.", ".key."),
    (".v_proj.", ".value."),
    (".out_proj.", ".out."),
    (".fc1.", ".mlp.0."),
    (".fc2.", ".mlp.2."),
    (".layers.", ".blocks."),
)


def _openai_name(name: str) -> str:
    """`model.decoder.layers.0.fc1.weight` is `decoder.blocks.0.mlp.0.weight`."""
    name = name.removeprefix("model.")
    for theirs, ours in _PARTS:
        name = name.replace(theirs, ours)
    name = re.sub(r"^encoder\.layer_norm\.", "encoder.ln_post.", name)
    return re.sub(r"^decoder\.layer_norm\.", "decoder.ln.", name)


def _examine(source: Path, checkpoint: Checkpoint) -> None:
    """Raises BadInput where sizes and weights do not fit together."""
    dims, weights = checkpoint.dims, checkpoint.weights
    wanted = {
        "decoder.token_embedding.weight": (dims.n_vocab, dims.n_text_state),
        "decoder.positional_embedding": (dims.n_text_ctx, dims.n_text_state),
        "encoder.positional_embedding": (dims.n_audio_ctx, dims.n_audio_state),
        "encoder.conv1.weight": (dims.n_audio_state, dims.n_mels, 3),
    }
    for name, shape in wanted.items():
        if name not in weights:
            raise BadInput(f"{source} lacks the weight {name}; it is damaged or no Whisper checkpoint")
        if tuple(weights[name].shape) != shape:
            raise BadInput(
                f"{source}: {name} has the shape {tuple(weights[name].shape)}, not {shape}; it is damaged"
            )
    for name, tensor in weights.items():
        if not bool(tensor.isfinite().all()):
            raise BadInput(
                f"{source}: {name} holds values that are no numbers; the training failed, or it is damaged"
            )
