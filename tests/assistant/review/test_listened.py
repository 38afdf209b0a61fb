"""Listeners are noted once a sitting."""

from __future__ import annotations

from assistant.review.listened import SITTING, Listened


def test_a_listener_is_new_once_until_the_sitting_is_over() -> None:
    now = [0.0]
    listened = Listened(lambda: now[0])
    assert listened.is_new("han", "call-1", "")
    assert not listened.is_new("han", "call-1", "")
    assert listened.is_new("han", "call-1", "다른 까닭")
    assert listened.is_new("han", "call-2", "")
    assert listened.is_new("kim", "call-1", "")
    now[0] = SITTING - 1
    assert not listened.is_new("han", "call-1", "")
    now[0] = SITTING + 1
    assert listened.is_new("han", "call-1", "")


def test_what_is_remembered_is_bounded() -> None:
    now = [0.0]
    listened = Listened(lambda: now[0])
    for number in range(10_001):
        now[0] += 1
        listened.is_new("han", f"call-{number}", "")
    assert len(listened._noted) < 2 * SITTING
