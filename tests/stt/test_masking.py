"""A number is never visible before it is known to be one."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from consultation.privacy import find
from consultation.types import PersonalData
from stt.masking import mask_final, mask_partial
from tests.consultation.pii_samples import personal
from tests.stt.calls import scripts

NUMBERS = ("전화번호", "주민등록번호", "카드번호", "계좌번호")


def visible(text: str, end: int, before: Sequence[str], secrets: Sequence[tuple[int, int]]) -> str:
    """What of the secret stretches can be read in the partial that ends at `end`."""
    partial = text[:end]
    shown = mask_partial(partial, before=before)
    cut = end - shown.held
    hidden = {i for f in find(partial, before=before) if f.end <= cut for i in range(f.start, f.end)}
    return "".join(
        text[i] for start, stop in secrets for i in range(start, min(stop, cut)) if i not in hidden
    ).strip()


def leak(text: str, before: Sequence[str], secrets: Sequence[tuple[int, int]]) -> str:
    """The first piece that shows in any partial, letter by letter."""
    for end in range(1, len(text) + 1):
        if seen := visible(text, end, before, secrets):
            return seen
    return ""


def spans(found: Sequence[PersonalData]) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in found]


@pytest.mark.parametrize("seed", [5, 6])
def test_no_number_leaks_from_generated_sentences(seed: int) -> None:
    samples = [s for s in personal(seed) if s.form.split()[0] in NUMBERS]
    chosen = random.Random(seed).sample(samples, 160)
    leaks = []
    for sample in chosen:
        secrets = [(at, at + len(text)) for text, _ in sample.gold if (at := sample.text.find(text)) >= 0]
        if seen := leak(sample.text, sample.before, secrets):
            leaks.append((sample.text, seen))
    assert leaks == []


def test_nothing_personal_leaks_from_the_sample_calls() -> None:
    leaks, checked = [], 0
    for script in scripts().values():
        before: list[str] = []
        for turn in script:
            secrets = spans(find(turn.text, before=before[-6:]))
            if secrets:
                checked += 1
                if seen := leak(turn.text, before[-6:], secrets):
                    leaks.append((turn.text, seen))
            before.append(turn.text)
    assert checked > 30
    assert leaks == []


def test_the_beginning_of_a_number_is_held_back() -> None:
    shown = mask_partial("그래서 제가 다시 말씀드리면 제 번호는 공일공 공공공공")
    assert "공일공" not in shown.text
    assert shown.held > 0


def test_a_number_shows_as_its_kind_once_it_is_settled() -> None:
    text = "제 번호는 공일공 공공공공 일이삼사입니다 그리고 저는 내일 오후에 시간이 괜찮으니까 그때 연락을 주시면 정말 좋겠습니다"
    shown = mask_partial(text)
    assert shown.text.startswith("제 번호는 [전화번호]")
    assert "일이삼사" not in shown.text


def test_ordinary_talk_is_shown_but_for_its_last_words() -> None:
    shown = mask_partial("네 그래서 제가 구청에 가서 물어봤더니 거기는 담당이 아니라고 하더라고요")
    assert shown.text == "네 그래서 제가 구청에 가서 물어봤더니 거기는 담당이 아니라고"
    assert shown.held == len(" 하더라고요") - 1


def test_a_word_that_may_begin_a_name_or_a_place_waits_for_the_one_after_it() -> None:
    for text, seen in (
        ("그거 민가람 이고요", "그거"),
        ("거기는 쌍문동 어디요", "거기는"),
        ("그래서 등본을 떼려고", "그래서 등본을"),
    ):
        assert mask_partial(text).text == seen


def test_most_of_the_sample_calls_is_visible_while_they_run() -> None:
    shown = said = 0
    for script in list(scripts().values())[:8]:
        before: list[str] = []
        for turn in script:
            for end in range(10, len(turn.text), 10):
                partial = mask_partial(turn.text[:end], before=before[-6:])
                said += end
                shown += end - partial.held
            before.append(turn.text)
    assert shown / said > 0.5


def test_an_answer_to_a_question_for_the_number_waits_for_the_final() -> None:
    before = ["성함과 연락처를 말씀해 주시겠어요?"]
    assert mask_partial("민가람이고요 공일공 공공공공", before=before).text == ""
    assert "공일공" not in mask_final("민가람이고요 공일공 공공공공 사오이일입니다", before=before)


@pytest.mark.parametrize("text", ["", " ", "공", "공일공" * 50, "이 " * 100, "\n", "abc"])
def test_odd_text_raises_nothing(text: str) -> None:
    shown = mask_partial(text)
    assert 0 <= shown.held <= len(text)
