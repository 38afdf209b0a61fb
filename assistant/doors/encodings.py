"""The names under which telephone systems announce the encoding of sound, and how each is decoded."""

from __future__ import annotations

import re

import numpy as np

from consultation.errors import BadInput
from stt.audio import Samples
from stt.g711 import decode_alaw, decode_mulaw

RATES = (8_000, 16_000)  # samples a second that can be heard

_MULAW = frozenset({"mulaw", "ulaw", "pcmu", "basic", "g711u", "g711ulaw", "g711mulaw"})
_ALAW = frozenset({"alaw", "pcma", "g711a", "g711alaw"})
_LINEAR = frozenset({"l16", "raw", "pcm", "pcm16", "pcm16le", "linear", "linear16", "lpcm", "slin", "s16le", "base64"})  # fmt: skip


class Decoder:
    """Bytes of one encoding to int16. Remembers the byte order of linear sound, which names leave open."""

    def __init__(self, name: str) -> None:
        """`name` as announced: audio/x-mulaw, PCMU, L16, audio/l16;rate=16000 … Raises BadInput."""
        bare = re.sub(r"[-_.\s]", "", name.lower().split(";")[0].split("/")[-1].removeprefix("x-"))
        if bare in _MULAW:
            self.width = 1  # bytes of a sample
        elif bare in _ALAW:
            self.width = 1
        elif bare in _LINEAR:
            self.width = 2
        else:
            raise BadInput(
                f"sound encoded as {name[:40]!r} cannot be heard; choose µ-law (PCMU), A-law (PCMA) or linear 16 bit"
            )
        self._alaw = bare in _ALAW
        self._rough = [0, 0]  # how much neighbouring samples differ, little and big endian

    def decode(self, data: bytes) -> Samples:
        """int16, shape (n,). Raises BadInput where a sample is incomplete."""
        if self.width == 1:
            return decode_alaw(data) if self._alaw else decode_mulaw(data)
        if len(data) % 2:
            raise BadInput(f"{len(data)} bytes are no whole 16-bit samples")
        little = np.frombuffer(data, dtype="<i2")
        big = np.frombuffer(data, dtype=">i2")
        # Sound is smooth; read in the wrong byte order it is noise. RTP's L16 is big endian, others are not.
        for order, samples in enumerate((little, big)):
            self._rough[order] += int(np.abs(np.diff(samples.astype(np.int32))).sum())
        return (big if self._rough[1] < self._rough[0] else little).astype(np.int16)


def sample_rate(value: object) -> int:
    """Samples a second as announced, a number or its text; raises BadInput for what cannot be heard."""
    try:
        rate = int(str(value))
    except ValueError:
        raise BadInput("the sample rate is no number; send 8000 or 16000") from None
    if rate not in RATES:
        raise BadInput(f"sound at {rate} Hz cannot be heard; choose 8000 or 16000")
    return rate
