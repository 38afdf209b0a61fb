"""The transcript page's API over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from assistant.review.api import routes
from consultation.errors import BadInput, Conflict, NotAllowed, SangdamError, Unknown
from consultation.people import Person
from consultation.privacy import mask
from consultation.store import Store, open_store
from consultation.types import Channel, Conversation, Role, Speaker, Turn, Word
from stt.wav import Sound, read_wav

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SPOKEN = "제 번호는 공일공 영영영영 일이삼사 이고요 제발급이요"
MASKED = mask(SPOKEN)
SECONDS = 70.0
STATUS = {Unknown: 404, NotAllowed: 403, Conflict: 409, BadInput: 422}


class Sounds:
    """Time in 1/100 s in the citizen's channel, 7 in the agent's; 9 in both where nothing is beeped."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float, bool]] = []

    def seconds(self, conversation_id: str) -> float | None:
        return SECONDS if conversation_id == "call-1" else None

    def sound(self, conversation_id: str, start: float, end: float, *, original: bool) -> Sound:
        self.asked.append((start, end, original))
        at = np.arange(round(start * 16_000), round(end * 16_000))
        sides = [np.full_like(at, 9)] * 2 if original else [at // 160, np.full_like(at, 7)]
        return Sound(np.stack(sides, axis=1).astype(np.int16), 16_000)


class Desk:
    """A client with one account."""

    def __init__(self, store: Store, sounds: Sounds) -> None:
        self.person = Person("han", "한 품질", frozenset({Role.QUALITY}), is_disabled=False)
        app = FastAPI(dependencies=[Depends(self._admit)])
        app.state.clock = lambda: NOW
        app.include_router(routes(store, sounds))

        @app.exception_handler(SangdamError)
        def told(_request: Request, error: SangdamError) -> JSONResponse:
            status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
            return JSONResponse({"message": str(error)}, status)

        self.client = TestClient(app)
        self.store = store
        self.sounds = sounds

    def _admit(self, request: Request) -> None:
        request.state.person = self.person

    def become(self, role: Role) -> None:
        self.person = Person(role.value, role.value, frozenset({role}), is_disabled=False)

    def correct(self, index: int, text: str, seen: int = 0, **more: object) -> tuple[int, dict[str, object]]:
        answer = self.client.post(
            f"/api/calls/call-1/transcript/{index}", json={"text": text, "seen": seen, **more}
        )
        return answer.status_code, answer.json()

    def whats(self) -> list[str]:
        return [row.what for row in reversed(self.store.audit.entries())]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", master_key=b"k" * 32)
    for name in ("call-1", "typed"):
        store.conversations.start(Conversation(name, Channel.PHONE, NOW, "kim"))
    words = tuple(
        Word(text, float(i), i + 1.0, 0.3 if i == 5 else 0.9) for i, text in enumerate(SPOKEN.split())
    )
    keep = store.conversations.add_turn
    keep("call-1", Turn(0, Speaker.CITIZEN, MASKED, 0.0, 7.0), SPOKEN, words)
    keep(
        "call-1",
        Turn(1, Speaker.AGENT, "확인했습니다", 8.0, 9.0),
        "확인했습니다",
        (Word("확인했습니다", 8, 9, 0.8),),
    )
    keep("typed", Turn(0, Speaker.CITIZEN, "네", 0.0, 1.0), "네")
    for name in ("call-1", "typed"):
        store.conversations.end(name, NOW)
    desk = Desk(store, Sounds())
    yield desk
    desk.client.close()
    store.close()


def test_turns_come_with_masked_words_their_times_and_what_is_doubtful(desk: Desk) -> None:
    body = desk.client.get("/api/calls/call-1/transcript").json()
    assert body["sound"] == {"seconds": SECONDS}
    first, second = body["turns"]
    assert first["text"] == first["recognised"] == MASKED
    assert (first["version"], first["mark"], first["hides"]) == (0, None, True)
    assert [(w["text"], w["start"], w["end"], w["doubtful"]) for w in first["words"]] == [
        ("제", 0, 1, False),
        ("번호는", 1, 2, False),
        ("[전화번호]", 2, 5, False),
        ("이고요", 5, 6, True),
        ("제발급이요", 6, 7, False),
    ]
    assert second["hides"] is False
    assert "공일공" not in str(body)


def test_a_call_that_was_typed_has_neither_words_nor_sound(desk: Desk) -> None:
    body = desk.client.get("/api/calls/typed/transcript").json()
    assert body["sound"] is None
    assert body["turns"][0]["words"] == []


def test_a_correction_keeps_times_counts_versions_and_hides_what_was_hidden(desk: Desk) -> None:
    status, turn = desk.correct(0, MASKED.replace("제발급", "재발급"))
    assert status == 200
    assert (turn["version"], turn["by"], turn["text"]) == (1, "han", MASKED.replace("제발급", "재발급"))
    assert turn["words"][-1] == {"text": "재발급이요", "start": 6.0, "end": 7.0, "doubtful": False}  # type: ignore[index]
    assert desk.store.corrections.spoken("call-1")[0] == SPOKEN.replace("제발급", "재발급")
    assert desk.correct(0, "번호는 010-0000-9999", seen=1)[1]["text"] == "번호는 [전화번호]"
    now = desk.client.get("/api/calls/call-1/transcript").json()["turns"][0]
    assert (now["version"], len(now["versions"]), now["recognised"]) == (2, 2, MASKED)


def test_somebody_who_was_second_is_told_so_in_words_a_reviewer_reads(desk: Desk) -> None:
    desk.correct(1, "확인했어요")
    status, body = desk.correct(1, "확인 했습니다", seen=0)
    assert status == 409
    assert "먼저 고쳤습니다" in str(body["message"])
    assert desk.store.corrections.of("call-1")[1][-1].text == "확인했어요"


def test_a_mark_is_kept_and_an_unknown_one_refused(desk: Desk) -> None:
    assert desk.correct(1, "확인했습니다", mark="겹침")[1]["mark"] == "겹침"
    assert desk.correct(1, "확인했습니다", seen=1, mark="졸림")[0] == 422


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": "말"},
        {"text": "말", "seen": -1},
        {"text": "말", "seen": "0"},
        {"text": "말" * 4001, "seen": 0},
        {"text": None, "seen": 0},
        {"text": "말", "seen": 0, "by": "kim"},
    ],
)
def test_a_message_that_cannot_be_read_changes_nothing(desk: Desk, message: dict[str, object]) -> None:
    assert desk.client.post("/api/calls/call-1/transcript/0", json=message).status_code == 422
    assert desk.store.corrections.of("call-1") == {}


