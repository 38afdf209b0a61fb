"""Words that sound alike are near, words that do not are far."""

from __future__ import annotations

import pytest

from stt.jamo import distance, onsets, sounds


def far(a: str, b: str) -> float:
    return distance(sounds(a), sounds(b))


@pytest.mark.parametrize(
    ("heard", "term", "other"),
    [
        ("니", "네", "소"),
        ("에", "의", "오"),
        ("게", "개", "고"),
        ("제", "재", "주"),
        ("까", "가", "사"),
        ("외", "왜", "아"),
    ],
)
def test_real_confusions_are_nearer_than_strangers(heard: str, term: str, other: str) -> None:
    assert far(heard, term) < 0.7 * far(heard, other)


def test_the_same_sound_has_no_distance() -> None:
    assert far("낫", "낮") == 0
    assert far("신림동", "신림동") == 0


def test_distance_is_symmetric_and_grows_with_errors() -> None:
    assert far("주민센터", "주민쎈터") == far("주민쎈터", "주민센터")
    assert far("주민센터", "주민쎈터") < far("주민센터", "주민쎈타") < far("주민센터", "구청")


def test_what_is_beyond_the_limit_is_not_measured() -> None:
    assert distance(sounds("주민센터"), sounds("구청"), 1.0) == 99.0
    assert distance("", "", 0.0) == 0.0
    assert distance("", sounds("가")) > 0


def test_onsets_that_are_mixed_up_are_one() -> None:
    assert onsets("신림동") == onsets("씬님통")
    assert onsets("ABC 가") == "abc ㄱ"
