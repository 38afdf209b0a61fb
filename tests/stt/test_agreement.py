"""What hypotheses agree on is committed, and never taken back."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from consultation.text import squeeze
from stt.agreement import SyllableAgreement
from stt.error_model import mishear, respace


def test_words_are_committed_once_two_hypotheses_agree() -> None:
    agreement = SyllableAgreement()
    assert agreement.hear("안녕하세요 여권").committed == ""
    agreed = agreement.hear("안녕하세요 여권을 잃어")
    assert agreed.committed == "안녕하세요 여권"
    assert agreed.tail == "을 잃어"


def test_a_moved_space_unsettles_nothing() -> None:
    agreement = SyllableAgreement()
    agreement.hear("전입 신고하려고요")
    assert agreement.hear("전입신고 하려고요 네").committed == "전입신고 하려고요"


def test_punctuation_and_case_unsettle_nothing() -> None:
    agreement = SyllableAgreement()
    agreement.hear("cctv 있어요")
    assert agreement.hear("CCTV, 있어요? 네").committed == "CCTV, 있어요"


def test_one_slip_in_between_does_not_hold_the_text_up() -> None:
    agreement = SyllableAgreement()
    agreement.hear("전입신고")
    agreement.hear("저닙신고 하려고")
    assert agreement.hear("전입신고 하려고요").committed == "전입신고"


def test_committed_text_stays_when_a_later_hypothesis_reads_it_otherwise() -> None:
    agreement = SyllableAgreement()
    agreement.hear("주민센터에서 전입")
    agreement.hear("주민센터에서 전입신고")
    agreement.hear("주민세터에서 전입신고 하려고")
    assert agreement.hear("주민센터에서 전입신고 하려고요").committed == "주민센터에서 전입신고 하려고"


def test_a_syllable_more_or_less_in_the_committed_part_repeats_nothing() -> None:
    agreement = SyllableAgreement()
    agreement.hear("그러니까 주민센터에서 전입")
    agreement.hear("그러니까 주민센터에서 전입신고")
    agreement.hear("그니까 주민센터에서 전입신고 하려고")
    assert (
        agreement.hear("그니까 주민센터에서 전입신고 하려고요").committed
        == "그러니까 주민센터에서 전입신고 하려고"
    )


def test_half_a_character_is_held_back() -> None:
    agreement = SyllableAgreement()
    agreement.hear("여권 재발\ufffd")
    agreed = agreement.hear("여권 재발\ufffd")
    assert agreed.committed == "여권 재발"
    assert "\ufffd" not in agreed.tail
    assert agreement.finish("여권 재발급\ufffd").committed == "여권 재발급"


def test_the_last_hypothesis_counts_whole() -> None:
    agreement = SyllableAgreement()
    agreement.hear("네 알겠")
    agreement.hear("네 알겠습니")
    agreed = agreement.finish("네 알겠습니다.")
    assert agreed.committed == "네 알겠습니다."
    assert agreed.tail == ""


def test_a_shorter_last_hypothesis_takes_nothing_back() -> None:
    agreement = SyllableAgreement()
    agreement.hear("네 감사합니다 안녕히 계세요 여러분")
    agreement.hear("네 감사합니다 안녕히 계세요 여러분")
    assert agreement.finish("네").committed == "네 감사합니다 안녕히 계세요 여러분"


def test_empty_hypotheses_commit_nothing() -> None:
    agreement = SyllableAgreement()
    assert agreement.hear("").committed == ""
    assert agreement.hear("").committed == ""
    assert agreement.finish("").committed == ""


def test_the_new_pieces_joined_are_the_committed_text() -> None:
    dice = random.Random(1)
    words = ["이번", "달", "수도", "요금이", "왜", "이렇게", "많이", "나왔는지", "알아보려고", "전화드렸어요"]
    agreement, pieces = SyllableAgreement(), ""
    for count in range(1, len(words) + 1):
        heard = respace([mishear(w, 0.05, dice) for w in words[:count]], 0.1, dice)
        agreed = agreement.hear(heard)
        pieces += agreed.new
        assert pieces == agreed.committed
    agreed = agreement.finish(" ".join(words))
    assert pieces + agreed.new == agreed.committed


@settings(max_examples=200)
@given(st.lists(st.text(alphabet="가나다라 .,\ufffdA1İ", max_size=30), max_size=8))
def test_committed_text_only_grows(hypotheses: list[str]) -> None:
    agreement, shown = SyllableAgreement(), ""
    for hypothesis in hypotheses:
        committed = agreement.hear(hypothesis).committed
        assert committed.startswith(shown)
        assert "\ufffd" not in squeeze(committed)
        shown = committed
    assert agreement.finish("").committed.startswith(shown)
