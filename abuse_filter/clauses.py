"""Cuts a turn into clauses at Korean endings, so that the one to blame can be hidden alone. Pure."""

from __future__ import annotations

import re

# a clause ends after punctuation, or after a word with a final or a loose connective ending
_END = re.compile(
    r"[^\s.?!…]*(?:[가-힣](?:요|니다|니까|세요|시오|죠|거든|는데|은데|라고|더라|든지|다|야|냐|네|지|해|봐|줘|라)"
    r"(?=\s|$)|[.?!…]+)"
)
_SHORTEST = 6  # characters; shorter pieces go with what follows


def clauses(text: str) -> list[tuple[int, int]]:
    """Character spans of the clauses, in order, without the space around them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.end() - start >= _SHORTEST:
            spans.append((start, match.end()))
            start = match.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return [(s + len(piece) - len(piece.lstrip()), e) for s, e in spans if (piece := text[s:e]).strip()]
