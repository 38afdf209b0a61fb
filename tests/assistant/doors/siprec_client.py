"""A recording client for the tests: its messages, both layouts of its metadata, and its sockets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.doors.sip_message import Message, MessageStream, parse_message

CITIZEN, AGENT = "sip:+821000001234@carrier.invalid", "sip:7001@desk.invalid"

RFC_7865 = """<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1">
  <datamode>complete</datamode>
  <session session_id="{session}"><sipSessionID>ab30317f1a784dc48ff824d0d3715d86;remote=0</sipSessionID></session>
  <participant participant_id="p-citizen"><nameID aor="{citizen}"/></participant>
  <participant participant_id="p-agent"><nameID aor="{agent}"><name xml:lang="ko">상담사</name></nameID></participant>
  <stream stream_id="s-1" session_id="{session}"><label>{label_1}</label></stream>
  <stream stream_id="s-2" session_id="{session}"><label>{label_2}</label></stream>
  <participantsessionassoc participant_id="p-citizen" session_id="{session}"/>
  <participantsessionassoc participant_id="p-agent" session_id="{session}"/>
  <participantstreamassoc participant_id="p-citizen"><send>s-1</send><recv>s-2</recv></participantstreamassoc>
  <participantstreamassoc participant_id="p-agent"><send>s-2</send><recv>s-1</recv></participantstreamassoc>
</recording>
"""

OLDER = """<?xml version='1.0' encoding='UTF-8'?>
<recording xmlns='urn:ietf:params:xml:ns:recording'>
  <datamode>complete</datamode>
  <session id="{session}"><associate-time>2026-03-02T10:15:00</associate-time></session>
  <participant id="p-agent" session="{session}">
    <nameID aor="{agent}"><name>7001</name></nameID>
    <send>s-2</send>
    <extensiondata xmlns:v="http://vendor.invalid/siprec"><v:callingParty>false</v:callingParty></extensiondata>
  </participant>
  <participant id="p-citizen" session="{session}">
    <nameID aor="{citizen}"/>
    <send>s-1</send>
    <extensiondata xmlns:v="http://vendor.invalid/siprec"><v:callingParty>true</v:callingParty></extensiondata>
  </participant>
  <stream id="s-1" session="{session}"><label>{label_1}</label><mode>separate</mode></stream>
  <stream id="s-2" session="{session}"><label>{label_2}</label><mode>separate</mode></stream>
</recording>
"""


def metadata(
    layout: str = RFC_7865,
    *,
    session: str = "hVpd7YQgRW2nD22h7q60JQ==",
    citizen: str = CITIZEN,
    agent: str = AGENT,
    labels: tuple[str, str] = ("1", "2"),
) -> str:
    return layout.format(session=session, citizen=citizen, agent=agent, label_1=labels[0], label_2=labels[1])


def offer(
    labels: Sequence[str] = ("1", "2"),
    *,
    profile: str = "RTP/AVP",
    formats: str = "0 8 101",
    direction: str = "sendonly",
) -> str:
    lines = ["v=0", "o=SRC 2890844526 2890844526 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
    for number, label in enumerate(labels):
        lines += [
            f"m=audio {40_000 + 2 * number} {profile} {formats}",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            f"a={direction}",
            f"a=label:{label}",
        ]
    return "".join(f"{line}\r\n" for line in lines)


def mixed(sdp: str | None, xml: str | None) -> tuple[str, bytes]:
    """Content type and body with both parts."""
    parts = []
    if sdp is not None:
        parts.append(f"Content-Type: application/sdp\r\n\r\n{sdp}")
    if xml is not None:
        parts.append(
            "Content-Type: application/rs-metadata+xml\r\nContent-Disposition: recording-session\r\n\r\n"
            + xml
        )
    body = "".join(f"--foobar\r\n{part}\r\n" for part in parts) + "--foobar--\r\n"
    return "multipart/mixed;boundary=foobar", body.encode()


@dataclass
class Client(asyncio.DatagramProtocol):
    """One recording session over one socket."""

    server: tuple[str, int]
    transport: str = "UDP"
    call_id: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@src.invalid")
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    to_tag: str = ""
    sequence: int = 0
    answers: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    local: tuple[str, int] = ("127.0.0.1", 0)
    _datagrams: asyncio.DatagramTransport | None = None
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def open(self) -> Client:
        if self.transport == "UDP":
            loop = asyncio.get_running_loop()
            self._datagrams, _ = await loop.create_datagram_endpoint(
                lambda: self, local_addr=("127.0.0.1", 0)
            )
            self.local = self._datagrams.get_extra_info("sockname")
        else:
            reader, self._writer = await asyncio.open_connection(*self.server)
            self.local = self._writer.get_extra_info("sockname")
            self._reading = asyncio.create_task(self._read(reader))
        return self

    def close(self) -> None:
        if self._datagrams is not None:
            self._datagrams.close()
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.answers.put_nowait(parse_message(data))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        stream = MessageStream()
        while data := await reader.read(65_536):
            for message in stream.push(data):
                self.answers.put_nowait(message)

    def send_bytes(self, data: bytes) -> None:
        if self._datagrams is not None:
            self._datagrams.sendto(data, self.server)
        elif self._writer is not None:
            self._writer.write(data)

    def write(
        self,
        method: str,
        *headers: str,
        body: tuple[str, bytes] = ("", b""),
        branch: str = "",
        sequence: int = 0,
    ) -> bytes:
        """A request; CSeq goes up by one unless it is given."""
        if not sequence:
            self.sequence += 1
            sequence = self.sequence
        to = f"<sip:srs@{self.server[0]}>" + (f";tag={self.to_tag}" if self.to_tag else "")
        lines = [
            f"{method} sip:srs@{self.server[0]}:{self.server[1]} SIP/2.0",
            f"Via: SIP/2.0/{self.transport} {self.local[0]}:{self.local[1]};branch={branch or 'z9hG4bK' + secrets.token_hex(6)};rport",
            f"From: <sip:src@src.invalid>;tag={self.tag}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {sequence} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:src@{self.local[0]}:{self.local[1]}>;+sip.src",
            *headers,
        ]
        if body[1]:
            lines.append(f"Content-Type: {body[0]}")
        lines.append(f"Content-Length: {len(body[1])}")
        return "\r\n".join([*lines, "", ""]).encode() + body[1]

    async def answer(self, *, final: bool = True) -> Message:
        """The next answer or request; with `final` 1xx are passed over."""
        async with asyncio.timeout(30):
            while True:
                got = await self.answers.get()
                if not final or not 100 <= got.status < 200:
                    return got

    async def ask(
        self, method: str, *headers: str, body: tuple[str, bytes] = ("", b""), branch: str = ""
    ) -> Message:
        self.send_bytes(self.write(method, *headers, body=body, branch=branch))
        return await self.answer()

    async def invite(self, sdp: str | None = None, xml: str | None = None) -> Message:
        """A recording session begins, or changes; it is acknowledged."""
        sdp = offer() if sdp is None else sdp
        xml = metadata() if xml is None else xml
        got = await self.ask("INVITE", "Require: siprec", body=mixed(sdp or None, xml or None))
        if got.status < 300:
            self.to_tag = got.to_tag
        self.acknowledge()
        return got

    def acknowledge(self) -> None:
        self.send_bytes(self.write("ACK", sequence=self.sequence))


def ports_of(answer: Message) -> list[int]:
    """Where the streams are wanted, in order."""
    lines = answer.body.decode().split("\r\n")
    return [int(line.split()[1]) for line in lines if line.startswith("m=")]
