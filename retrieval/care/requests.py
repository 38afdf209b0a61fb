"""What the requests of the care routes may hold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from consultation.store.bulletins import BulletinText
from retrieval.care.findings import Kind
from retrieval.care.golden import TOP

Reason = Annotated[str, Field(max_length=1_000)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BulletinMessage(Message):
    title: Annotated[str, Field(max_length=500)]
    text: Annotated[str, Field(max_length=20_000)]
    field: Annotated[str, Field(max_length=40)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    organisation: Annotated[str, Field(max_length=200)] = ""
    district: Annotated[str, Field(max_length=20)] = ""
    department: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(max_length=500)] = ""
    variants: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=50)] = []
    is_urgent: bool = False
    revision: Revision | None = None  # of the draft that is rewritten

    def content(self) -> BulletinText:
        return BulletinText(
            title=self.title,
            text=self.text,
            field=self.field,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            organisation=self.organisation,
            district=self.district or None,
            department=self.department,
            phone=self.phone,
            source=self.source,
            variants=tuple(self.variants),
            is_urgent=self.is_urgent,
        )


class PublishBulletinMessage(Message):
    revision: Revision
    knows_conflicts: bool = False


class WithdrawMessage(Message):
    revision: Revision
    reason: Reason


class GoldenMessage(Message):
    entry_id: Annotated[str, Field(min_length=1, max_length=100)]
    question: Annotated[str, Field(min_length=2, max_length=500)]
    district: Annotated[str, Field(max_length=20)] = ""
    top: Annotated[int, Field(ge=1, le=TOP)] = 3


class SettleMessage(Message):
    kind: Kind
    subject: Annotated[str, Field(min_length=1, max_length=500)]
    print: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    reason: Reason


class DraftMessage(Message):
    conversation_id: Annotated[str, Field(min_length=1, max_length=100)]


class WebhookMessage(Message):
    url: Annotated[str, Field(max_length=500)]
    events: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=10)]


def iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
