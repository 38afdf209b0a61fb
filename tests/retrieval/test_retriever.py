from __future__ import annotations

import dataclasses
import threading
from datetime import date
from pathlib import Path

import pytest

from consultation.errors import IndexMismatch, NothingPublished, Unknown
from consultation.ports import Encoder, Vectors
from consultation.types import Ranking
from consultation.versions import Versions
from retrieval import Retriever
from retrieval.tokens import KiwiAnalyser

from .conftest import DAY, ENTRIES, entry, publish


def ids(ranking: Ranking) -> list[str]:
    return [hit.entry.entry_id for hit in ranking]


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("주민등록증 다시 만들려면 어떻게 하나요", "id-card"),
        ("어 저기요 그 여권 만들려고 하는데요 뭐 가져가야 돼요", "passport"),
        ("가구 버리는 방법", "bulky"),
        ("집앞에차를대놨어요 신고좀", "parking"),
    ],
)
def test_the_entry_that_answers_comes_first(retriever: Retriever, question: str, right: str) -> None:
    assert ids(retriever.search(question, on=DAY))[0] == right


def test_an_everyday_word_crosses_a_bridge_to_the_official_one(retriever: Retriever) -> None:
    hit = retriever.search("민증 잃어버렸는데요", on=DAY)[0]
    assert hit.entry.entry_id == "id-card"
    assert ("민증", "주민등록증") in hit.bridges


def test_a_hit_names_the_words_it_shares_with_the_question(retriever: Retriever) -> None:
    hit = retriever.search("여권 발급 어떻게 해요", on=DAY)[0]
    assert {"여권", "발급"} <= set(hit.matched)


def test_a_long_spoken_turn_is_searched_by_its_question(retriever: Retriever) -> None:
    turn = (
        "네 안녕하세요 제가 지금 집을 수리하고 있는데요. 어제도 주차 때문에 이웃하고 싸우고 그래서 너무 힘든데요. "
        "어쨌든 그 치매 있는 시어머니 모시는 식구들이 며칠 쉬게 해 주는 지원이 있나요?"
    )
    assert ids(retriever.search(turn, on=DAY))[0] == "care"


def test_scores_fall_and_lie_between_0_and_1(retriever: Retriever) -> None:
    ranking = retriever.search("신고하고 싶어요", 10, on=DAY)
    scores = [hit.score for hit in ranking]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert 0 <= ranking.answerable <= 1


def test_a_citizen_of_a_district_never_sees_another_districts_entry(retriever: Retriever) -> None:
    found = ids(retriever.search("체육센터 다자녀 할인", 100, district="강남구", on=DAY))
    assert found[0] == "culture"
    assert "culture-mapo" not in found


def test_a_district_named_in_the_question_counts_when_none_is_given(retriever: Retriever) -> None:
    found = ids(retriever.search("마포구 체육센터 애가 둘인데 할인돼요?", 100, on=DAY))
    assert found[0] == "culture-mapo"
    assert "culture" not in found


def test_two_named_districts_leave_nothing_out(retriever: Retriever) -> None:
    found = ids(retriever.search("강남구에서 마포구로 이사했는데 체육센터 할인", 100, on=DAY))
    assert {"culture", "culture-mapo"} <= set(found)


def test_an_entry_is_shown_until_its_last_day_and_never_after(retriever: Retriever) -> None:
    assert "fair" in ids(retriever.search("전통시장 봄 축제", 100, on=date(2026, 4, 30)))
    assert "fair" not in ids(retriever.search("전통시장 봄 축제", 100, on=date(2026, 5, 1)))


def test_an_entry_marked_as_expired_is_never_shown(retriever: Retriever) -> None:
    assert "over" not in ids(retriever.search("겨울 스케이트장 운영", 100, on=DAY))


def test_near_duplicates_are_shown_once(retriever: Retriever) -> None:
    found = ids(retriever.search("수도요금 납부", 100, on=DAY))
    assert len({"water", "water-again"} & set(found)) == 1


@pytest.mark.parametrize(
    "question", ["", "   ", "🙂🙂🙂", "\x00", "How do I renew it?", "ㅋㅋㅋㅋㅋㅋ", "?!?!"]
)
def test_a_question_with_nothing_to_look_up_finds_nothing(retriever: Retriever, question: str) -> None:
    ranking = retriever.search(question, 10, on=DAY)
    assert ids(ranking) == []
    assert ranking.answerable == 0


