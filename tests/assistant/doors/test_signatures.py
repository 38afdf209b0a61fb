"""Keys and signatures at the doors."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha1, sha256
from typing import Any

import pytest

from assistant.doors.signatures import Knock, Nonces, admit
from consultation.errors import NotAllowed

KEY = "a-door-key-of-the-test"
NOW = 1_800_000_000.0
PATH = "/doors/audiohook"

# The worked example of the AudioHook documentation, also a test of its reference implementation.
EXAMPLE = {
    "host": "audiohook.example.com",
    "audiohook-organization-id": "d7934305-0972-4844-938e-9060eef73d05",
    "audiohook-session-id": "30b0e395-84d3-4570-ac13-9a62d8f514c0",
    "audiohook-correlation-id": "e160e428-53e2-487c-977d-96989bf5c99d",
    "x-api-key": "SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh",
    "signature": "sig1=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:",
    "signature-input": 'sig1=("@request-target" "@authority" "audiohook-organization-id" "audiohook-session-id" "audiohook-correlation-id" "x-api-key");keyid="SGVsbG8sIEkgYW0gdGhlIEFQSSBrZXkh";nonce="VGhpc0lzQVVuaXF1ZU5vbmNl";alg="hmac-sha256";created=1641013200;expires=3282026430',
}
EXAMPLE_SECRET = "TXlTdXBlclNlY3JldEtleVRlbGxOby0xITJAMyM0JDU="
EXAMPLE_PATH = "/api/v1/voicebiometrics/ws"
EXAMPLE_NOW = 1_641_013_205.0

COVERED = ("@request-target", "@authority", "audiohook-organization-id", "audiohook-session-id", "audiohook-correlation-id", "x-api-key")  # fmt: skip


def signed(
    *,
    key: str = KEY,
    path: str = PATH,
    query: str = "",
    host: str = EXAMPLE["host"],
    covered: tuple[str, ...] = COVERED,
    **parameters: Any,
) -> dict[str, str]:
    """Headers of a request, signed as an AudioHook client does."""
    headers = {name: value for name, value in EXAMPLE.items() if not name.startswith("signature")}
    headers["host"] = host
    given = {
        "keyid": headers["x-api-key"],
        "nonce": "n" * 22,
        "alg": "hmac-sha256",
        "created": int(NOW),
        "expires": int(NOW) + 60,
    } | parameters
    lines = {"@request-target": f"{path}?{query}" if query else path, "@authority": headers["host"]} | headers
    written = "".join(
        f";{name}={value}" if isinstance(value, int) else f';{name}="{value}"'
        for name, value in given.items()
        if value is not None
    )
    inner = "(" + " ".join(f'"{name}"' for name in covered) + ")" + written
    base = "\n".join([*(f'"{name}": {lines[name]}' for name in covered), f'"@signature-params": {inner}'])
    mac = b64encode(hmac.new(key.encode(), base.encode(), sha256).digest()).decode()
    return headers | {"signature-input": f"sig1={inner}", "signature": f"sig1=:{mac}:"}


def let_in(
    headers: dict[str, str], *, path: str = PATH, now: float = NOW, key: str = KEY, **more: Any
) -> None:
    admit(Knock(headers, path, **more), key, now, Nonces())


def test_the_example_of_the_documentation_is_let_in() -> None:
    let_in(EXAMPLE, path=EXAMPLE_PATH, now=EXAMPLE_NOW, key=EXAMPLE_SECRET)


def test_our_own_signature_is_let_in_with_a_query_too() -> None:
    let_in(signed())
    let_in(signed(query="a=1&b=2"), query="a=1&b=2")


@pytest.mark.parametrize("name", [name for name in EXAMPLE if not name.startswith("signature")])
def test_a_changed_header_is_noticed(name: str) -> None:
    with pytest.raises(NotAllowed):
        let_in({**EXAMPLE, name: "another"}, path=EXAMPLE_PATH, now=EXAMPLE_NOW, key=EXAMPLE_SECRET)


def test_another_path_key_or_day_is_noticed() -> None:
    for change in ({"path": "/doors/twilio"}, {"key": "another"}, {"now": NOW + 60}, {"now": NOW - 60}):
        with pytest.raises(NotAllowed):
            let_in(signed(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"covered": COVERED[:-1]},
        {"covered": (*COVERED, "x-api-key")},
        {"alg": "rsa-pss-sha512"},
        {"keyid": "another"},
        {"created": None},
        {"expires": int(NOW) - 60},
        {"nonce": "short"},
        {"nonce": None},
    ],
    ids=str,
)
def test_a_signature_of_another_making_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        let_in(signed(**wrong))


def test_a_signature_is_used_once() -> None:
    nonces = Nonces()
    admit(Knock(signed(), PATH), KEY, NOW, nonces)
    with pytest.raises(NotAllowed, match="used before"):
        admit(Knock(signed(), PATH), KEY, NOW + 1, nonces)
    admit(Knock(signed(created=int(NOW) + 100, expires=int(NOW) + 160), PATH), KEY, NOW + 100, nonces)
    assert len(nonces.seen) == 1, "old ones are forgotten"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature", ""),
        ("signature", "sig1=:AAAA:"),
        ("signature", "sig2=:NZBwyBHRRyRoeLqy1IzOa9VYBuI8TgMFt2GRDkDuJh4=:"),
        ("signature-input", ""),
        ("signature-input", "sig1=()"),
        ("signature-input", "sig1=(" + '"a" ' * 5000 + ")"),
        ("signature-input", EXAMPLE["signature-input"].replace(" ", "  ", 1)),
    ],
)
def test_a_signature_that_cannot_be_read_is_refused_even_with_the_right_key(name: str, value: str) -> None:
    with pytest.raises(NotAllowed):
        let_in({**signed(), "x-api-key": KEY, name: value})


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer {KEY}"},
        {"authorization": "Basic " + b64encode(f"exotel:{KEY}".encode()).decode()},
        {"x-api-key": KEY},
    ],
    ids=["bearer", "lower case", "basic", "api key"],
)
def test_the_key_itself_opens_the_door(headers: dict[str, str]) -> None:
    let_in(headers)


def test_the_key_in_the_address_opens_the_door() -> None:
    admit(Knock({}, PATH, f"key={KEY}", KEY), KEY, NOW, Nonces())


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer "}, {"authorization": "Bearer x"}, {"authorization": "Basic ???"}, {"authorization": "Basic /////w=="}, {"x-api-key": ""}, {"x-api-key": "ÿ"}, {"authorization": "Digest"}],
    ids=str,
)  # fmt: skip
def test_without_the_key_the_door_stays_closed(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="key"):
        let_in(headers)


@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": ""}, {"authorization": "Bearer "}, EXAMPLE], ids=range(4)
)
def test_a_door_without_a_key_is_closed_to_everybody(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed, match="no door key"):
        let_in(headers, key="")


@pytest.mark.parametrize("address", ["wss://calls.example.com/doors/twilio", "https://calls.example.com/doors/twilio", "wss://calls.example.com/doors/twilio/"])  # fmt: skip
def test_the_signature_of_twilio_is_over_the_address_it_called(address: str) -> None:
    mac = b64encode(hmac.new(KEY.encode(), address.encode(), sha1).digest()).decode()
    let_in({"host": "calls.example.com", "x-twilio-signature": mac}, path="/doors/twilio")
    behind_proxy = {
        "host": "127.0.0.1:8120",
        "x-forwarded-host": "calls.example.com",
        "x-twilio-signature": mac,
    }
    let_in(behind_proxy, path="/doors/twilio")
    for wrong in (
        {"host": "other.example.com", "x-twilio-signature": mac},
        {"host": "calls.example.com", "x-twilio-signature": "ÿ"},
    ):
        with pytest.raises(NotAllowed):
            let_in(wrong, path="/doors/twilio")
