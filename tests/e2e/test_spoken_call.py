"""The whole chain: sound in at a telephone door, a transcript, a suggestion, a flag, the saved record.

The sound is synthesised speech that the real detector cuts into utterances. Which sentence it is tells a
recogniser that knows these recordings by their sound, so that the end can be asserted: the bundled model
is none to rely on.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Page, expect
from websockets.sync.client import connect

from consultation.settings import Settings
from consultation.types import Stage
from server.app import create_app
from server.demo_home import prepare
from server.engines import Engines, build
from server.speech import Speech
from stt.audio import RATE, Floats, Samples, to_float
from stt.recogniser import Heard, Listen
from tests.e2e.conftest import sign_in
from tests.running_server import free_port
from tests.stt.speech import say, silence

pytestmark = pytest.mark.browser

KEY = "the-key-of-the-door"
CALL = (
    ("agent", "안녕하십니까 백이십 다산콜 상담사입니다 무엇을 도와드릴까요"),
    ("citizen", "여권을 잃어버렸는데 새로 만들려면 어떻게 해야 하나요"),
    ("agent", "가까운 구청에 분실 신고를 하시고 다시 신청하시면 됩니다"),
    ("citizen", "야 이 개새끼야 그걸 왜 이제 말해"),
    ("agent", "욕설을 하시면 상담을 이어 가기 어렵습니다 연락처를 말씀해 주시겠어요"),
    ("citizen", "제 번호는 공일공 공공공공 일이삼사예요"),
)


@dataclass
class Telephone:
    """A server whose telephone system can call, and the words it will hear."""

    address: str
    engines: Engines
    sound: Samples  # (n, 2): citizen, agent


class KnownRecordings:
    """A recogniser for sentences whose sound is known: the one that fits best was said."""

    name = "known recordings"

    def __init__(self, texts: list[str]) -> None:
        self._known = {text: to_float(say(text)) for text in texts}

    def recognise(self, samples: Floats, listen: Listen = Listen()) -> Heard:  # noqa: B008 (frozen)
        size = 1 << (2 * len(samples) + RATE * 8).bit_length()
        heard = np.fft.rfft(samples, size)

        def fit(text: str) -> float:
            known = self._known[text]
            across = np.fft.irfft(heard * np.conj(np.fft.rfft(known, size)), size)
            return float(np.abs(across).max() / (np.linalg.norm(known) + 1e-9))

        best = max(self._known, key=fit)
        if fit(best) < 0.2 * float(np.linalg.norm(samples)):
            return Heard("", no_speech=1.0)
        share = min(1.0, len(samples) / len(self._known[best]))
        return Heard(best if listen.words else best[: int(len(best) * share * 0.9)])


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telephone]:
    home = tmp_path_factory.mktemp("spoken")
    settings = Settings(home=home, worker=f"test-{home.name}", door_key=KEY, door_agent="agent", demo=True)
    model = KnownRecordings([text for _, text in CALL])
    engines = replace(build(settings), speech=Speech(settings, lambda *_: model))
    prepare(engines)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(settings, engines=engines), port=port, log_config=None))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        assert running.is_alive(), "the server does not start"
    yield Telephone(f"127.0.0.1:{port}", engines, recorded())
    server.should_exit = True
    running.join(30)


def recorded() -> Samples:
    """The call as two channels, citizen left, agent right, at 16 kHz."""
    channels: dict[str, list[Samples]] = {"citizen": [silence(0.6)], "agent": [silence(0.6)]}
    for speaker, text in CALL:
        speech = np.concatenate([say(text), silence(1.2)])
        for channel, pieces in channels.items():
            pieces.append(speech if channel == speaker else np.zeros_like(speech))
    return np.stack([np.concatenate(pieces) for pieces in channels.values()], axis=1)


def test_sound_at_a_door_becomes_a_transcript_a_suggestion_a_flag_and_a_saved_record(
    telephone: Telephone, page: Page
) -> None:
    sign_in(page, f"http://{telephone.address}")
    with connect(f"ws://{telephone.address}/doors/pcm?key={KEY}", max_size=None, ping_interval=None) as line:
        opening = {
            "call": "spoken-1",
            "agent": "agent",
            "channels": ["citizen", "agent"],
            "encoding": "s16le",
            "rate": RATE,
        }
        line.send(json.dumps(opening))
        ready = json.loads(line.recv(30))
        page.goto(f"http://{telephone.address}/desk?call={ready['call']}")
        for start in range(0, len(telephone.sound), RATE // 5):
            line.send(np.ascontiguousarray(telephone.sound[start : start + RATE // 5]).tobytes())
        turns = page.locator(".turn:not(.partial)")
        expect(turns.filter(has_text="여권을 잃어버렸는데").first).to_be_visible(timeout=60_000)
        card = page.get_by_test_id("suggestion-card").first
        expect(card).to_contain_text("여권", timeout=30_000)
        number = turns.locator(".masked").filter(has_text="전화번호").first
        expect(number).to_be_visible(timeout=60_000)
        expect(page.get_by_text("개새끼")).to_have_count(0)  # covered
        expect(page.get_by_text(re.compile("욕설")).first).to_be_visible()
        line.send('{"type": "end"}')
    expect(page.get_by_role("button", name="확인 후 저장")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="확인 후 저장").click()
    expect(page.get_by_text("저장").first).to_be_visible()
    kept = telephone.engines.store.conversations
    page.wait_for_function("() => true")
    deadline = 100
    while kept.get(ready["call"]).stage is not Stage.CONFIRMED and deadline:
        page.wait_for_timeout(100)
        deadline -= 1
    assert kept.get(ready["call"]).stage is Stage.CONFIRMED
    said = [(turn.speaker.value, turn.text) for turn in kept.turns(ready["call"])]
    assert [speaker for speaker, _ in said] == [speaker for speaker, _ in CALL]
    assert "공일공" not in json.dumps(said, ensure_ascii=False)
    assert [flag.turn for flag in kept.flags(ready["call"])] == [3]
