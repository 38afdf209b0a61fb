"""Addresses that lead to a door: a road or lot number, a building with its unit.

A bare 구, 동 or station stays: it is needed for finding the office in charge. The method: find
what only an address has (…호, …번지, …로 12, 십이 다시 오) and walk left over units, the
building and the place names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from consultation.privacy.context import Context
from consultation.spoken_numbers import VALUE, value_of
from consultation.types import PersonalData

_UNIT_NAME = r"(?:[A-Za-z]|[가나다라마바사아]|에이|에프|이|비|씨|디|제)"
_ANCHOR = re.compile(
    rf"(?P<ho>(?:(?<![가-힣\d])|(?<=[동층지길로])|(?<=[가-힣])(?=\d))(?<!제)(?:지하\s?|[A-Za-z]-?|비(?=[공영일이삼사0-9]))?{VALUE}\s?호(?!동|선|봉|기\b|차|칸|출|관문|주|수|텔|프|남|흡|응|감|소|랑|의|점)(?:실(?![가-힣]))?)"
    rf"|(?P<lot>(?:^|(?<=[\s(,동로길산가리]))(?:산\s?)?{VALUE}(?:\s?(?:-|다시|에|의)\s?{VALUE})?\s?번지(?![기점네르다는고게]))"
    rf"|(?P<dash>(?<![\d가-힣-])(?:산\s?)?(?:{VALUE}\s?(?:-|다시)\s?{VALUE}(?![\d-])|(?=[가-힣]{{0,6}}[십백])(?:[일이삼사오육칠팔구십백]{{2,7}})에\s(?:[일이삼사오육칠팔구십]{{1,3}})(?![가-힣]{{3}})))"
    rf"|(?P<pair>(?<![\d가-힣]){VALUE}\s?동\s{VALUE}(?![\d가-힣]))"
    rf"|(?P<floor>(?<![\d가-힣])(?:지하\s?)?{VALUE}\s?층|반지하|옥탑방)"
    rf"|(?P<road>(?<=[로길])\s?{VALUE}(?:-{VALUE}|\s?다시\s?{VALUE})?(?:번(?!째|길|\s?버스|\s?출구))?(?![\d-]))"
)
_PARTICLE_START = re.compile(
    r"이|요|입|예|에|여|유|고|구|라|네|거|죠|지|로|으로|까지|인|의|를|을|는|은|가|맞|앞|옆|뒤|쪽|번지|호|층|동|임|데|하고|도|만|서"
)
_ROAD_UNIT_AFTER = re.compile(
    r"\s?(?:분|시|초|원|명|개|일|월|년|회|매|장|퍼센트|프로|%|배|천|만|백|억|킬로|km|m\b|미터|리터|세|살|도|주|달|건|대|점|위|차|급|종|가지|단계|자리|학년|인(?![데가디])|호선|번\s?(?:버스|출구|째|정도|이상)|박|등|부|편|번\s?누)"
)
_UNIT_LEFT = re.compile(
    rf"(?:(?:^|(?<=[\s,]))(?:(?:지하\s?)?{VALUE}\s?층|반지하|지층|(?:{VALUE}|{_UNIT_NAME})\s?동|{VALUE}\s?단지|{VALUE}\s?차)|(?<=[가-힣A-Za-z])\d{{1,4}}\s?(?:동|층|단지|차))[\s,]{{0,2}}$"
)
_NUMBER_LEFT = re.compile(
    rf"(?:^|(?<=[\s로길동리가]))(?:산\s?)?{VALUE}(?:\s?(?:-|다시)\s?{VALUE})?(?:번지|번)?[\s,(]{{0,2}}$"
)
_WORD_LEFT = re.compile(r"(?:^|(?<=[\s,(]))([가-힣A-Za-z0-9·-]{1,20})[\s,(]{0,2}$")
_DONG_TAIL = re.compile(r"[일이삼사오육칠팔구십]{1,2}동$|\d{1,2}동$")
_PLACE = re.compile(
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)(?:특별자치시|특별자치도|특별시|광역시|시|도)?)?"
    r"(?:[가-힣]{1,4}(?:시|군))?(?:[가-힣]{1,4}구)?"
    r"(?:[가-힣]{1,5}(?:\d{1,2})?(?:동|읍|면|리)|[가-힣]{1,4}[\d일이삼사오육칠]가)?"
)
_ROAD = re.compile(
    r"(?:[가-힣]{1,4}구)?[가-힣0-9·]{1,9}(?:대로|로|길)(?:[0-9]{1,3}(?:번)?[가-힣]?길|[일이삼사오육칠팔구십백]{1,5}(?:번)?길)?|\d{1,3}(?:번)?[가나다라마바]?길|[일이삼사오육칠팔구십백]{1,5}(?:번)?길"
)
_NOT_ROAD = re.compile(
    r"(?:.*으로|.*[까부터]로|바로|서로|따로|새로|별로|스스로|도로|가로|세로|제대로|그대로|이대로|마음대로|멋대로|대로|앞으로|뒤로|위로|아래로|길|이길|그길"
    r"|산책길|출근길|퇴근길|골목길|등하굣길|지름길|오르막길|내리막길|보도로|차로|카드로|전화로|문자로|무료로|유료로|서류로|버스로|택시로|차도로|기차로|인터넷로"
    r"|횡단보도로|최대로|최소로|별도로|추가로|대체로|실제로|자동차로|하루로|정도로|온도로|위로|기준대로|순서대로|계획대로|사실대로|번호로|주소로|이메일로)"
)
_HOME = re.compile(
    r".{1,14}(?:아파트|빌라|연립|맨션|맨숀|주택|오피스텔|빌딩|타워|타운|고시원|고시텔|원룸|빌|하우스|하이츠|파크|팰리스|캐슬|자이|래미안|푸르지오|힐스테이트|아이파크"
    r"|더샵|이편한세상|e편한세상|롯데캐슬|쉐르빌|그린빌|단지|주공|시영|마을|뜨란채|휴먼시아|쪽방|여인숙|여관|모텔|기숙사|쉼터|요양원|상회|슈퍼|식당|카페)"
)
_HOME_ALONE = re.compile(
    r"아파트|빌라|연립|맨션|주택|오피스텔|고시원|고시텔|원룸|주공|단지|빌딩|여인숙|여관|쪽방|기숙사"
)
_PUBLIC = re.compile(
    r"구청|시청|청사|센터|주민|보건|병원|의원|학교|대학|법원|등기소|은행|별관|본관|신관|서관|동관|민원|사무소|경찰|소방|우체국|도서관|복지관|회관|.역$|공원|시장"
    r"|백화점|마트|교육|강의실|회의실|사업소|공단|재단|공사$|지하철|승강장|창구|상담실|강당|체육|주차장|조례|서식|시행|법률|법$|규칙|고시$|공고|제$|출구|별지|별표"
)
_STOP_ENDING = re.compile(
    r".*(?:에서|에게|한테|에|은|는|을|를|데|데요|고요|요|서|라고|니다|면|까지|부터|처럼|보다|하고|이고|인데|지만|네|예|집|번호|주소|거기|여기|우리|저희|제가|혹시|그|저|음|어|아)"
)
_RESIDENCE = re.compile(r"주소|사는|살고|살아|거주|댁|집|삽니다|사시는|사십|배송|보내|이사")
_SHORT_WORDS = ("이사", "이오", "이일", "사이", "구이", "오이", "공이", "영영")
_BRANCH = re.compile(r"(?:\d{1,3}|[일이삼사오육칠팔구십백]{1,5})(?:번)?[가나다라마바]?길")
_BRANCHED = re.compile(r"[0-9](?:번)?[가-힣]?길$|(?:로|대로)[일이삼사오육칠팔구십백]{1,5}길$")
_OFFICE_NEXT = re.compile(
    r"\s?(?:번지)?\s?(?:에\s?있는\s)?\(?[가-힣]{0,8}(?:구청|시청|센터|보건소|병원|법원|도서관|청사|공원|학교|역)"
)
_LIVES = re.compile(r"사는|살고|살아|거주|댁|집|삽니다|사시는")
_OFFICE_NEAR = re.compile(
    r"(?:구청|시청|센터|보건소|사업소|사무소|경찰서|소방서|병원|법원|도서관|복지관|청사|공단|재단|공사|지사|은행|등기소|세무서|우체국|박물관|학교|본부)"
    r"(?:은|는|이|가|의|도|\s주소|\s위치|에서|[,:(])"
)
_PLACE_OF_EVENT = re.compile(
    r"\s?(?:번지|번|호)?\s?(?:바로\s)?(?:앞|옆|근처|부근|건너편|맞은편|쪽|뒤|일대|인근|사거리|교차로|도로|인도|골목|정류장|공사장)"
)
_NOTICE = re.compile(r"제\s?\d{2,4}\s?-\s?$|[과실국팀]\s?-\s?$")  # 고시 제2018-141호
_STREET = re.compile(
    r"\s?(?:번지)?\s?(?:바로\s)?(?:앞|옆|건너편|맞은편|쪽)?에?\s?(?:있는\s)?(?:도로|차도|인도|보도|골목|횡단보도|가로등|가로수|하수구|맨홀|공사장|정류장|사거리|교차로|빈터|공터|전봇대|놀이터)"
)
_WINDOW = 70  # characters to the left in which an address may begin


def find_addresses(text: str, context: Context) -> list[PersonalData]:
    """Addresses from their largest place name to their last number."""
    asked = context.expects("주소")
    spans: list[tuple[int, int]] = []
    for anchor in _ANCHOR.finditer(text):
        earlier_end = spans[-1][1] if spans else 0
        if not _is_number_of_address(text, anchor):
            continue
        if earlier_end and not text[earlier_end : anchor.start()].strip(" ,("):
            spans[-1] = (spans[-1][0], _end(text, anchor))
            continue
        start = _start(text, anchor, asked, earlier_end)
        end = _end(text, anchor)
        if start == earlier_end and spans:
            spans[-1] = (spans[-1][0], end)
            continue
        if start is not None and not _is_elsewhere(text, start, end, anchor.lastgroup or "", asked):
            spans.append((start, end))
    return [PersonalData(start, end, "주소", text[start:end]) for start, end in spans]


def _is_number_of_address(text: str, anchor: re.Match[str]) -> bool:
    """Is the number no amount, time or part of a word?"""
    following = text[anchor.end() : anchor.end() + 1]
    if anchor.lastgroup == "ho":
        if _NOTICE.search(text[max(0, anchor.start() - 12) : anchor.start()]):
            return False
        spoken = not any(c.isdigit() for c in anchor.group())
        return not (spoken and "가" <= following <= "힣") or bool(_PARTICLE_START.match(text, anchor.end()))
    if anchor.lastgroup not in ("dash", "pair", "road"):
        return True
    if "가" <= following <= "힣" and not _PARTICLE_START.match(text, anchor.end()):
        return False
    return anchor.lastgroup != "road" or not (
        _ROAD_UNIT_AFTER.match(text, anchor.end()) or _is_short_word(anchor.group())
    )


def _end(text: str, anchor: re.Match[str]) -> int:
    """Where the number ends; the copula of "오십이이요" is none of its digits."""
    said = re.search(r"[공영일이삼사오육륙칠팔구십백천]+$", anchor.group())
    if (
        said
        and said.group().endswith("이")
        and value_of(said.group()) is None
        and text[anchor.end() : anchor.end() + 1] in ("요", "에", "고", "라")
    ):
        return anchor.end() - 1
    return anchor.end()


@dataclass(slots=True)
class _Walk:
    """What stands to the left of a number, taken word by word."""

    left: str
    units: int = 0  # 이층, 가동, 7단지
    home: int = 0  # 2: a word such as 빌라 says so, 1: the place before it does
    road: int = 0  # 2: counted as well (나래로 34길)
    places: int = 0

    def word(self) -> re.Match[str] | None:
        """The last word."""
        return _WORD_LEFT.search(self.left)

    def take_units(self) -> None:
        while self.units < 4 and (unit := _UNIT_LEFT.search(self.left)):
            self.left = self.left[: unit.start()]
            self.units += 1

    def take_home(self, *, answers: bool) -> None:
        """The building: by its own name, or by the place before it. `answers`: an address was asked for."""
        match = self.word()
        if match is None or _is_place(match[1]):
            return
        if _HOME.fullmatch(match[1]) or _HOME_ALONE.fullmatch(match[1]):
            self.home = 2
            self.left = self.left[: match.start()]
            brand = self.word()
            if (
                _HOME_ALONE.fullmatch(match[1])
                and brand
                and _could_be_building(brand[1])
                and not _is_place(brand[1])
            ):
                self.left = self.left[: brand.start()]
        elif _could_be_building(match[1]):
            before = _WORD_LEFT.search(self.left[: match.start()])
            if answers or (before is not None and _is_place(before[1])):
                self.home = 1
                self.left = self.left[: match.start()]

    def take_number(self) -> None:
        """The number of a road or lot before the building: 나래로 34 한빛빌라 …"""
        number = _NUMBER_LEFT.search(self.left)
        if number is None:
            return
        before = self.left[: number.start()]
        match = _WORD_LEFT.search(before)
        if match is not None and (
            _is_road(match[1]) or (_is_place(match[1]) and match[1][-1] in "동가리읍면")
        ):
            self.left, self.road = before, 1

    def take_road(self) -> bool:
        """The road right before the number of a house; False: it is no road."""
        match = re.search(r"[가-힣0-9·]{1,14}$", self.left)
        if match is None or not _is_road(match.group()):
            return False
        self.left, self.road = self.left[: match.start()], 1
        if _BRANCH.fullmatch(match.group()):  # 나래로 34길
            main = re.search(r"(?:^|(?<=\s))[가-힣]{1,9}(?:대로|로|길)\s?$", self.left)
            if main is None:
                return False
            self.left, self.road = self.left[: main.start()], 2
        elif _BRANCHED.search(match.group()):
            self.road = 2
        return True

    def take_places(self) -> None:
        while self.places < 5 and (match := self.word()):
            if not (_is_place(match[1]) or (self.road == 1 and not self.places and _is_road(match[1]))):
                return
            self.places += 1
            self.left = self.left[: match.start()]
            if _DONG_TAIL.fullmatch(match[1]) and (
                stem := re.search(r"(?:^|(?<=\s))[가-힣]{2,4}\s$", self.left)
            ):
                self.left = self.left[: stem.start()]  # 신림 이동


def _start(text: str, anchor: re.Match[str], asked: bool, earlier_end: int) -> int | None:
    """Where the address begins that ends with this number; None: it is none.

    `earlier_end`: where the address before it ends; returned when this one carries it on.
    """
    base = max(0, anchor.start() - _WINDOW, earlier_end)
    kind = anchor.lastgroup or ""
    walk = _Walk(text[base : anchor.start()])
    if kind == "road":
        if not walk.take_road():
            return None
    else:
        walk.take_units()
        walk.take_home(answers=asked and walk.units > 0 and kind == "ho")
        if earlier_end and not walk.left.strip(" ,("):
            return earlier_end
        walk.take_number()
    walk.take_places()
    match = walk.word()
    if match is not None and _PUBLIC.search(match[1]) and not _HOME.fullmatch(match[1]):
        return None
    if not _is_enough(kind, text, anchor, walk, asked):
        return None
    return base + len(walk.left)


def _is_enough(kind: str, text: str, anchor: re.Match[str], walk: _Walk, asked: bool) -> bool:
    """Does what stands before the number make it somebody's door?"""
    before = text[max(0, anchor.start() - 30) : anchor.start()]
    match kind:
        case "ho":
            short = re.fullmatch(r"(?:[공영일이삼사오육칠팔구십]{1,2}|\d{1,2})\s?호", anchor.group())
            if short and not asked and not (walk.units and (walk.home or walk.places)):
                return False
            if walk.home >= 2 or (walk.home and walk.places) or (walk.units and walk.places) or walk.road:
                return True
            answers = (
                walk.places > 0 or walk.units > 0 or not re.search(r"[가-힣\d]", before.removesuffix("네 "))
            )
            return (asked and answers) or bool(re.search(r"\d동\s?$", before))
        case "lot":
            return bool(walk.places) or asked
        case "dash":
            return bool(walk.places) or (asked and walk.home > 0)
        case "pair":
            return bool(walk.home or walk.places) or asked
        case "floor":
            return bool(walk.home and walk.places) and (walk.home >= 2 or asked)
        case _:
            return walk.road >= 2 or walk.places > 0 or asked or bool(_RESIDENCE.search(before))


