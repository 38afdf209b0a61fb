"""A transcript as files: JSON for programs, SRT beside a player, TXT for people.

Personal data is masked unless the caller decides otherwise; nothing here looks at the sound.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from consultation.types import Speaker, Utterance
from stt.masked import masked
from stt.numbers import to_display
from stt.transcription import Transcript

FORMATS = ("json", "srt", "txt")
SPEAKERS = {Speaker.CITIZEN: "민원인", Speaker.AGENT: "상담사"}


@dataclass(frozen=True, slots=True)
class Source:
    """What was transcribed, and with what."""

    file: str  # its name, without folders
    digest: str  # SHA-256 of the file in hex
    model: str  # name of the recogniser
    channels: int


def export(kind: str, transcript: Transcript, source: Source, *, unmasked: bool = False) -> str:
    """The transcript in one of `FORMATS`."""
    utterances = (
        list(transcript) if unmasked else [found.utterance for found in masked(transcript.utterances)]
    )
    if kind == "json":
        return as_json(utterances, transcript, source, unmasked=unmasked)
    write = {"srt": as_srt, "txt": as_txt}[kind]
    return write(utterances, mixed=transcript.mixed)


def as_json(
    utterances: Sequence[Utterance], transcript: Transcript, source: Source, *, unmasked: bool = False
) -> str:
    """One object: the source, figures of the conversation, utterances with words, times in seconds.

    `text` is as spoken, `display` the same with numbers in digits. `mixed`: one channel held
    everybody, so that `speaker` is null.
    """
    content: dict[str, Any] = {
        **asdict(source),
        "seconds": round(transcript.seconds, 3),
        "mixed": transcript.mixed,
        "masked": not unmasked,
        "conversed": asdict(transcript.conversed) if transcript.conversed else None,
        "utterances": [
            {
                "speaker": None if transcript.mixed else u.speaker.value,
                "start": round(u.start, 3),
                "end": round(u.end, 3),
                "text": u.text,
                "display": to_display(u.text),
                "confidence": _confidence(u),
                "words": [
                    {
                        "text": word.text,
                        "start": round(word.start, 3),
                        "end": round(word.end, 3),
                        "confidence": round(word.confidence, 3),
                    }
                    for word in u.words
                ],
            }
            for u in utterances
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_srt(utterances: Sequence[Utterance], *, mixed: bool) -> str:
    """Subtitles: each utterance with who said it."""
    cues = (
        f"{number}\n{_srt_time(u.start)} --> {_srt_time(max(u.end, u.start + 0.1))}\n{_line(u, mixed)}\n"
        for number, u in enumerate(utterances, 1)
    )
    return "\n".join(cues)


def as_txt(utterances: Sequence[Utterance], *, mixed: bool) -> str:
    """One utterance a line, with its minute."""
    return "".join(
        f"[{int(u.start) // 60:02d}:{int(u.start) % 60:02d}] {_line(u, mixed)}\n" for u in utterances
    )


def _line(utterance: Utterance, mixed: bool) -> str:
    text = to_display(utterance.text)
    return text if mixed else f"{SPEAKERS[utterance.speaker]}: {text}"


def _confidence(utterance: Utterance) -> float | None:
    words = utterance.words
    return round(sum(word.confidence for word in words) / len(words), 3) if words else None


def _srt_time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{milliseconds // 1000:02d},{milliseconds % 1000:03d}"
