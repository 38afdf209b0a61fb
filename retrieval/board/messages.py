"""The Korean that managers and officers read."""

from __future__ import annotations

from datetime import date

NOTHING_CHANGED = "게시된 내용과 달라진 곳이 없습니다."
NO_REASON = "까닭을 두 글자 이상 적어 주세요. 이력에 함께 남습니다."
NOTHING_TO_PUBLISH = "게시할 것이 없습니다. 승인된 변경이나 새 확인이 있어야 합니다."
NOTHING_LIVE = "게시된 상담DB가 아직 없습니다. 먼저 파일을 올려 게시해 주세요."
NO_ENTRY = "게시된 상담DB에 이 항목이 없습니다. 항목번호를 확인해 주세요."
NO_OLD_TEXT = "그 판에는 이 항목의 글이 없습니다. 이력을 새로 고쳐 주세요."
ENTRY_IS_THERE = "이미 쓰고 있는 항목번호입니다. 다른 번호를 적어 주세요."
OWN_APPROVAL = "글을 쓴 사람은 승인할 수 없습니다. 다른 담당자가 승인해 주세요."
ONLY_AUTHOR = "글을 쓴 사람만 검토를 요청할 수 있습니다."
APPROVED_ALREADY = "승인된 글은 고칠 수 없습니다. 먼저 반려하여 초안으로 되돌려 주세요."
CLOSED = "이미 끝난 제안입니다. 화면을 새로 고쳐 주세요."
STALE = "그사이 다른 사람이 이 제안을 바꾸었습니다. 바뀐 글을 확인한 뒤 다시 해 주세요."
BASE_MOVED = "제안을 쓴 뒤에 게시된 글이 바뀌었습니다. 두 글을 견주어 다시 고쳐 주세요."
BAD_LINK = "쓸 수 없는 주소입니다. 기한이 지났거나 새 주소로 바뀌었을 수 있습니다. 담당자에게 새 주소를 요청해 주세요."
TOO_OFTEN = "요청이 너무 잦습니다. 1분 뒤에 다시 시도해 주세요."
TEXT_MOVED = "그사이 게시된 글이 바뀌었습니다. 바뀐 글을 읽고 다시 확인해 주세요."
TAKEN_UP = "이미 게시에 반영되었거나 수정 제안이 접수되어 되돌릴 수 없습니다."
NOBODY_TO_ASK = "조건에 맞는 항목이 없어 확인할 기관이 없습니다. 조건을 바꾸어 주세요."
PAST_DUE = "확인 기한은 오늘 이후여야 합니다."
ROUND_OVER = "마감된 확인 회차입니다."
NO_ORGANISATION = "(기관 미지정)"
WHOLE_CITY = "서울시 전체"

STEPS = {
    "write": "작성",
    "submit": "검토 요청",
    "approve": "승인",
    "return": "반려",
    "withdraw": "철회",
    "publish": "게시",
}


def wrong_state(step: str, state: str) -> str:
    """A step that cannot be taken from here."""
    return f"지금 '{state}' 상태라 '{STEPS.get(step, step)}'을(를) 할 수 없습니다. 화면을 새로 고쳐 주세요."


def edited_by(who: str) -> str:
    """Somebody else saved first."""
    return f"{who} 님이 먼저 저장했습니다. 두 글을 견주어 본 뒤 다시 저장해 주세요."


def too_many_changes(found: int, most: int) -> str:
    """A file that would hold everybody else up."""
    return f"달라진 행이 {found:,}건입니다. 한 번에 {most:,}건까지 올릴 수 있으니 파일을 나누어 주세요."


def officer_of(organisation: str) -> str:
    """Whoever opens an organisation's personal link."""
    return f"{organisation} 담당자"


def reminder(organisation: str, title: str, due_on: date, left: int, today: date) -> str:
    """What the manager sends to an organisation that has not finished."""
    days = (due_on - today).days
    when = f"{due_on.month}월 {due_on.day}일"
    if days > 0:
        deadline = f"확인 기한이 {when}({days}일 남음)입니다"
    elif days == 0:
        deadline = f"확인 기한이 오늘({when})입니다"
    else:
        deadline = f"확인 기한({when})이 {-days}일 지났습니다"
    return (
        f"{organisation} 담당자님, 안녕하십니까. '{title}' {deadline}. "
        f"아직 확인하지 않은 항목이 {left:,}건 있습니다. "
        f"보내 드린 주소에서 항목마다 [확인] 또는 [수정 제안]을 눌러 주시기 바랍니다. 고맙습니다."
    )
