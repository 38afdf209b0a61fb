from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.sip_message import (
    MessageStream,
    check_request,
    parse_message,
    split_list,
    write_answer,
    write_request,
)
from consultation.errors import BadInput

HERE = ("127.0.0.1", 5_090)
LINES = [
    "OPTIONS sip:srs@127.0.0.1 SIP/2.0",
    "Via: SIP/2.0/UDP 127.0.0.1:5091;branch=z9hG4bKa;rport",
    "From: <sip:a@b.invalid>;tag=f",
    "To: <sip:c@d.invalid>",
    "Call-ID: one@two",
    "CSeq: 7 OPTIONS",
]


def message(*more: str, lines: list[str] = LINES, body: bytes = b"", end: str = "\r\n") -> bytes:
    return end.join([*lines, *more, "", ""]).encode() + body


def test_a_request_is_read() -> None:
    got = parse_message(message("Content-Length: 5", body=b"hello, more than that"))
    check_request(got)
    assert (got.method, got.uri, got.sequence, got.call_id) == ("OPTIONS", "sip:srs@127.0.0.1", 7, "one@two")
    assert (got.from_tag, got.to_tag) == ("f", "")
    assert (got.via.host, got.via.port, got.via.branch, got.via.rport) == (
        "127.0.0.1",
        5_091,
        "z9hG4bKa",
        True,
    )
    assert got.body == b"hello"


def test_short_names_folded_lines_and_any_case_are_the_same() -> None:
    compact = [
        "BYE sip:x SIP/2.0",
        "v : SIP / 2.0 / TCP [::1]:5070 ;branch=z9hG4bKa",
        'f: "tag=no, <really>" <sip:a;tag=never@b>',
        "   ;tag=f",
        "T: sip:c@d;tag=t",
        "i: x",
        "CSEQ: 1   BYE",
        "k: timer, 100rel",
        "K: siprec",
    ]
    got = parse_message(message(lines=compact, end="\n"))
    check_request(got)
    assert (got.from_tag, got.to_tag, got.via.host) == ("f", "t", "[::1]")
    assert got.listed("supported") == ["timer", "100rel", "siprec"]


def test_an_answer_is_read() -> None:
    got = parse_message(message(lines=["SIP/2.0 200 좋아요", *LINES[1:]]))
    assert (got.status, got.method) == (200, "OPTIONS")


def test_our_answer_repeats_what_identifies_the_request() -> None:
    request = parse_message(message("Via: SIP/2.0/UDP p.invalid;branch=2, SIP/2.0/TCP q.invalid;branch=3"))
    got = parse_message(write_answer(request, 200, "OK", HERE, tag="ours", headers=[("Y", "y")], body=b"b"))
    assert got.all("via") == [
        "SIP/2.0/UDP 127.0.0.1:5091;branch=z9hG4bKa;rport=5090;received=127.0.0.1",
        "SIP/2.0/UDP p.invalid;branch=2",
        "SIP/2.0/TCP q.invalid;branch=3",
    ]
    assert (got.get("from"), got.get("to")) == (request.get("from"), "<sip:c@d.invalid>;tag=ours")
    assert (got.call_id, got.get("cseq"), got.get("y"), got.body) == ("one@two", "7 OPTIONS", "y", b"b")


def test_bytes_that_are_no_utf_8_come_back_unchanged() -> None:
    request = parse_message(message().replace(b"<sip:a@b", b"\xb0\xa1 <sip:a@b"))
    assert b"From: \xb0\xa1 <sip:a@b.invalid>;tag=f\r\n" in write_answer(request, 200, "OK", HERE)


@pytest.mark.parametrize(
    "lines",
    [
        *([line for line in LINES if line != gone] for gone in LINES[1:]),
        [*LINES[:5], "CSeq: 7 INVITE"],
        [*LINES[:5], "CSeq: x OPTIONS"],
        [*LINES[:5], "CSeq: 4294967296 OPTIONS"],
        [LINES[0], LINES[1], "From: <sip:a@b>", *LINES[3:]],
        [LINES[0], "Via: nonsense", *LINES[2:]],
        [LINES[0], "Via: SIP/2.0/UDP host:99999", *LINES[2:]],
    ],
)
def test_a_request_that_lacks_what_every_one_has_is_refused(lines: list[str]) -> None:
    with pytest.raises(BadInput):
        check_request(parse_message(message(lines=lines)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"INVITE sip:x SIP/3.0\r\n\r\n",
        message("no colon"),
        message("na me: x"),
        message("X: a\x00b"),
        message("Content-Length: x"),
        message("Content-Length: 5", "Content-Length: 6", body=b"hello!"),
        message("Content-Length: 50", body=b"short"),
        message("X: " + "y" * 40_000),
        message(*["X: y"] * 300),
        message(body=b"x" * 200_000),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_message(data)


@given(st.lists(st.integers(1, 60), max_size=30))
def test_a_stream_is_cut_into_its_messages_wherever_the_network_cuts(cuts: list[int]) -> None:
    data = (
        b"\r\n"
        + message("Content-Length: 4", body=b"\r\n\r\n")
        + b"\r\n\r\n"
        + message()
        + message("l: 1", body=b"x")
    )
    stream = MessageStream()
    got = []
    for cut in [*cuts, len(data)]:
        got += stream.push(data[:cut])
        data = data[cut:]
    assert [one.body for one in got] == [b"\r\n\r\n", b"", b"x"]
    assert not stream.incomplete


def test_a_keep_alive_is_counted() -> None:
    stream = MessageStream()
    assert list(stream.push(b"\r\n\r\n")) == []
    assert stream.pings == 1


def test_a_stream_without_end_is_refused() -> None:
    with pytest.raises(BadInput):
        list(MessageStream().push(b"X" * 40_000))


def test_commas_in_quotes_and_brackets_part_nothing() -> None:
    assert split_list('"a, b" <sip:x,y@z>, <sip:c@d>;q="1,2",') == ['"a, b" <sip:x,y@z>', '<sip:c@d>;q="1,2"']


def test_our_own_request_can_be_read() -> None:
    got = parse_message(write_request("BYE", "sip:a@b", [("CSeq", "1 BYE"), ("Call-ID", "x")]))
    assert (got.method, got.sequence, got.get("content-length")) == ("BYE", 1, "0")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    for one in (
        data,
        message().replace(b"Call-ID: one@two", b"Call-ID: " + data),
        LINES[0].encode() + b"\r\n" + data,
    ):
        with contextlib.suppress(BadInput):
            check_request(parse_message(one))
