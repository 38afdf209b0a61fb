"""Sentences written for this test: half in danger, half that only sound like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.danger_signs import SIGNS
from assistant.urgency import hear
from consultation.types import Urgency
from tests.assistant.fakes import turns

SENTENCES = [
    json.loads(line)
    for line in Path(__file__).with_name("danger_sentences.jsonl").read_text(encoding="utf-8").splitlines()
]


def heard(text: str) -> str:
    danger = hear(turns(f"C: {text}"))
    return danger.urgency.value if danger else "none"


def test_nothing_that_only_sounds_dangerous_raises_an_alarm():
    calm = [one["text"] for one in SENTENCES if one["urgency"] == "none"]
    assert len(calm) >= 100
    assert [text for text in calm if heard(text) != "none"] == []


@pytest.mark.parametrize("kind", [kind for kind in Urgency if kind is not Urgency.NONE])
def test_at_least_nineteen_of_twenty_dangers_are_heard(kind: Urgency):
    dangerous = [one["text"] for one in SENTENCES if one["urgency"] == kind]
    missed = [text for text in dangerous if heard(text) == "none"]
    assert len(missed) <= max(1, len(dangerous) // 20) + (kind is Urgency.EMERGENCY), missed


def test_a_sign_is_silent_where_the_same_turn_explains_it():
    assert heard("다이어트하느라 아무것도 안 먹었어요") == "none"
    assert heard("아무것도 못 먹었어요") == "welfare_crisis"


def test_every_kind_of_danger_has_a_sign_that_suffices_alone():
    assert all(max(sign.weight for sign in signs) >= 3 for signs in SIGNS.values())


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("네 사실은 오늘 그러려고 했어요", "suicide_risk"),
        ("가끔 그런 생각이 들어요", "suicide_risk"),
        ("아니요 그런 건 아니고 그냥 심심해서", "none"),
        ("에이 무슨 그런 생각은 안 해", "none"),
    ],
)
def test_the_answer_to_a_direct_question_about_suicide_is_understood(reply: str, kind: str):
    danger = hear(turns("A: 혹시 오늘 죽으려는 마음이 있으신 건가요?", f"C: {reply}"))
    assert (danger.urgency.value if danger else "none") == kind
