import gzip
import json

import pytest

from consultation import rows as rows_file
from consultation.errors import BadInput, BadRows
from consultation.rows import numbered_rows, read_rows, write_rows


def test_rows_are_read_plain_and_compressed(tmp_path):
    data = '\ufeff{"질문": "여권"}\r\n\n{"질문": "전입"}\n'.encode()
    (tmp_path / "a.jsonl").write_bytes(data)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(data))
    expected = [{"질문": "여권"}, {"질문": "전입"}]
    assert read_rows(tmp_path / "a.jsonl") == read_rows(tmp_path / "a.jsonl.gz") == expected


def test_every_bad_line_is_named_in_order_and_none_is_kept(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"q": 1}\n{"q": \n\n[1]\n{"q": 2}\n' + "[" * 100_000 + '\n{"q": ' + "1" * 5000 + "}\n")
    with pytest.raises(BadRows, match="nothing was kept") as caught:
        read_rows(path, lambda row: ("q", "too large") if row["q"] == 2 else None)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "character 7"),
        (4, "-"),
        (5, "q"),
        (6, "-"),
        (7, "-"),
    ]


def test_rows_keep_the_line_they_stood_on(tmp_path):
    (tmp_path / "a.jsonl").write_text('\n\n{"q": 1}\n\n{"q": 2}')
    assert numbered_rows(tmp_path / "a.jsonl") == ([(3, {"q": 1}), (5, {"q": 2})], [])


@pytest.mark.parametrize(
    "data",
    [b"", b"\n \n", b"\xff\xfe", gzip.compress(b"{}")[:-4], b"\x1f\x8b\x08\x00 no gzip", b"\x1f\x8b"],
    ids=["empty", "blank", "utf-16", "cut gzip", "broken gzip", "only the magic"],
)
def test_a_file_that_holds_no_rows_is_refused(tmp_path, data):
    (tmp_path / "a.jsonl").write_bytes(data)
    with pytest.raises(BadInput, match=r"a\.jsonl"):
        read_rows(tmp_path / "a.jsonl")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            read_rows(path)


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(rows_file, "MAX_BYTES", 1000)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\n" * 1_000_000))
    with pytest.raises(BadInput, match="split the file"):
        read_rows(tmp_path / "a.jsonl.gz")


def test_what_is_written_is_read_back(tmp_path):
    rows = [{"text": "여권\n재발급\u2028끝"}, {"text": "lone \ud800", "score": 0.5, "hits": []}]
    write_rows(tmp_path / "a.jsonl", rows)
    assert read_rows(tmp_path / "a.jsonl") == rows
    assert "여권" in (tmp_path / "a.jsonl").read_text()


def test_writing_replaces_the_whole_file_or_leaves_it(tmp_path):
    path = tmp_path / "a.jsonl"
    write_rows(path, [{"n": 1}])

    def broken():
        yield {"n": 2}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_rows(path, broken())
    with pytest.raises(TypeError):
        write_rows(path, [{"n": object()}])
    assert read_rows(path) == [{"n": 1}]
    assert list(tmp_path.iterdir()) == [path]
    write_rows(path, [{"n": 3}])
    assert json.loads(path.read_text()) == {"n": 3}


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "none" / "a.jsonl", tmp_path / "file" / "a.jsonl", tmp_path):
        with pytest.raises(BadInput, match="cannot be written"):
            write_rows(path, [{}])
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
