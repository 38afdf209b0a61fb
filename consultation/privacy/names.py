"""Names of people: surname + given name + what stands beside it.

There is no name without a reason: a label (성함은 …), the speaker's own introduction, somebody
addressed (… 님), the answer to a question for the name, a telephone number or address given
together with it, or a person named before. An agent's own introduction is left as it is: the
quality sheet needs it and it is the name of an official on duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from consultation.privacy.context import Context
from consultation.privacy.name_parts import (
    COMMON_SURNAMES,
    DOUBLE_SURNAMES,
    ORDINARY,
    RARE_SURNAMES,
    SURNAMES,
    likeness,
)
from consultation.types import PersonalData

_COPULA = (
    r"(?:이라고|라고|이랍니다|랍니다|이에요|이예요|예요|에요|이여요|여요|이어요|이요|요|유|이유|입니다|임니다|입니더|입니데이|이라예|라예|이라요|라요|이올시다|올시다|이네요|네요|이고요|고요|이고|고|이구요|구요"
    r"|인데요|인데예|인데|인디요|인디|이거든요|거든요|이라는데요|라는데요|이라는|라는|이라|라|이며|며|이라서|라서|이죠|죠|이지요|지요|입니까|이신가요|신가요|이세요|세요|이십니다|십니다|이시죠|시죠|이신데요|이신데|이시고요|이시고|이오|이야|야|이다|다"
    r"|임다|임|이지|이랑|랑|이외다|이더라고요|맞습니다|맞아요|맞고요|맞는데요)"
)
_PARTICLE = r"(?:이?(?:가|는|를|도|한테|랑|의|에게|께서|이|로)|은|을|으로|과|와|만|께|이?가요|이?는요)"
_HONORIFIC = r"(?:님|씨|군|양|어르신|선생님|고객님|할머님|할아버님|어머님|아버님)"
_REST = re.compile(rf"(?:{_HONORIFIC}(?:{_PARTICLE}|{_COPULA}|께)?|{_COPULA}|{_PARTICLE})?")
_REST_OF_INTRODUCTION = re.compile(_COPULA)
_WORD = re.compile(r"[가-힣]{1,20}")
_LABEL = re.compile(
    r"(?:성함|이름|존함|성명|신청인|신청자|예금주|입금자|받는\s?분|보내는\s?분|가입자|세대주|대표자|소유자|보호자|명의자|계약자|수급자|환자|피해자|당사자|수신인|본인|name is|name's|name(?=은|는|이))"
    r"(?:\s?(?:성함|이름|성명|명))?(?:은|는|이|가|도|요)?(?:요)?[\s:：,…]{1,3}(?:(?:어+|음+|그|저|네|예|제가|저는|그게)[\s,…]{1,2}){0,2}",
    re.IGNORECASE,
)
_NOUN_ENDS = frozenset("의은한된할는을를자시서상권주해")  # ends of nouns and modifiers, rare ends of names
_NEXT = re.compile(r"\s?(?:님|씨|[0-9]|공일|맞|이고|본인|어르신|고객님)")
_SURE_LABEL = re.compile(r"성함|이름|존함|성명|예금주|입금자|name", re.IGNORECASE)
_ABOUT_NAMES = re.compile(r"이름|성함|명의")
_SPACED = re.compile(r"([가-힣])\s([가-힣]{2})(?=$|[\s,.!?]|이|예|입|라|인|고)")
_SELF = re.compile(
    r"(?<![가-힣])(?:(?:통화|전화|신청|접수|문의|예약|방문|상담)(?:했던|한|드린|드렸던)|저는|저|전|제가|나는|난|내가|나|지는|저희는|여기는|우리는)\s(?:(?:그|어|음|여기|저기)\s)?"
)
_MYSELF = re.compile(r"(?:(?:네|예|아|여보세요|안녕하세요|수고하십니다)[\s,.]{1,2}){0,2}(?:저|저는|제가)\s")
_SAID = re.compile(
    r"(?<![가-힣])([가-힣]{2,4}?)(?:이)?라고\s?(?:합니다|합니더|해요|해\s|해$|하는|하고|하거든|허|불러|부르|하면\s?(?:돼|됩|아)|적어|써|되어\s?있|등록|하셨|했)"
    r"|(?<![가-힣])([가-힣]{3,4}?)이?라는\s?(?:사람|데요|데예)"
    r"|(?:명의|이름|성함)(?:가|이|는|은)\s([가-힣]{3,4}?)으?로\s?(?:되어|돼|된)"
)
_ADDRESSED = re.compile(
    r"(?<![가-힣])([가-힣]{2,5}?)(\s?)(님|씨|어르신|선생님|고객님|할머니|할아버지|할머님|할아버님|어머님|아버님|소장님|사장님|원장님|군|양)(?![가-힣]{0,1}님)"
    r"(?=$|[\s,.!?~…)]|은|는|이|가|을|를|께|의|도|맞|으로|과|와|하고|한테|로|본인|전화|성함|번호|연락|주소|앞으로|명의|요|이요|예요|이에요|라고|이라고|이시|이신|입니다|죠|이죠|만|께서)"
)
_OWNED = re.compile(
    r"(?<![가-힣])([가-힣]{3,4})\s(?:(?:제|저희|본인)\s?(?:이름|성함|명의)|(?:이름|명의)으?로|앞으로\s?(?:되|온|발급|등록|나)|본인\s?(?:맞|이(?!\s))"
    r"|(?:딸|아들|남편|아내|엄마|아빠|며느리|사위|손자|손녀|어머니|아버지|보호자|언니|동생)(?:인데|이에요|예요|입니다|이고|고|이요|되는))"
)
_RELATION = re.compile(
    r"(?<![가-힣])(?:남편|아내|와이프|집사람|아들|딸|큰딸|작은딸|큰아들|작은아들|어머니|어머님|아버지|아버님|엄마|아빠|아이|애|첫째|둘째|손자|손녀|며느리|사위|동생|형|누나|언니|오빠|배우자|세입자|집주인|임대인|임차인|환자|피해자"
    r"|보호자|장모님|시어머니|시아버지|조카|이모|고모|삼촌|할머니|할아버지|친구|신청인|대리인)(?:인|은|는|이|가)?\s(?:이름은\s|이름이\s|성함은\s|성함이\s)?"
)
_AGENT_BEFORE = re.compile(r"(?:상담사|상담원|담당자|주무관|재단|다산콜|다산콜센터|콜센터|120)(?:는|은)?\s$")
_OFFICE_BEFORE = re.compile(
    r"(?:시장|구청장|대통령|장관|의원|대표|교수|배우|가수|선수|작가|감독|기자|회장|총리|판사|검사|변호사)\s$"
)
_FAMOUS = re.compile(r"\s?(?:의\s)?(?:묘|기념|생가|박물관|동상|문학|탄생|서거|어록|축제|시비)")
_OFFICE_AFTER = re.compile(
    r"\s?(?:시장|구청장|대통령|장관|국회의원|의원|장군|배우|가수|선수|작가|감독|기자|총리|평전|문학|기념|생가|동상|묘|로\b|길\b|거리)"
)
_FILLERS = re.compile(
    r"(?:(?:네|예|아|어+|음+|응|그|저|저는|저요|전|제|제가|나|내|나는|내가|이름은|이름이|성함은|제\s?이름은|그래|여기|여보세요|본인은|신청자는|아이고|뭐)[\s,.…~]{1,2}){0,4}"
)
_FOREIGN = re.compile(
    r"([가-힣]{2,6}?(?:\s[가-힣]{1,6}?){0,2})(?=\s?(?:이라고|라고|입니다|이에요|예요|이요|요|이고요?|고요?|님|씨)(?:$|[\s,.!?])|\s[A-Z](?:\s|$)|$)|([A-Z][a-z]{1,14}(?:\s[A-Z][a-z]{1,14}){0,2}|[\u4e00-\u9fff]{2,4})"
)
_ROMAN = re.compile(r"[A-Z][a-z]{1,14}(?:\s[A-Z][a-z]{1,14}){1,2}")
_ENDS = re.compile(r"\s{0,2}(?:$|[.,!?…~)/])")
_FUNCTION = frozenset(
    (  # noqa: SIM905
        "뭔 뭘 뭣 무슨 몇 이렇 그렇 저렇 바뀌 틀리 잘못 같은 영어 한글 한자 비슷 똑같 어떻게 무엇 뭐 "
        "뭐라고 누구 말씀 말해 말하 알려 적어 써야 쓰면 필요 변경 바꾸 확인 모르 없 있 같 맞 다르 공개 안 "
        "왜 어디 그냥 나중 꼭 따로 먼저 아직 아무 여기 이거 저거 그거 정확 혹시 다시"
    ).split()
)


def find_names(text: str, context: Context, others: Sequence[PersonalData]) -> list[PersonalData]:
    """Names with a reason to be one, in any order; `others`: what else was found in the text."""
    spans = set(_candidates(text, context, others))
    known = context.names | {text[s:e] for s, e in spans if e - s >= 3}
    for name in known:
        if len(name) >= 2:
            spans |= set(_again(text, name))
    introduced = context.agents | set(_introduced(text))
    return [
        PersonalData(start, end, "이름", text[start:end])
        for start, end in sorted(spans)
        if text[start:end] not in introduced
    ]


def _introduced(text: str) -> Iterator[str]:
    for match in re.finditer(
        r"(?:상담사|상담원|재단|다산콜|콜센터|120)\s?([가-힣]{2,4}?)(?:입니다|이었습니다|였습니다|이라고|라고|이에요|예요)",
        text,
    ):
        yield match[1]


def _left(text: str, at: int, length: int) -> str:
    """The characters before a place."""
    return text[max(0, at - length) : at]


def _candidates(text: str, context: Context, others: Sequence[PersonalData]) -> Iterator[tuple[int, int]]:
    asked = context.age("이름") is not None
    for label in _LABEL.finditer(text):
        if not _AGENT_BEFORE.search(_left(text, label.start(), 12)):
            yield from _labelled(text, label)
    for match in _SELF.finditer(text):
        word = _WORD.match(text, match.end())
        if word and (end := _split(word.group(), 0.8, introduction=True, shortest=2 if asked else 3)):
            yield word.start(), word.start() + end
        elif (
            word
            and _ENDS.match(text, word.end())
            and _is_name(word.group(), 0.8)
            and _is_likely(word.group())
        ):
            yield word.span()
    for match in _SAID.finditer(text):
        group = match.lastindex or 1
        if _is_name(match[group], 0.8) and not _AGENT_BEFORE.search(_left(text, match.start(), 12)):
            yield match.span(group)
    for match in _ADDRESSED.finditer(text):
        yield from _addressed(text, match, asked)
    for match in _OWNED.finditer(text):
        if _is_name(match[1], 0.8) and match[1][-1] not in _NOUN_ENDS:
            yield match.span(1)
    if introduces := _MYSELF.match(text):
        for word in list(_WORD.finditer(text, introduces.end(), introduces.end() + 25)):
            end = _split(word.group(), 1.0, introduction=True, shortest=3)
            if end and _is_likely(word.group()[:end]):
                yield word.start(), word.start() + end
    for match in _RELATION.finditer(text):
        word = _WORD.match(text, match.end())
        end = _split(word.group(), 0.8, shortest=3) if word else 0
        if word and end:
            name, rest = word.group()[:end], word.group()[end:]
            said = _REST_OF_INTRODUCTION.fullmatch(rest) and name[0] not in RARE_SURNAMES
            ends = _ENDS.match(text, word.end()) or _SELF.match(text, word.end() + 1)
            if said or (_is_likely(name) and (likeness(name[1:]) >= 1.0 or (ends and not rest))):
                yield word.start(), word.start() + end
    if asked:
        yield from _answer(text, context)
    elif _ABOUT_NAMES.search(text):
        last = re.search(r"(?:^|(?<=\s))([가-힣]{4,7})[\s.!~]{0,3}$", text[-20:])
        if last and (end := _split(last[1], 0.8, introduction=True, shortest=3)):
            at = max(0, len(text) - 20) + last.start(1)
            yield at, at + end
    yield from _beside(text, [o for o in others if o.kind != "생년월일"])


def _is_name(name: str, least: float) -> bool:
    """Surname and a given name that looks like one, and no ordinary word with a particle."""
    if name[1:] in _TITLES or any(_REST.fullmatch(name[len(head) :]) for head in _ordinary_heads(name)):
        return False
    if len(name) >= 3 and name.startswith(DOUBLE_SURNAMES) and len(name) <= 4:
        return likeness(name[2:]) >= min(least, 0.7)
    return len(name) in (2, 3) and name[0] in SURNAMES and likeness(name[1:]) >= least


def _is_likely(name: str) -> bool:
    """A frequent surname, and no ending of a noun or modifier: for places where words are many."""
    return (name[0] in COMMON_SURNAMES or name.startswith(DOUBLE_SURNAMES)) and name[-1] not in _NOUN_ENDS


def _split(word: str, least: float, *, introduction: bool = False, shortest: int = 2) -> int:
    """Length of the name at the beginning of a word whose rest is a particle; 0: there is none."""
    rest = _REST_OF_INTRODUCTION if introduction else _REST
    for length in (4, 3, 2):
        if length < shortest or len(word) < length or (length == 4 and not word.startswith(DOUBLE_SURNAMES)):
            continue
        name = word[:length]
        if (
            length == 3
            and name[2] in "이예"
            and _REST_OF_INTRODUCTION.fullmatch(word[2:])
            and _is_name(name[:2], 0.7)
            and shortest == 2
        ):
            continue  # 남준 + 이고요, not 남준이 + 고요; 왕리 + 예요
        if rest.fullmatch(word[length:]) and _is_name(name, least if length > 2 else 0.7):
            return 0 if _is_ordinary(word, name) else length
    return 0


_STRONG_COPULA = re.compile(r"(?:이라고|라고|입니다|입니더|이에요|예요|이고요?|고요|이라예)$")
# Given names that end in 하; any other word with 하 is a verb: 신청하고, 조심하라.
_HA_NAMES = frozenset(
    (
        "은하",
        "준하",
        "동하",
        "윤하",
        "서하",
        "진하",
        "영하",
        "성하",
        "주하",
        "예하",
        "태하",
        "민하",
        "재하",
        "승하",
        "건하",
        "시하",
    )
)
_TITLES = frozenset(
    (  # noqa: SIM905
        "기장 상무 전무 선배 후배 과장 부장 차장 대리 사장 팀장 실장 국장 원장 소장 반장 이사 기자 교수 "
        "박사 기사 주임 계장 검사 판사 형사 경사 경위 순경 조교 강사 감독 코치 서방 여사 사모 회장 의원 "
        "장관 시장 목사 신부 스님 사무"
    ).split()
)
_VERB = re.compile(r"하(?:고|는|니|며|여|시|지|던|면|게|다)|해진|해야|되|말고|[하해된될할한]$")


def _is_ordinary(word: str, name: str) -> bool:
    """An ordinary noun with its particle or verb: 신고하고, 주차는."""
    if any(_REST.fullmatch(word[len(head) :]) for head in _ordinary_heads(word)):
        return True
    if name[1:] in _TITLES:
        return True
    if name.endswith("하") and len(name) == 3 and name[1:] not in _HA_NAMES:
        return True
    if name[1:] in ("해진", "하는", "되는", "하신", "하고", "해서", "하여", "하면"):
        return True
    return len(name) == 3 and bool(_VERB.match(word, 2)) and len(word) > 3


def _ordinary_heads(word: str) -> Iterator[str]:
    return (word[:n] for n in (5, 4, 3, 2) if word[:n] in ORDINARY)


def _labelled(text: str, label: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The name after "성함은", "신청인", "my name is" …"""
    at = label.end()
    sure = bool(_SURE_LABEL.search(label.group()))
    word = _WORD.match(text, at)
    if word is not None:
        least = 0.8 if not sure else 0.25 if _STRONG_COPULA.search(word.group()) else 0.5
        end = _split(word.group(), least, shortest=2)
        closed = _ENDS.match(text, word.end()) or _NEXT.match(text, word.end())
        if end == 2 and not (
            closed and (len(word.group()) > 2 or re.search(r"[은는이가:：]\s", label.group()))
        ):
            end = 0
        if end and not sure and not _is_stated(word.group(), end, bool(closed)):
            end = 0
        if end:
            yield at, at + end
            return
        spaced = _SPACED.match(text, at)
        if spaced and spaced[1] in SURNAMES and likeness(spaced[2]) >= 0.8:
            yield at, at + 4
            return
    foreign = _FOREIGN.match(text, at) if sure else None
    if foreign is None:
        return
    name = foreign.group()
    copula = bool(
        re.match(
            r"\s?(?:이?라고|입니다|이에요|예요|님|씨)(?:$|[\s,.!?])",
            text[foreign.end() : foreign.end() + 6],
        )
    )
    roman = label.group().lower().startswith("name")
    if (foreign[2] or roman or copula) and not _is_talk(name):
        yield foreign.span()


