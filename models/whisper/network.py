"""Whisper with the vocabulary cut to what is trained, and two heads on its encoder that help it to learn to hear.

The heads are dropped at export: `ctc` reads jamo frame by frame; `pooled` says a token from the mean of
the frames in which it is spoken, in the same space as the token table, so that the decoder need only copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from whisper.model import ModelDimensions, Whisper

from consultation.errors import BadInput
from models.whisper.vocabulary import JAMO, Vocabulary


class Network(nn.Module):
    """`encode` and `decode` take windows of any length up to 30 seconds, 50 encoder frames a second."""

    def __init__(self, dims: ModelDimensions, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.dims, self.vocabulary = dims, vocabulary
        self.whisper = Whisper(dims)
        del self.whisper.decoder.token_embedding
        nn.init.normal_(self.whisper.decoder.positional_embedding, std=0.01)  # Whisper leaves it empty
        self.table = nn.Parameter(torch.randn(len(vocabulary.tokens), dims.n_text_state) * 0.05)
        self.ctc = nn.Linear(dims.n_audio_state, JAMO)
        self.pooled = nn.Linear(dims.n_audio_state, dims.n_text_state)

    def encode(self, mel: Tensor) -> Tensor:
        """Log-mel features (batch, mels, 2n) to (batch, n, state)."""
        encoder = self.whisper.encoder
        x = F.gelu(encoder.conv2(F.gelu(encoder.conv1(mel)))).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def decode(self, tokens: Tensor, heard: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits (batch, length, vocabulary), and of each layer the attention of its first head to the frames."""
        states, attention = self.states(tokens, heard)
        return states @ self.table.T, attention

    def states(self, tokens: Tensor, heard: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the decoder says before it becomes tokens (batch, length, state), and the same attention."""
        decoder = self.whisper.decoder
        x = F.embedding(tokens, self.table) + decoder.positional_embedding[: tokens.shape[1]]
        attention = []
        for block in decoder.blocks:
            x = x + block.attn(block.attn_ln(x), mask=decoder.mask)[0]
            added, weights = _attend(block.cross_attn, block.cross_attn_ln(x), heard)
            attention.append(weights[:, 0])
            x = x + added
            x = x + block.mlp(block.mlp_ln(x))
        return decoder.ln(x), attention

    @torch.no_grad()
    def transcribe(self, mel: Tensor, longest: int = 60) -> list[str]:
        """The likeliest token each time, at most `longest` of them."""
        end = self.vocabulary.end
        heard = self.encode(mel)
        tokens = torch.tensor([self.vocabulary.prefix] * len(mel))
        done = torch.zeros(len(mel), dtype=torch.bool)
        for _ in range(longest):
            following = self.decode(tokens, heard)[0][:, -1].argmax(-1)
            following[done] = end
            tokens = torch.cat([tokens, following[:, None]], 1)
            done |= following == end
            if done.all():
                break
        start = len(self.vocabulary.prefix)
        return [self.vocabulary.decode(row[start:]) for row in tokens.tolist()]


def _attend(attention: Any, x: Tensor, heard: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-attention that also returns its weights (batch, heads, length, frames)."""
    heads = attention.n_head

    def split(y: Tensor) -> Tensor:
        return y.view(*y.shape[:2], heads, -1).transpose(1, 2)

    query, key, value = split(attention.query(x)), split(attention.key(heard)), split(attention.value(heard))
    weights = (query @ key.transpose(2, 3) * query.shape[-1] ** -0.5).softmax(-1)
    return attention.out((weights @ value).transpose(1, 2).flatten(2)), weights


def from_whisper(path: Path, texts: Any, by_syllable: bool = False) -> Network:
    """A network that continues an openai-whisper checkpoint of any size; tokens it never used start at random."""
    dims, state = read_checkpoint(path)
    vocabulary = Vocabulary.of(texts, dims.n_vocab, by_syllable)
    network = Network(dims, vocabulary)
    whole = state["decoder.token_embedding.weight"].float()
    rest = {name: value.float() for name, value in state.items() if name != "decoder.token_embedding.weight"}
    network.whisper.load_state_dict(rest)
    rows = whole[torch.tensor(vocabulary.tokens)]
    unused = rows.abs().sum(1) == 0
    rows[unused] = torch.randn(int(unused.sum()), rows.shape[1]) * rows[~unused].std()
    network.table.data.copy_(rows)
    return network


def from_training(path: Path) -> Network:
    """The network of a checkpoint that `models.whisper.train` wrote."""
    content = _load(path)
    try:
        dims = ModelDimensions(**content["dims"])
        network = Network(dims, Vocabulary(content["tokens"], dims.n_vocab, content["by_syllable"]))
        network.load_state_dict(content["network"])
    except (KeyError, TypeError, RuntimeError) as error:
        raise BadInput(f"{path} is no checkpoint of models.whisper.train: {error}") from error
    return network


def is_training_checkpoint(path: Path) -> bool:
    """Did `models.whisper.train` write this file?"""
    return "network" in _load(path)


def read_checkpoint(path: Path) -> tuple[ModelDimensions, Mapping[str, Tensor]]:
    """Dimensions and weights of an openai-whisper checkpoint. Raises BadInput for another file."""
    content = _load(path)
    try:
        return ModelDimensions(**content["dims"]), content["model_state_dict"]
    except (KeyError, TypeError):
        raise BadInput(
            f"{path} is no openai-whisper checkpoint: it lacks dims and model_state_dict"
        ) from None


def _load(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror})") from None
    except (EOFError, RuntimeError, UnpicklingError) as error:
        raise BadInput(
            f"{path} is damaged or no checkpoint ({type(error).__name__}); copy it again"
        ) from None
