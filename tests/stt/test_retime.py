"""Changed text keeps the times of the sound."""

from __future__ import annotations

from consultation.types import Word
from stt.retime import retime, spread

WORDS = (
    Word("강남", 1.0, 1.4, 0.9),
    Word("구청에서", 1.5, 2.3, 0.7),
    Word("왔어요", 2.4, 3.0, 0.8),
)


def test_unchanged_text_keeps_its_words() -> None:
    assert retime(WORDS, "강남 구청에서 왔어요") == WORDS


def test_joined_words_last_from_the_first_to_the_last_letter() -> None:
    joined = retime(WORDS, "강남구청에서 왔어요")
    assert [w.text for w in joined] == ["강남구청에서", "왔어요"]
    assert (joined[0].start, joined[0].end, joined[0].confidence) == (1.0, 2.3, 0.7)
    assert joined[1] == WORDS[2]


def test_a_word_is_divided_where_its_letters_are() -> None:
    parts = retime(WORDS, "강남 구청 에서 왔어요")
    assert [(w.text, w.start, w.end) for w in parts][1:3] == [("구청", 1.5, 1.9), ("에서", 1.9, 2.3)]


def test_a_corrected_word_keeps_the_time_of_the_wrong_one() -> None:
    heard = (Word("영등보구", 0.5, 1.3, 0.6), Word("청이요", 1.4, 1.9, 0.9))
    assert [(w.text, w.start, w.end) for w in retime(heard, "영등포구 청이요")] == [
        ("영등포구", 0.5, 1.3),
        ("청이요", 1.4, 1.9),
    ]


def test_letters_that_were_added_or_left_out_move_nothing_else() -> None:
    for text in ("강남 역 구청에서 왔어요", "구청에서 왔어요", "강남 구청에 왔어요", "다른 말"):
        changed = retime(WORDS, text)
        assert [w.text for w in changed] == text.split()
        assert all(1.0 <= w.start <= w.end <= 3.0 for w in changed)
        assert [w.start for w in changed] == sorted(w.start for w in changed)


def test_signs_alone_and_nothing_at_all_are_no_fault() -> None:
    assert [w.text for w in retime((Word("?", 0.0, 0.1, 1.0), Word("네", 0.2, 0.4, 1.0)), "? 네.")] == [
        "?",
        "네.",
    ]
    assert retime((), "네") == ()
    assert retime(WORDS, "") == ()


def test_text_without_times_is_spread_over_the_speech_and_not_over_the_pause() -> None:
    words = spread("가나 다라", [(1.0, 2.0), (5.0, 6.0)], 0.8)
    assert [(w.text, w.start, w.end, w.confidence) for w in words] == [
        ("가나", 1.0, 2.0, 0.8),
        ("다라", 5.0, 6.0, 0.8),
    ]


def test_without_speech_there_are_no_words() -> None:
    assert spread("네", [], 1.0) == ()
    assert spread("  ", [(0.0, 1.0)], 1.0) == ()
