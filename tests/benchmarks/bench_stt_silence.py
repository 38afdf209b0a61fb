"""Question: does anything become text that nobody said, and is anything lost that somebody said?

Part one, with the bundled model (--model FOLDER for another) and the real detector: --minutes minutes each of what
telephone lines carry while nobody talks, through stt/telephone.py, as a live channel with partials: digital
silence, ringback, busy tone, DTMF, white and pink noise that swells, hold music of chords with melody and drums, and
hold music with singing, in three ways: vowels sung over the chords; espeak-ng sentences whose spectral
envelope sings notes with vibrato over the chords, and the same unaccompanied; espeak-ng words each shifted to a note,
over the chords and over faint ones. Counted: characters shown, partials and finals. Beside it the model alone on the first minute of the same
sound in windows of 10 seconds, as a loop around a file-oriented recogniser has it.

Part two, with the simulated recogniser, whose truth is known: the sample calls with hallucinations injected at
--rate of the utterances each (closing phrases after speech, other scripts, repetitions) and one in ten seconds
of silence. "invented": characters that are not of the truth, guard off and on; "lost": characters of clean text that the
guard takes out.

Command: python tests/benchmarks/bench_stt_silence.py [--minutes 10] [--rate 0.2] [--model FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from consultation.text import squeeze
from consultation.types import Speaker, Utterance, Word
from data.speech.espeak import RATE as ESPEAK_RATE
from data.speech.espeak import Voice, espeak
from stt.audio import RATE, Samples, to_float, to_int16
from stt.engines import open_recogniser
from stt.error_model import CLOSINGS
from stt.guard import guard
from stt.live import LiveTranscriber
from stt.recogniser import Listen, Recogniser
from stt.simulated_calls import script_of
from stt.telephone import through_telephone

CALLS = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"
CHORDS = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7))
SCALE = (220.0, 246.9, 261.6, 293.7, 329.6, 392.0)
VOWELS = ((750, 1200, 2600), (300, 2200, 3000), (350, 800, 2400), (500, 1800, 2500), (450, 850, 2500))
SONG = (
    "나는 너를 사랑하네 별이 빛나는 밤에",
    "바람이 불어오는 곳 그곳으로 가네",
    "푸른 하늘 아래 우리 함께 걸어가요",
)
PIECE = 30  # seconds made at once

Wave = npt.NDArray[np.float64]
Dice = np.random.Generator


def clock(seconds: float) -> Wave:
    return np.arange(round(seconds * RATE)) / RATE


def silence(seconds: float, dice: Dice) -> Wave:
    return np.zeros(round(seconds * RATE))


def ringback(seconds: float, dice: Dice) -> Wave:
    at = clock(seconds)
    return np.where(at % 3 < 1, 0.15 * (np.sin(2 * np.pi * 440 * at) + np.sin(2 * np.pi * 480 * at)), 0)


def busy(seconds: float, dice: Dice) -> Wave:
    at = clock(seconds)
    return np.where(at % 1 < 0.5, 0.15 * (np.sin(2 * np.pi * 480 * at) + np.sin(2 * np.pi * 620 * at)), 0)


def dtmf(seconds: float, dice: Dice) -> Wave:
    out = np.zeros(round(seconds * RATE))
    at = 0
    while at < len(out):
        length = min(round(RATE * dice.uniform(0.08, 0.3)), len(out) - at)
        low, high = dice.choice((697, 770, 852, 941)), dice.choice((1209, 1336, 1477, 1633))
        time = np.arange(length) / RATE
        out[at : at + length] = 0.2 * (np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time))
        at += length + round(RATE * dice.uniform(0.05, 1.5))
    return out


def noise(seconds: float, dice: Dice, slope: float = 0.0) -> Wave:
    spectrum = np.fft.rfft(dice.normal(0, 1, round(seconds * RATE)))
    spectrum /= np.maximum(1, np.arange(len(spectrum))) ** slope
    wave = np.fft.irfft(spectrum, round(seconds * RATE))
    swell = 0.02 + 0.05 * (1 + np.sin(2 * np.pi * clock(seconds) / 7))
    return np.asarray(wave / wave.std() * swell)


def chords(seconds: float, dice: Dice) -> Wave:
    out = np.zeros(round(seconds * RATE))
    for beat, at in enumerate(range(0, len(out), RATE // 2)):
        notes = CHORDS[beat // 4 % 4]
        if beat % 4 == 0:
            for note in notes:
                add(out, at, 0.06 * plucked(note, 2 * RATE, dice))
        add(out, at, 0.12 * plucked(2 * dice.choice(notes), RATE // 2, dice))
        if beat % 2 == 0:
            add(out, at, 0.1 * dice.normal(0, 1, 2000) * np.exp(-np.arange(2000) / 300))
    return out


def plucked(note: float, length: int, dice: Dice) -> Wave:
    time = np.arange(length) / RATE
    wave = sum(
        np.sin(2 * np.pi * note * k * time + dice.uniform(0, 6)) / k**1.3
        for k in range(1, 9)
        if note * k < 7000
    )
    return np.asarray(wave * np.minimum(1, time / 0.02) * np.exp(-time / 1.5))


def add(out: Wave, at: int, wave: Wave) -> None:
    length = max(0, min(len(wave), len(out) - at))
    out[at : at + length] += wave[:length]


def vowels(seconds: float, dice: Dice) -> Wave:
    out, at = 0.6 * chords(seconds, dice), 0
    while at < len(out):
        length = round(RATE * dice.choice((0.25, 0.35, 0.5, 0.75, 1.0)))
        pitch = dice.choice(CHORDS[at // (2 * RATE) % 4]) * dice.choice((0.5, 1.0, 1.0))
        time = np.arange(length) / RATE
        phase = np.cumsum(pitch * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * time))) / RATE
        formants = VOWELS[dice.integers(len(VOWELS))]
        wave = sum(
            (sum(np.exp(-(((k * pitch - f) / 120) ** 2)) for f in formants) + 0.01)
            * np.sin(2 * np.pi * k * phase)
            for k in range(1, int(3800 / pitch))
        )
        edges = np.minimum(1, time / 0.04) * np.minimum(1, (length / RATE - time) / 0.05)
        add(out, at, 0.25 * wave / np.abs(wave).max() * edges)
        at += length + (round(RATE * dice.uniform(0.3, 1.5)) if dice.random() < 0.1 else 0)
    return out


def spoken(dice: Dice) -> tuple[Wave, tuple[Word, ...]]:
    """A line of a song, spoken slowly, at 16 kHz."""
    voice = Voice(str(dice.choice(("f2", "m3", "f5", "m7"))), 80, int(dice.integers(30, 90)))
    said = espeak().say(str(dice.choice(SONG)), voice)
    return resampled(said.samples / 32_768, 1.0), said.words


def resampled(wave: Wave, ratio: float) -> Wave:
    at = np.arange(0, len(wave) - 1, ESPEAK_RATE / RATE * ratio)
    return np.interp(at, np.arange(len(wave)), wave)


def sung(seconds: float, dice: Dice, music: float) -> Wave:
    """Spectral envelopes of speech, drawn out, on pulses that hold notes."""
    out, at = music * chords(seconds, dice), 0
    while at < len(out):
        wave = on_notes(spoken(dice)[0], dice)
        add(out, at, 0.5 * wave / (np.abs(wave).max() + 1e-9) * 0.5)
        at += len(wave) + round(RATE * dice.uniform(0.2, 2))
    return out


def on_notes(speech: Wave, dice: Dice, slow: float = 1.8, hop: int = 160, size: int = 512) -> Wave:
    frames = int((len(speech) - size) / hop * slow)
    length = frames * hop + size
    pulses, phase, at = 0.02 * dice.normal(0, 1, length), 0.0, 0
    while at < length:
        time = np.arange(min(round(RATE * dice.choice((0.4, 0.6, 0.8))), length - at)) / RATE
        note = dice.choice(SCALE)
        turns = phase + np.cumsum(note * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * time))) / RATE
        pulses[at : at + len(time)] += (np.diff(np.floor([phase, *turns])) > 0) * np.sqrt(RATE / note)
        phase, at = turns[-1] % 1, at + len(time)
    out, window = np.zeros(length), np.hanning(size)
    for frame in range(frames):
        part = speech[int(frame / slow) * hop :][:size]
        cepstrum = np.fft.irfft(np.log(np.abs(np.fft.rfft(part * window)) + 1e-5))
        cepstrum[30:-30] = 0
        envelope = np.exp(np.fft.rfft(cepstrum).real)
        excited = np.fft.rfft(pulses[frame * hop : frame * hop + size] * window)
        out[frame * hop : frame * hop + size] += np.fft.irfft(excited * envelope) * window
    return out


def shifted(seconds: float, dice: Dice, music: float = 0.6) -> Wave:
    """Spoken words, each resampled to a note: pitch and formants move."""
    out, at = music * chords(seconds, dice), 0
    while at < len(out):
        said = espeak().say(str(dice.choice(SONG)), Voice(str(dice.choice(("f2", "f5", "m3"))), 80, 50))
        for word in said.words:
            wave = said.samples[round(word.start * ESPEAK_RATE) : round(word.end * ESPEAK_RATE)] / 32_768
            note = resampled(wave, 2 ** (dice.integers(-4, 8) / 12))
            add(out, at, 0.5 * note)
            at += len(note)
        at += round(RATE * dice.uniform(0.2, 2))
    return out


SOUNDS: dict[str, Callable[[float, Dice], Wave]] = {
    "silence": silence,
    "ringback": ringback,
    "busy tone": busy,
    "DTMF": dtmf,
    "white noise": noise,
    "pink noise": lambda seconds, dice: noise(seconds, dice, 0.5),
    "chords": chords,
    "sung vowels": vowels,
    "sung sentences": lambda seconds, dice: sung(seconds, dice, 0.6),
    "a cappella": lambda seconds, dice: sung(seconds, dice, 0.0),
    "shifted words": shifted,
    "over faint music": lambda seconds, dice: shifted(seconds, dice, 0.2),
}


def pieces(name: str, minutes: float) -> Iterator[Samples]:
    for number in range(round(minutes * 60 / PIECE)):
        dice = np.random.default_rng([number, len(name)])
        sound = to_int16(SOUNDS[name](PIECE, dice)[: PIECE * RATE])
        yield through_telephone(sound, RATE, snr_db=None if name == "silence" else 30.0, seed=number)


def carried(name: str, minutes: float, recogniser: Recogniser) -> dict[str, Any]:
    live = LiveTranscriber(Speaker.CITIZEN, recogniser=recogniser)
    heard: list[Utterance] = []
    alone = 0
    for number, sound in enumerate(pieces(name, minutes)):
        for at in range(0, len(sound), 1600):
            heard += live.push(sound[at : at + 1600])
        for at in range(0, len(sound) if number * PIECE < 60 else 0, 10 * RATE):
            part = to_float(sound[at : at + 10 * RATE])
            alone += len(squeeze(recogniser.recognise(part, Listen(words=False)).text))
    heard += live.finish()
    return {
        "characters": sum(len(squeeze(u.text)) for u in heard),
        "finals": sum(u.is_final for u in heard),
        "partials": sum(not u.is_final for u in heard),
        "voiced_seconds": round(sum(b - a for a, b in live.voiced), 1),
        "taken_out": dict(live.taken_out),
        "model_alone_in_a_minute": alone,
    }


def injected(rate: float) -> dict[str, Any]:
    """Hallucinations put into true utterances, and what the guard leaves of them."""
    with CALLS.open(encoding="utf-8") as rows:
        turns = [turn for row in rows for turn in script_of(json.loads(row))]
    dice = random.Random(1)
    before = after = lost = length = 0
    for turn in turns:
        voiced = [(w.start, w.end) for w in turn.words]
        truth = Utterance(turn.speaker, turn.text, turn.start, turn.end, words=turn.words)
        kept = guard(truth, voiced).utterance
        length += len(squeeze(turn.text))
        lost += missing(turn.text, kept.text if kept is not None else "")
        for kind in ("closing", "script", "repetition", "silence"):
            if dice.random() < rate:
                invented, there = hallucination(kind, truth, dice)
                left = guard(invented, voiced).utterance
                text = left.text if left is not None else ""
                before += missing(invented.text, there)
                after += missing(text, there)
                lost += missing(there, text)
                length += len(squeeze(there))
    return {
        "invented": before,
        "left": after,
        "left_share": round(after / before, 4),
        "true_characters": length,
        "lost": lost,
        "lost_share": round(lost / length, 5),
    }


def missing(text: str, other: str) -> int:
    """Characters of a text that the other does not have, in order."""
    ops = Levenshtein.editops(squeeze(text), squeeze(other))
    return sum(op.tag in ("delete", "replace") for op in ops)


def hallucination(kind: str, said: Utterance, dice: random.Random) -> tuple[Utterance, str]:
    """The utterance with something nobody said, and what of it is true."""
    end, words = said.end, list(said.words)
    if kind == "silence":
        return with_words(said, timed(dice.choice(CLOSINGS).split(), end + 2.0, end + 4.0)), ""
    if kind == "closing":
        words += timed(dice.choice(CLOSINGS).split(), end + 0.2, end + 1.2)
    elif kind == "script":
        place = dice.randrange(len(words))
        words[place] = replace(
            words[place], text=dice.choice(("ありがとう", "谢谢观看", "ご視聴", "спасибо"))
        )
        there = " ".join(w.text for i, w in enumerate(said.words) if i != place)
        return with_words(said, words), there
    else:
        words += timed([words[-1].text] * dice.randrange(10, 30), end, end + 1.0)
    return with_words(said, words), said.text


def timed(texts: list[str], start: float, end: float) -> list[Word]:
    step = (end - start) / len(texts)
    return [Word(text, start + i * step, start + (i + 1) * step, 0.5) for i, text in enumerate(texts)]


def with_words(said: Utterance, words: list[Word]) -> Utterance:
    text = " ".join(w.text for w in words)
    return replace(said, text=text, start=words[0].start, end=words[-1].end, words=tuple(words))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=10.0)
    arguments.add_argument("--rate", type=float, default=0.2)
    arguments.add_argument("--model", default="")
    given = arguments.parse_args()
    figures: dict[str, Any] = {"injected": injected(given.rate)}
    print(f"{'injected':<16}{figures['injected']}")
    recogniser = open_recogniser("ctranslate2", given.model)
    for name in SOUNDS:
        figures[name] = carried(name, given.minutes, recogniser)
        print(f"{name:<16}{figures[name]}", flush=True)
    figures["characters"] = sum(figures[name]["characters"] for name in SOUNDS)
    machine = {
        "minutes_each": given.minutes,
        "model": recogniser.name,
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    print(json.dumps(figures | machine, ensure_ascii=False))


if __name__ == "__main__":
    main()
