"""What one step minimises: the next token, jamo by CTC, where to listen, and what is said there.

Attention cross-entropy alone teaches a small model to recite; CTC teaches its encoder to hear (joint
training: Kim, Hori & Watanabe, ICASSP 2017). As the synthesiser tells when each word is spoken, the
attention of each layer's first head is led there (guided attention: Tachibana et al., ICASSP 2018), and
the frames of a token must say it by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from models.whisper.network import Network
from models.whisper.tensors import IGNORE, Batch

SMOOTHING = 0.05
BEFORE, AFTER = 3, 4  # encoder frames around a token in which attention is welcome
CTC, GUIDE, POOLED = 0.5, 0.2, 0.5  # weights beside the attention's 1


@dataclass(frozen=True, slots=True)
class Losses:
    """Scalars; `total` is what is minimised."""

    token: Tensor
    ctc: Tensor
    guide: Tensor
    pooled: Tensor

    @property
    def total(self) -> Tensor:
        """The weighted sum."""
        return self.token + CTC * self.ctc + GUIDE * self.guide + POOLED * self.pooled


def losses(network: Network, batch: Batch, *, with_ctc: bool = True) -> Losses:
    """All of them for one batch; what a batch has no times for is 0."""
    heard = network.encode(batch.mel)
    logits, attention = network.decode(batch.tokens, heard)
    token = F.cross_entropy(
        logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORE, label_smoothing=SMOOTHING
    )
    none = torch.zeros(())
    ctc = _ctc(network, heard, batch.jamo) if with_ctc else none
    first, last = _limits(batch)
    frames = torch.arange(heard.shape[1])
    near = ((frames >= first - BEFORE) & (frames <= last + AFTER)).float()
    timed = near.sum(-1) > 0
    if not timed.any():
        return Losses(token, ctc, none, none)
    guide = torch.stack([-((w * near).sum(-1)[timed] + 1e-6).log().mean() for w in attention]).sum()
    inside = ((frames >= first - 1) & (frames <= last + 1)).float()
    count = inside.sum(-1, keepdim=True)
    spoken = count[..., 0] > 0
    mean = (inside @ heard) / count.clamp(min=1)
    pooled = F.cross_entropy(
        network.pooled(mean[spoken]) @ network.table.T, batch.targets[spoken], label_smoothing=SMOOTHING
    )
    return Losses(token, ctc, guide, pooled)


def _ctc(network: Network, heard: Tensor, letters: list[list[int]]) -> Tensor:
    """CTC over all frames of the window; a text that has no room in them counts nothing."""
    flat = torch.tensor([letter for text in letters for letter in text], dtype=torch.long)
    lengths = torch.tensor([len(text) for text in letters])
    return F.ctc_loss(
        network.ctc(heard).log_softmax(-1).transpose(0, 1),
        flat,
        torch.full((len(letters),), heard.shape[1]),
        lengths,
        zero_infinity=True,
    )


def _limits(batch: Batch) -> tuple[Tensor, Tensor]:
    """First and last frame of the token at each place (batch, length, 1); an empty range where there is none."""
    shape = (*batch.targets.shape, 1)
    first, last = torch.full(shape, 1e9), torch.full(shape, -1e9)
    for row, spans in enumerate(batch.spans):
        for place, start, end in spans:
            first[row, place], last[row, place] = start, end
    return first, last
