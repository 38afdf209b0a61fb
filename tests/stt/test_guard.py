"""What a recogniser invents is kept out, what people say stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from consultation.text import squeeze
from consultation.types import Speaker, Utterance, Word
from stt.error_model import PERFECT, ErrorModel
from stt.guard import guard
from stt.simulated import SimulatedRecogniser
from tests.stt.calls import turns


def said(text: str, start: float = 0.0, syllable: float = 0.16) -> Utterance:
    """Every word in its time, one after the other."""
    words, at = [], start
    for word in text.split():
        words.append(Word(word, at, at + syllable * len(word), 1.0))
        at = words[-1].end + 0.05
    return Utterance(Speaker.CITIZEN, text, start, at, words=tuple(words))


def voiced(utterance: Utterance) -> list[tuple[float, float]]:
    return [(w.start, w.end) for w in utterance.words]


def left(utterance: Utterance, speech: Sequence[tuple[float, float]]) -> str:
    kept = guard(utterance, speech).utterance
    return kept.text if kept else ""


def test_nothing_of_the_sample_calls_is_lost() -> None:
    for _, turn in turns():
        spoken = Utterance(turn.speaker, turn.text, turn.start, turn.end, words=turn.words)
        assert guard(spoken, voiced(spoken)).utterance == spoken
        whole = replace(spoken, words=())
        assert guard(whole, voiced(spoken)).utterance == whole


def test_words_out_of_silence_are_dropped_whatever_they_are() -> None:
    for text in ("시청해주셔서 감사합니다", "네", "여권 재발급 하려고요"):
        assert guard(said(text, 100.0), [(0.0, 5.0)]).utterance is None
        assert guard(said(text), []).reasons == ("silence",)


def test_a_closing_phrase_after_the_speech_is_dropped() -> None:
    truth = said("여권 재발급 하려고요")
    for phrase in (
        "시청해주셔서 감사합니다",
        "MBC 뉴스 이재경입니다",
        "감사합니다",
        "구독과 좋아요 부탁드립니다",
        "자막 제공",
    ):
        extra = said(phrase, truth.end + 0.1)
        both = Utterance(
            truth.speaker, f"{truth.text} {phrase}", 0.0, extra.end, words=truth.words + extra.words
        )
        guarded = guard(both, voiced(truth))
        assert guarded.utterance is not None
        assert guarded.utterance.text == truth.text
        assert guarded.reasons == ("phrase",)


def test_thanks_that_were_said_stay() -> None:
    spoken = said("네 알겠습니다 감사합니다 안녕히 계세요")
    assert guard(spoken, voiced(spoken)).utterance == spoken


@pytest.mark.parametrize(
    "text",
    [
        "네 네 네 네",
        "아니 아니 아니",
        "공일공 공공공공 공공공공",
        "여보세요 여보세요 여보세요",
        "빨리빨리 빨리빨리 좀 해 주세요",
        "하나 하나 하나",
    ],
)
def test_natural_repetitions_stay(text: str) -> None:
    spoken = said(text)
    assert guard(spoken, voiced(spoken)).utterance == spoken
    whole = replace(spoken, words=())
    assert guard(whole, voiced(spoken)).utterance == whole


def test_an_endless_repetition_is_kept_once() -> None:
    spoken = said("접수해 드리겠습니다 " + "감사합니다 " * 12)
    assert left(spoken, voiced(spoken)) == "접수해 드리겠습니다 감사합니다"
    whole = replace(spoken, words=())
    assert left(whole, voiced(spoken)) == "접수해 드리겠습니다 감사합니다"


def test_other_scripts_are_dropped() -> None:
    spoken = said("여권을 ありがとう 잃어버렸어요")
    assert left(spoken, voiced(spoken)) == "여권을 잃어버렸어요"
    assert guard(said("谢谢观看"), [(0.0, 2.0)]).utterance is None
    assert left(said("CCTV 설치 신청이요 120"), [(0.0, 9.0)]) == "CCTV 설치 신청이요 120"


def test_more_syllables_than_anybody_can_speak_are_dropped() -> None:
    text = "그래서 이번에 전입신고를 하려고 하는데 어떻게 해야 하는지 알고 싶어서 전화를 드렸습니다"
    hurried = guard(said(text, syllable=0.01), [(0.0, 0.5)])
    assert hurried.utterance is None
    assert "rate" in hurried.reasons
    assert guard(said(text, syllable=0.1), [(0.0, 6.0)]).utterance is not None


def test_at_most_a_tenth_of_what_is_injected_is_left_and_nothing_true_is_lost() -> None:
    """Each failure in every turn of the sample calls; a closing comes after the speech, as it does."""
    nothing = {f.name: 0.0 for f in fields(ErrorModel)}
    injected = survived = 0
    for kind in ("foreign", "repetition", "closing"):
        model = ErrorModel(**{**nothing, kind: 1.0})
        for name, turn in turns():
            words = SimulatedRecogniser(turn.words, model, name).final()
            if kind == "closing":
                extra = [w.text for w in words][len(turn.words) :]
                words = [*turn.words, *said(" ".join(extra), turn.end + 0.05).words]
            heard = Utterance(
                turn.speaker, " ".join(w.text for w in words), turn.start, words[-1].end, words=tuple(words)
            )
            kept = squeeze(left(heard, [(w.start, w.end) for w in turn.words]))
            injected += 1
            survived += kept != squeeze(turn.text)
    assert injected > 1000
    assert survived / injected <= 0.1
    assert survived / injected <= 0.01  # what is reached


def test_an_utterance_without_words_is_nothing() -> None:
    assert guard(Utterance(Speaker.AGENT, "", 0, 1), [(0, 1)]).utterance is None
    assert guard(Utterance(Speaker.AGENT, "...", 0, 1), [(0, 1)]).utterance is None


def test_the_perfect_model_invents_nothing() -> None:
    name, turn = turns()[0]
    assert SimulatedRecogniser(turn.words, PERFECT, name).final() == list(turn.words)
