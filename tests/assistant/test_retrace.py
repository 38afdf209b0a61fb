from assistant.retrace import retrace
from consultation.types import Traced

DRAFT = (
    Traced("여권을 잃어버려 재발급 방법을 문의함.", (1, 3)),
    Traced("급한지 물음.", (5,), doubts=("3일",)),
)


def test_a_draft_left_as_it_is_keeps_its_turns_and_doubts() -> None:
    assert retrace(DRAFT, "여권을 잃어버려 재발급 방법을 문의함. 급한지 물음.") == DRAFT


def test_a_corrected_sentence_keeps_its_turns_and_settles_its_doubts() -> None:
    traced = retrace(DRAFT, "여권을 잃어버려 재발급 방법을 문의함.\n급한지를 물음.")
    assert traced == (DRAFT[0], Traced("급한지를 물음.", (5,)))


def test_what_the_agent_adds_rests_on_no_turn() -> None:
    traced = retrace(DRAFT, "여권을 잃어버려 재발급 방법을 문의함. 급한지 물음.\n서류를 문자로 보냄.")
    assert traced[-1] == Traced("서류를 문자로 보냄.", ())


def test_a_draft_of_nothing_takes_the_agents_words() -> None:
    assert retrace((), "단순 문의.") == (Traced("단순 문의.", ()),)
