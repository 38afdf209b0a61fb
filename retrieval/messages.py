"""The Korean in which an import says what is wrong with a file, and how to mend it.

Whoever keeps the standard consultation DB reads it, on the page and on the command line alike. A
value is repeated only where it can be nobody's name or number: a misspelt word of a closed list, a
date, an entry's number. A cell of another kind is told by its row and column alone. A file is told
by its name, not its path: an upload lies in a folder that nobody knows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from consultation.errors import RowFault

# --- a cell -------------------------------------------------------------------------------------

EMPTY_CELL = "비어 있습니다. 모든 항목에 꼭 필요한 칸이니 채워 주세요."
BAD_ID = "글자, 숫자와 . : - _ 만 띄어쓰기 없이 64자까지 쓸 수 있습니다. 예: 교통-001"
BAD_PHONE = (
    "전화번호가 아닙니다. 02-120, 02-2133-1234처럼 적고, 담당자나 부서 이름은 담당부서 열에 적어 주세요."
)
BAD_YES = "예 또는 아니오로 적어 주세요. 비워 두면 아니오입니다."
NESTED_VALUE = "이 값은 읽을 수 없습니다. 글, 숫자, 또는 글로만 된 목록을 넣어 주세요."
_DATE_FORM = "2025-01-10처럼 적어 주세요."
_SERIAL_DATE = "날짜가 숫자로 바뀌어 있습니다. 엑셀에서 칸의 서식을 날짜로 바꾸거나"


def too_long(characters: int, most: int) -> str:
    return f"{characters:,}자로, 한 칸에 담을 수 있는 {most:,}자를 넘습니다. 내용을 줄이거나 항목을 나누어 주세요."


def excel_error(code: str) -> str:
    return f"엑셀 오류 값({code})이 들어 있습니다. 수식을 바로잡거나 값을 직접 적어 주세요."


def unknown_word(column: str, word: str, meant: str | None, known: Sequence[str]) -> str:
    """A cell of 분야 or 상태 that is none of the `known` words; `meant` is the nearest, if one is near."""
    if meant:
        return f"'{_short(word)}' {column}는 없습니다. 혹시 '{meant}'인가요?"
    return f"없는 {column}입니다. 다음 가운데 하나로 적어 주세요: {', '.join(known)}"


def unknown_district(word: str, meant: str | None, known: Sequence[str]) -> str:
    if meant:
        return f"'{_short(word)}' 자치구는 없습니다. 혹시 '{meant}'인가요?"
    return (
        "서울의 자치구 이름이 아닙니다. 서울시 전체에 해당하면 비워 두고, "
        f"아니면 다음 가운데 하나로 적어 주세요: {', '.join(known)}"
    )


def unknown_ars(known: Mapping[int, str]) -> str:
    codes = ", ".join(f"{code} ({name})" for code, name in known.items())
    return f"ARS 번호가 아닙니다. 다음 번호 가운데 하나로 적거나 비워 두세요: {codes}"


def no_such_day(typed: str) -> str:
    return f"달력에 없는 날짜입니다({typed}). 연, 월, 일을 확인해 주세요."


def no_date(*, is_serial: bool) -> str:
    """`is_serial`: the cell holds the day's number, as Excel keeps it."""
    return f"{_SERIAL_DATE} {_DATE_FORM}" if is_serial else f"날짜로 읽을 수 없습니다. {_DATE_FORM}"


def ends_before_start(starts: date, ends: date) -> str:
    return f"유효종료({ends})가 유효시작({starts})보다 앞섭니다. 두 날짜를 확인해 주세요."


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


# --- a row or the header ------------------------------------------------------------------------

MISSING_COLUMN = (
    "꼭 필요한 열이 없습니다. 첫 행에 이 이름의 열을 넣어 주세요. 서식을 내려받아 견주어 보실 수 있습니다."
)
DOUBLE_COLUMN = "같은 이름의 열이 두 번 있습니다. 하나만 남겨 주세요."
BEYOND_COLUMNS = (
    "이름 없는 열에 내용이 있습니다. 그 칸을 비워 주세요. "
    '쉼표가 든 글이라면 글 전체를 큰따옴표(")로 감싸 주세요.'
)
UNCUT_ROW = (
    '칸을 나눌 수 없습니다. 닫는 큰따옴표(")가 빠지지 않았는지 확인해 주세요. 쉼표나 줄바꿈이 든 글은 '
    '큰따옴표로 감싸고, 글 안의 큰따옴표는 두 번("") 적습니다.'
)
NOT_JSON = (
    "JSON으로 읽을 수 없는 줄입니다. 한 줄에 항목 하나를 {…} 꼴로, 따옴표와 쉼표를 빠짐없이 적어 주세요."
)


def unknown_column(meant: str | None, known: Sequence[str]) -> str:
    if meant:
        return f"서식에 없는 열입니다. 혹시 '{meant}'인가요?"
    return f"서식에 없는 열입니다. 이 열을 지우거나 다음 가운데 하나로 고쳐 주세요: {', '.join(known)}"


