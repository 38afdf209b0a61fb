"""The tokens that occur while training: 5 % of Whisper's 51,865, which makes each step much cheaper.

Every byte is among them, so that any text can be spelled. `models.whisper.export` puts the trained rows
back into Whisper's full table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from whisper.tokenizer import get_tokenizer

_OTHERS = 51_765  # entries of a multilingual table that are not languages, but for one
_SYLLABLE = re.compile(r" ?\S| ")  # with the space before it
JAMO = 69  # classes of the CTC head: blank, 19 initials, 21 medials, 27 finals, one unused


class Vocabulary:
    """Whisper's tokenizer over the tokens that are trained. Token numbers are places in `tokens`."""

    def __init__(self, tokens: Sequence[int], size: int = 51_865, by_syllable: bool = False) -> None:
        """`tokens`: Whisper's own numbers, ascending; `size`: entries of Whisper's whole table.

        `by_syllable`: each syllable is encoded by itself. Any engine reads that; a small model learns half as
        many tokens, each of which sounds like what it says.
        """
        self.tokens = tuple(tokens)
        self.size = size
        self.by_syllable = by_syllable
        self._known: dict[str, list[int]] = {}
        self._place = {token: place for place, token in enumerate(self.tokens)}

    @classmethod
    def of(cls, texts: Iterable[str], size: int = 51_865, by_syllable: bool = False) -> Vocabulary:
        """The special tokens, every byte, and what these texts need."""
        whole = cls((), size, by_syllable)
        special = whole._whisper
        seen = {special.eot, special.sot_prev, *whole._prefix, *range(256)}
        for text in texts:
            seen.update(whole._tokens(text))
        return cls(sorted(seen), size, by_syllable)

    def _tokens(self, text: str) -> list[int]:
        """Whisper's numbers of " " + text."""
        if not self.by_syllable:
            return list(self._whisper.encode(" " + text))
        return [token for part in _SYLLABLE.findall(" " + text) for token in self._of_part(part)]

    def _of_part(self, part: str) -> list[int]:
        if part not in self._known:
            self._known[part] = self._whisper.encode(part)
        return self._known[part]

    @cached_property
    def _whisper(self) -> Any:
        return get_tokenizer(True, num_languages=self.size - _OTHERS - 1, language="ko", task="transcribe")

    @property
    def _prefix(self) -> tuple[int, ...]:
        return (*self._whisper.sot_sequence, self._whisper.no_timestamps)

    @property
    def prefix(self) -> list[int]:
        """Start, Korean, transcribe, no timestamps: all four, as every engine sends them."""
        return [self._place[token] for token in self._prefix]

    @property
    def end(self) -> int:
        """The token that ends a text."""
        return self._place[self._whisper.eot]

    @property
    def previous(self) -> int:
        """The token before a prompt."""
        return self._place[self._whisper.sot_prev]

    def encode(self, text: str) -> list[int]:
        """A text with the space before it that Whisper expects. Tokens that are not trained are spelled in bytes."""
        if not text:
            return []
        whisper = self._whisper
        places: list[int] = []
        for token in self._tokens(text):
            if token in self._place:
                places.append(self._place[token])
            else:
                spelled = whisper.encoding.decode_single_token_bytes(token)
                places += [self._place[whisper.encoding.encode_single_token(bytes([b]))] for b in spelled]
        return places

    def decode(self, places: Iterable[int]) -> str:
        """The text, special tokens left out."""
        tokens = [self.tokens[place] for place in places]
        return str(self._whisper.decode([t for t in tokens if t < self._whisper.eot])).strip()

    def characters(self, places: Sequence[int]) -> list[tuple[int, int]]:
        """For each token the characters of the decoded text it has a part in: first, one after the last."""
        spans, content = [], b""
        for place in places:
            first = len(content.decode("utf-8", "ignore"))
            content += self._whisper.encoding.decode_single_token_bytes(self.tokens[place])
            spans.append((first, max(first + 1, len(content.decode("utf-8", "replace")))))
        return spans


def jamo(text: str) -> list[int]:
    """Letters of the syllables as classes of the CTC head, the silent initial ㅇ left out."""
    letters: list[int] = []
    for syllable in text:
        code = ord(syllable) - 0xAC00
        if 0 <= code < 11_172:
            initial, rest = divmod(code, 588)
            medial, final = divmod(rest, 28)
            if initial != 11:
                letters.append(1 + initial)
            letters.append(20 + medial)
            if final:
                letters.append(41 + final)
    return letters
