"""Receipt numbers that catch slips, and the states of a filed complaint."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from complaints.receipt import ALPHABET, Move, Progress, Status, find_receipts, issue, looks_mistyped
from consultation.errors import BadInput, Conflict
from consultation.privacy import find

DAY = date(2025, 10, 16)
AT = datetime.fromisoformat("2025-10-16T14:20:00+09:00")
DRAW = random.Random(3)


def number() -> str:
    return issue(DAY, DRAW.choice)


def test_a_number_holds_its_day_and_is_found_in_a_sentence() -> None:
    one = number()
    assert one.startswith("251016-")
    assert find_receipts(f"접수번호 {one}로 진행 상황 볼 수 있어요?") == [one]
    assert find_receipts(f"{one.lower().replace('-', ' ')} 조회해 주세요") == [one]


def test_every_single_wrong_symbol_is_noticed() -> None:
    one = number()
    for at, symbol in enumerate(one):
        if symbol == "-":
            continue
        for other in "0123456789" if at < 6 else ALPHABET:
            if other != symbol:
                assert find_receipts(one[:at] + other + one[at + 1 :]) == []


def test_every_swap_of_two_neighbours_is_noticed() -> None:
    for _ in range(200):
        one = number()
        for at in (7, 8, 9, 10):
            swapped = one[:at] + one[at + 1] + one[at] + one[at + 2 :]
            assert swapped == one or find_receipts(swapped) == []


def test_numbers_look_like_no_personal_data() -> None:
    assert not any(find(f"접수번호는 {number()}입니다") for _ in range(100))


def test_the_bundled_source_of_chance_gives_different_numbers() -> None:
    assert len({issue(DAY) for _ in range(200)}) == 200


def test_a_slip_is_told_from_no_number() -> None:
    one = number()
    wrong = one[:-1] + next(c for c in ALPHABET if c != one[-1])
    assert looks_mistyped(wrong)
    assert not looks_mistyped(one)
    assert not looks_mistyped("010-0123-4567")
    assert find_receipts("259916-AAAAA-A") == []


def moved(progress: Progress, status: Status, **more: str) -> Progress:
    return progress.moved(Move(status, AT, "담당자", **more))


def test_the_ordinary_way_leads_from_receipt_to_done() -> None:
    progress = Progress.begin(AT, "챗봇", "서초구 주차관리과")
    for status in (Status.ASSIGNED, Status.WORKING, Status.DONE):
        progress = moved(progress, status)
    assert [m.status for m in progress.moves] == ["접수", "배정", "처리중", "완료"]
    assert progress.office == "서초구 주차관리과"


def test_a_transfer_needs_a_reason_and_another_office() -> None:
    progress = Progress.begin(AT, "챗봇", "서초구 주차관리과")
    with pytest.raises(BadInput, match="사유"):
        moved(progress, Status.TRANSFERRED, office="강남구 주차관리과")
    with pytest.raises(BadInput, match="다른 기관"):
        moved(progress, Status.TRANSFERRED, reason="강남구 관할", office="서초구 주차관리과")
    done = moved(progress, Status.TRANSFERRED, reason="강남구 관할", office="강남구 주차관리과")
    assert (done.status, done.office) == ("이송", "강남구 주차관리과")


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        ((), Status.DONE),
        ((Status.ASSIGNED, Status.WORKING), Status.CANCELLED),
        ((Status.ASSIGNED, Status.WORKING, Status.DONE), Status.ASSIGNED),
        ((), Status.RECEIVED),
    ],
)
def test_a_state_that_is_not_allowed_is_refused(way: tuple[Status, ...], refused: Status) -> None:
    progress = Progress.begin(AT, "챗봇", "서초구 도로과")
    for status in way:
        progress = moved(progress, status)
    with pytest.raises(Conflict, match="바꿀 수 없습니다"):
        moved(progress, refused, reason="시험")


def test_a_cancelled_complaint_never_moves_again() -> None:
    progress = moved(Progress.begin(AT, "챗봇", "서초구 도로과"), Status.CANCELLED, reason="신청인 취소")
    assert not any(progress.may(status) for status in Status)


def test_a_citizen_may_ask_for_another_answer_with_a_reason() -> None:
    progress = Progress.begin(AT, "챗봇", "서초구 도로과")
    for status in (Status.ASSIGNED, Status.DONE):
        progress = moved(progress, status)
    with pytest.raises(BadInput, match="사유"):
        moved(progress, Status.WORKING)
    assert moved(progress, Status.WORKING, reason="아직 꺼져 있음").status == "처리중"


def test_a_move_before_the_last_one_is_refused() -> None:
    progress = Progress.begin(AT, "챗봇", "서초구 도로과")
    with pytest.raises(BadInput, match="이릅니다"):
        progress.moved(Move(Status.ASSIGNED, AT - timedelta(minutes=1), "담당자"))
