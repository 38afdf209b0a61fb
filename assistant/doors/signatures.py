"""Does the telephone system that knocks know the key of the door?

Four ways: the key itself (bearer, basic, `X-API-KEY`, `?key=`), the signature of AudioHook (HTTP
message signatures, RFC 9421, HMAC-SHA256, as in purecloudlabs/audiohook-reference-implementation),
and the signature of Twilio (HMAC-SHA1 of the address, twilio.com/docs/usage/security).
"""

from __future__ import annotations

import contextlib
import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256

from consultation.errors import NotAllowed

SKEW = 3.0  # seconds by which clocks may differ
MAX_AGE = 10.0  # seconds for which a signature holds
NONCE = 22  # characters, at least
REQUIRED = frozenset(
    {
        "@request-target",
        "@authority",
        "audiohook-organization-id",
        "audiohook-session-id",
        "audiohook-correlation-id",
        "x-api-key",
    }
)

_INPUT = re.compile(
    r'([a-z*][a-z0-9_\-.*]*)=(\(((?:"[a-z0-9@-]+")(?: "[a-z0-9@-]+")*)\)((?:;[a-z]+=(?:"[\x20-\x21\x23-\x5b\x5d-\x7e]*"|\d{1,15}))+))',
    re.ASCII,
)
"""label=("component" …);name=value…; only the canonical spelling, which is what was signed."""
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"]*)"|(\d+))', re.ASCII)
_SIGNATURE = re.compile(r"([a-z*][a-z0-9_\-.*]*)=:([A-Za-z0-9+/]{43}=):")


@dataclass(frozen=True, slots=True)
class Knock:
    """A request to open a connection. Header names are lower case."""

    headers: Mapping[str, str]
    path: str  # as it was asked for, not decoded
    query: str = ""  # without the question mark
    key: str = ""  # of the query, decoded

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class Nonces:
    """Signatures seen, so that none is used twice."""

    seen: dict[str, float] = field(default_factory=dict)  # nonce to the time at which it is too old anyway

    def use(self, nonce: str, now: float) -> None:
        """Raises NotAllowed if it was used before."""
        for old in [one for one, until in self.seen.items() if until < now]:
            del self.seen[old]
        if nonce in self.seen:
            raise NotAllowed("the nonce of the signature was used before")
        self.seen[nonce] = now + MAX_AGE + 2 * SKEW


def admit(knock: Knock, key: str, now: float, nonces: Nonces) -> None:
    """Raises NotAllowed unless the request proves that it knows the key.

    `now`: seconds since 1970. A signature that is there must be right, whatever else is.
    """
    if not key:
        raise NotAllowed("this door is closed: no door key is set")
    if "signature" in knock.headers or "signature-input" in knock.headers:
        verify_message(knock, key, now, nonces)
    elif "x-twilio-signature" in knock.headers:
        verify_twilio(knock, key)
    elif not any(_same(shown, key) for shown in _shown(knock)):
        raise NotAllowed("the key of this door is missing or wrong")


def verify_message(knock: Knock, key: str, now: float, nonces: Nonces) -> None:
    """The signature of AudioHook. The key may be the client secret as Genesys shows it (base64) or plain text.

    Raises NotAllowed.
    """
    headers = knock.headers
    given = _INPUT.fullmatch(headers.get("signature-input", "").strip())
    signed = _SIGNATURE.fullmatch(headers.get("signature", "").strip())
    if given is None or signed is None or given[1] != signed[1]:
        raise NotAllowed("the signature cannot be read; one hmac-sha256 signature with a label is needed")
    components = given[3].replace('"', "").split(" ")
    parameters = {name: text or number for name, text, number in _PARAMETER.findall(given[4])}
    if missing := sorted(REQUIRED - set(components)):
        raise NotAllowed(f"the signature does not cover {', '.join(missing)}")
    if len(set(components)) != len(components):
        raise NotAllowed("the signature covers a component twice")
    if parameters.get("alg", "hmac-sha256") != "hmac-sha256":
        raise NotAllowed("the signature is of another kind than hmac-sha256")
    if parameters.get("keyid") != headers.get("x-api-key"):
        raise NotAllowed("the signature was made with another API key")
    _is_fresh(parameters, now)
    lines = [f'"{name}": {_component(name, knock)}' for name in components]
    base = "\n".join([*lines, f'"@signature-params": {given[2]}']).encode()
    signature = b64decode(signed[2])
    right = [
        hmac.compare_digest(hmac.new(secret, base, sha256).digest(), signature) for secret in _secrets(key)
    ]
    if not any(right):
        raise NotAllowed("the signature is wrong")
    nonces.use(parameters["nonce"], now)


def verify_twilio(knock: Knock, key: str) -> None:
    """The signature of Twilio, whose auth token is the key. Raises NotAllowed.

    What is signed is the address as Twilio knows it, which behind a proxy is not quite the one we see.
    """
    given = knock.headers["x-twilio-signature"].encode()
    right = [
        hmac.compare_digest(b64encode(hmac.new(key.encode(), url.encode(), sha1).digest()), given)
        for url in _addresses(knock)
    ]
    if not any(right):
        raise NotAllowed("the signature of Twilio is wrong; is the door key its auth token?")


def _is_fresh(parameters: Mapping[str, str], now: float) -> None:
    created, expires = parameters.get("created", ""), parameters.get("expires", "")
    if not created.isdigit():
        raise NotAllowed("the signature does not say when it was made")
    if not now - MAX_AGE - SKEW <= int(created) <= now + SKEW:
        raise NotAllowed("the signature is too old, or a clock is wrong")
    if expires and (not expires.isdigit() or int(expires) < now - SKEW):
        raise NotAllowed("the signature has expired")
    if len(parameters.get("nonce", "")) < NONCE:
        raise NotAllowed(f"the nonce of the signature has fewer than {NONCE} characters")


def _component(name: str, knock: Knock) -> str:
    if name == "@request-target":
        return knock.target
    if name == "@authority":
        return knock.headers.get("host", "").lower()
    if name.startswith("@") or name not in knock.headers:
        raise NotAllowed(f"the signature covers {name}, which this request does not have")
    return knock.headers[name].strip()


def _secrets(key: str) -> Iterator[bytes]:
    yield key.encode()
    try:
        yield b64decode(key, validate=True)
    except (Error, ValueError):
        return


def _addresses(knock: Knock) -> Iterator[str]:
    hosts = {knock.headers.get("host", ""), knock.headers.get("x-forwarded-host", "")} - {""}
    for host in sorted(hosts):
        for scheme in ("wss", "https", "ws", "http"):
            yield f"{scheme}://{host}{knock.target}"
            if not knock.query:
                yield f"{scheme}://{host}{knock.path.rstrip('/')}/"


def _shown(knock: Knock) -> Iterator[str]:
    scheme, _, value = knock.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield value.strip()
    elif scheme.lower() == "basic":
        with contextlib.suppress(Error, ValueError):
            yield b64decode(value.strip(), validate=True).decode().partition(":")[2]
    yield knock.headers.get("x-api-key", "")
    yield knock.key


def _same(shown: str, key: str) -> bool:
    return hmac.compare_digest(shown.encode(), key.encode())
