from __future__ import annotations

from assistant.topics import MOST, topics
from tests.assistant.fakes import entry, turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다"


def test_the_nouns_of_the_question_come_first():
    found = topics(
        turns(GREETING, "C: 여권을 잃어버렸는데 재발급 되나요", "A: 여권 재발급은 구청에서 하시면 됩니다."),
        "여권을 재발급할 수 있는지 문의함.",
    )
    assert set(found) == {"여권", "재발급"}
    assert len(found) <= MOST


def test_words_of_every_call_and_masked_data_are_no_topics():
    found = topics(turns(GREETING, "C: [이름] 전화번호 [전화번호]로 상담 문의 안내 확인 부탁해요"), "문의함.")
    assert found == ()


def test_a_noun_said_in_passing_is_left_out():
    found = topics(
        turns(GREETING, "C: 여권을 여권을 만들어요", "A: 날씨가 좋네요"), "여권을 만드는지 문의함."
    )
    assert found == ("여권",)


def test_no_topic_repeats_another():
    found = topics(
        turns(GREETING, "C: 자동차세 자동차세 자동차 자동차"),
        "자동차세를 문의함.",
        [entry("1", "자동차세 납부")],
    )
    assert found == ("자동차세",)


def test_an_empty_call_has_none():
    assert topics([], "") == ()