def used_twice(entry_id: str, first_row: int) -> str:
    return f"{first_row}행에서 이미 쓴 항목번호({entry_id})입니다. 항목마다 다른 번호를 적어 주세요."


def at_character(number: int) -> str:
    """Where in a line, in place of a column."""
    return f"{number}번째 글자"


# --- a file -------------------------------------------------------------------------------------

WRONG_UPLOAD = "xlsx, csv, jsonl 파일만 올릴 수 있습니다. 서식을 내려받으면 열 이름을 볼 수 있습니다."


def refused_rows(name: str, faults: Sequence[RowFault], *, shown: int) -> str:
    """What stands above the table of faults, of which the first `shown` are in it."""
    rows = len({fault.row for fault in faults})
    rest = f" 처음 {shown:,}곳만 보여 드립니다." if len(faults) > shown else ""
    return (
        f"{name}: {rows:,}개 행에서 {len(faults):,}곳을 읽을 수 없어 아무것도 저장하지 않았습니다. "
        f"표에 적힌 까닭을 보고 고친 뒤 다시 올려 주세요.{rest}"
    )


def folder(name: str, endings: Collection[str]) -> str:
    return f"{name}: 폴더입니다. 파일 하나를 골라 주세요({', '.join(endings)})."


def not_found(name: str) -> str:
    return f"{name}: 파일이 없습니다. 파일 이름과 위치를 확인해 주세요."


def cannot_open(name: str) -> str:
    return f"{name}: 파일을 열 수 없습니다. 파일 위치와 읽기 권한을 확인해 주세요."


def empty_file(name: str) -> str:
    return f"{name}: 빈 파일입니다. 표를 다시 저장한 뒤 올려 주세요."


def no_header(name: str) -> str:
    return f"{name}: 행이 없습니다. 첫 행에 열 이름을, 그 아래 한 행에 한 항목씩 적어 주세요."


def only_header(name: str) -> str:
    return f"{name}: 열 이름만 있고 항목이 없습니다. 그 아래 한 행에 한 항목씩 적어 주세요."


def no_lines(name: str) -> str:
    return f"{name}: 항목이 없습니다. 한 줄에 항목 하나를 JSON으로 적어 주세요."


def too_big(name: str, megabytes: int) -> str:
    return f"{name}: 한 번에 읽을 수 있는 {megabytes}MB를 넘습니다. 파일을 나누어 주세요."


def unpacks_too_big(name: str, megabytes: int) -> str:
    return f"{name}: 압축을 풀면 {megabytes}MB를 넘습니다. 그림을 지우거나 표를 나누어 주세요."


def old_or_locked(name: str) -> str:
    return (
        f"{name}: 옛 엑셀 형식(.xls)이거나 암호로 잠긴 파일입니다. "
        "엑셀에서 열어 암호 없이 .xlsx로 다시 저장해 주세요."
    )


def zip_not_text(name: str) -> str:
    return (
        f"{name}: 글 파일이 아니라 엑셀이나 압축 파일입니다. 엑셀 파일이라면 이름 끝을 .xlsx로 바꾸어 주세요."
    )


def text_not_workbook(name: str) -> str:
    return f"{name}: 엑셀 파일이 아닙니다. 쉼표로 나눈 글 파일이라면 이름 끝을 .csv로 바꾸어 주세요."


def zip_not_workbook(name: str) -> str:
    return f"{name}: 엑셀 파일이 아니라 압축 파일입니다. 압축을 풀거나 표를 .xlsx로 저장해 올려 주세요."


def damaged_workbook(name: str) -> str:
    return f"{name}: 손상되었거나 엑셀 파일이 아닙니다. 엑셀에서 열어 .xlsx로 다시 저장해 주세요."


def no_sheet(name: str) -> str:
    return f"{name}: 내용이 있는 시트가 없습니다. 서식에 항목을 적어 다시 저장해 주세요."


def document_type(name: str) -> str:
    return (
        f"{name}: 엑셀 파일에 있을 수 없는 XML 문서 형식 선언(DOCTYPE)이 들어 있어 읽지 않았습니다. "
        "엑셀에서 새 파일에 표를 옮겨 저장해 주세요."
    )


def wrong_ending(name: str, endings: Collection[str]) -> str:
    return f"{name}: 읽을 수 없는 종류의 파일입니다. 이름 끝이 {', '.join(endings)} 가운데 하나여야 합니다."


def not_text(name: str) -> str:
    return f"{name}: 글 파일이 아니거나 UTF-16으로 저장되었습니다. 'CSV UTF-8'로 다시 저장해 주세요."


def unknown_encoding(name: str, line: int) -> str:
    return f"{name}: {line}번째 줄의 글자를 읽을 수 없습니다. 'CSV UTF-8'로 다시 저장해 주세요."


def unreadable_lines(name: str) -> str:
    return (
        f"{name}: 파일을 읽을 수 없습니다. UTF-8로 저장한 .jsonl 파일이거나 이를 압축한 .jsonl.gz 파일인지, "
        "너무 크거나 손상되지 않았는지 확인해 주세요."
    )
