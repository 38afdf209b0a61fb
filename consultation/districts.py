"""Which 자치구 a text means: names of districts, dong, stations and landmarks, as people say them.

Rules. The longest name wins, and a name inside another word is none (중구난방, 은평하게). A name
that lies in several districts proves nothing by itself, but narrows with its neighbours (강남구
신사동). A name after another region (부산 강서구) is not Seoul's. Of several certain districts
the one where somebody lives or that answers the question counts, a correction (… 아니 …) beats
what was said before it, and otherwise nothing is certain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DISTRICTS = (
    "종로구", "중구", "용산구", "성동구", "광진구", "동대문구", "중랑구", "성북구", "강북구", "도봉구", "노원구", "은평구", "서대문구",
    "마포구", "양천구", "강서구", "구로구", "금천구", "영등포구", "동작구", "관악구", "서초구", "강남구", "송파구", "강동구",
)  # fmt: skip

_DATA = Path(__file__).with_name("gazetteer.json")


@dataclass(frozen=True, slots=True)
class Place:
    """A place name in a text. No districts: it is elsewhere, or in too many of them."""

    name: str
    kind: str  # district, alias, dong, area, station, landmark, hospital …, region
    districts: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Chain:
    """Names said together (강남구 신사동 가로수길) and the districts all of them allow."""

    districts: tuple[str, ...]
    start: int
    end: int


_PARTICLES = (
    r"(?:에서|에게|에도|에만|에는|에|으로|로|은|는|이|가|을|를|의|도|만|까지|부터|이나|나|이랑|랑|하고|과|와|보다|이며|며|인데|인디|인데예|이에요|예요|에요|이예요|이여요|여요|이요|요|유|이유|여|이여"
    r"|입니다|임니다|입니더|임다|이라예|라예|이라요|라요|이라|라|이라고|라고|이고|고|이구|구|이거든|거든|이죠|죠|이지|지|이야|야|이네|네|이었|였|인가|일|인|께|쪽|말고|이신|신|이시|시|이세|세|이십니까|십니까|이라서|라서|이니까|니까|이요오)"
    r"(?:요|은|는|이|가|도|만|에|의|에서|으로|서|서요|다|데요|데|가요|까지|부터|지요|죠|라)?(?![가-힣])"
)
_COMPOUND = (
    r"(?:쪽|근처|앞|옆|뒤|부근|일대|방면|사거리|네거리|삼거리|오거리|로터리|주민|동주민|구민|의회|보건소|경찰서|소방서|파출소|지구대|치안센터|우체국|도서관|문화원|문화회관|문화재단|체육센터|복지관|노인복지|종합사회|종합복지|시장|초등학교|중학교|고등학교|초교|중고등"
    r"|출구|사는|사시|사세|사십|사는데|살|삽니다|거주|토박이|청|시설관리공단|어린이집|육아종합|가족센터|건강가정|청년센터|정신건강|치매안심|상담센터|자원봉사|재활용|선관위|선거관리|등기소|고용센터|세무과|민원실|번\s?출구|아파트|점|매장|캠퍼스|분수대|광장)"
)
_ENDS = {
    "plain": re.compile(rf"(?![가-힣A-Za-z0-9])|{_PARTICLES}|{_COMPOUND}"),
    # Words with another meaning: only where somebody lives there, answers, or names an office.
    "loose": re.compile(
        r"\s?(?:에서?|쪽에)?\s?(?:살(?!짝|펴|리|인)|사는|사시|사세|사십|삽니다|거주|토박이|자취)"
        r"|(?:이요|요|이에요|예요|에요|입니다|임니다|입니더|임다|인데요|인데|이고요|이라고|이라예|이여|이유|여요)(?![가-힣])"
        r"|\s?(?:동주민센터|주민센터|주민입니다|주민인데|구민|구청|보건소|경찰서|소방서|우체국|의회)"
    ),
}
_LOOSE = frozenset(
    (  # noqa: SIM905
        "강남 강북 동작 동대문 서대문 초동 중동 능동 다동 저동 정동 평동 화동 재동 묘동 계동 항동 공평동 "
        "행운동 번동 국회 육사 우면산 외대 대검 체대 연대 시립대 방송통신대 과기대 인사동길 수유 미아 방학 "
        "중계 하계 면목 상봉 중화 개봉 오류 온수 방화 일원 수색 대조 보문 성산 도화 도림 상도 오금 가락 "
        "발산 신정 증산 장지 군자 화양 구의 문정 이문 용두 제기 성수 종합운동장 고시촌 차병원 국회의사당 "
        "새절 우이 삼양 가산 고덕 상일 성내 명일 개포 대흥 신수 회현 회기 갈월 삼선 청파 신당 남현 내곡 "
        "대치"
    ).split()
)  # fmt: skip
_LIVES = re.compile(
    r"\s?(?:에서?|쪽에|에만)?\s?(?:살(?!짝|펴|리|인)|사는|사시|사세|사십|삽니다|거주|주민|구민|토박이|자취)|(?:으로|로)\s?(?:이사|전입|옮)"
    r"|(?:이요|요|이에요|예요|에요|입니다|임니다|입니더|임다|인데요|인데|인디|이고요|이고|고요|이거든요|거든요|이라예|이여|이유|여요)(?![가-힣])"
)
_LIVES_BEFORE = re.compile(
    r"(?:집이|집은|저는|전|저희는|저희|우리|여기는|여기|여기가|제가|사는\s?(?:곳|데|동네)(?:은|는|이|가)|주소(?:는|가)?)\s?$"
)
_NOT_THIS = re.compile(r"(?:\S{0,2}\s)?(?:말고|아니라|아니고|아닌|은 아니|는 아니|이 아니|가 아니)")
_CORRECTION = re.compile(r"아니(?:요|고|라|다|야)?[\s,.…]|(?<![가-힣])아\s?참")
_GLUE = re.compile(r"[\s,·()]{0,2}(?:의\s)?")
_HANGUL = re.compile(r"[가-힣A-Za-z0-9]")
_COUNT = ("", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구", "십")
_NUMBERED = re.compile(r"(?P<stem>[가-힣]+?)(?P<number>\d{1,2}(?:[.·]\d{1,2})*)(?P<tail>동|가|가동)$")
_SAID_NUMBER = re.compile(r"([가-힣]{1,5}?)\s?제?\s?([0-9]{1,2}|[일이삼사오육칠팔구십])\s?(가?동|가)")
_COUNTED = re.compile(r"(?:[0-9]{1,2}|[일이삼사오육칠팔구십])\s?(?:동|가)")
_LONGEST_STEM = 8  # characters before the number of a counted dong


class Gazetteer:
    """Place names of Seoul, and of what lies around it. Reads one bundled file, no server."""

    def __init__(self, names: Mapping[str, _Name]) -> None:
        self._names = names
        heads: dict[str, list[str]] = {}
        for name in sorted(names, key=len, reverse=True):
            heads.setdefault(name[:2], []).append(name)
        self._heads = {head: tuple(group) for head, group in heads.items()}

    @classmethod
    def open(cls, path: Path = _DATA) -> Gazetteer:
        """The gazetteer of Seoul that ships with the program, or another file of the same form."""
        return cls(_read(json.loads(path.read_text(encoding="utf-8"))))

    def places(self, text: str) -> list[Place]:
        """Place names in reading order; those of other regions have no districts."""
        found: list[Place] = []
        counted = {
            at
            for match in _COUNTED.finditer(text)
            for at in range(match.start() - _LONGEST_STEM, match.start())
        }
        at, end = 0, len(text) - 1
        while at < end:
            names = self._heads.get(text[at : at + 2], ())
            if at in counted:
                names = (*self._numbered(text, at), *names)
            place = self._at(text, at, names, found) if names else None
            if place is None:
                at += 1
                continue
            found.append(place)
            at = place.end
        return found

    def district(self, text: str) -> str | None:
        """The one district a text means, or None: it names none, or it is not certain which."""
        return _decide(text, list(_chains(text, self.places(text))))

    def guess(self, text: str, context: Sequence[str] = ()) -> str | None:
        """As `district`, with earlier turns (latest last) to narrow a shared name or to fall back on."""
        chains = list(_chains(text, self.places(text)))
        if (certain := _decide(text, chains)) is not None:
            return certain
        earlier = [d for turn in reversed(context) if (d := self.district(turn)) is not None]
        wide = [c for c in chains if len(c.districts) > 1]
        for district in earlier:
            if not wide or any(district in c.districts for c in wide):
                return district
        if wide:
            return None
        return earlier[0] if earlier else None

    def certain(self) -> list[tuple[str, str]]:
        """Names that mean one district by themselves, with it."""
        return [
            (name, known.districts[0]) for name, known in self._names.items() if len(known.districts) == 1
        ]

    def shared(self) -> list[str]:
        """Names that lie in several districts, or in no certain one: ask back."""
        return [
            n
            for n, known in self._names.items()
            if len(known.districts) != 1 and known.kind not in ("region", "city")
        ]

    def _at(self, text: str, at: int, names: Iterable[str], found: Sequence[Place]) -> Place | None:
        touching = (
            bool(found) and found[-1].end == at and found[-1].kind in ("city", "region", "district", "dong")
        )
        if at > 0 and not touching and _HANGUL.match(text, at - 1):
            return None
        for name in names:
            if not text.startswith(name, at):
                continue
            end = at + len(name)
            known = self._known(name)
            if not self._ends_well(text, name, end, known, found, at):
                continue
            if _after_region(text, at, found) and known.kind in ("district", "dong", "alias"):
                return Place(name, "region", (), at, end)
            return Place(name, known.kind, known.districts, at, end)
        return None

    def _numbered(self, text: str, at: int) -> Iterator[str]:
        """신림2동, 신림 제2동, 신림 이동: a dong as it is counted, also by a number no longer in use."""
        match = _SAID_NUMBER.match(text, at)
        if match is not None and (self._known(match.group()).districts):
            yield match.group()

    def _known(self, name: str) -> _Name:
        """The entry of a name; a counted dong without one belongs where its stem does."""
        if name in self._names:
            return self._names[name]
        match = _SAID_NUMBER.fullmatch(name)
        assert match is not None
        stem, said, tail = match.groups()
        if len(stem) == 1 and " " in name:  # "두 번 이동" is not 번2동
            return _Name("dong", ())
        number = said if said.isdigit() else str(_COUNT.index(said))
        for candidate in (f"{stem}{number}{tail}", f"{stem}{tail}"):
            if len(candidate) > 2 and candidate in self._names and self._names[candidate].kind == "dong":
                return self._names[candidate]
        return _Name("dong", ())

    def _ends_well(
        self, text: str, name: str, end: int, known: _Name, found: Sequence[Place], at: int
    ) -> bool:
        if name in _LOOSE:
            if text.strip(" .!?\n") == name:
                return True
            led = bool(found) and found[-1].kind in ("district", "city") and at - found[-1].end <= 1
            rule = _ENDS["plain"] if led else _ENDS["loose"]
            return bool(rule.match(text, end))
        if _ENDS["plain"].match(text, end):
            return True
        # 관악구신림동: the next name follows without a space.
        return known.kind in ("district", "city", "region", "dong") and any(
            text.startswith(n, end) for n in self._heads.get(text[end : end + 2], ())
        )


def _after_region(text: str, at: int, found: Sequence[Place]) -> bool:
    """Does the name stand right after a place outside Seoul?"""
    if not found or found[-1].kind != "region":
        return False
    return text[found[-1].end : at] in ("", " ", "시 ", ", ")


def _chains(text: str, places: Sequence[Place]) -> Iterator[_Chain]:
    """Join names that stand together and agree; drop those that say nothing."""
    current: _Chain | None = None
    for place in places:
        if not place.districts:
            continue
        if current is not None:
            between = text[current.end : place.start]
            common = tuple(d for d in current.districts if d in place.districts)
            if common and (_GLUE.fullmatch(between) or place.start - current.end <= 3):
                current = _Chain(common, current.start, place.end)
                continue
            yield current
        current = _Chain(place.districts, place.start, place.end)
    if current is not None:
        yield current


def _decide(text: str, chains: Sequence[_Chain]) -> str | None:
    certain = [c for c in chains if len(c.districts) == 1 and not _NOT_THIS.match(text, c.end)]
    wanted = {c.districts[0] for c in certain}
    if len(wanted) > 1:
        lived = [
            c
            for c in certain
            if _LIVES.match(text, c.end) or _LIVES_BEFORE.search(text[max(0, c.start - 12) : c.start])
        ]
        wanted = {c.districts[0] for c in lived} or wanted
        if len(wanted) > 1:
            last, before = (lived or certain)[-1], (lived or certain)[-2]
            if _CORRECTION.search(text[before.end : last.start]):
                wanted = {last.districts[0]}
    if len(wanted) != 1:
        return None
    (district,) = wanted
    # A shared name that cannot lie in the certain district, said after it, leaves a doubt.
    return district


def _read(data: Mapping[str, object]) -> dict[str, _Name]:
    """All names with every way to say them, mapped to the districts they may mean."""
    found: dict[str, tuple[str, dict[str, None]]] = {}

    def add(name: str, kind: str, districts: Iterable[str]) -> None:
        _, known = found.setdefault(name, (kind, {}))
        known.update(dict.fromkeys(districts))

    districts: list[dict[str, object]] = data["districts"]  # type: ignore[assignment]
    shared: list[dict[str, object]] = data["ambiguous"]  # type: ignore[assignment]
    for region in data["regions"]:  # type: ignore[attr-defined]
        add(region, "region", ())
    for city in ("서울특별시", "서울시", "서울"):
        add(city, "city", ())
    for entry in districts:
        here = (str(entry["name_ko"]),)
        add(here[0], "district", here)
        if here[0] != "중구":
            add(here[0][:-1] + " 구", "district", here)
        for alias in _texts(entry["aliases"]):
            add(alias, "alias", here)
        for dong in (*_texts(entry["legal_dongs"]), *_texts(entry["admin_dongs"])):
            for spoken in _ways_to_say(dong):
                add(spoken, "dong", here)
        for landmark in entry["landmarks"]:  # type: ignore[attr-defined]
            for spoken in _landmark_names(landmark["name"]):
                add(spoken, landmark["kind"], here)
    for entry in districts:
        for area in _texts(entry["areas"]):
            if area not in found:
                add(area, "area", (str(entry["name_ko"]),))
    for entry in shared:
        name = str(entry["name"])
        found[name] = (str(entry["kind"]), dict.fromkeys(_texts(entry["candidates"])))
    return {name: _Name(kind, tuple(known)) for name, (kind, known) in found.items() if len(name) > 1}


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(item) for item in value]


def _landmark_names(name: str) -> Iterator[str]:
    plain = re.sub(r"\(.*?\)", "", name).strip()
    yield plain
    if " " in plain:
        yield plain.replace(" ", "")


def _ways_to_say(dong: str) -> Iterator[str]:
    """면목3.8동 -> 면목3.8동, 면목3동, 면목8동 …; 성수동1가 also 성수동. Counting itself is `_numbered`."""
    yield dong
    if base := re.fullmatch(r"([가-힣]+동)\d가", dong):
        yield base[1]
    match = _NUMBERED.fullmatch(dong)
    if match is None:
        return
    stem, tail = match["stem"], match["tail"]
    numbers = re.split("[.·]", match["number"])
    if len(numbers) > 1:
        for mark in (".", "·", ",", ""):
            yield stem + mark.join(numbers) + tail
        for number in numbers:
            yield stem + number + tail
    if tail == "동" and len(stem) > 1:
        yield stem + "동"
