"""Question: how much faster is CTranslate2 (int8) than openai-whisper for the same checkpoint on this CPU, at what
cost in errors, and what would checkpoints of real sizes take?

Method: one thread each, greedy, no time stamps, the same limit of tokens.
  checkpoint   the bundled one, or --pt FILE with --ct2 FOLDER made of it by `sangdam stt convert`. Clips are turns of
               the calls that ship with the program (telephone quality, at most --clips, spread over all calls), each
               decoded once by every engine, in turn, clip by clip, after a warm-up:
                 openai-whisper, float32, 30 s windows (it has no others)
                 CTranslate2, int8, 30 s windows: the same work, so the fair ratio
                 CTranslate2, int8, windows of the sound's length, where the checkpoint was trained so: how we run it
               CER against the script, and against openai-whisper's text. Times with and without word times.
  sizes        --sizes base,small,turbo: random weights (fp16) in those dimensions, converted to int8 by our
               converter; a 30 s window and exactly --tokens tokens, the end being forbidden; median of --times; without and
               with word times (openai-whisper hears the sound once more for them). For --reference base,small
               openai-whisper does the same. What a decoding takes gives `channels`: those
               one core hears at once (stt/capacity.py: partials every second / finals only, 40 % talk).
Seconds are CPU seconds of the process (all its threads), which other work on the machine disturbs least; wall time is
given beside them.

Command: OMP_NUM_THREADS=1 python tests/benchmarks/bench_stt_engines.py [--clips 60] [--sizes base,small] [--reference base]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import torch
import whisper
from whisper.decoding import DecodingOptions
from whisper.model import AudioEncoder, ModelDimensions, TextDecoder
from whisper.timing import find_alignment
from whisper.tokenizer import get_tokenizer

from consultation.bundled import bundled
from stt.audio import RATE, Floats, to_16k, to_float
from stt.capacity import Decoding, capacity
from stt.convert import convert
from stt.ctranslate import CTranslateRecogniser, max_length
from stt.evaluation import machine
from stt.files import read_sound
from stt.metrics import cer
from stt.openai_whisper import OpenAIWhisperRecogniser
from stt.recogniser import Listen, Recogniser

SIZES = {
    "tiny": ModelDimensions(80, 1500, 384, 6, 4, 51_865, 448, 384, 6, 4),
    "base": ModelDimensions(80, 1500, 512, 8, 6, 51_865, 448, 512, 8, 6),
    "small": ModelDimensions(80, 1500, 768, 12, 12, 51_865, 448, 768, 12, 12),
    "medium": ModelDimensions(80, 1500, 1024, 16, 24, 51_865, 448, 1024, 16, 24),
    "turbo": ModelDimensions(128, 1500, 1280, 20, 32, 51_866, 448, 1280, 20, 4),
}
DETECTOR = 0.003  # seconds for a second of sound: bench_stt_vad.py


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, CPU seconds, wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def clips(most: int) -> list[tuple[str, Floats]]:
    turns = [
        (script.with_suffix(".opus"), turn)
        for script in sorted(bundled("calls").glob("*.json"))
        for turn in json.loads(script.read_text("utf-8"))["turns"]
        if turn["end"] - turn["start"] < 29
    ]
    out = []
    for path, turn in turns[:: max(1, len(turns) // most)][:most]:
        sound = read_sound(path)
        first, last = round((turn["start"] - 0.3) * sound.rate), round((turn["end"] + 0.3) * sound.rate)
        side = sound.samples[max(0, first) : last, 0 if turn["speaker"] == "citizen" else 1]
        out.append((turn["text"], to_float(to_16k(np.ascontiguousarray(side), sound.rate))))
    return out


def whole_windows(folder: Path, scratch: Path) -> Path:
    """The same model, given 30 s like any other."""
    target = scratch / "whole"
    target.mkdir()
    for path in folder.iterdir():
        if path.name != "manifest.json":
            (target / path.name).symlink_to(path.resolve())
    return target


def compare_engines(pt: Path, ct2: Path, most: int, scratch: Path) -> dict[str, Any]:
    ours = CTranslateRecogniser.open(ct2, "cpu", "int8", threads=1)
    engines: dict[str, Recogniser] = {
        "openai-whisper, 30 s": OpenAIWhisperRecogniser.open(str(pt), "cpu", threads=1),
        "ctranslate2 int8, 30 s": CTranslateRecogniser.open(
            whole_windows(ct2, scratch), "cpu", "int8", threads=1
        ),
        "ctranslate2 int8, short": ours,
    }
    chosen = clips(most)
    for engine in engines.values():
        engine.recognise(chosen[0][1])
    texts: dict[str, list[str]] = {name: [] for name in engines}
    spent = {(name, words): [0.0, 0.0] for name in engines for words in (False, True)}
    for _, sound in chosen:
        for name, engine in engines.items():
            for words in (False, True):
                heard, cpu, wall = timed(lambda e=engine, w=words, s=sound: e.recognise(s, Listen(words=w)))
                spent[name, words][0] += cpu
                spent[name, words][1] += wall
            texts[name].append(heard.text)
    said = [text for text, _ in chosen]
    seconds = sum(len(sound) for _, sound in chosen) / RATE
    reference = "openai-whisper, 30 s"
    return {
        "checkpoint": ours.name,
        "clips": len(chosen),
        "seconds": round(seconds, 1),
        "engines": {
            name: {
                "cer": round(cer(said, texts[name]).rate, 4),
                "cer_against_openai": round(cer(texts[reference], texts[name]).rate, 4),
                "cpu_s": round(spent[name, False][0], 2),
                "cpu_s_with_words": round(spent[name, True][0], 2),
                "wall_s": round(spent[name, False][1], 2),
                "rtf": round(spent[name, False][0] / seconds, 4),
                "times_as_fast": round(spent[reference, False][0] / spent[name, False][0], 2),
                "times_as_fast_with_words": round(spent[reference, True][0] / spent[name, True][0], 2),
            }
            for name in engines
        },
    }


def random_checkpoint(dims: ModelDimensions, path: Path) -> None:
    """Weights of about the right scale in half precision; a large model is never held in full precision."""
    d = dims
    with torch.device("meta"):
        encoder = AudioEncoder(d.n_mels, d.n_audio_ctx, d.n_audio_state, d.n_audio_head, d.n_audio_layer)
        decoder = TextDecoder(d.n_vocab, d.n_text_ctx, d.n_text_state, d.n_text_head, d.n_text_layer)
    shapes = {f"encoder.{name}": tensor for name, tensor in encoder.state_dict().items()}
    shapes |= {f"decoder.{name}": tensor for name, tensor in decoder.state_dict().items()}
    generator = torch.Generator().manual_seed(0)
    block = torch.randn(1 << 20, generator=generator).half() * 0.02
    weights = {}
    for name, tensor in shapes.items():
        if "ln" in name:
            weights[name] = torch.full(tensor.shape, 1.0 if name.endswith("weight") else 0.0).half()
        else:  # a stretch of the same noise, begun elsewhere each time
            turned = block.roll(len(weights) * 7919)
            weights[name] = turned.repeat(-(-tensor.numel() // len(block)))[: tensor.numel()].reshape(
                tensor.shape
            )
    torch.save({"dims": vars(dims), "model_state_dict": weights}, path)


def time_size(name: str, tokens: int, times: int, scratch: Path, with_reference: bool) -> dict[str, Any]:
    dims = SIZES[name]
    pt = scratch / f"{name}.pt"
    random_checkpoint(dims, pt)
    folder, converting, _ = timed(lambda: convert(pt, scratch / name))
    opened = CTranslateRecogniser.open(folder, "cpu", "int8", threads=1)
    sound = np.random.default_rng(0).normal(0, 0.1, 30 * RATE).astype(np.float32)
    end = opened._tokenizer.eot
    encodes, generates, aligns, walls = [], [], [], []
    for _ in range(times + 1):
        encoded, cpu, wall = timed(lambda: opened._model.encode(opened._features(sound)))
        result, more, longer = timed(
            lambda e=encoded: opened._model.model.generate(
                e,
                [opened._start],
                beam_size=1,
                max_length=max_length(len(opened._start), tokens),
                suppress_tokens=[-1, end],
            )
        )
        written = result[0].sequences_ids[0]
        assert len(written) == tokens
        aligns.append(timed(lambda e=encoded, w=written: opened._words(e, w, len(sound)))[1])
        encodes.append(cpu)
        generates.append(more)
        walls.append(wall + longer)
    encode, generate = statistics.median(encodes[1:]), statistics.median(generates[1:])
    align = statistics.median(aligns[1:])
    both = Decoding(30.0, encode + generate, encode + generate + align)
    room = {line.talk: line for line in capacity([both], DETECTOR)}[0.4]
    found: dict[str, Any] = {
        "mb": round((folder / "model.bin").stat().st_size / 1e6),
        "encode_s": round(encode, 3),
        f"generate_{tokens}_s": round(generate, 3),
        "decoding_s": round(encode + generate, 3),
        "with_words_s": round(encode + generate + align, 3),
        "wall_s": round(statistics.median(walls[1:]), 3),
        "channels": [round(room.with_partials, 2), round(room.finals_only, 2)],
        "convert_cpu_s": round(converting, 1),
    }
    if with_reference:
        model = whisper.load_model(str(pt), device="cpu")
        mel = whisper.log_mel_spectrogram(torch.from_numpy(sound), n_mels=dims.n_mels)
        options = DecodingOptions(
            language="ko", without_timestamps=True, fp16=False, sample_len=tokens, suppress_tokens=[end]
        )
        tokenizer = get_tokenizer(True, num_languages=model.num_languages, language="ko", task="transcribe")
        spent, aligned = [], []
        for _ in range(times + 1):
            torch.set_num_threads(1)  # numba, below, sets its own number
            numba.set_num_threads(1)
            decoded, cpu, _ = timed(lambda: model.decode(mel, options))
            spent.append(cpu)
            aligned.append(
                timed(lambda d=decoded: find_alignment(model, tokenizer, d.tokens[:tokens], mel, 3000))[1]
            )
        plain, words = statistics.median(spent[1:]), statistics.median(aligned[1:])
        found["openai_decoding_s"], found["openai_with_words_s"] = round(plain, 3), round(plain + words, 3)
        found["times_as_fast"] = round(plain / (encode + generate), 2)
        found["times_as_fast_with_words"] = round((plain + words) / (encode + generate + align), 2)
    pt.unlink()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--pt", type=Path)
    parser.add_argument("--ct2", type=Path)
    parser.add_argument("--sizes", default="")
    parser.add_argument("--reference", default="")
    parser.add_argument("--tokens", type=int, default=20)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    load = os.getloadavg()[0]
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-stt-") as folder:
        scratch = Path(folder)
        if options.clips:
            pt, ct2 = (
                options.pt or bundled("whisper") / "model.pt",
                options.ct2 or bundled("whisper") / "ctranslate2",
            )
            result |= compare_engines(pt, ct2, options.clips, scratch)
            for name, figures in result["engines"].items():
                print(name, figures)
        result["sizes"] = {}
        for name in filter(None, options.sizes.split(",")):
            reference = name in options.reference.split(",")
            result["sizes"][name] = time_size(name, options.tokens, options.times, scratch, reference)
            print(name, result["sizes"][name])
    versions = {"torch": torch.__version__, "openai-whisper": whisper.__version__}
    print(json.dumps({**result, "load_before": round(load, 2), "machine": {**machine(), **versions}}))


if __name__ == "__main__":
    main()
