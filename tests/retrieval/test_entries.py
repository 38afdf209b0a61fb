import csv
import io
import json
import random
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from consultation.errors import BadInput, BadRows
from consultation.types import EntryState
from retrieval.cells import COLUMNS, MAX_CELL
from retrieval.entries import read_entries
from retrieval.template import write_template

ROW = {
    "항목번호": "교통-001",
    "기관": "강남구청",
    "자치구": "강남구",
    "분야": "교통",
    "질문": "주차 단속 문자를 미리 받을 수 있나요?",
    "질문변형": "단속 알림 신청 | 딱지 떼기 전에 문자 주나요",
    "답변": "네, 받으실 수 있습니다.\n누리집에서 차량번호를 등록해 주세요.",
    "담당부서": "주차관리과",
    "전화": "02-120",
    "근거": "주차 단속 알림 운영 지침",
    "출처": "강남구",
    "유효시작": "2025-01-10",
    "유효종료": "2026-12-31",
    "최종확인일": "2025-11-03",
    "상태": "게시",
    "ARS": "1",
    "표본": "예",
}


def write_csv(path, rows, columns=None, encoding="utf-8", delimiter=","):
    columns = list(rows[0]) if columns is None else columns
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(path, rows, edit=lambda sheet: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    edit(book.active)
    book.save(path)
    return path


def faults(path):
    with pytest.raises(BadRows) as caught:
        read_entries(path)
    return [(fault.row, fault.column) for fault in caught.value.faults]


def reason(path):
    with pytest.raises(BadRows) as caught:
        read_entries(path)
    return caught.value.faults[0].reason


# --- what is read ---------------------------------------------------------------------------------


def test_every_column_of_the_template_reaches_the_entry(tmp_path):
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [ROW]))
    assert (entry.entry_id, entry.organisation, entry.district) == ("교통-001", "강남구청", "강남구")
    assert (entry.field, entry.question) == ("교통", "주차 단속 문자를 미리 받을 수 있나요?")
    assert entry.variants == ("단속 알림 신청", "딱지 떼기 전에 문자 주나요")
    assert entry.answer == "네, 받으실 수 있습니다.\n누리집에서 차량번호를 등록해 주세요."
    assert (entry.department, entry.phone, entry.basis) == (
        "주차관리과",
        "02-120",
        "주차 단속 알림 운영 지침",
    )
    assert (entry.source, entry.state, entry.ars_code, entry.is_sample) == ("강남구", "게시", 1, True)
    assert (entry.valid_from, entry.valid_until) == (date(2025, 1, 10), date(2026, 12, 31))
    assert entry.confirmed_on == date(2025, 11, 3)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_delimiter_that_office_programs_write(
    tmp_path, encoding, delimiter
):
    path = write_csv(tmp_path / "a.csv", [ROW], encoding=encoding, delimiter=delimiter)
    assert read_entries(path) == read_entries(write_csv(tmp_path / "b.csv", [ROW]))


def test_the_same_rows_mean_the_same_in_csv_xlsx_and_json_lines(tmp_path):
    expected = read_entries(write_csv(tmp_path / "a.csv", [ROW]))
    assert read_entries(write_xlsx(tmp_path / "a.xlsx", [list(ROW), list(ROW.values())])) == expected
    (tmp_path / "korean.jsonl").write_text(json.dumps(ROW, ensure_ascii=False))
    assert read_entries(tmp_path / "korean.jsonl") == expected
    english = {COLUMNS[column]: text for column, text in ROW.items()}
    english |= {"ars_code": 1, "is_sample": True, "variants": ROW["질문변형"].split(" | "), "version": 7}
    (tmp_path / "english.jsonl").write_text(json.dumps(english))
    assert read_entries(tmp_path / "english.jsonl") == expected


