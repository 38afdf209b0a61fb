"""What is hidden."""

from abuse_filter.lexicon import Found
from abuse_filter.spans import merge, whole_word


def test_a_glued_ending_is_hidden_too():
    assert whole_word("아 시발놈아 뭐", Found(2, 5, ("욕설",), 3)) == (2, 6)


def test_a_long_word_behind_is_left_readable():
    assert whole_word("시발여권발급증명서", Found(0, 2, ("욕설",), 1)) == (0, 2)


def test_touching_spans_are_joined():
    assert merge([(5, 8), (0, 3), (3, 4), (6, 7)]) == ((0, 4), (5, 8))
