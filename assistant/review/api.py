"""Correcting transcripts over HTTP: a call's turns with word times, its sound, and the corrections.

Who may call a route stands in `server/rules.py`. Personal data stays masked and beeped; the words and
the sound before masking open only to roles that may read originals, with a reason, and are audited.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Protocol

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.review.corrections import corrected
from assistant.review.covered import before
from assistant.review.listened import Listened
from assistant.review.timed import timed
from assistant.review.wave import OutOfRange, WaveFile, byte_range
from consultation.errors import NotAllowed, Unknown
from consultation.privacy import kinds_in, mask
from consultation.store import Store
from consultation.store.corrections import Correction, Mark
from consultation.text import clean
from consultation.types import Role, Speaker, Turn, Word
from stt.audio import RATE, Samples
from stt.wav import Sound

ORIGINALS = frozenset({Role.LEAD, Role.QUALITY, Role.ABUSE})
DOUBTFUL = 0.5  # a word recognised with less confidence is marked
ANSWER = 30.0  # seconds of sound in one answer to a range request
LONGEST = 4_000  # characters of a corrected turn
SIDE = {Speaker.CITIZEN: 0, Speaker.AGENT: 1}


class Sounds(Protocol):
    """The kept sound of calls, as `server.sounds` gives it."""

    def seconds(self, conversation_id: str) -> float | None:
        """Its length; None: none is kept."""

    def sound(self, conversation_id: str, start: float, end: float, *, original: bool) -> Sound:
        """A stretch at 16 kHz, citizen left and agent right, seconds from the start of the call; with
        personal data beeped unless `original`. Raises `Unknown`, also where nobody knows what to beep."""


class CorrectionMessage(BaseModel):
    """A turn as the reviewer leaves it."""

    model_config = ConfigDict(extra="forbid")

    seen: int = Field(ge=0, le=1_000_000, strict=True)  # version it was made from
    text: str = Field(max_length=LONGEST)
    mark: Mark | None = None


class ReasonMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(min_length=2, max_length=500)


def routes(store: Store, sounds: Sounds) -> APIRouter:
    """All routes of the transcript page."""
    router = APIRouter(prefix="/api")
    _text_routes(router, store, sounds)
    _sound_route(router, store, sounds)
    return router


def _text_routes(router: APIRouter, store: Store, sounds: Sounds) -> None:
    @router.get("/transcripts")
    def to_review(page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> dict[str, Any]:
        """Heard calls: those first where most is to be done."""
        size = 20
        rows = store.corrections.to_review(size + 1, (page - 1) * size)
        return {
            "rows": [
                {
                    "id": row.conversation.conversation_id,
                    "started_at": row.conversation.started_at.isoformat(),
                    "agent": row.conversation.agent_id,
                    "district": row.conversation.district,
                    "is_sample": row.conversation.is_sample,
                    "heard": row.heard,
                    "corrected": row.corrected,
                    "confidence": round(row.confidence, 3),
                    "has_sound": sounds.seconds(row.conversation.conversation_id) is not None,
                }
                for row in rows[:size]
            ],
            "page": page,
            "more": len(rows) > size,
        }

    @router.get("/calls/{conversation_id}/transcript")
    def transcript(request: Request, conversation_id: str) -> dict[str, Any]:
        kept = store.conversations
        call = kept.get(conversation_id)
        turns = kept.turns(conversation_id)
        versions = store.corrections.of(conversation_id)
        spoken = store.corrections.spoken(conversation_id)
        words = kept.words(conversation_id)
        seconds = sounds.seconds(conversation_id)
        return {
            "call": {
                "id": call.conversation_id,
                "started_at": call.started_at.isoformat(),
                "agent": call.agent_id,
                "stage": call.stage.value,
                "channel": call.channel.value,
                "is_sample": call.is_sample,
            },
            "may_read_originals": bool(request.state.person.roles & ORIGINALS),
            "sound": None if seconds is None else {"seconds": round(seconds, 2)},
            "marks": [mark.value for mark in Mark],
            "turns": [
                turn_json(
                    turn,
                    versions.get(turn.index, ()),
                    spoken.get(turn.index),
                    words.get(turn.index, ()),
                    before(spoken, turn.index),
                )
                for turn in turns
            ],
        }

    @router.post("/calls/{conversation_id}/transcript/{index}")
    def correct(
        request: Request, conversation_id: str, index: int, message: CorrectionMessage
    ) -> dict[str, Any]:
        """The next version of a turn's text; 409 when somebody else was first."""
        turn = _turn(store, conversation_id, index)
        versions = store.corrections.of(conversation_id).get(index, [])
        spoken = store.corrections.spoken(conversation_id)
        earlier = before(spoken, index)
        base = versions[-1].text if versions else turn.text
        made = corrected(" ".join(clean(message.text).split()), base, spoken.get(index, base), earlier)
        saved = store.corrections.save(
            conversation_id,
            index,
            seen=message.seen,
            text=made.masked,
            original=made.spoken,
            mark=message.mark,
            by=request.state.person.name,
            at=request.app.state.clock(),
        )
        words = store.conversations.words(conversation_id).get(index, ())
        return turn_json(turn, [*versions, saved], made.spoken, words, earlier)

    @router.post("/calls/{conversation_id}/transcript/{index}/original")
    def original(
        request: Request, conversation_id: str, index: int, message: ReasonMessage
    ) -> dict[str, str]:
        """The unmasked words as they stand now; who read them and why is in the audit log first."""
        return {
            "text": store.corrections.original(
                conversation_id,
                index,
                reader=request.state.person.name,
                reason=mask(clean(message.reason)),
            )
        }


