"""Checkpoints of random weights, as openai-whisper and transformers save them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from whisper.model import ModelDimensions, Whisper

SMALL = ModelDimensions(80, 1500, 16, 2, 1, 51_865, 448, 16, 2, 2)
WIDE = ModelDimensions(128, 1500, 32, 4, 2, 51_866, 448, 32, 4, 1)  # mel bands and tokens of large-v3


def random_whisper(dims: ModelDimensions, seed: int = 0) -> Whisper:
    """A model that writes something at random."""
    torch.manual_seed(seed)
    model = Whisper(dims).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if name not in ("encoder.positional_embedding",) and "ln" not in name:
                weights.normal_(0, 0.2)
    return model


def save(model: Whisper, path: Path, **about: Any) -> Path:
    """A `.pt` file; `about` is what it says of itself."""
    content: dict[str, Any] = {"dims": vars(model.dims), "model_state_dict": model.state_dict()}
    torch.save(content | ({"sangdam": about} if about else {}), path)
    return path


def random_hugging_face() -> Any:
    """A `WhisperForConditionalGeneration`."""
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    torch.manual_seed(1)
    config = WhisperConfig(
        vocab_size=51_865,
        num_mel_bins=80,
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
    )
    model = WhisperForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "layer_norm" not in name and "encoder.embed_positions" not in name:
                weights.normal_(0, 0.2)
    return model
