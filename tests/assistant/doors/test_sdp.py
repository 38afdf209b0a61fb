from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.sdp import Media, parse_offer, write_answer
from consultation.errors import BadInput
from stt.g711 import decode_alaw, decode_mulaw
from tests.assistant.doors.siprec_client import offer

HEAD = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"


def media(*lines: str, head: str = HEAD) -> Media:
    (one,) = parse_offer((head + "".join(f"{line}\r\n" for line in lines)).encode())
    return one


def test_an_offer_is_read() -> None:
    first, second = parse_offer(offer(("7", "9")).encode())
    assert first == Media(
        "audio",
        40_000,
        "RTP/AVP",
        ("0", "8", "101"),
        {0: "PCMU", 8: "PCMA", 101: "TELEPHONE-EVENT"},
        "7",
        "sendonly",
    )
    assert second.label == "9"
    assert first.payloads == {0: decode_mulaw, 8: decode_alaw}
    assert first.events == {101}
    assert first.sends
    assert first.fault == ""


def test_codecs_are_known_by_number_or_by_name() -> None:
    assert media("m=audio 4000 RTP/AVP 18 8").payloads == {8: decode_alaw}
    assert media("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 pcmu/8000/1").payloads == {96: decode_mulaw}
    assert media("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMU/16000").payloads == {}
    assert media("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMU/8000/2").payloads == {}
    assert media("m=audio 4000 RTP/AVP 0", "a=rtpmap:0 G729/8000").payloads == {}
    assert media("m=audio 4000 RTP/AVP 999 abc 0").payloads == {0: decode_mulaw}


def test_the_direction_may_be_said_for_all_media_at_once() -> None:
    assert media("m=audio 4000 RTP/AVP 0", head=HEAD + "a=inactive\r\n").direction == "inactive"
    assert media("m=audio 4000 RTP/AVP 0", "a=sendonly", head=HEAD + "a=inactive\r\n").sends
    assert media("m=audio 4000 RTP/AVP 0").direction == "sendrecv"
    assert not media("m=audio 4000 RTP/AVP 0", "a=recvonly").sends


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("m=video 4000 RTP/AVP 0", "only audio"),
        ("m=audio 0 RTP/AVP 0", "switched off"),
        ("m=audio 4000 RTP/SAVP 0", "SRTP is not supported"),
        ("m=audio 4000 UDP/TLS/RTP/SAVPF 0", "SRTP is not supported"),
        ("m=audio 4000 udptl 0", "offer RTP/AVP"),
        ("m=audio 4000 RTP/AVP 18 9 4", "PCMU or PCMA"),
        ("m=audio 4000 RTP/AVP", "PCMU or PCMA"),
    ],
)
def test_what_cannot_be_heard_says_why(line: str, why: str) -> None:
    assert why in media(line).fault
    assert not media(line).sends


def test_the_answer_has_a_line_for_each_of_the_offer() -> None:
    offered = parse_offer(
        (
            HEAD
            + "m=audio 4000 RTP/AVP 18 8 0 13 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\na=label:x\r\n"
            + "m=video 5000 RTP/AVP 96 97\r\n"
            + "m=audio 4002 RTP/AVPF 96\r\na=rtpmap:96 PCMU/8000\r\na=inactive\r\n"
        ).encode()
    )
    assert write_answer(offered, [20_000, None, 20_002], "127.0.0.1", 7, 2).decode().split("\r\n") == [
        "v=0",
        "o=sangdam 7 2 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=audio 20000 RTP/AVP 8 101 13",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=rtpmap:13 CN/8000",
        "a=label:x",
        "a=recvonly",
        "m=video 0 RTP/AVP 96 97",
        "m=audio 20002 RTP/AVPF 96",
        "a=rtpmap:96 PCMU/8000",
        "a=inactive",
        "",
    ]
    assert b"IP6 ::1" in write_answer(offered[:1], [20_000], "::1", 7, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"v=1\r\n",
        b"hello",
        b"v=0\r\nm=\r\n",
        b"v=0\r\nm=audio 99999 RTP/AVP 0\r\n",
        b"v=0\r\nm=audio -1 RTP/AVP 0\r\n",
        b"v=0\r\n" + b"m=audio 4000 RTP/AVP 0\r\n" * 17,
        b"v=0\r\n" + b"a=x\r\n" * 20_000,
    ],
)
def test_what_is_no_session_description_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_offer(data)


@given(st.binary(max_size=100), st.text(max_size=100))
def test_any_bytes_are_an_offer_or_refused(data: bytes, text: str) -> None:
    for one in (data, b"v=0\r\n" + data, f"v=0\r\nm=audio {text}\r\na=rtpmap:{text}".encode()):
        with contextlib.suppress(BadInput):
            parse_offer(one)
