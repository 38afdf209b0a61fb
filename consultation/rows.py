"""JSON lines in and out, for evaluation and import.

Reading names each bad line and refuses the whole file; writing leaves either the whole file or
none.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from consultation.errors import BadInput, BadRows, RowFault

Row = dict[str, Any]

MAX_BYTES = 1 << 30  # of one file once unpacked; a gzip of a few MB can hold far more


def read_rows(path: Path, check: Callable[[Row], tuple[str, str] | None] | None = None) -> list[Row]:
    """All rows of a `.jsonl` or `.jsonl.gz` file.

    `check` returns (field, reason) for a row that cannot be used. Raises `BadRows` naming every
    bad line, `BadInput` when the file cannot be opened or holds no row.
    """
    rows: list[Row] = []
    numbered, faults = numbered_rows(path)
    for number, row in numbered:
        if check and (fault := check(row)):
            faults.append(RowFault(number, *fault))
        else:
            rows.append(row)
    if faults:
        raise BadRows(str(path), sorted(faults, key=lambda fault: fault.row))
    if not rows:
        raise BadInput(f"{path}: no rows")
    return rows


def numbered_rows(path: Path) -> tuple[list[tuple[int, Row]], list[RowFault]]:
    """The rows with their line numbers, and a fault for each line that is no JSON object.

    Raises `BadInput` when the file cannot be opened.
    """
    rows: list[tuple[int, Row]] = []
    faults: list[RowFault] = []
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(RowFault(number, f"character {error.colno}", f"not JSON: {error.msg}"))
            continue
        except (ValueError, RecursionError):
            faults.append(RowFault(number, "-", "not JSON we read: a number too long, or nested too deep"))
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            faults.append(RowFault(number, "-", "not a JSON object"))
    return rows, faults


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(data)) as unpacked:
                data = unpacked.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise BadInput(f"{path}: more than {MAX_BYTES >> 20} MB of rows; split the file")
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({error}); give a UTF-8 .jsonl or .jsonl.gz file") from None


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON lines whole: to a neighbour first, then renamed into place.

    Raises `BadInput` when the place cannot be written. Whatever `rows` raises passes through, and
    leaves nothing behind.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        # A lone surrogate is written as its \\u escape, which is the same JSON text.
        with draft.open("w", encoding="utf-8", errors="backslashreplace") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            raise BadInput(f"{path}: cannot be written ({error.strerror}); nothing was left behind") from None
        raise
