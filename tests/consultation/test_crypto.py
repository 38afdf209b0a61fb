"""Seals open with the right key in the right place, and the master key is made once."""

from __future__ import annotations

import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.crypto import blind_index, derive, load_master_key, new_key, seal, unseal
from consultation.errors import BadSetting, NotReady
from consultation.settings import Settings

KEY = new_key()


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_a_seal_opens_to_what_was_put_in(words: bytes, place: bytes) -> None:
    sealed = seal(KEY, words, place)
    assert unseal(KEY, sealed, place) == words
    assert len(sealed) == len(words) + 28


def test_the_same_words_look_different_each_time() -> None:
    assert seal(KEY, b"words", b"") != seal(KEY, b"words", b"")


def test_no_flipped_bit_other_key_or_other_place_opens_a_seal() -> None:
    sealed = seal(KEY, "홍길동".encode(), b"call:1")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotReady):
            unseal(KEY, bytes(changed), b"call:1")
    for key, data, place in (
        (new_key(), sealed, b"call:1"),
        (KEY, sealed, b"call:2"),
        (KEY, sealed[:-1], b"call:1"),
        (KEY, sealed[:5], b"call:1"),
        (KEY, b"", b"call:1"),
    ):
        with pytest.raises(NotReady, match="does not open"):
            unseal(key, data, place)


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len({KEY, derive(KEY, "wrap"), derive(KEY, "index"), derive(new_key(), "wrap")}) == 4
    assert derive(KEY, "wrap") == derive(KEY, "wrap")
    assert len(derive(KEY, "wrap")) == 32


def test_a_blind_index_meets_equal_values_only() -> None:
    assert blind_index(KEY, "phone", "010-0000-1234") == blind_index(KEY, "phone", "010-0000-1234")
    others = {
        blind_index(KEY, "phone", "010-0000-1234"),
        blind_index(KEY, "phone", "010-0000-1235"),
        blind_index(KEY, "name", "010-0000-1234"),
        blind_index(new_key(), "phone", "010-0000-1234"),
    }
    assert len(others) == 4
    assert not any("0000" * 2 in index for index in others)


def test_the_key_of_the_settings_counts(tmp_path: Path) -> None:
    text = base64.b64encode(KEY).decode()
    assert load_master_key(Settings(home=tmp_path, master_key=text)) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["x", "not base64!", base64.b64encode(b"k" * 31).decode(), "가" * 44])
def test_a_setting_that_is_no_key_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_MASTER_KEY") as caught:
        load_master_key(Settings(home=tmp_path, master_key=text))
    assert len(text) < 5 or text not in str(caught.value)


def test_a_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    key = load_master_key(Settings(home=home))
    assert load_master_key(Settings(home=home)) == key
    (file,) = home.iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("master.key", 0o600)


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from consultation.crypto import load_master_key; "
        "from consultation.settings import Settings; "
        "print(load_master_key(Settings(home=pathlib.Path(sys.argv[1]))).hex())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    keys = {process.communicate(timeout=120)[0] for process in processes}
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_a_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    load_master_key(Settings(home=tmp_path))
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(NotReady, match="chmod 600"):
        load_master_key(Settings(home=tmp_path))


@pytest.mark.parametrize("content", [b"", b"half a key", b"\xff\xfe", b"A" * 44])
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(NotReady, match=r"master\.key"):
        load_master_key(Settings(home=tmp_path))
    assert file.read_bytes() == content


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotReady, match="SANGDAM_MASTER_KEY"):
        load_master_key(Settings(home=tmp_path / "file" / "home"))
