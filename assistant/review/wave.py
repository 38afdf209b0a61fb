"""The sound of a call as a WAV file that exists only while it is read: any bytes of it, on demand.

A browser asks for the part it plays (RFC 9110, 14: range requests); only that part is decoded.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from consultation.errors import BadInput
from stt.audio import Samples

HEADER = 44  # bytes
_PIECE = 30.0  # seconds decoded at once
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

Read = Callable[[float, float], Samples]  # seconds from the beginning of the file: shape (frames, channels)


class OutOfRange(BadInput):
    """A range that begins after the end of the file."""


@dataclass(frozen=True, slots=True)
class WaveFile:
    """A PCM 16 file of so many frames."""

    frames: int
    rate: int
    channels: int

    @property
    def _frame(self) -> int:
        return 2 * self.channels

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return HEADER + self.frames * self._frame

    def bytes_of(self, seconds: float) -> int:
        """Bytes of so much sound."""
        return round(seconds * self.rate) * self._frame

    def read(self, first: int, last: int, sound: Read) -> Iterator[bytes]:
        """Bytes `first` to `last`, both counted, in pieces. What `sound` lacks is silence."""
        if first < HEADER:
            yield self._header()[first : last + 1]
        at = max(first - HEADER, 0)
        end = last + 1 - HEADER
        while at < end:
            frame = at // self._frame
            until = min(frame + round(_PIECE * self.rate), -(-end // self._frame))
            heard = sound(frame / self.rate, until / self.rate)
            body = self._exactly(heard, until - frame).tobytes()
            yield body[at - frame * self._frame : end - frame * self._frame]
            at = until * self._frame

    def _exactly(self, heard: Samples, frames: int) -> Samples:
        out = np.zeros((frames, self.channels), dtype="<i2")
        have = heard[:frames]
        out[: len(have)] = have
        return out

    def _header(self) -> bytes:
        body = min(self.frames * self._frame, 0xFFFFFFFF - 36)
        form = struct.pack("<HHIIHH", 1, self.channels, self.rate, self.rate * self._frame, self._frame, 16)
        return (
            b"RIFF"
            + struct.pack("<I", 36 + body)
            + b"WAVEfmt "
            + struct.pack("<I", 16)
            + form
            + b"data"
            + struct.pack("<I", body)
        )


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The first and last byte that a Range header asks for; None: the whole file, as for what is no
    single range of bytes. Raises `OutOfRange`."""
    asked = _ONE_RANGE.fullmatch((header or "").replace(" ", ""))
    if asked is None or asked[1] == asked[2] == "":
        return None
    if asked[1] == "":  # the last so many bytes
        first, last = max(size - int(asked[2]), 0), size - 1
    else:
        first, last = int(asked[1]), min(int(asked[2]), size - 1) if asked[2] else size - 1
    if first >= size or (asked[1] == "" and int(asked[2]) == 0):
        raise OutOfRange(f"the sound has {size} bytes")
    return None if last < first else (first, last)
