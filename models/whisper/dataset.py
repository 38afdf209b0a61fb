"""Examples to learn from, made on the fly: phrases joined, spoken, sent through a line, batched by length."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from data.speech.espeak import RATE as VOICE_RATE
from models.whisper.channel import any_line, white
from models.whisper.corpus import Corpus, syllables
from models.whisper.synthesis import TRAINED, Said, any_voice, speak
from stt.audio import RATE, Floats

FRAMES = 50  # encoder frames a second
WINDOW = 30 * RATE  # samples of Whisper's whole window
STEP = 10_240  # samples to which shorter windows are rounded up
SAMPLE, NOTHING = 0.145, 0.015  # shares of sample sentences and of windows without speech
POOL = 160  # examples sorted by length at once

Span = tuple[float, float]  # encoder frames


@dataclass(frozen=True, slots=True)
class Example:
    """Sound (float32, 16 kHz), what is said there, and where each character of " " + text lies."""

    text: str
    sound: Floats
    characters: tuple[Span, ...] = ()  # empty where it is not known


@dataclass(frozen=True, slots=True)
class Curriculum:
    """How long examples are, and how many fill whole windows, as the training goes from 0 to 1."""

    shortest: int = 4  # syllables

    def longest(self, progress: float) -> int:
        """Syllables: short texts first, so that attention learns to follow the sound."""
        early, late = min(1.0, progress / 0.25), max(0.0, min(1.0, (progress - 0.55) / 0.3))
        return 14 + int(16 * early) + int(25 * late)

    def whole_windows(self, progress: float) -> float:
        """Share of batches padded to 30 seconds, without which stock engines read fluent nonsense."""
        return 0.15 if progress > 0.6 else 0.0


def any_text(corpus: Corpus, longest: int, dice: random.Random) -> str:
    """Phrases of the domain and of general speech joined up to `longest` syllables, or a sample sentence."""
    if corpus.sample and dice.random() < SAMPLE:
        return cut(dice.choice(corpus.sample), longest, dice)
    text = ""
    while syllables(text) < longest:
        phrase = dice.choice(corpus.general if dice.random() < 0.5 else corpus.domain)
        if text and syllables(text + phrase) > longest:
            break
        text = f"{text} {phrase}".strip()
        if dice.random() < 0.45:
            break
    return cut(text, longest, dice)


def cut(text: str, longest: int, dice: random.Random) -> str:
    """Words in a row from anywhere in the text, at most `longest` syllables but at least one word."""
    if syllables(text) <= longest:
        return text
    words = text.split()
    first = dice.randrange(len(words))
    kept = words[first]
    for word in words[first + 1 :]:
        if syllables(kept + word) > longest:
            break
        kept += " " + word
    return kept


def any_example(
    corpus: Corpus, longest: int, dice: random.Random, voices: tuple[str, ...] = TRAINED
) -> Example:
    """A text in a voice over a line, or, seldom, a window in which nobody speaks."""
    if dice.random() < NOTHING:
        noise = white(int(dice.uniform(0.5, 3) * RATE), dice)
        return Example("", noise * np.float32(10 ** (dice.uniform(-90, -35) / 20)))
    said = None
    while said is None:
        said = speak(any_text(corpus, longest, dice), any_voice(dice, voices))
    before, after = (np.zeros(int(dice.uniform(0, most) * VOICE_RATE), np.int16) for most in (0.3, 0.4))
    sound, speed = any_line(np.concatenate([before, said.samples, after]), dice)
    return Example(said.text, sound, characters(said, len(before) / VOICE_RATE, speed))


def characters(said: Said, delay: float, speed: float) -> tuple[Span, ...]:
    """Frames of every character of " " + text: each word shares its time evenly, its space lies just before it.

    Empty where espeak-ng did not time every word.
    """
    if [word.text for word in said.words] != said.text.split():
        return ()
    spans: list[Span] = []
    for word in said.words:
        start, end = ((at + delay) / speed * FRAMES for at in (word.start, word.end))
        each = (end - start) / len(word.text)
        spans.append((start - 2, start + each))
        spans += [(start + i * each, start + (i + 1) * each) for i in range(len(word.text))]
    return tuple(spans)


def batches(
    examples: Sequence[Example], frames: int, whole: float, dice: random.Random
) -> Iterator[tuple[int, list[Example]]]:
    """Windows (samples) and the examples in them: of like length, at most `frames` mel frames a batch.

    `whole`: share of batches that fill Whisper's window, five examples each.
    """
    made: list[list[Example]] = []
    batch: list[Example] = []
    for example in sorted(examples, key=lambda one: len(one.sound)):
        each = (len(example.sound) // STEP + 1) * STEP // 160
        if batch and (len(batch) + 1) * each > frames:
            made.append(batch)
            batch = []
        batch.append(example)
    if batch:
        made.append(batch)
    dice.shuffle(made)
    for batch in made:
        window = max(len(one.sound) for one in batch)
        if dice.random() < whole:
            yield WINDOW, batch[:5]
            continue
        if dice.random() < 0.5:
            window += int(dice.uniform(0, 1.5) * RATE)
        yield min(WINDOW, math.ceil(window / STEP) * STEP), batch


def fill(example: Example, window: int, dice: random.Random) -> Floats:
    """The example at the start of its window; in half of the windows a quiet hiss lies under it."""
    filled = np.zeros(window, np.float32)
    if dice.random() < 0.5:
        filled = white(window, dice) * np.float32(10 ** (dice.uniform(-80, -50) / 20))
    filled[: len(example.sound)] += example.sound[:window]
    return filled
