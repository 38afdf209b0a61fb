"""Spaces are restored where they were forgotten, and nowhere else."""

from __future__ import annotations

import pytest

from consultation.text import squeeze
from stt.metrics import spacing_f1
from stt.spacing import Spacing
from tests.stt.calls import turns


@pytest.fixture(scope="module")
def spacing() -> Spacing:
    return Spacing()


def spoken() -> list[str]:
    return [" ".join(squeeze(word) for word in turn.text.split()) for _, turn in turns()]


def test_well_spaced_calls_stay_as_they_are(spacing: Spacing) -> None:
    texts = spoken()
    assert [spacing(text) for text in texts] == texts


def test_text_without_any_space_gets_most_of_them_back(spacing: Spacing) -> None:
    texts = spoken()[:100]
    restored = [spacing(text.replace(" ", "")) for text in texts]
    assert [squeeze(text) for text in restored] == [squeeze(text) for text in texts]
    assert spacing_f1(texts, restored) > 0.8


def test_a_long_spoken_number_is_one_word(spacing: Spacing) -> None:
    assert spacing("번호는 공일공공공공공일이삼사예요") == "번호는 공일공공공공공일이삼사예요"


def test_what_would_change_letters_is_left_alone() -> None:
    assert (
        Spacing(lambda word: "other letters")("가나다라마바사아자차카타파하")
        == "가나다라마바사아자차카타파하"
    )
