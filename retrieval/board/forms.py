"""What the board's pages send, as it is checked at the door."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.board.board import Edit


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EditMessage(Message):
    """`base` and `revision` are what the writer had in front of them."""

    fields: dict[str, str] = Field(max_length=20)
    why: str = Field("", max_length=500)
    base: str | None = Field(None, max_length=64)
    revision: int | None = Field(None, ge=1)
    submit: bool = False

    def edit(self) -> Edit:
        return Edit(self.fields, self.why, self.base, self.revision)


class RestoreMessage(Message):
    version: int = Field(ge=1, le=2_000_000_000)
    revision: int | None = Field(None, ge=1)
    why: str = Field("", max_length=500)


class StepMessage(Message):
    step: Literal["submit", "approve", "return", "withdraw"]
    proposals: list[tuple[int, int]] = Field(min_length=1, max_length=1000)  # (number, revision)
    reason: str = Field("", max_length=500)


class PublishMessage(Message):
    override: str = Field("", max_length=1_000)  # why to publish although golden questions break


class RoundMessage(Message):
    title: str = Field(min_length=2, max_length=100)
    due_on: date
    organisations: list[str] = Field([], max_length=2000)
    confirmed_before: date | None = None


class ConfirmMessage(Message):
    entry_id: str = Field(max_length=64)
    print: str = Field(max_length=64)


class UndoMessage(Message):
    entry_id: str = Field(max_length=64)


class CorrectMessage(EditMessage):
    entry_id: str = Field(max_length=64)
