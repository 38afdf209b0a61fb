"""Korean text as search, filter and error rates must share it.

Every text from outside passes `clean` once, at the door; everything behind it may assume NFC,
no invisible characters and a bounded length.
"""

from __future__ import annotations

import re
import unicodedata

from consultation.errors import BadInput

MAX_TURN = 200_000  # characters kept of one turn; a minute of speech has about 400

# Zero-width, bidi controls, soft hyphen, BOM, variation selectors, tags: they hide or reorder text
# and no citizen types them on purpose.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_BREAKS = re.compile(r"\r\n|[\r\u2028\u2029]")


def clean(text: str, *, limit: int = MAX_TURN) -> str:
    """NFC, without NUL, lone surrogates and invisible characters, spaces folded, at most `limit` long.

    Cutting is deliberate: a longer turn is kept up to the limit, never refused, because a call
    must not fail over one message. Line breaks stay.
    """
    text = text[: limit * 3]  # NFD needs up to three code points a syllable
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", _LINE_BREAKS.sub("\n", text))
    return text.strip()[:limit].rstrip()


def squeeze(text: str) -> str:
    """Only letters and digits, lower case: for comparing Korean whose spacing nobody agrees on."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters within each run of letters and digits.

    Bigrams cross no space, but see through glued particles ("여권을" still shares "여권").
    """
    pairs: list[str] = []
    for run in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower()):
        if len(run) == 1:
            pairs.append(run)
        pairs.extend(run[i : i + 2] for i in range(len(run) - 1))
    return pairs


class NotText(BadInput):
    """A file in neither UTF-8 nor CP949; `line` counts from 1 and holds the first byte of neither."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def decode(data: bytes, where: str) -> str:
    """Bytes of a Korean text file: UTF-8 with or without BOM, else CP949 (Excel's default).

    Raises `NotText`.
    """
    offset = 0
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            offset = max(offset, error.start)  # the encoding that got further is the one that was meant
    line = data[:offset].count(b"\n") + 1
    raise NotText(
        f"{where}, line {line}: neither UTF-8 nor CP949 (byte {offset}); save the file as CSV UTF-8", line
    )
