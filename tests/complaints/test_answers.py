"""Photo, contact, yes, no and cancel in short answers; silence is no answer."""

from __future__ import annotations

import pytest

from complaints.answers import asks_to_file, confirms, contact, corrects, photo, telephone
from complaints.spelling import mend


@pytest.mark.parametrize(
    ("text", "has_photo", "wants_contact"),
    [
        ("사진은 없고 연락 안 주셔도 됩니다", False, False),
        ("CCTV 화면 사진 있습니다. 조치 결과를 전화로 알려주세요. 010-0123-4470", True, True),
        ("녹음 파일은 있는데 사진은 없어요. 연락처는 남기고 싶지 않아요", False, False),
        ("사진 있고 연락은 괜찮으니 안 주셔도 돼요", True, False),
        ("사진업슴 연락안해도됨", False, False),
        ("연락은 ㄱㅊ 안 줘도 됨", None, False),
        ("사진은 지금 못 찍어요 결과만 알려주세요 번호는 010-0155-1234예요", False, True),
        ("블랙박스 영상 있어요 연락은 됐어요", True, False),
        ("사진이랑 연락처는 없어요", False, False),
        ("사진도 없고 연락도 필요 없어요", False, False),
        ("사진 첨부합니다, 익명으로 해주세요", True, False),
        ("사진은 무서워서 못 찍었어요", False, None),
        ("사진이요? 없어요", False, None),
        ("사진x 연락x", False, False),
        ("사진은 나중에 보낼게요", None, None),
        ("전화는 싫고 문자로 주세요 010-0100-2000", None, True),
        ("전화는 부담스러워서 안 받을게요", None, False),
        ("연락 바라지 않습니다", None, False),
        ("연락은 사절입니다", None, False),
        ("제 번호는 공일공 공일사사 일이삼사예요", None, True),
        ("가로등이 꺼졌어요", None, None),
    ],
)
def test_photo_and_contact_are_read_from_one_message(
    text: str, has_photo: bool | None, wants_contact: bool | None
) -> None:
    said = mend(text)
    assert (photo(said), contact(said).wanted) == (has_photo, wants_contact)


def test_a_bare_yes_or_no_answers_only_what_was_asked() -> None:
    assert photo("네") is None
    assert photo("네", asked=True) is True
    assert photo("없어요", asked=True) is False
    assert contact("아니요").wanted is None
    assert contact("아니요", asked=True).wanted is False
    assert contact("괜찮아요", asked=True).wanted is False


def test_numbers_written_and_spoken_and_addresses_of_mail_are_read() -> None:
    assert telephone("010 0111 2222 입니다") == "01001112222"
    assert telephone("공일공 공일사사 일이삼사로 주세요") == "01001441234"
    assert telephone("parent@example.com") == "parent@example.com"
    assert telephone("3번 출구 2시") == ""


@pytest.mark.parametrize(
    "text",
    [
        "네 신고해 주세요",
        "ㅇㅇ 맞음 접수",
        "응 그걸로 접수",
        "네 그대로 올려 주세요",
        "이제 맞아요",
        "좋아요",
        "넵 진행해주세요",
        "맞습니다. 관악구로 접수해 주세요",
    ],
)
def test_yes_has_many_forms(text: str) -> None:
    assert confirms(mend(text))


@pytest.mark.parametrize(
    "text",
    [
        "아니요 틀렸어요",
        "접수됐나요?",
        "어제 신고했는데 어떻게 됐어요",
        "어제 봤어요",
        "신고하면 이름을 적어야 하나요",
    ],
)
def test_a_question_or_a_no_is_no_yes(text: str) -> None:
    assert not confirms(mend(text))


def test_a_bare_yes_does_not_ask_to_file() -> None:
    assert asks_to_file("네 접수해 주세요")
    assert not asks_to_file("네 맞아요")


def test_a_correction_takes_back_and_an_exclamation_does_not() -> None:
    assert corrects("아니 3번 출구요")
    assert corrects("출구를 잘못 썼네요")
    assert not corrects("아 그리고 먼지도 심해요")
