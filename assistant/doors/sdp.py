"""Session descriptions (RFC 8866) of recording sessions: the client's offer read, our answer written. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.doors.jitter import Decode
from consultation.errors import BadInput
from stt.g711 import decode_alaw, decode_mulaw

MOST = 16  # media
LONGEST = 65_536  # bytes

_DECODERS: Mapping[str, Decode] = {"PCMU": decode_mulaw, "PCMA": decode_alaw}
_STATIC = {0: "PCMU", 8: "PCMA", 13: "CN"}  # RFC 3551
_PROFILES = frozenset({"RTP/AVP", "RTP/AVPF"})
_DIRECTIONS = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})
_MEDIA = re.compile(r"(\w+) ([0-9]{1,5})(?:/[0-9]+)? (\S+)((?: \S+)*)", re.ASCII)
_RTPMAP = re.compile(r"rtpmap:([0-9]{1,3}) ([\w\-.]+)/([0-9]{1,7})(?:/([0-9]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Media:
    """One `m=` line of an offer."""

    kind: str
    port: int  # 0: not offered any more
    profile: str
    formats: tuple[str, ...]
    encodings: Mapping[int, str] = field(default_factory=dict)  # at 8 kHz, upper case, by payload type
    label: str = ""
    direction: str = "sendrecv"

    @property
    def payloads(self) -> dict[int, Decode]:
        """Decoders of the encodings that can be heard, by payload type, in the order of the offer."""
        return {kind: _DECODERS[name] for kind, name in self.encodings.items() if name in _DECODERS}

    @property
    def events(self) -> frozenset[int]:
        """Payload types of telephone events."""
        return frozenset(kind for kind, name in self.encodings.items() if name == "TELEPHONE-EVENT")

    @property
    def fault(self) -> str:
        """Why it cannot be heard; empty if it can."""
        if self.kind != "audio":
            return f"{self.kind} is not recorded, only audio"
        if not self.port:
            return "the audio is switched off"
        if "SAVP" in self.profile:
            return "SRTP is not supported; offer RTP/AVP"
        if self.profile not in _PROFILES:
            return f"{self.profile} is not supported; offer RTP/AVP"
        if not self.payloads:
            return "no codec can be heard; offer PCMU or PCMA at 8000 Hz"
        return ""

    @property
    def sends(self) -> bool:
        """Does the client send sound now? Not on hold."""
        return not self.fault and self.direction in ("sendrecv", "sendonly")


def parse_offer(data: bytes) -> tuple[Media, ...]:
    """The media of an offer, in order. Raises BadInput."""
    if len(data) > LONGEST:
        raise BadInput("the session description is too long")
    lines = [line.strip("\r") for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    if not lines or lines[0].strip() != "v=0":
        raise BadInput("the session description does not begin with v=0")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    if len(sections) - 1 > MOST:
        raise BadInput(f"a session has at most {MOST} media")
    direction = _direction(sections[0], "sendrecv")
    return tuple(_media(section, direction) for section in sections[1:])


def write_answer(
    offered: Sequence[Media], ports: Sequence[int | None], address: str, session: int, version: int
) -> bytes:
    """Our answer: for each medium the port where it is received, None where it is refused.

    `address`: ours. `session` and `version` name the description (`o=`).
    """
    family = "IP6" if ":" in address else "IP4"
    lines = [
        "v=0",
        f"o=sangdam {session} {version} IN {family} {address}",
        "s=-",
        f"c=IN {family} {address}",
        "t=0 0",
    ]
    for media, port in zip(offered, ports, strict=True):
        if port is None:
            lines.append(f"m={media.kind} 0 {media.profile} {' '.join(media.formats)}")
            continue
        chosen = [next(iter(media.payloads)), *sorted(media.events)]
        chosen += [kind for kind, name in media.encodings.items() if name == "CN"]
        lines.append(f"m=audio {port} {media.profile} {' '.join(map(str, chosen))}")
        lines += [f"a=rtpmap:{kind} {_spelt(media.encodings[kind])}/8000" for kind in chosen]
        if media.label:
            lines.append(f"a=label:{media.label}")
        lines.append("a=recvonly" if media.sends else "a=inactive")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _spelt(name: str) -> str:
    return name.lower() if name == "TELEPHONE-EVENT" else name


def _media(section: Sequence[str], direction: str) -> Media:
    found = _MEDIA.fullmatch(section[0][2:].strip())
    if found is None or int(found[2]) > 65_535:
        raise BadInput("a medium of the session description cannot be read")
    formats = tuple(found[4].split())
    kinds = [int(one) for one in formats if re.fullmatch(r"[0-9]{1,3}", one, re.ASCII) and int(one) < 128]
    mapped: dict[int, str] = {}
    label = ""
    for line in section[1:]:
        if named := _RTPMAP.match(line.removeprefix("a=")):
            # at another rate or with two channels it is something else
            same = named[3] == "8000" and named[4] in (None, "1")
            mapped[int(named[1])] = named[2].upper() if same else ""
        elif line.startswith("a=label:"):
            label = line.removeprefix("a=label:").strip()[:200]
    encodings = {kind: name for kind in kinds if (name := mapped.get(kind, _STATIC.get(kind, "")))}
    return Media(
        found[1],
        int(found[2]),
        found[3].upper(),
        formats,
        encodings,
        label,
        _direction(section, direction),
    )


def _direction(section: Sequence[str], inherited: str) -> str:
    return next(
        (bare for line in section if (bare := line.removeprefix("a=").strip()) in _DIRECTIONS), inherited
    )
