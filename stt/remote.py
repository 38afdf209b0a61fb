"""A transcription server that speaks OpenAI's protocol, by its address: one's own on a GPU machine, as a rule.

POST {url}/audio/transcriptions, multipart: file (WAV), model, language, response_format=verbose_json,
timestamp_granularities[]=word, prompt. Sound goes to that address alone: no proxy, no redirection.
"""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from consultation.errors import BadSetting, EngineDown
from stt.audio import RATE, Floats, to_int16
from stt.ctranslate import check_sound
from stt.prompts import estimate, fitting
from stt.recogniser import Heard, Listen
from stt.remote_answer import heard_of
from stt.wav import write_wav

TIMEOUT = 20.0  # seconds for an answer, from the first byte sent to the last one read
REST = 5.0  # seconds in which a server that failed is left alone
LARGEST = 2_000_000  # bytes of an answer

_REASONS = {
    401: "it refuses the key; check SANGDAM_STT_KEY",
    403: "it refuses the key; check SANGDAM_STT_KEY",
    404: "it has no /audio/transcriptions, or not this model; check SANGDAM_STT_URL and SANGDAM_STT_MODEL",
    429: "it has too much to do",
}


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """A redirection would carry the key, and what a citizen said, to somebody else."""

    def redirect_request(self, *_: Any) -> None:
        return None


class RemoteRecogniser:
    """A `Recogniser` behind an address. After a failure it fails at once for a while, so that calls do not
    wait in line for a server that is down."""

    def __init__(
        self, url: str, model: str = "", key: str = "", *, timeout: float = TIMEOUT, rest: float = REST
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSetting(
                f"SANGDAM_STT_URL is {url!r}; an http address such as http://10.0.0.5:8000/v1 is needed"
            )
        self._address = url.rstrip("/") + "/audio/transcriptions"
        self._model = model or "whisper-1"
        self._key = key
        self._timeout, self._rest = timeout, rest
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirection).open
        self._rests_until = float("-inf")
        self._state = threading.Lock()

    @property
    def name(self) -> str:
        """See `Recogniser`."""
        return f"remote:{self._model}"

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        """See `Recogniser`."""
        check_sound(samples)
        if not len(samples):
            return Heard("", no_speech=1.0)
        with self._state:
            if time.monotonic() < self._rests_until:
                raise EngineDown("the transcription server failed a moment ago; it is tried again shortly")
        try:
            answer = self._ask(write_wav(to_int16(samples), RATE), listen)
            return heard_of(answer, len(samples) / RATE, wants_words=listen.words)
        except (OSError, http.client.HTTPException, ValueError) as error:
            with self._state:
                self._rests_until = time.monotonic() + self._rest
            raise EngineDown(f"the transcription server does not answer: {_reason(error)}") from error

    def _ask(self, wav: bytes, listen: Listen) -> Any:
        fields = {
            "model": self._model,
            "language": "ko",
            "temperature": "0",
            "response_format": "verbose_json",
            "prompt": fitting(listen.prompt, estimate),
            "timestamp_granularities[]": "word" if listen.words else "segment",
        }
        boundary = secrets.token_hex(16)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        body = _multipart(boundary, {name: value for name, value in fields.items() if value}, wav)
        request = urllib.request.Request(self._address, body, headers, method="POST")  # noqa: S310 - checked
        until = time.monotonic() + self._timeout
        with self._open(request, timeout=self._timeout) as reply:
            read = bytearray()
            while chunk := reply.read1(65_536):  # a server that sends a byte now and then has no forever
                read += chunk
                if time.monotonic() > until:
                    raise TimeoutError
                if len(read) > LARGEST:
                    raise ValueError("the answer is too large")
        return json.loads(read)


def _multipart(boundary: str, fields: dict[str, str], wav: bytes) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="call.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    ).encode()
    return b"".join([*parts, head, wav, f"\r\n--{boundary}--\r\n".encode()])


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code}, {_REASONS.get(error.code, 'see its log')}"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return type(error.reason).__name__
    return type(error).__name__