def test_only_four_columns_are_required_and_their_order_is_free(tmp_path):
    row = {" 답변": "답", "질문 ": "물음", "분야": "복지", "항목번호": "a-1", "": ""}
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [row]))
    assert (entry.entry_id, entry.question, entry.answer, entry.field) == ("a-1", "물음", "답", "복지")
    assert (entry.state, entry.district, entry.is_sample) == (EntryState.PUBLISHED, None, False)


def test_decomposed_and_invisible_characters_of_a_mac_file_are_cleaned(tmp_path):
    rows = [{unicodedata.normalize("NFD", k): unicodedata.normalize("NFD", v) for k, v in ROW.items()}]
    rows[0][unicodedata.normalize("NFD", "질문")] += "\u200b"
    assert read_entries(write_csv(tmp_path / "a.csv", rows)) == read_entries(
        write_csv(tmp_path / "b.csv", [ROW])
    )


def test_blank_rows_are_passed_over(tmp_path):
    blank = dict.fromkeys(ROW, " ")
    second = ROW | {"항목번호": "교통-002"}
    path = write_csv(tmp_path / "a.csv", [blank, ROW, blank, second, blank])
    assert [entry.entry_id for entry in read_entries(path)] == ["교통-001", "교통-002"]


@pytest.mark.parametrize(
    "text",
    ["2025-01-10", "2025.1.10", "2025. 1. 10.", "2025/01/10", "20250110", "2025년 1월 10일",
     "2025-01-10 00:00:00", "2025-01-10T00:00:00"],
)  # fmt: skip
def test_dates_are_read_as_koreans_write_them(tmp_path, text):
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [ROW | {"유효시작": text}]))
    assert entry.valid_from == date(2025, 1, 10)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("02-2133-1234", "02-2133-1234"),
        ("(국번없이) 120", "(국번없이) 120"),
        ("02-120, 02-2133-0000~3", "02-120, 02-2133-0000~3"),
        ("221331234", "0221331234"),
        ("1000000000", "01000000000"),
        ("15880000", "15880000"),
        ("0221331234", "0221331234"),
        ("", ""),
    ],
)
def test_a_phone_is_kept_as_text_and_gets_back_the_zero_that_excel_drops(tmp_path, typed, kept):
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [ROW | {"전화": typed}]))
    assert entry.phone == kept


@pytest.mark.parametrize(
    ("typed", "read"), [("서울특별시 강남구", "강남구"), ("서울시", None), ("전체", None), ("", None)]
)
def test_a_district_may_be_written_with_its_city_and_the_city_alone_means_all(tmp_path, typed, read):
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [ROW | {"자치구": typed}]))
    assert entry.district == read


def test_a_field_may_be_written_with_its_middle_dot(tmp_path):
    (entry,) = read_entries(write_csv(tmp_path / "a.csv", [ROW | {"분야": "주택·도시계획"}]))
    assert entry.field == "주택도시계획"


def test_variants_that_say_the_same_are_kept_once(tmp_path):
    row = ROW | {"질문변형": f"가|나 |  | 가|{ROW['질문']}"}
    assert read_entries(write_csv(tmp_path / "a.csv", [row]))[0].variants == ("가", "나")


# --- workbooks ------------------------------------------------------------------------------------


def test_a_workbook_keeps_numbers_dates_and_truth_as_a_person_reads_them(tmp_path):
    values = ROW | {
        "항목번호": 1,
        "전화": 221331234,
        "유효시작": datetime(2025, 1, 10),  # noqa: DTZ001
        "유효종료": date(2026, 12, 31),
        "최종확인일": "2025.11.3",
        "ARS": 1.0,
        "표본": True,
    }
    (entry,) = read_entries(write_xlsx(tmp_path / "a.xlsx", [list(values), list(values.values())]))
    assert (entry.entry_id, entry.phone, entry.ars_code, entry.is_sample) == ("1", "0221331234", 1, True)
    assert (entry.valid_from, entry.valid_until) == (date(2025, 1, 10), date(2026, 12, 31))


