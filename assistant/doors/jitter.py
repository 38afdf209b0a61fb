"""One RTP stream: packets as the network brings them to sound in order, with its place in the session.

Late packets are waited for until three later ones are there (60 ms), repeated ones dropped; what is
lost leaves a gap, because every frame carries its time. Keys (RFC 4733) and comfort noise (RFC 3389)
are no sound; their time passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from assistant.doors.arrival import Arrivals
from assistant.doors.commands import Frame
from assistant.doors.ordering import Gap, Reorder
from assistant.doors.rtp import (
    COMFORT_NOISE,
    SEQUENCES,
    TIMESTAMPS,
    Packet,
    Unwrapped,
    parse_event,
    parse_packet,
)
from consultation.errors import BadInput
from stt.audio import TELEPHONE_RATE, Samples

DEPTH = 3  # packets
WAIT = 0.1  # seconds that a packet waits at most for one before it
RELATCH = 2.0  # seconds of silence after which another address may go on with the stream
LEAP = 3_000  # sequence numbers; a jump further than that is another beginning (RFC 3550, A.1)
LONGEST = 4_096  # bytes of a packet; more is no telephone's

Address = tuple[str, int]
Decode = Callable[[bytes], Samples]


class RtpStream:
    """Feed it every datagram of its port."""

    def __init__(
        self,
        channel: int,
        payloads: Mapping[int, Decode],
        events: frozenset[int],
        zero: float,
        rate: int = TELEPHONE_RATE,
    ) -> None:
        """`payloads`: decoders by payload type. `events`: payload types of telephone events.
        `zero`: monotonic seconds at the start of the session."""
        self.channel = channel
        self.payloads = payloads
        self.events = events
        self.faults: Counter[str] = Counter()  # dropped packets, by reason
        self.keys = 0  # pressed; which ones is nobody's business
        self.heard_at: float | None = None  # monotonic, when a packet came last
        self._rate = rate
        self._source: Address | None = None
        self._ssrc = -1
        self._lost = 0  # before the stream began anew
        self._key = -1  # timestamp of the latest key
        self._arrivals: Arrivals[Samples] = Arrivals(zero)
        self._order: Reorder[tuple[Packet, float]] = Reorder(DEPTH)
        self._newest = self._stray = -1
        self._begin_anew()

    @property
    def lost(self) -> int:
        """Packets that never came, or not in time."""
        return self._lost + self._order.missing

    def push(self, data: bytes, source: Address, now: float) -> list[Frame]:
        """Take one datagram that arrived `now`; returns what is next in order. Never raises."""
        if source != self._source:
            if self.heard_at is not None and now - self.heard_at < RELATCH:
                self.faults["from another source"] += 1
                return []
            self._source = source
        try:
            if len(data) > LONGEST:
                raise BadInput("longer than any telephone's")
            packet = parse_packet(data)
        except BadInput as error:
            self.faults[str(error)] += 1
            return []
        self.heard_at = now
        out: list[Frame] = []
        if packet.ssrc != self._ssrc or self._leapt(packet.sequence):
            out = self.finish()
            self._begin_anew()
            self._ssrc = packet.ssrc
            self._arrivals.anchor()
        elif packet.sequence == self._stray:  # the first one of a leap: it may be a stray
            self.faults["far out of order"] += 1
            return []
        number = self._numbers(packet.sequence)
        self._newest = max(self._newest, number)
        return out + self._play(self._order.push(number, (packet, now)))

    def flush(self, now: float) -> list[Frame]:
        """What has waited for long enough. To be asked now and then."""
        out: list[Frame] = []
        if self.heard_at is not None and now - self.heard_at > WAIT:
            out = self._play(self._order.finish())
        return out + self._frames(self._arrivals.overdue(now))

    def finish(self) -> list[Frame]:
        """No more packets come."""
        return self._play(self._order.finish()) + self._frames(self._arrivals.flush())

    def rested(self) -> None:
        """The stream was on hold: its clock may have stood still."""
        self._arrivals.anchor()

    # ---- inside

    def _begin_anew(self) -> None:
        self._lost += self._order.missing
        self._order = Reorder(DEPTH)
        self._numbers = Unwrapped(SEQUENCES)
        self._times = Unwrapped(TIMESTAMPS)
        self._newest = -1  # the highest number so far
        self._stray = -1  # the latest number that is far from it

    def _leapt(self, sequence: int) -> bool:
        """Two packets in a row far from the others: the source has begun to count anew."""
        off = (sequence - self._newest + SEQUENCES // 2) % SEQUENCES - SEQUENCES // 2
        if abs(off) <= LEAP:
            self._stray = -1
            return False
        before, self._stray = self._stray, sequence
        return before >= 0 and sequence == (before + 1) % SEQUENCES

    def _play(self, pieces: Iterable[tuple[int, tuple[Packet, float]] | Gap]) -> list[Frame]:
        out: list[Frame] = []
        for piece in pieces:
            if isinstance(piece, Gap):
                continue  # the time of the next frame says it
            packet, came = piece[1]
            media = self._times(packet.timestamp) / self._rate
            if packet.payload_type in self.payloads:
                samples = self.payloads[packet.payload_type](packet.payload)
                placed = self._arrivals.push(samples, media, len(samples) / self._rate, came)
                out += self._frames(placed)
            elif packet.payload_type in self.events:
                self._press(packet)
            elif packet.payload_type != COMFORT_NOISE:
                self.faults["of an encoding that was not agreed on"] += 1
        return out

    def _frames(self, placed: Iterable[tuple[Samples, float]]) -> list[Frame]:
        return [Frame(self.channel, samples, at) for samples, at in placed if len(samples)]

    def _press(self, packet: Packet) -> None:
        try:
            parse_event(packet.payload)
        except BadInput as error:
            self.faults[str(error)] += 1
            return
        if packet.timestamp != self._key:
            self._key = packet.timestamp
            self.keys += 1
