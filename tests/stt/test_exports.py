"""A transcript as JSON, SRT and TXT, masked in every one of them."""

from __future__ import annotations

import json

import pytest

from consultation.types import Speaker, Utterance, Word
from stt.exports import FORMATS, Source, export
from stt.masked import masked
from stt.transcription import Transcript

SOURCE = Source("call.wav", "ab" * 32, "test:model", 2)


def utterance(speaker: Speaker, text: str, start: float) -> Utterance:
    words = tuple(
        Word(word, start + 0.5 * i, start + 0.5 * i + 0.4, 0.8) for i, word in enumerate(text.split())
    )
    return Utterance(speaker, text, start, words[-1].end, True, words)


CALL = Transcript(
    (
        utterance(Speaker.AGENT, "연락처가 어떻게 되세요", 1.0),
        utterance(Speaker.CITIZEN, "공일공 공공공공 일이삼사예요 삼월 십오일에 갈게요", 3.0),
    ),
    3_725.5,
    False,
    None,
)


def test_json_holds_what_was_said_when_and_how_surely() -> None:
    content = json.loads(export("json", CALL, SOURCE))
    assert (content["digest"], content["model"], content["mixed"], content["masked"]) == (
        SOURCE.digest,
        "test:model",
        False,
        True,
    )
    asked, answered = content["utterances"]
    assert asked["speaker"] == "agent"
    assert asked["words"][0] == {"text": "연락처가", "start": 1.0, "end": 1.4, "confidence": 0.8}
    assert answered["text"] == "[전화번호]예요 삼월 십오일에 갈게요"
    assert answered["display"] == "[전화번호]예요 3월 15일에 갈게요"


def test_a_masked_number_is_one_word_that_lasts_as_long_as_it_was_said() -> None:
    words = json.loads(export("json", CALL, SOURCE))["utterances"][1]["words"]
    assert words[0] == {"text": "[전화번호]예요", "start": 3.0, "end": 4.4, "confidence": 0.8}
    assert words[1]["text"] == "삼월"


@pytest.mark.parametrize("kind", FORMATS)
def test_no_format_lets_personal_data_through(kind: str) -> None:
    text = export(kind, CALL, SOURCE)
    assert "일이삼사" not in text
    assert "1234" not in text
    assert "[전화번호]" in text


@pytest.mark.parametrize("kind", FORMATS)
def test_unmasked_has_to_be_asked_for(kind: str) -> None:
    text = export(kind, CALL, SOURCE, unmasked=True)
    assert "010-0000-1234" in text
    assert "[전화번호]" not in text


def test_srt_numbers_its_cues_and_says_who_speaks() -> None:
    first = export("srt", CALL, SOURCE).split("\n\n")[0]
    assert first == "1\n00:00:01,000 --> 00:00:02,400\n상담사: 연락처가 어떻게 되세요"


def test_txt_has_a_line_for_each_utterance() -> None:
    lines = export("txt", CALL, SOURCE).splitlines()
    assert lines == [
        "[00:01] 상담사: 연락처가 어떻게 되세요",
        "[00:03] 민원인: [전화번호]예요 3월 15일에 갈게요",
    ]


def test_a_mix_names_no_speaker_in_any_format() -> None:
    mix = Transcript(CALL.utterances, CALL.seconds, True, None)
    content = json.loads(export("json", mix, SOURCE))
    assert content["mixed"] is True
    assert {u["speaker"] for u in content["utterances"]} == {None}
    for kind in ("srt", "txt"):
        assert "상담사" not in export(kind, mix, SOURCE)


def test_hours_and_silence_are_written_too() -> None:
    late = Transcript((utterance(Speaker.CITIZEN, "네", 7_384.25),), 7_400.0, False, None)
    assert "02:03:04,250 --> 02:03:04,650" in export("srt", late, SOURCE)
    assert export("txt", Transcript((), 5.0, False, None), SOURCE) == ""


def test_masking_keeps_text_without_personal_data_as_it_is() -> None:
    found = masked(CALL.utterances)
    assert found[0].utterance is CALL[0]
    assert [one.kind for one in found[1].said] == ["전화번호"]
