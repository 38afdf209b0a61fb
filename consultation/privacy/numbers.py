"""Telephone, resident, card and account numbers, and dates of birth given as digits.

Checksums decide nothing: resident numbers issued since October 2020 have none, and a misheard
digit must not uncover the rest.
"""

from __future__ import annotations

import re

from consultation.privacy.context import Context
from consultation.privacy.runs import Run, runs
from consultation.spoken_numbers import digits_of
from consultation.types import PersonalData

_BANKS = (
    "국민|신한|우리|하나|농협|엔에이치|NH|기업|IBK|KB|카카오|토스|케이|K|산업|수협|신협|새마을금고|우체국|부산|대구|아이엠|iM"
    "|광주|전북|경남|제주|씨티|SC제일|제일|축협|산림조합|저축"
)
_BANK_BEFORE = re.compile(
    rf"(?<![가-힣A-Za-z])(?P<bank>(?:{_BANKS})(?:은행|뱅크|중앙회)?)"
    r"(?:\s{0,2}(?:입금|급여|환급)?\s?(?:계좌|통장)(?:\s?번호)?)?(?:은|는|이|가|로|에|이고|인데|요|이요)?[\s:,]{0,3}$"
)
_LOOSE_BANKS = (
    "우리",
    "하나",
    "기업",
    "국민",
    "제일",
    "산업",
    "광주",
    "부산",
    "대구",
    "경남",
    "전북",
    "제주",
    "K",
    "케이",
    "토스",
    "저축",
)
_ACCOUNT_CUE = re.compile(r"계좌|통장|입금|예금|은행|뱅크")
_CARD_CUE = re.compile(r"카드")
_RRN_CUE = re.compile(
    r"(?:주민|외국인)\s?(?:등록)?\s?번호|민번|앞\s?자리|뒷\s?자리|앞에\s?(?:여섯|6)|뒤에\s?(?:일곱|7)"
)
_BORN = re.compile(r"\s?생(?!활|각|산|수|일)")
_BIRTH_CUE = re.compile(r"생년월일|생일|생신|태어난|출생일")
_PHONE_CUE = re.compile(
    r"(?:연락처|전화|전번|폰|휴대전화|(?<!차)(?<!차 )(?<!차량)(?<!차량 )번호)(?:\s?번호)?(?:는|은|이|가|도|로는|로)?(?:요|여)?[\s:,.]{0,3}"
    r"(?:(?:어+|음+|그|저|네|예|그게|이게)[\s,.]{1,2})?$"
)
_NOT_PERSONAL = re.compile(
    r"(?:접수|신청|민원|관리|고객|문서|사업자(?:\s?등록)?|법인(?:\s?등록)?|계량기|납부|수용가|(?<!주민)(?<!외국인)등록|영수증|송장|운송장|주문|예약|일련|고지|허가"
    r"|제조|모델|정류장|정류소|노선|버스|우편|공고|법령|사건|처리|관할|대기|좌석|상품|인증|결재|확인|전신주|전봇대|가로등|맨홀|시설물|따릉이|자전거|대여소|사물함|택배|물품|면허|발급|수험|회원|의료|환자|동물등록|세대|건물)\s?번호"
    r"(?:는|은|이|가|로|도)?[\s:,]{0,3}(?:제)?$"
)
_OFFICE = re.compile(
    r"구청|시청|센터|보건소|사업소|사무소|경찰서|소방서|공단|공사(?!장)|재단|콜(?!백)|기관|담당|부서|과(?=\s|는|은|로|에|번호|\s?직통)"
    r"|대표|병원|의원|지사|법원|등기소|세무서|은행|우체국|도서관|학교|복지관|협회|상담소|상담전화|관리실|업체|회사|사무실|민원실|안내|문의"
)
_OFFICE_AFTER = re.compile(
    r"\s?(?:이|가|은|는)?\s?(?:회사|사무실|관리실|구청|시청|센터|병원|학교)\s?(?:번호|전화)"
    r"|\s?(?:번)?(?:으로|로)?\s?(?:전화|문의|연락|걸어)\s?(?:를|을)?\s?(?:주시면|주세요|하시면|하세요|하셔|해\s?보|보시|바랍)"
)
_MINE = re.compile(
    r"제|저희|우리|내\s|집|본인|연락처|휴대폰|핸드폰|폰|어머니|아버지|남편|아내|아들|딸|맞으시|맞습니까|맞으신|맞죠|맞지요"
)
_UNIT_AFTER = re.compile(
    r"\s?(?:원|명|개|년|월|일(?![일이삼사오육칠팔구공])|시(?!에)|분|초|층|호|동(?!안)|번지|번\s?(?:버스|출구|마을|창구|국도|을|를|버튼|째|정도|이상|눌)"
    r"|세|살|회|매|장|건|킬로|미터|제곱|평|퍼센트|프로|%|㎡|km|m|kg|리터|톤|도(?:\s|$)|배|만|천|백|억|조|자리|가지|호선|단지|가구|세대|인분|학년|차|급|조|항|페이지|쪽|위|주|달|곳|군데)"
)
_ENDS_WELL = re.compile(
    r"(?:\s?번)?(?:이?요|이?여|이?유|임다|이?라예|이?데이|이?구만|이?구먼|이?네|입니다|임니다|입니더|이?에요|이?예요|이?고요?|이?구요|이?라고|이?라요|이?라예|이?네요|이?거든|이?죠|이?지요|이?올시다|이며"
    r"|맞|까지|에|의|로|으로)?(?:[\s.,!?…·~)]|$|맞)"
)
_DICTATED = re.compile(r"이?[가-힣]{0,4}(?:[\s.,!?…~]|$)")
_PUBLIC = re.compile(
    r"1[0-3]\d|1[3][0-9]{2}|1[5-9][0-9]{2}|182|188|10[0-9]|080\d*|1[5-9]\d{6}|0212\d|02120|[1-9]\d{0,2}0{2,}"
)
_LEFT = 40  # characters looked at before a number


