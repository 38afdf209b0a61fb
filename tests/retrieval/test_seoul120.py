import json

import pytest

from consultation.errors import BadRows
from consultation.types import EntryState
from retrieval.entries import read_entries
from retrieval.seoul120 import NO_ANSWER, district, state, tidy

CSV = """번호,분류,제목,내용,내용번호
3,복지,(가나구) 아기 돌봄 시간제 이용,   업무개요  돌봄 안내   지원대상  아이   ,9000003
2,행정,[사업종료] 지난 행사,행사 개요  월 일,9000002
1,교통,&amp;amp;apos;안심&amp;amp;apos; 주차 안내,     ,9000001
"""


def test_the_public_file_is_read_as_it_is(tmp_path):
    (tmp_path / "seoul120.csv").write_text(CSV.replace("가나구", "강북구"))
    first, second, third = read_entries(tmp_path / "seoul120.csv")
    assert (first.entry_id, first.field, first.district) == ("9000003", "복지", "강북구")
    assert (first.question, first.answer) == (
        "(강북구) 아기 돌봄 시간제 이용",
        "업무개요 돌봄 안내 지원대상 아이",
    )
    assert first.basis == "https://opengov.seoul.go.kr/civilappeal/9000003"
    assert first.organisation == "서울특별시"
    assert first.source == "서울특별시 · 120다산콜재단 (서울 정보소통광장)"
    assert (first.state, second.state) == (EntryState.PUBLISHED, EntryState.EXPIRED)
    assert third.question == "'안심' 주차 안내"


def test_a_row_without_a_text_is_kept_for_review_and_points_to_its_page(tmp_path):
    (tmp_path / "seoul120.csv").write_text(CSV)
    third = read_entries(tmp_path / "seoul120.csv")[2]
    assert (third.answer, third.state) == (NO_ANSWER, EntryState.REVIEW)
    assert third.basis.endswith("/9000001")


def test_the_json_lines_of_the_same_file_give_the_same_entries(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    rows = [
        {"doc_id": line.split(",")[4], "no": int(line.split(",")[0]), "category": line.split(",")[1],
         "title": line.split(",")[2], "text": line.split(",")[3], "flags": []}
        for line in CSV.splitlines()[1:]
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert read_entries(tmp_path / "a.jsonl") == read_entries(tmp_path / "a.csv")


def test_a_fault_names_the_column_as_the_file_does(tmp_path):
    (tmp_path / "a.csv").write_text(CSV.replace("행정", "기타").replace("9000001", "9000003"))
    with pytest.raises(BadRows) as caught:
        read_entries(tmp_path / "a.csv")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(3, "분류"), (4, "내용번호")]


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("(강북구) 재활용 교환", "강북구"),
        ("[서초구]무료 상담", "서초구"),
        ("2024년 서대문구 건강 교실", "서대문구"),
        ("구민회관은 송파구청에 있나요?", "송파구"),
        ("도봉구) 임대 문의", "도봉구"),
        ("중구 문화회관", "중구"),
        ("연중구매 계획", None),
        ("성동구치소 이전", None),
        ("동대문구와 중랑구를 잇는 다리", None),
        ("가까운 구청 찾기", None),
        ("인천남동구 안내", None),
    ],
)
def test_a_title_names_its_district_only_when_it_is_certain(title, named):
    assert district(title) == named


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("[사업종료] 가", "만료"),
        ("[2016년 사업종료] 가", "만료"),
        ("[종료사업] 가", "만료"),
        ("[삭제예정] 가", "만료"),
        ("(강북구) 정비중", "검토"),
        ("정비중인 공원은 어디인가요?", "게시"),
        ("사업 안내", "게시"),
    ],
)
def test_titles_say_what_is_over_and_what_is_being_rewritten(title, expected):
    assert state(title) == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A &amp;amp;amp; B", "A & B"),
        ("연구 amp 개발", "연구 개발"),
        ("앰프 ampere", "앰프 ampere"),
        ("돋움 돋움 돋움 돋움 신청방법", "신청방법"),
        ("굴림체 굴림체 신청", "신청"),
        ("바탕 화면과 돋움 글씨", "바탕 화면과 돋움 글씨"),
        ("  두  칸\n줄  ", "두 칸 줄"),
    ],
)
def test_residue_of_web_pages_is_removed_and_words_stay(text, plain):
    assert tidy(text) == plain
