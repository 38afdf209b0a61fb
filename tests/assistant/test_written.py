"""Real Kiwi: written style is only as good as its morphemes."""

from __future__ import annotations

import pytest

from assistant import written
from assistant.written import Mood


@pytest.mark.parametrize(
    ("spoken", "mood", "reported"),
    [
        ("네 신분증 가지고 구청에 가시면 됩니다.", Mood.TELL, "신분증 가지고 구청에 가면 된다고"),
        ("신청하실 수 있어요", Mood.TELL, "신청할 수 있다고"),
        ("꼭 본인이 하셔야 하는 사항이에요.", Mood.TELL, "꼭 본인이 해야 하는 사항이라고"),
        ("자격이 취소되지는 않습니다.", Mood.TELL, "자격이 취소되지는 않는다고"),
        ("수수료가 비싸지는 않아요", Mood.TELL, "수수료가 비싸지는 않다고"),
        ("어제 접수가 끝났습니다", Mood.TELL, "어제 접수가 끝났다고"),
        ("바로 119로 전화하세요", Mood.ORDER, "바로 119로 전화하라고"),
        ("담당자에게 전달하겠습니다", Mood.PROMISE, "담당자에게 전달하기로"),
        ("주차장 이용 시간이 어떻게 되나요?", Mood.ASK, "주차장 이용 시간이 어떻게 되는지"),
        ("예약이 가능한가요", Mood.ASK, "예약이 가능한지"),
        ("이거 어디서 파는 거예요?", Mood.ASK, "이거 어디서 파는 것인지"),
    ],
)
def test_spoken_sentences_become_reported_ones(spoken: str, mood: Mood, reported: str):
    (sentence,) = written.sentences(spoken)
    assert sentence.mood is mood
    assert sentence.reported() == reported


def test_the_agents_own_act_is_told_as_done():
    (sentence,) = written.sentences("연락처를 문자로 보내 드렸습니다")
    assert sentence.mood is Mood.DID
    assert sentence.done() == "연락처를 문자로 보냄"
    (offer,) = written.sentences("연락처를 문자로 보내 드릴까요?")
    assert offer.done() == "연락처를 문자로 보냄"


def test_spacing_stays_as_it_was_written():
    (sentence,) = written.sentences("구청 교통행정과에서 재발급하시면 됩니다")
    assert sentence.reported() == "구청 교통행정과에서 재발급하면 된다고"


@pytest.mark.parametrize("text", ["", " ", "네", "ㅋㅋㅋ", "?!", "[전화번호]", "😀😀", "강남구"])
def test_what_has_no_predicate_gives_no_sentence(text: str):
    assert written.sentences(text) == []
    assert isinstance(written.plain(text), str)


def test_nouns_written_together_stay_together():
    assert "교통행정과" in written.nouns("교통행정과에 문의하세요")