def _is_stated(word: str, end: int, closed: bool) -> bool:
    """After a weak label such as 본인 or 신청인: is the word said to be the person, or only a noun beside it?"""
    name = word[:end]
    if _REST_OF_INTRODUCTION.fullmatch(word[end:]):
        return len(name) > 2 or name[0] in COMMON_SURNAMES
    return closed and len(name) > 2 and likeness(name[1:]) >= 1.0 and name[-1] not in _NOUN_ENDS


def _is_talk(words: str) -> bool:
    """Not a foreign name but something said about names."""
    return words.startswith(tuple(_FUNCTION)) or any(
        next((h for h in _ordinary_heads(word)), "") for word in words.split()
    )


def _addressed(text: str, match: re.Match[str], asked: bool) -> Iterator[tuple[int, int]]:
    name, spaced, title = match[1], bool(match[2]), match[3]
    left = _left(text, match.start(), 8)
    if (
        _AGENT_BEFORE.search(left)
        or _OFFICE_BEFORE.search(left)
        or (title in ("군", "양") and (len(name) < 3 or not spaced))
    ):
        return
    if _FAMOUS.match(text, match.end()):
        return
    if len(name) == 2:
        if asked and title in ("님", "씨") and _is_name(name, 0.7):
            yield match.span(1)
        return
    if title in ("할머니", "할아버지", "어머님", "아버님") and not spaced:
        return
    if _is_name(name, 0.8 if title in ("님", "씨", "어르신", "고객님") else 1.0) or (
        asked and _is_name(name, 0.5)
    ):
        yield match.span(1)


