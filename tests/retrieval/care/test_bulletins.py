"""Valid bulletins beside the knowledge: found when asked for, first, and gone at their end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from consultation.ports import Encoder
from consultation.store import Store
from consultation.store.bulletins import Bulletin, BulletinState
from consultation.types import ConsultationEntry, Hit, Ranking
from retrieval.bridges import Bridges
from retrieval.care.bulletins import BulletinIndex, Match, applies, as_entry, entry_id, number_of, outrank
from retrieval.care.live import LiveBulletins
from retrieval.tokens import KiwiAnalyser
from tests.retrieval.care.conftest import NOW, Clock, content, published

TEXTS = (
    content("수도관 파열로 인한 단수 안내", "노원구 일대가 저녁 8시까지 단수됩니다.", district="노원구",
            variants=("물이 안 나와요",)),
    content("한파쉼터 연장 운영", "한파특보 기간에는 한파쉼터를 밤 9시까지 엽니다."),
    content("지하철 2호선 운행 지연", "신호 고장으로 20분쯤 늦어지고 있습니다."),
)  # fmt: skip
UNASKED = (
    "여권은 어디서 만드나요",
    "대형폐기물 스티커는 어디서 사요",
    "불법주정차 신고하고 싶어요",
    "아이 어린이집 보육료 지원 받을 수 있나요",
    "hello where is the city hall",
    "😀😀😀",
    "",
)


def rarity(term: str) -> float:
    return {"있다": 0.3, "하다": 0.2, "되다": 0.3, "어디": 1.3, "언제": 1.3, "지금": 2.0, "안": 0.7}.get(
        term, 5.0
    )


@pytest.fixture(scope="module")
def index(analyser: KiwiAnalyser, encoder: Encoder) -> BulletinIndex:
    made = [
        Bulletin(n, BulletinState.PUBLISHED, 2, text, "han", NOW, "han", NOW)
        for n, text in enumerate(TEXTS, 1)
    ]
    return BulletinIndex(made, analyser=analyser, encoder=encoder, bridges=Bridges.open(analyser))


def ids(matches: list[Match]) -> list[str]:
    return [match.hit.entry.entry_id for match in matches]


@pytest.mark.parametrize(
    ("question", "number"),
    [("집에 물이 안 나오는데 왜 그래요", 1), ("단수 언제 끝나요", 1), ("한파쉼터 몇 시까지 해요", 2),
     ("지하철 2호선 지금 늦어지나요", 3)],
)  # fmt: skip
def test_a_question_about_a_bulletin_finds_it(index: BulletinIndex, question: str, number: int) -> None:
    assert ids(index.search(question, NOW, rarity=rarity))[0] == entry_id(number)


@pytest.mark.parametrize("question", UNASKED)
def test_a_question_about_something_else_finds_none(index: BulletinIndex, question: str) -> None:
    assert index.search(question, NOW, rarity=rarity) == []


def test_a_bulletin_is_there_from_its_start_and_gone_at_its_end(index: BulletinIndex) -> None:
    ask = "한파쉼터 몇 시까지 해요"
    start, end = TEXTS[1].starts_at, TEXTS[1].ends_at
    moment = timedelta(microseconds=1)
    for at, there in ((start - moment, 0), (start, 1), (end - moment, 1), (end, 0)):
        assert len(index.search(ask, at, rarity=rarity)) == there


def test_a_district_gets_its_own_bulletins_and_the_citys(index: BulletinIndex) -> None:
    assert ids(index.search("단수 언제 끝나요", NOW, district="노원구", rarity=rarity)) == ["B-0001"]
    assert index.search("단수 언제 끝나요", NOW, district="강남구", rarity=rarity) == []
    assert index.search("강남구 단수 언제 끝나요", NOW, rarity=rarity) == []
    assert ids(index.search("한파쉼터 몇 시까지 해요", NOW, district="강남구", rarity=rarity)) == ["B-0002"]


def test_an_entry_that_holds_more_of_the_question_stays_before_the_bulletin(index: BulletinIndex) -> None:
    question = "지하철 2호선 지연 증명서 발급 홈페이지"
    rival = Hit(ConsultationEntry("e", "지연 증명서", "답", "교통"), 0.9,
                ("지하철", "2", "호선", "지연", "증명서", "발급", "홈페이지"))  # fmt: skip
    (match,) = index.search(question, NOW, rarity=rarity, rival=rival)
    assert not match.leads
    ranking = outrank(Ranking((rival,), 0.9, 4), [match], 3)
    assert [hit.entry.entry_id for hit in ranking] == ["e", "B-0003"]


def found(*names: str) -> tuple[Hit, ...]:
    return tuple(
        Hit(ConsultationEntry(name, "질문", "답", "행정"), 0.7 - n / 10) for n, name in enumerate(names)
    )


def test_a_leading_bulletin_is_first_and_the_best_entry_stays() -> None:
    bulletins = [Match(hit, leads=True) for hit in found("B-0001", "B-0002", "B-0003")]
    ranking = outrank(Ranking(found("a", "b", "c"), 0.1, 4), bulletins, 3)
    assert [hit.entry.entry_id for hit in ranking] == ["B-0001", "B-0002", "a"]
    assert ranking.answerable > 0.7
    assert ranking.knowledge_version == 4
    scores = [hit.score for hit in ranking]
    assert scores == sorted(scores, reverse=True)
    assert [hit.entry.entry_id for hit in outrank(Ranking((), 0.0), bulletins[:1], 1)] == ["B-0001"]


def test_without_bulletins_the_ranking_is_the_same() -> None:
    ranking = Ranking(found("a"), 0.4, 2)
    assert outrank(ranking, [], 3) is ranking


def test_the_number_of_an_entry_tells_the_bulletin() -> None:
    assert number_of(entry_id(7)) == 7
    for other in ("B-", "B-x", "S-0001", "B-99999999999", ""):
        assert number_of(other) is None


def test_the_last_day_shown_is_the_last_on_which_it_holds() -> None:
    midnight = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)  # 00:00 on 1 December in Seoul
    bulletin = Bulletin(
        1, BulletinState.PUBLISHED, 2, content("제목", "글", ends_at=midnight), "han", NOW, "han", NOW
    )
    assert as_entry(bulletin).valid_until == date(2026, 11, 30)


def test_a_search_about_another_day_shows_no_bulletin_but_a_call_over_midnight_does() -> None:
    assert applies(None, NOW)
    assert applies(date(2026, 11, 24), NOW)
    assert not applies(date(2026, 1, 1), NOW)


def test_the_live_ones_are_renewed_and_end_by_the_clock(
    store: Store, analyser: KiwiAnalyser, encoder: Encoder, clock: Clock
) -> None:
    live = LiveBulletins(store.bulletins, analyser=analyser, encoder=encoder, clock=clock)

    def first() -> str | None:
        ranking = live.join(
            Ranking(found("a"), 0.2), "한파쉼터 몇 시까지 해요", 3, district=None, on=None, rarity=rarity
        )
        return ranking[0].entry.entry_id

    assert first() == "a"
    bulletin = published(store, TEXTS[1])
    assert live.reload()
    assert not live.reload()
    assert first() == entry_id(bulletin.number)
    assert [one.number for one in live.current()] == [bulletin.number]
    clock.now = TEXTS[1].ends_at
    assert first() == "a"
    assert live.current() == []
    entry = live.entry(entry_id(bulletin.number))
    assert entry is not None
    assert entry.question == "한파쉼터 연장 운영"
    assert live.entry("B-9999") is None
    clock.now = NOW
    store.bulletins.withdraw(bulletin.number, bulletin.revision, by="han", reason="회수함", at=NOW)
    live.reload()
    assert first() == "a"
