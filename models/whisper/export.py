"""A training checkpoint as a stock openai-whisper file: python -m models.whisper.export CHECKPOINT OUT.pt [--base BASE.pt]

The trained rows go back into Whisper's full token table, the helping heads are dropped, everything
becomes float16. Rows that nobody trained keep the base's values; where those are zero they are pointed away
from everything the decoder says, so that an untrained token is never likely. The file's entries are
deflated: PyTorch opens that as any other, and half of the table takes no room.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from consultation.errors import BadInput
from models.whisper.network import Network, from_training, read_checkpoint
from stt.weights import ABOUT

NEVER = -12.0  # logit to which an untrained token is pointed; spoken ones lie around +5 to +20


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", type=Path, help="the checkpoint that --from named, when it was a real one")
    given = parser.parse_args()
    base = read_checkpoint(given.base)[1]["decoder.token_embedding.weight"] if given.base else None
    print(f"{given.out}: {export(from_training(given.checkpoint), given.out, base) / 1e6:.1f} MB")


def export(
    network: Network, out: Path, base: Tensor | None = None, about: Mapping[str, object] | None = None
) -> int:
    """Write `out`; returns its bytes.

    `base`: the token table the training started from; `about`: what `sangdam stt convert` shall know of the file.
    """
    state = {name: value.detach() for name, value in network.whisper.state_dict().items()}
    state["decoder.token_embedding.weight"] = whole_table(network, base)
    half = {name: value.to(torch.float16).contiguous() for name, value in state.items()}
    draft = out.with_name(out.name + ".draft")
    content = {"dims": dict(vars(network.dims)), "model_state_dict": half, ABOUT: dict(about or {})}
    torch.save(content, draft)
    deflate(draft, out)
    draft.unlink()
    return out.stat().st_size


def whole_table(network: Network, base: Tensor | None = None) -> Tensor:
    """Whisper's token table, (vocabulary, state), float32."""
    vocabulary = network.vocabulary
    if base is None:
        base = torch.zeros(vocabulary.size, network.dims.n_text_state)
    if base.shape != (vocabulary.size, network.dims.n_text_state):
        raise BadInput(
            f"the base's token table is {tuple(base.shape)}; it is not what the training started from"
        )
    table = base.float().clone()
    table[table.abs().sum(1) == 0] = unlikely(network)
    table[torch.tensor(vocabulary.tokens)] = network.table.detach()
    return table


@torch.no_grad()
def unlikely(network: Network) -> Tensor:
    """A row (state,) that any state of the decoder answers with a logit of about NEVER.

    Least squares over states met on noise and prompts of random tokens; identical rows deflate to nothing.
    """
    dice = torch.Generator().manual_seed(0)
    start = torch.tensor([network.vocabulary.prefix] * 16)
    followed = torch.randint(0, len(network.vocabulary.tokens), (16, 40), generator=dice)
    mel = torch.randn(16, network.dims.n_mels, 400, generator=dice) * 0.4
    states = network.states(torch.cat([start, followed], 1), network.encode(mel))[0].flatten(0, 1)
    wanted = torch.full((len(states), 1), NEVER)
    ridge = 1e-2 * len(states) * torch.eye(states.shape[1])
    return torch.linalg.solve(states.T @ states + ridge, states.T @ wanted)[:, 0]


def deflate(source: Path, target: Path) -> None:
    """The same zip file with its entries compressed."""
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
