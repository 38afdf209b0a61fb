"""Corrected turns as training data: stretches of sound with what was said in them.

    OUT/audio/….flac    16 kHz, one channel
    OUT/segments.jsonl  one segment a line: audio, text, speaker, seconds, split, confidence, reviewed,
                        conversation (a keyed hash)
    OUT/train.tsv, dev.tsv, test.tsv    the same as manifests for `sangdam evaluate stt`
    OUT/DATASHEET.md, datasheet.json    what this is, and what was left out and why

The split hangs on the conversation's hash alone: a conversation is never in two of them, in no export,
so that `test` stays unheard however often data is exported. Segments with personal data stay out.
"""

from __future__ import annotations

import hmac
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from consultation.errors import BadInput, Conflict
from consultation.privacy import kinds_in
from consultation.rows import Row, write_rows
from consultation.store.corrections import Mark
from consultation.types import Speaker, Turn
from stt.audio import RATE, Samples
from stt.wav import Sound

SHORTEST, LONGEST = 0.3, 29.5  # seconds of a segment; Whisper hears windows of 30
AROUND = 0.15  # seconds of sound before and after a turn, never into the speaker's next or last one
NEAR = 0.3  # seconds within which another turn's personal data might be heard
SPLITS = (("train", 0.8), ("dev", 0.9), ("test", 1.0))  # up to this share of all hashes

ReadStretch = Callable[[str, float, float], Sound | None]  # conversation, seconds; None: no sound is kept


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A turn as it stands after its correction."""

    turn: Turn  # as recognised, masked
    text: str  # masked; the corrected text, or the recognised one
    is_reviewed: bool
    mark: str | None  # why a reviewer finds the sound useless
    confidence: float | None  # 0..1, mean of the recognised words; None: it was typed


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which segments."""

    reviewed_only: bool = True
    speaker: Speaker | None = None  # None: both
    min_confidence: float = 0.9  # of a segment that nobody reviewed


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch to be exported."""

    conversation_id: str
    index: int
    speaker: Speaker
    start: float  # seconds of the call
    end: float
    text: str
    is_reviewed: bool
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    segments: int
    seconds: dict[str, float]  # by split
    by_speaker: dict[str, float]  # seconds
    conversations: dict[str, int]  # by split
    reviewed: int
    left_out: dict[str, int]  # reason to segments
    digest: str  # SHA-256 of segments.jsonl


def segments_of(conversation_id: str, turns: Sequence[Reviewed], wanted: Wanted) -> Iterator[Segment | str]:
    """The segments of a conversation, or for each turn that gives none, why."""
    private = [
        r.turn for r in turns if kinds_in(r.text) or kinds_in(r.turn.text) or r.mark == Mark.PERSONAL.value
    ]
    for one in turns:
        turn = one.turn
        if wanted.speaker is not None and turn.speaker is not wanted.speaker:
            continue
        start, end = _stretch(turn, [r.turn for r in turns])
        if reason := _useless(one, wanted, end - start):
            yield reason
        elif any(other.start < end + NEAR and other.end > start - NEAR for other in private):
            yield "personal data"
        else:
            yield Segment(
                conversation_id,
                turn.index,
                turn.speaker,
                start,
                end,
                one.text,
                one.is_reviewed,
                one.confidence,
            )


def _useless(one: Reviewed, wanted: Wanted, seconds: float) -> str | None:
    if one.mark:
        return f"marked {one.mark}"
    if one.confidence is None:
        return "typed, not heard"
    if not one.is_reviewed and (wanted.reviewed_only or one.confidence < wanted.min_confidence):
        return "not reviewed"
    if not one.text.strip():
        return "no text"
    if not SHORTEST <= seconds <= LONGEST:
        return "too short or too long"
    return None


def _stretch(turn: Turn, turns: Sequence[Turn]) -> tuple[float, float]:
    """The sound of a turn with a little around it, but nothing of the speaker's other turns."""
    same = [other for other in turns if other.speaker is turn.speaker and other.index != turn.index]
    earliest = max((o.end for o in same if o.end <= turn.start), default=0.0)
    latest = min((o.start for o in same if o.start >= turn.end), default=turn.end + AROUND)
    return max(turn.start - AROUND, earliest, 0.0), min(turn.end + AROUND, max(latest, turn.end))


def pseudonym(key: bytes, conversation_id: str) -> str:
    """Names a conversation in all exports alike, and to nobody without the key."""
    return hmac.new(key, conversation_id.encode(), sha256).hexdigest()[:20]


