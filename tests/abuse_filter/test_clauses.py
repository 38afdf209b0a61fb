"""A turn is cut at its endings."""

from hypothesis import given
from hypothesis import strategies as st

from abuse_filter.clauses import clauses


def cut(text):
    return [text[start:end] for start, end in clauses(text)]


def test_clauses_end_with_their_endings():
    assert cut("여권 때문에 전화했는데요 칼 들고 찾아가겠습니다") == [
        "여권 때문에 전화했는데요",
        "칼 들고 찾아가겠습니다",
    ]


def test_short_answers_stay_with_what_follows():
    assert cut("네요 내일 가겠습니다") == ["네요 내일 가겠습니다"]


def test_nothing_has_no_clauses():
    assert cut("") == []
    assert cut("   ") == []


@given(st.text(alphabet="가나다요 .?해", max_size=80))
def test_no_letter_is_lost(text):
    assert "".join(cut(text)).replace(" ", "") == text.replace(" ", "")
