"""A transcription server with OpenAI's protocol around a recogniser, on a port of this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from stt.audio import to_float
from stt.recogniser import Listen, Recogniser
from stt.wav import read_wav


@dataclass
class Asked:
    """What a client sent, as the server read it."""

    path: str
    key: str | None
    fields: dict[str, str]
    seconds: float


@dataclass
class TranscriptionServer:
    url: str
    asked: list[Asked] = field(default_factory=list)


Raw = Callable[[], tuple[int, bytes]]


@contextmanager
def transcription_server(
    recogniser: Recogniser | None = None, *, raw: Raw | None = None, delay: float = 0.0
) -> Iterator[TranscriptionServer]:
    """Answers with what the recogniser hears, or with `raw`: a status and bytes sent as they are."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fields, wav = _parts(self.headers["Content-Type"], body)
            sound = read_wav(wav, "the request")
            server.asked.append(Asked(self.path, self.headers["Authorization"], fields, sound.seconds))
            time.sleep(delay)
            if raw is not None:
                self._send(*raw())
                return
            assert recogniser is not None
            assert fields["response_format"] == "verbose_json"
            wants = fields.get("timestamp_granularities[]") == "word"
            heard = recogniser.recognise(
                to_float(np.ascontiguousarray(sound.samples[:, 0])), Listen(fields.get("prompt", ""), wants)
            )
            answer: dict[str, Any] = {
                "task": "transcribe",
                "language": "korean",
                "duration": sound.seconds,
                "text": heard.text,
                "segments": [
                    {
                        "id": 0,
                        "start": 0.0,
                        "end": sound.seconds,
                        "text": heard.text,
                        "avg_logprob": float(np.log(max(heard.confidence, 1e-9))),
                        "no_speech_prob": heard.no_speech,
                    }
                ],
            }
            if wants:
                answer["words"] = [{"word": w.text, "start": w.start, "end": w.end} for w in heard.words]
            self._send(200, json.dumps(answer).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Listener(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that has read enough goes away

    with Listener(("127.0.0.1", 0), Answer) as listener:
        listener.daemon_threads = True
        server = TranscriptionServer(f"http://127.0.0.1:{listener.server_port}/v1")
        threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        listener.shutdown()


def _parts(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    message = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, str] = {}
    wav = b""
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if name == "file":
            wav = bytes(content)
        elif name:
            fields[str(name)] = bytes(content).decode()
    return fields, wav
