"""What the citizen reads while a complaint is taken: one question, the summary, the closing words."""

from __future__ import annotations

from datetime import datetime

from complaints.catalogue import DISTRICT, Catalogue, Kind
from complaints.intake import Intake, Slot
from complaints.vehicles import UNKNOWN

_WHERE = "어디인지 알려 주세요. 동 이름, 역 출구, 건물 이름, 도로명 주소 모두 좋습니다."
_OUTSIDE = (
    "‘{region}’ 지역은 서울이 아니어서 여기서 접수할 수 없습니다. 국민신문고나 정부민원안내 110으로 문의해 주세요. "
    "서울의 위치라면 동 이름이나 역 이름으로 다시 알려 주세요."
)
_EXACT = "{place} 가운데 정확히 어디쯤인가요? 가까운 건물이나 출구를 알려 주세요."
_ASK: dict[Slot, str] = {
    "vehicle": "차량번호를 알려 주세요. 모르시면 모른다고 하셔도 됩니다.",
    "route": "몇 번 버스였는지 알려 주세요.",
    "detail": "어떤 상황인지 조금 더 자세히 알려 주세요.",
    "time": "언제 보셨나요? (예: 방금, 어제 밤 10시쯤, 매일 새벽)",
    "photo": "사진이 있으신가요? 없어도 접수할 수 있습니다.",
    "contact": "처리 결과를 받아 보시겠어요? 원하시면 연락처를, 아니면 괜찮다고 말씀해 주세요.",
}
_NOW = {"now": "지금", "recurring": "반복해서 발생"}


def question(intake: Intake, slot: Slot, catalogue: Catalogue) -> str:
    """The one question that is put next."""
    if slot == "kind":
        names = [catalogue[code].name for code in intake.kind_choices]
        if intake.queued and len(names) > 1:
            return f"{' / '.join(names)} 가운데 어느 것부터 접수할까요?"
        if names:
            return f"어떤 신고인지 확인이 필요합니다. {' / '.join(names)} 가운데 어느 것인가요?"
        return "어떤 불편을 신고하시는지 알려 주세요."
    if slot == "place" and intake.outside:
        return _OUTSIDE.format(region=intake.outside)
    if slot == "place":
        return _EXACT.format(place=intake.location) if intake.location else _WHERE
    if slot == "district":
        if intake.district_choices:
            return f"‘{intake.location}’은(는) {' / '.join(intake.district_choices)} 가운데 어느 구인가요?"
        return f"‘{intake.location}’은(는) 어느 자치구인가요?"
    if slot == "detail" and intake.kind in catalogue and catalogue[intake.kind].ask:
        return catalogue[intake.kind].ask
    if slot == "contact" and intake.wants_contact:
        return "연락받으실 전화번호나 이메일을 알려 주세요."
    return _ASK[slot]


def summary(intake: Intake, kind: Kind) -> str:
    """What will be filed, for the one confirmation. The contact number is not shown."""
    lines = [f"종류: {kind.name}", f"위치: {_place(intake)}"]
    lines.append(f"일시: {moment(intake.occurred_at)}")
    if "route" in kind.needs:
        lines.append(f"노선: {intake.route_no or '확인 안 됨'}")
    if "vehicle" in kind.needs:
        lines.append(f"차량번호: {_plates(intake)}")
    if intake.detail:
        lines.append(f"내용: {intake.detail_text}")
    lines.append(f"사진: {'있음' if intake.photo else '없음'}")
    lines.append(
        f"결과 안내: {'받음(연락처는 담당 부서에만 전달)' if intake.contact_consent else '받지 않음'}"
    )
    return "\n".join(lines)


def confirmation(intake: Intake, kind: Kind) -> str:
    """The summary with the question whether to file it."""
    return f"{summary(intake, kind)}\n이대로 접수할까요? 고칠 곳이 있으면 말씀해 주세요."


def moment(occurred_at: str) -> str:
    """지금, 반복해서 발생, 10월 16일, 10월 16일 23시 05분; 확인 안 됨 where nothing is known."""
    if not occurred_at:
        return "확인 안 됨"
    if occurred_at in _NOW:
        return _NOW[occurred_at]
    at = datetime.fromisoformat(occurred_at)
    day = f"{at.month}월 {at.day}일"
    return f"{day} {at.hour}시 {at.minute:02d}분" if "T" in occurred_at else day


def cancelled() -> str:
    """After a cancellation."""
    return "신고를 취소했습니다. 접수된 내용은 없습니다. 필요하시면 언제든 다시 말씀해 주세요."


def in_charge(kind: Kind, district: str) -> str:
    """Who will answer, as it is told to the citizen."""
    organisation = district if kind.organisation == DISTRICT else kind.organisation
    return f"{organisation} {kind.department(district)}".strip()


def _place(intake: Intake) -> str:
    said = str(intake.location)
    return said if not intake.district or intake.district in said else f"{intake.district} {said}"


def _plates(intake: Intake) -> str:
    if not intake.vehicles or intake.vehicles == (UNKNOWN,):
        return "모름"
    return ", ".join(intake.vehicles)
