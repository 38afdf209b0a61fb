"""The sample calls, as scripts with word times."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from stt.simulated_calls import SpokenTurn, script_of

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "consultations.jsonl"


@cache
def scripts() -> dict[str, list[SpokenTurn]]:
    with SAMPLES.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["call_id"]: script_of(row) for row in rows}


def turns() -> list[tuple[str, SpokenTurn]]:
    """Every turn with a name that no other has."""
    return [(f"{call}/{i}", turn) for call, script in scripts().items() for i, turn in enumerate(script)]
