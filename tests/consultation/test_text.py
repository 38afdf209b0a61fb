import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.errors import BadInput
from consultation.text import MAX_TURN, bigrams, clean, decode, squeeze


def test_decomposed_hangul_is_composed():
    assert clean(unicodedata.normalize("NFD", "전입신고")) == "전입신고"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u00ad", "\ufeff", "\u3164", "\u115f", "\U000e0041"])
def test_characters_that_hide_or_reorder_text_are_removed(hidden):
    assert clean(f"여{hidden}권") == "여권"


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\x85", "\ud800"])
def test_nul_controls_and_lone_surrogates_become_a_space(control):
    assert clean(f"여권{control}재발급") == "여권 재발급"


def test_spaces_of_every_width_are_folded_and_line_breaks_stay():
    assert clean("\u3000여권 \u00a0\t재발급\r\n구청\r민원실\u2028끝 ") == "여권 재발급\n구청\n민원실\n끝"


def test_a_turn_of_a_million_characters_is_cut_not_refused():
    assert clean("가" * 1_000_000) == "가" * MAX_TURN


def test_a_cut_falls_on_whole_syllables_of_decomposed_text():
    assert clean(unicodedata.normalize("NFD", "각" * 100), limit=10) == "각" * 10


@given(st.text(max_size=60), st.integers(min_value=1, max_value=40))
def test_cleaning_twice_changes_nothing(text, limit):
    once = clean(text, limit=limit)
    assert clean(once, limit=limit) == once
    assert len(once) <= limit
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


def test_squeezing_leaves_letters_and_digits_in_lower_case():
    assert squeeze("여권 재-발급, １２０ (Seoul)!") == "여권재발급120seoul"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("여권을", ["여권", "권을"]),
        ("여권 값", ["여권", "값"]),
        ("표_본", ["표", "본"]),
        ("", []),
        ("?!", []),
    ],
)
def test_bigrams_stay_within_a_run_of_letters_and_digits(text, pairs):
    assert bigrams(text) == pairs


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_korean_file_is_read_in_the_encodings_that_office_programs_write(encoding):
    assert (
        decode("번호,질문\n1,똠방각하는 누구?".encode(encoding), "a.csv") == "번호,질문\n1,똠방각하는 누구?"
    )


def test_a_broken_byte_is_named_by_its_line_in_the_encoding_that_was_meant():
    data = "질문\n여권\n".encode() * 10 + b"\xff\n"
    with pytest.raises(BadInput, match=r"a\.csv, line 21: neither UTF-8 nor CP949"):
        decode(data, "a.csv")
