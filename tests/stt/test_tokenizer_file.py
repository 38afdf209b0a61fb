"""The rebuilt tokenizer writes the same tokens as the one it was rebuilt from."""

from __future__ import annotations

import json
import random

import pytest

from consultation.bundled import bundled
from tests.required import library

library("whisper", extra="whisper")

from tokenizers import Tokenizer  # noqa: E402
from whisper.tokenizer import get_tokenizer  # noqa: E402

from stt.tokenizer_file import token_texts, tokenizer_json, unspoken_tokens, whisper_vocabulary  # noqa: E402

SIZE = 51_865


@pytest.fixture(scope="module")
def rebuilt() -> Tokenizer:
    return Tokenizer.from_str(tokenizer_json(SIZE))


def _texts() -> list[str]:
    dice = random.Random(1)
    texts = [
        "it's DON'T we'll  two   spaces  ",
        "Seoul, 2024-03-15 02-731-2120",
        "\n\n\t",
        "ㅋㅋㅋ ㅠㅠ",
        "👩‍👩‍👧 é e\u0301",
    ]
    for line in (bundled("samples") / "consultations.jsonl").read_text("utf-8").splitlines():
        for turn in json.loads(line)["turns"]:
            texts += [turn["text"], " " + turn["text"]]
    syllables = [chr(code) for code in range(0xAC00, 0xD7A4)]
    signs = "0123456789-., 원층호번지abcXYZ'\"\n\t!?()%"
    for letters in (syllables, signs, [*syllables[::50], *signs]):
        texts += ["".join(dice.choices(letters, k=dice.randrange(1, 30))) for _ in range(1500)]
    return texts


def test_ids_agree_on_thousands_of_korean_english_and_number_texts(rebuilt: Tokenizer) -> None:
    original = get_tokenizer(True, language="ko", task="transcribe")
    texts = _texts()
    assert len(texts) > 4_500
    differing = [t for t in texts if original.encode(t) != rebuilt.encode(t, add_special_tokens=False).ids]
    assert differing == []
    assert [t for t in texts if rebuilt.decode(original.encode(t)) != t] == []


def test_special_tokens_keep_their_numbers(rebuilt: Tokenizer) -> None:
    _, special = whisper_vocabulary(SIZE)
    assert {name: rebuilt.token_to_id(name) for name in special} == special
    assert rebuilt.token_to_id("<|ko|>") == 50_264


def test_half_a_syllable_is_shown_as_incomplete(rebuilt: Tokenizer) -> None:
    tokens = rebuilt.encode("뷁", add_special_tokens=False).ids
    assert len(tokens) > 1
    assert rebuilt.decode(tokens[:1]).endswith("\ufffd")


@pytest.mark.parametrize(("size", "languages"), [(51_864, 99), (51_865, 99), (51_866, 100)])
def test_every_size_has_a_name_for_every_row(size: int, languages: int) -> None:
    ranks, special = whisper_vocabulary(size)
    texts = token_texts(ranks, special, size)
    assert len(texts) == len(set(texts)) == size
    assert not [text for text in texts if text.startswith("<|unused")]
    assert special["<|translate|>"] - special["<|startoftranscript|>"] - 1 == languages
    assert max(unspoken_tokens(size)) < size
