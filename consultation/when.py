"""When something happened, from the words people use for it: 어제 밤 10시쯤, 30분 전, 매일 새벽, 방금.

Words are resolved against `now` and never against the clock of the machine. Nothing is guessed:
a part of the day without an hour leaves the day, an hour without its half takes the last time it
was that hour, and a text without any word of time gives None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Precision = Literal["now", "recurring", "day", "minute"]


@dataclass(frozen=True, slots=True)
class When:
    """A moment, a day, `now`, or something that comes again. `at` is local time without seconds."""

    precision: Precision
    at: datetime | None  # None for what recurs; midnight for a day
    said: str  # the words it was taken from
    start: int
    end: int

    def __str__(self) -> str:
        """now, recurring, 2025-10-16, or 2025-10-16T23:00."""
        if self.precision in ("now", "recurring") or self.at is None:
            return self.precision
        return self.at.strftime("%Y-%m-%d" if self.precision == "day" else "%Y-%m-%dT%H:%M")


_NATIVE = {
    "한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "여덜": 8, "아홉": 9, "열": 10, "열한": 11, "열하나": 11, "열두": 12, "열둘": 12, "스무": 20,
}  # fmt: skip
_SINO = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_SPAN_DAYS = {
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
    "닷새": 5,
    "엿새": 6,
    "이레": 7,
    "열흘": 10,
    "보름": 15,
}
_WEEKDAYS = "월화수목금토일"
_N = r"(?:\d{1,3}|열\s?(?:한|하나|두|둘)|한|하나|두|세|석|네|넉|다섯|여섯|일곱|여덟|여덜|아홉|열|스무|[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
_ABOUT = r"\s?(?:정도|쯤|즈음|경|가량)?"

_PART = r"(?:꼭두새벽|새벽|이른 아침|아침|오전|점심|대낮|한낮|낮|오후|저녁|초저녁|한밤중|한밤|밤중|밤늦게|심야|밤|자정|정오)"
_DAY = (
    r"(?P<ago>그저께|그제|그끄저께|엊그제|엊그저께|어저께|어제|어젯|간밤|지난\s?밤|오늘|금일|작일|전날|당일)"
    r"|(?P<week>지지난\s?주|저번\s?주|지난\s?주|전\s?주|이번\s?주|금주)(?:에|의)?\s?(?P<wday>[월화수목금토일](?:요일)?(?![가-힣])|[월화수목금토일]요일|주말)?"
    r"|(?:지난|저번|요번|이번)?\s?(?P<weekday>[월화수목금토일])요일"
    r"|(?:(?P<year>20\d{2})\s?(?:년|[./-])\s?)?(?P<month>1[0-2]|0?[1-9])\s?(?:월|[./])\s?(?P<mday>3[01]|[12]\d|0?[1-9])\s?(?:일|(?!\d))"
    r"|(?<![\d월])(?P<only>3[01]|[12]\d|[1-9])\s?일(?:날)?(?!장|\s?(?:째|동안|간|전|정도|쯤 전|마다|에 한|만에))"
    rf"|(?P<days>{_N}\s?일|하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름){_ABOUT}\s?전"
    rf"|(?P<weeks>{_N}\s?주(?:일)?|일주일){_ABOUT}\s?전"
    rf"|(?P<months>{_N}\s?(?:달|개월)){_ABOUT}\s?전"
)
_DAY_GROUPS = ("ago", "week", "wday", "weekday", "year", "month", "mday", "only", "days", "weeks", "months")
_CLOCK = (
    r"(?P<h>\d{1,2}|열\s?(?:한|두)|한|두|세|네|다섯|여섯|일곱|여덟|여덜|아홉|열)\s?시(?!간|\s?도|청|장|민|설|끄|작|험|켜|위)"
    r"(?:\s?(?P<half>반)(?=이|쯤|즈음|에|정도|경|부터|까지|인|요|임|[\s,.!]|$)|\s?(?P<m>\d{1,2}|[이삼사오]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])\s?분(?!\s?전))?"
    r"|(?<![\d:])(?P<ch>[01]?\d|2[0-3])\s?:\s?(?P<cm>[0-5]\d)(?![\d:])"
)
_AT = re.compile(
    rf"(?:(?:{_DAY})\s?(?:에|은|는|의|날)?[\s,]{{0,2}})?(?:(?P<part>{_PART})(?:에|녘|시간|때|에는|무렵)?[\s,]{{0,2}})?(?:{_CLOCK})"
    rf"|(?:{_DAY.replace('(?P<', '(?P<d_')})\s?(?:의|에|은|는|도)?\s?(?P<d_part>{_PART})?"
    rf"|(?<![가-힣])(?P<p_part>{_PART})(?=에|쯤|녘|무렵|때|\s|$|[,.])"
)
_SINCE = re.compile(
    rf"(?P<minutes>{_N})\s?분{_ABOUT}\s?(?:전|이전)"
    rf"|(?:(?P<halfhour>반\s?시간)|(?P<hours>{_N})\s?시간\s?(?P<hhalf>반)?(?:\s?(?P<hm>{_N})\s?분)?){_ABOUT}\s?전"
)
_NOW = re.compile(
    r"지금|방금|금방|막\s(?=봤|보고|지나|발견)|현재|시방|조금\s?전|좀\s?전|아까\s?막|바로\s?전|실시간|이\s?시간|(?<![가-힣])이제\s?막"
    rf"|{_N}\s?(?:분|시간)\s?(?:째|동안|넘게|이상)"
)
_AGAIN = re.compile(
    r"매일|매번|매주|매달(?![려린리아았])|매월|날마다|(?:휴일|명절|등교|하교|출퇴근|아침|저녁|새벽|밤|낮|점심|주말|오후|오전|시간|요일|퇴근|출근|비\s?올\s?때|때)\s?마다|맨날|만날|"
    r"항상|(?<![가-힣])늘(?=\s|상|$)|상습|허구한\s?날|밤낮|수시로|시도\s?때도|계속\s?(?:그래|이래|반복)|자꾸|번번이|툭하면|걸핏하면|하루가\s?멀다|주말이면|밤이면|"
    r"자주|반복|여러\s?번|며칠\s?(?:째|동안)|몇\s?(?:일|주|달|년)\s?째|몇\s?(?:주|달|년)\s?(?:동안|전부터)"
    rf"|(?:{_N}\s?(?:일|주일?|달|개월|년)|하루|이틀|사흘|나흘|닷새|열흘|보름|일주일|한\s?달)\s?(?:째|동안|넘게|이상)(?!\s?전)"
    r"|평일\s?(?:아침|저녁|밤|낮)|한두\s?번이\s?아니|어제오늘|365일|24시간"
)
# Times that belong to the answer, not to the matter: 오후에 전화 주세요, 내일까지 치워 주세요.
_WISH = re.compile(
    r"^\s?(?:쯤|에|부터|까지|이후(?:에)?|사이에?|넘어서|에만)?\s?(?:만\s)?(?:전화|연락|문자|회신|통화|답변|알려|치워|처리|고쳐|와\s?주|오세요|방문)"
)
_FALSE_DAY = re.compile(r"^\s?(?:신문|뉴스)")


def when(text: str, now: datetime) -> When | None:
    """The time a text speaks of. Of several the most exact one; what recurs beats a single day."""
    found = [*_again(text), *_since(text, now), *_at(text, now), *_present(text, now)]
    found = [w for w in found if not _WISH.match(text[w.end :]) and not _is_retracted(text, w.end)]
    if not found:
        return None
    order = {"recurring": 0, "minute": 1, "day": 2, "now": 3}
    clock = [w for w in found if w.precision == "minute"]
    if clock and any(w.precision == "recurring" for w in found):
        again = next(w for w in found if w.precision == "recurring")
        # 매일 밤 10시: recurring. 어제 10시에 봤는데 자주 그래요: the moment that was seen.
        if re.search(r"봤|보았|목격|발견|찍", text[clock[0].end : clock[0].end + 12]):
            return clock[0]
        return again
    return min(found, key=lambda w: (order[w.precision], w.start))


def _is_retracted(text: str, end: int) -> bool:
    """어제 말고, 7시가 아니라: said only to be taken back."""
    return bool(
        re.match(
            r"\s?(?:이|가|은|는|쯤|에)?\s?(?:말고|아니고|아니라|아닌|아니에요|아니예요|아니요)|(?:이요|요|예요|이에요)?[\s,.]{0,2}(?:아|앗)?\s?(?:아니|아뇨)(?:요|야|다)?[\s,]",
            text[end:],
        )
    )


def _again(text: str) -> list[When]:
    return [When("recurring", None, m.group(), m.start(), m.end()) for m in _AGAIN.finditer(text)]


def _present(text: str, now: datetime) -> list[When]:
    at = now.replace(second=0, microsecond=0)
    return [When("now", at, m.group(), m.start(), m.end()) for m in _NOW.finditer(text)]


def _since(text: str, now: datetime) -> list[When]:
    found: list[When] = []
    for m in _SINCE.finditer(text):
        if m["minutes"]:
            back = timedelta(minutes=_count(m["minutes"]))
        elif m["halfhour"]:
            back = timedelta(minutes=30)
        else:
            back = timedelta(hours=_count(m["hours"]), minutes=30 if m["hhalf"] else _count(m["hm"] or "0"))
        at = (now - back).replace(second=0, microsecond=0)
        found.append(When("minute", at, m.group(), m.start(), m.end()))
    return found


def _at(text: str, now: datetime) -> list[When]:
    found: list[When] = []
    for m in _AT.finditer(text):
        if m["h"] or m["ch"]:
            said = _day_words(m, "")
            day = _day(said, now)
            if day is None and any(said.values()):
                continue
            at = _moment(m, day, now)
            if at is not None:
                found.append(When("minute", at, m.group().strip(" ,"), m.start(), m.end()))
        elif m["p_part"]:
            found.append(
                When("day", _midnight(_part_day(m["p_part"], now), now), m["p_part"], m.start(), m.end())
            )
        else:
            day = _day(_day_words(m, "d_"), now)
            if day is not None and not _FALSE_DAY.match(text[m.end() :]):
                found.append(When("day", _midnight(day, now), m.group().strip(), m.start(), m.end()))
    return found


def _part_day(part: str, now: datetime) -> date:
    """The day of a part said without one: the last time it was that part of the day."""
    if part in ("밤", "한밤", "한밤중", "밤중", "심야", "밤늦게", "저녁", "초저녁") and now.hour < 12:
        return now.date() - timedelta(days=1)
    return now.date()


def _day_words(m: re.Match[str], prefix: str) -> dict[str, str]:
    """The groups of `_DAY` that matched."""
    return {name: m[prefix + name] for name in _DAY_GROUPS if m[prefix + name]}


def _day(said: Mapping[str, str], now: datetime) -> date | None:
    """The day that is named; None when none is, or when there is no such day."""
    today = now.date()
    if ago := said.get("ago"):
        return today - timedelta(days=_days_ago(re.sub(r"\s", "", ago)))
    if week := said.get("week"):
        back = {"지지난주": 2, "이번주": 0, "금주": 0}.get(re.sub(r"\s", "", week), 1)
        monday = today - timedelta(days=today.weekday() + 7 * back)
        named = said.get("wday", "")[:1]
        if not named or named not in _WEEKDAYS or said["wday"] == "주말":
            return None  # a week is no day
        return monday + timedelta(days=_WEEKDAYS.index(named))
    if weekday := said.get("weekday"):
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday)) % 7)
    if mday := said.get("mday"):
        return _past(
            int(said.get("year") or today.year),
            int(said.get("month") or 0),
            int(mday),
            now,
            bool(said.get("year")),
        )
    if only := said.get("only"):
        year, month = today.year, today.month
        if int(only) > today.day:
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        return _valid(year, month, int(only))
    if days := said.get("days"):
        return today - timedelta(days=_SPAN_DAYS.get(days) or _count(days.rstrip("일 ") or "일"))
    if weeks := said.get("weeks"):
        return today - timedelta(
            weeks=1 if weeks == "일주일" else _count(re.sub(r"\s?주(?:일)?$", "", weeks))
        )
    return None


def _days_ago(word: str) -> int:
    if word in ("어제", "어저께", "어젯", "작일", "전날", "간밤", "지난밤"):
        return 1
    if word in ("그저께", "그제", "엊그제", "엊그저께"):
        return 2
    return 3 if word == "그끄저께" else 0


def _past(year: int, month: int, day: int, now: datetime, is_exact: bool) -> date | None:
    found = _valid(year, month, day)
    if found is not None and found > now.date() and not is_exact:
        return _valid(year - 1, month, day)
    return found


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment(m: re.Match[str], day: date | None, now: datetime) -> datetime | None:
    """Day, part of the day and clock put together."""
    hour = int(m["ch"]) if m["ch"] else _count(m["h"])
    minute = int(m["cm"]) if m["ch"] else 30 if m["half"] else _count(m["m"] or "0")
    if hour > 24 or minute > 59:
        return None
    part = m["part"] or (
        "밤" if m["ago"] and re.sub(r"\s", "", m["ago"]) in ("어젯", "간밤", "지난밤") else ""
    )
    base = day or now.date()
    if part or hour > 12 or hour == 0:
        at = _midnight(base, now) + timedelta(hours=_hour(hour, part), minutes=minute)
        if day is None and at > now + timedelta(minutes=10):
            at -= timedelta(days=1)
        return at
    if day is not None and day != now.date():
        # 7 to 11 without a half of the day is the morning, 12 to 6 the afternoon.
        return _midnight(base, now) + timedelta(hours=hour if 7 <= hour <= 12 else hour + 12, minutes=minute)
    return _latest(hour, minute, now, today_only=day is not None)


def _latest(hour: int, minute: int, now: datetime, *, today_only: bool) -> datetime:
    """The last time the clock showed this hour, at most ten minutes ahead of now."""
    midnight = _midnight(now.date(), now)
    limit = now + timedelta(minutes=10)
    options = [midnight + timedelta(hours=h, minutes=minute) for h in (hour % 12, hour % 12 + 12)]
    past = [at for at in options if at <= limit]
    if past:
        return past[-1]
    return options[0] if today_only else options[-1] - timedelta(days=1)


def _hour(hour: int, part: str) -> int:
    """Hours from midnight of the named day; 밤 1시 lies in the night that follows it."""
    if hour > 12 or not part:
        return hour
    if part in ("오전", "아침", "이른 아침", "새벽", "꼭두새벽"):
        return hour % 12
    if part in ("밤", "한밤", "한밤중", "밤중", "심야", "밤늦게", "자정"):
        return hour + 12 if 6 <= hour < 12 else 24 + hour % 12
    if part in ("낮", "대낮", "한낮", "점심", "정오"):
        return hour if hour >= 10 else hour + 12
    return hour % 12 + 12


def _midnight(day: date, like: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=like.tzinfo)


def _count(said: str) -> int:
    """A small number written or spoken, native or Sino-Korean."""
    said = re.sub(r"\s", "", said)
    if said.isdigit():
        return int(said)
    if said in _NATIVE:
        return _NATIVE[said]
    tens, ten, ones = said.partition("십")
    if ten:
        return _SINO.get(tens, 1) * 10 + _SINO.get(ones, 0)
    return _SINO.get(said, 0)
