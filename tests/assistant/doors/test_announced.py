from __future__ import annotations

import pytest

from assistant.doors.announced import HOLDS, ROOM, Announced, Leg
from consultation.errors import BadInput, NotReady
from consultation.types import Speaker

ONE = "6f1c2a3e-98d4-4f0b-8a6b-2d9f1c3e5a77"
TWO = "0b9f7a52-1d3c-4e5f-9a8b-7c6d5e4f3a2b"


def test_each_leg_is_found_by_its_uuid_however_it_is_written() -> None:
    announced = Announced()
    announced.announce("call-1", {ONE.upper(): "citizen", TWO.replace("-", ""): "agent"}, "agent-7", 0.0)
    assert announced.find(ONE, 1.0) == Leg("call-1", Speaker.CITIZEN, "agent-7")
    assert announced.find(TWO, 1.0) == Leg("call-1", Speaker.AGENT, "agent-7")


def test_what_nobody_announced_is_not_found() -> None:
    assert Announced().find(ONE, 0.0) is None


def test_an_announcement_holds_for_a_time_after_its_last_use() -> None:
    announced = Announced()
    announced.announce("call-1", {ONE: "citizen"}, "", 0.0)
    assert announced.find(ONE, HOLDS - 1.0)
    assert announced.find(ONE, 2 * HOLDS - 2.0)
    assert announced.find(ONE, 4 * HOLDS) is None


def test_the_same_uuid_again_replaces_the_first() -> None:
    announced = Announced()
    announced.announce("call-1", {ONE: "citizen"}, "", 0.0)
    announced.announce("call-2", {ONE: "agent"}, "", 0.0)
    assert announced.find(ONE, 0.0) == Leg("call-2", Speaker.AGENT, "")


@pytest.mark.parametrize(
    ("call", "legs"),
    [
        ("", {ONE: "citizen"}),
        ("x" * 201, {ONE: "citizen"}),
        ("c", {}),
        ("c", {ONE: "agent", TWO: "agent"}),
        ("c", {ONE: "supervisor"}),
        ("c", {"not a uuid": "agent"}),
    ],
)
def test_an_announcement_that_makes_no_sense_is_refused(call: str, legs: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        Announced().announce(call, legs, "", 0.0)


def test_there_is_room_for_so_many_and_room_comes_back_with_time() -> None:
    announced = Announced()
    for number in range(ROOM):
        announced._legs[str(number)] = (Leg("c", Speaker.AGENT, ""), HOLDS)
    with pytest.raises(NotReady):
        announced.announce("one-more", {ONE: "agent"}, "", 0.0)
    announced.announce("one-more", {ONE: "agent"}, "", HOLDS)
