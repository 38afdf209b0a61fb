import csv

import openpyxl
import pytest

from consultation.errors import BadInput
from retrieval.cells import COLUMNS, REQUIRED
from retrieval.template import CHOICES, NOTES, write_template


def test_the_csv_template_opens_in_excel_with_korean_columns(tmp_path):
    write_template(tmp_path / "a.csv")
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert next(csv.reader([data.decode("utf-8-sig")])) == list(COLUMNS)


def test_the_workbook_offers_choices_keeps_phones_as_text_and_explains_every_column(tmp_path):
    write_template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet, notes = book.worksheets
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert len(sheet.data_validations.dataValidation) == len(CHOICES)
    assert all(len(one.formula1) <= 255 for one in sheet.data_validations.dataValidation)  # Excel's limit
    assert sheet.column_dimensions["I"].number_format == "@"
    assert [row[0] for row in notes.iter_rows(min_row=2, values_only=True)] == list(COLUMNS)
    assert [row[0] for row in notes.iter_rows(min_row=2, values_only=True) if row[1]] == sorted(
        REQUIRED, key=list(COLUMNS).index
    )


def test_every_column_has_a_note():
    assert list(NOTES) == list(COLUMNS)


def test_a_file_is_never_overwritten(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        write_template(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "mine"


@pytest.mark.parametrize("name", ["a.xls", "a", "none/a.csv"])
def test_a_name_or_place_that_will_not_do_says_so(tmp_path, name):
    with pytest.raises(BadInput, match=r"name it|cannot be written"):
        write_template(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
