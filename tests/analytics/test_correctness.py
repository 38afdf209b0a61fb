from __future__ import annotations

import pytest

from analytics.correctness import Figure, comparer, figures
from analytics.quality import review
from consultation.types import ConsultationEntry, QualityItem, Speaker, Turn

MOVE = ConsultationEntry(
    "1",
    "전입신고는 언제까지 하나요",
    "이사하신 날부터 14일 안에 전입신고를 하셔야 합니다. 늦으면 5만 원 이하의 과태료가 부과될 수 있습니다.",
    field="행정",
    department="동주민센터 민원팀",
    phone="02-1000-0001",
)


def agent(text: str) -> list[Turn]:
    return [Turn(0, Speaker.CITIZEN, "전입신고요", 0, 1), Turn(1, Speaker.AGENT, text, 1, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "이사하신 날부터 14일 안에 전입신고를 하셔야 합니다.",
        "이사하신 날부터 십사 일 안에 전입신고를 하셔야 합니다.",
        "늦으면 오만 원 이하의 과태료가 부과될 수 있습니다.",
        "신분증 1부를 가지고 오세요.",
        "접수하시고 3일 뒤에 결과를 받으십니다.",
        "이사하신 날부터 보통 20일 정도 안에 많이 하십니다.",
        "동주민센터 민원팀 02-1000-0001로 전화하세요.",
        "경찰은 112입니다.",
        "",
    ],
)
def test_what_agrees_or_cannot_be_compared_is_no_fault(text: str):
    assert comparer([MOVE])(agent(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "이사하신 날부터 30일 안에 전입신고를 하셔야 합니다.",
        "이사하신 날부터 이십 일 안에 전입신고를 하셔야 합니다.",
        "늦으면 10만 원 이하의 과태료가 부과될 수 있습니다.",
        "동주민센터 민원팀 02-1000-0009로 전화하세요.",
    ],
)
def test_another_figure_for_the_same_thing_is_named_with_its_turn(text: str):
    assert comparer([MOVE])(agent(text)) == 1


def test_a_figure_that_any_entry_holds_is_no_fault():
    other = ConsultationEntry("2", "여권", "30일 안에 찾아가세요.", field="행정")
    assert comparer([MOVE, other])(agent("이사하신 날부터 30일 안에 전입신고를 하셔야 합니다.")) is None


def test_what_the_citizen_says_is_not_compared():
    talk = [Turn(0, Speaker.CITIZEN, "이사하신 날부터 30일 안에 전입신고를 하셔야 합니다.", 0, 1)]
    assert comparer([MOVE])(talk) is None


def test_without_entries_nobody_is_accused():
    assert comparer([])(agent("이사하신 날부터 99일 안에 하셔야 합니다.")) is None


def test_a_review_takes_it_as_its_judge_of_guidance():
    wrong = agent("이사하신 날부터 30일 안에 전입신고를 하셔야 합니다.")
    scored = review(wrong, contradicts=comparer([MOVE]))
    assert not scored.items[QualityItem.CORRECTNESS]
    assert scored.evidence[QualityItem.CORRECTNESS] == 1


def test_figures_are_read_written_and_spoken():
    assert figures("십사 일 안에 5만 원, 두 달, 백오십 퍼센트") == {
        Figure(14, "일"),
        Figure(50_000, "원"),
        Figure(2, "개월"),
        Figure(150, "퍼센트"),
    }