def split_of(name: str) -> str:
    """train, dev or test, from the pseudonym alone."""
    place = int(sha256(name.encode()).hexdigest()[:8], 16) / 0x1_0000_0000
    return next(split for split, up_to in SPLITS if place < up_to)


def export(
    out: Path,
    segments: Iterable[Segment | str],
    read: ReadStretch,
    *,
    key: bytes,
    describe: Callable[[Exported], dict[str, str]],
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write the whole folder, or nothing. `describe` gives further files by name, such as the datasheet.

    `read` gives a stretch at 16 kHz, citizen left and agent right. Raises `Conflict` when `out` is
    there already, `BadInput` when it cannot be written or nothing is left to export.
    """
    if out.exists():
        raise Conflict(f"{out} is there already; a dataset never changes: name another folder")
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        (draft / "audio").mkdir(parents=True)
        rows, left_out = _write_all(draft, segments, read, key, progress)
        if not rows:
            found = ", ".join(f"{n} {reason}" for reason, n in sorted(left_out.items())) or "none was found"
            raise BadInput(f"no segment can be exported ({found}); nothing was written")
        write_rows(draft / "segments.jsonl", rows)
        for split, _ in SPLITS:
            _write_manifest(draft / f"{split}.tsv", [row for row in rows if row["split"] == split])
        done = _summary(rows, left_out, (draft / "segments.jsonl").read_bytes())
        for name, text in describe(done).items():
            (draft / name).write_text(text, encoding="utf-8")
        _to_disk(draft)
        draft.rename(out)
        _sync(out.parent)
    except OSError as error:
        raise BadInput(f"{out}: cannot be written ({error.strerror}); nothing was left behind") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return done


def _write_all(
    draft: Path,
    segments: Iterable[Segment | str],
    read: ReadStretch,
    key: bytes,
    progress: Callable[[int], None] | None,
) -> tuple[list[Row], Counter[str]]:
    rows: list[Row] = []
    left_out: Counter[str] = Counter()
    for segment in segments:
        if isinstance(segment, str):
            left_out[segment] += 1
            continue
        sound = read(segment.conversation_id, segment.start, segment.end)
        samples = None if sound is None else _side(sound, segment.speaker)
        if samples is None or not np.any(samples):
            left_out["no sound"] += 1
            continue
        name = pseudonym(key, segment.conversation_id)
        audio = f"audio/{name}-{segment.index:04d}.flac"
        write_flac(draft / audio, samples)
        rows.append(
            {
                "audio": audio,
                "text": segment.text,
                "speaker": segment.speaker.value,
                "seconds": round(len(samples) / RATE, 3),
                "split": split_of(name),
                "confidence": None if segment.confidence is None else round(segment.confidence, 4),
                "reviewed": segment.is_reviewed,
                "conversation": name,
            }
        )
        if progress is not None:
            progress(len(rows))
    return rows, left_out


def _side(sound: Sound, speaker: Speaker) -> Samples:
    """The speaker's channel; of one channel, all of it."""
    side = 0 if speaker is Speaker.CITIZEN else 1
    return np.ascontiguousarray(sound.samples[:, min(side, sound.channels - 1)])


def write_flac(path: Path, samples: Samples) -> None:
    """int16 at 16 kHz, shape (n,), without loss."""
    import av

    with av.open(str(path), "w", format="flac") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)


def _write_manifest(path: Path, rows: Sequence[Row]) -> None:
    names = ("audio", "text", "speaker", "seconds", "conversation")
    lines = ["\t".join(names), *("\t".join(" ".join(str(row[n]).split()) for n in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _summary(rows: Sequence[Row], left_out: Counter[str], content: bytes) -> Exported:
    seconds: dict[str, float] = {split: 0.0 for split, _ in SPLITS}
    calls: dict[str, set[str]] = {split: set() for split, _ in SPLITS}
    by_speaker: Counter[str] = Counter()
    for row in rows:
        seconds[row["split"]] += row["seconds"]
        calls[row["split"]].add(row["conversation"])
        by_speaker[row["speaker"]] += row["seconds"]
    return Exported(
        segments=len(rows),
        seconds={split: round(total, 1) for split, total in seconds.items()},
        by_speaker={speaker: round(total, 1) for speaker, total in sorted(by_speaker.items())},
        conversations={split: len(names) for split, names in calls.items()},
        reviewed=sum(row["reviewed"] for row in rows),
        left_out=dict(sorted(left_out.items())),
        digest=sha256(content).hexdigest(),
    )


def _to_disk(folder: Path) -> None:
    for root, _, files in os.walk(folder):
        for name in files:
            _sync(Path(root) / name)
        _sync(Path(root))


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
