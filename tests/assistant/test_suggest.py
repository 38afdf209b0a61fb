from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.suggest import Kind, bar, choose, question
from consultation.types import Hit, Ranking
from tests.assistant.fakes import entry, turns

GREETING = "A: 안녕하십니까 다산콜 상담사입니다 무엇을 도와드릴까요?"


def ranking(*ids: str, answerable: float = 0.9) -> Ranking:
    return Ranking(tuple(Hit(entry(entry_id), 1.0) for entry_id in ids), answerable, 2)


def test_what_the_citizen_called_about_is_searched_without_fillers():
    asked = question(
        turns(GREETING, "C: 네 수고하십니다 어 그 주민등록증을 잃어버렸는데 어디서 다시 만드나요")
    )
    assert asked is not None
    assert (asked.turn, asked.kind) == (1, Kind.OPENING)
    assert asked.text == "주민등록증을 잃어버렸는데 어디서 다시 만드나요"


@pytest.mark.parametrize(
    "said",
    [
        "C: 네",
        "C: 안녕하세요",
        "C: 네 감사합니다 수고하세요",
        "C: 여보세요",
        "C: 공일공 공공공공 오육칠팔이요",
        "C: 네 [이름]이고요 [전화번호]요",
        "C: 저기요",
    ],
)
def test_small_talk_searches_nothing(said: str):
    assert question(turns(GREETING, said)) is None


def test_an_answer_to_the_agents_own_question_searches_nothing():
    talk = turns(GREETING, "C: 저기 좀 물어볼게요", "A: 네 어느 구에 사세요?", "C: 저는 성북구 장위동 살아요")
    assert question(talk) is None


def test_an_answer_to_an_open_invitation_is_an_opening():
    talk = turns(
        GREETING, "C: 저 말이에요", "A: 네 무슨 일이세요?", "C: 집 앞 전봇대가 한쪽으로 많이 넘어가 있어요"
    )
    asked = question(talk)
    assert asked is not None
    assert asked.kind is Kind.OPENING


def test_a_question_over_two_messages_is_searched_whole():
    talk = turns(GREETING, "C: 어제 이사를 했는데요", "C: 전입신고는 며칠까지 하나요?")
    asked = question(talk)
    assert asked is not None
    assert "이사" in asked.text
    assert "전입신고" in asked.text


def test_an_ellipsis_carries_the_topic_of_the_question_before():
    talk = turns(GREETING, "C: 마포구 대형폐기물 수수료가 얼마예요", "A: 만 원입니다", "C: 그럼 강남구는요?")
    asked = question(talk, asked="마포구 대형폐기물 수수료가 얼마예요", shown=True)
    assert asked is not None
    assert asked.kind is Kind.FOLLOWING
    assert "대형폐기물" in asked.text
    assert "강남구" in asked.text


def test_one_more_question_stands_on_its_own():
    talk = turns(
        GREETING, "C: 여권은 어디서 만들어요", "A: 구청입니다", "C: 그리고 자동차 등록은 어디서 하나요"
    )
    asked = question(talk, asked="여권은 어디서 만들어요", shown=True)
    assert asked is not None
    assert asked.kind is Kind.ANOTHER
    assert "여권" not in asked.text


def test_a_remark_after_the_answer_searches_nothing():
    talk = turns(GREETING, "C: 여권은 어디서 만들어요", "A: 구청입니다", "C: 아 구청에서 하는구나 몰랐네요")
    assert question(talk, asked="여권은 어디서 만들어요", shown=True) is None


def test_a_restatement_is_searched_for_the_citizens_turn():
    talk = turns(GREETING, "C: 그게 없어져 가지고요", "A: 여권 재발급 방법을 알고 싶으신 거 맞으시죠?")
    asked = question(talk)
    assert asked is not None
    assert (asked.turn, asked.kind, asked.text) == (1, Kind.RESTATED, "여권 재발급 방법")


def test_an_agent_who_only_explains_searches_nothing():
    assert (
        question(turns(GREETING, "C: 여권은 어디서 만들어요", "A: 구청 민원실에서 신청하시면 됩니다."))
        is None
    )


def test_no_turns_no_question():
    assert question([]) is None


def test_a_long_story_is_cut_to_what_it_asks():
    story = "어제 비가 왔어요 " * 40 + "그래서 지하실에 물이 찼는데 양수기를 빌릴 수 있나요"
    asked = question(turns(GREETING, f"C: {story}"))
    assert asked is not None
    assert len(asked.text) <= 160
    assert asked.text.endswith("양수기를 빌릴 수 있나요")


def test_unsure_hits_are_not_shown():
    assert choose(ranking("1", answerable=0.2), Kind.OPENING, [], surest=0, threshold=0.5, most=3) is None


def test_a_following_question_must_be_almost_certain():
    assert bar(Kind.OPENING, 0.5) < bar(Kind.ANOTHER, 0.5) == 0.5 < 0.9 < bar(Kind.FOLLOWING, 0.5) < 1


def test_at_most_the_asked_number_is_shown_best_first():
    chosen = choose(ranking("1", "2", "3", "4"), Kind.OPENING, [], surest=0, threshold=0.5, most=3)
    assert chosen is not None
    assert [hit.entry.entry_id for hit in chosen] == ["1", "2", "3"]
    assert chosen.knowledge_version == 2


def test_a_ranking_led_by_a_known_entry_brings_nothing_better():
    assert choose(ranking("1", "9"), Kind.OPENING, ["1", "2"], surest=0, threshold=0.5, most=3) is None
    assert choose(ranking("9", "1"), Kind.OPENING, ["1", "2"], surest=0, threshold=0.5, most=3) is not None


def test_a_restatement_must_be_surer_than_what_it_replaces():
    found = ranking("9", answerable=0.8)
    assert choose(found, Kind.RESTATED, ["1"], surest=0.9, threshold=0.5, most=3) is None
    assert choose(found, Kind.RESTATED, ["1"], surest=0.6, threshold=0.5, most=3) is not None


def test_no_hits_nothing_shown():
    assert choose(ranking(answerable=1.0), Kind.OPENING, [], surest=0, threshold=0.5, most=3) is None


def test_of_entries_that_differ_only_by_their_district_one_is_shown():
    def of(entry_id: str, district: str | None, question: str) -> Hit:
        return Hit(replace(entry(entry_id, question), district=district), 0.9)

    hits = (
        of("1", "강남구", "강남구에서 대형폐기물은 어떻게 버리나요?"),
        of("2", "마포구", "마포구에서 대형폐기물은 어떻게 버리나요?"),
        of("3", None, "대형폐기물은 어떻게 버리나요?"),
        of("4", "마포구", "마포구 여권은 어디서 만드나요?"),
    )
    chosen = choose(Ranking(hits, 0.9, 1), Kind.OPENING, [], surest=0, threshold=0.5, most=3)
    assert chosen is not None
    assert [hit.entry.entry_id for hit in chosen] == ["1", "3", "4"]
