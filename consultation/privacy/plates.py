"""Vehicle plates: 12가 3456, 서울 70바 1234, 공육 더 팔일일오."""

from __future__ import annotations

import re

from consultation.privacy.context import Context
from consultation.spoken_numbers import SPOKEN_DIGIT as _D
from consultation.types import PersonalData

_USE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호"
_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
_TENS = r"[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?"
_PLATE = re.compile(
    rf"(?:(?:{_REGION})\s?)?(?<![0-9제.-])"
    rf"(?:[0-9]{{2,3}}|{_D}\s?{_D}(?:\s?{_D})?|(?:[일이삼사오육칠팔구]?백\s?)?{_TENS})"
    rf"\s?[{_USE}](?:에|의)?[\s-]{{0,2}}"
    rf"(?:[0-9]{{4}}(?![0-9])|{_D}\s?{_D}\s?{_D}\s?{_D}"
    r"|[일이삼사오육칠팔구]?천\s?(?:[일이삼사오육칠팔구]?백)?\s?(?:[일이삼사오육칠팔구]?십)?\s?[일이삼사오육칠팔구]?)"
    r"(?![0-9]|\.\s?[0-9])"
)
_CUE = re.compile(
    r"차량|차\s?번호|번호판|번호|차가|차는|차를|택시|오토바이|승용차|트럭|주차|차인데|그 차|차예요|차요"
)
_COURT = re.compile(r"선고|판결|결정|사건|헌[가마바]")  # 95다9280 is a case number
_UNIT = re.compile(r"\s?(?:년|원|명|개|건|세|살|만|천|백|미터|m|k|킬로|호(?!차)|번지|시간|시\b|분|회|동|층)")

_SPELLED = re.compile(
    rf"(?:[0-9]{{2,3}}|(?:{_D}){{2,3}}|(?:[일이삼사오육칠팔구]?백)?{_TENS})\s?[{_USE}]에?\s(?:{_D}){{4}}"
)
_ALL_DIGITS = re.compile(rf"(?:{_D})+")  # one long number, whose fifth word sounds like a letter of plates


def find_plates(text: str, context: Context) -> list[PersonalData]:
    """Plates; spoken ones only where every digit is spoken one by one or a vehicle is spoken of."""
    found: list[PersonalData] = []
    at = 0
    while match := _PLATE.search(text, at):
        at = match.end()
        plate = match.group()
        if _UNIT.match(text, match.end()) or _COURT.search(text[max(0, match.start() - 6) : match.end() + 6]):
            continue
        digits = sum(c.isdigit() for c in plate)
        left = text[max(0, match.start() - 20) : match.start()]
        glued = bool(left) and "가" <= left[-1] <= "힣" and not plate[0].isdigit()
        vehicle = context.expects("차량번호") or _CUE.search(text) or _SPELLED.fullmatch(plate)
        if digits < 4 and (glued or not vehicle or _ALL_DIGITS.fullmatch(plate)):
            at = match.start() + 1
            continue
        found.append(PersonalData(match.start(), match.end(), "차량번호", plate))
    return found
