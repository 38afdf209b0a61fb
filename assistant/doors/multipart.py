"""The parts of a MIME body (RFC 2046), as far as SIP needs them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from consultation.errors import BadInput

MOST = 16  # parts

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `kind` is its media type, lower case, without parameters."""

    kind: str
    body: bytes


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body, or the body itself as the only one. Raises BadInput."""
    kind = content_type.partition(";")[0].strip().lower()
    if not kind.startswith("multipart/"):
        return [Part(kind, body)] if body else []
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise BadInput("the multipart body has no boundary")
    boundary = re.escape((found[1] or found[2]).encode("utf-8", "surrogateescape"))
    pieces = re.split(rb"(?:\A|\r?\n)--" + boundary + rb"(--)?[ \t]*(?:\r?\n|\Z)", body)
    if len(pieces) < 3:
        raise BadInput("the multipart body does not have the boundary that was announced")
    out: list[Part] = []
    for ended, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if ended:
            break
        out.append(_part(piece))
    if not 0 < len(out) <= MOST:
        raise BadInput(f"a multipart body has 1 to {MOST} parts")
    return out


def _part(piece: bytes) -> Part:
    if piece.startswith((b"\r\n", b"\n")):  # no headers
        return Part("text/plain", piece.lstrip(b"\r\n"))
    head, separator, body = piece.partition(b"\r\n\r\n")
    if not separator:
        head, _, body = piece.partition(b"\n\n")
    kind = ""
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        if name.strip().lower() in ("content-type", "c"):
            kind = value.partition(";")[0].strip().lower()
        if name.strip().lower() == "content-transfer-encoding" and value.strip().lower() in (
            "base64",
            "quoted-printable",
        ):
            raise BadInput("a part of the body is encoded; send it as it is (8bit or binary)")
    return Part(kind, body)
