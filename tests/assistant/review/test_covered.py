"""What people hide in a transcript is hidden in its sound."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.review.covered import before, covered, joined
from consultation.store.corrections import Correction, Mark
from consultation.types import Speaker, Turn, Word
from stt.beeps import MARGIN, Stretch

AT = datetime(2026, 11, 25, tzinfo=UTC)
SPOKEN = "네 가나다라고 합니다"
WORDS = tuple(Word(text, 10.0 + i, 11.0 + i, 0.9) for i, text in enumerate(SPOKEN.split()))


def turn(text: str) -> Turn:
    return Turn(0, Speaker.CITIZEN, text, 10.0, 13.0)


def version(text: str, mark: Mark | None = None) -> dict[int, list[Correction]]:
    return {0: [Correction(0, 1, text, mark, "han", AT)]}


def test_a_kind_is_covered_as_long_as_the_word_it_hides() -> None:
    found = covered([turn("네 [이름]라고 합니다")], {}, {0: SPOKEN}, {0: WORDS})
    assert found == [Stretch(11.0 - MARGIN, 12.0 + MARGIN, ("이름",))]


def test_the_latest_text_counts() -> None:
    assert (
        covered(
            [turn("네 [이름]라고 합니다")],
            version("네 그렇다고 합니다"),
            {0: "네 그렇다고 합니다"},
            {0: WORDS},
        )
        == []
    )
    hidden = covered([turn(SPOKEN)], version("네 [이름]라고 합니다"), {0: SPOKEN}, {0: WORDS})
    assert [one.kinds for one in hidden] == [("이름",)]


def test_a_turn_marked_as_personal_is_covered_whole() -> None:
    found = covered([turn(SPOKEN)], version(SPOKEN, Mark.PERSONAL), {0: SPOKEN}, {0: WORDS})
    assert found == [Stretch(10.0 - MARGIN, 13.0 + MARGIN, ("개인정보",))]
    assert covered([turn(SPOKEN)], version(SPOKEN, Mark.NOISE), {0: SPOKEN}, {0: WORDS}) == []


def test_without_word_times_the_whole_turn_is_covered() -> None:
    found = covered([turn("네 [이름]라고 합니다")], {}, {0: SPOKEN}, {})
    assert [(one.start, one.end) for one in found] == [(10.0 - MARGIN, 13.0 + MARGIN)]


def test_stretches_that_touch_become_one() -> None:
    found = joined(
        [Stretch(3, 5, ("이름",)), Stretch(1, 2, ("주소",)), Stretch(4, 6, ("주소",)), Stretch(1, 1.5, ())]
    )
    assert found == [Stretch(1, 2, ("주소",)), Stretch(3, 6, ("이름", "주소"))]


def test_masking_looks_back_on_a_bounded_number_of_turns() -> None:
    assert before({i: str(i) for i in range(20)}, 15) == [str(i) for i in range(3, 15)]
    assert before({}, 3) == []