def find_numbers(text: str, context: Context) -> list[PersonalData]:
    """Numbers in reading order, not overlapping."""
    found: list[PersonalData] = []
    for run in runs(text):
        found.extend(_classify(text, run, context, found))
    return found


def _classify(text: str, run: Run, context: Context, earlier: list[PersonalData]) -> list[PersonalData]:
    left = text[max(0, run.starts[0] - _LEFT) : run.starts[0]]
    if _NOT_PERSONAL.search(left):
        return []
    if account := _account(text, run, left, context):
        return [account]
    found: list[PersonalData] = []
    i, n = 0, len(run.digits)
    rest = 0  # first token that nothing has claimed
    while i < n:
        if run.glued(i) or not (run.breaks(i) or run.spoken[i]):
            i += 1
            continue
        match = _at(
            text, run, i, left if i == 0 else text[max(0, run.starts[i] - _LEFT) : run.starts[i]], context
        )
        if match is None:
            i += 1
            continue
        kind, end = match
        if found or i > rest:
            found.extend(_piece(text, run.cut(rest, i), context, found or earlier))
        found.append(_span(text, run, i, end, kind))
        i = rest = end
    if rest < n:
        found.extend(_piece(text, run.cut(rest, n), context, found or earlier))
    return found


def _span(text: str, run: Run, start: int, end: int, kind: str) -> PersonalData:
    first, last = run.starts[start], run.ends[end - 1]
    return PersonalData(first, last, kind, text[first:last])


