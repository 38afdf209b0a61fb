"""What a dataset is, for those who use it and those who answer for it.

The questions follow T. Gebru et al., Datasheets for Datasets (2021).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from stt.dataset import AROUND, LONGEST, NEAR, SHORTEST, Exported, Wanted

_SIDES = {"citizen": "민원인", "agent": "상담사"}
_REASONS = {
    "personal data": "개인정보가 들리거나 그 가까이에 있음",
    "not reviewed": "사람이 고치지 않음",
    "no text": "글이 없음",
    "no sound": "소리가 보관되어 있지 않음",
    "too short or too long": f"{SHORTEST}초보다 짧거나 {LONGEST}초보다 김",
    "typed, not heard": "음성이 아니라 손으로 적은 발화",
    "marked 잡음": "교정자가 잡음이라고 표시함",
    "marked 겹침": "교정자가 말이 겹친다고 표시함",
    "marked 개인정보": "교정자가 개인정보라고 표시함",
}


@dataclass(frozen=True, slots=True)
class About:
    """Who made a dataset, of what, and what for."""

    name: str
    purpose: str
    made_by: str
    made_at: datetime
    first: datetime | None  # start of the earliest call in question
    last: datetime | None
    wanted: Wanted
    recording_days: int  # after which the program deletes the calls' own sound


def datasheet(about: About, made: Exported) -> dict[str, str]:
    """DATASHEET.md for people, datasheet.json for programs."""
    return {"DATASHEET.md": _text(about, made), "datasheet.json": _json(about, made)}


def _json(about: About, made: Exported) -> str:
    wanted = about.wanted
    return (
        json.dumps(
            {
                "name": about.name,
                "purpose": about.purpose,
                "made_by": about.made_by,
                "made_at": about.made_at.isoformat(timespec="seconds"),
                "period": [
                    day.isoformat(timespec="seconds") if day else None for day in (about.first, about.last)
                ],
                "wanted": {
                    "reviewed_only": wanted.reviewed_only,
                    "speaker": wanted.speaker.value if wanted.speaker else None,
                    "min_confidence": None if wanted.reviewed_only else wanted.min_confidence,
                },
                "segments": made.segments,
                "reviewed": made.reviewed,
                "seconds": made.seconds,
                "seconds_by_speaker": made.by_speaker,
                "conversations": made.conversations,
                "left_out": made.left_out,
                "personal_data": "left out",
                "audio": {"format": "flac", "rate": 16_000, "channels": 1},
                "recording_days": about.recording_days,
                "segments_sha256": made.digest,
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _text(about: About, made: Exported) -> str:
    seconds = sum(made.seconds.values())
    splits = "\n".join(
        f"| {split} | {made.conversations[split]} | {_length(made.seconds[split])} |"
        for split in made.seconds
    )
    sides = "\n".join(f"| {_SIDES[side]} | {_length(total)} |" for side, total in made.by_speaker.items())
    left = (
        "\n".join(f"| {_REASONS.get(why, why)} | {n} |" for why, n in made.left_out.items()) or "| 없음 | 0 |"
    )
    period = " ~ ".join(day.strftime("%Y-%m-%d") if day else "?" for day in (about.first, about.last))
    wanted = about.wanted
    reviewed = (
        "사람이 고치거나 맞다고 확인한 발화만 담았습니다."
        if wanted.reviewed_only
        else f"사람이 확인한 발화 {made.reviewed}개와, 확인하지 않았으나 인식 확신도가 {wanted.min_confidence} 이상인 "
        "발화를 담았습니다. 뒤의 것은 `reviewed`가 false이며 틀린 글이 섞여 있을 수 있습니다."
    )
    return f"""# 데이터시트: {about.name}

## 왜 만들었나
{about.purpose}

만든 사람 {about.made_by}, 만든 때 {about.made_at.isoformat(timespec="seconds")}.

## 무엇이 들어 있나
상담 전화의 소리를 발화마다 자른 것과 그 말을 받아 적은 글 {made.segments}개, 모두 {_length(seconds)}.
통화 시기: {period}. 소리는 16 kHz 한 채널 FLAC, 글은 `segments.jsonl`에 있습니다.

| 나눔 | 통화 | 길이 |
| --- | --- | --- |
{splits}

| 말한 사람 | 길이 |
| --- | --- |
{sides}

나눔은 통화 번호의 해시로만 정해집니다. 한 통화는 언제 내보내도 같은 나눔에 들어가므로, `test`는 학습에 쓰인 적이 없는
통화로 남습니다. `conversation`은 열쇠가 있어야 만들 수 있는 해시라서 이것만으로는 어느 통화인지 알 수 없습니다.

## 어떻게 모으고 고쳤나
음성 인식이 적은 글을 품질평가·연구 담당자가 소리를 들으며 고쳤습니다. 누가 언제 무엇을 고쳤는지는 감사 기록에 있습니다.
{reviewed}
발화 앞뒤로 {AROUND}초를 더 담되 같은 사람의 다른 발화는 담지 않습니다. `confidence`는 처음 인식했을 때의 확신도입니다.

## 무엇을 왜 뺐나
| 까닭 | 발화 |
| --- | --- |
{left}

개인정보(이름, 전화번호, 주민등록번호, 주소, 계좌·카드·차량번호, 이메일, 생년월일)가 들리는 발화와 그 {NEAR}초 안에 있는 다른
발화는 빠져 있습니다. 자동으로 찾은 것이므로 빠뜨린 것이 있을 수 있습니다. 목소리도 개인을 알아볼 수 있는 정보입니다.

## 무엇에 쓰고 무엇에 쓰면 안 되나
위에 적은 목적에만 씁니다. 사람을 알아보거나 목소리를 흉내 내는 데, 상담사를 평가하는 데 써서는 안 됩니다.

## 보관
원래 통화의 소리는 {about.recording_days}일이 지나면 프로그램이 지웁니다. 이 사본은 프로그램이 지우지 않습니다. 목적을 이루면
지우고, 지운 날을 적어 두어야 합니다. 본인이 삭제를 요구하면 `conversation` 해시로 찾아 이 사본에서도 지웁니다.

segments.jsonl SHA-256: `{made.digest}`
"""


def _length(seconds: float) -> str:
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return " ".join(
        part for part in (hours and f"{hours}시간", minutes and f"{minutes}분", f"{left}초") if part
    )
