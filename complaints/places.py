"""Where it happened: the words of a place in a message, and what a later message changes about them.

A place is kept as people say it (교대역 10번 출구 골목) in three layers, district, dong and spots, so that
a correction replaces only what it means: another exit leaves the station, another dong drops the
spots of the old one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from consultation.districts import Gazetteer


@dataclass(frozen=True, slots=True)
class Location:
    """The place of a complaint, layer by layer; empty text and tuples where nothing is known."""

    district: str = ""  # as said: 관악구
    dong: str = ""
    spots: tuple[str, ...] = ()  # in the order they were told
    point: tuple[float, float] | None = None  # WGS84 longitude, latitude

    def __str__(self) -> str:
        """One line for people: 관악구 삼성동시장 입구 쪽."""
        spots = " ".join(self.spots)
        said = [self.district, "" if self.dong and self.dong in spots else self.dong, spots]
        text = " ".join(part for part in said if part)
        if not text and self.point:
            return f"좌표 {self.point[1]:.5f}, {self.point[0]:.5f}"
        return text

    def __bool__(self) -> bool:
        return bool(self.district or self.dong or self.spots or self.point)

    @property
    def is_precise(self) -> bool:
        """Can somebody be sent there? A district or a dong alone is too large."""
        return bool(self.spots or self.point)


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text, and the stretches of the text that name it."""

    location: Location
    spans: tuple[tuple[int, int], ...]
    outside: str = ""  # a region outside Seoul that the text names