def test_a_merged_cell_counts_for_every_row_it_covers(tmp_path):
    rows = [list(ROW)] + [list((ROW | {"항목번호": f"a-{n}"}).values()) for n in range(4)]
    path = write_xlsx(tmp_path / "a.xlsx", rows, lambda sheet: sheet.merge_cells("B2:B4"))
    assert [entry.organisation for entry in read_entries(path)] == ["강남구청"] * 4
    path = write_xlsx(tmp_path / "b.xlsx", rows, lambda sheet: sheet.merge_cells("C3:C4"))
    assert [entry.district for entry in read_entries(path)] == ["강남구"] * 4


def test_a_formula_is_read_as_the_value_excel_last_showed(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [list(ROW), list((ROW | {"담당부서": "=1+1"}).values())])
    shown = tmp_path / "shown.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(shown, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert data.count(b"<v />") == 1 or data.count(b"<v></v>") == 1 or data.count(b"<v/>") == 1
                for empty in (b"<v />", b"<v></v>", b"<v/>"):
                    data = data.replace(empty, b"<v>2</v>")
            new.writestr(part, data)
    assert read_entries(shown)[0].department == "2"


def test_the_sheet_that_holds_our_columns_is_read_wherever_it_stands(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["안내", "이 파일은"])
    sheet = book.create_sheet("자료")
    sheet.append(list(ROW))
    sheet.append(list(ROW.values()))
    book.save(tmp_path / "a.xlsx")
    assert len(read_entries(tmp_path / "a.xlsx")) == 1


@pytest.mark.parametrize("name", ["empty.csv", "empty.xlsx"])
def test_the_filled_in_template_is_read(tmp_path, name):
    path = tmp_path / name
    write_template(path)
    with pytest.raises(BadInput, match="열 이름만 있고"):
        read_entries(path)
    if name.endswith("csv"):
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(ROW.values())
    else:
        book = openpyxl.load_workbook(path)
        book.worksheets[0].append(list(ROW.values()))
        book.save(path)
    assert read_entries(path) == read_entries(write_csv(tmp_path / "b.csv", [ROW]))


# --- faults ---------------------------------------------------------------------------------------


def test_every_fault_of_a_file_is_named_by_excel_row_and_column_at_once(tmp_path):
    rows = [
        ROW,
        dict.fromkeys(ROW, ""),
        ROW | {"항목번호": "a-2", "답변": " ", "분야": "교통편", "유효종료": "2025-02-30"},
        ROW | {"항목번호": "a 3"},
        ROW,
        ROW | {"항목번호": "a-5", "유효시작": "2027-01-01"},
        ROW
        | {"항목번호": "a-6", "상태": "완료", "ARS": "7", "표본": "글쎄", "자치구": "강남", "전화": "김담당"},
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    assert faults(path) == [
        (4, "분야"), (4, "답변"), (4, "유효종료"), (5, "항목번호"), (6, "항목번호"), (7, "유효종료"),
        (8, "자치구"), (8, "전화"), (8, "상태"), (8, "ARS"), (8, "표본"),
    ]  # fmt: skip
    assert faults(write_xlsx(tmp_path / "a.xlsx", [list(ROW), *(list(r.values()) for r in rows)])) == faults(
        path
    )


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("자치구", "강남", "'강남' 자치구는 없습니다. 혹시 '강남구'인가요?"),
        ("자치구", "성남시", "서울의 자치구 이름이 아닙니다"),
        ("분야", "주택", "혹시 '주택도시계획'인가요?"),
        ("분야", "무엇", "다음 가운데 하나로 적어 주세요: 행정, 경제"),
        ("유효시작", "2025-13-01", "달력에 없는 날짜입니다(2025-13-01)"),
        ("유효시작", "45667", "칸의 서식을 날짜로"),
        ("유효시작", "내년", "2025-01-10처럼 적어 주세요"),
        ("유효시작", "0001-01-01", "2025-01-10처럼 적어 주세요"),
        ("유효종료", "2025-01-09", "유효시작(2025-01-10)보다 앞섭니다"),
        ("상태", "게시중", "혹시 '게시'인가요?"),
        ("전화", "02-O12O", "전화번호가 아닙니다"),
        ("ARS", "8", "다음 번호 가운데 하나로 적거나 비워 두세요: 1 (교통·일반행정)"),
        ("표본", "아마", "예 또는 아니오로"),
        ("항목번호", "", "비어 있습니다"),
        ("항목번호", "a/b", "글자, 숫자와 . : - _ 만"),
        ("질문", "\u200b", "비어 있습니다"),
        ("답변", "가" * (MAX_CELL + 1), "20,001자로, 한 칸에 담을 수 있는 20,000자를 넘습니다"),
        ("답변", "#REF!", "엑셀 오류 값(#REF!)"),
    ],
)
def test_a_bad_cell_says_why_and_how_to_mend_it(tmp_path, column, text, says):
    path = write_csv(tmp_path / "a.csv", [ROW | {column: text}])
    assert faults(path) == [(2, column)]
    assert says in reason(path)


