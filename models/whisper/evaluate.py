"""How well a finished model hears the frozen test, in the engines that people run.

    python -m models.whisper.evaluate --data DATA --model MODEL.pt --ctranslate FOLDER [--each 100] [--out FILE.json]

Character error rate (no spaces, no punctuation) of each part of the test in openai-whisper and in
faster-whisper (30-second windows, their own defaults, but Korean given, no timestamps, no second try at a higher temperature), and in the program's
own recogniser, which gives a model that knows them short windows; besides, the sentences of the sample
consultations in the voices and over the line of the demonstration, the distance of word times from the
synthesiser's, and what is written where nobody speaks.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from consultation.types import Word
from data.speech.espeak import Voice
from data.speech.prepare import AGENTS, CITIZENS, to_8k
from models.whisper.corpus import read_corpus
from models.whisper.synthesis import speak
from models.whisper.testset import Clip, frozen
from stt.audio import Floats, Upsampler, to_float
from stt.ctranslate import CTranslateRecogniser
from stt.metrics import cer, word_time_error
from stt.recogniser import Listen
from stt.telephone import through_telephone

SAMPLE = "sample sentences"  # trained on; as the demonstration speaks them

Hear = Callable[[Floats], str]


def demonstration(sentences: Sequence[str], count: int, seed: int = 7) -> list[tuple[Clip, tuple[Word, ...]]]:
    """Sentences as data/speech speaks them, with the times of their words."""
    dice = random.Random(seed)
    made = []
    for text in dice.sample(list(sentences), min(count, len(sentences))):
        said = speak(text, Voice(dice.choice(AGENTS + CITIZENS), dice.choice((160, 175)), 50))
        if said is None:
            continue
        narrow = through_telephone(to_8k(said.samples), 8_000, snr_db=28, seed=dice.getrandbits(32))
        wide = Upsampler()
        sound = to_float(np.concatenate([wide.push(narrow), wide.push(np.zeros(480, np.int16))]))
        made.append((Clip(SAMPLE, text, sound), said.words))
    return made


def rates(clips: Sequence[Clip], hear: Hear) -> dict[str, float]:
    """CER of each part, of all, and of new sentences by noise."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for clip in clips:
        heard = hear(clip.sound)
        pairs[clip.part].append((clip.text, heard))
        pairs["all"].append((clip.text, heard))
        if clip.part != SAMPLE:
            pairs["20 dB and better" if clip.snr >= 20 else "under 20 dB"].append((clip.text, heard))
    return {
        part: round(cer([said for said, _ in both], [heard for _, heard in both]).rate, 4)
        for part, both in pairs.items()
    }


def openai(path: Path) -> Hear:
    """openai-whisper's own `transcribe`."""
    import whisper
    from whisper.transcribe import transcribe

    model = whisper.load_model(str(path), device="cpu")

    def hear(sound: Floats) -> str:
        result = transcribe(
            model,
            sound,
            language="ko",
            fp16=False,
            without_timestamps=True,
            condition_on_previous_text=False,
            temperature=0.0,
        )
        return str(result["text"])

    return hear


def faster(folder: Path) -> Hear:
    """faster-whisper's own `transcribe`."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(sound: Floats) -> str:
        segments, _ = model.transcribe(
            sound, language="ko", without_timestamps=True, condition_on_previous_text=False, temperature=0.0
        )
        return "".join(segment.text for segment in segments)

    return hear


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="openai-whisper file")
    parser.add_argument("--ctranslate", type=Path, required=True, help="the same, by sangdam stt convert")
    parser.add_argument("--each", type=int, default=100, help="clips a part")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()

    corpus = read_corpus(given.data)
    clips = frozen(corpus, given.each)
    spoken = demonstration(corpus.sample, given.each)
    clips += [clip for clip, _ in spoken]
    recogniser = CTranslateRecogniser.open(given.ctranslate, "cpu", "int8")
    engines: dict[str, Hear] = {
        "short windows (sangdam, int8)": lambda sound: recogniser.recognise(sound, Listen(words=False)).text,
        "faster-whisper int8": faster(given.ctranslate),
        "openai-whisper": openai(given.model),
    }
    seconds = sum(len(clip.sound) for clip in clips) / 16_000
    result: dict[str, object] = {"clips": len(clips), "seconds": round(seconds)}
    for name, hear in engines.items():
        began = time.process_time()
        found = rates(clips, hear)
        used = (time.process_time() - began) / seconds
        result[name] = {**found, "processor seconds a second": round(used, 4)}
        print(name, result[name], flush=True)
    errors = [word_time_error(words, recogniser.recognise(clip.sound).words) for clip, words in spoken]
    result["word times, mean distance in seconds"] = round(float(np.mean(errors)), 3)
    noise = np.random.default_rng(0).standard_normal(80_000).astype(np.float32) * np.float32(0.003)
    for name, hear in engines.items():
        result[f"{name}: silence, hiss"] = [hear(np.zeros(80_000, np.float32)), hear(noise)]
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if given.out is not None:
        given.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