_PARTICLE = (
    r"(?=$|[\s,.!?~)]|에서|에는|에도|에|의|이|가|을|를|은|는|인데|요|예요|입니|이에|쪽|앞|옆|뒤|근처|부근|인근|주변|까지|부터|으로|로|과|와|랑|하고|도|만|안|위|밑"
    r"|출구|입구|정문|후문|건너|맞은|사이|주차|정류|골목|방면|방향|버스|\d)"
)
_KINDS_OF_PLACE = (
    "공영주차장|공용주차장|주차장|주차타워|초등학교|중학교|고등학교|대학교|캠퍼스|초교|여중|여고|유치원|어린이집|학원|병원|의원|한의원|치과|약국|아파트|빌라|오피스텔|빌딩|타워|맨션|연립|단지"
    "|대형마트|마트|홈플러스|편의점|슈퍼|백화점|쇼핑몰|상가|아울렛|은행|우체국|주민센터|구청|시청|경찰서|파출소|지구대|치안센터|소방서|안전센터|보건소|도서관|복지관|경로당|문화센터|문화원|체육관|체육센터|수영장"
    "|교회|성당|호텔|모텔|식당|음식점|횟집|고깃집|국밥집|분식집|치킨집|김밥집|빵집|술집|호프집|노래방|피시방|PC방|카페|스타벅스|미용실|세탁소|부동산|철물점|꽃집|과일가게|주유소|세차장|정비소"
    "|지하차도|고가차도|고가도로|육교|터널|대교|나들목|IC|정류장|정류소|차고지|놀이터|운동장|산책로|둘레길|자전거도로|체육공원|근린공원|어린이공원|공원|숲길|숲|광장|먹자골목|카페거리|벽화거리|거리|학원가|로데오"
    "|재래시장|전통시장|시장|극장|영화관|박물관|미술관|센터|회관|쉼터|예식장|장례식장|터미널|환승센터|사거리|네거리|삼거리|오거리|육거리|교차로|로터리|공사장|공사현장|공사\\s?현장|재개발구역|역"
)
_LONGEST_FIRST = "|".join(sorted(_KINDS_OF_PLACE.split("|"), key=len, reverse=True))
_NAME = re.compile(
    rf"(?<![가-힣A-Za-z0-9])(?P<stem>[가-힣A-Za-z0-9]{{0,12}}?)(?P<kind>{_LONGEST_FIRST}){_PARTICLE}"
)
_CHAIN = re.compile(
    r"(?<![A-Za-z0-9])(?:GS25|CU|세븐일레븐|이마트24|이마트|롯데마트|코스트코|다이소|올리브영|맥도날드|롯데리아|파리바게뜨|씨유|지에스)(?:\s?[가-힣]{1,8}점)?"
)
_NO_NAME = re.compile(
    r"(?:우리|저희|제|집|그|저|이|동네|근처|어느|어떤|무슨|대형|큰|작은|온|전|주변|아파트|바로|앞|옆|뒤)?$"
)
_NO_STATION = re.compile(
    r"(?:지|구|무|내|영|방|병|면|권|광|유|통|주|퇴|용|전|금연구|전용구|보호구|주차구|정차구|개발구|견인구|금지구|수|배|하|우|의|오|대|조|단|주연|상|성|교)$"
)
_EXIT = re.compile(
    r"(?<!\d)\d{1,2}(?:-\d)?\s?번\s?(?:출구|출입구|게이트|승강장|홈)|(?<![가-힣])[일이삼사오육칠팔구십]{1,3}\s?번\s?출구"
)
_ROAD = re.compile(
    r"(?<![가-힣])(?!앞으로|그대로|이대로|제대로|마음대로|멋대로|바로|도로|서로|따로|별로|새로|스스로|실제로|절대로|골목길|출근길|퇴근길|오는길|가는길|찻길|밤길|산책길)"
    r"[가-힣]{1,7}(?:\d{1,3})?(?:대로|로|길)\s?(?:\d{1,4}(?:번)?(?:가|나|다|라)?길\s?)?(?:\d{1,4}(?:-\d{1,3})?(?!\s?(?:번\s?출구|시|분|층|대|명|개|건|일|월|차로|번\s?버스|\d))(?:번지)?)"
    r"|(?<![가-힣])(?:[가-힣]{2,6}대로(?=\s|에서|에\s|변)|[가-힣]{2,5}로\d{1,3}길|[가-힣]{2,5}로(?=에서|변))"
)
_NOT_ROAD = re.compile(
    r".*(?:으로|[까부터]로)|(?:바로|서로|따로|새로|별로|스스로|도로|가로|세로|제대로|그대로|이대로|마음대로|멋대로|대로|앞으로|뒤로|위로|아래로|길|이길|산책길|출근길|퇴근길|골목길|등굣길|하굣길|지름길|오르막길|내리막길|차로|보도로|카드로|전화로|문자로|무료로|유료로|버스로|택시로|별도로|추가로|대체로|실제로|하루로|정도로|동네로|쪽으로|주로|홀로|절대로|함부로|억지로|때로|밖으로|수시로|진짜로|정말로|사실로|거꾸로|대각선로|왕복\s?\d차로|.*차로|등산로|산책로|보행로|진입로|자전거로|통로|경로|선로|.*거리로|.*가는길|밤길|큰길|찻길|눈길|빗길|뒷길|앞길|옆길|샛길)"
)
_LOT = re.compile(
    r"(?<=[동가리로길])\s?(?:산\s?)?\d{1,4}(?:-\d{1,4})?\s?번지|(?<=[동가리])\s\d{1,4}-\d{1,4}(?![\d-])"
)
_TAIL = re.compile(
    r"(?<![가-힣])(?:바로\s|딱\s)?(?:앞쪽|옆쪽|뒤쪽|뒤편|뒷편|맞은편|건너편|반대편|앞|옆|뒤|근처|부근|인근|주변|일대|입구|출입구|정문|후문|쪽문|동문|서문|남문|북문|북단|남단|골목길|골목|이면도로|횡단보도|인도|버스\s?정류장|정류장|정류소"
    r"|주차장|놀이터|광장|계단|화장실|담벼락|담장|사이|방면|방향|쪽|가는\s?길목?|올라가는\s?길|내려가는\s?길|들어가는\s?길|진입로|초입|코너|모퉁이|길가|도로변|대로변|도로|차도|교차로|사거리|삼거리|갓길|공터|앞길|안쪽|지하\s?\d?층?|\d{1,2}\s?층|구석|다리\s?(?:밑|위|아래)|\d{1,2}차로|승강장|택시\s?승강장|공사장|시장|공원|편의점|약국|벤치\s?(?:앞|옆)|화단|상가|학교|\d{2,4}동(?:\s?\d{3,4}호)?|\d{1,3}단지)"
    rf"{_PARTICLE}"
)
_POINT = re.compile(
    r"(?:위도\s?[:=]?\s?)?(?P<lat>3[78]\.\d{2,})\s?[,/\s]\s?(?:경도\s?[:=]?\s?)?(?P<lon>12[67]\.\d{2,})"
    r"|(?:경도\s?[:=]?\s?)?(?P<lon2>12[67]\.\d{2,})\s?[,/\s]\s?(?:위도\s?[:=]?\s?)?(?P<lat2>3[78]\.\d{2,})"
)
_SHORT_DONG = re.compile(r"(?<![가-힣])([가-힣]{1,3}동)\s")  # 번동: a dong only beside another place
_GLUE = re.compile(
    r"[\s,.·()]{0,3}(?:의|에서|에|쪽에서|쪽에|쪽|인데요?|이고요?|이요|요|이에요|예요|입니다|과|와|하고|이랑|랑|바로|안에|내|에\s?있는|에서\s?나와서|나와서|지나서|에서\s?좀)?[\s,.·()]{0,3}"
)
_UNKNOWN_NAME = re.compile(r"\s(?:에\s?있는\s)?([가-힣A-Za-z0-9]{2,8})\s")
_NO_NOUN = re.compile(
    r"(?:에서|에|은|는|이|가|을|를|의|도|만|고|서|데|요|다|면|지|게|니|로|와|과|해|어|아|네|죠|쯤|까지|부터|시간|오늘|어제|지금|매일|누가|차가|계속|너무|방금)$"
)
_LEADING = re.compile(
    r"^[\s,.]*(?:인데요?|이고요?|이요|요|이에요|예요|입니다|의|에서|에|쪽에서|쪽에|쪽)?(?=[\s,.])[\s,.]*"
)
_RETRACTED = re.compile(
    r"\s?(?:출구)?\s?(?:이|가|은|는|도)?\s?(?:말고|아니고|아니라|아닌|아니에요|아니예요|아니요|아닙니다|아녜요|이\s?아니)"
)
_SOUGHT_PLACE = re.compile(r"(?:위치|장소|주소|사고|신고|민원)(?:는|은|지)?\s?[:：]?\s?")
_ANCHOR = frozenset({"district", "dong", "name", "exit", "road", "lot"})
_NUMBER_OF_EXIT = re.compile(r"\d{1,2}(?:-\d)?\s?번\s?출구")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    level: str  # district, dong, name, exit, road, lot, tail


