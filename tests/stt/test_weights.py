"""Alignment heads of OpenAI's own files are known by their digest."""

from __future__ import annotations

import pytest

from stt.weights import official_heads
from tests.required import library

whisper = library("whisper", extra="whisper")
TINY = [(2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)]  # as transformers lists them for whisper-tiny


def digest(name: str) -> str:
    return str(whisper._MODELS[name].split("/")[-2])


def test_the_heads_of_an_official_file_are_known() -> None:
    assert official_heads(digest("tiny")) == TINY


@pytest.mark.parametrize("name", ["base", "small", "medium", "large-v3", "turbo"])
def test_the_heads_of_every_size_are_within_its_layers(name: str) -> None:
    layers, heads = {
        "base": (6, 8),
        "small": (12, 12),
        "medium": (24, 16),
        "large-v3": (32, 20),
        "turbo": (4, 20),
    }[name]
    found = official_heads(digest(name))
    assert found
    assert all(layer < layers and head < heads for layer, head in found)


def test_of_another_file_nothing_is_known() -> None:
    assert official_heads("0" * 64) is None
