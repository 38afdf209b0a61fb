"""Taking a complaint: any order, one question at a time, corrections, cancellation, filed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.catalogue import Catalogue
from complaints.intake import Intake, missing, slots
from complaints.interview import Interview, Step
from complaints.questions import question
from consultation.districts import Gazetteer
from tests.complaints.dialogues import DIALOGUES, Dialogue

INTERVIEW = Interview(Catalogue.open(), Gazetteer.open())  # for hypothesis, which takes no fixtures
NOW = datetime.fromisoformat("2025-10-16T14:20:00+09:00")


def heard(interview: Interview, *turns: str) -> list[Step]:
    intake, steps = Intake(), []
    for turn in turns:
        steps.append(interview.hear(intake, turn, NOW))
        intake = steps[-1].intake
    return steps


def fits(slot: str, wanted: Any, got: Any) -> bool:
    """The rules of the chat scenarios: key words, or equal, times within ten minutes."""
    if wanted is None or got is None:
        return wanted is None and got is None
    if slot in ("location", "detail"):
        return all(word in got for word in wanted.split())
    if slot == "occurred_at" and "T" in wanted and "T" in got:
        return abs(datetime.fromisoformat(wanted) - datetime.fromisoformat(got)) <= timedelta(minutes=10)
    if slot == "occurred_at" and wanted != "now":
        return bool(got.startswith(wanted))
    return bool(wanted == got)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda d: d.turns[0][:20])
def test_a_conversation_ends_with_all_that_was_said(interview: Interview, dialogue: Dialogue) -> None:
    last = heard(interview, *dialogue.turns)[-1].intake
    known = slots(last)
    assert {s: known[s] for s, v in dialogue.slots.items() if not fits(s, v, known[s])} == {}
    assert last.stage == dialogue.stage


def test_one_question_at_a_time_the_most_useful_first(interview: Interview) -> None:
    steps = heard(
        interview,
        "신고할 게 있어요",
        "불법주차요",
        "교대역 10번 출구 앞",
        "93구 0718",
        "지금이요",
        "없어요",
        "괜찮아요",
    )
    assert [s.slot for s in steps] == ["kind", "place", "vehicle", "time", "photo", "contact", None]
    assert steps[-1].act == "confirm"


def test_what_was_said_at_once_is_not_asked_again(interview: Interview) -> None:
    steps = heard(
        interview,
        "교대역 10번 출구 골목에 트럭이 길을 막고 있어요. 93구 0718이고 지금이요. 사진 있고 연락은 안 주셔도 돼요",
        "네 접수해 주세요",
    )
    assert [s.act for s in steps] == ["confirm", "file"]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_slots_may_come_in_any_order(interview: Interview, order: Sequence[int]) -> None:
    said = (
        "가로등이 꺼졌어요",
        "암사역 4번 출구 앞이에요",
        "어제 밤 9시에 봤어요",
        "사진은 없고 연락은 안 주셔도 돼요",
    )
    known = slots(heard(interview, *(said[i] for i in order))[-1].intake)
    assert known["complaint_type"] == "streetlight"
    assert known["district"] == "강동구"
    assert known["occurred_at"] == "2025-10-15T21:00"
    assert (known["photo"], known["contact_consent"]) == (False, False)


def test_nothing_is_guessed(interview: Interview) -> None:
    known = slots(heard(interview, "강남역에 불법주차가 너무 많아요")[0].intake)
    assert known["district"] is None
    assert [known[s] for s in ("occurred_at", "vehicle_no", "photo", "contact_consent")] == [None] * 4


def test_a_shared_name_is_asked_about_with_its_districts(interview: Interview) -> None:
    steps = heard(interview, "삼성동 주택가에 누가 소파를 버렸어요", "삼성동시장 입구 쪽이요", "관악구요")
    assert steps[1].slot == "district"
    assert steps[1].intake.district_choices == ("강남구", "관악구")
    assert steps[2].intake.district == "관악구"


def test_another_exit_leaves_the_station(interview: Interview) -> None:
    steps = heard(
        interview,
        "서울대입구역 3번 출구 앞 가게가 인도에 물건을 쌓아놨어요",
        "출구를 잘못 썼네요. 3번 아니고 4번 출구예요",
    )
    assert str(steps[-1].intake.location) == "서울대입구역 4번 출구 앞"


def test_another_dong_drops_the_places_of_the_old_one(interview: Interview) -> None:
    steps = heard(
        interview,
        "천호동인데요 공원 가는 길에 가로등이 꺼졌어요",
        "아 동을 잘못 말했네. 암사동이에요, 암사역 4번 출구요",
    )
    assert "천호동" not in str(steps[-1].intake)
    assert "암사역 4번 출구" in str(steps[-1].intake.location)


def test_the_kind_may_be_corrected_and_made_special(interview: Interview) -> None:
    corrected = heard(
        interview, "성수동 서울숲역 앞 공사장 소음이 심해요", "아니 소음이 아니라 먼지가 문제예요"
    )
    assert corrected[-1].intake.kind == "construction_dust"
    special = heard(interview, "망원동 마트 앞에 차가 서 있어요", "거기 장애인 주차구역이에요")
    assert special[-1].intake.kind == "disabled_parking"


def test_a_second_matter_is_queued_and_follows_at_the_same_place(interview: Interview) -> None:
    steps = heard(
        interview,
        "중계동 은행사거리인데 불법주차도 심하고 불법 현수막도 잔뜩이에요",
        "불법주차부터. 16소 0391, 지금이요. 사진 있고 연락은 안 주셔도 돼요",
        "네 접수요",
    )
    assert steps[0].slot == "kind"
    assert steps[-1].act == "file"
    following = interview.following(steps[-1].intake)
    assert (following.kind, following.district, following.vehicles) == ("illegal_ad", "노원구", ())
    assert following.stage == "collecting"


@pytest.mark.parametrize(
    "words",
    ["신고 취소할게요", "그냥 없던 걸로 해주세요", "아 그거 취소요", "신고 안 할래요", "나중에 다시 할게요"],
)
def test_a_complaint_is_cancelled_at_any_moment(interview: Interview, words: str) -> None:
    for turns in (["소음 신고요"], ["소음 신고요", "뚝섬역 5번 출구 술집이에요"]):
        last = heard(interview, *turns, words)[-1]
        assert (last.act, last.intake.stage) == ("cancel", "cancelled")


@pytest.mark.parametrize("words", ["취소하지 마세요", "취소하면 어떻게 되나요", "연락 안 하셔도 돼요"])
def test_words_about_cancelling_do_not_cancel(interview: Interview, words: str) -> None:
    assert heard(interview, "소음 신고요", words)[-1].act != "cancel"


def test_filed_once_whatever_is_said_after(interview: Interview) -> None:
    filed = heard(
        interview,
        "교대역 10번 출구 앞 가로등이 꺼졌어요 지금요. 사진 없고 연락 안 주셔도 돼요",
        "네 접수해 주세요",
    )[-1].intake
    assert filed.stage == "filed"
    for words in ("네 접수해 주세요", "아니 4번 출구예요", "취소할게요", "불법주차도 있어요"):
        after = interview.hear(filed, words, NOW)
        assert after.act == "closed"
        assert after.intake == filed


def test_a_correction_at_the_confirmation_is_shown_once_more(interview: Interview) -> None:
    steps = heard(
        interview,
        "교대역 10번 출구 앞 가로등이 꺼졌어요 지금요. 사진 없고 연락 안 주셔도 돼요",
        "아니 11번 출구예요",
        "네 맞아요",
    )
    assert [s.act for s in steps] == ["confirm", "confirm", "file"]
    assert "11번 출구" in str(steps[-1].intake.location)


def test_a_first_message_that_asks_to_file_is_still_asked_for_the_rest(interview: Interview) -> None:
    step = heard(interview, "교대역 10번 출구 골목 불법주차 신고해 주세요")[0]
    assert (step.act, step.slot) == ("ask", "vehicle")


def test_nothing_is_filed_without_a_place(interview: Interview) -> None:
    steps = heard(interview, "소음 신고요", "접수해 주세요", "접수해 주세요", "그냥 접수해 주세요", "네")
    assert all(s.act == "ask" for s in steps)


def test_the_contact_number_is_kept_in_its_own_field_and_shown_nowhere(interview: Interview) -> None:
    last = heard(
        interview, "이태원역 1번 출구 가게 앞에 쓰레기를 버려요. 제 번호는 010-0123-4470이고 결과 알려주세요"
    )[-1].intake
    assert last.contact == "01001234470"
    assert last.contact_consent is True
    assert "4470" not in repr(last)
    assert "4470" not in str(slots(last))


def test_a_wish_without_a_number_is_asked_for_the_number(interview: Interview) -> None:
    last = heard(interview, "이태원역 1번 출구 앞에 쓰레기를 버려요 지금요. 사진 없어요. 결과 알려주세요")[-1]
    assert last.slot == "contact"
    assert last.intake.wants_contact
    assert last.intake.contact_consent is None


def test_consent_may_be_given_and_taken_back(interview: Interview) -> None:
    steps = heard(
        interview,
        "명동예술극장 앞에 입간판이 깔려 있어요 지금요. 사진 있어요. 연락은 필요 없어요",
        "음 아니다, 결과는 문자로 받을게요. 010-0137-8802",
        "아니 그냥 연락 안 주셔도 돼요",
    )
    assert [s.intake.contact_consent for s in steps] == [False, True, False]
    assert steps[-1].intake.contact == ""


def test_what_the_citizen_does_not_know_is_left_open(interview: Interview) -> None:
    steps = heard(interview, "독산동 행복빌라 앞에 매트리스가 버려져 있어요", "언제인지는 모르겠어요")
    assert steps[0].slot == "time"
    assert steps[1].slot == "photo"
    assert steps[1].intake.occurred_at == ""


def test_a_question_is_put_at_most_twice(interview: Interview) -> None:
    steps = heard(interview, "교대역 10번 출구 앞 가로등이 꺼졌어요", *["음 그게요 글쎄"] * 8)
    asked = [s.slot for s in steps if s.act == "ask"]
    assert all(asked.count(slot) <= 2 for slot in set(asked))


def test_a_place_nobody_knows_is_taken_as_the_answer_when_it_was_asked_for(interview: Interview) -> None:
    steps = heard(interview, "가로등이 꺼졌어요", "푸른언덕마을 들머리요")
    assert steps[0].slot == "place"
    assert str(steps[1].intake.location) == "푸른언덕마을 들머리"
    assert steps[1].slot == "district"


def test_a_telephone_number_is_never_taken_for_a_place(interview: Interview) -> None:
    last = heard(interview, "가로등이 꺼졌어요", "공일공 공공공공 일이삼사로 주세요")[-1].intake
    assert not last.location
    assert last.contact == "01000001234"


def test_a_place_outside_seoul_is_told_and_another_may_follow(interview: Interview) -> None:
    steps = heard(
        interview, "부산 해운대구 우동에 가로등이 꺼졌어요", "아니 서초구 서초동 교대역 10번 출구요"
    )
    assert steps[0].intake.outside == "부산"
    assert "서울이 아니" in question(steps[0].intake, "place", interview.catalogue)
    assert steps[1].intake.outside == ""
    assert steps[1].intake.district == "서초구"


def test_a_picture_that_came_with_the_message_counts(interview: Interview) -> None:
    assert interview.hear(Intake(), "가로등이 꺼졌어요", NOW, photos=1).intake.photo is True


def test_a_point_from_the_map_is_a_place(interview: Interview) -> None:
    step = interview.place(Intake(kind="streetlight"), (127.0134, 37.4934), "서초구 서초동 교대역")
    assert step.intake.district == "서초구"
    assert step.slot == "detail"


def test_two_vain_questions_for_the_kind_lead_to_the_desk(interview: Interview) -> None:
    last = heard(
        interview, "길이 좀 이상하게 되어 있습니다", "저도 뭐라 말해야 할지 잘", "설명하기 어렵습니다"
    )[-1]
    assert last.intake.kind_is_sure is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "<script>alert('x')</script>",
        "가" * 100_000,
        "12가3456" * 500,
        "\u0000\u200b",
        "네" * 3000,
        "😀" * 400,
        "' OR 1=1 --",
    ],
)
def test_hostile_messages_change_nothing_that_matters(interview: Interview, text: str) -> None:
    step = interview.hear(Intake(), text, NOW)
    assert step.act == "ask"
    assert step.intake.kind == ""
    assert sum(map(len, step.intake.detail)) <= 500


def test_the_state_is_frozen_and_says_what_is_missing(interview: Interview) -> None:
    intake = heard(interview, "교대역 10번 출구 앞에 차가 길을 막고 있어요")[0].intake
    with pytest.raises(FrozenInstanceError):
        intake.kind = "noise"  # type: ignore[misc]
    assert missing(intake, interview.catalogue["illegal_parking"]) == ("vehicle", "time", "photo", "contact")


PIECES = [
    "불법주차", "가로등이 꺼졌어요", "강남역", "11번 출구", "관악구", "삼성동", "어제 밤", "매일", "30분 전", "2월 30일", "99시 99분",
    "12가 0345", "271번 버스", "사진 있어요", "사진 없어요", "연락", "010-0000-1234", "네", "아니요", "취소", "접수해 주세요", "1번",
    "37.5, 127.0", "말고", "부터", "둘 다", "\n", ".", "?", "😀", "<b>", "ㅋㅋ",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=6), max_size=8))
def test_whatever_is_said_every_turn_has_a_next_step(messages: list[list[str]]) -> None:
    intake = Intake()
    for message in messages:
        step = INTERVIEW.hear(intake, " ".join(message), NOW)
        assert (step.act == "ask") == (step.slot is not None)
        assert step.act != "file" or intake.is_open
        assert (step.intake.contact_consent is True) == bool(step.intake.contact)
        assert step.intake.kind == "" or step.intake.kind in INTERVIEW.catalogue
        assert not (step.intake.district and step.intake.district_choices)
        intake = step.intake
