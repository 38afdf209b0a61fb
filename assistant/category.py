"""분류 and ARS menu of a conversation.

The 분류 of the knowledge is kept by many hands and noisy, yet it is what a record is filed under:
so the entries that answered decide first, then the neighbourhood of the question in the knowledge,
then plain words of each field.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from consultation.types import FIELDS, ConsultationEntry, Ranking, Speaker, Turn, Urgency

_WORDS: Mapping[str, re.Pattern[str]] = {
    "교통": re.compile(
        r"버스|지하철|택시|따릉이|자전거|교통카드|정류장|정류소|환승|주차|운전|신호등|도로|면허"
    ),
    "복지": re.compile(
        r"수급|복지|장애인|노인|어르신|치매|돌봄|노숙|쉼터|긴급복지|한부모|보육|어린이집|바우처|연금|외로|말벗|북한이탈"
    ),
    "환경": re.compile(
        r"쓰레기|재활용|폐기물|분리수거|수돗물|수도|하수|누수|단수|미세먼지|소음|악취|비둘기|공원|나무|정화조|녹물"
    ),
    "건강": re.compile(
        r"보건소|예방접종|병원|의료|위생|식당|음식점|건강|정신과|우울|금연|코로나|간판\S*\s?상호|약국|자살"
    ),
    "경제": re.compile(
        r"창업|소상공인|대출|일자리|취업|소비자|상품권|환불|계약|상가|시장|물가|부동산|카드\s?수수료|중개"
    ),
    "주택도시계획": re.compile(r"전세|월세|임대|재개발|재건축|주택|아파트|청약|건축|전월세|공시지가|등기"),
    "문화관광": re.compile(
        r"문화|관광|공연|전시|박물관|미술관|문학관|도서관|축제|강좌|체육|관람|궁궐|한강공원"
    ),
    "안전": re.compile(r"화재|재난|대피|붕괴|침수|홍수|지진|소방|안전|CCTV|씨씨티비|민방위|119"),
    "여성가족": re.compile(
        r"임신|출산|육아|아동|여성|가정폭력|다문화|결혼|이혼|재혼|혼인|아이돌봄|출생|전입"
    ),
    "행정": re.compile(
        r"증명서|등본|초본|주민등록|인감|여권|세금|지방세|자동차세|재산세|과태료|홈택스|민원|정보\s?공개|투표"
    ),
}

_DANGERS: Mapping[Urgency, str] = {
    Urgency.EMERGENCY: "안전",
    Urgency.SUICIDE_RISK: "건강",
    Urgency.WELFARE_CRISIS: "복지",
    Urgency.LONELINESS: "복지",
}

_WATER = re.compile(
    r"수돗물|계량기가?\s?.{0,6}(?:얼|터)|동파|(?:붉은|누런|녹슨)\s?\S?\s?물|수도(?:요금|사업소|관|꼭지|계량)|상수도|하수(?:도|구)|누수|단수|저수조|녹물|수질\s?검사|아리수|물이\s?(?:하나도\s?|잘\s?|전혀\s?)?(?:안|왜)\s?\S*\s?나"
)
_CARE = re.compile(r"치매|요양|돌봄|간병|수급자|수급\s?신청|긴급복지|노숙|한부모|장애인\s?활동|차상위")
_CARE_GIVEN = re.compile(r"치매|요양|돌봄|간병|활동\s?지원")
_RULES = re.compile(
    r"규제(?:를|가|의)?\s?(?:개선|완화|풀어)|규정\S?\s?.{0,10}(?:바뀌|바꾸|바꿔|고쳐|고치|완화)|법\S?\s?.{0,8}(?:바뀌|바꾸|바꿔)"
)
_MENUS: Sequence[tuple[int, re.Pattern[str]]] = (
    (4, re.compile(r"규제개선")),
    (3, re.compile(r"안심돌봄")),
    (5, re.compile(r"외로움안녕")),
    (9, re.compile(r"외국어\s?상담")),
)


def category(
    turns: Sequence[Turn],
    used: Sequence[ConsultationEntry],
    near: Ranking | None = None,
    urgency: Urgency = Urgency.NONE,
) -> str:
    """One of FIELDS. `used` are entries that answered, the first question's first; `near` is what a
    search for the whole conversation finds, believed as far as it is `answerable`."""
    if used and used[0].field in FIELDS:
        return used[0].field
    votes: defaultdict[str, float] = defaultdict(float)
    if near is not None and near.hits:
        weights = [hit.score / (place + 1) for place, hit in enumerate(near)]
        for hit, weight in zip(near, weights, strict=True):
            votes[hit.entry.field] += near.answerable**2 * weight / (sum(weights) or 1.0)
    text = " ".join(turn.text for turn in turns if turn.index > 0)
    counts = {name: len(pattern.findall(text)) for name, pattern in _WORDS.items()}
    total = sum(counts.values())
    for name, count in counts.items():
        votes[name] += count / total if total else 0.0
    if urgency in _DANGERS:
        votes[_DANGERS[urgency]] += 0.5
    best = max(FIELDS, key=lambda name: (votes[name], -FIELDS.index(name)))
    return best if votes[best] > 0 else FIELDS[0]


def ars_code(turns: Sequence[Turn], urgency: Urgency) -> int:
    """The menu the content belongs to, not the key that was pressed."""
    greeting = " ".join(turn.text for turn in turns[:1] if turn.speaker is Speaker.AGENT)
    citizen = " ".join(turn.text for turn in turns if turn.speaker is Speaker.CITIZEN)
    if urgency in (Urgency.SUICIDE_RISK, Urgency.LONELINESS):
        return 5
    if urgency is Urgency.EMERGENCY:
        return 1
    for code, pattern in _MENUS:
        if pattern.search(greeting):
            return code
    letters = sum(c.isalpha() for c in citizen)
    if letters and sum(c.isascii() and c.isalpha() for c in citizen) / letters > 0.25:
        return 9
    if _RULES.search(citizen):
        return 4
    if len(_WATER.findall(citizen)) >= 1:
        return 2
    everything = " ".join(turn.text for turn in turns)
    cared = len(_CARE.findall(citizen)) >= 2 or (
        _CARE_GIVEN.search(citizen) and len(_CARE_GIVEN.findall(everything)) >= 4
    )
    if urgency is Urgency.WELFARE_CRISIS or cared:
        return 3
    return 1
