"""Train the bundled speech model, or go on with any Whisper checkpoint.

    python -m models.whisper.train --data DATA --out WORK --minutes 90                    synthesised speech, from nothing
    python -m models.whisper.train --data DATA --out WORK --minutes 60 --from WORK/last.pt --resume
    python -m models.whisper.train --segments EXPORT/segments.jsonl --from small.pt --out WORK --minutes 600 --rate 1e-5

`--from` takes an openai-whisper checkpoint of any size, or one that this script wrote. With `--segments` the
sound is what people recorded and reviewed (`sangdam stt dataset`), otherwise espeak-ng speaks while the network
learns. The learning rate follows the clock: full for the first half, then down to nothing at the end.
Checkpoints every few minutes: WORK/last.pt, and WORK/best.pt, the one with the fewest errors on held-out text.
Then: python -m models.whisper.export WORK/best.pt MODEL.pt
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path

import torch
from whisper.model import ModelDimensions

from models.whisper.corpus import Corpus, read_corpus
from models.whisper.dataset import WINDOW
from models.whisper.losses import losses
from models.whisper.network import Network, from_training, from_whisper, is_training_checkpoint
from models.whisper.segments import read_segments
from models.whisper.tensors import ahead, recorded, synthetic
from models.whisper.testset import Clip, errors, frozen
from models.whisper.vocabulary import Vocabulary

# --- arguments
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
parser.add_argument("--data", type=Path, help="folder of the public sets (models/whisper/corpus.py)")
parser.add_argument("--segments", type=Path, help="segments.jsonl of reviewed recordings, instead of --data")
parser.add_argument("--from", dest="start", type=Path, help="checkpoint to go on with")
parser.add_argument("--out", type=Path, required=True)
parser.add_argument("--minutes", type=float, required=True)
parser.add_argument(
    "--rate", type=float, default=1.8e-3, help="highest learning rate; 1e-5 for a real checkpoint"
)
parser.add_argument("--frames", type=int, default=4_400, help="mel frames a batch, a hundred a second")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--save-every", type=float, default=6.0, help="minutes")
parser.add_argument("--short-windows", action="store_true", help="with --segments: do not pad to 30 seconds")
parser.add_argument("--by-syllable", action="store_true", help="learn syllables one by one (vocabulary.py)")
parser.add_argument("--resume", action="store_true", help="continue the schedule that --from was in")
parser.add_argument("--seed", type=int, default=0)
given = parser.parse_args()
if (given.data is None) == (given.segments is None):
    parser.error("give --data or --segments")
if given.segments is not None and given.start is None:
    parser.error("--segments needs --from: segments alone are too few to begin with")
torch.set_num_threads(given.threads)
torch.manual_seed(given.seed)
given.out.mkdir(parents=True, exist_ok=True)

# --- data
corpus: Corpus | None = None
if given.data is not None:
    corpus = read_corpus(given.data)
    texts = list(corpus.all())
    clips = frozen(corpus, each=40)
else:
    segments = {split: read_segments(given.segments, split) for split in ("train", "dev")}
    texts = [one.text for split in segments.values() for one in split]
    clips = [Clip("dev", one.text, one.sound) for one in segments["dev"]]

# --- model
begun = 0.0  # how far a resumed schedule is
if given.start is None:
    dims = ModelDimensions(80, 1_500, 128, 2, 4, 51_865, 448, 128, 2, 2)
    network = Network(dims, Vocabulary.of(texts, by_syllable=given.by_syllable))
elif is_training_checkpoint(given.start):
    network = from_training(given.start)
    if given.resume:
        begun = float(torch.load(given.start, weights_only=True)["progress"])
else:
    network = from_whisper(given.start, texts, given.by_syllable)
mels = network.dims.n_mels
if corpus is not None:
    queue, tell = ahead(synthetic, corpus, network.vocabulary, given.frames, mels, given.seed)
else:
    window = None if given.short_windows else WINDOW
    queue, tell = ahead(
        recorded, segments["train"], network.vocabulary, given.frames, mels, given.seed, window
    )
optimiser = torch.optim.AdamW(network.parameters(), lr=given.rate, betas=(0.9, 0.98), weight_decay=0.02)
print(
    f"{sum(p.numel() for p in network.parameters()):,} parameters, {len(network.vocabulary.tokens)} tokens",
    flush=True,
)


def save(name: str, progress: float, rates: dict[str, float]) -> None:
    """Write a checkpoint whole or not at all."""
    content = {
        "network": network.state_dict(),
        "tokens": list(network.vocabulary.tokens),
        "by_syllable": network.vocabulary.by_syllable,
        "dims": dict(vars(network.dims)),
        "progress": progress,
        "cer": rates,
    }
    torch.save(content, given.out / f".{name}")
    os.replace(given.out / f".{name}", given.out / name)


# --- loop
dice = random.Random(given.seed)
start = saved = logged = time.monotonic()
seconds = given.minutes * 60
step, sums, best = 0, torch.zeros(4), float("inf")
while (elapsed := time.monotonic() - start) < seconds:
    progress = begun + (1 - begun) * elapsed / seconds
    tell(progress)
    warm, falling = min(1.0, (step + 1) / 300), min(1.0, max(0.01, 2 * (1 - progress)))
    for group in optimiser.param_groups:
        group["lr"] = given.rate * warm * falling
    batch = queue.get()
    if dice.random() < 0.5:  # a band of up to eight mels goes unheard (SpecAugment)
        first = dice.randrange(mels - 10)
        batch.mel[:, first : first + dice.randint(1, 8)] = batch.mel.mean()
    loss = losses(network, batch, with_ctc=corpus is not None)
    optimiser.zero_grad()
    loss.total.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    step += 1
    sums += torch.stack([loss.token, loss.ctc, loss.guide, loss.pooled]).detach()
    if step % 100 == 0:
        token, ctc, guide, pooled = (sums / 100).tolist()
        now = time.monotonic()
        print(
            f"step {step} {progress:.3f} rate {optimiser.param_groups[0]['lr']:.1e} token {token:.3f} ctc {ctc:.3f}"
            f" guide {guide:.3f} pooled {pooled:.3f} {(now - logged) / 100:.2f} s a step",
            flush=True,
        )
        logged = now
        sums.zero_()

    # --- evaluation
    if time.monotonic() - saved > given.save_every * 60:
        rates = errors(network, clips)
        print(f"CER {rates}", flush=True)
        save("last.pt", progress, rates)
        if sum(rates.values()) < best:
            best = sum(rates.values())
            save("best.pt", progress, rates)
        saved = time.monotonic()

# --- manifest
rates = errors(network, clips)
save("last.pt", 1.0, rates)
if sum(rates.values()) <= best:
    save("best.pt", 1.0, rates)
about = {
    "steps": step,
    "minutes": given.minutes,
    "from": str(given.start.name) if given.start else "",
    "trained_on": "espeak-ng" if corpus is not None else "reviewed segments",
    "cer": rates,
}
(given.out / "manifest.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")
print(json.dumps(about, ensure_ascii=False))
