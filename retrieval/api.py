"""The knowledge manager's routes: import, publish, roll back, compare."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from consultation.errors import BadInput, BadRows
from retrieval import messages
from retrieval.knowledge import Knowledge
from retrieval.template import write_template

UPLOAD_LIMIT = 50 * 1024 * 1024  # bytes


class PublishMessage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=10_000_000)
    override: str = Field("", max_length=1_000)  # why to publish although golden questions break


def routes(knowledge: Knowledge, live_version: Callable[[], int | None]) -> APIRouter:
    """All routes of the knowledge board."""
    router = APIRouter(prefix="/api/knowledge")

    @router.get("/versions")
    def versions() -> dict[str, Any]:
        return {
            "live": live_version(),
            "versions": [
                {
                    "number": version.number,
                    "made_by": version.made_by,
                    "made_at": version.made_at.isoformat(),
                    "source": version.source,
                    "state": version.state.value,
                    "entries": version.entries,
                }
                for version in knowledge.list()
            ],
        }

    @router.get("/versions/{a}/diff/{b}")
    def diff(a: int, b: int) -> dict[str, Any]:
        changes = knowledge.diff(a, b)
        return {
            "changes": [
                {
                    "entry_id": change.entry_id,
                    "change": change.change.name.lower(),
                    "fields": [
                        {"field": name, "before": before, "after": after}
                        for name, before, after in change.fields
                    ],
                }
                for change in changes[:1000]
            ],
            "count": len(changes),
        }

    @router.post("/import", max_body_size=UPLOAD_LIMIT)
    def import_(request: Request, file: UploadFile, replace: bool = False) -> dict[str, Any]:
        """A file from the manager's computer. Bad rows are all named; then nothing is kept."""
        name = Path(file.filename or "upload").name
        if Path(name).suffix.lower() not in (".csv", ".xlsx", ".jsonl"):
            raise BadInput(messages.WRONG_UPLOAD)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            with path.open("wb") as out:
                while piece := file.file.read(1 << 20):
                    out.write(piece)
            try:
                made = knowledge.import_(path, request.state.person.name, replace=replace)
            except BadRows as bad:
                raise BadRows(name, bad.faults) from None
        return {
            "version": made.version,
            "is_new": made.is_new,
            "added": made.added,
            "changed": made.changed,
            "removed": made.removed,
            "unchanged": made.unchanged,
        }

    @router.post("/publish")
    def publish(request: Request, message: PublishMessage) -> dict[str, int]:
        knowledge.publish(message.version, request.state.person.name, override=message.override)
        return {"version": message.version}

    @router.post("/rollback")
    def rollback(request: Request) -> dict[str, int]:
        return {"version": knowledge.rollback(request.state.person.name)}

    @router.get("/template")
    def template(form: Literal["csv", "xlsx"] = "xlsx") -> Response:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"template.{form}"
            write_template(path)
            return Response(
                path.read_bytes(),
                media_type="text/csv"
                if form == "csv"
                else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                headers={"content-disposition": f'attachment; filename="sangdam-template.{form}"'},
            )

    return router