def find_place(text: str, gazetteer: Gazetteer, *, asked: bool = False) -> Found:
    """The place a message names. `asked`: it answers "어디인가요?", so a bare 놀이터 앞 counts too."""
    spans, outside = _spans(text, gazetteer)
    clusters = [c for c in _clusters(text, spans) if asked or any(s.level in _ANCHOR for s in c)]
    location = Location(point=_point(text))
    taken: list[tuple[int, int]] = []
    for cluster in clusters:
        spot = [s for s in cluster if s.level not in ("district", "dong")]
        for span in cluster:
            if span.level == "district":
                location = replace(location, district=_formal(text[span.start : span.end], gazetteer))
            elif span.level == "dong":
                location = replace(location, dong=text[span.start : span.end])
        if spot:
            before = [s.end for s in cluster if s.end <= spot[0].start]
            words = text[before[-1] if before else spot[0].start : spot[-1].end]
            said = re.sub(r"\s+", " ", _LEADING.sub("", words)).strip(" ,.")
            if said not in location.spots:
                location = replace(location, spots=(*location.spots, said))
        named = [s for s in cluster if s.level in _ANCHOR]
        if named:  # what it stands before (앞 공사장) belongs to the matter too
            taken.append((named[0].start, named[-1].end))
    has_seoul = bool(location.district or location.dong) or any(p.districts for p in gazetteer.places(text))
    return Found(location, tuple(taken), "" if has_seoul else outside)


def merged(old: Location, new: Location, *, correcting: bool) -> Location:
    """What is known after a further message. A correction replaces, anything else adds."""
    if not new:
        return old
    if not old:
        return new
    point = new.point or old.point
    exits = [s for s in new.spots if _NUMBER_OF_EXIT.match(s)]
    if exits and len(exits) == len(new.spots) and any(_NUMBER_OF_EXIT.search(s) for s in old.spots):
        spots = tuple(_NUMBER_OF_EXIT.sub(exits[0], s, count=1) for s in old.spots)
        return replace(old, spots=spots, district=new.district or old.district, point=point)
    if new.dong and old.dong and not _same_dong(old.dong, new.dong) and not _names(new, old.dong):
        # Another dong: what was told of the old one is void, unless only the dong was misnamed.
        keep = old.spots if correcting and not new.spots else ()
        keep = tuple(s for s in keep if old.dong not in s)
        return Location(new.district, new.dong, (*keep, *new.spots), point)
    district, dong = new.district or old.district, new.dong or old.dong
    if new.district and old.district and new.district != old.district and not new.dong:
        dong = ""
    if correcting and new.spots:
        return Location(district, dong, new.spots, point)
    # The same place told again, more exactly, replaces what was told before.
    kept = [s for s in old.spots if not any(s in n or _is_shorter(s, n) for n in new.spots)]
    kept += [n for n in new.spots if not any(n in s or _is_shorter(n, s) for s in kept)]
    return Location(district, dong, tuple(kept), point)


