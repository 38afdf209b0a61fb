"""Sealing words so that only the holder of a key reads them.

AES-256-GCM throughout (NIST SP 800-38D). The master key seals nothing but data keys; a subject's
words are sealed with its own data key, so deleting that one key makes them unreadable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from consultation.errors import BadSetting, NotReady
from consultation.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12  # random; a data key seals a few hundred texts, far below the 2**32 of SP 800-38D
KEY_FILE = "master.key"


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derive(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose (HKDF-Expand, RFC 5869), so that no key does two jobs."""
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=f"sangdam/{purpose}/1".encode()).derive(key)


def seal(key: bytes, words: bytes, bound_to: bytes) -> bytes:
    """Encrypt: nonce, ciphertext and tag in one. Opens only with the same key and `bound_to`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, words, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypt what `seal` made. Raises `NotReady` for another key, another place or a changed byte."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise NotReady(
            "a sealed text does not open: the master key is another one, or the row was changed; "
            "set SANGDAM_MASTER_KEY (or the key file) back to the key it was written with"
        ) from None


def blind_index(key: bytes, purpose: str, value: str) -> str:
    """HMAC-SHA256 in hex: equal values meet without being kept in clear."""
    return hmac.new(
        derive(key, f"index/{purpose}"), value.encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()


def load_master_key(settings: Settings) -> bytes:
    """The 32 bytes of `SANGDAM_MASTER_KEY`, or of the key file under home, made when there is none.

    Raises `BadSetting` when the setting is no key, `NotReady` when the file is damaged, open to
    other users, or cannot be made.
    """
    if settings.master_key:
        return _decoded(settings.master_key, "SANGDAM_MASTER_KEY")
    path = settings.home / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise NotReady(
            f"{path}: the key file cannot be read or made ({reason}); mend its permissions, "
            "or set SANGDAM_MASTER_KEY to the base64 of 32 bytes"
        ) from None
    if mode & 0o077:
        raise NotReady(f"{path}: other users may open the key file; run: chmod 600 {path}")
    return _decoded(text.strip(), str(path))


def _make(path: Path) -> None:
    """Write the key aside and link it into place: two processes that start together agree on one
    key, and no one ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(base64.b64encode(new_key()) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first: its key counts
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) == KEY_BYTES:
        return key
    kind = BadSetting if where.startswith("SANGDAM_") else NotReady
    raise kind(f"{where}: not the base64 of 32 bytes; make one with: openssl rand -base64 32")
