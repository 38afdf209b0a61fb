"""Chat spelling is mended; correct sentences stay."""

from __future__ import annotations

import unicodedata

import pytest

from complaints.spelling import jamo, mend


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("너구리가 죽어잇어요 치워주새요", "너구리가 죽어있어요 치워주세요"),
        ("사진업슴", "사진 없음"),
        ("연락 ㄴㄴ", "연락 아니요"),
        ("ㅇㅋ ㅋㅋㅋ", "네"),
        ("쓰래기 치웟어요ㅠㅠ", "쓰레기 치웟어요"),
    ],
)
def test_common_misspellings_are_put_right(wrong: str, right: str) -> None:
    assert mend(wrong) == right


@pytest.mark.parametrize(
    "text",
    [
        "업무용 차량이 서 있어요",
        "작업 중인 공사장이에요",
        "영업 시간이 끝났어요",
        "낫을 들고 있어요",
        "안 되면 말씀해 주세요",
        "옷을 갖다 주세요",
    ],
)
def test_correct_sentences_stay(text: str) -> None:
    assert mend(text) == text


def test_decomposed_letters_are_joined() -> None:
    assert mend(unicodedata.normalize("NFD", "가로등")) == "가로등"


def test_syllables_fall_apart_into_letters() -> None:
    assert jamo("구멍A") == "ㄱㅜㅁㅓㅇA"
