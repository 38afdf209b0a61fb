"""Other systems are told: signed, retried, only at open addresses. Against a real local HTTP server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from consultation.errors import BadInput
from consultation.store import Store
from consultation.store.webhooks import DeliveryState
from retrieval.care.addresses import check_url, network_of, networks
from retrieval.care.webhooks import DELIVER, EVENTS, PAUSES, Herald
from tests.retrieval.care.conftest import Clock

KEY = b"m" * 32


class Receiver:
    """Keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 204
        self.location = ""
        self.got: list[tuple[Mapping[str, str], bytes, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body, self.path))
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("location", outer.location)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?from=sangdam"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Asked:
    """The jobs port, with work done when asked."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, Mapping[str, Any]]] = []

    def enqueue(self, name: str, key: str, args: Mapping[str, Any]) -> None:
        if key not in [known for _, known, _ in self.jobs]:
            self.jobs.append((name, key, args))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def herald(store: Store, clock: Clock, asked: Asked) -> Herald:
    return Herald(store.webhooks, master_key=KEY, allowed={"loopback"}, clock=clock, jobs=asked)  # type: ignore[arg-type]


def test_a_publication_arrives_signed(herald: Herald, receiver: Receiver, clock: Clock) -> None:
    hook = herald.add(receiver.url, EVENTS, "han")
    (owed,) = herald.tell("knowledge.published", {"version": 8})
    assert herald.deliver(owed) == "delivered"
    ((headers, body, path),) = receiver.got
    assert path == "/in?from=sangdam"
    assert json.loads(body)["data"] == {"version": 8}
    assert json.loads(body)["type"] == "knowledge.published"
    assert headers["webhook-id"] == owed
    # as a receiver checks it, by the words of Standard Webhooks alone
    secret = base64.b64decode(herald.secret(hook).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(clock().timestamp())


def test_the_same_job_again_sends_nothing_twice(herald: Herald, receiver: Receiver) -> None:
    herald.add(receiver.url, EVENTS, "han")
    (owed,) = herald.tell("knowledge.published", {"version": 8})
    herald.deliver(owed)
    assert herald.deliver(owed) == "delivered"
    assert len(receiver.got) == 1


def test_telling_only_owes_and_asks_the_jobs(herald: Herald, asked: Asked, store: Store) -> None:
    herald.add("http://127.0.0.1:9/closed", ["bulletin.published"], "han")
    assert herald.tell("knowledge.published", {}) == []
    (owed,) = herald.tell("bulletin.published", {"number": 1})
    assert asked.jobs == [(DELIVER, f"{owed}:0", {"delivery_id": owed})]
    assert store.webhooks.delivery(owed).attempts == 0


def test_a_failed_delivery_is_tried_again_with_growing_pauses_and_then_given_up(
    herald: Herald, receiver: Receiver, clock: Clock, store: Store
) -> None:
    herald.add(receiver.url, EVENTS, "han")
    receiver.status = 500
    (owed,) = herald.tell("knowledge.published", {"version": 8})
    assert herald.deliver(owed) == "waiting"
    assert herald.retry() == 0  # not yet
    for pause in PAUSES[1:]:
        clock.now += timedelta(minutes=pause)
        assert herald.retry() == 1
        last = herald.deliver(owed)
    assert last == "failed"
    assert herald.retry() == 0
    kept = store.webhooks.delivery(owed)
    assert (kept.attempts, kept.state, kept.outcome) == (len(PAUSES), DeliveryState.FAILED, "HTTP 500")


def test_a_receiver_that_comes_back_gets_it(herald: Herald, receiver: Receiver, clock: Clock) -> None:
    herald.add(receiver.url, EVENTS, "han")
    receiver.status = 503
    (owed,) = herald.tell("knowledge.published", {"version": 8})
    herald.deliver(owed)
    receiver.status = 200
    clock.now += timedelta(minutes=2)
    assert herald.retry() == 1
    assert herald.deliver(owed) == "delivered"


def test_a_receiver_that_is_not_there_is_an_outcome_not_an_error(herald: Herald, store: Store) -> None:
    herald.add("http://127.0.0.1:9/closed", EVENTS, "han")
    (owed,) = herald.tell("knowledge.published", {})
    assert herald.deliver(owed) == "waiting"
    assert "no answer" in store.webhooks.delivery(owed).outcome


def test_a_redirection_is_not_followed(herald: Herald, receiver: Receiver) -> None:
    herald.add(receiver.url, EVENTS, "han")
    receiver.status, receiver.location = 307, receiver.url
    (owed,) = herald.tell("knowledge.published", {})
    assert herald.deliver(owed) == "waiting"
    assert len(receiver.got) == 1


def test_without_jobs_a_delivery_waits_for_the_server(
    store: Store, clock: Clock, herald: Herald, asked: Asked
) -> None:
    herald.add("http://127.0.0.1:9/", EVENTS, "han")
    alone = Herald(store.webhooks, master_key=KEY, allowed={"loopback"}, clock=clock)
    (owed,) = alone.tell("knowledge.published", {"version": 2})
    assert asked.jobs == []
    assert herald.retry() == 1
    assert asked.jobs[0][2] == {"delivery_id": owed}


@pytest.mark.parametrize(
    ("address", "network"),
    [("127.0.0.1", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"), ("10.1.2.3", "private"),
     ("192.168.0.9", "private"), ("fd00::1", "private"), ("8.8.8.8", "public"), ("169.254.169.254", None),
     ("0.0.0.0", None), ("224.0.0.1", None), ("fe80::1", None)],
)  # fmt: skip
def test_each_address_belongs_to_one_network(address: str, network: str | None) -> None:
    assert network_of(address) == network


def test_an_address_that_is_not_open_is_refused_when_added_and_when_sent(
    store: Store, clock: Clock, receiver: Receiver, herald: Herald
) -> None:
    closed = Herald(store.webhooks, master_key=KEY, allowed={"private"}, clock=clock)
    for url in (receiver.url, "http://localhost:1/", "http://169.254.169.254/latest", "http://0.0.0.0/"):
        with pytest.raises(BadInput):
            closed.add(url, EVENTS, "han")
    herald.add(receiver.url, EVENTS, "han")
    (owed,) = closed.tell("knowledge.published", {})
    assert closed.deliver(owed) == "waiting"
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    ["", "ftp://host/", "http://", "file:///etc/passwd", "http://a:b@host/", "http://ho st/", "http://한글/",
     "http://host:99999/", "javascript:alert(1)", "http://[::1", "https://h/" + "x" * 600, "http://h/\r\nx: y"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        check_url(url)


def test_unknown_events_and_networks_are_refused(herald: Herald, receiver: Receiver) -> None:
    for events in ((), ("everything",)):
        with pytest.raises(BadInput):
            herald.add(receiver.url, events, "han")
    assert networks("loopback, private") == {"loopback", "private"}
    with pytest.raises(BadInput, match="internet"):
        networks("internet")