def _is_shorter(a: str, b: str) -> bool:
    """Do both begin with the same name, and does `a` say less?"""
    return a.split()[0] == b.split()[0] and len(a) <= len(b)


def _names(location: Location, dong: str) -> bool:
    return any(dong in spot for spot in location.spots)


def _same_dong(a: str, b: str) -> bool:
    """신림동 and 신림2동 name one area."""
    return re.sub(r"\d|제|가|동$", "", a) == re.sub(r"\d|제|가|동$", "", b)


def _formal(said: str, gazetteer: Gazetteer) -> str:
    """강남 -> 강남구."""
    return gazetteer.district(said) or said


def _spans(text: str, gazetteer: Gazetteer) -> tuple[list[_Span], str]:
    found: list[_Span] = []
    outside = ""
    for place in gazetteer.places(text):
        if place.kind == "region":
            outside = outside or place.name
        elif place.kind in ("district", "alias"):
            found.append(_Span(place.start, place.end, "district"))
        elif place.kind == "dong":
            found.append(_Span(place.start, place.end, "dong"))
        elif place.kind != "city":
            found.append(_Span(place.start, place.end, "name"))
    for match in _NAME.finditer(text):
        stem, kind = match["stem"], match["kind"]
        if kind == "역" and (not stem or _NO_STATION.search(stem)):
            continue
        found.append(_Span(match.start(), match.end(), "tail" if _NO_NAME.fullmatch(stem) else "name"))
    found += [_Span(*m.span(), "name") for m in _CHAIN.finditer(text)]
    found += [_Span(*m.span(), "exit") for m in _EXIT.finditer(text)]
    found += [_Span(*m.span(), "lot") for m in _LOT.finditer(text)]
    found += [
        _Span(m.start(), m.start() + len(m.group().rstrip()), "road")
        for m in _ROAD.finditer(text)
        if not _NOT_ROAD.fullmatch(m.group().strip())
    ]
    found += [_Span(*m.span(), "tail") for m in _TAIL.finditer(text)]
    starts = {s.start for s in found if s.level in ("name", "road", "dong")}
    found += [
        _Span(*m.span(1), "dong")
        for m in _SHORT_DONG.finditer(text)
        if m.end() in starts and any(p.kind == "dong" for p in gazetteer.places(m[1]))
    ]
    taken_back = [s for s in found if _RETRACTED.match(text, s.end)]
    kept = [s for s in found if all(s.end <= t.start or s.start >= t.end for t in taken_back)]
    return _without_overlaps(kept), outside


def _without_overlaps(spans: Sequence[_Span]) -> list[_Span]:
    """The longest of those that overlap; of equals the one found first."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda s: s.start - s.end):
        if all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sorted(kept, key=lambda s: s.start)


def _clusters(text: str, spans: Sequence[_Span]) -> list[list[_Span]]:
    """Spans that stand together with nothing but particles between them."""
    clusters: list[list[_Span]] = []
    for span in spans:
        if clusters and _stand_together(text[clusters[-1][-1].end : span.start], span):
            clusters[-1].append(span)
        else:
            clusters.append([span])
    return clusters


def _stand_together(between: str, following: _Span) -> bool:
    """Nothing but particles between two places, or the unknown name of the second: 서초동 래미안 상가."""
    if _GLUE.fullmatch(between):
        return True
    named = _UNKNOWN_NAME.fullmatch(between)
    return following.level in ("name", "tail") and named is not None and not _NO_NOUN.search(named[1])


def _point(text: str) -> tuple[float, float] | None:
    m = _POINT.search(text)
    if m is None:
        return None
    return float(m["lon"] or m["lon2"]), float(m["lat"] or m["lat2"])


def bare_answer(text: str) -> str:
    """The answer to "어디인가요?" when no known kind of place stands in it, without polite endings."""
    said = _SOUGHT_PLACE.sub("", text.strip())
    said = re.sub(r"(?:이요|이에요|예요|입니다|이고요|인데요|요|임)?[.!~\s]*$", "", said)
    return said if 2 <= len(said) <= 60 else ""
