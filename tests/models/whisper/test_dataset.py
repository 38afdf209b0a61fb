"""Examples: lengths grow, windows hold their sound, every character knows its frames."""

import random

import numpy as np
import pytest

from consultation.types import Word
from models.whisper.channel import any_line, any_noise
from models.whisper.corpus import Corpus, syllables
from models.whisper.dataset import (
    WINDOW,
    Curriculum,
    Example,
    any_text,
    batches,
    characters,
    cut,
    fill,
)
from models.whisper.synthesis import HELD_OUT, TRAINED, Said

CORPUS = Corpus(("오늘 날씨가 좋네요", "그럴 수 있어요"), ("여권을 신청하려고요", "어디로 가면 되나요"), ())


def test_no_test_voice_is_trained_on():
    assert not set(TRAINED) & set(HELD_OUT)
    assert len(HELD_OUT) == 9


def test_texts_grow_longer_as_the_training_goes_on():
    longest = [Curriculum().longest(progress) for progress in (0.0, 0.25, 0.55, 1.0)]
    assert longest == [14, 30, 30, 55]
    assert Curriculum().whole_windows(0.5) == 0.0
    assert Curriculum().whole_windows(0.9) > 0.1


@pytest.mark.parametrize("longest", [4, 10, 30])
def test_joined_texts_keep_to_their_length_or_are_one_word(longest):
    dice = random.Random(1)
    for _ in range(100):
        text = any_text(CORPUS, longest, dice)
        assert text
        assert syllables(text) <= longest or " " not in text


def test_a_cut_keeps_words_in_a_row():
    text = "여권을 신청하려고 하는데 어디로 가면 되나요"
    for seed in range(20):
        assert cut(text, 9, random.Random(seed)) in text


def test_characters_follow_delay_and_speed():
    said = Said("네 여보", np.zeros(0, np.int16), (Word("네", 0.0, 0.2, 1.0), Word("여보", 0.4, 0.8, 1.0)))
    spans = characters(said, delay=1.0, speed=2.0)
    assert len(spans) == len(" 네 여보")
    assert spans[1] == pytest.approx((25.0, 30.0))
    assert spans[3] == pytest.approx((35.0, 40.0))
    assert spans[4] == pytest.approx((40.0, 45.0))


def test_without_a_time_for_each_word_no_character_has_one():
    assert characters(Said("네 여보", np.zeros(0, np.int16), (Word("네", 0, 1, 1.0),)), 0, 1) == ()


def test_batches_hold_every_example_once_and_keep_their_size():
    dice = random.Random(0)
    examples = [Example(str(i), np.zeros(dice.randrange(1_000, 80_000), np.float32)) for i in range(50)]
    made = list(batches(examples, 2_000, 0.0, dice))
    assert sorted(one.text for _, batch in made for one in batch) == sorted(one.text for one in examples)
    for window, batch in made:
        assert window >= max(len(one.sound) for one in batch)
        assert len(batch) == 1 or len(batch) * max(len(one.sound) for one in batch) / 160 <= 2_000


def test_some_batches_fill_the_whole_window():
    examples = [Example("", np.zeros(16_000, np.float32))] * 9
    assert [(window, len(batch)) for window, batch in batches(examples, 9_000, 1.0, random.Random(0))] == [
        (WINDOW, 5)
    ]


def test_a_window_begins_with_the_sound():
    sound = np.ones(100, np.float32)
    filled = fill(Example("", sound), 1_000, random.Random(0))
    assert filled.shape == (1_000,)
    assert filled[:100].mean() == pytest.approx(1.0, abs=0.05)
    assert np.abs(filled[100:]).max() < 0.05


def test_a_line_keeps_the_length_but_for_the_speed():
    sound = (8_000 * np.sin(np.arange(22_050) / 5)).astype(np.int16)
    for seed in range(10):
        heard, speed = any_line(sound, random.Random(seed))
        assert heard.dtype == np.float32
        assert len(heard) == pytest.approx(16_000 / speed, rel=0.01)
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < 1.5


def test_the_same_dice_give_the_same_line():
    sound = (8_000 * np.sin(np.arange(4_000) / 5)).astype(np.int16)
    assert np.array_equal(any_line(sound, random.Random(3))[0], any_line(sound, random.Random(3))[0])
    assert any_noise(1_000, random.Random(2)).std() == pytest.approx(1.0, abs=0.2)
