"""Corrected turns as training data: what goes in, what stays out, and the folder that comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from consultation.errors import BadInput, Conflict
from consultation.types import Speaker, Turn
from stt.audio import RATE
from stt.dataset import (
    Exported,
    Reviewed,
    Segment,
    Wanted,
    export,
    pseudonym,
    segments_of,
    split_of,
)
from stt.datasheet import About, datasheet
from stt.manifest import read_manifest
from stt.wav import Sound

KEY = b"k" * 32


def said(
    index: int,
    text: str,
    start: float,
    end: float,
    *,
    speaker: Speaker = Speaker.CITIZEN,
    recognised: str | None = None,
    reviewed: bool = True,
    mark: str | None = None,
    confidence: float | None = 0.8,
) -> Reviewed:
    turn = Turn(index, speaker, text if recognised is None else recognised, start, end)
    return Reviewed(turn, text, reviewed, mark, confidence)


def found(turns: Iterable[Reviewed], wanted: Wanted = Wanted()) -> list[str]:  # noqa: B008 (frozen)
    made = segments_of("call-1", list(turns), wanted)
    return [one if isinstance(one, str) else one.text for one in made]


def test_a_reviewed_turn_becomes_a_segment_with_a_little_sound_around_it() -> None:
    (segment,) = segments_of("call-1", [said(3, "여권 신청이요", 1.0, 3.0)], Wanted())
    assert segment == Segment("call-1", 3, Speaker.CITIZEN, 0.85, 3.15, "여권 신청이요", True, 0.8)


def test_the_sound_around_a_turn_is_never_of_the_speakers_next_one() -> None:
    turns = [said(0, "하나", 0.05, 1.0), said(1, "두울", 1.1, 2.0), said(2, "세엣", 2.0, 3.0)]
    made = [one for one in segments_of("call-1", turns, Wanted()) if isinstance(one, Segment)]
    assert [(one.start, one.end) for one in made] == [(0.0, 1.1), (1.0, 2.0), (2.0, 3.15)]


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (said(0, "여권", 0, 2, reviewed=False), "not reviewed"),
        (said(0, "여권", 0, 2, mark="잡음"), "marked 잡음"),
        (said(0, "여권", 0, 2, confidence=None), "typed, not heard"),
        (said(0, "  ", 0, 2), "no text"),
        (said(0, "네", 1, 1.1), "네"),  # with the sound around it, it is long enough
        (said(0, "여권", 0, 40), "too short or too long"),
        (said(0, "[이름]입니다", 0, 2), "personal data"),
        (said(0, "여권이요", 0, 2, recognised="[이름]이요"), "personal data"),
    ],
)
def test_a_turn_that_is_of_no_use_says_why(turn: Reviewed, why: str) -> None:
    assert found([turn]) == [why]


def test_turns_near_which_personal_data_is_heard_stay_out_whoever_says_it() -> None:
    turns = [
        said(0, "제 번호는 [전화번호]입니다", 1.0, 4.0),
        said(1, "네 네", 3.5, 4.0, speaker=Speaker.AGENT),
        said(2, "확인했습니다", 4.2, 5.0, speaker=Speaker.AGENT),
        said(3, "감사합니다", 6.0, 7.0, speaker=Speaker.AGENT),
    ]
    assert found(turns) == ["personal data", "personal data", "personal data", "감사합니다"]


def test_what_a_reviewer_calls_personal_is_heard_in_no_other_segment() -> None:
    turns = [
        said(0, "거기 사는 그분이요", 1.0, 4.0, mark="개인정보"),
        said(1, "네 네", 3.5, 4.0, speaker=Speaker.AGENT),
    ]
    assert found(turns) == ["marked 개인정보", "personal data"]


def test_unreviewed_turns_come_only_when_wanted_and_sure() -> None:
    turns = [said(0, "확실", 0, 2, reviewed=False, confidence=0.95), said(1, "글쎄", 4, 6, reviewed=False)]
    assert found(turns) == ["not reviewed", "not reviewed"]
    assert found(turns, Wanted(reviewed_only=False)) == ["확실", "not reviewed"]


def test_one_speaker_may_be_wanted() -> None:
    turns = [said(0, "민원", 0, 2), said(1, "상담", 3, 5, speaker=Speaker.AGENT)]
    assert found(turns, Wanted(speaker=Speaker.AGENT)) == ["상담"]


def test_splits_are_of_the_usual_shares_and_always_the_same() -> None:
    names = [pseudonym(KEY, f"call-{i}") for i in range(4000)]
    assert len(set(names)) == 4000
    shares = [sum(split_of(name) == split for name in names) / 4000 for split in ("train", "dev", "test")]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)
    assert pseudonym(KEY, "call-1") == names[1] != pseudonym(b"x" * 32, "call-1")


# ---- the folder

ABOUT = About(
    "2026", "음성 인식 다시 가르치기", "cli:han", datetime(2026, 11, 25, tzinfo=UTC), None, None, Wanted(), 60
)


def tone(conversation_id: str, start: float, end: float) -> Sound:
    """The citizen's channel holds the time in ms, the agent's its negative."""
    at = np.arange(round(start * RATE), round(end * RATE)) * 1000 // RATE
    return Sound(np.stack([at, -at], axis=1).astype(np.int16), RATE)


def describe(made: Exported) -> dict[str, str]:
    return datasheet(ABOUT, made)


def segments(count: int = 30, speaker: Speaker = Speaker.CITIZEN) -> list[Segment | str]:
    return [
        Segment(f"call-{i // 3}", i % 3, speaker, 1.0 + i, 2.5 + i, f"말 {i}\t둘", i % 2 == 0, 0.9)
        for i in range(count)
    ]


def flac(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])


def test_a_dataset_holds_sound_rows_manifests_and_a_datasheet(tmp_path: Path) -> None:
    out = tmp_path / "set"
    made = export(out, [*segments(), "personal data", "no text"], tone, key=KEY, describe=describe)
    rows = [json.loads(line) for line in (out / "segments.jsonl").read_text().splitlines()]
    assert made.segments == len(rows) == 30
    assert set(rows[0]) == {
        "audio", "text", "speaker", "seconds", "split", "confidence", "reviewed", "conversation",
    }  # fmt: skip
    assert made.left_out == {"personal data": 1, "no text": 1}
    by_call: dict[str, set[str]] = {}
    for row in rows:
        by_call.setdefault(row["conversation"], set()).add(row["split"])
        assert row["seconds"] == 1.5
        assert (out / row["audio"]).is_file()
    assert all(len(splits) == 1 for splits in by_call.values()), "a conversation never crosses"
    assert sum(made.conversations.values()) == len(by_call) == 10
    sheet = json.loads((out / "datasheet.json").read_text())
    assert sheet["segments"] == 30
    assert sheet["left_out"] == made.left_out
    assert sheet["purpose"] == "음성 인식 다시 가르치기"
    text = (out / "DATASHEET.md").read_text()
    for needed in ("음성 인식 다시 가르치기", "개인정보가 들리거나", "60일", made.digest):
        assert needed in text
    assert "call-1" not in text + json.dumps(rows)


def test_the_sound_is_exact_and_of_the_speakers_own_channel(tmp_path: Path) -> None:
    for speaker, sign in ((Speaker.CITIZEN, 1), (Speaker.AGENT, -1)):
        out = tmp_path / speaker.value
        export(out, segments(1, speaker), tone, key=KEY, describe=describe)
        (path,) = (out / "audio").iterdir()
        assert (flac(path) == sign * tone("", 1.0, 2.5).samples[:, 0]).all()


def test_each_split_is_a_manifest_that_evaluation_reads(tmp_path: Path) -> None:
    out = tmp_path / "set"
    export(out, segments(), tone, key=KEY, describe=describe)
    read = [
        recording
        for split in ("train", "dev", "test")
        if len((out / f"{split}.tsv").read_text().splitlines()) > 1
        for recording in read_manifest(out / f"{split}.tsv", lambda path: Sound(flac(path)[:, None], RATE))
    ]
    assert sorted(recording.text or "" for recording in read) == sorted(f"말 {i} 둘" for i in range(30))


def test_a_folder_that_is_there_is_never_touched(tmp_path: Path) -> None:
    out = tmp_path / "set"
    out.mkdir()
    with pytest.raises(Conflict, match="is there already"):
        export(out, segments(), tone, key=KEY, describe=describe)
    assert list(out.iterdir()) == []
    assert list(tmp_path.iterdir()) == [out]


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken(conversation_id: str, start: float, end: float) -> Sound:
        if conversation_id == "call-5":
            raise OSError(5, "Input/output error")
        return tone(conversation_id, start, end)

    with pytest.raises(BadInput, match="Input/output error"):
        export(tmp_path / "set", segments(), broken, key=KEY, describe=describe)
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_export_is_said_with_the_reasons(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="2 personal data"):
        export(tmp_path / "set", ["personal data"] * 2, tone, key=KEY, describe=describe)
    with pytest.raises(BadInput, match="none was found"):
        export(tmp_path / "set", [], tone, key=KEY, describe=describe)
    assert list(tmp_path.iterdir()) == []


def test_segments_without_sound_are_counted_not_written(tmp_path: Path) -> None:
    def patchy(conversation_id: str, start: float, end: float) -> Sound | None:
        return None if conversation_id == "call-0" else tone(conversation_id, start, end)

    made = export(tmp_path / "set", segments(6), patchy, key=KEY, describe=describe)
    assert (made.segments, made.left_out) == (3, {"no sound": 3})
    assert len(list((tmp_path / "set" / "audio").iterdir())) == 3