def test_line_breaks_and_invisible_characters_are_no_part_of_what_was_said(desk: Desk) -> None:
    assert desk.correct(1, " 확인\n\n했\u200b습니다 \x00 ")[1]["text"] == "확인 했습니다"


def test_what_is_not_there_is_404(desk: Desk) -> None:
    for path in ("/api/calls/none/transcript", "/api/calls/none/sound", "/api/calls/typed/sound"):
        assert desk.client.get(path).status_code == 404
    assert desk.correct(7, "말")[0] == 404


def test_the_unmasked_text_opens_with_a_reason_and_is_audited(desk: Desk) -> None:
    ask = desk.client.post
    path = "/api/calls/call-1/transcript/0/original"
    assert ask(path, json={"reason": " "}).status_code == 422
    assert ask(path, json={"reason": "전사 교정"}).json() == {"text": SPOKEN}
    row = desk.store.audit.entries(limit=1)[0]
    assert (row.who, row.what, row.about, row.reason) == ("han", "read_original", "call-1/0", "전사 교정")


def test_calls_to_review_are_listed_page_by_page(desk: Desk) -> None:
    body = desk.client.get("/api/transcripts").json()
    assert [row["id"] for row in body["rows"]] == ["call-1"]
    assert body["rows"][0]["heard"] == 2
    assert body["rows"][0]["has_sound"] is True
    assert desk.client.get("/api/transcripts?page=2").json()["rows"] == []
    assert desk.client.get("/api/transcripts?page=0").status_code == 422


