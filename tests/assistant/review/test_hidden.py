"""What stands behind the kinds of a masked text."""

from __future__ import annotations

import pytest

from assistant.review.hidden import hidden
from consultation.privacy import kinds_in, mask

SPOKEN = "제 번호는 공일공 영영영영 일이삼사입니다 홍길동이라고 합니다"


def values(masked: str, spoken: str, before: tuple[str, ...] = ()) -> list[str] | None:
    found = hidden(masked, spoken, before)
    if found is None:
        return None
    for one in found:
        assert masked[one.shown_start : one.shown_end] == f"[{one.kind}]"
    return [spoken[one.start : one.end] for one in found]


def test_a_text_that_hides_nothing_has_nothing_behind_it() -> None:
    assert values("여권 신청", "여권 신청") == []
    assert values("", "") == []


def test_another_text_is_not_taken_for_the_unmasked_one() -> None:
    assert values("여권 신청", "여권을 신청") is None
    assert values("제 [이름]입니다", "그 홍길동입니다") is None
    assert values("[이름]과 [이름]", "홍길동") is None


def test_each_kind_gives_back_what_was_masked() -> None:
    masked = mask(SPOKEN)
    assert [kind for kind, _, _ in kinds_in(masked)] == ["전화번호", "이름"], masked
    assert values(masked, SPOKEN) == ["공일공 영영영영 일이삼사", "홍길동"]


def test_what_was_masked_for_an_earlier_question_is_found_without_it() -> None:
    """The context is gone: what stands between the kinds tells."""
    assert values("네 [이름]이고 [전화번호]요", "네 가나다이고 일이삼사오육요") == ["가나다", "일이삼사오육"]


@pytest.mark.parametrize("text", ["[이름]", "그분이 [이름] 이라고 적혀 있어요"])
def test_a_kind_that_somebody_really_typed_stands_for_itself(text: str) -> None:
    assert values(text, text) == ["[이름]"]


def test_a_kind_that_is_none_of_ours_is_a_word() -> None:
    assert values("[별표] 참고", "[별표] 참고") == []
