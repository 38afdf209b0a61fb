from __future__ import annotations

import math
from dataclasses import replace

import pytest

from assistant import messages
from assistant.call import Call
from assistant.events import (
    Alerted,
    DistrictKnown,
    Ended,
    Event,
    Flagged,
    Heard,
    Notice,
    Suggested,
    to_json,
)
from consultation.districts import Gazetteer
from consultation.errors import BadInput, Conflict
from consultation.types import Channel, Conversation, Hit, Ranking, Speaker, Urgency, Utterance
from tests.assistant.fakes import NOW, Broken, Places, Shelf, Swear, agent, call, citizen, entry

PASSPORT = "여권을 잃어버렸는데 어떻게 재발급 받나요"


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


def of(kind: type, events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def test_a_question_brings_a_suggestion_after_the_words():
    live = call(Shelf(entry("7")), Swear())
    live.hear(agent("안녕하세요 다산콜입니다"))
    events = live.hear(citizen(PASSPORT))
    assert kinds(events) == [Heard, Suggested]
    (suggested,) = of(Suggested, events)
    assert suggested.suggestion.turn == 1
    assert [hit.entry.entry_id for hit in suggested.suggestion.ranking] == ["7"]
    assert suggested.suggestion.delay > 0
    assert live.suggestions == (suggested.suggestion,)


def test_small_talk_yields_silence():
    shelf = Shelf(entry("7"))
    live = call(shelf, Swear())
    for text in ("네", "수고하십니다", "네 감사합니다", "공일공 공공공공 일이삼사요", "음 그"):
        assert kinds(live.hear(citizen(text))) == [Heard]
    assert shelf.asked == []


def test_the_same_answer_is_not_shown_twice():
    live = call(Shelf(entry("7")), Swear())
    live.hear(citizen(PASSPORT))
    live.hear(agent("구청에 신청하시면 됩니다"))
    assert kinds(live.hear(citizen("그럼 여권 사진은 몇 장 필요한가요"))) == [Heard]


def test_one_more_question_brings_another_suggestion():
    live = call(Shelf(entry("7"), entry("8", "자동차 등록")), Swear())
    live.hear(citizen(PASSPORT))
    live.hear(agent("구청에 신청하시면 됩니다"))
    events = live.hear(citizen("그리고 자동차 등록은 어디서 하나요"))
    (suggested,) = of(Suggested, events)
    assert suggested.suggestion.ranking[0].entry.entry_id == "8"


def test_an_agent_who_puts_the_question_back_gives_the_search_a_second_chance():
    live = call(Shelf(entry("7", "재발급")), Swear())
    live.hear(agent("안녕하세요"))
    live.hear(citizen("저기 그게 없어져 가지고 여행을 가야 되는데 큰일이에요"))
    events = live.hear(agent("여권 재발급 방법을 알고 싶으신 거 맞으시죠?"))
    (suggested,) = of(Suggested, events)
    assert suggested.suggestion.turn == 1  # the citizen's turn that asked


def test_a_partial_gives_only_the_words_and_keeps_nothing():
    live = call(Shelf(entry("7")), Swear())
    events = live.hear(citizen(PASSPORT, is_final=False))
    assert kinds(events) == [Heard]
    assert not events[0].is_final
    assert live.turns == ()
    assert live.next_index == 0


def test_abuse_is_flagged_and_hidden_in_final_and_partial_words():
    live = call(Shelf(), Swear())
    (partial,) = live.hear(citizen("이 바보야", is_final=False))
    assert partial.hidden == ((2, 4),)
    events = live.hear(citizen("이 바보야"))
    assert kinds(events) == [Heard, Flagged]
    assert to_json(events[0])["turn"]["text"] == "이 ▇▇야"
    assert live.flags[0].labels == ("모욕",)


def test_personal_data_is_masked_before_anything_leaves():
    live = call(Shelf(entry("7")), Swear())
    events = live.hear(citizen("제 번호는 010-0000-1234이고 여권 재발급은 어떻게 하나요"))
    assert all("1234" not in str(to_json(event)) for event in events)
    assert "1234" not in live.turns[0].text


def test_a_district_is_known_even_when_the_address_is_masked():
    live = call(Shelf(), Swear())
    events = live.hear(citizen("마포구 연남동 청솔빌라 삼동 이백호예요"))
    assert of(DistrictKnown, events) == [DistrictKnown("마포구")]
    assert live.district == "마포구"


def test_the_agents_district_gives_way_to_the_citizens_and_not_the_other_way_round():
    live = call(Shelf(), Swear())
    live.hear(agent("강남구이신가요"))
    assert live.district == "강남구"
    live.hear(citizen("아니요 마포구예요"))
    assert live.district == "마포구"
    live.hear(agent("강남구에서는 다르지만요"))
    assert live.district == "마포구"


def test_the_search_knows_the_district_and_the_day_of_the_call():
    shelf = Shelf(entry("7"))
    live = call(shelf, Swear())
    live.hear(citizen("저는 마포구 사는데 여권 재발급은 어떻게 하나요"))
    assert shelf.asked[0][1:] == ("마포구", NOW.date())


def test_danger_is_alerted_once_and_again_only_when_it_grows():
    live = call(Shelf(), Swear())
    first = of(Alerted, live.hear(citizen("쌀이 떨어져서 며칠째 굶고 있어요")))
    assert [event.urgency for event in first] == [Urgency.WELFARE_CRISIS]
    assert of(Alerted, live.hear(citizen("라면만 먹고 있어요"))) == []
    worse = of(Alerted, live.hear(citizen("그냥 죽고 싶어요")))
    assert [event.urgency for event in worse] == [Urgency.SUICIDE_RISK]
    assert worse[0].lines[0].startswith("109")


def test_without_an_index_the_agent_is_told_once_and_the_call_goes_on():
    live = call(None, Swear())
    first = live.hear(citizen(PASSPORT))
    assert first[-1] == Notice("warn", messages.SEARCH_ABSENT)
    assert kinds(live.hear(citizen("운전면허 갱신은 어디서 하나요"))) == [Heard]


def test_without_an_abuse_filter_the_agent_is_told_once_and_the_call_goes_on():
    live = call(Shelf(entry("7")), None)
    events = live.hear(citizen(PASSPORT))
    assert kinds(events) == [Heard, Notice, Suggested]
    assert kinds(live.hear(citizen("네"))) == [Heard]


def test_a_search_that_fails_is_told_once_and_again_when_it_is_back():
    broken = Broken(Shelf(entry("7")))
    live = call(broken, Swear())
    assert live.hear(citizen(PASSPORT))[-1] == Notice("warn", messages.SEARCH_DOWN)
    assert kinds(live.hear(citizen("여권 재발급 비용이 얼마인가요"))) == [Heard]
    broken.works = True
    events = live.hear(citizen("여권 재발급 서류가 뭐가 필요한가요"))
    assert kinds(events) == [Heard, Notice, Suggested]
    assert of(Notice, events) == [Notice("info", messages.SEARCH_BACK)]


def test_the_same_turn_again_changes_nothing():
    live = call(Shelf(entry("7")), Swear())
    live.hear(citizen(PASSPORT), 0)
    assert live.hear(citizen(PASSPORT), 0) == []
    assert len(live.turns) == 1


def test_other_words_under_a_taken_number_are_refused():
    live = call(Shelf(), Swear())
    live.hear(citizen("첫 번째 말이에요"), 0)
    with pytest.raises(Conflict, match="turn 0"):
        live.hear(citizen("다른 말이에요"), 0)
    with pytest.raises(Conflict):
        live.hear(agent("첫 번째 말이에요"), 0)


def test_a_late_turn_takes_its_place_by_number():
    live = call(Shelf(entry("7")), Swear())
    live.hear(agent("안녕하세요"), 0)
    live.hear(agent("구청에 가시면 됩니다"), 2)
    events = live.hear(citizen(PASSPORT), 1)
    assert [turn.index for turn in live.turns] == [0, 1, 2]
    assert kinds(events) == [Heard, Suggested]
    assert live.next_index == 3


@pytest.mark.parametrize("index", [-1, 100_000])
def test_a_number_out_of_range_is_refused(index: int):
    with pytest.raises(BadInput, match="out of range"):
        call(Shelf()).hear(citizen("네"), index)


def test_a_time_that_cannot_be_is_refused():
    with pytest.raises(BadInput, match="seconds"):
        call(Shelf()).hear(Utterance(Speaker.CITIZEN, "네", math.nan, 1.0))


@pytest.mark.parametrize("text", ["", "   ", "\x00\u200b\u200b", "\n"])
def test_empty_words_are_no_turn(text: str):
    live = call(Shelf(), Swear())
    assert live.hear(citizen(text)) == []
    assert live.turns == ()


def test_a_very_long_turn_is_kept_and_searched_short():
    shelf = Shelf(entry("7"))
    live = call(shelf, Swear())
    live.hear(citizen("여권 재발급은 어떻게 하나요 " * 7000))
    assert len(live.turns[0].text) == 16 * 7000 - 1
    assert len(shelf.asked[0][0]) <= 400


def test_decomposed_hangul_is_the_same_turn():
    live = call(Shelf(), Swear())
    live.hear(citizen("\u1109\u1165\u110b\u116e\u11af\u110b\u1175\u110b\u1166\u110b\u116d"), 0)
    assert live.turns[0].text == "서울이에요"
    assert live.hear(citizen("서울이에요"), 0) == []


def test_after_the_end_words_are_kept_but_nothing_is_suggested():
    live = call(Shelf(entry("7")), Swear())
    assert live.end(NOW) == [Ended(NOW)]
    assert live.end(NOW) == []
    assert kinds(live.hear(citizen(PASSPORT))) == [Heard]
    assert len(live.turns) == 1


def test_a_rebuilt_call_goes_on_where_it_stopped():
    shelf = Shelf(entry("7"))
    live = call(shelf, Swear())
    live.hear(agent("안녕하세요"))
    live.hear(citizen("마포구 사는데 " + PASSPORT))
    live.hear(citizen("이 바보야 쌀이 떨어져서 굶고 있어"))
    again = Call.rebuild(
        Conversation("c-1", Channel.PHONE, NOW, "agent-1", district=live.district),
        live.turns,
        live.flags,
        live.suggestions,
        searcher=shelf,
        abuse=Swear(),
        gazetteer=Places(),
        clock=lambda: 0.0,
    )
    assert (again.turns, again.flags, again.suggestions) == (live.turns, live.flags, live.suggestions)
    assert (again.district, again.urgency, again.next_index) == ("마포구", Urgency.WELFARE_CRISIS, 3)
    assert again.hear(citizen("이 바보야 쌀이 떨어져서 굶고 있어"), 2) == []
    assert kinds(again.hear(citizen("여권 재발급 비용이 얼마인가요"))) == [
        Heard
    ]  # already shown, already alerted


class ByDistrict:
    """A shelf with one entry for each of two districts."""

    def search(self, text: str, k: int = 3, *, district: str | None = None, on: object = None) -> Ranking:
        places = [district] if district else ["송파구", "마포구"]
        hits = (Hit(replace(entry(place), district=place), 0.9) for place in places)
        return Ranking(tuple(hits), answerable=0.95)


def test_once_the_district_is_known_no_entry_of_another_stays_on_the_screen():
    live = Call(
        "c",
        searcher=ByDistrict(),
        abuse=None,
        gazetteer=Gazetteer.open(),
        channel=Channel.PHONE,
        started_at=NOW,
    )
    live.hear(citizen("대형폐기물은 어떻게 버리나요"))
    (again,) = of(Suggested, live.hear(citizen("저는 마포구에 살아요")))
    assert [hit.entry.district for hit in again.suggestion.ranking] == ["마포구"]
    assert of(Suggested, live.hear(citizen("네 마포구요"))) == []
