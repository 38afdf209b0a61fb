"""SIP messages (RFC 3261, section 7): bytes to requests, answers to bytes, a TCP stream to messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consultation.errors import BadInput

LONGEST_HEAD = 32_768  # bytes before the body
LONGEST_BODY = 131_072  # bytes; the metadata of a recording session is some 2,000
MOST_HEADERS = 256

_COMPACT = {  # RFC 3261, 7.3.3; RFC 4028
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "s": "subject",
    "t": "to",
    "v": "via",
    "x": "session-expires",
}
_REQUEST = re.compile(r"([A-Z0-9\-.!%*_+`'~]{1,32}) (\S{1,1024}) SIP/2\.0", re.ASCII)
_ANSWER = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: .*)?", re.ASCII)
_CSEQ = re.compile(r"([0-9]{1,10})\s+([A-Z0-9\-.!%*_+`'~]{1,32})", re.ASCII)
_VIA = re.compile(
    r"SIP\s*/\s*2\.0\s*/\s*(\w+)\s+(\[[0-9a-fA-F:.]+\]|[\w.\-]+)\s*(?::\s*([0-9]{1,5}))?\s*((?:;.*)?)",
    re.ASCII,
)
_TAG = re.compile(r";\s*tag\s*=\s*([^\s;,>]+)", re.ASCII)
_PARAMETER = re.compile(r";\s*([\w\-]+)\s*(?:=\s*([^\s;,\"]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Via:
    """The topmost Via header: where the answer is due."""

    transport: str
    host: str
    port: int  # 0: not named
    branch: str
    rport: bool  # the answer goes to the port that the request came from (RFC 3581)


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or an answer where `status` is not 0. Header names are lower case, never compact."""

    method: str  # of an answer: that of its CSeq header
    uri: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Values of every header of that name, in order."""
        return [value for known, value in self.headers if known == name]

    def get(self, name: str) -> str:
        """The first one; empty if there is none."""
        return next((value for known, value in self.headers if known == name), "")

    def listed(self, name: str) -> list[str]:
        """Tokens with commas between, of all headers of that name, lower case."""
        return [
            token for value in self.all(name) for part in value.split(",") if (token := part.strip().lower())
        ]

    @property
    def call_id(self) -> str:
        return self.get("call-id")

    @property
    def from_tag(self) -> str:
        return _tag(self.get("from"))

    @property
    def to_tag(self) -> str:
        return _tag(self.get("to"))

    @property
    def sequence(self) -> int:
        """Number of the CSeq header."""
        found = _CSEQ.fullmatch(self.get("cseq"))
        return int(found[1]) if found else -1

    @property
    def via(self) -> Via:
        """Raises BadInput where it cannot be read."""
        top = next(iter(split_list(self.get("via"))), "")
        found = _VIA.fullmatch(top)
        if found is None:
            raise BadInput("the Via header cannot be read")
        parameters = {name.lower(): value for name, value in _PARAMETER.findall(found[4])}
        port = int(found[3] or 0)
        if port > 65_535:
            raise BadInput("the Via header names a port that does not exist")
        return Via(found[1].upper(), found[2], port, parameters.get("branch", ""), "rport" in parameters)


def parse_message(data: bytes) -> Message:
    """One whole message, as a datagram holds it. Raises BadInput."""
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        head, _, body = data.partition(b"\n\n")
    message = parse_head(head)
    length = content_length(message)
    if length is not None:
        if length > len(body):
            raise BadInput("the body is shorter than its Content-Length says")
        body = body[:length]
    if len(body) > LONGEST_BODY:
        raise BadInput("the body is too long")
    return Message(message.method, message.uri, message.status, message.headers, body)


def parse_head(data: bytes) -> Message:
    """What comes before the body. Raises BadInput."""
    if len(data) > LONGEST_HEAD:
        raise BadInput("the headers are too long")
    lines = _unfolded(data.decode("utf-8", "surrogateescape"))
    first = lines[0] if lines else ""
    headers = tuple(_header(line) for line in lines[1:])
    if len(headers) > MOST_HEADERS:
        raise BadInput("there are too many headers")
    if found := _REQUEST.fullmatch(first):
        return Message(found[1], found[2], 0, headers)
    if found := _ANSWER.fullmatch(first):
        sequence = _CSEQ.fullmatch(next((value for name, value in headers if name == "cseq"), ""))
        return Message(sequence[2] if sequence else "", "", int(found[1]), headers)
    raise BadInput("the first line is none of SIP")


def check_request(request: Message) -> None:
    """Raises BadInput unless it has what every request must have (RFC 3261, 8.1.1)."""
    for name in ("via", "from", "to", "call-id", "cseq"):
        if not request.get(name):
            raise BadInput(f"the {name} header is missing")
    found = _CSEQ.fullmatch(request.get("cseq"))
    if found is None or int(found[1]) >= 2**31:
        raise BadInput("the CSeq header cannot be read")
    if found[2] != request.method:
        raise BadInput("the CSeq header names another method")
    if not request.from_tag:
        raise BadInput("the From header has no tag")
    request.via  # noqa: B018 (it must be readable)


def content_length(message: Message) -> int | None:
    """None where it is not said. Raises BadInput where it is no length."""
    said = set(message.all("content-length"))
    if not said:
        return None
    (value, *others) = said
    if others or not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise BadInput("the Content-Length header cannot be read")
    return int(value)


def write_answer(
    request: Message,
    status: int,
    reason: str,
    source: tuple[str, int],
    *,
    tag: str = "",
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
) -> bytes:
    """An answer to a request that came from `source`. `tag`: ours, put into the To header if it has none."""
    lines = [f"SIP/2.0 {status} {reason}"]
    vias = [one for value in request.all("via") for one in split_list(value)]
    lines += [f"Via: {_seen(via, source) if n == 0 else via}" for n, via in enumerate(vias)]
    to = request.get("to")
    if tag and not _tag(to):
        to = f"{to};tag={tag}"
    lines += [f"From: {request.get('from')}", f"To: {to}", f"Call-ID: {request.call_id}"]
    lines.append(f"CSeq: {request.get('cseq')}")
    if 100 < status < 300:
        lines += [f"Record-Route: {route}" for route in request.all("record-route")]
    lines += [f"{name}: {value}" for name, value in headers]
    return _assemble(lines, body)


def write_request(method: str, uri: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """A request of our own, without a body."""
    return _assemble([f"{method} {uri} SIP/2.0", *(f"{name}: {value}" for name, value in headers)], b"")


def split_list(value: str) -> list[str]:
    """Elements with commas between; commas inside quotes and angle brackets are none."""
    out, depth, quoted, begin = [], 0, False, 0
    for place, letter in enumerate(value):
        if letter == '"' and value[place - 1 : place] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "<") - (letter == ">")
            if letter == "," and depth <= 0:
                out.append(value[begin:place].strip())
                begin = place + 1
    out.append(value[begin:].strip())
    return [one for one in out if one]


class MessageStream:
    """Messages of one TCP connection; a body's length is what its Content-Length says, or none."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.pings = 0  # empty lines asked for an answer (RFC 5626, 3.5.1) and not answered yet

    @property
    def incomplete(self) -> bool:
        """A message has begun and not ended."""
        return bool(self._held.strip())

    def push(self, data: bytes) -> Iterator[Message]:
        """Messages that are complete now. Raises BadInput; then the stream cannot be read any more."""
        self._held += data
        while True:
            self._skip_lines()
            end = self._held.find(b"\r\n\r\n", 2)
            if end < 0:
                if len(self._held) > LONGEST_HEAD:
                    raise BadInput("the headers are too long")
                return
            head = parse_head(bytes(self._held[:end]))
            length = content_length(head) or 0
            if length > LONGEST_BODY:
                raise BadInput("the body is too long")
            if len(self._held) < end + 4 + length:
                return
            body = bytes(self._held[end + 4 : end + 4 + length])
            del self._held[: end + 4 + length]
            yield Message(head.method, head.uri, head.status, head.headers, body)

    def _skip_lines(self) -> None:
        """Empty lines between messages keep a connection alive; two of them want one back."""
        while self._held.startswith(b"\r\n"):
            if self._held.startswith(b"\r\n\r\n"):
                self.pings += 1
                del self._held[:4]
            elif len(self._held) > 2:
                del self._held[:2]
            else:
                return