# ---- sound


def test_the_whole_sound_is_a_wav_of_both_channels(desk: Desk) -> None:
    answer = desk.client.get("/api/calls/call-1/sound")
    assert answer.headers["accept-ranges"] == "bytes"
    sound = read_wav(answer.content, "sound")
    assert (sound.channels, sound.seconds) == (2, SECONDS)
    assert sound.samples[16_000 * 30].tolist() == [3000, 7]
    assert not any(original for _, _, original in desk.sounds.asked)


def test_a_stretch_and_one_speaker_may_be_asked_for(desk: Desk) -> None:
    query = "/api/calls/call-1/sound?start=10&end=12.5&channel=agent"
    sound = read_wav(desk.client.get(query).content, "sound")
    assert (sound.channels, sound.seconds) == (1, 2.5)
    assert set(sound.samples[:, 0].tolist()) == {7}
    beyond = read_wav(desk.client.get("/api/calls/call-1/sound?start=65&end=99").content, "sound")
    assert beyond.seconds == 5


def test_a_range_is_answered_with_that_part_and_only_that_part_is_decoded(desk: Desk) -> None:
    size = 44 + int(SECONDS * 64_000)
    whole = desk.client.get("/api/calls/call-1/sound").content
    desk.sounds.asked.clear()
    answer = desk.client.get("/api/calls/call-1/sound", headers={"range": "bytes=640044-640143"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes 640044-640143/{size}"
    assert answer.content == whole[640_044:640_144]
    assert desk.sounds.asked == [(10.0, 10.0 + 25 / 16_000, False)]


def test_an_open_range_is_answered_in_pieces(desk: Desk) -> None:
    answer = desk.client.get("/api/calls/call-1/sound", headers={"range": "bytes=0-"})
    assert answer.status_code == 206
    assert len(answer.content) == int(answer.headers["content-length"]) == 30 * 64_000


def test_a_range_behind_the_end_is_refused(desk: Desk) -> None:
    answer = desk.client.get("/api/calls/call-1/sound", headers={"range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")


@pytest.mark.parametrize("query", ["start=-1", "start=nan", "start=x", "end=1e9", "channel=left"])
def test_times_and_channels_that_cannot_be_are_refused(desk: Desk, query: str) -> None:
    assert desk.client.get(f"/api/calls/call-1/sound?{query}").status_code == 422


def test_an_end_before_the_start_is_an_empty_sound(desk: Desk) -> None:
    assert len(desk.client.get("/api/calls/call-1/sound?start=9&end=3").content) == 44


def test_a_listener_is_in_the_audit_once_however_often_the_player_asks(desk: Desk) -> None:
    for first in (0, 44, 5000):
        desk.client.get("/api/calls/call-1/sound", headers={"range": f"bytes={first}-{first + 9}"})
    assert desk.whats() == ["listen"]


def test_sound_without_beeps_needs_the_right_and_a_reason_that_is_kept(desk: Desk) -> None:
    heard = read_wav(desk.client.get("/api/calls/call-1/sound?reason=전사 교정&end=1").content, "sound")
    assert heard.samples[0].tolist() == [9, 9]
    row = desk.store.audit.entries(limit=1)[0]
    assert (row.who, row.what, row.about, row.reason) == ("han", "listen_original", "call-1", "전사 교정")
    desk.become(Role.RESEARCHER)
    assert desk.client.get("/api/calls/call-1/sound?reason=전사 교정").status_code == 403
    assert desk.client.get("/api/calls/call-1/transcript").json()["may_read_originals"] is False
