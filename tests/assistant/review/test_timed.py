"""Words of a masked text and when they were said."""

from __future__ import annotations

from assistant.review.timed import timed
from consultation.privacy import mask
from consultation.types import Word

SPOKEN = "제 번호는 공일공 영영영영 일이삼사입니다"


def heard(text: str, confidence: float = 0.9) -> tuple[Word, ...]:
    """One word a second."""
    return tuple(Word(word, float(i), i + 1.0, confidence) for i, word in enumerate(text.split()))


def test_without_word_times_there_are_none() -> None:
    assert timed("여권", "여권", ()) == ()


def test_a_text_that_hides_nothing_keeps_its_words() -> None:
    words = heard("여권 신청 하려고요")
    assert timed("여권 신청 하려고요", "여권 신청 하려고요", words) == words


def test_a_kind_lasts_as_long_as_what_it_hides() -> None:
    masked = mask(SPOKEN)
    assert masked == "제 번호는 [전화번호]입니다"
    words = timed(masked, SPOKEN, heard(SPOKEN))
    assert [(w.text, w.start, w.end) for w in words] == [
        ("제", 0.0, 1.0),
        ("번호는", 1.0, 2.0),
        ("[전화번호]입니다", 2.0, 5.0),
    ]


def test_words_after_a_kind_have_their_own_time() -> None:
    spoken = f"{SPOKEN} 확인 부탁드려요"
    words = timed(mask(spoken), spoken, heard(spoken))
    assert [(w.text, w.start) for w in words][-2:] == [("확인", 5.0), ("부탁드려요", 6.0)]


def test_a_corrected_text_takes_its_times_from_what_was_heard() -> None:
    words = timed("여권을 발급하려고요", "여권을 발급하려고요", heard("여곤을 발급 하려고요"))
    assert [(w.text, w.start, w.end) for w in words] == [("여권을", 0.0, 1.0), ("발급하려고요", 1.0, 3.0)]


def test_nothing_of_the_unmasked_text_comes_out() -> None:
    for masked in (mask(SPOKEN), "제 [전화번호]", "[이름]", ""):
        shown = " ".join(word.text for word in timed(masked, SPOKEN, heard(SPOKEN)))
        assert shown == masked


def test_the_least_sure_part_of_a_word_decides() -> None:
    words = (Word("여권", 0.0, 1.0, 0.9), Word("발급", 1.0, 2.0, 0.2))
    assert timed("여권발급", "여권발급", words)[0].confidence == 0.2