def _assemble(lines: Sequence[str], body: bytes) -> bytes:
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    return head.encode("utf-8", "surrogateescape") + body


def _unfolded(text: str) -> list[str]:
    """Lines; one that begins with a blank goes on with the one before."""
    out: list[str] = []
    for line in text.split("\n"):
        line = line.removesuffix("\r")
        if line[:1] in (" ", "\t") and out:
            out[-1] += " " + line.strip()
        elif line or out:
            out.append(line)
    return out


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name = name.strip().lower()
    if not colon or not re.fullmatch(r"[a-z0-9\-.!%*_+`'~]+", name, re.ASCII):
        raise BadInput("a header cannot be read")
    if any(letter < " " and letter != "\t" for letter in value) or "\x7f" in value:
        raise BadInput("a header holds a control character")
    return _COMPACT.get(name, name), value.strip()


def _tag(value: str) -> str:
    after = value.rpartition(">")[2] if ">" in value else value
    found = _TAG.search(after)
    return found[1] if found else ""


def _seen(via: str, source: tuple[str, int]) -> str:
    """The Via header with what was seen of the sender (RFC 3261, 18.2.1; RFC 3581)."""
    via = re.sub(r";\s*rport\s*(?=;|$)", f";rport={source[1]}", via, count=1)
    return f"{via};received={source[0]}"