def _at(text: str, run: Run, i: int, left: str, context: Context) -> tuple[str, int] | None:
    """Kind and end of the whole number that begins at token i."""
    digits, n = run.digits, len(run.digits)

    def ends(length: int) -> bool:
        return i + length <= n and not run.glued(i + length)

    if ends(13) and _is_date(digits[i : i + 6]) and digits[i + 6] != "9":
        sizes = run.groups(i, i + 13)
        alone = n == 13 and run.breaks(6)
        if (
            alone
            or sizes in ([6, 7], [13], [6, 1, 6])
            or _RRN_CUE.search(left)
            or context.expects("주민등록번호")
        ):
            return "주민등록번호", i + 13
    if re.match(r"01[016789]", digits[i : i + 3]):
        for length in (11, 10) if digits[i + 2] == "0" else _fitting(run, i, (11, 10)):
            if ends(length) and (length == 11 or digits[i + 2] != "0" or _aligned(run, i, length, 3)):
                return "전화번호", i + length
    if abroad := re.match(r"82(0?)1[016789]", digits[i : i + 5]):  # +82-10-…
        length = 12 + len(abroad[1])
        if i == 0 and ends(length):
            return "전화번호", i + length
    if ends(16) and digits[i] != "0":
        sizes = run.groups(i, i + 16)
        cue = _CARD_CUE.search(left) or context.expects("카드번호")
        listed = "," in text[run.starts[i] : run.ends[i + 15]]  # several short numbers
        if cue or (sizes == [4, 4, 4, 4] and not listed) or (sizes == [16] and n == 16):
            return "카드번호", i + 16
    if ends(15) and re.match(r"3[47]", digits[i:]) and run.groups(i, i + 15) == [4, 6, 5]:
        return "카드번호", i + 15
    area = re.match(r"02|0[3-6][1-5]|070|050\d", digits[i:])
    if area and run.breaks(i):
        for length in _fitting(run, i, (area.end() + 8, area.end() + 7)):
            if ends(length):
                end = run.ends[i + length - 1]
                number = digits[i : i + length]
                if _is_public_line(number) or _is_office(text, left, end, number, context):
                    return None
                return "전화번호", i + length
    return None


def _aligned(run: Run, start: int, length: int, head: int) -> bool:
    """Is there a break after the area code and none inside the last four digits?"""
    return run.breaks(start + head) and run.breaks(start + length - 4)


def _fitting(run: Run, start: int, lengths: tuple[int, ...]) -> list[int]:
    """The lengths, first those at which a group ends and whose last four digits are a group."""
    fitting = [
        length
        for length in lengths
        if start + length <= len(run.digits)
        and (start + length == len(run.digits) or run.breaks(start + length))
        and run.breaks(start + length - 4)
    ]
    return fitting + [length for length in lengths if length not in fitting]


def _is_public_line(number: str) -> bool:
    return bool(re.match(r"02120|0[3-6]\d(?:120|110|119|112|1[34]\d\d)", number)) and len(number) < 9


def _is_office(text: str, left: str, end: int, number: str, context: Context) -> bool:
    """Is a landline an office's? An office is named before it and nobody was asked for a number."""
    if number in context.numbers or (context.expects("전화번호") and not _OFFICE.search(left)):
        return False
    if _OFFICE_AFTER.match(text, end):
        return True
    office = [m.end() for m in _OFFICE.finditer(left)]
    mine = [m.end() for m in _MINE.finditer(left)]
    return bool(office) and (not mine or max(mine) < max(office))


def _account(text: str, run: Run, left: str, context: Context) -> PersonalData | None:
    n = len(run.digits)
    if not 9 <= n <= 16:
        return None
    bank = _BANK_BEFORE.search(left)
    if bank and bank["bank"] in _LOOSE_BANKS and re.match(r"01[016789]\d{7,8}$|02\d{7,8}$", run.digits):
        bank = None
    mobile = re.match(r"01[016789]\d{7,8}$", run.digits)
    resident = n == 13 and run.groups(0, n) == [6, 7] and _is_date(run.digits[:6])
    asked = not mobile and not resident and context.number_kind() == "계좌번호"
    cue = not mobile and not resident and _ACCOUNT_CUE.search(left[-25:])
    if not (bank or asked or cue) or _CARD_CUE.search(left[-12:]):
        return None
    # The public annotation of calls counts the bank's name in, when it stands right before the number.
    beside = bank and not left[bank.end("bank") :].strip()
    first = run.starts[0] - (len(left) - bank.start("bank")) if bank and beside else run.starts[0]
    return PersonalData(first, run.ends[-1], "계좌번호", text[first : run.ends[-1]])


