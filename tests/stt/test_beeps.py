"""Personal data is beeped out of both channels, and its time is covered although word times are guesses."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from consultation.types import Speaker, Utterance, Word
from stt.audio import RATE, to_16k
from stt.beeps import FADE, MARGIN, Stretch, beep_blocks, beeped, stretches, told
from stt.simulated_calls import SpokenTurn, script_of, sound_of, words_of

ERROR = 0.2  # seconds by which a recogniser may be off, either way
ASKED = "성함과 연락처 부탁드립니다"
SAID = (
    ("제 번호는 {}입니다 메모해 주세요", "공일공 공공공공 {}"),
    ("제 연락처는 {} 이쪽으로 전화 주세요", "공일공 공공공공 {}"),
    ("주민등록번호는 {}이고요", "구공공일공일 일{}"),
    ("카드 번호가 {} 이렇게 돼요", "구사구공 일이삼사 오육칠팔 {}"),
    ("계좌는 국민은행 {}이에요", "일이삼사오육 공일 {}"),
)
DIGITS = "공일이삼사오육칠팔구"


def spoken(dice: random.Random, length: int) -> str:
    return "".join(dice.choice(DIGITS) for _ in range(length))


def call(seed: int) -> tuple[list[SpokenTurn], list[tuple[float, float]]]:
    """A simulated call, and the exact times of the personal data in it."""
    dice = random.Random(seed)
    turns, values, at = [], [], 0.5
    for frame, value in dice.sample(SAID, 3):
        value = value.format(spoken(dice, 6 if "일{}" in value else 4))
        for speaker, text in (("agent", ASKED), ("citizen", frame.format(value))):
            turns.append({"speaker": speaker, "text": text, "start": at, "end": at + 0.3 * len(text)})
            at += 0.3 * len(text) + 0.4
        values.append(value)
    script = script_of({"call_id": str(seed), "turns": turns})
    exact = []
    for turn, value in zip([t for t in script if t.speaker is Speaker.CITIZEN], values, strict=True):
        first = turn.text.index(value)
        last, place = first + len(value), 0
        for word in turn.words:
            if place < last and place + len(word.text) > first:
                exact.append((word.start, word.end))
            place += len(word.text) + 1
    return script, exact


def recognised(script: list[SpokenTurn], seed: int, error: float = ERROR) -> list[Utterance]:
    """The call as a recogniser hands it over: right words, their times a little off."""
    dice = random.Random(seed)
    utterances = []
    for turn in script:
        words = []
        for word in turn.words:
            start, end = sorted(time + dice.uniform(-error, error) for time in (word.start, word.end))
            words.append(Word(word.text, max(0.0, start), max(0.0, end), 0.9))
        utterances.append(Utterance(turn.speaker, turn.text, turn.start, turn.end, True, tuple(words)))
    return utterances


def covered(exact: list[tuple[float, float]], stretch: list[Stretch]) -> tuple[float, float]:
    """Seconds of personal data that are covered, and in all."""
    inside = sum(max(0.0, min(b, s.end) - max(a, s.start)) for a, b in exact for s in stretch)
    return inside, sum(b - a for a, b in exact)


def test_beeps_cover_99_percent_of_the_time_of_personal_data_with_word_times_off_by_200_ms() -> None:
    hidden = total = beeps = length = 0.0
    for seed in range(60):
        script, exact = call(seed)
        found = stretches(recognised(script, seed))
        inside, seconds = covered(exact, found)
        hidden, total = hidden + inside, total + seconds
        beeps += sum(s.end - s.start for s in found)
        length += script[-1].end
    assert hidden / total >= 0.99
    assert beeps < total + 60 * 3 * 4  # it does not beep everything: margins, and words a number hangs on
    assert beeps / length < 0.5


def test_nothing_of_the_number_is_left_in_either_channel_and_the_rest_is_untouched() -> None:
    script, exact = call(7)
    sound = sound_of(script)
    both = np.stack([to_16k(np.ascontiguousarray(sound[:, i]), 8_000) for i in (0, 1)], axis=1)
    both[:, 1] |= both[:, 0] // 8  # the citizen is heard on the agent's side, too
    found = stretches(recognised(script, 7))
    out = beeped(both, found, silent=True)
    for start, end in exact:
        assert not out[round(start * RATE) : round(end * RATE)].any()
    at = np.arange(len(both)) / RATE
    far = np.all([(at < s.start - FADE) | (at > s.end + FADE) for s in found], axis=0)
    assert np.array_equal(out[far], both[far])


def test_the_tone_is_one_kilohertz_at_one_loudness_and_swells_without_a_click() -> None:
    out = beeped(np.zeros((RATE, 2), np.int16), [Stretch(0.25, 0.75, ("이름",))])
    tone = out[RATE // 4 : 3 * RATE // 4, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(tone))
    assert np.argmax(spectrum) * RATE / len(tone) == pytest.approx(1_000, abs=2)
    assert np.array_equal(out[:, 0], out[:, 1])
    assert np.abs(np.diff(out[:, 0].astype(int))).max() <= 0.1 * 32_767 * 2 * np.pi * 1_000 / RATE * 1.1
    assert np.abs(tone).max() == pytest.approx(3_277, rel=0.02)


def test_blocks_of_any_size_give_the_same_sound() -> None:
    noise = np.random.default_rng(0).integers(-9_000, 9_000, (3 * RATE, 2)).astype(np.int16)
    spans = [Stretch(0.3, 0.9, ("이름",)), Stretch(1.5, 2.2, ("전화번호",))]
    parts = (noise[at : at + 777] for at in range(0, len(noise), 777))
    assert np.array_equal(np.concatenate(list(beep_blocks(parts, spans))), beeped(noise, spans))


def test_a_text_without_word_times_is_covered_from_beginning_to_end() -> None:
    said = Utterance(Speaker.CITIZEN, "제 번호는 공일공 공공공공 일이삼사입니다", 3.0, 8.0)
    assert [(s.start, s.end) for s in stretches([said])] == [(3.0 - MARGIN, 8.0 + MARGIN)]


def test_a_bare_answer_is_known_by_the_question_before_it() -> None:
    asked = Utterance(Speaker.AGENT, "성함이 어떻게 되세요?", 0.0, 2.0)
    words = (Word("홍길동이요", 2.5, 3.3, 0.9),)
    answer = Utterance(Speaker.CITIZEN, "홍길동이요", 2.5, 3.3, True, words)
    assert [s.kinds for s in stretches([asked, answer])] == [("이름",)]


def test_a_corrected_text_is_covered_by_the_times_of_the_words_it_came_from() -> None:
    script, exact = call(3)
    joined = [replace(u, text=u.text.replace("공공공공 ", "공공공공")) for u in recognised(script, 3, 0.0)]
    inside, total = covered(exact, stretches(joined))
    assert inside / total >= 0.99


def test_the_audit_line_tells_figures_and_kinds_and_no_value() -> None:
    script, _ = call(1)
    line = told(stretches(recognised(script, 1)))
    assert "stretches" in line
    numbers = [
        w.text for w in words_of(script, Speaker.CITIZEN) if len(w.text) > 2 and set(w.text) <= set(DIGITS)
    ]
    assert numbers
    assert not any(number in line for number in numbers)
    assert told([]) == "0 stretches, 0.0 s"
