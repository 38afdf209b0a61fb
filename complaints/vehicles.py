"""Number plates and bus routes in what a citizen says, written or spoken.

A plate is kept without spaces, with its region where one was said: 93구0718, 서울74사0123.
"""

from __future__ import annotations

import re

from consultation.spoken_numbers import DIGIT, digits_of, value_of

UNKNOWN = "unknown"  # the citizen does not know the plate

_USE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"
_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_D = DIGIT
_WRITTEN = re.compile(
    rf"(?:(?P<region>{_REGION})\s?)?(?<![0-9.-])(?P<head>\d{{2,3}})\s?(?P<use>[{_USE}])(?:에|의)?[\s-]{{0,2}}(?P<tail>\d{{4}})(?!\d)"
)
_SPOKEN = re.compile(
    rf"(?:(?P<region>{_REGION})\s?)?(?<![가-힣0-9])(?P<head>{_D}\s?{_D}(?:\s?{_D})?)\s?(?P<use>[{_USE}])(?:에|의)?[\s-]{{0,2}}"
    rf"(?P<tail>{_D}\s?{_D}\s?{_D}\s?{_D})(?![0-9])"
)
_PARTIAL = re.compile(
    r"(?:뒷|뒤|끝|뒷번호|끝번호|뒷자리|번호판?)\s?(?:번호|자리)?[는가이만]?\s?(?:4자리)?[는가]?\s?(\d{4})(?!\d)"
)
_CUE = re.compile(r"차량|차\s?번호|번호판|번호|차가|차는|차를|택시|버스|트럭|승용차|오토바이|번이")
_NOT_KNOWN = re.compile(
    r"(?:차량\s?번호|차\s?번호|번호판|번호|넘버)\S{0,3}\s?(?:은|는|이|가|을|를|도|까지는?)?\s?(?:잘|하나도|전혀|미처)?\s?"
    r"(?:못\s?(?:봤|보았|외|적|찍|기억|읽)|안\s?(?:보|봤|외|적)|모르|몰라|몰랐|기억\s?(?:이|은)?\s?(?:안|못|없)|기억\s?안|가려|없어|없습|없음|없는|확인\s?(?:못|안|이))"
    r"|번호\S{0,2}\s?(?:확인|파악)\S{0,3}\s?(?:못|안|불가)|무번호판|번호판이 없"
)
_ROUTE = re.compile(
    r"(?<![0-9A-Za-z가-힣])(?P<name>[NMnm]\s?-?\s?\d{2,4}|(?:종로|중구|용산|성동|광진|동대문|중랑|성북|강북|도봉|노원|은평|서대문|마포|양천|강서|구로|금천|영등포|동작|관악|서초|강남|송파|강동)\s?\d{1,2}(?:-\d)?(?!\d)"
    r"|(?:\d{2,4}(?:-\d{1,2})?|\d-\d)(?:[AB](?![A-Za-z]))?)\s?번?\s?(?:(?:광역|간선|지선|심야|순환|공항|시내|시외|마을|저상|파란|초록|빨간)?\s?(?:버스|뻐스))"
)
_ROUTE_BUS_FIRST = re.compile(
    r"(?:버스|노선)\s?(?:번호)?[는은이가]?\s?(?P<name>[NM]?\d{2,4}(?:-\d{1,2})?|[가-힣]{2,3}\s?\d{2}(?!\d))\s?(?:번|버스|이|예|입|요|[.,\s]|$)"
)
_ROUTE_ALONE = re.compile(
    r"(?<![0-9가-힣A-Za-z-])(?P<name>[NM]?\d{2,4}(?:-\d{1,2})?|[가-힣]{2,3}\d{2})\s?번(?!\s?(?:출구|길|지|째|국도|홈|승강장|창구|쯤|이나|정도))"
)
_ROUTE_SPOKEN = re.compile(
    r"(?<![가-힣])(?P<name>[일이삼사오육칠팔구십백천공영]{2,9})\s?번\s?(?:버스|마을버스)"
)
_DISTRICT_ROUTE = re.compile(
    r"(?<![가-힣])(?P<name>(?:종로|용산|성동|광진|동대문|중랑|성북|강북|도봉|노원|은평|서대문|마포|양천|강서|구로|금천|영등포|동작|관악|서초|강남|송파|강동)\s?\d{2}(?:-\d)?)(?!\d)\s?번?"
)


def plates(text: str, *, expected: bool = False) -> list[str]:
    """Plates in a text, in reading order, each once.

    A plate spoken as digits (구삼 구 공칠일팔) counts only where a vehicle is spoken of, or was
    asked for (`expected`). Plates longer than any real one are none.
    """
    found: dict[int, str] = {m.start(): _plate(m) for m in _WRITTEN.finditer(text)}
    if expected or _CUE.search(text):
        for m in _SPOKEN.finditer(text):
            if not any(m.start() <= at < m.end() for at in found) and not _WRITTEN.search(m.group()):
                found[m.start()] = _plate(m)
    if not found:
        found = {
            m.start(): m[1]
            for m in _PARTIAL.finditer(text)
            if not re.search(r"전화|연락|010", text[: m.start()][-12:])
        }
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def plate_spans(text: str) -> list[tuple[int, int]]:
    """Where written plates stand."""
    return [m.span() for m in _WRITTEN.finditer(text)]


def says_plate_unknown(text: str) -> bool:
    """Does the citizen say that the plate was not seen?"""
    return bool(_NOT_KNOWN.search(text))


def route(text: str, *, expected: bool = False) -> str | None:
    """The bus route of a text: 271, N61, 마포09, 6-1. A bare "271번" counts only where it was asked for."""
    for pattern in (_ROUTE, _ROUTE_BUS_FIRST):
        if m := pattern.search(text):
            return _route(m["name"])
    if (m := _ROUTE_SPOKEN.search(text)) and (value := value_of(m["name"])):
        return str(value)
    if expected:
        for pattern in (_DISTRICT_ROUTE, _ROUTE_ALONE):
            if m := pattern.search(text):
                return _route(m["name"])
        if m := re.fullmatch(
            r"\s*([NMnm]?\d{2,4}(?:-\d{1,2})?)\s*(?:번|이요|요|이에요|예요|입니다)?\s*", text
        ):
            return _route(m[1])
    return None


def _plate(m: re.Match[str]) -> str:
    return f"{m['region'] or ''}{digits_of(m['head'])}{m['use']}{digits_of(m['tail'])}"


def _route(name: str) -> str:
    return re.sub(r"\s|(?<=[NM])-", "", name).upper()
