"""Over HTTP: which AudioSocket connections belong to which call. Who may announce knows the door key."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from assistant.doors.announced import LONGEST, Announced
from assistant.doors.signatures import Knock, Nonces, admit

_Speaker = Annotated[str, Field(max_length=16)]


class Call(BaseModel):
    """A call whose legs are about to connect."""

    model_config = ConfigDict(extra="forbid")

    call: str = Field(min_length=1, max_length=LONGEST)  # the telephone system's id
    legs: dict[Annotated[str, Field(max_length=64)], _Speaker] = Field(min_length=1, max_length=2)
    agent: str = Field("", max_length=64)  # account; empty: `door_agent` of the settings


def routes(announced: Announced, *, key: str, clock: Callable[[], float] = time.time) -> APIRouter:
    """`key`: the door key; empty: the door is closed. `clock`: seconds since 1970."""
    router = APIRouter(prefix="/doors")
    nonces = Nonces()

    @router.post("/calls", status_code=201)
    def announce(call: Call, request: Request) -> dict[str, object]:
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        knock = Knock(
            headers={name.lower(): value for name, value in request.headers.items()},
            path=raw.decode("latin-1").partition("?")[0],
            query=request.scope.get("query_string", b"").decode("latin-1"),
            key=request.query_params.get("key", ""),
        )
        admit(knock, key, clock(), nonces)
        announced.announce(call.call, call.legs, call.agent, time.monotonic())
        return {"call": call.call, "legs": len(call.legs)}

    return router