def _is_short_word(number: str) -> bool:
    """One spoken syllable after 로 or 길 is a word, not a number: 서울로 이 …, 종로 구 …"""
    number = number.strip()
    return (len(number) == 1 and not number.isdigit()) or number in _SHORT_WORDS


def _is_road(word: str) -> bool:
    return bool(_ROAD.fullmatch(word)) and not _NOT_ROAD.fullmatch(word)


def _is_place(word: str) -> bool:
    return len(word) > 1 and bool(_PLACE.fullmatch(word)) and word not in _TALK


def _could_be_building(word: str) -> bool:
    return (
        len(word) >= 2
        and not word.isdigit()
        and word not in _TALK
        and not _STOP_ENDING.fullmatch(word)
        and not _PUBLIC.search(word)
    )


def _is_elsewhere(text: str, start: int, end: int, kind: str, asked: bool) -> bool:
    """The address of an office, or of a spot in the street rather than of somebody's door."""
    near = text[max(0, start - 30) : start]
    home = bool(_LIVES.search(near[-12:]))
    on_street = _STREET.match(text, end) or (not asked and _PLACE_OF_EVENT.match(text, end))
    if kind in ("road", "lot", "dash") and not home and on_street:
        return True
    return not asked and bool((_OFFICE_NEAR.search(near) and not home) or _OFFICE_NEXT.match(text, end))


# Words that look like place names and are not.
_TALK = frozenset(
    (  # noqa: SIM905
        "이동 활동 행동 운동 자동 감동 변동 노동 공동 아동 충동 소동 작동 거동 시동 진동 동 저희동 우리동 "
        "몇동 다른동 같은동 그동 이면 그러면 하면 되면 있으면 없으면 아니면 화면 측면 정면 방면 전면 이리 "
        "그리 저리 우리 처리 관리 수리 거리 자리 정리 빨리 멀리 미리 소리 머리 다리 오리 권리 논리 심리 "
        "유리 대리 승리 제가 내가 네가 누가 뭐가 휴가 국가 증가 추가 허가 평가 인가 물가 주가 참가 전문가 "
        "작가 가 혹시 다시 역시 몇시 잠시 즉시 무시 표시 도시 임시 수시 당시 접시 필요시 우리시 친구 연구 "
        "요구 복구 출구 입구 가구 기구 도구 지구 야구 축구 청구 누구 식구 인구 항구 시 구 군 도 정도 지도 "
        "제도 온도 속도 태도 아무도 그래도 길 도로 종로 그대로 바로 새로 서로"
    ).split()
)
