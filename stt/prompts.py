"""Pure: what of a prompt fits. Whisper reads 223 tokens before the sound; most terms first."""

from __future__ import annotations

from collections.abc import Callable

PROMPT = 223  # tokens: half of the decoder's 448 places, less the mark that a prompt begins


def fitting(prompt: str, count: Callable[[str], int], most: int = PROMPT) -> str:
    """The longest beginning of whole words within `most` tokens; `count` says how many tokens a text has.

    The terms that matter most come first, so the end is what goes. (Whisper itself would keep the end.)
    """
    words = prompt.split()
    if count(" ".join(words)) <= most:
        return " ".join(words)
    fits, fails = 0, len(words)  # as many words fit, as many do not
    while fails - fits > 1:
        middle = (fits + fails) // 2
        if count(" ".join(words[:middle])) <= most:
            fits = middle
        else:
            fails = middle
    return " ".join(words[:fits]).rstrip(",;·/")


def estimate(text: str) -> int:
    """Tokens of a text without a tokenizer, rather too many: Korean terms cost 1.1 tokens a syllable."""
    return len(text) * 5 // 4 + 1
