"""What a reviewer typed, masked and whole."""

from __future__ import annotations

import pytest

from assistant.review.corrections import corrected
from consultation.privacy import mask

SPOKEN = "제 번호는 공일공 영영영영 일이삼사 이고요 여권 제발급이요"
MASKED = mask(SPOKEN)


def test_words_around_a_kind_are_corrected_and_the_sealed_text_is_whole() -> None:
    made = corrected(MASKED.replace("제발급", "재발급"), MASKED, SPOKEN)
    assert made.spoken == SPOKEN.replace("제발급", "재발급")
    assert made.masked == MASKED.replace("제발급", "재발급")


def test_what_was_hidden_stays_hidden_where_nothing_around_tells_of_it() -> None:
    spoken = "네 가나다라고 합니다"
    made = corrected("[이름] 아닌데요", "네 [이름]라고 합니다", spoken, before=())
    assert made.spoken == "가나다 아닌데요"
    assert made.masked == "[이름] 아닌데요"


def test_a_number_typed_in_clear_is_masked() -> None:
    made = corrected("번호는 010-0000-1234입니다", "번호는 뭐라고요", "번호는 뭐라고요")
    assert made.masked == "번호는 [전화번호]입니다"
    assert made.spoken == "번호는 010-0000-1234입니다"


def test_a_hidden_value_typed_in_clear_is_hidden_again() -> None:
    made = corrected("음 가나다 맞아요", "네 [이름]라고 합니다", "네 가나다라고 합니다")
    assert made.masked == "음 [이름] 맞아요"


def test_a_kind_moved_or_taken_out_moves_or_goes() -> None:
    assert corrected("여권이요", MASKED, SPOKEN).spoken == "여권이요"
    moved = corrected("여권이요 [전화번호]", MASKED, SPOKEN)
    assert (moved.spoken, moved.masked) == ("여권이요 공일공 영영영영 일이삼사", "여권이요 [전화번호]")


@pytest.mark.parametrize("typed", ["[이름]이요", "[전화번호] [전화번호]"])
def test_a_kind_with_nothing_behind_it_stands_for_itself(typed: str) -> None:
    made = corrected(typed, "네", "네")
    assert (made.masked, made.spoken) == (typed, typed)


def test_a_base_whose_unmasked_text_is_another_gives_nothing_away() -> None:
    made = corrected("[이름]입니다", "제 [이름]입니다", "다른 글")
    assert made.spoken == made.masked == "[이름]입니다"


def test_nothing_typed_is_nothing() -> None:
    made = corrected("", MASKED, SPOKEN)
    assert (made.masked, made.spoken) == ("", "")