def _piece(text: str, run: Run, context: Context, beside: list[PersonalData]) -> list[PersonalData]:
    """A part of a number that is dictated over several turns, or said apart in one."""
    if run.digits[:-1] in context.numbers and run.digits[-1] == "2" and run.spoken[-1]:
        run = run.cut(0, len(run.digits) - 1)  # "공이 일공팔" repeated as "공이 일공팔이요"
    n = len(run.digits)
    if not 3 <= n <= 16 or run.glued(0):
        return []
    left = text[max(0, run.starts[0] - _LEFT) : run.starts[0]]
    kind = _named_piece(text, run, left, context) or _expected_piece(text, run, left, context, beside)
    return [_span(text, run, 0, n, kind)] if kind else []


def _named_piece(text: str, run: Run, left: str, context: Context) -> str:
    """Kind of a part that says itself what it is: "뒷자리는 …", "…생", 010 and four digits; or ""."""
    digits, last = run.digits, run.ends[-1]
    birth = len(digits) in (6, 8) and _is_date(digits[-6:])
    ends_well = _ENDS_WELL.match(text, last)
    if _RRN_CUE.search(left[-20:]) and (len(digits) == 7 or birth) and ends_well:
        return "주민등록번호"
    if _UNIT_AFTER.match(text, last) or left.endswith(("제", "제 ")):
        return ""
    if birth and (_BIRTH_CUE.search(left[-20:]) or _BORN.match(text, last)):
        return "생년월일"
    if 6 <= len(digits) <= 12 and re.match(r"01[016789]", digits) and run.breaks(0):
        return "전화번호"
    asked = context.age("생년월일") is not None and not context.dictating
    return "생년월일" if birth and asked and ends_well else ""


def _expected_piece(text: str, run: Run, left: str, context: Context, beside: list[PersonalData]) -> str:
    """Kind of a bare group of digits, from the question before it or the number beside it; or ""."""
    digits, n = run.digits, len(run.digits)
    first, last = run.starts[0], run.ends[-1]
    if _UNIT_AFTER.match(text, last) or left.endswith(("제", "제 ")):
        return ""
    starts_well = not run.spoken[0] or first == 0 or not ("가" <= text[first - 1] <= "힣")
    ends_well = _ENDS_WELL.match(text, last) or (context.dictating and _DICTATED.match(text, last))
    if not starts_well or not ends_well or max(run.groups(0, n)) < 3:
        return ""
    near = beside[-1] if beside else None
    if near is not None and near.kind == "전화번호" and 0 <= first - near.end <= 12 and n in (4, 8):
        partial = n == 4 and len(digits_of(near.text)) < 9
        if partial or "아니" in text[near.end : first]:
            return "전화번호"
    kind = context.number_kind()
    cue = _PHONE_CUE.search(left)
    office = cue and _OFFICE.search(left[max(0, cue.start() - 12) : cue.start()])
    if cue and not office and n <= 11 and (digits[0] == "0" or n >= 7):
        kind = kind or "전화번호"
    elif not context.dictating and not _is_answer(left):
        return ""
    if _PUBLIC.fullmatch(digits) and not context.dictating:
        return ""
    if kind == "생년월일" or (kind == "주민등록번호" and n not in (3, 4, 6, 7)):
        return ""
    return kind


_ANSWER = re.compile(
    r"(?:^|[.,!?…\s])(?:(?:네|예|아|어+|음+|그|저|응|그래|뒤에는|뒷자리는|앞자리는|뒤는|앞은|가운데는|중간은|끝은|끝자리는|나머지는|다음은|그다음은|번호는|번호가"
    r"|전화는|연락처는|휴대폰은|핸드폰은|제\s?번호는|그리고)[\s,.:]{0,3}){0,3}$"
)


def _is_answer(left: str) -> bool:
    """Does the number open the turn, apart from "네", "음" and the like?"""
    return len(left) < _LEFT and bool(_ANSWER.match(left))


def _is_date(six: str) -> bool:
    """yymmdd that can be a day of birth."""
    return len(six) == 6 and 1 <= int(six[2:4]) <= 12 and 1 <= int(six[4:6]) <= 31
