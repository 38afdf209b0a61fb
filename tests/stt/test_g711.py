"""µ-law and A-law, bit for bit as the standard has them."""

from __future__ import annotations

import numpy as np
import pytest

from stt.g711 import decode_alaw, decode_mulaw, encode_alaw, encode_mulaw

ALL = np.arange(-32_768, 32_768, dtype=np.int16)


# Values of the tables in ITU-T G.711: code, linear value.
@pytest.mark.parametrize(
    ("code", "value"),
    [(0x00, -32124), (0x80, 32124), (0xFF, 0), (0x7F, 0), (0x8F, 16764), (0x2A, -5372), (0xF0, 120)],
)
def test_mulaw_has_the_values_of_the_standard(code: int, value: int) -> None:
    assert decode_mulaw(bytes([code]))[0] == value


@pytest.mark.parametrize(
    ("code", "value"), [(0x55, -8), (0xD5, 8), (0x2A, -32256), (0xAA, 32256), (0x00, -5504), (0x80, 5504)]
)
def test_alaw_has_the_values_of_the_standard(code: int, value: int) -> None:
    assert decode_alaw(bytes([code]))[0] == value


@pytest.mark.parametrize(("encode", "decode"), [(encode_mulaw, decode_mulaw), (encode_alaw, decode_alaw)])
def test_every_code_survives_decoding_and_encoding(encode, decode) -> None:
    linear = decode(bytes(range(256)))
    assert (decode(encode(linear)) == linear).all()


@pytest.mark.parametrize(("encode", "decode"), [(encode_mulaw, decode_mulaw), (encode_alaw, decode_alaw)])
def test_every_sample_comes_back_within_one_step(encode, decode) -> None:
    back = decode(encode(ALL)).astype(int)
    assert (np.abs(back - ALL.astype(int)) <= np.maximum(16, np.abs(ALL.astype(int)) / 16)).all()


def test_mulaw_and_alaw_equal_the_reference_where_python_has_it() -> None:
    audioop = pytest.importorskip("audioop", reason="left out of Python 3.13")
    assert encode_mulaw(ALL) == audioop.lin2ulaw(ALL.tobytes(), 2)
    assert encode_alaw(ALL) == audioop.lin2alaw(ALL.tobytes(), 2)
    assert decode_mulaw(bytes(range(256))).tobytes() == audioop.ulaw2lin(bytes(range(256)), 2)
    assert decode_alaw(bytes(range(256))).tobytes() == audioop.alaw2lin(bytes(range(256)), 2)
