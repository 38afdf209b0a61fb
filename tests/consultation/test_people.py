"""Names, roles, passwords and waiting, without a store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consultation.errors import BadInput
from consultation.people import account_name, check_password, checked_roles, password_bytes, wait_after
from consultation.types import Role


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Kim", "kim"),
        (" kim.sangdam@city ", "kim.sangdam@city"),
        ("김상담", "김상담"),
        ("\u1100\u1175\u11b7", "김"),
        ("ＫＩＭ", "kim"),
    ],
)
def test_a_name_has_one_spelling(typed: str, name: str) -> None:
    assert account_name(typed) == name


@pytest.mark.parametrize("typed", ["", " ", ".kim", "kim lee", "a/b", "x" * 65, "a\nb", "<b>", "\ud800"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        account_name(typed)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "가을 하늘 공활한데", "체험용-비밀번호-둘", "9f8A!kq2Lz"]
)
def test_a_long_password_is_accepted_whatever_its_characters(password: str) -> None:
    assert check_password(password, "kim") is None


@pytest.mark.parametrize(
    "password", ["", "short", "a" * 20, "abababababab", "QWERTYUIOP", "x" * 129, "my-kim-word-1"]
)
def test_a_password_that_is_guessed_early_is_refused(password: str) -> None:
    with pytest.raises(BadInput):
        check_password(password, "kim")


def test_hangul_from_any_keyboard_is_one_password() -> None:
    assert password_bytes("\u1100\u1161") == password_bytes("가")


def test_roles_are_known_and_at_least_one() -> None:
    assert checked_roles(["agent", Role.LEAD]) == {Role.AGENT, Role.LEAD}
    for roles in ([], ["king"], ["AGENT"]):
        with pytest.raises(BadInput, match="agent"):
            checked_roles(roles)


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 9, 10, 11, 10_000)]
    assert waits == [0, 0, 30, 60, 120, 480, 900, 900, 900]
    assert wait_after(10**9) == timedelta(minutes=15)
