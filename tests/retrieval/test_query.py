from __future__ import annotations

import pytest

from retrieval.query import BACKGROUND, LIMIT, parts, spoken


def test_greetings_and_fillers_are_taken_out() -> None:
    assert [part.text for part in parts("네 안녕하세요 어 저기요 여권 발급이요")] == ["여권 발급이요"]


def test_a_short_question_weighs_full() -> None:
    assert [part.weight for part in parts("여권 발급 방법")] == [1.0]


def test_in_a_long_turn_the_story_weighs_less_than_the_question() -> None:
    turn = "제가 어제 이사를 와서 짐을 풀고 있는 중이거든요. 전입신고는 어디서 해야 되나요? 비가 와서 짐이 다 젖었습니다."
    weights = {part.text[:4]: part.weight for part in parts(turn)}
    assert weights["전입신고"] == 1.0
    assert weights["제가 어"] == BACKGROUND


def test_a_long_turn_without_a_question_is_searched_whole() -> None:
    turn = "윗집이 밤마다 쿵쿵거립니다. 벌써 석 달째라 잠을 이루지 못합니다. 관리소는 듣지를 않습니다."
    assert {part.weight for part in parts(turn)} == {1.0}


@pytest.mark.parametrize("text", ["", "네", "어 음 저기", "...", "🙂"])
def test_nothing_is_left_of_a_turn_that_says_nothing(text: str) -> None:
    assert parts(text) == []


def test_only_the_end_of_an_endless_turn_is_searched() -> None:
    assert sum(len(part.text) for part in parts("가나다라. " * 5000)) <= LIMIT


def test_words_of_any_talk_weigh_less_than_one() -> None:
    words = spoken("word")
    assert 0 < words["싶다"] < 0.5
    assert "과태료" not in words
