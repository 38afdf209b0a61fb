import re

import pytest

from consultation.errors import RowFault
from retrieval import messages

FAULTS = [RowFault(2, "분야", "까닭"), RowFault(2, "답변", "까닭"), RowFault(5, "분야", "까닭")]
FIXED = {name: text for name, text in vars(messages).items() if name.isupper() and not name.startswith("_")}


def test_refused_rows_are_counted_by_row_and_by_place():
    said = messages.refused_rows("표준상담.csv", FAULTS, shown=200)
    assert "표준상담.csv: 2개 행에서 3곳을 읽을 수 없어 아무것도 저장하지 않았습니다." in said
    assert "처음" not in said


def test_refused_rows_say_when_not_all_of_them_are_shown():
    assert "처음 2곳만 보여 드립니다." in messages.refused_rows("a.csv", FAULTS, shown=2)


@pytest.mark.parametrize("text", FIXED.values(), ids=FIXED)
def test_every_fixed_reason_is_a_polite_korean_sentence(text):
    assert re.search(r"[가-힣]+(니다|세요)\.", text)