def _answer(text: str, context: Context) -> Iterator[tuple[int, int]]:
    """Names in the turns after somebody was asked for one: said to be it, or standing alone."""
    start = _FILLERS.match(text)
    first = start.end() if start else 0
    asked_now = context.age("이름") == 0
    spaced = _SPACED.match(text, first) if asked_now else None
    if spaced and spaced[1] in SURNAMES and likeness(spaced[2]) >= 1.0:
        yield first, first + 4
        return
    for word in _WORD.finditer(text, first):
        opens = word.start() == first and asked_now
        least = 0.25 if opens and _STRONG_COPULA.search(word.group()) else 0.5 if opens else 0.8
        said = _split(word.group(), least, introduction=True, shortest=2 if opens else 3)
        if said:
            name = word.group()[:said]
            if opens or _is_likely(name) or (asked_now and name[0] not in RARE_SURNAMES):
                yield word.start(), word.start() + said
        elif _NEXT.match(text, word.end()) or (
            _ENDS.match(text, word.end()) and (opens or word.end() > first + 3)
        ):
            end = _split(word.group(), 0.5 if opens else 1.0, shortest=2 if opens else 3)
            if end == len(word.group()) and (opens or _is_likely(word.group())):
                yield word.span()


_LINK = re.compile(
    r"(?:이?요|입니다|입니더|이?에요|이?예요|이?고요?|이?구요|으?로|에|이며|이라예|이?라요|번)?[\s,./:()]{0,3}(?:(?:네|예|이고|이름은|성함은|저는|제가|제|본인|그리고|으로|입니다|여기로|연락|주세요|부탁드려요|부탁드립니다)[\s,.]{1,2}){0,2}"
)