@pytest.mark.parametrize("column", ["분야", "자치구", "전화", "유효시작", "상태", "ARS", "표본", "항목번호"])
def test_a_person_who_slipped_into_the_wrong_column_is_not_repeated(tmp_path, column):
    path = write_csv(tmp_path / "a.csv", [ROW | {column: "홍길동 010-0000-1234"}])
    assert "홍길동" not in reason(path)
    assert "010-0000" not in reason(path)


def test_a_number_used_twice_names_the_row_that_had_it_first(tmp_path):
    path = write_csv(tmp_path / "a.csv", [ROW, ROW | {"항목번호": "b"}, ROW])
    assert faults(path) == [(4, "항목번호")]
    assert "2행에서 이미 쓴 항목번호(교통-001)" in reason(path)


def test_columns_that_are_missing_misspelt_or_doubled_are_named_before_any_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("항목번호,질문,기관,기관,답볍\n1,물음,시,시,답\n")
    assert faults(path) == [(1, "답볍"), (1, "기관"), (1, "분야"), (1, "답변")]
    assert "혹시 '답변'인가요?" in reason(path)


def test_cells_beyond_the_header_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("항목번호,분야,질문,답변\na,교통,물음,답 하나, 그리고 둘\n")
    assert faults(path) == [(2, "-")]
    assert "큰따옴표" in reason(path)


def test_a_quote_that_never_ends_is_named_by_its_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('항목번호,분야,질문,답변\na,교통,물음,답\nb,교통,물음,"답\nc,교통,물음,답\n')
    assert faults(path) == [(3, "-")]


def test_a_row_number_counts_as_excel_does_where_cells_hold_line_breaks(tmp_path):
    rows = [ROW, ROW | {"항목번호": "b", "답변": "한 줄\n두 줄\n세 줄"}, ROW | {"항목번호": "c", "분야": "?"}]
    assert faults(write_csv(tmp_path / "a.csv", rows)) == [(4, "분야")]


