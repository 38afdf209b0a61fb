"""Disguised words are read, and every character keeps its place in the original."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abuse_filter.disguise import fold, joined, views


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ㅅㅣㅂㅏㄹㄴㅗㅁㅇㅏ", "시발놈아"),
        ("닥ㅊㅕ", "닥쳐"),
        ("또ㄹㅏ이냐", "또라이냐"),
        ("시.발.새.끼", "시발새끼"),
        ("병 신 아 거 기", "병신아거기"),
        ("시1발", "시발"),
        ("존~나", "존나"),
        ("시이이발", "시발"),
        ("쉽알", "쉬발"),
        ("tlqkf", "시발"),
        ("TLQKF", "시발"),
        ("ｓｈｉｔ", "shit"),
        ("시\u200b발", "시발"),
        (unicodedata.normalize("NFD", "시발"), "시발"),
    ],
)
def test_a_disguised_word_is_read_as_it_is_meant(typed, meant):
    assert any(meant in view.text for view in views(typed))


def test_ordinary_spacing_is_not_joined():
    assert joined(fold("서울시 발급 서류는 어디서 받나요")).text == "서울시 발급 서류는 어디서 받나요"


def test_an_hour_before_a_departure_is_not_joined():
    assert "시발" not in joined(fold("다섯 시 발 기차")).text


def test_two_consonants_without_a_vowel_stay_letters():
    assert fold("ㅅㅂ").text == "ㅅㅂ"


def test_spans_point_at_the_original_characters():
    text = "아 시.발.새.끼 정말"
    view = views(text)[1]
    at = view.text.index("시발새끼")
    start, end = view.span(at, at + 4)
    assert text[start:end] == "시.발.새.끼"


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_offsets_stay_inside_it(text):
    for view in views(text):
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= s < e <= len(text) for s, e in zip(view.starts, view.ends, strict=True))
        assert list(view.starts) == sorted(view.starts)
