"""A transcription server: what it is sent, what is made of its answers, and what happens when it fails."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from consultation.errors import BadSetting, EngineDown
from stt.audio import RATE
from stt.recogniser import Heard, Listen
from stt.remote import RemoteRecogniser
from stt.remote_answer import heard_of
from tests.stt.transcription_server import transcription_server

SOUND = np.full(2 * RATE, 0.1, dtype=np.float32)


class Echo:
    """Hears its own prompt."""

    name = "echo"

    def recognise(self, samples: Any, listen: Listen) -> Heard:
        return Heard(listen.prompt, confidence=0.5)


def test_sound_key_model_and_prompt_arrive() -> None:
    with transcription_server(Echo()) as server:
        heard = RemoteRecogniser(server.url, "whisper-large-v3", "secret").recognise(SOUND, Listen("마포구"))
    asked = server.asked[0]
    assert (asked.path, asked.key, asked.seconds) == ("/v1/audio/transcriptions", "Bearer secret", 2.0)
    assert asked.fields == {
        "model": "whisper-large-v3",
        "language": "ko",
        "temperature": "0",
        "response_format": "verbose_json",
        "timestamp_granularities[]": "word",
        "prompt": "마포구",
    }
    assert (heard.text, round(heard.confidence, 6)) == ("마포구", 0.5)


def test_a_prompt_is_cut_to_what_fits_and_without_a_key_none_is_sent() -> None:
    prompt = ", ".join(f"동네{i} 주민센터" for i in range(100))
    with transcription_server(Echo()) as server:
        heard = RemoteRecogniser(server.url + "/").recognise(SOUND, Listen(prompt, words=False))
    assert prompt.startswith(heard.text)
    assert 100 < len(heard.text) <= 223
    assert server.asked[0].key is None


@pytest.mark.parametrize("url", ["", "10.0.0.5:8000", "ftp://10.0.0.5", "http://", "file:///etc/passwd"])
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_STT_URL"):
        RemoteRecogniser(url)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, b"{}", "SANGDAM_STT_KEY"),
        (404, b"{}", "SANGDAM_STT_MODEL"),
        (429, b"{}", "too much to do"),
        (500, b"oops", "500"),
        (200, b"", "JSONDecodeError"),
        (200, b"<html>", "JSONDecodeError"),
        (200, b"[]", "ValueError"),
        (200, b'{"text": 3}', "ValueError"),
        (200, b'{"text": "\xff"}', "UnicodeDecodeError"),
        (200, b'{"text": "' + b"a" * 3_000_000 + b'"}', "ValueError"),
        (302, b"http://127.0.0.1:1/elsewhere", "302"),
    ],
)
def test_an_answer_that_is_none_is_an_engine_that_is_down(status: int, body: bytes, message: str) -> None:
    with transcription_server(raw=lambda: (status, body)) as server, pytest.raises(EngineDown, match=message):
        RemoteRecogniser(server.url).recognise(SOUND)
    assert len(server.asked) == 1  # no second address was asked


def test_after_a_failure_the_server_is_left_alone_for_a_while_and_then_tried_again() -> None:
    answers = [(500, b""), (200, '{"text": "네"}'.encode())]
    with transcription_server(raw=lambda: answers.pop(0)) as server:
        recogniser = RemoteRecogniser(server.url, rest=0.3)
        with pytest.raises(EngineDown, match="500"):
            recogniser.recognise(SOUND)
        with pytest.raises(EngineDown, match="a moment ago"):
            recogniser.recognise(SOUND)
        assert len(server.asked) == 1
        time.sleep(0.4)
        assert recogniser.recognise(SOUND).text == "네"


def test_a_server_that_does_not_answer_in_time_is_down() -> None:
    with (
        transcription_server(raw=lambda: (200, b"{}"), delay=1.0) as server,
        pytest.raises(EngineDown, match="TimeoutError"),
    ):
        RemoteRecogniser(server.url, timeout=0.2).recognise(SOUND)


def test_nobody_at_the_address_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(EngineDown, match="ConnectionRefusedError"):
            RemoteRecogniser(f"http://127.0.0.1:{taken.getsockname()[1]}").recognise(SOUND)


@contextmanager
def _speaks(data: bytes, pause: float = 0.0) -> Iterator[str]:
    """Answers a connection with these bytes, each after a pause, whatever is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(65_536)
                try:
                    for byte in [data] if not pause else [data[i : i + 1] for i in range(len(data))]:
                        client.sendall(byte)
                        time.sleep(pause)
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(65_536):
                        pass
                except OSError:
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


@pytest.mark.parametrize("data", [b"", b"SSH-2.0\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_a_server_of_another_kind_is_down(data: bytes) -> None:
    with _speaks(data) as url, pytest.raises(EngineDown):
        RemoteRecogniser(url).recognise(SOUND)


def test_a_server_that_sends_a_byte_now_and_then_has_no_forever() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + b" " * 60
    with _speaks(data, pause=0.03) as url, pytest.raises(EngineDown, match="TimeoutError"):
        RemoteRecogniser(url, timeout=0.5).recognise(SOUND)


def test_words_inside_segments_are_found() -> None:
    answer = {
        "text": "네 예",
        "segments": [{"words": [{"word": " 네", "start": 0.1, "end": 0.4, "probability": 0.7}]}],
    }
    (word,) = heard_of(answer, 2.0, wants_words=True).words
    assert (word.text, word.start, word.end, word.confidence) == ("네", 0.1, 0.4, 0.7)


def test_without_word_times_those_of_the_segment_are_shared_out() -> None:
    answer = {
        "text": "네 고객님",
        "segments": [{"text": "네 고객님", "start": 1.0, "end": 1.8, "avg_logprob": 0}],
    }
    words = heard_of(answer, 2.0, wants_words=True).words
    assert [(w.text, w.start, w.end) for w in words] == [("네", 1.0, 1.2), ("고객님", 1.2, 1.8)]
    words = heard_of({"text": "네 고객님"}, 2.0, wants_words=True).words
    assert [(w.text, w.start, w.end) for w in words] == [("네", 0.0, 0.5), ("고객님", 0.5, 2.0)]


@pytest.mark.parametrize(
    "answer",
    [
        '{"text": "네", "words": [{"word": "네", "start": NaN, "end": Infinity, "probability": 7}]}',
        '{"text": "네", "words": [{"word": "네", "start": "0", "end": null}], "segments": 5}',
        '{"text": "네", "words": ["네", null, 3], "segments": [null, {"avg_logprob": NaN, "no_speech_prob": "x"}]}',
        '{"text": "네", "words": {"a": 1}, "segments": [{"avg_logprob": 900, "no_speech_prob": 3, "text": "네"}]}',
        '{"text": "네", "words": [{"word": "네", "start": 5, "end": 1}]}',
    ],
)
def test_odd_answers_give_words_within_the_sound(answer: str) -> None:
    heard = heard_of(json.loads(answer), 2.0, wants_words=True)
    assert heard.text == "네"
    assert 0 <= heard.confidence <= 1
    assert 0 <= heard.no_speech <= 1
    assert all(0 <= w.start <= w.end <= 2 and 0 <= w.confidence <= 1 for w in heard.words)
