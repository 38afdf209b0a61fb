"""Who may do what, on one page: every route with the roles that may use it.

Deny by default. `check_routes` refuses to start an application that has a route without a rule,
or a rule without a route.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

from consultation.types import Role

PUBLIC: frozenset[Role] | None = None  # anybody, signed in or not

STAFF = frozenset(set(Role) - {Role.CITIZEN})
CALLS = frozenset({Role.AGENT, Role.LEAD, Role.ADMIN})
READERS = frozenset({Role.AGENT, Role.LEAD, Role.QUALITY, Role.ABUSE, Role.ANALYST, Role.ADMIN})
ORIGINALS = frozenset({Role.LEAD, Role.QUALITY, Role.ABUSE})
REVIEWERS = frozenset({Role.QUALITY, Role.RESEARCHER, Role.LEAD})
KNOWLEDGE = frozenset({Role.KNOWLEDGE, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})

RULES: Mapping[tuple[str, str], frozenset[Role] | None] = {
    # pages
    ("GET", "/"): PUBLIC,
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("POST", "/sign-out"): PUBLIC,
    ("GET", "/health"): PUBLIC,
    ("GET", "/desk"): CALLS,
    ("GET", "/demo"): CALLS,
    ("GET", "/history"): READERS,
    ("GET", "/calls/{conversation_id}"): READERS,
    ("GET", "/calls/{conversation_id}/transcript"): REVIEWERS,
    ("GET", "/transcripts"): REVIEWERS,
    ("GET", "/knowledge"): KNOWLEDGE,
    ("GET", "/metrics"): ADMIN,
    # who am I
    ("GET", "/api/me"): STAFF,
    ("POST", "/api/sign-in"): PUBLIC,
    # calls
    ("GET", "/api/calls"): READERS,
    ("POST", "/api/calls"): CALLS,
    ("GET", "/api/calls/{conversation_id}"): READERS,
    ("GET", "/api/calls/{conversation_id}/events"): READERS,
    ("WS", "/api/calls/{conversation_id}/turns"): CALLS,
    ("POST", "/api/calls/{conversation_id}/turns"): CALLS,
    ("WS", "/api/calls/{conversation_id}/audio"): CALLS,
    ("POST", "/api/calls/{conversation_id}/end"): CALLS,
    ("POST", "/api/calls/{conversation_id}/suggestions/{suggestion_id}/{action}"): CALLS,
    ("POST", "/api/calls/{conversation_id}/turns/{index}/reveal"): READERS,
    ("POST", "/api/calls/{conversation_id}/turns/{index}/original"): ORIGINALS,
    ("GET", "/api/calls/{conversation_id}/wrap-up"): READERS,
    ("POST", "/api/calls/{conversation_id}/wrap-up/confirm"): CALLS,
    ("POST", "/api/calls/{conversation_id}/search"): CALLS,
    ("GET", "/api/search"): STAFF,
    ("GET", "/api/history"): READERS,
    ("GET", "/api/demo/consultations"): CALLS,
    ("POST", "/api/demo/play"): CALLS,
    ("GET", "/api/demo/consultations/{sample_id}/sound"): CALLS,
    # correcting what was heard
    ("GET", "/api/transcripts"): REVIEWERS,
    ("GET", "/api/calls/{conversation_id}/transcript"): REVIEWERS,
    ("POST", "/api/calls/{conversation_id}/transcript/{index}"): REVIEWERS,
    ("POST", "/api/calls/{conversation_id}/transcript/{index}/original"): REVIEWERS & ORIGINALS,
    ("GET", "/api/calls/{conversation_id}/sound"): REVIEWERS,
    # knowledge
    ("GET", "/api/knowledge/versions"): KNOWLEDGE,
    ("GET", "/api/knowledge/versions/{a}/diff/{b}"): KNOWLEDGE,
    ("POST", "/api/knowledge/import"): KNOWLEDGE,
    ("POST", "/api/knowledge/publish"): KNOWLEDGE,
    ("POST", "/api/knowledge/rollback"): KNOWLEDGE,
    ("GET", "/api/knowledge/template"): KNOWLEDGE,
    # 현행화: the board, and the confirmation rounds
    ("GET", "/knowledge/board"): KNOWLEDGE,
    ("GET", "/knowledge/entries/{entry_id}"): KNOWLEDGE,
    ("GET", "/knowledge/rounds"): KNOWLEDGE,
    ("GET", "/knowledge/rounds/{number}"): KNOWLEDGE,
    ("GET", "/knowledge/rounds/{number}/report"): KNOWLEDGE,
    ("GET", "/knowledge/requests/{number}"): KNOWLEDGE,
    ("GET", "/api/knowledge/board"): KNOWLEDGE,
    ("POST", "/api/knowledge/board/publish"): KNOWLEDGE,
    ("POST", "/api/knowledge/proposals/steps"): KNOWLEDGE,
    ("GET", "/api/knowledge/entries"): KNOWLEDGE,
    ("GET", "/api/knowledge/entries/{entry_id}"): KNOWLEDGE,
    ("POST", "/api/knowledge/entries/{entry_id}/proposal"): KNOWLEDGE,
    ("POST", "/api/knowledge/entries/{entry_id}/restore"): KNOWLEDGE,
    ("GET", "/api/knowledge/sheet"): KNOWLEDGE,
    ("POST", "/api/knowledge/sheet"): KNOWLEDGE,
    ("GET", "/api/knowledge/rounds"): KNOWLEDGE,
    ("POST", "/api/knowledge/rounds"): KNOWLEDGE,
    ("GET", "/api/knowledge/rounds/{number}"): KNOWLEDGE,
    ("GET", "/api/knowledge/rounds/{number}/report"): KNOWLEDGE,
    ("POST", "/api/knowledge/rounds/{number}/links"): KNOWLEDGE,
    ("POST", "/api/knowledge/rounds/{number}/close"): KNOWLEDGE,
    ("POST", "/api/knowledge/requests/{number}/link"): KNOWLEDGE,
    ("POST", "/api/knowledge/requests/{number}/reminders/{day}"): KNOWLEDGE,
    ("GET", "/api/knowledge/requests/{number}"): KNOWLEDGE,
    ("POST", "/api/knowledge/requests/{number}/confirm"): KNOWLEDGE,
    ("POST", "/api/knowledge/requests/{number}/undo"): KNOWLEDGE,
    ("POST", "/api/knowledge/requests/{number}/correct"): KNOWLEDGE,
    # care: bulletins, golden questions, findings, webhooks
    ("GET", "/knowledge/bulletins"): KNOWLEDGE,
    ("GET", "/knowledge/care"): KNOWLEDGE,
    ("GET", "/api/knowledge/bulletins/current"): STAFF,
    ("POST", "/api/knowledge/bulletins/{number}/read"): STAFF,
    ("GET", "/api/knowledge/bulletins"): KNOWLEDGE,
    ("POST", "/api/knowledge/bulletins"): KNOWLEDGE,
    ("POST", "/api/knowledge/bulletins/{number}"): KNOWLEDGE,
    ("GET", "/api/knowledge/bulletins/{number}/conflicts"): KNOWLEDGE,
    ("POST", "/api/knowledge/bulletins/{number}/publish"): KNOWLEDGE,
    ("POST", "/api/knowledge/bulletins/{number}/withdraw"): KNOWLEDGE,
    ("GET", "/api/knowledge/bulletins/{number}/receipts"): KNOWLEDGE | {Role.LEAD},
    ("GET", "/api/knowledge/golden"): KNOWLEDGE,
    ("POST", "/api/knowledge/golden"): KNOWLEDGE,
    ("POST", "/api/knowledge/golden/{number}/remove"): KNOWLEDGE,
    ("GET", "/api/knowledge/care"): KNOWLEDGE,
    ("GET", "/api/knowledge/care/{kind}"): KNOWLEDGE,
    ("POST", "/api/knowledge/settle"): KNOWLEDGE,
    ("POST", "/api/knowledge/drafts"): KNOWLEDGE | CALLS,
    ("GET", "/api/knowledge/webhooks"): ADMIN,
    ("POST", "/api/knowledge/webhooks"): ADMIN,
    ("POST", "/api/knowledge/webhooks/{number}/remove"): ADMIN,
    ("POST", "/api/knowledge/webhooks/{number}/test"): ADMIN,
    # telephone systems: the routes look at the door key themselves, and are closed without one
    ("WS", "/doors/pcm"): PUBLIC,
    ("WS", "/doors/twilio"): PUBLIC,
    ("WS", "/doors/vonage"): PUBLIC,
    ("WS", "/doors/audiohook"): PUBLIC,
    ("POST", "/doors/calls"): PUBLIC,
    # open to whoever has the personal link: the routes look at its token themselves
    ("GET", "/confirm/{token}"): PUBLIC,
    ("GET", "/api/confirm/{token}"): PUBLIC,
    ("POST", "/api/confirm/{token}/confirm"): PUBLIC,
    ("POST", "/api/confirm/{token}/undo"): PUBLIC,
    ("POST", "/api/confirm/{token}/correct"): PUBLIC,
}


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path template) of everything that needs a rule; mounted static files do not."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method, route.path
        elif isinstance(route, APIWebSocketRoute):
            yield "WS", route.path


def check_routes(app: FastAPI) -> None:
    """Raises `RuntimeError` naming routes without a rule and rules without a route."""
    routes = set(routes_of(app))
    if missing := sorted(routes - set(RULES)):
        raise RuntimeError(f"routes without a rule in server/rules.py: {missing}")
    if stale := sorted(set(RULES) - routes):
        raise RuntimeError(f"rules without a route in server/rules.py: {stale}")
