"""Other systems are told what was published: signed, retried, and never in anybody's way.

Messages follow Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, and
`webhook-signature`, an HMAC-SHA256 over id, timestamp and body, so that a receiver can use any of its
libraries. A secret is derived from the master key and never kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog

from consultation.crypto import derive
from consultation.errors import BadInput, EngineDown, SangdamError, Unknown
from consultation.ports import Jobs
from consultation.store.webhooks import Delivery, DeliveryState, Webhook, Webhooks
from retrieval.care.addresses import check_url, open_address

EVENTS = ("knowledge.published", "bulletin.published", "bulletin.withdrawn")
PING = "ping"
DELIVER = "webhook"  # job: one attempt
RETRY = "webhook_retry"  # job, every minute: what is due again
TIMEOUT = 5.0  # seconds to connect, and to answer
PAUSES = (0, 1, 5, 15, 60, 240, 720)  # minutes after each attempt; then it is given up

log = structlog.get_logger()


def secret_of(master_key: bytes, webhook: Webhook) -> str:
    """What the receiver checks signatures with, in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(derive(master_key, f"webhook/{webhook.salt}")).decode()


def sign(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Herald:
    """Owes deliveries, sends them, tries again."""

    def __init__(
        self,
        kept: Webhooks,
        *,
        master_key: bytes,
        allowed: Collection[str],
        clock: Callable[[], datetime],
        jobs: Jobs | None = None,
    ) -> None:
        """`allowed`: networks of `addresses`. Without `jobs` a delivery waits for the process that has
        some: a publication from the command line is told by the server."""
        self._kept = kept
        self._master_key = master_key
        self._allowed = allowed
        self._clock = clock
        self._jobs = jobs

    def add(self, url: str, events: Collection[str], by: str) -> Webhook:
        """Tell an address of some events. Raises `BadInput` for an address that is not open."""
        _, host, port = check_url(url)
        if unknown := sorted(set(events) - set(EVENTS)):
            raise BadInput(f"알 수 없는 일입니다: {', '.join(unknown)}")
        if not events:
            raise BadInput("알릴 일을 하나 이상 골라 주세요.")
        try:
            open_address(host, port, self._allowed)
        except EngineDown:
            raise BadInput(f"{host}: 이 이름의 주소를 찾을 수 없습니다.") from None
        return self._kept.add(url, [event for event in EVENTS if event in events], by=by, at=self._clock())

    def secret(self, webhook: Webhook) -> str:
        """Shown to whoever keeps the receiver."""
        return secret_of(self._master_key, webhook)

    def tell(self, event: str, data: Mapping[str, Any], *, only: int | None = None) -> list[str]:
        """Owe a message to everybody who asked for the event (or to one); returns delivery ids at once."""
        now = self._clock()
        told = [
            one.number
            for one in self._kept.list()
            if (event in one.events or event == PING) and only in (None, one.number)
        ]
        payload = {"type": event, "timestamp": now.isoformat(), "data": dict(data)}
        owed = self._kept.owe(event, payload, to=told, at=now)
        for delivery_id in owed:
            self._ask(delivery_id, 0)
        return owed

    def deliver(self, delivery_id: str) -> str:
        """One attempt; returns what came of it. The same delivery again is no more than that."""
        delivery = self._kept.delivery(delivery_id)
        if delivery.state is not DeliveryState.WAITING:
            return delivery.state.value
        try:
            outcome, arrived = self._send(delivery)
        except Unknown:
            outcome, arrived = "webhook removed", False
        except SangdamError as error:
            outcome, arrived = str(error), False
        state = DeliveryState.DELIVERED if arrived else DeliveryState.WAITING
        if not arrived and delivery.attempts + 1 >= len(PAUSES):
            state = DeliveryState.FAILED
            log.warning("webhook.given_up", webhook=delivery.webhook, delivery_event=delivery.event)
        self._kept.tried(delivery_id, state, outcome, self._clock())
        return state.value

    def retry(self) -> int:
        """Ask again for what is due; returns how many."""
        now = self._clock()
        due = [
            one
            for one in self._kept.waiting(now)
            if one.tried_at is None
            or one.tried_at + timedelta(minutes=PAUSES[min(one.attempts, len(PAUSES) - 1)]) <= now
        ]
        for one in due:
            self._ask(one.delivery_id, one.attempts)
        return len(due)

    def _ask(self, delivery_id: str, attempt: int) -> None:
        if self._jobs is not None:
            self._jobs.enqueue(DELIVER, f"{delivery_id}:{attempt}", {"delivery_id": delivery_id})

    def _send(self, delivery: Delivery) -> tuple[str, bool]:
        """(what the receiver said, is it delivered)."""
        webhook = self._kept.get(delivery.webhook)
        body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(self._clock().timestamp())
        signature = sign(self.secret(webhook), delivery.delivery_id, timestamp, body)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "sangdam-webhook/1",
            "webhook-id": delivery.delivery_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
        try:
            status = post(webhook.url, body, headers, self._allowed)
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__}: no answer", False
        return f"HTTP {status}", 200 <= status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], allowed: Collection[str]) -> int:
    """Send once to the address that was judged; returns the status. Redirections are not followed: they
    would lead past the judgement."""
    scheme, host, port = check_url(url)
    address = open_address(host, port, allowed)
    parts = urlsplit(url)
    connection = _Pinned(host, port, address, ssl.create_default_context() if scheme == "https" else None)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {"host": parts.netloc, **headers})
        return connection.getresponse().status
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """Connects to one IP address, under the host's name for TLS."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        """As `HTTPConnection.connect`, without looking the name up again."""
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
