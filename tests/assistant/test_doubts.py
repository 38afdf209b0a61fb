from __future__ import annotations

from assistant.doubts import doubts
from tests.assistant.fakes import turns


def test_a_number_that_no_turn_has_is_a_doubt():
    heard = turns("A: 수수료는 8,000원이고 02-000-1234로 전화하시면 됩니다")
    assert doubts("수수료가 8,000원이라고 안내함.", heard) == ()
    assert doubts("수수료가 9,000원이고 5월 3일까지라고 안내함.", heard) == ("9,000원", "5월", "3일")
    assert doubts("02-000-1234로 전화하라고 안내함.", heard) == ()


def test_spoken_numbers_count_too():
    heard = turns("A: 수수료는 팔천원입니다")
    assert doubts("수수료가 팔천원이라고 안내함.", heard) == ()
    assert doubts("수수료가 구천원이라고 안내함.", heard) == ("구천원",)


def test_words_are_no_doubt():
    assert doubts("침대를 버리는 방법을 문의함.", turns("C: 네")) == ()
