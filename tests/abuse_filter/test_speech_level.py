"""The ending tells polite from plain speech."""

import pytest

from abuse_filter.speech_level import speech_level


@pytest.mark.parametrize(
    "text", ["언제 되나요", "알겠습니다", "그렇죠", "고맙심더", "신청했는데요", "안 되는 겁니까"]
)
def test_a_polite_ending(text):
    assert speech_level(text).ends_polite


@pytest.mark.parametrize("text", ["빨리 해", "책임자 바꿔 진짜", "끊지 마", "당장 하라고", "내놔"])
def test_a_plain_command(text):
    level = speech_level(text)
    assert level.command
    assert not level.ends_polite


@pytest.mark.parametrize("text", ["뭐 하는 거야", "알았냐 너", "했어"])
def test_a_plain_ending_is_no_command(text):
    level = speech_level(text)
    assert level.plain
    assert not level.command


def test_the_listener_is_addressed():
    assert speech_level("너 이름 뭐야").second_person
    assert not speech_level("네 맞아요 언제 되나요").second_person


def test_nothing_has_no_level():
    level = speech_level("")
    assert (level.ends_polite, level.command, level.plain) == (False, False, False)
