"""`AbuseFilter` on sentences of its own, none of them from a training template."""

import random
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abuse_filter import AbuseFilter
from abuse_filter.classifier import Classifier
from abuse_filter.lexicon import Lexicon
from consultation.bundled import bundled
from consultation.errors import NotReady
from consultation.types import ABUSE_LABELS


@pytest.fixture(scope="module")
def abuse_filter():
    return AbuseFilter.open()


@pytest.fixture(scope="module")
def lexicon_only():
    return AbuseFilter(Lexicon.open(), None)


FILTER = AbuseFilter.open()  # hypothesis does not take fixtures of this scope


def said(verdict):
    return {label for label, p in verdict.labels.items() if p >= 0.5}


def test_every_label_is_a_probability(abuse_filter):
    verdict = abuse_filter.detect("여권은 어디서 만들어요")
    assert tuple(verdict.labels) == ABUSE_LABELS
    assert all(0 <= p <= 1 for p in verdict.labels.values())
    assert 0 <= verdict.abusive <= 1


@pytest.mark.parametrize(
    "text",
    [
        "여권 사진은 몇 장 가져가야 하나요",
        "네 알겠습니다 감사합니다",
        "공일공 영영영영 일이삼사예요",
        "너무 화가 나네요 왜 아직도 답이 없는 건가요",
        "시발역이 어디인지 알려 주세요",
        "옆집 아저씨가 저한테 개새끼라고 욕을 했어요",
        "고객님 욕설은 삼가 주시기 바랍니다",
        "죽고 싶다는 생각이 들어요",
        "칼은 어떻게 버려야 하나요",
    ],
)
def test_civil_speech_has_no_severity_and_nothing_hidden(abuse_filter, text):
    verdict = abuse_filter.detect(text)
    assert verdict.severity == 0
    assert verdict.spans == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("야 이 씨발놈아 전화 똑바로 받아", "욕설"),
        ("시.발.새.끼 뭐 하는 거야", "욕설"),
        ("속옷 무슨 색 입었어", "성희롱"),
        ("칼 들고 찾아가서 죽여 버린다", "협박"),
        ("짱깨들은 다 쫓아내야 돼", "차별"),
        ("머리는 장식이야 생각이 없냐 이 멍청이야", "모욕"),
    ],
)
def test_clear_abuse_is_severe_and_hidden(abuse_filter, text, label):
    verdict = abuse_filter.detect(text)
    assert label in said(verdict)
    assert verdict.severity >= 2
    assert verdict.spans


def test_a_disguised_word_is_hidden_in_the_original(abuse_filter):
    text = "아니 병1신아 거기가 아니라니까"
    ((start, end), *_) = abuse_filter.detect(text).spans
    assert text[start:end].startswith("병1신")


def test_the_fourth_same_demand_is_a_repetition(abuse_filter):
    demand = "제 과태료를 취소해 주시면 좋겠습니다 부탁드려요"
    assert abuse_filter.detect(demand, [demand] * 3).labels["억지반복"] >= 0.5
    assert abuse_filter.detect(demand).labels["억지반복"] < 0.5


def test_without_a_model_the_lexicon_still_works(lexicon_only):
    assert lexicon_only.name == "lexicon-only"
    verdict = lexicon_only.detect("이런 개새끼야")
    assert verdict.severity == 3
    assert verdict.labels["욕설"] >= 0.5
    assert lexicon_only.detect("옆집에서 저보고 개새끼라고 했어요").severity == 0


def test_a_missing_bundled_model_leaves_the_lexicon(monkeypatch, tmp_path):
    monkeypatch.setattr("abuse_filter.detector.bundled", lambda name: tmp_path)
    assert AbuseFilter.open().name == "lexicon-only"


def test_a_folder_given_by_hand_must_hold_a_model(tmp_path):
    with pytest.raises(NotReady):
        AbuseFilter.open(tmp_path)
    shutil.copytree(bundled("abuse"), tmp_path / "model")
    assert AbuseFilter.open(tmp_path / "model").name == Classifier.open(bundled("abuse")).name


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=50), max_size=5))
def test_any_text_gets_a_verdict_with_spans_inside_it(text, context):
    verdict = FILTER.detect(text, context)
    assert 0 <= verdict.severity <= 3
    assert all(0 <= start < end <= len(text) for start, end in verdict.spans)


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "\u200b" * 50, "ㅋ" * 1000, "가" * 100_000, "시발 " * 33_000]
)
def test_strange_and_long_texts_never_raise(abuse_filter, text):
    verdict = abuse_filter.detect(text, [text] * 4)
    assert all(end <= len(text) for _, end in verdict.spans)


def test_hidden_words_leave_the_rest_readable(abuse_filter):
    words = ["여권", "때문에", "씨발놈아", "전화했다고", "어제"]
    random.Random(1).shuffle(words)
    text = " ".join(words)
    hidden = sum(end - start for start, end in abuse_filter.detect(text).spans)
    assert 0 < hidden < len(text)


def test_only_the_clause_to_blame_is_hidden(abuse_filter):
    text = "여권 재발급 때문에 전화드렸습니다 오늘 안 되면 불을 지르러 가겠습니다"
    verdict = abuse_filter.detect(text)
    assert verdict.severity >= 2
    ((start, end), *_) = verdict.spans
    assert start > 5
    assert "불을" in text[start:end]