def _sound_route(router: APIRouter, store: Store, sounds: Sounds) -> None:
    listened = Listened()

    @router.get("/calls/{conversation_id}/sound")
    def sound(
        request: Request,
        conversation_id: str,
        start: Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False)] = 0.0,
        end: Annotated[float | None, Query(ge=0, le=86_400, allow_inf_nan=False)] = None,
        channel: Literal["both", "citizen", "agent"] = "both",
        reason: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        """A WAV file of the call or of a stretch of it; with a `reason`, without beeps."""
        seconds = sounds.seconds(conversation_id)
        if seconds is None:
            store.conversations.get(conversation_id)
            raise Unknown("이 상담의 소리는 보관되어 있지 않습니다.")
        person = request.state.person
        reason = mask(clean(reason, limit=500))
        if reason and not person.roles & ORIGINALS:
            raise NotAllowed("개인정보가 든 소리를 들을 권한이 없습니다.")
        stop = min(seconds, end if end is not None else seconds)
        file = WaveFile(max(0, round((stop - start) * RATE)), RATE, 2 if channel == "both" else 1)
        try:
            asked = byte_range(request.headers.get("range"), file.size)
        except OutOfRange:
            return Response(status_code=416, headers={"content-range": f"bytes */{file.size}"})
        if listened.is_new(person.name, conversation_id, reason):
            what = "listen_original" if reason else "listen"
            store.audit.record(person.name, what, conversation_id, reason, request.app.state.clock())

        def read(since: float, until: float) -> Samples:
            heard = sounds.sound(conversation_id, start + since, start + until, original=bool(reason))
            return _side(heard.samples, channel)

        headers = {"accept-ranges": "bytes"}
        if asked is None:
            read(0.0, 0.0)  # what cannot be opened is an error now, not a broken answer later
            headers["content-length"] = str(file.size)
            whole = file.read(0, file.size - 1, read)
            return StreamingResponse(whole, media_type="audio/wav", headers=headers)
        first, last = asked[0], min(asked[1], asked[0] + file.bytes_of(ANSWER) - 1)
        headers["content-range"] = f"bytes {first}-{last}/{file.size}"
        part = b"".join(file.read(first, last, read))
        return Response(part, status_code=206, media_type="audio/wav", headers=headers)


def turn_json(
    turn: Turn,
    versions: Sequence[Correction],
    spoken: str | None,
    words: Sequence[Word],
    before: Sequence[str],
) -> dict[str, Any]:
    """A turn as it stands now, with its words and where they stand in the sound. `spoken`, its unmasked
    text, only tells where hidden words are; None: it was erased."""
    latest = versions[-1] if versions else None
    text = latest.text if latest else turn.text
    shown = timed(text, spoken if spoken is not None else text, words, before)
    return {
        "index": turn.index,
        "speaker": turn.speaker.value,
        "start": turn.start,
        "end": turn.end,
        "text": text,
        "recognised": turn.text,
        "version": latest.version if latest else 0,
        "mark": latest.mark.value if latest and latest.mark else None,
        "by": latest.by if latest else None,
        "at": latest.at.isoformat() if latest else None,
        "hides": bool(kinds_in(text)),
        "words": [
            {
                "text": word.text,
                "start": round(word.start, 3),
                "end": round(word.end, 3),
                "doubtful": latest is None and word.confidence < DOUBTFUL,
            }
            for word in shown
        ],
        "versions": [
            {
                "version": one.version,
                "text": one.text,
                "mark": one.mark.value if one.mark else None,
                "by": one.by,
                "at": one.at.isoformat(),
            }
            for one in versions
        ],
    }


def _turn(store: Store, conversation_id: str, index: int) -> Turn:
    turn = next((t for t in store.conversations.turns(conversation_id) if t.index == index), None)
    if turn is None:
        raise Unknown(f"call {conversation_id} has no turn {index}")
    return turn


def _side(samples: Samples, channel: str) -> Samples:
    """One speaker's channel, or both; a sound of one channel is everybody's."""
    if channel == "both":
        return samples if samples.shape[1] == 2 else np.repeat(samples, 2, axis=1)
    side = min(SIDE[Speaker(channel)], samples.shape[1] - 1)
    return samples[:, side : side + 1]
