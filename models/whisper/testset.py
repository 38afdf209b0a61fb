"""The frozen test: sentences, voices and lines that the recipe defines by seed and nobody trained on.

No sound is kept: espeak-ng makes it again, the same each time but for a few samples.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from whisper.audio import log_mel_spectrogram

from models.whisper.corpus import Corpus, syllables
from models.whisper.network import Network
from models.whisper.synthesis import HELD_OUT, TRAINED, any_voice, speak
from stt.audio import RATE, Floats, to_float, to_int16
from stt.metrics import cer
from stt.resample import Resampler
from stt.telephone import through_telephone

SHORTEST, LONGEST = 8, 32  # syllables of a test sentence
NOISE, LOSS = (5.0, 30.0), (0.0, 0.0, 0.01, 0.02)  # dB; share of packets


@dataclass(frozen=True, slots=True)
class Clip:
    """One test clip: float32 at 16 kHz, and in which part of the test it is."""

    part: str
    text: str
    sound: Floats
    snr: float = 28.0  # dB of voice over noise


def frozen(corpus: Corpus, each: int = 100, seed: int = 99) -> list[Clip]:
    """`each` clips a part: consultation or general text, in voices trained on or held out, 5 to 30 dB of noise."""
    parts = {
        "domain, known voices": (unheard(corpus.held_domain, corpus), TRAINED),
        "domain, new voices": (unheard(corpus.held_domain, corpus), HELD_OUT),
        "general, new voices": (unheard(corpus.held_general, corpus), HELD_OUT),
    }
    dice = random.Random(seed)
    clips: list[Clip] = []
    for part, (phrases, voices) in parts.items():
        while sum(clip.part == part for clip in clips) < each:
            text = f"{dice.choice(phrases)} {dice.choice(phrases)}"
            if SHORTEST <= syllables(text) <= LONGEST:
                snr = dice.uniform(*NOISE)
                clips.append(Clip(part, text, over_the_line(text, dice, voices, snr), snr))
    return clips


def unheard(phrases: Sequence[str], corpus: Corpus) -> list[str]:
    """Those that stand in no text that is trained on, not even as a part."""
    trained = "\n".join((*corpus.general, *corpus.domain, *corpus.sample))
    return [phrase for phrase in phrases if phrase not in trained]


def over_the_line(text: str, dice: random.Random, voices: tuple[str, ...], snr: float) -> Floats:
    """The text in one of the voices, over the fixed line of `stt.telephone`, float32 at 16 kHz."""
    said = speak(text, any_voice(dice, voices))
    assert said is not None, text
    resampler = Resampler(22_050)
    samples = np.concatenate([resampler.push(said.samples), resampler.finish()])
    level = 10 ** (dice.uniform(-28, -18) / 20)
    loud = to_float(samples)
    loud = loud * np.float32(level / np.sqrt((loud**2).mean() + 1e-12))
    heard = through_telephone(
        to_int16(loud), RATE, snr_db=snr, loss=dice.choice(LOSS), seed=dice.getrandbits(32)
    )
    return to_float(heard)


@torch.no_grad()
def errors(network: Network, clips: Sequence[Clip]) -> dict[str, float]:
    """CER of each part as the network itself reads it, in windows as long as the sound."""
    network.eval()
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    ordered = sorted(clips, key=lambda clip: len(clip.sound))
    for at in range(0, len(ordered), 8):
        some = ordered[at : at + 8]
        window = (max(len(clip.sound) for clip in some) // 320 + 26) * 320
        mel = torch.stack(
            [
                log_mel_spectrogram(
                    torch.from_numpy(np.pad(clip.sound, (0, window - len(clip.sound)))),
                    n_mels=network.dims.n_mels,
                )
                for clip in some
            ]
        )
        for clip, text in zip(some, network.transcribe(mel), strict=True):
            pairs[clip.part].append((clip.text, text))
    network.train()
    return {
        part: round(cer([said for said, _ in both], [heard for _, heard in both]).rate, 4)
        for part, both in sorted(pairs.items())
    }
