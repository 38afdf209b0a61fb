"""Questions that found nothing are noted beside the search: masked, and never in its way."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from consultation.errors import EngineDown
from consultation.ports import Encoder
from consultation.store import Store
from consultation.store.care import Unanswered
from consultation.types import ConsultationEntry, Hit, Ranking
from retrieval.care.clusters import MOST, clusters
from retrieval.care.unanswered import WAITING, NotingSearcher
from tests.retrieval.care.conftest import NOW, Clock


class Fixed:
    """A searcher that is always this sure."""

    def __init__(self, answerable: float) -> None:
        self.ranking = Ranking((Hit(ConsultationEntry("e1", "질문", "답", "행정"), 0.2),), answerable, 1)

    def search(
        self, text: str, k: int = 3, *, district: str | None = None, on: date | None = None
    ) -> Ranking:
        return self.ranking


def kept(store: Store) -> list[Unanswered]:
    return store.care.unanswered(NOW - timedelta(days=1))


def test_a_question_that_found_nothing_is_kept_masked(store: Store, clock: Clock) -> None:
    searcher = NotingSearcher(Fixed(0.1), store.care, below=0.3, clock=clock)
    ranking = searcher.search("제 번호는 010-0000-1234인데 유에프오 신고는 어디에 해요", district="중구")
    assert ranking.answerable == 0.1
    searcher.flush()
    (one,) = kept(store)
    assert "010-0000-1234" not in one.question
    assert "유에프오 신고" in one.question
    assert (one.district, one.answerable, one.nearest, one.asked_at) == ("중구", 0.1, "e1", NOW)


def test_a_question_that_was_answered_is_not_kept(store: Store, clock: Clock) -> None:
    searcher = NotingSearcher(Fixed(0.9), store.care, below=0.3, clock=clock)
    searcher.search("여권은 어디서 만들어요")
    searcher.flush()
    assert kept(store) == []


@pytest.mark.parametrize("text", ["", "네", "😀😀", "???"])
def test_what_is_no_question_is_not_kept(store: Store, clock: Clock, text: str) -> None:
    searcher = NotingSearcher(Fixed(0.0), store.care, below=0.3, clock=clock)
    searcher.search(text)
    searcher.flush()
    assert kept(store) == []


def test_a_long_question_is_kept_from_its_end(store: Store, clock: Clock) -> None:
    searcher = NotingSearcher(Fixed(0.0), store.care, below=0.3, clock=clock)
    searcher.search("가" * 100_000 + " 끝에 물은 말")
    searcher.flush()
    assert len(kept(store)[0].question) <= 300
    assert kept(store)[0].question.endswith("끝에 물은 말")


def test_a_store_that_is_down_or_slow_holds_up_no_search(store: Store, clock: Clock) -> None:
    go_on = threading.Event()

    class Stuck:
        def add_unanswered(self, questions: Sequence[Unanswered]) -> None:
            go_on.wait(10)
            raise EngineDown("the database is away")

    searcher = NotingSearcher(Fixed(0.0), Stuck(), below=0.3, clock=clock)  # type: ignore[arg-type]
    for _ in range(WAITING + 300):
        assert searcher.search("아무도 모르는 질문").answerable == 0.0
    go_on.set()
    searcher.flush()


def test_questions_that_mean_the_same_are_put_together_the_largest_group_first(encoder: Encoder) -> None:
    texts = [
        "주차장 요금은 얼마인가요",
        "드론 날리려면 허가 받아야 되나요",
        "드론 비행 허가는 어디서 받아요",
        "드론 띄우는 데 허가가 필요한가요",
    ]
    found = clusters(encoder.encode(texts))
    assert [set(cluster.rows) for cluster in found] == [{1, 2, 3}, {0}]


def test_clusters_of_nothing_of_one_and_of_equals() -> None:
    assert clusters(np.zeros((0, 4), np.float32)) == []
    one = np.array([[1, 0, 0]], np.float32)
    assert [cluster.rows for cluster in clusters(one)] == [(0,)]
    assert [sorted(cluster.rows) for cluster in clusters(np.repeat(one, 5, axis=0))] == [[0, 1, 2, 3, 4]]


def test_more_texts_than_can_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        clusters(np.zeros((MOST + 1, 2), np.float32))
