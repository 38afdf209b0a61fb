"""What every store knows of people, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from consultation.errors import BadInput, Conflict, NotSignedIn, Unknown
from consultation.store import Store, open_store
from consultation.types import Role

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
RIGHT = "가을 하늘 공활한데"
WRONG = "겨울 바다 공활한데"


@pytest.fixture
def kim(store: Store) -> str:
    store.people.add("Kim", "김상담", [Role.AGENT, Role.LEAD], RIGHT)
    return "kim"


def everything_in(store: Store, table: str) -> str:
    with store.database.reading() as tx:
        return repr(tx.exec_driver_sql(f"select * from {table}").all())


def test_a_person_signs_in_with_the_right_password_only(store: Store, kim: str) -> None:
    person = store.people.verify("KIM", RIGHT)
    assert person is not None
    assert (person.name, person.display_name, person.roles) == ("kim", "김상담", {Role.AGENT, Role.LEAD})
    assert store.people.get("kim") == person
    assert list(store.people.list()) == [person]
    for name, password in (("kim", WRONG), ("kim", ""), ("lee", RIGHT), ("", RIGHT), ("a\x00'", RIGHT)):
        assert store.people.verify(name, password) is None


def test_a_password_means_the_same_in_every_unicode_form(store: Store, kim: str) -> None:
    import unicodedata

    assert store.people.verify("kim", unicodedata.normalize("NFD", RIGHT)) is not None


def test_no_password_is_kept_in_clear(store: Store, kim: str) -> None:
    kept = everything_in(store, "people")
    assert RIGHT not in kept
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept


def test_a_name_is_taken_once(store: Store, kim: str) -> None:
    with pytest.raises(Conflict, match="exists"):
        store.people.add("KIM", "다른 김", [Role.AGENT], RIGHT)


@pytest.mark.parametrize(
    ("name", "roles", "password"),
    [
        ("", ["agent"], RIGHT),
        ("a b", ["agent"], RIGHT),
        ("lee", [], RIGHT),
        ("lee", ["king"], RIGHT),
        ("lee", ["agent"], "짧다"),
        ("lee", ["agent"], "aaaaaaaaaaaa"),
        ("lee", ["agent"], "my lee password"),
    ],
)
def test_a_bad_account_is_refused(store: Store, name: str, roles: list[str], password: str) -> None:
    with pytest.raises(BadInput) as caught:
        store.people.add(name, "이상담", roles, password)
    assert password not in str(caught.value)
    assert list(store.people.list()) == []


def test_an_unknown_account_is_unknown(store: Store) -> None:
    for ask in (
        lambda: store.people.get("lee"),
        lambda: store.people.disable("lee"),
        lambda: store.people.enable("lee"),
        lambda: store.people.set_password("lee", RIGHT),
        lambda: store.people.set_roles("lee", ["agent"]),
        lambda: store.people.open_session("lee"),
    ):
        with pytest.raises(Unknown):
            ask()


def test_five_failures_make_everybody_with_that_name_wait(store: Store, kim: str) -> None:
    for _ in range(5):
        assert store.people.wait("kim", at=NOW) == timedelta(0)
        assert store.people.verify("kim", WRONG, at=NOW) is None
    assert store.people.wait("KIM", at=NOW) == timedelta(seconds=30)
    assert store.people.verify("kim", RIGHT, at=NOW + timedelta(seconds=29)) is None
    assert store.people.verify("kim", WRONG, at=NOW + timedelta(seconds=31)) is None
    assert store.people.wait("kim", at=NOW + timedelta(seconds=31)) == timedelta(seconds=60)
    later = NOW + timedelta(seconds=92)
    assert store.people.verify("kim", RIGHT, at=later) is not None
    assert store.people.wait("kim", at=later) == timedelta(0)


def test_a_name_that_does_not_exist_waits_alike(store: Store) -> None:
    for _ in range(5):
        store.people.verify("nobody", WRONG, at=NOW)
    assert store.people.wait("nobody", at=NOW) == timedelta(seconds=30)


def test_what_is_typed_into_the_name_field_is_not_kept(store: Store) -> None:
    store.people.verify("비밀번호를잘못친사람", WRONG)
    kept = everything_in(store, "attempts")
    assert "비밀번호" not in kept
    assert len(kept) > 10


def test_guesses_made_at_once_are_all_counted(store: Store, kim: str) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: store.people.verify("kim", WRONG, at=NOW), range(10)))
    assert store.people.wait("kim", at=NOW) > timedelta(0)
    assert store.people.verify("kim", RIGHT, at=NOW) is None


def test_failures_are_shared_between_workers(
    store: Store, kim: str, store_url: str, master_key: bytes
) -> None:
    other = open_store(store_url, master_key=master_key)
    for number in range(5):
        (store if number % 2 else other).people.verify("kim", WRONG, at=NOW)
    assert other.people.verify("kim", RIGHT, at=NOW) is None
    other.close()


def test_old_failures_are_forgotten(store: Store, kim: str) -> None:
    for _ in range(4):
        store.people.verify("kim", WRONG, at=NOW)
    store.people.verify("kim", WRONG, at=NOW + timedelta(hours=25))
    assert store.people.wait("kim", at=NOW + timedelta(hours=25)) == timedelta(0)


def test_a_session_lasts_while_it_is_used(store: Store, kim: str) -> None:
    idle = timedelta(minutes=15)
    token = store.people.open_session("kim", idle=idle, at=NOW)
    assert len(token) >= 43  # 256 bits
    for minutes in (10, 20, 30):
        session = store.people.session(token, at=NOW + timedelta(minutes=minutes))
        assert session is not None
        assert (session.person.name, session.opened_at) == ("kim", NOW)
    assert store.people.session(token, at=NOW + timedelta(minutes=46)) is None


def test_a_look_that_does_not_renew_leaves_the_session_to_end(store: Store, kim: str) -> None:
    token = store.people.open_session("kim", idle=timedelta(minutes=15), at=NOW)
    for minutes in (5, 10, 14):
        session = store.people.session(token, renew=False, at=NOW + timedelta(minutes=minutes))
        assert session is not None
        assert session.seen_at == NOW
    assert store.people.session(token, renew=False, at=NOW + timedelta(minutes=15)) is None
    assert store.people.session(token, at=NOW + timedelta(minutes=15)) is None


def test_a_token_is_kept_only_as_its_hash(store: Store, kim: str) -> None:
    token = store.people.open_session("kim")
    assert token not in everything_in(store, "sessions")
    for stranger in ("", "x", token[:-1], token + "x", "토큰\ud800"):
        assert store.people.session(stranger) is None
    assert store.people.session(token) is not None


def test_signing_out_closes_one_session(store: Store, kim: str) -> None:
    one, two = store.people.open_session("kim"), store.people.open_session("kim")
    store.people.close_session(one)
    store.people.close_session(one)
    assert store.people.session(one) is None
    assert store.people.session(two) is not None


def test_a_new_password_closes_all_sessions_and_ends_the_waiting(store: Store, kim: str) -> None:
    token = store.people.open_session("kim")
    for _ in range(5):
        store.people.verify("kim", WRONG)
    store.people.set_password("kim", "새 비밀번호는 더 길다")
    assert store.people.session(token) is None
    assert store.people.verify("kim", RIGHT) is None
    assert store.people.verify("kim", "새 비밀번호는 더 길다") is not None


def test_a_disabled_person_is_out_at_once(store: Store, kim: str) -> None:
    token = store.people.open_session("kim")
    store.people.disable("kim")
    assert store.people.session(token) is None
    assert store.people.verify("kim", RIGHT) is None
    assert store.people.get("kim").is_disabled
    with pytest.raises(NotSignedIn):
        store.people.open_session("kim")
    store.people.enable("kim")
    assert store.people.verify("kim", RIGHT) is not None


def test_other_roles_count_from_the_next_request_on(store: Store, kim: str) -> None:
    token = store.people.open_session("kim")
    store.people.set_roles("kim", [Role.QUALITY])
    session = store.people.session(token)
    assert session is not None
    assert session.person.roles == {Role.QUALITY}
