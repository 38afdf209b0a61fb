"""Counts and ages: 2명, 3시간, 28살, 만 65세, 25개 자치구, 3,200세대.

A native numeral stays a word before 번, 번째, 분, 달, 가지 and the like, where a digit would be read
otherwise (2분 is two minutes, 2번 is number two)."""

from __future__ import annotations

import re

from stt.numbers.rules import LEFT, ONE, OPEN, TAIL, Rule, plain
from stt.numbers.values import NATIVE, SINO, native, quantity, sino

_AGE = re.compile(rf"(?<![가-힣0-9])(만 )({SINO}|{NATIVE}) ?(세|살){TAIL}")
_NATIVE_UNITS = (
    "시간|명(?!의[가-힣]|절|함|단|칭)|개(?!월|인|발|선|통|방|정|설|편|념|소식)|장(?!애|소|사|기|면|인|르)|통(?!장|화|해)|건(?!물|강|설)|마리|권(?!리|한)|그루"
    "|병(?!원)|잔(?!치)|살(?!림)|대(?!신|출|기|상|로|체|학)|부(?!모|터|분|과)|켤레|벌(?!금)|채(?!용)|송이|봉지|박스|상자|세트|가구|세대|칸|과목|강좌|인분|팀|줄"
)
_NATIVE_COUNT = re.compile(rf"{LEFT}({NATIVE})( ?)({_NATIVE_UNITS}){TAIL}")
_GLUED_OK = re.compile(r"시간|명|개|장|살|마리|그루|가구|잔|권")
_LONG_UNITS = (
    "시간|명(?!의[가-힣]|절|함|단|칭)|개(?!월|인|발|선|통|방|정|설|편|념|소식)|장(?!애|소|사|기|면|인|르)|통(?!장|화|해)|건(?!물|강|설)|마리|권(?!리|한)|그루|병(?!원)|잔(?!치)|살(?!림)"
    "|대(?!신|출|기|상|로|체|학)|부(?!모|터|분|과)|세트|박스|상자|가구|세대|칸|석|곳|위(?!원|치|험|기)|포인트|세기|세|도(?!시|민|청)|배|점|자|회|주년|곡|줄|필지|면|표|채|쪽|페이지|리|칼로리|볼트|와트|가지|인"
)
_LONG_COUNT = re.compile(rf"{LEFT}({SINO})( ?)({_LONG_UNITS}){TAIL}")
_ANY_UNITS = (
    "개월|개국|개 ?국어|개소|개 (?:구|동|시|군|노선|언어|기관|부서|과|반|역)|학년|층|호봉|번지|번길|등급|단계|차선|차로|단지|분기|인분|인승|종류|과목|교시|학기|가구|세대|명당"
    "|제곱미터|제곱킬로미터|평방미터|평|킬로미터|킬로그램|킬로와트|킬로|키로|센티미터|센티|밀리미터|밀리그램|밀리리터|밀리|미터|그램|리터|톤|씨씨|시시|기가바이트|기가헤르츠|기가|메가바이트|메가헤르츠|메가|테라바이트|킬로헤르츠|헤르츠|와트|밀리암페어|암페어|알피엠|데시벨"
)
_ANY_COUNT = re.compile(rf"{LEFT}({SINO})( ?)({_ANY_UNITS})(?={TAIL}| |$)")
_LITTLE_AGE = re.compile(rf"{LEFT}({ONE}) 세(?= ?(?:이상|미만|이하|아이|아동|까지|부터|여아|남아))")
_IDIOM = re.compile("한 건(?! ?(?:의|도|이|만|당))|한 ?잔|한 대 ?(?:맞|때|치|쳐|패)")
_DID = re.compile(r"(?:로|을|를|고|게|히) $")  # 만나기로 한 시간: "한" is done, not one


def _age(match: re.Match[str]) -> str:
    value = native(match[2])
    value = sino(match[2]) if value is None else value
    return match.group() if value is None or value > 130 else f"{match[1]}{value}{match[3]}"


def _native_count(match: re.Match[str]) -> str:
    value, unit = native(match[1]), match[3]
    if match[1] == "한" and (
        _DID.search(match.string[: match.start()][-3:]) or _IDIOM.match(match.string, match.start())
    ):
        return match.group()
    short = len(match[1]) == 1
    if value is None or (short and not match[2] and not _GLUED_OK.match(unit)):
        return match.group()
    return f"{value}{unit}"


def _long_count(match: re.Match[str]) -> str:
    said, unit, value = match[1], match[3], sino(match[1])
    single = len(said) == 1
    if value is None or "조" in said or said == "억" or OPEN.search(match.string[: match.start()]):
        return match.group()
    if (
        (unit == "장" and said == "백일")
        or (unit == "위" and single)
        or (single and (said not in "십백천만" or not match[2]))
    ):
        return match.group()
    if (
        unit in ("자", "도", "리", "인", "면", "표", "점", "배", "줄", "곳", "가지", "쪽")
        and (single or (not match[2] and len(said) < 3))
        and not (unit == "도" and said in "십백" and match[2])
    ):
        return match.group()
    written = quantity(value)
    return written + (" " if written[-1] in "만억조" else "") + unit


def _any_count(match: re.Match[str]) -> str:
    said, unit, value = match[1], match[3], sino(match[1])
    if (
        value is None
        or said in ("조", "억", "공", "영")
        or (said in ("만", "천") and unit in ("층", "평", "단지", "단계"))
    ):
        return match.group()
    if said == "만" and unit == "기가":  # 만기가 연장됐어요
        return match.group()
    if (
        said == "이"
        and match[2]
        and unit
        in (
            "등급",
            "단계",
            "단지",
            "세대",
            "과목",
            "종류",
            "평",
            "가구",
            "메가",
            "기가",
            "밀리",
            "차로",
            "차선",
        )
    ):
        return match.group()
    if (
        said in ("사", "오", "구", "일")
        and not match[2]
        and unit in ("평", "층", "기가", "메가", "세대", "가구")
        and unit != "층"
    ):
        return match.group()
    names = unit in ("층", "번지", "번길", "학년", "단지", "분기", "교시", "학기", "호봉", "등급", "단계")
    written = str(value) if names else quantity(value)
    return written + (" " if written[-1] in "만억조" else "") + unit


AGES: tuple[Rule, ...] = ((_AGE, _age),)
"""First: in 만 육십오 세 the 만 is no ten thousand."""

COUNTS: tuple[Rule, ...] = (
    (_ANY_COUNT, _any_count),
    (_LONG_COUNT, _long_count),
    (_LITTLE_AGE, plain("세")),
    (_NATIVE_COUNT, _native_count),
)
