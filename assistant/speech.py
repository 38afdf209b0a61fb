"""Spoken Korean without punctuation: where a clause ends, whether it asks, and what is only filler.

Pure rules over surface forms, because they run inside a live call on every turn. Endings of the
Gyeongsang, Jeolla and Hamgyeong dialects are included where they mark a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from consultation.types import Turn

# A polite or formal ending followed by a space closes a clause even where nobody wrote a full stop.
_CLAUSE = re.compile(
    r"(?<=[.?!…\n])\s*"
    r"|(?<=니다)\s+|(?<=니까)\s+|(?<=요)\s+|(?<=죠)\s+|(?<=어예)\s+|(?<=심더)\s+|(?<=니더)\s+|(?<=슴다)\s+"
    r"|(?<=니꺼)\s+|(?<=거든)\s+|(?<=네다)\s+|(?<=이다)\s+(?=그|근|아|네)"
)

_INTERJECTION = (
    r"어|음|으음|에|아|오|와|헐|휴|저|저기|저기요|네|네네|예|예예|응|잉|넵|넹|그|그게|뭐|막|좀|쫌|이제|인제|그냥|"
    r"아니|아니요|아뇨|아이고|아이구|어머|허허|하하|있잖아요|있잖아|여보세요|여보시요|그니까|그러니까|그래|그래요|맞아요|"
    r"그렇지|암만|참|진짜|oh|hello|hi|yes|okay|ok|um|uh"
)
_FILLER = re.compile(rf"(?:(?<=^)|(?<=\s))(?:{_INTERJECTION})(?:[,.…!~ㅠㅋㅎ]*)(?=\s|$)", re.IGNORECASE)
_EMOTION = re.compile(r"[ㅋㅎㅠㅜㄷㅡ]{1,}|[~^…]+|\.{2,}")
_COURTESY = re.compile(
    r"(?:정말|너무|참말로|아주)?\s*(?:고맙|감사)[가-힣]*|수고\s*(?:하세요|하십니다|하셔요|많으[가-힣]*)|"
    r"안녕(?:하세요|하십니까|히\s*계세요)|(?:죄송|미안)(?:합니다|해요|한데요?|하지만)|실례[가-힣]+|"
    r"(?:좀\s*)?(?:하나|한\s*가지|두\s*가지|뭐|뭣|말씀)?\s*(?:만|를|을)?\s*(?:좀\s*)?여쭤\s*(?:볼게요|볼려고요|보려고요|볼게)|"
    r"(?:thank you|thanks)[^가-힣]*",
    re.IGNORECASE,
)
_MASK = re.compile(r"\[[가-힣]+\]")
_DIGITS = re.compile(r"[\d\-]{3,}|(?:[공영일이삼사오육칠팔구]{2,}\s*)+(?:에|의|번|이요|요|이에요|입니다|로)*")

_QUESTION_END = re.compile(
    r"(?:\?|나요|[은는ㄴ던]가요|인가요|건가요|런가요|[가-힣]까요?|습니까|죠|지요|는지|은지|인지|을지|ㄹ지|런지|"
    r"되나|하나|있나|없나|오나|가나|주나|보나|드나|났나|[가-힣]나(?:\s?요)?|인가|는가|은가|런가|거야|거예요|거에요|건데|"
    r"냐|냐고|냐구|니꺼|니껴|습니꺼|는교|능교|는겨|당가|단가|까예|지예|쓰까|을까|가까|드까|됨까|임까|슴까|"
    r"뭐예요|뭐에요|뭐야|뭐죠|뭔가요|어디예요|어디에요|어디요|언제예요|얼마예요|얼마에요|며칠짜리예요|어떡해요?|어떻게\s?해요?)"
    r"[\s.!…ㅠㅋㅎ~]*$"
)
_WH = re.compile(
    r"어떻게|어떡|어디|언제|얼마|무엇|무슨|뭐가|뭐를|뭘|뭔지|뭐예|뭐야|뭐에|누가|누구|왜|몇|며칠|어느|어떤|으째|어찌|우예|우째|어데|what|where|how|when",
    re.IGNORECASE,
)
_WH_END = re.compile(r"(?:요|야|지|데|해|돼|되|나|까|가|죠|니|어|아|\?)[\s.!…]*$")
_MAY = re.compile(r"(?:돼요|되요|있어요|없어요|나와요|가능해요|해요|줘요|주세요|안\s?돼요|받아요|걸려요)\?")
_WANT = re.compile(
    r"싶|궁금|여쭤|여쭙|물어\s?보|물어\s?볼|알아\s?보|문의|하려고|려고\s?하|려고\s?그러|려는데|려구|할라고|할라카|할려고|"
    r"볼라|버려야|신고|접수|민원|건의|신청|발급|환불|지원|달라|바꿔\s?줘|바꿔\s?주|필요하|필요한|도와|고쳐|치워|잡아|"
    r"모르겠|몰라서|못\s?하|못\s?살|고장|안\s?나오|안\s?나와|안\s?돼|안\s?되|안\s?찍|안\s?열|안\s?켜|막혔|막혀|넘쳐|새고|샌다|깨졌|"
    r"떨어졌|떨어지|끊겼|끊어|잃어버|분실|다쳤|다쳐|걱정|무서|불편|시끄|냄새|더럽|위험|찾고|찾는|찾아요|찾으|받을\s?수|할\s?수|"
    r"want|need|question|help",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"(?:^|\s)(?:그리고|그라고|또\s|또\s?하나|하나\s?더|한\s?가지\s?더|또\s?다른|다른\s?것도|다른\s?거|추가로|마지막으로|"
    r"(?:두|둘)\s?번째|하나는|question)|[가-힣]\s?(?:것|거|거는|건)도\s",
    re.IGNORECASE,
)
_INVITING = re.compile(
    r"무슨\s?일|어떤\s?(?:일|상황|점|문제|도움)|무엇을|말씀하세요|말씀해\s?(?:주|보)|말씀하십|어떻게\s?(?:오셨|도와)|자세히|천천히"
)
_POINTING = re.compile(
    r"^(?:그럼|그러면|그라믄|근데|그건|그거|그게|이건|이거|거기|그것|그\s|그때|아\s|또\s|그리고\s)"
)


_NUMBER = r"(?:[일이삼사오육칠팔구십백천만]+|[한두세네]|다섯|여섯|일곱|여덟|아홉|열\S?|스물\S?|\d+)"
_UNIT = r"(?:시|분|일|월|년|주|살|명|개|호|층|동|번|원|만\s?원|개월|달|학년)"
_REPAIRED = (
    re.compile(
        rf"{_NUMBER}\s?{_UNIT}(?:\s반)?\S{{0,2}}\s(?:아|어)?\s?아니(?:다|야|고|에요)?,?\s(?={_NUMBER}\s?{_UNIT})"
    ),
    re.compile(r"(\S{1,8}?)(?:에서|에|가|이|은|는|로|으로)?\s아니\s(?:\1)\S{0,2}\s(?:아니고|아니라|말고)\s"),
    re.compile(r"\b(\S{2,10})\s\1(?=\s|$)"),
)


def repaired(text: str) -> str:
    """Without what the speaker took back ("두 시 아니 세 시") or said twice in a row."""
    for pattern in _REPAIRED[:2]:
        text = pattern.sub("", text)
    return _REPAIRED[2].sub(r"\1", text)


LONGEST_HEARD = 2000  # characters of a turn that rules look at; a minute of speech has some 400


def bounded(turns: Iterable[Turn]) -> list[Turn]:
    """The turns, with only the beginning and the end of monstrous ones: rules must not take seconds."""
    half = LONGEST_HEARD // 2
    return [
        turn
        if len(turn.text) <= LONGEST_HEARD
        else replace(turn, text=f"{turn.text[:half]}\n{turn.text[-half:]}")
        for turn in turns
    ]


def clauses(text: str) -> list[str]:
    """The text cut after full stops and after polite endings."""
    return [piece.strip() for piece in _CLAUSE.split(text) if piece and piece.strip()]


def plain(text: str) -> str:
    """Without interjections, courtesies, laughter and masked or dictated numbers."""
    text = _EMOTION.sub(" ", _MASK.sub(" ", text))
    text = _COURTESY.sub(" ", text)
    for _ in range(3):  # fillers come in rows: "네 네 어 그"
        text = _FILLER.sub(" ", text)
    return re.sub(r"\s+", " ", text).strip(" ,.!")


def weight(text: str) -> int:
    """How much is said: letters that are neither filler nor dictated digits."""
    return sum(character.isalpha() for character in _DIGITS.sub(" ", plain(text)))


def asks(clause: str) -> bool:
    """Does the clause put a question?"""
    clause = clause.strip()
    if _QUESTION_END.search(clause) or _MAY.search(clause):
        return True
    return bool(_WH.search(clause) and _WH_END.search(clause))


def wants(clause: str) -> bool:
    """Does the clause state a need, a trouble or a request?"""
    return bool(_WANT.search(clause))


def points_back(text: str) -> bool:
    """Does the text begin by pointing at what was said before?"""
    return bool(_POINTING.match(plain(text) or text))


def questions(text: str) -> bool:
    """Does an agent's turn end by asking something particular? "무슨 일이세요?" only invites to tell."""
    last = clauses(text)[-1:]
    return bool(last) and last[0].endswith(("?", "요", "까")) and not _INVITING.search(last[0])


def adds(text: str) -> bool:
    """Does the text announce one more question: 그리고, 하나 더, 또 …?"""
    return bool(_ADDING.search(text))


def is_yes(text: str) -> bool:
    """A bare yes: 네, 예, 맞아요, 그렇지 …"""
    return bool(
        re.fullmatch(
            r"(?:\s*(?:네+|예+|응+|잉|넵|넹|어|그래|그래요|그렇지|그렇죠|그렇습니다|맞아|맞아요|맞습니다|그거예요|그거죠|"
            r"그거시여|암만|딱|yes)\s*[,.!~…]*)+",
            text.strip(),
            re.IGNORECASE,
        )
    )
