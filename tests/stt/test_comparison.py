"""Two recognisers on the same recordings."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from consultation.errors import BadInput, BadRows
from stt.comparison import Spoken, compare, pair
from stt.metrics import cer

SENTENCE = "가나다라마바사아자차카타파하"


def noisy(text: str, rate: float, chance: random.Random) -> str:
    return "".join("뿅" if chance.random() < rate else letter for letter in text)


def recordings(rate_a: float, rate_b: float, count: int = 200, seed: int = 1) -> list[Spoken]:
    chance = random.Random(seed)
    return [
        Spoken(
            f"{i}.wav",
            SENTENCE,
            noisy(SENTENCE, rate_a, chance),
            noisy(SENTENCE, rate_b, chance),
            f"call-{i // 4}",
            "citizen" if i % 2 else "agent",
            1.0 + i % 12,
        )
        for i in range(count)
    ]


def test_rates_are_those_of_the_metrics() -> None:
    rows = recordings(0.2, 0.1)
    made = compare(rows)
    said = [row.said for row in rows]
    assert made.all.a == pytest.approx(cer(said, [row.a for row in rows]).rate)
    assert made.all.b == pytest.approx(cer(said, [row.b for row in rows]).rate)
    assert made.difference == pytest.approx(made.all.b - made.all.a)
    assert made.groups == 50


def test_a_clear_difference_is_more_than_chance_and_the_other_way_round_is_not_better() -> None:
    made = compare(recordings(0.2, 0.1))
    assert made.is_better
    assert made.low < made.difference < made.high < 0
    assert made.not_better < 0.001
    back = compare(recordings(0.1, 0.2))
    assert not back.is_better
    assert back.not_better > 0.999


def test_equal_recognisers_are_found_better_by_chance_about_one_time_in_forty() -> None:
    wins = sum(compare(recordings(0.2, 0.2, 100, seed)).is_better for seed in range(60))
    assert wins <= 5


def test_the_same_answers_are_no_improvement() -> None:
    rows = [Spoken(r.audio, r.said, r.a, r.a, r.conversation) for r in recordings(0.2, 0.2)]
    made = compare(rows)
    assert (made.difference, made.low, made.high, made.not_better) == (0, 0, 0, 1)
    assert (made.better, made.worse, made.worst) == (0, 0, ())
    assert not made.is_better


def test_one_call_that_is_much_better_is_no_proof() -> None:
    """By sentences it would be: the calls are what is drawn."""
    rows = [Spoken(f"{i}", SENTENCE, "", SENTENCE, "one call") for i in range(50)]
    rows += [Spoken(f"x{i}", SENTENCE, SENTENCE, SENTENCE, f"call-{i}") for i in range(5)]
    assert not compare(rows).is_better


def test_groups_hold_all_recordings_and_the_worst_come_first() -> None:
    rows = [*recordings(0.1, 0.1), Spoken("bad.wav", SENTENCE, SENTENCE, "", "call-x", "agent", 30.0)]
    made = compare(rows)
    assert made.worst[0] == "bad.wav"
    assert sum(rates.n for rates in made.by_speaker.values()) == len(rows)
    assert list(made.by_length) == ["under 2 s", "2 to 5 s", "5 to 10 s", "10 s and more"]
    assert sum(rates.n for rates in made.by_length.values()) == len(rows)


def test_spacing_and_punctuation_are_no_errors() -> None:
    made = compare([Spoken("1", "여권 신청이요.", "여권신청 이요", "여권, 신청이요!", "1")])
    assert (made.all.a, made.all.b) == (0, 0)


def test_without_words_there_is_nothing_to_compare() -> None:
    for rows in ([], [Spoken("1", "…", "네", "", "1")]):
        with pytest.raises(BadInput, match="nothing is said"):
            compare(rows)


# ---- files


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_predictions_are_paired_by_recording_whatever_their_order(tmp_path: Path) -> None:
    manifest = tmp_path / "m.tsv"
    manifest.write_text("audio\ttext\tspeaker\tconversation\n1.wav\t하나\tagent\tc1\n2.wav\t두울\n", "utf-8")
    a = write(tmp_path / "a", [{"audio": "2.wav", "text": "둘"}, {"audio": "1.wav", "text": "하나"}])
    b = write(
        tmp_path / "b", [{"audio": "1.wav", "text": "한", "seconds": 2}, {"audio": "2.wav", "text": "두울"}]
    )
    assert pair(manifest, a, b) == [
        Spoken("1.wav", "하나", "하나", "한", "c1", "agent", 0.0),
        Spoken("2.wav", "두울", "둘", "두울", "2.wav"),
    ]


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    manifest = tmp_path / "m.tsv"
    manifest.write_text("audio\ttext\n1.wav\t하나\n", "utf-8")
    good = write(tmp_path / "a", [{"audio": "1.wav", "text": "하나"}])
    with pytest.raises(BadInput, match=r"no prediction of 1\.wav"):
        pair(manifest, good, write(tmp_path / "b", [{"audio": "2.wav", "text": "하나"}]))
    with pytest.raises(BadRows, match="is no text"):
        pair(manifest, good, write(tmp_path / "c", [{"audio": "1.wav", "text": None}]))


@pytest.mark.parametrize("content", ["", "audio\n1.wav\n", "audio\ttext\n", "audio\ttext\n1.wav\n", "x\ty\n"])
def test_a_manifest_that_tells_nothing_is_refused(tmp_path: Path, content: str) -> None:
    manifest = tmp_path / "m.tsv"
    manifest.write_text(content, "utf-8")
    heard = write(tmp_path / "a", [{"audio": "1.wav", "text": "하나"}])
    with pytest.raises(BadInput):
        pair(manifest, heard, heard)
