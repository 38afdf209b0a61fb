"""What every recogniser does, run on all engines: CTranslate2, openai-whisper, a server, the simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pytest

from consultation.errors import BadInput
from data.speech.espeak import Voice
from stt.audio import RATE, Floats, to_float
from stt.engines import open_recogniser
from stt.metrics import cer
from stt.recogniser import Heard, Listen, Recogniser
from stt.remote import RemoteRecogniser
from stt.simulated_channel import SimulatedEngine
from stt.telephone import through_telephone
from tests.required import library
from tests.stt.speech import say, timed
from tests.stt.transcription_server import transcription_server

SENTENCES = (
    "대형 폐기물은 어떻게 버리나요",
    "더 궁금하신 점 있으신가요",
    "네 고객님 잠시만 기다려 주세요",
    "여의도역 근처에 신호등이 안 켜져요",
)
VOICE = Voice("f2")
APART = 100.0  # seconds between the clips on the simulated channel
NOISE = np.random.default_rng(1).normal(0, 0.1, 31 * RATE).astype(np.float32)


@dataclass(frozen=True)
class Engine:
    recogniser: Recogniser
    clips: tuple[tuple[str, Floats, Listen], ...]
    heard: tuple[Heard, ...]  # of the clips, with words


def _clips() -> tuple[tuple[str, Floats, Listen], ...]:
    return tuple(
        (
            text,
            to_float(through_telephone(say(text, VOICE), RATE, snr_db=25, seed=1)),
            Listen(start=i * APART),
        )
        for i, text in enumerate(SENTENCES)
    )


@contextmanager
def _ctranslate2() -> Iterator[Recogniser]:
    yield open_recogniser("ctranslate2", workers=2, threads=1)


@contextmanager
def _whisper() -> Iterator[Recogniser]:
    library("whisper", extra="whisper")
    yield open_recogniser("whisper")


@contextmanager
def _remote() -> Iterator[Recogniser]:
    with transcription_server(open_recogniser("ctranslate2", threads=1)) as server:
        yield RemoteRecogniser(server.url)


@contextmanager
def _simulated() -> Iterator[Recogniser]:
    yield SimulatedEngine(
        [
            replace(word, start=word.start + i * APART, end=word.end + i * APART)
            for i, text in enumerate(SENTENCES)
            for word in timed(text, VOICE)
        ]
    )


MODELS = {"ctranslate2": _ctranslate2, "whisper": _whisper, "remote": _remote}
ALL = MODELS | {"simulated": _simulated}


@pytest.fixture(scope="module")
def opened() -> Iterator[Callable[[str], Engine]]:
    """Opens every engine once."""
    with_clips: dict[str, Engine] = {}
    contexts = []

    def engine(name: str) -> Engine:
        if name not in with_clips:
            context = ALL[name]()
            recogniser = context.__enter__()
            contexts.append(context)
            clips = _clips()
            heard = tuple(recogniser.recognise(samples, listen) for _, samples, listen in clips)
            with_clips[name] = Engine(recogniser, clips, heard)
        return with_clips[name]

    yield engine
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture(params=ALL)
def engine(request: pytest.FixtureRequest, opened: Callable[[str], Engine]) -> Engine:
    return opened(request.param)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, opened: Callable[[str], Engine]) -> Recogniser:
    """Those that hear sound, and not where it lies in a script."""
    return opened(request.param).recogniser


def test_it_hears_what_was_said_on_the_telephone(engine: Engine) -> None:
    assert cer(SENTENCES, [heard.text for heard in engine.heard]).rate < 0.4


def test_words_stand_in_order_within_the_sound_and_make_up_the_text(engine: Engine) -> None:
    for (_, samples, _), heard in zip(engine.clips, engine.heard, strict=True):
        edges = [edge for word in heard.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert -1e-6 <= edges[0] <= edges[-1] <= len(samples) / RATE + 1e-6
        assert "".join(word.text for word in heard.words) == heard.text.replace(" ", "")


def test_text_and_words_come_with_a_confidence(engine: Engine) -> None:
    for heard in engine.heard:
        assert 0 < heard.confidence <= 1
        assert 0 <= heard.no_speech <= 1
        assert all(0 <= word.confidence <= 1 for word in heard.words)


def test_text_alone_is_the_same_text(engine: Engine) -> None:
    _, samples, listen = engine.clips[0]
    heard = engine.recogniser.recognise(samples, replace(listen, words=False))
    assert heard.text == engine.heard[0].text
    assert heard.words == ()


def test_the_same_sound_gives_the_same_text_again_and_from_several_threads(engine: Engine) -> None:
    clips = engine.clips[:2] * 2
    with ThreadPoolExecutor(4) as threads:
        again = list(threads.map(lambda clip: engine.recogniser.recognise(clip[1], clip[2]), clips))
    assert [heard.text for heard in again] == [heard.text for heard in engine.heard[:2] * 2]


def test_its_name_tells_the_engine(engine: Engine) -> None:
    assert engine.recogniser.name.split(":")[0] in ALL


def test_no_sound_is_no_text(model: Recogniser) -> None:
    heard = model.recognise(np.zeros(0, dtype=np.float32))
    assert (heard.text, heard.words, heard.no_speech) == ("", (), 1.0)


@pytest.mark.parametrize("samples", [1, 320, 1_601])
def test_a_click_is_no_accident(model: Recogniser, samples: int) -> None:
    heard = model.recognise(NOISE[:samples])
    assert all(0 <= word.start <= word.end <= samples / RATE for word in heard.words)


def test_thirty_seconds_are_heard_and_a_sample_more_is_refused(model: Recogniser) -> None:
    assert isinstance(model.recognise(NOISE[: 30 * RATE], Listen(words=False)).text, str)
    with pytest.raises(BadInput, match="at most 30"):
        model.recognise(NOISE[: 30 * RATE + 1])


@pytest.mark.parametrize(
    "samples",
    [np.zeros((RATE, 2), np.float32), np.zeros(RATE, np.int16), np.zeros(RATE, np.float64)],
    ids=["two channels", "integers", "doubles"],
)
def test_sound_of_another_shape_is_refused(model: Recogniser, samples: Floats) -> None:
    with pytest.raises(BadInput, match="one channel"):
        model.recognise(samples)


def test_a_prompt_that_does_not_fit_is_cut(model: Recogniser) -> None:
    prompt = ", ".join(f"동네{i} 주민센터" for i in range(300))
    assert isinstance(model.recognise(NOISE[:RATE], Listen(prompt=prompt, words=False)).text, str)


def test_the_local_engines_agree_on_the_same_checkpoint(opened: Callable[[str], Engine]) -> None:
    """Measured on 200 clips: tests/benchmarks/bench_stt_engines.py."""
    ours, theirs = opened("ctranslate2").heard, opened("whisper").heard
    assert cer([heard.text for heard in theirs], [heard.text for heard in ours]).rate <= 0.1
