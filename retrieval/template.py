"""The empty template that a knowledge manager fills in, as CSV or as an Excel workbook."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from consultation.districts import DISTRICTS
from consultation.errors import BadInput
from consultation.types import ARS_CODES, FIELDS, EntryState
from retrieval.cells import COLUMNS, REQUIRED, SEPARATOR

CHOICES: Mapping[str, tuple[str, ...]] = {
    "자치구": tuple(DISTRICTS),
    "분야": FIELDS,
    "상태": tuple(state.value for state in EntryState),
    "ARS": tuple(str(code) for code in ARS_CODES),
    "표본": ("예", "아니오"),
}

NOTES: Mapping[str, str] = {
    "항목번호": "항목마다 다른 번호. 글자, 숫자, . : - _ 만, 64자까지. 예: 교통-001",
    "기관": "답변을 책임지는 기관. 예: 서울특별시, 강남구청",
    "자치구": "한 자치구에만 해당하면 그 이름, 서울시 전체면 비워 둡니다.",
    "분야": f"다음 가운데 하나: {', '.join(FIELDS)}",
    "질문": "시민이 묻는 대표 질문 하나",
    "질문변형": f"같은 뜻의 다른 질문들. '{SEPARATOR}'로 나눕니다.",
    "답변": "상담사가 읽고 안내할 답변. 줄을 바꿀 수 있습니다. 20,000자까지.",
    "담당부서": "답변을 맡은 부서",
    "전화": "담당부서 전화. 예: 02-120",
    "근거": "법령, 지침 또는 원문 주소",
    "출처": "자료를 낸 곳",
    "유효시작": "이 날부터 안내합니다. 예: 2025-01-10",
    "유효종료": "이 날까지 안내합니다. 기한이 없으면 비워 둡니다.",
    "최종확인일": "내용이 맞는지 마지막으로 확인한 날",
    "상태": f"다음 가운데 하나: {', '.join(CHOICES['상태'])}. 비우면 게시",
    "ARS": ", ".join(f"{code} {name}" for code, name in ARS_CODES.items()),
    "표본": "시연용으로 지어낸 항목이면 예",
}


def write_template(path: Path) -> None:
    """Write the template; the name's ending (.csv or .xlsx) chooses the format.

    Never overwrites: raises `BadInput` if the file is there, or the place cannot be written.
    """
    formats = {".csv": _csv, ".xlsx": _xlsx}
    if path.suffix.lower() not in formats:
        raise BadInput(f"{path}: name it .csv or .xlsx")
    data = formats[path.suffix.lower()]()
    try:
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise BadInput(f"{path} is there already; give another name") from None
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise BadInput(f"{path}: cannot be written ({error.strerror})") from None


def _csv() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(COLUMNS)
    return out.getvalue().encode("utf-8-sig")  # with the BOM, or Excel reads Korean as CP949


def _xlsx() -> bytes:
    from openpyxl.styles.fills import PatternFill
    from openpyxl.styles.fonts import Font
    from openpyxl.utils.cell import get_column_letter
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book: Any = Workbook()
    sheet: Any = book.active
    sheet.title = "표준상담DB"
    sheet.append(list(COLUMNS))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS, 1):
        letter, head = get_column_letter(number), sheet.cell(1, number)
        head.font = Font(bold=True)
        if column in REQUIRED:
            head.fill = PatternFill("solid", fgColor="FFF2CC")
        is_date = column in ("유효시작", "유효종료", "최종확인일")
        size = sheet.column_dimensions[letter]
        size.width = {"질문": 40, "질문변형": 40, "답변": 70}.get(column, 14)
        size.number_format = "yyyy-mm-dd" if is_date else "@"  # text: a leading 0 stays
        if column in CHOICES:
            choice: Any = DataValidation("list", formula1=f'"{",".join(CHOICES[column])}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}50001")
            sheet.add_data_validation(choice)
    notes = book.create_sheet("안내")
    notes.append(["열", "필수", "적는 법"])
    for column, note in NOTES.items():
        notes.append([column, "필수" if column in REQUIRED else "", note])
    notes.column_dimensions["A"].width, notes.column_dimensions["C"].width = 14, 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
