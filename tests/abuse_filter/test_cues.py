"""A report, a warning and a cry for help are told from abuse."""

import pytest

from abuse_filter.cues import cues


@pytest.mark.parametrize(
    "text",
    [
        "이웃이 저한테 미친년이라고 욕을 했어요",
        "아이가 병신이라는 소리를 듣고 왔어요",
        "벽에 씨발이라고 적혀 있어요",
        "버스 기사한테 막말을 들었어요",
        "죽여 버리겠다고 협박을 당했어요",
    ],
)
def test_a_report_of_abuse_counts_as_quoted(text):
    assert cues(text).quoted


@pytest.mark.parametrize(
    "text", ["미친놈들이라고밖에 말을 못 하겠네요", "끊지 말라고 했지 이 새끼야", "야 이 개새끼야"]
)
def test_abuse_that_only_looks_like_a_report_does_not(text):
    assert not cues(text).quoted


@pytest.mark.parametrize(
    "text", ["고객님 욕설은 삼가 주시기 바랍니다", "성희롱에 해당하며 상담을 종료하겠습니다"]
)
def test_an_agents_warning_is_known(text):
    assert cues(text).warning


@pytest.mark.parametrize(
    "text", ["죽고 싶어요", "그만 살고 싶어요", "번개탄 사다 놨어요", "살 이유가 없어요"]
)
def test_distress_is_known(text):
    assert cues(text).distress


def test_being_dead_tired_is_no_distress():
    assert not cues("더워 죽겠어요").distress
