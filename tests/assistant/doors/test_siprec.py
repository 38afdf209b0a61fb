from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.doors.siprec import MOST, Participant, parse_recording, user_of
from consultation.errors import BadInput
from tests.assistant.doors.siprec_client import OLDER, RFC_7865, metadata

LAYOUTS = pytest.mark.parametrize("layout", [RFC_7865, OLDER])


@LAYOUTS
def test_both_layouts_say_who_is_heard_on_which_stream(layout: str) -> None:
    recording = parse_recording(metadata(layout, session="S==", labels=("96", "97")).encode())
    assert recording.session_id == "S=="
    assert [person.address for person in recording.senders("96")] == ["+821000001234"]
    assert [person.address for person in recording.senders("97")] == ["7001"]
    assert recording.senders("98") == []
    assert not recording.is_mixed("96")
    assert recording.is_complete


@LAYOUTS
def test_a_stream_with_two_senders_is_mixed(layout: str) -> None:
    recording = parse_recording(metadata(layout, labels=("1", "1")).encode())
    assert recording.is_mixed("1")


def test_a_stream_that_says_it_is_mixed_is_mixed() -> None:
    recording = parse_recording(metadata(OLDER).replace("separate", "mixed", 1).encode())
    assert recording.is_mixed("1")
    assert not recording.is_mixed("2")


def test_the_older_layout_says_who_called() -> None:
    people = parse_recording(metadata(OLDER).encode()).participants
    assert people["p-citizen"].is_calling is True
    assert people["p-agent"] == Participant("p-agent", "7001", "7001", is_calling=False)


@pytest.mark.parametrize(
    "namespace", ["urn:ietf:params:xml:ns:recording", "urn:ietf:params:xml:ns:recording:1"]
)
@LAYOUTS
def test_either_namespace_is_taken_with_either_layout_and_with_a_prefix(layout: str, namespace: str) -> None:
    text = metadata(layout)
    for known in ('"urn:ietf:params:xml:ns:recording:1"', "'urn:ietf:params:xml:ns:recording'"):
        text = text.replace(f"xmlns={known}", f'xmlns="{namespace}"')
    assert parse_recording(text.encode()).senders("2")[0].address == "7001"
    prefixed = text.replace("xmlns=", "xmlns:rs=").replace("<", "<rs:").replace("<rs:/", "</rs:")
    prefixed = prefixed.replace("<rs:?", "<?").replace("rs:v:", "v:")
    assert parse_recording(prefixed.encode()).senders("2")[0].address == "7001"


def test_what_changed_is_added_to_what_was_known() -> None:
    first = parse_recording(metadata().encode())
    news = parse_recording(
        b"""<recording xmlns="urn:ietf:params:xml:ns:recording:1"><dataMode>partial</dataMode>
        <participant participant_id="p-other"><nameID aor="sip:7002@desk.invalid"/></participant>
        <participant participant_id="p-agent"/>
        <participantsessionassoc participant_id="p-agent" session_id="S">
          <disassociate-time>2026-03-02T10:20:00Z</disassociate-time></participantsessionassoc>
        <participantstreamassoc participant_id="p-other"><send>s-2</send></participantstreamassoc>
        </recording>"""
    )
    assert not news.is_complete
    both = first.updated(news)
    assert both.session_id == first.session_id
    assert [person.address for person in both.senders("2")] == ["7002"]
    assert [person.address for person in both.senders("1")] == ["+821000001234"]
    assert both.participants["p-agent"].address == "7001"
    assert both.updated(first) == first


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE recording [<!ENTITY a "ha">%s]>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><session session_id="x">&%s;</session></recording>"""


@pytest.mark.parametrize(
    "data",
    [
        (
            LAUGHS
            % (
                "".join(
                    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
                ),
                "i",
            )
        ).encode(),
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><recording>&x;</recording>',
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><recording/>',
        b"<!DOCTYPE r><recording/>",
    ],
)
def test_entities_and_document_types_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="document type"):
        parse_recording(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<recording",
        b"hello",
        b"<html/>",
        b"<recording/>",  # of no namespace
        b'<recording xmlns="urn:example"/>',
        b'<?xml version="1.0" encoding="klingon"?><recording/>',
        b'<recording xmlns="urn:ietf:params:xml:ns:recording:1">&undefined;</recording>',
        b'<recording xmlns="urn:ietf:params:xml:ns:recording:1">'
        + b"<a>" * 100
        + b"</a>" * 100
        + b"</recording>",
        b'<recording xmlns="urn:ietf:params:xml:ns:recording:1">' + b"<a/>" * MOST + b"</recording>",
        b'<recording xmlns="urn:ietf:params:xml:ns:recording:1">' + b" " * 200_000 + b"</recording>",
        b"\xff\xfe\x00\x00",
    ],
)
def test_what_is_no_metadata_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        parse_recording(data)


def test_metadata_that_says_nothing_is_empty() -> None:
    empty = parse_recording(b'<recording xmlns="urn:ietf:params:xml:ns:recording:1"/>')
    assert empty.senders("1") == []
    assert empty.session_id == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_metadata_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadInput):
        parse_recording(data)


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("sip:+8225550000@pbx.invalid", "+8225550000"),
        ("<sips:7001@desk.invalid:5061;transport=tls>", "7001"),
        ("tel:02-555-0000;phone-context=+82", "02-555-0000"),
        ("SIP:kim%20j@desk.invalid", "kim j"),
        ("7001", "7001"),
        ("kim@desk.invalid", "kim"),
        ("", ""),
    ],
)
def test_the_user_of_an_address(address: str, user: str) -> None:
    assert user_of(address) == user
