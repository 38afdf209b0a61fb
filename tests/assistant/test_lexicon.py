"""The words that speech recognition is told: of the knowledge, and of this call."""

from __future__ import annotations

from assistant.lexicon import CallPrompt, places_in, terms_of, words_of
from consultation.types import ConsultationEntry, Hit, Ranking, Suggestion
from stt.terms import TermCorrector
from tests.assistant.fakes import call, citizen


def entry(question: str, answer: str = "", department: str = "") -> ConsultationEntry:
    return ConsultationEntry("E", question, answer, field="행정", department=department)


ENTRIES = [
    entry("기후동행카드는 어디서 사나요?", "기후동행카드를 사시려면 역에 가세요.", "강남구보건소"),
    entry("환불은 어떻게 하나요?", "기후동행카드의 환불은 앱에서 하십니다."),
    entry("어떻게 신청하면 되나요?", "받았는데 어떻게 하나요?"),
]


def test_terms_are_names_that_several_entries_hold_and_offices():
    terms = terms_of(ENTRIES)
    assert "기후동행카드" in terms
    assert "강남구보건소" in terms
    assert "마포구보건소" in terms  # one district's office stands for those of all
    assert "받았는데" not in terms
    assert not any(term.endswith(("나요", "하면")) for term in terms)


def test_the_lexicon_mends_terms_and_leaves_the_knowledge_own_words_alone():
    corrector = TermCorrector.of_seoul(terms_of(ENTRIES), words_of(ENTRIES))
    assert corrector.correct("기후동앵카드 주세요") == "기후동행카드 주세요"
    for one in ENTRIES:
        assert corrector.correct(one.answer) == one.answer


def test_no_knowledge_is_no_error():
    assert terms_of([]) == []
    assert words_of([]) == frozenset()


def test_a_prompt_holds_what_the_dialogue_makes_likely_within_the_budget():
    talk = call()
    prompt = CallPrompt(lambda: talk)
    assert prompt() == ""
    talk.hear(citizen("마포구인데 여권 재발급이요"))
    talk.searched(
        Suggestion(
            "s", 0, "여권", Ranking((Hit(entry("여권재발급은 어디서?", department="민원여권과"), 1.0),), 0.9)
        )
    )
    told = prompt()
    assert "여권재발급" in told
    assert "민원여권과" in told
    assert any(place in told for place in places_in("마포구"))
    assert len(told) < 223
    assert prompt() is told  # nothing new was said


def test_without_a_call_in_memory_there_is_no_prompt():
    assert CallPrompt(lambda: None)() == ""


def test_an_unknown_district_is_only_itself():
    assert places_in("무명구") == ("무명구",)
