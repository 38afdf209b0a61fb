"""Whisper's tokenizer as a `tokenizer.json`, rebuilt from the ranks that openai-whisper carries.

tiktoken keeps the rank of each token, the `tokenizers` library the pair of tokens each one was merged
from. The pair is what byte-pair encoding with all lower ranks leaves of a token's bytes.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from consultation.errors import MissingExtra

SIZES = (51_864, 51_865, 51_866)  # rows of Whisper's vocabularies: English, multilingual, and since large-v3


def whisper_vocabulary(size: int) -> tuple[dict[bytes, int], dict[str, int]]:
    """Tokens of text (bytes to id) and special tokens (name to id) of a model with `size` (of `SIZES`) rows."""
    encoding = _tokenizer(size).encoding
    return dict(encoding._mergeable_ranks), dict(encoding._special_tokens)


def unspoken_tokens(size: int) -> list[int]:
    """Tokens that openai-whisper never writes: marks for sounds that are no speech, and most special ones."""
    tokenizer = _tokenizer(size)
    task = [tokenizer.transcribe, tokenizer.translate, tokenizer.no_speech]
    begin = [tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm]
    return sorted({*tokenizer.non_speech_tokens, *task, *begin})


def _tokenizer(size: int) -> Any:
    try:
        from whisper.tokenizer import get_tokenizer
    except ImportError:
        raise MissingExtra("openai-whisper", "whisper") from None
    multilingual = size > SIZES[0]
    return get_tokenizer(multilingual, num_languages=size - 51_765 - int(multilingual), language="en")


@cache
def tokenizer_json(size: int) -> str:
    """The file's content for a model with `size` (of `SIZES`) rows."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    ranks, special = whisper_vocabulary(size)
    letters = _byte_letters()

    def written(token: bytes) -> str:
        return "".join(letters[byte] for byte in token)

    vocabulary = {written(token): rank for token, rank in ranks.items()}
    merges: list[tuple[str, str]] = []
    for token, rank in ranks.items():
        if len(token) > 1:
            first, second = _parts(token, rank, ranks)
            merges.append((written(first), written(second)))
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [
            AddedToken(name, special=True, normalized=False)
            for name, _ in sorted(special.items(), key=lambda s: s[1])
        ]
    )
    content: dict[str, Any] = json.loads(tokenizer.to_str())
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def token_texts(ranks: dict[bytes, int], special: dict[str, int], size: int) -> list[str]:
    """All tokens in order of their ids, as CTranslate2 lists them."""
    letters = _byte_letters()
    texts = [f"<|unused{i}|>" for i in range(size)]
    for token, rank in ranks.items():
        texts[rank] = "".join(letters[byte] for byte in token)
    for name, rank in special.items():
        if rank < size:
            texts[rank] = name
    return texts


def _parts(token: bytes, rank: int, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The two tokens that one was merged from."""
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        best, at = min((ranks.get(parts[i] + parts[i + 1], rank), i) for i in range(len(parts) - 1))
        if best >= rank:
            raise ValueError(f"token {rank} is made of no two tokens before it")
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts[0], parts[1]


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable letter for each byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + i) for i, byte in enumerate(others)}
