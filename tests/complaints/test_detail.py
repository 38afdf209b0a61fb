"""The citizen's own words about the matter, without what belongs elsewhere."""

from __future__ import annotations

from complaints.detail import LONGEST, details, joined


def test_place_and_time_are_left_out_and_the_rest_stays() -> None:
    text = "교대역 10번 출구에 트럭이 길을 막고 있어요"
    assert details(text, [(0, 10)]) == ("트럭이 길을 막고 있어요",)


def test_sentences_about_photo_contact_and_filing_are_no_detail() -> None:
    assert details("사진은 없고 연락 안 주셔도 됩니다. 네 접수해 주세요. 고맙습니다", []) == ()


def test_a_question_is_no_detail() -> None:
    assert details("제 이름 꼭 적어야 하나요?", []) == ()


def test_personal_data_in_the_words_is_masked() -> None:
    (said,) = details("옆집 사람이 쓰레기를 버리면서 010-0123-4470 이라고 적힌 봉투를 써요", [])
    assert "4470" not in said


def test_details_are_kept_once_and_cut() -> None:
    assert joined(("물이 새요",), ("물이 새요", "발목까지 차요")) == ("물이 새요", "발목까지 차요")
    assert sum(map(len, joined((), ("가" * 400, "나" * 400)))) == LONGEST
