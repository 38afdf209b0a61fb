"""What a telephone vendor's desktop gets back: AudioHook `transcript` and `agentassist` entities.

They leave the house, so personal data never enters them, whatever the caller hands over: finals are
masked here by the same rules as everywhere, word tokens with them.
"""

from __future__ import annotations

import html
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from assistant.doors.durations import write_duration
from consultation.privacy import find
from consultation.types import Hit, PersonalData, Speaker, Suggestion, Utterance, Word
from stt.numbers import to_display

LANGUAGE = "ko-KR"
UNKNOWN = 0.5  # confidence where the engine gives none
EARLIER = 6  # turns that may have asked for what comes now

Json = dict[str, Any]


def _new_id() -> str:
    return str(uuid.uuid4())


class Narrator:
    """Tells one session what is heard. Partials and the final of one utterance share an id."""

    def __init__(
        self, speakers: Sequence[Speaker | None], *, shift: float = 0.0, new_id: Callable[[], str] = _new_id
    ) -> None:
        """`speakers` by channel; `shift`: seconds of the call before the session's stream began."""
        self._channels = {speaker: channel for channel, speaker in enumerate(speakers)}
        self._shift = shift
        self._new_id = new_id
        self._open: dict[int, str] = {}
        self._told = 0.0  # seconds of the call; where the latest final ended
        self._before: deque[str] = deque(maxlen=EARLIER)  # unmasked: questions are understood better so

    def transcript(self, utterance: Utterance) -> Json | None:
        """A `transcript` entity; None where nothing is left to say, or nobody on this line said it."""
        channel = self._channels.get(utterance.speaker, self._channels.get(None))
        found = find(utterance.text, before=tuple(self._before))
        if utterance.is_final:
            self._before.append(utterance.text)
            self._told = utterance.end
        if channel is None:
            return None
        identity = self._open.setdefault(channel, self._new_id())
        if utterance.is_final:
            del self._open[channel]
        if 0 < utterance.end <= self._shift:
            return None  # an earlier session of the call has told it
        text = _covered(utterance.text, found)
        if not text.strip():
            return None
        interpretation: Json = {"type": "display", "transcript": to_display(text)}
        if tokens := self._tokens(utterance, found):
            interpretation["tokens"] = tokens
        data: Json = {
            "id": identity,
            "channelId": channel,
            "isFinal": utterance.is_final,
            "offset": write_duration(utterance.start - self._shift),
            "duration": write_duration(utterance.end - utterance.start),
            "alternatives": [
                {
                    "confidence": round(fmean(w.confidence for w in utterance.words), 3)
                    if utterance.words
                    else UNKNOWN,
                    "languages": [LANGUAGE],
                    "interpretations": [interpretation],
                }
            ],
        }
        return {"type": "transcript", "data": data}

    def suggestions(self, suggestion: Suggestion) -> Json | None:
        """An `agentassist` entity with one suggestion for each entry; None without any."""
        if self._shift and self._told <= self._shift:
            return None
        position = write_duration(self._told - self._shift)
        cards = [_card(hit, self._new_id()) | {"position": position} for hit in suggestion.ranking]
        if not cards:
            return None
        return {"type": "agentassist", "data": {"id": self._new_id(), "suggestions": cards}}

    def _tokens(self, utterance: Utterance, found: Sequence[PersonalData]) -> list[Json]:
        """The words with their times, personal data as one word; none where they cannot be told apart."""
        placed = _placed(utterance)
        if placed is None:
            return []
        tokens: list[Json] = []
        told = -1  # place in `found` of the personal data told last
        for word, start, end in placed:
            inside = next((i for i, f in enumerate(found) if f.start < end and start < f.end), None)
            if inside is None:
                tokens.append(self._token(word.text, word))
            elif inside != told:
                tokens.append(self._token(f"[{found[inside].kind}]", word))
                told = inside
            else:
                span = tokens[-1]
                begun = float(span["offset"][2:-1]) + self._shift
                span["duration"] = write_duration(word.end - begun)
        return tokens

    def _token(self, value: str, word: Word) -> Json:
        return {
            "type": "word",
            "value": value,
            "confidence": round(word.confidence, 3),
            "offset": write_duration(word.start - self._shift),
            "duration": write_duration(word.end - word.start),
            "language": LANGUAGE,
        }


def _covered(text: str, found: Sequence[PersonalData]) -> str:
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join(parts) + text[at:]


def _placed(utterance: Utterance) -> list[tuple[Word, int, int]] | None:
    """Each word with its characters in the text; None where the words are not those of the text."""
    placed: list[tuple[Word, int, int]] = []
    at = 0
    for word in utterance.words:
        start = utterance.text.find(word.text, at)
        if start < 0 or utterance.text[at:start].strip():
            return None
        at = start + len(word.text)
        placed.append((word, start, at))
    return None if utterance.text[at:].strip() else placed


def _card(hit: Hit, identity: str) -> Json:
    """One entry: an article where it has an address, else a question with its answer."""
    entry = hit.entry
    metadata = {
        "entryId": entry.entry_id,
        "기관": entry.organisation,
        "담당부서": entry.department,
        "전화": entry.phone,
        "최종확인일": entry.confirmed_on.isoformat() if entry.confirmed_on else "",
        "출처": entry.source,
    }
    card: Json = {
        "id": identity,
        "confidence": round(min(max(hit.score, 0.0), 1.0), 3),
        "metadata": {name: value for name, value in metadata.items() if value},
    }
    if entry.basis.startswith(("https://", "http://")):
        return card | {
            "type": "article",
            "title": entry.question,
            "excerpts": [entry.answer],
            "documentUri": entry.basis,
        }
    answer = html.escape(entry.answer).replace("\n", "<br>")
    return card | {"type": "faq", "question": entry.question, "answer": answer}
