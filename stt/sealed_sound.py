"""The sound of one call on disk: a folder of sealed pieces of five seconds, on a fixed grid.

Piece k holds seconds 5k to 5k + 5; one that is missing is silence. Each is Opus, sealed with the
recording's key to its place in its call, so that none can be moved, swapped or read without the key.

    000012.opus = "SGR1", uint32 samples of each channel, nonce, ciphertext, tag
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from consultation.crypto import seal, unseal
from consultation.errors import NotReady
from stt import opus
from stt.audio import RATE, Samples

PIECE = 5 * RATE  # samples of each channel
_MAGIC = b"SGR1"
_HEAD = struct.Struct("<4sI")
_NAME = re.compile(r"\d{6}\.opus")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a folder holds."""

    seconds: float
    size: int  # bytes
    digest: str  # SHA-256 in hex over its pieces in order; "" of none


@dataclass(frozen=True, slots=True)
class SealedSound:
    """The folder of one call's sound and the key to it."""

    folder: Path
    conversation_id: str
    key: bytes

    def merge(self, number: int, samples: Samples) -> None:
        """Add sound to a piece: int16, shape (n, channels), n ≤ `PIECE`, from its beginning.

        The piece is replaced whole or not at all. Raises OSError where the disk does not take it.
        """
        try:
            before = self.piece(number)
        except FileNotFoundError:
            joined = samples
        else:
            length = max(len(before), len(samples))
            sums = np.zeros((length, samples.shape[1]), dtype=np.int32)
            sums[: len(before)] += before
            sums[: len(samples)] += samples
            joined = np.clip(sums, -32_768, 32_767).astype(np.int16)
        head = _HEAD.pack(_MAGIC, len(joined))
        self._replace(number, head + seal(self.key, opus.encode(joined), self._place(number, len(joined))))

    def piece(self, number: int) -> Samples:
        """int16, shape (n, channels). Raises FileNotFoundError, or `NotReady` for one that was changed."""
        data = (self.folder / _name(number)).read_bytes()
        if len(data) < _HEAD.size or data[:4] != _MAGIC:
            raise NotReady(f"{self.folder / _name(number)}: damaged; put it back from a backup")
        count = _HEAD.unpack_from(data)[1]
        return opus.decode(unseal(self.key, data[_HEAD.size :], self._place(number, count)))[:count]

    def read(self, start: float, end: float, channels: int = 2) -> Samples:
        """Seconds `start` to `end`, int16, shape (n, channels), 16 kHz; nothing after the last sound."""
        first = max(0, round(start * RATE))
        last = min(round(end * RATE), round(seconds_of(self.folder) * RATE))
        out = np.zeros((max(0, last - first), channels), dtype=np.int16)
        for number in range(first // PIECE, -(-last // PIECE)):
            try:
                piece = self.piece(number)
            except FileNotFoundError:
                continue
            begin = number * PIECE
            low, high = max(first, begin), min(last, begin + len(piece))
            if low < high:
                out[low - first : high - first] = piece[low - begin : high - begin]
        return out

    def _place(self, number: int, count: int) -> bytes:
        return f"{self.conversation_id}/recording/{number}/{count}".encode()

    def _replace(self, number: int, data: bytes) -> None:
        draft = self.folder / f".{number:06d}.{secrets.token_hex(4)}"
        try:
            with draft.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.folder / _name(number))
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def measure(folder: Path) -> Measured:
    """Length, size and digest of what is in the folder; nothing is decrypted."""
    digest, size = hashlib.sha256(), 0
    pieces = _pieces(folder)
    for path in pieces:
        data = path.read_bytes()
        digest.update(data)
        size += len(data)
    return Measured(seconds_of(folder), size, digest.hexdigest() if pieces else "")


def seconds_of(folder: Path) -> float:
    """Where the last sound in the folder ends."""
    pieces = _pieces(folder)
    if not pieces:
        return 0.0
    with pieces[-1].open("rb") as file:
        head = file.read(_HEAD.size)
    count = _HEAD.unpack(head)[1] if len(head) == _HEAD.size else 0
    return (int(pieces[-1].stem) * PIECE + min(PIECE, count)) / RATE


def _pieces(folder: Path) -> list[Path]:
    """In order of time."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _name(number: int) -> str:
    return f"{number:06d}.opus"
