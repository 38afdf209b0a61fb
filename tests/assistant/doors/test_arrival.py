"""Sound of 20 ms each, from sources and networks that misbehave in known ways."""

from __future__ import annotations

import random

import pytest

from assistant.doors.arrival import Arrivals

FRAME = 0.02


def places(came: list[tuple[float, float]], *, counts: bool = False) -> list[float]:
    """The places given to frames that begin at a media time and arrive at some moment after the start."""
    arrivals: Arrivals[int] = Arrivals(100.0, counts=counts)
    out: list[tuple[int, float]] = []
    for number, (media, moment) in enumerate(came):
        out += arrivals.push(number, media, FRAME, 100.0 + moment)
    out += arrivals.flush()
    assert [number for number, _ in out] == list(range(len(came)))
    return [at for _, at in out]


def test_media_time_is_kept_while_the_network_jitters() -> None:
    chance = random.Random(3)
    spoken = [0.5 + FRAME * n for n in range(500)]
    came = [(7.0 + at - 0.5, at + FRAME + (n > 0) * chance.uniform(0.0, 0.15)) for n, at in enumerate(spoken)]
    assert places(came) == pytest.approx(spoken, abs=0.001)


def test_a_gap_that_the_media_clock_tells_of_is_exact() -> None:
    spoken = [FRAME * n for n in range(50)] + [9.0 + FRAME * n for n in range(50)]
    assert places([(at, at + FRAME + 0.001) for at in spoken]) == pytest.approx(spoken, abs=0.002)


@pytest.mark.parametrize("stall", [0.3, 1.0, 4.0])
def test_a_stalled_network_whose_packets_come_all_at_once_leaves_no_gap(stall: float) -> None:
    spoken = [FRAME * n for n in range(400)]
    came = [max(at + FRAME, 1.0 + stall if at >= 1.0 else 0.0) for at in spoken]
    assert places(list(zip(spoken, came, strict=True))) == pytest.approx(spoken, abs=0.001)


@pytest.mark.parametrize("rest", [0.5, 2.0, 600.0])
@pytest.mark.parametrize("counts", [True, False])
def test_a_source_whose_clock_stands_still_while_it_rests_goes_on_where_time_has_got_to(
    rest: float, counts: bool
) -> None:
    media = [FRAME * n for n in range(200)]
    spoken = [at + (rest if n >= 100 else 0.0) for n, at in enumerate(media)]
    came = [(m, at + FRAME) for m, at in zip(media, spoken, strict=True)]
    assert places(came, counts=counts) == pytest.approx(spoken, abs=0.02)


@pytest.mark.parametrize("leap", [5.0, -5.0, 100_000.0, -100_000.0])
def test_a_clock_that_leaps_is_turned_back_to_real_time(leap: float) -> None:
    spoken = [FRAME * n for n in range(200)]
    came = [(at + (leap if n >= 100 else 0.0), at + FRAME) for n, at in enumerate(spoken)]
    assert places(came) == pytest.approx(spoken, abs=0.02)


def test_samples_that_come_faster_than_they_were_spoken_follow_one_another() -> None:
    media = [FRAME * n for n in range(300)]
    assert places([(at, 0.05) for at in media], counts=True) == pytest.approx([0.03 + at for at in media])


def test_a_clock_that_runs_slow_never_gets_far_from_real_time() -> None:
    spoken = [FRAME * n for n in range(5_000)]
    got = places([(at * 0.99, at + FRAME) for at in spoken])  # a hundred times worse than real ones
    assert max(abs(a - b) for a, b in zip(got, spoken, strict=True)) < 0.25


def test_what_is_kept_back_comes_out_when_nothing_follows() -> None:
    arrivals: Arrivals[str] = Arrivals(0.0)
    assert arrivals.push("before", 0.0, FRAME, 0.02) == [("before", 0.0)]
    assert arrivals.push("after", 0.02, FRAME, 3.0) == []
    assert arrivals.overdue(3.05) == []
    assert arrivals.overdue(3.2) == [("after", pytest.approx(2.98))]
    assert arrivals.flush() == []


def test_after_a_known_rest_the_next_sound_stands_where_it_arrives() -> None:
    arrivals: Arrivals[str] = Arrivals(0.0)
    arrivals.push("before", 0.0, FRAME, 0.02)
    arrivals.anchor()
    assert arrivals.push("after", 0.02, FRAME, 3.0) == [("after", pytest.approx(2.98))]


def test_sound_that_was_held_up_before_the_first_of_it_came_follows_one_another() -> None:
    spoken = [FRAME * n for n in range(200)]
    came = [max(at + FRAME, 1.0) for at in spoken]
    assert places(list(zip(spoken, came, strict=True))) == pytest.approx([0.98 + at for at in spoken])
