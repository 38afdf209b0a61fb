"""Real Kiwi and real masking; no store, no index."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from assistant.wrapup import draft, edit_distance
from consultation.errors import EngineDown
from consultation.types import (
    FIELDS,
    FOLLOW_UPS,
    AbuseFlag,
    AbuseStep,
    ConsultationEntry,
    FollowUp,
    Hit,
    Ranking,
    Suggestion,
    SuggestionAction,
    Traced,
    Turn,
    Urgency,
)
from tests.assistant.fakes import turns

BULKY = ConsultationEntry(
    "77",
    "대형폐기물은 어떻게 버리나요",
    "구청 홈페이지나 동주민센터에서 신고하고 스티커를 붙여 내놓습니다.",
    field="환경",
)
OTHER = ConsultationEntry("88", "자동차 등록", "구청 차량등록과에서 합니다.", field="교통")


@dataclass(frozen=True)
class Act:
    suggestion_id: str
    action: SuggestionAction
    entry_id: str | None


@pytest.fixture(scope="module")
def talk() -> list[Turn]:
    return turns(
        "A: 안녕하십니까 다산콜 상담사 [이름]입니다",
        "C: 네 어 이사를 가는데요 침대를 버려야 되거든요 어떻게 버려야 되나요",
        "A: 침대를 어떻게 버리시는지 궁금하신 거 맞으시죠?",
        "C: 네 맞아요",
        "A: 네 동주민센터에서 대형폐기물로 신고하시고 스티커를 붙여서 내놓으시면 됩니다. 수수료는 8,000원입니다.",
        "C: 아 그래요 번호 좀 보내 주세요 [전화번호]요",
        "A: 네 구청 청소과 번호를 문자로 보내 드렸습니다. 더 궁금하신 점 있으세요?",
        "C: 없어요 감사합니다",
    )


def shown(*entries: ConsultationEntry, turn: int = 1) -> Suggestion:
    ranking = Ranking(tuple(Hit(one, 1.0) for one in entries), 0.9)
    return Suggestion(f"s{turn}", turn, "침대 버리기", ranking)


def test_a_draft_says_what_was_asked_and_told_in_written_style(talk: list[Turn]):
    record = draft(talk)
    assert record.question[0].text == "침대를 버려야 된다며 침대를 어떻게 버리는지 문의함."
    told = " ".join(sentence.text for sentence in record.answer)
    assert "스티커를 붙여서 내놓으면 된다고 안내함." in told
    assert record.answer[-1].text == "구청 청소과 번호를 문자로 보냄."


def test_every_sentence_rests_on_turns_that_exist(talk: list[Turn]):
    record = draft(talk)
    known = {turn.index for turn in talk}
    for sentence in (*record.question, *record.answer):
        assert sentence.turns
        assert set(sentence.turns) <= known


def test_no_sentence_has_a_number_that_its_turns_do_not_have(talk: list[Turn]):
    assert all(not sentence.doubts for sentence in (*draft(talk).question, *draft(talk).answer))


def test_what_was_promised_or_done_becomes_the_follow_up(talk: list[Turn]):
    record = draft(talk)
    assert record.follow_up == FollowUp("문자발송", "구청 청소과 번호를 문자로 보냄")
    assert record.outcome == "안내 문자를 보내고 종결"
    assert record.resolved


@pytest.mark.parametrize(
    ("said", "kind", "resolved"),
    [
        ("A: 제가 담당 부서에 확인하고 다시 전화드리겠습니다", "콜백", False),
        ("A: 무단투기 신고로 접수했습니다", "신고접수", True),
        ("A: 구청 담당자에게 바로 연결해 드리겠습니다", "담당부서 이관", True),
        ("A: 안내문을 문자로 보내 드렸습니다", "문자발송", True),
        ("A: 문자로 보내 드릴까요?", "없음", True),
        ("A: 구청에 전화하시면 됩니다", "없음", True),
        ("A: 욕설이 계속되어 상담을 종료하겠습니다", "담당부서 이관", False),
    ],
)
def test_an_offer_is_no_commitment(said: str, kind: str, resolved: bool):
    record = draft(turns("A: 안녕하세요", "C: 골목에 쓰레기가 쌓여 있어요 치워 주세요", said, "C: 네"))
    assert (record.follow_up.type, record.resolved) == (kind, resolved)
    assert record.follow_up.type in FOLLOW_UPS


def test_what_the_agent_took_comes_before_what_was_only_shown(talk: list[Turn]):
    took = draft(
        talk, suggestions=[shown(BULKY, OTHER)], actions=[Act("s1", SuggestionAction.ACCEPTED, "88")]
    )
    assert (took.entry_ids, took.category) == (("88",), "교통")


def test_a_shown_entry_counts_when_the_agent_told_it(talk: list[Turn]):
    record = draft(talk, suggestions=[shown(OTHER, BULKY)])
    assert (record.entry_ids, record.category) == (("77",), "환경")


def test_a_dismissed_suggestion_does_not_count(talk: list[Turn]):
    record = draft(talk, suggestions=[shown(BULKY)], actions=[Act("s1", SuggestionAction.DISMISSED, None)])
    assert record.entry_ids == ()


class Index:
    def __init__(self, *entries: ConsultationEntry, works: bool = True) -> None:
        self.entries, self.works = entries, works

    def search(self, text: str, k: int = 3, *, district: object = None, on: object = None) -> Ranking:
        if not self.works:
            raise EngineDown("the index does not answer; try again")
        return Ranking(tuple(Hit(one, 1.0) for one in self.entries), 0.95)


def test_a_last_search_finds_the_entry_nobody_was_shown(talk: list[Turn]):
    record = draft(talk, searcher=Index(BULKY))
    assert (record.entry_ids, record.category) == (("77",), "환경")


def test_the_record_is_drafted_while_the_index_is_down(talk: list[Turn]):
    assert draft(talk, searcher=Index(works=False)).category == "환경"


def test_hidden_words_stay_out_of_the_record():
    talk = turns("A: 안녕하세요", "C: 이 멍청이야 쓰레기 언제 치우냐 당장 치워", "A: 접수했습니다", "C: 끊어")
    flag = AbuseFlag(1, ("모욕",), 2, ((2, 5),), AbuseStep.WARN)
    record = draft(talk, flags=[flag])
    words = " ".join(sentence.text for sentence in (*record.question, *record.answer)) + " ".join(
        record.topics
    )
    assert "멍청이" not in words
    assert "▇" not in words


def test_the_menu_is_that_of_the_content():
    care = turns("A: 안녕하십니까 안심돌봄 120 상담사입니다", "C: 어머니 돌봄 서비스를 받고 싶어요")
    water = turns("A: 안녕하십니까 다산콜입니다", "C: 수도요금이 왜 이렇게 많이 나왔나요 누수인가요")
    lonely = turns("A: 안녕하십니까 다산콜입니다", "C: 하루 종일 말할 사람이 없어요")
    rules = turns("A: 안녕하십니까 다산콜입니다", "C: 이 규정 좀 바꿔 달라고 건의하고 싶어요")
    assert [draft(one).ars_code for one in (care, water, lonely, rules)] == [3, 2, 5, 4]


def test_danger_shows_in_the_record():
    record = draft(turns("A: 네 말씀하세요", "C: 죽고 싶어요", "A: 지금 119로 연결하겠습니다"))
    assert record.urgency is Urgency.SUICIDE_RISK
    assert record.outcome == "위기 상담 연계 (109)"


@pytest.mark.parametrize(
    "said",
    [
        [],
        ["A: 안녕하세요"],
        ["C: 네"],
        ["C: [전화번호]"],
        ["A: ", "C: "],
        ["C: 😀😀", "A: ㅋㅋ"],
        ["C: " + "가" * 5000],
    ],
)
def test_a_call_without_words_still_gets_a_draft(said: list[str]):
    record = draft(turns(*said))
    assert record.category in FIELDS
    assert record.follow_up.type in FOLLOW_UPS


def test_turns_may_come_in_any_order(talk: list[Turn]):
    assert draft(list(reversed(talk))) == draft(talk)


def test_an_unchanged_record_has_no_edits_and_a_changed_one_counts_characters(talk: list[Turn]):
    record = draft(talk)
    assert edit_distance(record, record) == 0
    changed = replace(record, question=(Traced("침대를 버리는 방법을 문의함.", (1,)),), resolved=False)
    assert edit_distance(record, changed) > 5
    assert edit_distance(record, replace(record, category="교통")) == 2
    assert edit_distance(record, changed) == edit_distance(changed, record)
