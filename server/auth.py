"""Who is asking, and may they: sign-in, sessions, and the rules of `server.rules` enforced.

A session is a random token in a cookie that scripts cannot read and other sites cannot send
(HttpOnly, SameSite=Strict). Requests that change something must also carry a token derived from
the session, and must not come from another origin. Programs may send the session as
`Authorization: Bearer …` instead; such requests carry no cookie and need no second token.
"""

from __future__ import annotations

import asyncio
import hmac
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from fastapi import Request, Response
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

from consultation.crypto import derive
from consultation.errors import NotAllowed, NotSignedIn, Refused
from consultation.people import Person
from consultation.settings import Settings
from consultation.store import Store
from consultation.types import Role
from server.rules import RULES

COOKIE = "sangdam_session"
SIGN_INS = "120/minute"  # of one address, behind which a whole centre may sit; the store counts by account
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BACKGROUND = "x-background"  # header "1": a page asked by itself, which keeps nobody signed in


class TooOften(Refused):
    """One address asks more often than people do."""


class Doorkeeper:
    """Signs people in and lets them through, or not."""

    def __init__(self, store: Store, settings: Settings, master_key: bytes) -> None:
        self._store = store
        self._settings = settings
        self._key = derive(master_key, "csrf")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._sign_ins = parse(SIGN_INS)

    def idle_limit(self, person: Person) -> timedelta:
        """How long a session may rest; administrators' are short."""
        minutes = (
            self._settings.admin_session_minutes
            if Role.ADMIN in person.roles
            else self._settings.session_minutes
        )
        return timedelta(minutes=minutes)

    async def sign_in(self, request: Request, name: str, password: str) -> tuple[str, Person]:
        """A new session for the right password; raises `NotSignedIn`, or `TooOften`."""
        address = request.client.host if request.client else "unknown"
        if not self._limiter.hit(self._sign_ins, "sign-in", address):
            raise TooOften("too many sign-in attempts from this address; wait a minute")
        person = await asyncio.to_thread(self._store.people.verify, name, password)
        if person is None:
            if await asyncio.to_thread(self._store.people.wait, name):
                raise TooOften("too many wrong passwords for this name; wait before the next attempt")
            raise NotSignedIn("the name or the password is wrong")
        token = await asyncio.to_thread(
            self._store.people.open_session, person.name, idle=self.idle_limit(person)
        )
        return token, person

    def set_cookie(self, response: Response, token: str) -> None:
        response.set_cookie(
            COOKIE,
            token,
            httponly=True,
            samesite="strict",
            secure=self._settings.secure_cookies,
            path="/",
        )

    async def sign_out(self, request: Request, response: Response) -> None:
        if token := request.cookies.get(COOKIE):
            await asyncio.to_thread(self._store.people.close_session, token)
        response.delete_cookie(COOKIE, path="/")

    def csrf_token(self, session: str) -> str:
        """Pages send it back with every change; it proves that the page was ours."""
        return hmac.new(self._key, session.encode(), sha256).hexdigest()

    async def person(self, connection: HTTPConnection) -> tuple[Person | None, str, bool]:
        """(who, session token, token came by cookie)."""
        bearer = connection.headers.get("authorization", "")
        by_cookie = not bearer.lower().startswith("bearer ")
        token = connection.cookies.get(COOKIE, "") if by_cookie else bearer[7:].strip()
        if not token:
            return None, "", by_cookie
        by_itself = connection.headers.get(BACKGROUND) == "1"
        session = await asyncio.to_thread(self._store.people.session, token, renew=not by_itself)
        return (session.person if session else None), token, by_cookie

    async def admit(self, connection: HTTPConnection) -> None:
        """Dependency of every route: raises `NotSignedIn` or `NotAllowed`, else sets `state.person`."""
        method = "WS" if connection.scope["type"] == "websocket" else connection.scope["method"]
        method = "GET" if method in ("HEAD", "OPTIONS") else method
        roles = RULES[(method, connection.scope["route"].path)]
        if method not in SAFE and not same_origin(connection):
            raise NotAllowed("this request comes from another site")
        person, token, by_cookie = await self.person(connection)
        connection.state.person = person
        connection.state.csrf_token = self.csrf_token(token) if person else ""
        if roles is None:
            return
        if person is None:
            raise NotSignedIn("sign in first")
        if not roles & person.roles:
            raise NotAllowed("your role does not include this")
        if by_cookie and method not in SAFE and method != "WS":
            given = connection.headers.get("x-csrf-token", "")
            if not hmac.compare_digest(given.encode(), connection.state.csrf_token.encode()):
                raise NotAllowed("the page is out of date; reload it and try again")


def same_origin(connection: HTTPConnection) -> bool:
    """Did our own page send this? Programs send no Origin and are judged by their session alone."""
    if connection.headers.get("sec-fetch-site") not in (None, "same-origin", "none"):
        return False
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")
