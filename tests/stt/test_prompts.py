"""What of a prompt Whisper is given."""

from __future__ import annotations

import pytest

from stt.prompts import estimate, fitting

TERMS = ", ".join(f"동네{i} 주민센터" for i in range(200))


def test_a_prompt_that_fits_stays_whole() -> None:
    assert fitting(" 전입신고,  마포구 ", len) == "전입신고, 마포구"
    assert fitting("  ", len) == ""


@pytest.mark.parametrize("most", [1, 7, 50, 223])
def test_of_a_longer_one_the_beginning_stays_in_whole_words(most: int) -> None:
    kept = fitting(TERMS, len, most)
    assert len(kept) <= most
    assert TERMS.startswith(kept)
    assert not kept.endswith(",")
    assert TERMS[len(kept) :][:1] in (" ", ",", "동")  # "동": not one word fits
    assert bool(kept) == (most > 5)


def test_a_single_word_that_is_too_long_goes() -> None:
    assert fitting("가" * 300, len) == ""


def test_the_estimate_is_never_below_a_token_for_a_syllable() -> None:
    assert estimate(TERMS) >= len(TERMS)
