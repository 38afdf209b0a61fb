"""RTP streams over networks that lose, delay, reorder and repeat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.doors.commands import Frame
from assistant.doors.jitter import RtpStream
from assistant.doors.rtp import Packet, write_packet
from stt.g711 import decode_alaw, decode_mulaw, encode_alaw, encode_mulaw
from tests.assistant.doors.rtp_network import (
    Sent,
    bad_network,
    counted,
    laid_out,
    on_time,
    spoken,
    with_type,
)

HERE = ("127.0.0.1", 4_000)
THERE = ("127.0.0.1", 4_002)
SECONDS = 6.0
SOUND = counted(SECONDS)
SENT = on_time(spoken(SOUND))
AS_HEARD = decode_mulaw(encode_mulaw(SOUND))


def stream() -> RtpStream:
    return RtpStream(0, {0: decode_mulaw, 8: decode_alaw}, frozenset({101}), 50.0)


def play(receiver: RtpStream, sent: Sequence[Sent], *, flushed: bool = True) -> list[Frame]:
    frames: list[Frame] = []
    for data, moment in sent:
        frames += receiver.push(data, HERE, 50.0 + moment)
        if flushed:
            frames += receiver.flush(50.0 + moment)
    return frames + receiver.finish()


def assert_at_its_place(frames: Sequence[Frame], *, slack: float = 0.02) -> None:
    """Every frame is a piece of the sound, and stands where it was spoken, within `slack` seconds."""
    for frame in frames:
        exact = round(frame.at * 8_000 / 160) * 160
        assert np.array_equal(frame.samples, AS_HEARD[exact : exact + 160])
        assert abs(frame.at - exact / 8_000) <= slack


def test_sound_comes_out_as_it_was_sent_although_both_counters_wrap() -> None:
    receiver = stream()
    frames = play(receiver, SENT)
    assert len(frames) == 300
    assert np.array_equal(laid_out(frames, SECONDS), AS_HEARD)
    assert receiver.lost == 0
    assert not receiver.faults


def test_sound_in_order_is_never_kept_back() -> None:
    receiver = stream()
    for data, moment in SENT:
        assert len(receiver.push(data, HERE, 50.0 + moment)) == 1


@pytest.mark.parametrize("seed", range(5))
def test_jitter_reordering_and_repetition_change_nothing(seed: int) -> None:
    frames = play(stream(), [SENT[0], *bad_network(SENT[1:], seed, jitter=0.05, twice=0.2)], flushed=False)
    assert len(frames) == 300
    assert np.array_equal(laid_out(frames, SECONDS), AS_HEARD)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_lost_is_silence_and_everything_else_stands_at_its_place(seed: int) -> None:
    receiver = stream()
    arrived = bad_network(SENT[1:], seed, loss=0.1, jitter=0.05, twice=0.1)
    frames = play(receiver, [SENT[0], *arrived])
    assert_at_its_place(frames, slack=0.001)
    sent = len({data for data, _ in arrived}) + 1
    assert sent - 3 <= len(frames) <= sent
    assert receiver.lost >= 300 - sent - 3


@pytest.mark.parametrize("gone", [3, 50, 200])
def test_after_a_long_loss_the_times_are_right(gone: int) -> None:
    frames = play(stream(), SENT[:50] + SENT[50 + gone :])
    assert len(frames) == 300 - gone
    assert_at_its_place(frames, slack=0.001)


def test_a_packet_that_comes_too_late_is_dropped() -> None:
    late = [*SENT[:10], *SENT[11:20], (SENT[10][0], SENT[19][1]), *SENT[20:]]
    receiver = stream()
    frames = play(receiver, late)
    assert len(frames) == 299
    assert_at_its_place(frames, slack=0.001)
    assert receiver.lost == 1


def test_after_a_pause_of_the_network_nothing_waits_for_what_is_lost() -> None:
    receiver = stream()
    for data, moment in SENT[:10] + SENT[11:12]:
        receiver.push(data, HERE, 50.0 + moment)
    assert receiver.flush(50.0 + SENT[11][1] + 0.05) == []
    assert len(receiver.flush(50.0 + SENT[11][1] + 0.2)) == 1


def test_another_source_takes_over_with_counters_of_its_own() -> None:
    packets = spoken(SOUND)
    second = [
        Packet(0, n, 77 + 160 * n, 99, packet.payload) for n, packet in enumerate(packets[150:], start=9_000)
    ]
    frames = play(stream(), on_time(packets[:150]) + on_time(second, start=3.0))
    assert len(frames) == 300
    assert_at_its_place(frames)


def test_a_source_that_counts_anew_is_followed_from_its_second_packet_on() -> None:
    packets = spoken(SOUND)
    second = [Packet(0, 20_000 + n, 5 + 160 * n, 7, packet.payload) for n, packet in enumerate(packets[150:])]
    receiver = stream()
    frames = play(receiver, on_time(packets[:150]) + on_time(second, start=3.0))
    assert len(frames) == 299
    assert_at_its_place(frames)


def test_one_stray_number_far_away_disturbs_nothing() -> None:
    packets = spoken(SOUND)
    stray = Packet(0, packets[100].sequence + 30_000, 5, 7, packets[0].payload)
    receiver = stream()
    frames = play(receiver, [*SENT[:100], (write_packet(stray), 2.0), *SENT[100:]])
    assert np.array_equal(laid_out(frames, SECONDS), AS_HEARD)
    assert receiver.faults == {"far out of order": 1}


def test_the_first_source_is_believed_until_it_is_silent() -> None:
    receiver = stream()
    assert receiver.push(SENT[0][0], HERE, 50.02)
    assert receiver.push(SENT[1][0], THERE, 50.04) == []
    assert receiver.faults == {"from another source": 1}
    assert receiver.push(SENT[1][0], HERE, 50.04)
    receiver.push(SENT[200][0], THERE, 54.02)
    assert receiver.push(SENT[201][0], HERE, 54.04) == []
    assert receiver.faults == {"from another source": 2}
    assert [frame.at for frame in receiver.finish()] == pytest.approx([4.0])


def test_keys_are_counted_and_are_no_sound() -> None:
    packets = spoken(SOUND)
    pressed = [with_type(packet, 101, bytes([5, 10, 0, 80 * n])) for n, packet in enumerate(packets[100:103])]
    pressed = [Packet(101, p.sequence, packets[100].timestamp, p.ssrc, p.payload) for p in pressed]
    receiver = stream()
    frames = play(receiver, on_time([*packets[:100], *pressed, *packets[103:]]))
    assert receiver.keys == 1
    assert len(frames) == 297
    assert_at_its_place(frames, slack=0.001)


def test_comfort_noise_is_silence_and_its_time_passes() -> None:
    packets = spoken(SOUND)
    quiet = [with_type(packets[100], 13, b"\x40")]
    sent = on_time(packets)
    arrived = [*sent[:100], (write_packet(quiet[0]), sent[100][1])]
    after = [
        Packet(0, packets[101 + n].sequence, packet.timestamp, 7, packet.payload)
        for n, packet in enumerate(packets[200:])
    ]
    frames = play(stream(), arrived + on_time(after, start=4.0))
    assert len(frames) == 200
    assert_at_its_place(frames, slack=0.001)


def test_both_laws_may_alternate() -> None:
    packets = spoken(SOUND)
    mixed = [
        with_type(p, 8, encode_alaw(SOUND[n * 160 :][:160])) if n % 2 else p for n, p in enumerate(packets)
    ]
    frames = play(stream(), on_time(mixed))
    assert np.abs(laid_out(frames, SECONDS).astype(int) - SOUND).max() < 600


def test_encodings_that_were_not_agreed_on_are_counted_and_dropped() -> None:
    receiver = stream()
    frames = play(receiver, on_time([with_type(packet, 18, bytes(20)) for packet in spoken(SOUND)[:5]]))
    assert frames == []
    assert receiver.faults == {"of an encoding that was not agreed on": 5}


def test_a_network_that_stalls_and_then_brings_everything_leaves_no_gap() -> None:
    stalled = [(data, moment if moment < 2.0 else max(moment, 4.0)) for data, moment in SENT]
    assert np.array_equal(laid_out(play(stream(), stalled), SECONDS), AS_HEARD)


def test_a_clock_that_stood_still_on_hold_goes_on_where_time_has_got_to() -> None:
    held = [(data, moment if n < 100 else moment + 30.0) for n, (data, moment) in enumerate(SENT)]
    frames = play(stream(), held)
    assert len(frames) == 300
    assert [frame.at for frame in frames[100:]] == pytest.approx(
        [32.0 + 0.02 * n for n in range(200)], abs=0.02
    )


@settings(deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=60), st.integers(0, 299)), max_size=80))
def test_any_datagrams_in_any_order_are_survived_and_no_time_is_negative(what: list[bytes | int]) -> None:
    receiver = stream()
    moment = 50.0
    frames: list[Frame] = []
    for one in what:
        moment += 0.01
        frames += receiver.push(one if isinstance(one, bytes) else SENT[one][0], HERE, moment)
    frames += receiver.finish()
    assert all(len(frame.samples) <= 160 for frame in frames)
