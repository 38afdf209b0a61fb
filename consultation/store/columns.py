"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from consultation.errors import BadInput


def keepable(text: str) -> str:
    """The text with NUL and lone surrogates, which no database keeps, replaced by U+FFFD."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def moment(at: datetime | None) -> datetime:
    """An aware moment in UTC; now for None. Raises `BadInput` for a time without a zone."""
    if at is None:
        return datetime.now(UTC)
    if at.tzinfo is None:
        raise BadInput("a moment needs its time zone: datetime.now(UTC), not datetime.now()")
    return at.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text of any content."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else keepable(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment; SQLite, which knows no zones, keeps UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """JSON kept as text with sorted keys, so that equal documents are equal characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


def canonical(value: Any) -> str:
    """JSON with sorted keys and without spaces. Hangul stays readable."""
    return keepable(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
