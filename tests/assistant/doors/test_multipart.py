from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.multipart import MOST, Part, parts_of
from consultation.errors import BadInput
from tests.assistant.doors.siprec_client import mixed

KIND = "multipart/mixed;boundary=x"


def test_the_parts_of_a_recording_invite() -> None:
    assert parts_of(*mixed("v=0\r\n", "<recording/>")) == [
        Part("application/sdp", b"v=0\r\n"),
        Part("application/rs-metadata+xml", b"<recording/>"),
    ]


@pytest.mark.parametrize(
    "content_type",
    [
        KIND,
        'multipart/mixed; boundary="x"',
        "Multipart/Mixed;charset=utf-8; Boundary = x",
        "multipart/related;boundary=x",
    ],
)
def test_the_boundary_is_read_however_it_is_written(content_type: str) -> None:
    body = b"preamble\r\n--x\r\nC: a/B; q=1\r\nX: y\r\n\r\none\r\n--x \r\nContent-Type:\r\n a/b\r\n\r\ntwo\r\n--x--\r\nafter"
    assert parts_of(content_type, body) == [Part("a/b", b"one"), Part("a/b", b"two")]


def test_lines_may_end_in_line_feeds_alone() -> None:
    assert parts_of(KIND, b"--x\nContent-Type: a/b\n\none\ntwo\n--x--\n") == [Part("a/b", b"one\ntwo")]


def test_a_part_without_headers_is_text() -> None:
    assert parts_of(KIND, b"--x\r\n\r\nhello\r\n--x--") == [Part("text/plain", b"hello")]


def test_a_body_that_is_not_multipart_is_one_part_and_none_is_none() -> None:
    assert parts_of("Application/SDP; charset=utf-8", b"v=0") == [Part("application/sdp", b"v=0")]
    assert parts_of("", b"") == []


def test_a_boundary_inside_a_line_is_none() -> None:
    assert parts_of(KIND, b"--x\r\nC: a/b\r\n\r\nsay --x now\r\n--x--") == [Part("a/b", b"say --x now")]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/mixed", b"--x\r\n\r\na\r\n--x--"),
        (KIND, b""),
        (KIND, b"nothing"),
        (KIND, b"--x--"),
        (KIND, b"--x\r\n\r\na\r\n" * (MOST + 1) + b"--x--"),
        (KIND, b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--x--"),
    ],
)
def test_what_has_no_parts_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(BadInput):
        parts_of(content_type, body)


@given(st.binary(max_size=120), st.text(max_size=30))
def test_any_bytes_have_parts_or_are_refused(data: bytes, kind: str) -> None:
    for one in (KIND, f"multipart/mixed;boundary={kind}", kind):
        with contextlib.suppress(BadInput):
            parts_of(one, b"--x\r\n" + data)
