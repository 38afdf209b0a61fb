"""Every analyser keeps the promise of `consultation.ports.Analyser`."""

from __future__ import annotations

import shutil
import sys
import threading

import pytest

from consultation.errors import BadSetting, MissingExtra
from consultation.ports import Analyser
from retrieval.tokens import open_analyser
from tests.required import library, missing

ENGINES = ["kiwi", "konlpy:Okt", "konlpy:Komoran", "konlpy:Hannanum"]


@pytest.fixture(scope="module", params=ENGINES)
def analyser(request: pytest.FixtureRequest) -> Analyser:
    if request.param != "kiwi":
        library("konlpy", extra="konlpy")
        if shutil.which("java") is None:
            missing("konlpy needs a Java runtime; Debian: apt-get install default-jre-headless")
    return open_analyser(request.param)


def test_nouns_are_kept_and_particles_left_out(analyser: Analyser) -> None:
    terms = analyser.terms("구청에서 여권을 발급합니다")
    assert {"구청", "여권", "발급"} <= set(terms)
    assert not {"에서", "을", "ᆸ니다", "ㅂ니다", "습니다"} & set(terms)


def test_terms_come_in_the_order_of_the_text(analyser: Analyser) -> None:
    assert analyser.terms("학교 주차 방법") == ["학교", "주차", "방법"]


def test_a_question_and_a_statement_share_their_predicate(analyser: Analyser) -> None:
    asked, told = analyser.terms("언제 받나요"), analyser.terms("여기서 받습니다")
    assert set(asked) & set(told)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "🙂", "...", "\x00"])
def test_a_text_without_words_has_no_korean_terms(analyser: Analyser, text: str) -> None:
    assert not [t for t in analyser.terms(text) if any("가" <= c <= "힣" for c in t)]


def test_every_line_of_a_text_is_read(analyser: Analyser) -> None:
    assert {"여권", "학교"} <= set(analyser.terms("여권\n\n학교"))


def test_an_unknown_word_is_kept(analyser: Analyser) -> None:
    assert "따릉" in "".join(analyser.terms("따릉이 대여소"))


def test_threads_may_share_it(analyser: Analyser) -> None:
    expected = analyser.terms("여권 발급 방법을 알려 주세요")
    found: list[list[str]] = []

    def cut() -> None:
        found.extend(analyser.terms("여권 발급 방법을 알려 주세요") for _ in range(5))

    workers = [threading.Thread(target=cut) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 20


def test_the_name_tells_engine_and_version(analyser: Analyser) -> None:
    assert "-" in analyser.name
    assert any(character.isdigit() for character in analyser.name)


def test_an_unknown_analyser_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadSetting, match="konlpy:Okt"):
        open_analyser("mecab")


def test_a_missing_konlpy_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "konlpy", None)
    monkeypatch.setitem(sys.modules, "konlpy.tag", None)
    with pytest.raises(MissingExtra, match=r"sangdam\[konlpy\]"):
        open_analyser("konlpy:Okt")
