"""Numbers that name something: lines, buses, exits, laws, rounds, grades. No commas, no 만."""

from __future__ import annotations

import re

from stt.numbers.places import number
from stt.numbers.rules import LEFT, ONE, SMALL, TAIL, Rule, Write, plain
from stt.numbers.values import NATIVE, SINO, SINO_CHAR, digits, native, sino

_LINE = re.compile(rf"{LEFT}({SINO}) ?호선(?=[가-힣]{{2,6}}역|{TAIL})")
_NUMBER = re.compile(
    rf"{LEFT}(엔 ?|엠 ?)?({SINO})( ?)번(?!지)(?=째?{TAIL})(?=( ?(?:출구|버스|마을|심야|창구|버튼|게이트|국도|승강장|홈|정류|노선|을 ?누|을 ?눌|을 ?타|누르|눌))?)"
)
_BUS = re.compile(rf"{LEFT}({SINO_CHAR}{{3,5}})(?= (?:마을|저상|심야|광역|시내|간선|지선)?버스)")
_ORDINAL = re.compile(
    rf"(?<![가-힣])제(?!사장) ?({SMALL}) ?(조|항|호|차|회|종|장|급|기|과|관|절|단지|지구|공장|외국어){TAIL}"
)
_ARTICLE = re.compile(rf"(?<=법 |례 |칙 |령 |정 |률 )({SMALL}) ?조{TAIL}")
_CLAUSE = re.compile(rf"(?<=[0-9]조)( ?)({SINO}) ?(항|호){TAIL}")
_ROUND = re.compile(rf"{LEFT}({SMALL}) ?차{TAIL}")
_ROUND_CUE = re.compile(r"접종|백신|모집|지급|시험|심사|상담|공고|면접|지원금|추경|병원|의료기관|예방|산업")
_GRADE = re.compile(rf"{LEFT}({SMALL}) ?급{TAIL}")
_GRADE_CUE = re.compile(r"장애|등급|공무원|자격|시각|지체|청각|요양|한국사|검정|국가유공")
_TIMES = re.compile(
    rf"(?<![가-힣])(연|총|월|주|매년|매월|최대|하루) ({SINO}) ?회{TAIL}|{LEFT}({SINO}) 회{TAIL}"
)
_PERSONS = re.compile(rf"{LEFT}({SINO}) ?인(?= ?(?:가구|가족|이상|이하|미만|기준|실|용|세대|분)|승)")
_INSURANCE = re.compile(rf"{LEFT}({ONE}) ?대(?= ?(?:보험|악|중독|강))")
_LATE_ORDINAL = re.compile(rf"{LEFT}({NATIVE}|{SINO}) ?번 ?째{TAIL}")
_FIXED = {
    "육이오": "6·25", "사일구": "4·19", "오일팔": "5·18", "오일육": "5·16", "팔일오": "8·15", "정부 이십사": "정부24", "정부이십사": "정부24",
}  # fmt: skip
_FIXED_NAME = re.compile(rf"{LEFT}({'|'.join(_FIXED)}){TAIL}")
_MOVEMENT = re.compile(r"(?<![가-힣])삼일(?= ?운동)")


def _number(match: re.Match[str]) -> str:
    said, cue = match[2], match[4]
    value = number(said)
    if value is None and (cue and len(digits(said)) == len(said)):
        value = digits(said)
    if value is None or said in ("만", "천", "억", "조", "공", "영"):
        return match.group()
    if said == "이" and not (cue and (match[3] or "버스" not in cue)):
        return match.group()
    if said == "사" and not match[3] and not cue:
        return match.group()
    line = {"엔": "N", "엠": "M"}.get((match[1] or "").strip(), "")
    return f"{line}{value}번"


def _cued(cue: re.Pattern[str], unit: str) -> Write:
    """A unit that counts after a long number, or with a cue near it."""

    def write(match: re.Match[str]) -> str:
        value = sino(match[1])
        near = (
            match.string[max(0, match.start() - 12) : match.start()]
            + match.string[match.end() : match.end() + 8]
        )
        if value is None or (len(match[1]) == 1 and not cue.search(near)) or match[1] in "만천백조억":
            return match.group()
        return f"{value}{unit}"

    return write


def _times(match: re.Match[str]) -> str:
    said = match[2] or match[3]
    value = sino(said)
    if value is None or (match[3] and said in "이사조만"):
        return match.group()
    return f"{match[1]} {value}회" if match[1] else f"{value}회"


def _late_ordinal(match: re.Match[str]) -> str:
    """From ten on a digit (11번째); 첫 번째 to 아홉 번째 stay words."""
    value = native(match[1]) or sino(match[1])
    return match.group() if value is None or value < 10 or len(match[1]) < 2 else f"{value}번째"


def _bus(match: re.Match[str]) -> str:
    return number(match[1]) or match.group()


def _ordinal(match: re.Match[str]) -> str:
    value = sino(match[1])
    return match.group() if value is None else f"제{value}{match[2]}"


def _clause(match: re.Match[str]) -> str:
    value = sino(match[2])
    return match.group() if value is None else f"{match[1]}{value}{match[3]}"


FIXED: tuple[Rule, ...] = ((_FIXED_NAME, lambda match: _FIXED[match[1]]), (_MOVEMENT, lambda _: "3·1"))
NUMBERS: tuple[Rule, ...] = (
    (_LINE, plain("호선")),
    (_LATE_ORDINAL, _late_ordinal),
    (_NUMBER, _number),
    (_BUS, _bus),
)
LAWS: tuple[Rule, ...] = ((_ORDINAL, _ordinal), (_ARTICLE, plain("조")), (_CLAUSE, _clause))
KINDS: tuple[Rule, ...] = (
    (_PERSONS, plain("인")),
    (_INSURANCE, plain("대")),
    (_TIMES, _times),
    (_ROUND, _cued(_ROUND_CUE, "차")),
    (_GRADE, _cued(_GRADE_CUE, "급")),
)
