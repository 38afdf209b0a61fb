"""The public Seoul 120 questions (`번호,분류,제목,내용,내용번호`) in the words of our template.

The collector of that file stripped digits and punctuation and left residue of HTML and of fonts.
Nothing is invented in their place: the address of the original page is each entry's 근거.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from consultation.districts import DISTRICTS

CSV_COLUMNS = {"항목번호": "내용번호", "분야": "분류", "질문": "제목", "답변": "내용"}
JSON_COLUMNS = {"항목번호": "doc_id", "분야": "category", "질문": "title", "답변": "text"}
OTHER_COLUMNS = frozenset({"번호", "no", "flags"})  # read by nobody

PAGE = "https://opengov.seoul.go.kr/civilappeal/"
SOURCE = "서울특별시 · 120다산콜재단 (서울 정보소통광장)"
NO_ANSWER = "답변 내용이 공개되어 있지 않습니다. 근거에 적힌 원문에서 확인해 주세요."

_RESIDUE = re.compile(r"(?<![A-Za-z])(?:amp|apos|quot|nbsp)(?![A-Za-z])\s?;?", re.IGNORECASE)
_FONTS = re.compile(r"(?<!\S)(돋움|굴림|바탕|궁서|맑은 고딕)체?(?:\s+\1체?)+(?!\S)")
_ENDED = re.compile(r"사업\s?종료|종료\s?사업|삭제\s?예정")
_UNDER_REVISION = re.compile(r"^(?:[(\[][^)\]]*[)\]]\s*)?정비\s?중$")
# A district's name opens a word; 성동구치소 (a prison) and 연중구매 hold none.
_DISTRICT = re.compile(rf"(?<![가-힣])({'|'.join(DISTRICTS)})(?!치소|매|조|성)")


def template_cells(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """One row of the public file as cells of our template. `columns`: ours to the file's names."""
    entry_id, title = row.get(columns["항목번호"], ""), tidy(row.get(columns["질문"], ""))
    answer = tidy(row.get(columns["답변"], ""))
    return {
        "항목번호": entry_id,
        "기관": "서울특별시",
        "자치구": district(title) or "",
        "분야": row.get(columns["분야"], ""),
        "질문": title,
        "답변": answer or NO_ANSWER,
        "근거": PAGE + entry_id,
        "출처": SOURCE,
        "상태": state(title) if answer else "검토",
    }


def tidy(text: str) -> str:
    """Without entities (often escaped several times over), their residue, and runs of font names."""
    for _ in range(6):
        plain = html.unescape(text)
        if plain == text:
            break
        text = plain
    return " ".join(_FONTS.sub(" ", _RESIDUE.sub(" ", text)).split())


def district(title: str) -> str | None:
    """The 자치구 a title is about: the only one it names, if it names one."""
    named = set(_DISTRICT.findall(title))
    return named.pop() if len(named) == 1 else None


def state(title: str) -> str:
    """[사업종료], [종료사업] and [삭제예정] are over; "정비중" is being rewritten; the rest is published."""
    if _ENDED.search(title):
        return "만료"
    return "검토" if _UNDER_REVISION.match(title) else "게시"
