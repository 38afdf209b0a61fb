"""What a recording client says about the call it records (SIPREC metadata). Pure.

Two layouts of the same facts are understood: that of RFC 7865 (`participant_id`, associations in
elements of their own) and the older one of its drafts, which Oracle's session border controllers send
(`id`, `<send>` inside the participant). Entities and document types are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat

from consultation.errors import BadInput

NAMESPACE = "urn:ietf:params:xml:ns:recording"  # drafts; the RFC adds `:1`
LONGEST = 131_072  # bytes
MOST = 5_000  # elements
DEEPEST = 32

_CALLING = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in the recorded call."""

    participant_id: str
    address: str = ""  # who: the user of the address of record, without scheme and host
    name: str = ""
    is_calling: bool | None = None  # None: not said
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of sound, which the session description calls by its label."""

    stream_id: str
    label: str
    is_mixed: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """The recorded call as far as it is known."""

    session_id: str = ""
    participants: Mapping[str, Participant] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    sends: Mapping[str, frozenset[str]] = field(default_factory=dict)  # streams, by participant
    is_complete: bool = True  # False: only what has changed

    def senders(self, label: str) -> list[Participant]:
        """Who is heard on the stream with this label, in the order of the metadata."""
        ids = {stream.stream_id for stream in self.streams.values() if stream.label == label}
        return [
            person
            for person in self.participants.values()
            if not person.has_left and self.sends.get(person.participant_id, frozenset()) & ids
        ]

    def is_mixed(self, label: str) -> bool:
        """Is more than one person heard on it?"""
        said = any(stream.is_mixed for stream in self.streams.values() if stream.label == label)
        return said or len(self.senders(label)) > 1

    def updated(self, news: Recording) -> Recording:
        """What is known once a later message has come."""
        if news.is_complete:
            return news
        return Recording(
            news.session_id or self.session_id,
            {**self.participants, **{key: _merged(self, one) for key, one in news.participants.items()}},
            {**self.streams, **news.streams},
            {**self.sends, **news.sends},
        )


def _merged(known: Recording, news: Participant) -> Participant:
    """A participant that left, or whose streams changed, is often named by the id alone."""
    before = known.participants.get(news.participant_id)
    if before is None:
        return news
    return Participant(
        news.participant_id,
        news.address or before.address,
        news.name or before.name,
        before.is_calling if news.is_calling is None else news.is_calling,
        news.has_left,
    )


def parse_recording(data: bytes) -> Recording:
    """Raises BadInput for what is no metadata, and for XML that is an attack."""
    root = _parse(data)
    if root.name != "recording" or not root.namespace.startswith(NAMESPACE):
        raise BadInput(f"the metadata is no <recording> of {NAMESPACE}")
    left: set[str] = set()
    sends: dict[str, set[str]] = {}
    for association in root.named("participantstreamassoc"):
        person = _id(association, "participant_id", "participant")
        sends.setdefault(person, set()).update(text for text in association.texts("send") if text)
    for association in root.named("participantsessionassoc"):
        if association.text_of("disassociate-time"):
            left.add(_id(association, "participant_id", "participant"))
    participants: dict[str, Participant] = {}
    for element in root.named("participant"):
        person = _id(element, "participant_id", "id")
        inside = {text for text in element.texts("send") if text}
        if inside:
            sends.setdefault(person, set()).update(inside)
        participants[person] = _participant(element, person, person in left)
    streams: dict[str, Stream] = {}
    for element in root.named("stream"):
        stream = _id(element, "stream_id", "id")
        label = element.text_of("label") or element.attributes.get("label", "")
        streams[stream] = Stream(stream, label, element.text_of("mode").lower() == "mixed")
    session = next(root.named("session"), None)
    mode = (root.text_of("datamode") or root.text_of("dataMode") or "complete").lower()
    return Recording(
        _id(session, "session_id", "id") if session is not None else "",
        participants,
        streams,
        {person: frozenset(ids) for person, ids in sends.items()},
        mode != "partial",
    )


def user_of(address: str) -> str:
    """The user of a SIP or tel address: sip:+8225550000@pbx.example becomes +8225550000."""
    bare = address.strip().strip("<>")
    scheme, colon, rest = bare.partition(":")
    if colon and scheme.lower() in ("sip", "sips", "tel"):
        bare = rest
    return unquote(bare.partition("@")[0].partition(";")[0])[:200]


def _participant(element: _Element, participant_id: str, has_left: bool) -> Participant:
    identity = next(element.named("nameID"), None)
    address = identity.attributes.get("aor", "") if identity is not None else ""
    said = next((one.text.strip().lower() for one in element.everything() if one.name == "callingParty"), "")
    return Participant(
        participant_id,
        user_of(address or element.text_of("aor")),
        (identity.text_of("name") if identity is not None else "") or element.text_of("name"),
        _CALLING.get(said),
        has_left or bool(element.text_of("disassociate-time")),
    )


@dataclass(slots=True)
class _Element:
    name: str
    namespace: str
    attributes: Mapping[str, str]
    text: str = ""
    inside: list[_Element] = field(default_factory=list)

    def named(self, name: str) -> Iterator[_Element]:
        return (one for one in self.inside if one.name == name)

    def texts(self, name: str) -> list[str]:
        return [one.text.strip() for one in self.named(name)]

    def text_of(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def everything(self) -> Iterator[_Element]:
        for one in self.inside:
            yield one
            yield from one.everything()


def _id(element: _Element, *names: str) -> str:
    return next((element.attributes[name] for name in names if element.attributes.get(name)), "")


def _parse(data: bytes) -> _Element:
    """A small tree, made by expat without document types, so that nothing can expand."""
    if len(data) > LONGEST:
        raise BadInput("the metadata is too long")
    parser = expat.ParserCreate(namespace_separator=" ")
    top = _Element("", "", {})
    open_: list[_Element] = [top]
    count = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST or len(open_) > DEEPEST:
            raise BadInput("the metadata has too many elements")
        namespace, _, local = name.rpartition(" ")
        element = _Element(
            local, namespace, {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        )
        open_[-1].inside.append(element)
        open_.append(element)

    def refuse(*_: object) -> None:
        raise BadInput("the metadata has a document type, which is refused")

    def text(more: str) -> None:
        open_[-1].text += more

    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):  # LookupError: an encoding that does not exist
        raise BadInput("the metadata is no XML") from None
    return top.inside[0]
