"""Recordings: the same text as live, two channels as two speakers, and honest about a mix."""

from __future__ import annotations

import numpy as np
import pytest

from consultation.errors import BadInput, EngineDown
from consultation.types import Speaker, Utterance
from stt.audio import RATE
from stt.live import LiveTranscriber
from stt.recogniser import Heard, Listen
from stt.transcription import BOTH, Transcript, transcribe
from stt.wav import Sound
from tests.stt.speech import say, silence

PLAIN = Listen()


class Loudness:
    """Says how loud the stretch is, in one word."""

    name = "loudness"

    def recognise(self, samples, listen=PLAIN):
        return Heard("크게" if np.abs(samples).max() > 0.2 else "작게", (), 0.9)


CITIZEN = np.concatenate([silence(0.5), say("안녕하세요 여권을 신청하려고요"), silence(4)])
AGENT = np.concatenate([silence(3.5), say("네 가까운 구청으로 가시면 됩니다") // 8, silence(1)])


def call(rate: int = RATE) -> Sound:
    length = min(len(CITIZEN), len(AGENT))
    both = np.stack([CITIZEN[:length], AGENT[:length]], axis=1)
    return Sound(both if rate == RATE else both[::2], rate)


def said(transcript: Transcript) -> list[tuple[Speaker, str]]:
    return [(u.speaker, u.text) for u in transcript]


def test_two_channels_are_two_speakers_in_the_order_they_spoke() -> None:
    heard = transcribe(call(), Loudness())
    assert said(heard) == [(Speaker.CITIZEN, "크게"), (Speaker.AGENT, "작게")]
    assert not heard.mixed
    assert heard[0].end < 3.5 < heard[1].start


def test_the_channels_may_be_the_other_way_round() -> None:
    heard = transcribe(call(), Loudness(), speakers=(Speaker.AGENT, Speaker.CITIZEN))
    assert said(heard) == [(Speaker.AGENT, "크게"), (Speaker.CITIZEN, "작게")]


def test_telephone_recordings_at_eight_kilohertz_are_heard_too() -> None:
    assert said(transcribe(call(8_000), Loudness())) == said(transcribe(call(), Loudness()))


def test_talk_over_and_silence_of_two_channels_are_measured() -> None:
    measured = transcribe(call(), Loudness()).conversed
    assert measured is not None
    assert measured.talk_over < 0.2
    assert 0.2 < measured.citizen < 0.6
    assert measured.longest_silence > 0.4


@pytest.mark.parametrize("speakers", [BOTH, None])
def test_one_channel_of_unknown_speakers_is_marked_as_mixed(speakers: tuple[Speaker, ...] | None) -> None:
    heard = transcribe(Sound(CITIZEN[:, None], RATE), Loudness(), speakers=speakers)
    assert heard.mixed
    assert heard.conversed is None
    assert [u.text for u in heard] == ["크게"]


def test_one_channel_of_a_known_speaker_is_not_mixed() -> None:
    heard = transcribe(Sound(AGENT[:, None], RATE), Loudness(), speakers=(Speaker.AGENT,))
    assert not heard.mixed
    assert said(heard) == [(Speaker.AGENT, "작게")]


def test_a_mix_that_a_recorder_wrote_into_both_channels_is_a_mix() -> None:
    twice = Sound(np.stack([CITIZEN, CITIZEN], axis=1), RATE)
    heard = transcribe(twice, Loudness())
    assert heard.mixed
    assert len(heard) == 1


def test_two_silent_channels_are_no_mix_and_say_nothing() -> None:
    heard = transcribe(Sound(np.zeros((RATE, 2), np.int16), RATE), Loudness())
    assert not heard.mixed
    assert len(heard) == 0


def test_a_recording_gives_the_finals_of_a_live_call() -> None:
    live = LiveTranscriber(Speaker.CITIZEN, recogniser=Loudness())
    heard: list[Utterance] = []
    for at in range(0, len(CITIZEN), 320):
        heard += live.push(CITIZEN[at : at + 320])
    heard += live.finish()
    recorded = transcribe(Sound(CITIZEN[:, None], RATE), Loudness(), speakers=(Speaker.CITIZEN,))
    assert list(recorded) == [u for u in heard if u.is_final]


def test_progress_rises_to_the_whole() -> None:
    seen: list[tuple[float, float]] = []
    sound = call()
    transcribe(sound, Loudness(), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (2 * sound.seconds, 2 * sound.seconds)


def test_an_engine_that_does_not_answer_ends_the_transcription() -> None:
    class Down:
        name = "down"

        def recognise(self, samples, listen=PLAIN):
            raise EngineDown("no answer")

    with pytest.raises(EngineDown):
        transcribe(call(), Down())


def test_other_rates_and_more_channels_are_refused() -> None:
    with pytest.raises(BadInput, match="44100"):
        transcribe(Sound(np.zeros((100, 1), np.int16), 44_100), Loudness())
    with pytest.raises(BadInput, match="3 channels"):
        transcribe(Sound(np.zeros((100, 3), np.int16), RATE), Loudness())


def test_an_empty_recording_has_no_text() -> None:
    assert len(transcribe(Sound(np.zeros((0, 1), np.int16), RATE), Loudness())) == 0