def _beside(text: str, others: Sequence[PersonalData]) -> Iterator[tuple[int, int]]:
    """A name right before or after a telephone number, address … or closing such a turn."""
    for other in others:
        link = _LINK.match(text, other.end)
        word = _WORD.match(text, link.end()) if link else None
        if word and (end := _split(word.group(), 0.8, shortest=3)) and _is_closed(text, word.end(), others):
            yield word.start(), word.start() + end
        before = re.search(
            r"(?:^|(?<=[\s,.(]))([가-힣]{3,7})[\s,/:]{1,3}$", text[max(0, other.start - 12) : other.start]
        )
        if before and (end := _split(before[1], 0.8, shortest=3)):
            at = max(0, other.start - 12) + before.start(1)
            if _opens(text, at):
                yield at, at + end
    if others:
        last = re.search(r"(?:^|(?<=[\s,.]))([가-힣]{3,7})[\s.!~]{0,3}$", text[-20:])
        if (
            last
            and (end := _split(last[1], 0.8, shortest=3))
            and len(last[1]) in (3, *range(end + 1, end + 4))
        ):
            at = max(0, len(text) - 20) + last.start(1)
            yield at, at + end


def _is_closed(text: str, end: int, others: Sequence[PersonalData]) -> bool:
    return bool(_ENDS.match(text, end)) or any(0 <= o.start - end <= 3 for o in others) or end < len(text)


def _opens(text: str, at: int) -> bool:
    """Does the word open the turn or follow a pause or an ending?"""
    left = text[:at].rstrip()
    return (
        not left
        or left[-1] in ".,!?…:"
        or left.endswith(("네", "예", "요", "고", "고요", "다", "저는", "제가", "은", "는"))
    )


def _again(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a name that is known is said again."""
    at = text.find(name)
    while at >= 0:
        glued = at > 0 and "가" <= text[at - 1] <= "힣"
        rest = _WORD.match(text, at + len(name))
        if not glued and (rest is None or _REST.fullmatch(rest.group()) or len(name) >= 3):
            yield at, at + len(name)
        at = text.find(name, at + len(name))
