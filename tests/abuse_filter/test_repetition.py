"""The same demand again and again."""

from abuse_filter.repetition import repeats

DEMAND = "과태료를 지금 당장 취소해 달라고요"


def test_asking_twice_is_human():
    assert repeats(DEMAND, [DEMAND, "네 그런데요"]) == 0.0


def test_the_fourth_time_is_a_repetition():
    assert repeats(DEMAND, [DEMAND, "아니 그게 아니고요", DEMAND, DEMAND + " 제발"]) >= 0.5


def test_short_answers_may_be_repeated():
    assert repeats("네 네", ["네 네"] * 10) == 0.0


def test_different_questions_are_no_repetition():
    turns = ["여권은 어디서 만들어요", "수수료는 얼마인가요", "사진은 몇 장 필요해요", "대리인도 되나요"]
    assert repeats("며칠 걸리는지 궁금합니다", turns) == 0.0
