"""What the evaluation adds up, and the clips of the demonstration."""

import numpy as np
import pytest

from tests.required import library, missing

library("torch", extra="neural")
library("whisper", extra="whisper")

from consultation.errors import NotReady  # noqa: E402
from data.speech.espeak import espeak  # noqa: E402
from models.whisper.corpus import Corpus  # noqa: E402
from models.whisper.evaluate import demonstration, rates  # noqa: E402
from models.whisper.testset import Clip, frozen  # noqa: E402

SILENCE = np.zeros(16_000, np.float32)


@pytest.fixture(scope="module")
def _espeak():
    try:
        espeak()
    except NotReady as error:
        missing(str(error))


def test_rates_are_of_each_part_and_by_noise():
    clips = [Clip("a", "네네", SILENCE, 25.0), Clip("b", "아니요 네", SILENCE, 10.0)]
    found = rates(clips, lambda sound: "네네")
    assert found == {"a": 0.0, "b": 0.75, "all": 0.5, "20 dB and better": 0.0, "under 20 dB": 0.75}


@pytest.mark.usefixtures("_espeak")
def test_the_frozen_test_is_the_same_each_time():
    corpus = Corpus(
        (), (), (), ("오늘 날씨가 좋네요", "그럴 수 있어요"), ("여권을 신청하려고요", "어디로 가나요")
    )
    once, again = (frozen(corpus, each=2) for _ in range(2))
    assert [(clip.part, clip.text, clip.snr) for clip in once] == [(c.part, c.text, c.snr) for c in again]
    assert len(once) == 6
    assert all(clip.sound.dtype == np.float32 and len(clip.sound) > 8_000 for clip in once)


@pytest.mark.usefixtures("_espeak")
def test_demonstration_sentences_come_with_the_times_of_their_words():
    [(clip, words)] = demonstration(["여권을 신청하려고요"], 1)
    assert [word.text for word in words] == ["여권을", "신청하려고요"]
    assert 0 <= words[0].start < words[-1].end <= len(clip.sound) / 16_000
