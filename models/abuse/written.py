"""The sentences written for this project, spelt out from their templates.

Templates keep a sentence's meaning and vary its words; each gives at most `limit` sentences,
drawn with the seed, so that a template with many slots does not drown the others.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("written_abuse.tsv", "written_civil.tsv")
SLOTS: dict[str, tuple[str, ...]] = {
    "일": (
        "여권 재발급", "과태료", "주차 단속", "쓰레기 수거", "수도 요금", "기초연금", "전입신고", "가로등 고장", "버스 노선",
        "층간 소음", "불법 주차", "청년 수당", "대형 폐기물", "인감 증명서", "재산세", "자동차세", "임대 주택", "따릉이",
        "예방 접종", "보육료", "공사 소음", "지원금", "등본", "운전면허", "장애인 등록", "난방비 지원", "도로 파손", "하수구 냄새",
        "반려견 등록", "건강 검진", "장기 요양", "교통 카드", "문화 누리 카드", "복지 카드", "기후 동행 카드", "체육관 예약",
    ),
    "욕": ("씨발", "시발", "ㅅㅂ", "ㅆㅂ", "시팔", "씨팔", "좆같네", "씹", "썅", "시부럴", "니미", "씨바"),
    "존나": ("존나", "졸라", "좆나", "ㅈㄴ", "개존나", "조낸", "개같이", "좆같이"),
    "새끼야": (
        "새끼야", "개새끼야", "씨발놈아", "씨발년아", "미친놈아", "미친년아", "개자식아", "쌍년아", "병신 새끼야", "호로새끼야",
        "씹새끼야", "썅년아", "개년아", "ㄱㅅㄲ야", "년아", "놈아", "개 같은 놈아", "개 같은 년아", "시발새끼야", "또라이 새끼야",
    ),
    "새끼들": ("새끼들", "개새끼들", "씨발놈들", "미친놈들", "씹새끼들", "ㅅㄲ들", "도둑놈들", "개 같은 놈들", "호로새끼들"),
    "욕말": (
        "개새끼", "병신", "미친년", "씨발년", "거지", "돼지", "바보", "미친놈", "또라이", "못생긴 년", "쓰레기", "죽어", "꺼져",
        "늙은이", "장애인 새끼", "거지새끼", "흑돼지", "짱깨", "벙어리", "멍청이", "닥쳐", "진상", "맘충", "창녀",
    ),
}  # fmt: skip
_SLOT = re.compile(r"\{(\S+?)\}")
_PARTICLES = {p: pair for pair in ("을를", "은는", "이가", "과와") for p in pair}
_CHOICE = re.compile(r"\(([^()]*)\)|\{(\S+?)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence with its gold."""

    text: str
    labels: tuple[str, ...]
    severity: int
    template: int  # sentences of one template stay on one side of a split


def written(seed: int, limit: int = 14) -> list[Written]:
    """All sentences, templates in order."""
    pick = random.Random(seed)
    sentences: list[Written] = []
    for number, (labels, severity, template) in enumerate(_templates()):
        names = () if labels == "없음" else tuple(labels.split(","))
        sentences.extend(Written(text, names, severity, number) for text in _spell(template, limit, pick))
    return sentences


def _templates() -> Iterator[tuple[str, int, str]]:
    for name in FILES:
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                labels, severity, template = line.split("\t")
                yield labels, int(severity), template


def _spell(template: str, limit: int, pick: random.Random) -> list[str]:
    """At most `limit` different sentences of a template."""
    parts: list[tuple[str, ...]] = []
    end = 0
    for match in _CHOICE.finditer(template):
        parts.append((template[end : match.start()],))
        parts.append(tuple(match.group(1).split("|")) if match.group(2) is None else SLOTS[match.group(2)])
        end = match.end()
    parts.append((template[end:],))
    total = 1
    for choices in parts:
        total *= len(choices)
    if total <= limit:
        return sorted({_tidy(combination, pick) for combination in itertools.product(*parts)})
    # every choice comes once before any comes twice
    decks = [pick.sample(choices * (limit // len(choices) + 1), limit) for choices in parts]
    return sorted({_tidy(combination, pick) for combination in zip(*decks, strict=True)})


def _tidy(parts: tuple[str, ...], pick: random.Random) -> str:
    """Join the parts; slots inside a choice are filled and particles agree with the word before."""
    out = ""
    for part in parts:
        part = _SLOT.sub(lambda m: pick.choice(SLOTS[m.group(1)]), part)
        if part in _PARTICLES and out and "가" <= out[-1] <= "힣":
            closed = (ord(out[-1]) - 0xAC00) % 28 > 0
            part = _PARTICLES[part][0 if closed else 1]
        if part.startswith(("이라고", "이라는", "이라면서")) and out and (ord(out[-1]) - 0xAC00) % 28 == 0:
            part = part[1:]
        out += part
    return " ".join(out.split())
