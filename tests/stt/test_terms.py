"""Names of places and services are put right, other words left alone."""

from __future__ import annotations

import random
import re
from itertools import product

import pytest

from consultation.text import squeeze
from stt.error_model import mishear
from stt.metrics import term_error_rate
from stt.terms import TermCorrector, place_names, prompt_terms
from tests.stt.calls import turns

_FOR = ["안심", "행복", "희망", "청년", "신혼", "어르신", "다둥이", "한부모", "장애인", "임산부", "소상공인", "외국인", "예술인", "저소득", "일자리", "주거", "의료", "교육", "문화", "교통"]  # fmt: skip
_WHAT = ["지원금", "바우처", "상담센터", "이용권", "감면제도", "보조금", "대출사업", "카드발급", "안내서비스", "신청서식", "등록증", "확인서", "증명서", "급여"]  # fmt: skip
_HOW = ["긴급", "특별", "추가", "온라인", "방문", "통합", "맞춤형", "정기"]
_AT = ["신림", "상계", "화곡", "봉천", "신월", "천호", "길동", "방화", "망우", "중계", "개봉", "고척", "시흥", "독산", "대림", "신길", "흑석", "사당", "방배", "양재", "개포", "일원", "수서", "가락", "문정", "장지", "거여", "마천", "둔촌", "암사", "고덕", "강일"]  # fmt: skip
_HOUSE = ["종합사회복지관", "청소년수련관", "노인복지관", "주민자치센터", "구립도서관", "국민체육센터", "공영주차장", "보건지소", "치안센터", "초등학교", "중학교", "전통시장", "문화예술회관", "어린이집"]  # fmt: skip


def lexicon() -> list[str]:
    """10,000 names: the gazetteer's, and made-up services and houses."""
    made = [
        "".join(parts)
        for parts in (*product(_FOR, _WHAT), *product(_HOW, _FOR, _WHAT), *product(_AT, _HOUSE))
    ]
    numbered = [
        f"{word}{kind}"
        for kind in ("팀", "과", "단지", "상가", "광장", "사거리", "육교", "둘레길", "산책로", "체험관")
        for word in made
    ]
    return list(dict.fromkeys([*place_names(), *made, *numbered]))[:10_000]


@pytest.fixture(scope="module")
def corrector() -> TermCorrector:
    return TermCorrector(lexicon())


@pytest.mark.parametrize(
    ("heard", "right"),
    [
        ("영등포구청혁 근처예요", "영등포구청역 근처예요"),
        ("청년지원굼 신청하려고요", "청년지원금 신청하려고요"),
        ("신림종합 사회 복찌관이요", "신림종합사회복지관이요"),
    ],
)
def test_a_name_heard_wrong_is_put_right(corrector: TermCorrector, heard: str, right: str) -> None:
    assert corrector.correct(heard) == right


def test_a_correction_says_where_and_what(corrector: TermCorrector) -> None:
    (fix,) = corrector.corrections("저는 청년지원굼을 신청하려고요")
    assert (fix.heard, fix.term) == ("청년지원굼", "청년지원금")
    assert "저는 청년지원굼을"[fix.start : fix.end] == "청년지원굼"


def test_right_text_and_common_words_are_left_alone(corrector: TermCorrector) -> None:
    for text in (
        "신림종합사회복지관 가려고요",
        "네 알겠습니다 감사합니다",
        "",
        "123",
        "!?",
        "가",
        "전화 주세요",
        "네 영등포구요",
    ):
        assert corrector.correct(text) == text


def test_a_known_word_is_never_touched() -> None:
    assert TermCorrector(["선유도"]).correct("서류도 필요해요") == "선유도 필요해요"
    assert TermCorrector(["선유도"], known=["서류도"]).correct("서류도 필요해요") == "서류도 필요해요"


def test_between_two_equally_near_terms_nothing_is_chosen() -> None:
    assert TermCorrector(["가나라마", "가나바마"]).correct("가나사마") == "가나사마"


def test_term_errors_fall_to_0_6_of_the_uncorrected_text(corrector: TermCorrector) -> None:
    dice = random.Random(4)
    terms = [t for t in lexicon() if 3 <= len(squeeze(t)) <= 12 and re.fullmatch("[가-힣 ]+", t)]
    frames = [
        "{} 어떻게 신청하나요",
        "{}에 가려면 어떻게 해야 돼요",
        "혹시 {} 전화번호 아세요",
        "{}에서 {}까지 얼마나 걸려요",
    ]
    truth = [f.format(*dice.sample(terms, f.count("{}"))) for f in (dice.choice(frames) for _ in range(400))]
    heard = [" ".join(mishear(word, 0.08, dice) for word in text.split()) for text in truth]
    before = term_error_rate(truth, heard, terms)
    after = term_error_rate(truth, [corrector.correct(text) for text in heard], terms)
    assert before > 0.2
    assert after <= 0.6 * before


def test_at_most_2_words_in_1000_are_changed_wrongly(corrector: TermCorrector) -> None:
    texts = [turn.text for _, turn in turns()]
    words = sum(len(text.split()) for text in texts)
    assert words > 3000
    assert sum(len(corrector.corrections(text)) for text in texts) / words <= 0.002


def test_the_gazetteer_gives_places_to_correct() -> None:
    names = place_names()
    assert {"종로구", "신림동", "노량진역"} <= set(names)
    assert len(names) == len(set(names)) > 2000
    assert (
        TermCorrector.of_seoul(["주거급여신청서"]).correct("주거급녀신청서 노량진녁")
        == "주거급여신청서 노량진역"
    )


def test_prompt_terms_stay_within_the_budget_and_follow_the_dialogue() -> None:
    terms = ["따릉이 정기권", "여권 재발급", "대형 폐기물 스티커", "노량진역"]
    chosen = prompt_terms(terms, ["안녕하세요", "폐기물 버리려고 하는데요 스티커 어디서 사요"], budget=14)
    assert chosen[0] == "대형 폐기물 스티커"
    assert sum(int(1.1 * len(t) + 1.999) for t in chosen) <= 14
    assert prompt_terms(terms, [], budget=100) == terms
    assert prompt_terms(terms, [], budget=0) == []
    assert prompt_terms(terms, [], budget=2, cost=lambda _: 1) == terms[:2]


def test_the_latest_turn_weighs_most() -> None:
    terms = ["여권 재발급", "주차 단속"]
    assert prompt_terms(terms, ["여권이요", "주차요"])[0] == "주차 단속"
    assert prompt_terms(terms, ["주차요", "여권이요"])[0] == "여권 재발급"