def test_ten_megabytes_of_noise_find_nothing(retriever: Retriever) -> None:
    assert ids(retriever.search("뷁" * 3_500_000, 10, on=DAY)) == []


def test_a_question_after_a_very_long_story_is_still_found(retriever: Retriever) -> None:
    assert "passport" in ids(
        retriever.search("그래서 말이죠. " * 3000 + "여권 발급은 어떻게 하나요?", 10, on=DAY)
    )


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_no_hits_gives_none(retriever: Retriever, k: int) -> None:
    assert ids(retriever.search("여권", k, on=DAY)) == []


def test_a_knowledge_of_one_entry_is_searched(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    publish(tmp_path, ENTRIES[:1], encoder, analyser)
    one = Retriever.open(tmp_path, encoder=encoder, analyser=analyser)
    assert ids(one.search("주민등록증 재발급", 100, on=DAY)) == ["id-card"]


def test_a_knowledge_of_none_finds_nothing(tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser) -> None:
    publish(tmp_path, [], encoder, analyser)
    none = Retriever.open(tmp_path, encoder=encoder, analyser=analyser)
    ranking = none.search("주민등록증 재발급", on=DAY)
    assert ids(ranking) == []
    assert ranking.answerable == 0


def test_opening_before_anything_is_published_says_what_to_do(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    with pytest.raises(NothingPublished, match="sangdam knowledge publish"):
        Retriever.open(tmp_path, encoder=encoder, analyser=analyser)


def test_an_entry_is_read_by_its_id_even_when_it_is_over(retriever: Retriever) -> None:
    assert retriever.entry("over") == ENTRIES[9]
    with pytest.raises(Unknown, match="nowhere"):
        retriever.entry("nowhere")


class OtherEncoder:
    """Anything with the seam's verbs."""

    name = "other-1"
    dim = 4

    def encode(self, texts: list[str]) -> Vectors:
        raise AssertionError("never asked")


def test_an_index_of_another_encoder_is_refused(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    publish(tmp_path, ENTRIES[:2], encoder, analyser)
    with pytest.raises(IndexMismatch, match="rebuild"):
        Retriever.open(tmp_path, encoder=OtherEncoder(), analyser=analyser)


def test_a_reload_that_fails_leaves_the_old_version_in_use(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    publish(tmp_path, ENTRIES[:2], encoder, analyser)
    served = Retriever.open(tmp_path, encoder=encoder, analyser=analyser)
    number = publish(tmp_path, ENTRIES[:3], encoder, analyser)
    (Versions(tmp_path).path(number) / "vectors.faiss").write_bytes(b"damaged")
    with pytest.raises(IndexMismatch):
        served.reload()
    assert served.version == 1
    assert ids(served.search("여권 발급", on=DAY))[0] == "passport"


def test_searches_during_publishes_never_mix_two_versions(
    tmp_path: Path, encoder: Encoder, analyser: KiwiAnalyser
) -> None:
    def knowledge(number: int) -> list[object]:
        return [dataclasses.replace(e, answer=f"{e.answer} 판 {number}", version=number) for e in ENTRIES]

    publish(tmp_path, knowledge(1), encoder, analyser)  # type: ignore[arg-type]
    served = Retriever.open(tmp_path, encoder=encoder, analyser=analyser)
    stop = threading.Event()
    mixed: list[object] = []
    counted = [0] * 4

    def search(worker: int) -> None:
        while not stop.is_set() or counted[worker] == 0:
            ranking = served.search("신고 방법을 알려 주세요", 10, on=DAY)
            versions = {hit.entry.version for hit in ranking} | {ranking.knowledge_version}
            counted[worker] += 1
            if len(versions) != 1:
                mixed.append(versions)

    workers = [threading.Thread(target=search, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for number in range(2, 12):
        publish(tmp_path, knowledge(number), encoder, analyser)  # type: ignore[arg-type]
        served.reload()
    stop.set()
    for worker in workers:
        worker.join()
    assert mixed == []
    assert served.version == 11
    assert min(counted) > 0


def test_the_entry_with_the_nearer_variant_is_found_by_it(retriever: Retriever) -> None:
    assert ids(retriever.search("남의 집 앞에 차 대 놓은 사람", on=DAY))[0] == "parking"
    assert entry("x", "가", "나").variants == ()