def test_json_lines_name_the_line_and_every_kind_of_fault(tmp_path):
    good = {"entry_id": "a", "field": "교통", "question": "물음", "answer": "답"}
    lines = [
        json.dumps(good),
        "",
        json.dumps(good | {"entry_id": "b", "anser": "답"}),
        json.dumps(good | {"entry_id": "c", "answer": None}),
        json.dumps(good | {"entry_id": "d", "ars_code": 7}),
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    assert faults(path) == [(3, "anser"), (4, "answer"), (5, "ars_code")]
    assert "혹시 'answer'인가요?" in reason(path)
    path.write_text('{"entry_id": \n{"entry_id": {"a": 1}}\n')
    assert faults(path) == [(1, "14번째 글자"), (2, "entry_id")]


# --- files that are no table ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"", "a.csv: 빈 파일"),
        ("a.xlsx", b"", "빈 파일"),
        ("a.csv", b"\n\n \n", "행이 없습니다"),
        ("a.csv", b"PK\x03\x04....", "이름 끝을 .xlsx로"),
        ("a.xlsx", "항목번호,질문".encode(), "이름 끝을 .csv로"),
        ("a.xlsx", b"PK\x03\x04 damaged", "손상되었거나 엑셀 파일이 아닙니다"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "암호 없이"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, ".xlsx로 다시 저장"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "글 파일이 아니거나"),
        ("a.csv", "항목번호,질문".encode("utf-16"), "UTF-16으로 저장되었습니다. 'CSV UTF-8'로"),
        ("a.csv", b"\xed\xa0\x80\xff\xfe", "1번째 줄의 글자를 읽을 수 없습니다"),
        ("a.pdf", b"%PDF-1.7", "이름 끝이 .csv, .tsv"),
        ("a.jsonl", b"\n", "항목이 없습니다"),
        ("a.jsonl", "{}".encode("utf-16"), "UTF-8로 저장한 .jsonl"),
    ],
)
def test_a_file_of_the_wrong_kind_says_what_to_do(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput) as caught:
        read_entries(tmp_path / name)
    assert says in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert not isinstance(caught.value, BadRows)


def test_a_folder_and_a_missing_file_say_so(tmp_path):
    with pytest.raises(BadInput, match="폴더입니다"):
        read_entries(tmp_path)
    with pytest.raises(BadInput, match="파일이 없습니다"):
        read_entries(tmp_path / "none.csv")


def archive(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        with file.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(201):
                part.write(b" " * 2**20)
    assert path.stat().st_size < 2**20
    with pytest.raises(BadInput, match="압축을 풀면 200MB를 넘습니다"):
        read_entries(path)


def test_a_zip_that_is_no_workbook_and_xml_that_defines_entities_are_refused(tmp_path):
    with pytest.raises(BadInput, match="엑셀 파일이 아니라 압축 파일"):
        read_entries(archive(tmp_path / "a.xlsx", {"readme.txt": "hello"}))
    laughs = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><workbook/>'
    with pytest.raises(BadInput, match="XML 문서 형식 선언"):
        read_entries(archive(tmp_path / "b.xlsx", {"xl/workbook.xml": laughs}))


def test_a_workbook_damaged_anywhere_is_refused_or_read_but_never_crashes(tmp_path):
    whole = write_xlsx(tmp_path / "a.xlsx", [list(ROW), list(ROW.values())])
    with zipfile.ZipFile(whole) as file:
        parts = {part.filename: file.read(part) for part in file.infolist()}
    dice = random.Random(7)
    for trial in range(150):
        name = dice.choice([part for part in parts if part.endswith((".xml", ".rels"))])
        data = bytearray(parts[name])
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(data))
            data[at : at + dice.choice([0, 1, 8])] = dice.choice([b"", b"<", b"9", b'"', b"x"])
        path = archive(tmp_path / f"m{trial}.xlsx", parts | {name: bytes(data)})
        try:
            read_entries(path)
        except BadInput as error:
            assert str(error)  # noqa: PT017
    for cut in range(4, whole.stat().st_size, 211):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole.read_bytes()[:cut])
        with pytest.raises(BadInput):
            read_entries(path)


@pytest.mark.slow
def test_fifty_thousand_rows_of_a_workbook_fit_in_bounded_memory(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["항목번호", "분야", "질문", "답변", "유효시작"])
    for number in range(50_000):
        sheet.append([f"a-{number}", "교통", f"{number}번 주차장 문의", ROW["답변"], "2025-01-10"])
    book.save(tmp_path / "a.xlsx")
    script = (
        "import re, sys; from pathlib import Path; from retrieval.entries import read_entries;"
        "count = len(read_entries(Path(sys.argv[1])));"  # getrusage would count the parent before exec, too
        "print(count, re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.xlsx")], capture_output=True, text=True, check=True
    )
    count, kilobytes = done.stdout.split()
    assert int(count) == 50_000
    assert int(kilobytes) < 500_000
