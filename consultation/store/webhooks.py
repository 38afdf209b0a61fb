"""Who is told of publications, and every delivery until it has arrived or was given up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from consultation.errors import Unknown
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import Database
from consultation.store.tables import webhook_deliveries, webhooks


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of some events."""

    number: int
    url: str
    events: tuple[str, ...]
    salt: str  # the secret is derived from it and the master key
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one address."""

    delivery_id: str
    webhook: int
    event: str
    payload: Mapping[str, Any]
    state: DeliveryState
    made_at: datetime
    attempts: int
    tried_at: datetime | None
    outcome: str  # of the last attempt


class Webhooks:
    """Addresses and deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, url: str, events: Sequence[str], *, by: str, at: datetime | None = None) -> Webhook:
        """Keep an address."""
        values = {
            "url": url,
            "events": list(events),
            "salt": secrets.token_hex(16),
            "made_by": by,
            "made_at": moment(at),
        }
        with self._database.writing() as tx:
            row = tx.execute(insert(webhooks).values(values).returning(webhooks)).one()
            append(tx, by, "webhook.add", f"webhook {row.number}", url, at)
            return _webhook(row)

    def remove(self, number: int, *, by: str, at: datetime | None = None) -> None:
        """Tell it nothing more; what waits is given up. Raises `Unknown`."""
        at = moment(at)
        with self._database.writing() as tx:
            done = tx.execute(
                update(webhooks)
                .where(webhooks.c.number == number, webhooks.c.removed_at.is_(None))
                .values(removed_at=at)
            )
            if not done.rowcount:
                raise Unknown(f"웹훅 {number}번이 없습니다.")
            table = webhook_deliveries
            waiting = (table.c.webhook == number) & (table.c.state == DeliveryState.WAITING.value)
            tx.execute(
                update(table)
                .where(waiting)
                .values(state=DeliveryState.FAILED.value, outcome="webhook removed")
            )
            append(tx, by, "webhook.remove", f"webhook {number}", "", at)

    def list(self) -> Listed:
        """All that are told, oldest first."""
        query = select(webhooks).where(webhooks.c.removed_at.is_(None)).order_by(webhooks.c.number)
        with self._database.reading() as tx:
            return [_webhook(row) for row in tx.execute(query)]

    def get(self, number: int) -> Webhook:
        """Raises `Unknown` when there is none, or no more."""
        query = select(webhooks).where(webhooks.c.number == number, webhooks.c.removed_at.is_(None))
        with self._database.reading() as tx:
            row = tx.execute(query).one_or_none()
        if row is None:
            raise Unknown(f"웹훅 {number}번이 없습니다.")
        return _webhook(row)

    def owe(
        self,
        event: str,
        payload: Mapping[str, Any],
        *,
        to: Sequence[int],
        at: datetime | None = None,
    ) -> Ids:
        """Keep a delivery for each of these webhooks; returns their ids."""
        at = moment(at)
        rows = [
            {
                "delivery_id": f"msg_{secrets.token_hex(12)}",
                "webhook": number,
                "event": event,
                "payload": dict(payload),
                "state": DeliveryState.WAITING.value,
                "made_at": at,
                "attempts": 0,
                "outcome": "",
            }
            for number in to
        ]
        if rows:
            with self._database.writing() as tx:
                tx.execute(insert(webhook_deliveries), rows)
        return [str(row["delivery_id"]) for row in rows]

    def delivery(self, delivery_id: str) -> Delivery:
        """Raises `Unknown`."""
        query = select(webhook_deliveries).where(webhook_deliveries.c.delivery_id == delivery_id)
        with self._database.reading() as tx:
            row = tx.execute(query).one_or_none()
        if row is None:
            raise Unknown("there is no such delivery")
        return _delivery(row)

    def deliveries(self, limit: int = 100) -> Deliveries:
        """The newest first."""
        table = webhook_deliveries
        query = select(table).order_by(table.c.made_at.desc(), table.c.delivery_id).limit(limit)
        with self._database.reading() as tx:
            return [_delivery(row) for row in tx.execute(query)]

    def waiting(self, tried_before: datetime) -> Deliveries:
        """Not yet arrived, and not tried since that moment; oldest first."""
        table = webhook_deliveries
        query = (
            select(table)
            .where(
                table.c.state == DeliveryState.WAITING.value,
                or_(table.c.tried_at.is_(None), table.c.tried_at < moment(tried_before)),
            )
            .order_by(table.c.made_at)
            .limit(500)
        )
        with self._database.reading() as tx:
            return [_delivery(row) for row in tx.execute(query)]

    def tried(self, delivery_id: str, state: DeliveryState, outcome: str, at: datetime | None = None) -> None:
        """Note an attempt and what came of it."""
        table = webhook_deliveries
        with self._database.writing() as tx:
            tx.execute(
                update(table)
                .where(table.c.delivery_id == delivery_id)
                .values(
                    state=state.value, outcome=outcome, attempts=table.c.attempts + 1, tried_at=moment(at)
                )
            )


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(row.number, row.url, tuple(row.events), row.salt, row.made_by, row.made_at)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        row.delivery_id,
        row.webhook,
        row.event,
        row.payload,
        DeliveryState(row.state),
        row.made_at,
        row.attempts,
        row.tried_at,
        row.outcome,
    )


Listed = list[Webhook]  # inside the class, `list` is its method
Deliveries = list[Delivery]
Ids = list[str]
