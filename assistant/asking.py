"""What a citizen's sentence wants: does it ask, request or intend something?

Stricter than `speech.asks`, which only opens a search: a record that turns a statement into a question
is wrong.
"""

from __future__ import annotations

import re

from assistant import speech, written
from assistant.summarizer import Said
from assistant.written import Mood, Sentence

# "… 언제 나오는지 알고 싶어서요", "환불이 되나 해서요": the question inside.
_EMBEDDED = re.compile(
    r"^(.*?[가-힣](?:지|까|나|가))(?:가|를|도|는|요)?\s*(?:알고\s?싶|궁금|여쭤|여쭙|물어|문의|알아보|확인하고\s?싶|모르겠|몰라|아세요|아시|알려|알\s?수\s?(?:있|없)|"
    r"해서요?|싶어서?|싶은데|해\s?가지고|하고요?)\S*(?:\s?.{0,6})$"
)
_TELLING_END = re.compile(
    r"(?:거든요?|는데요?|은데요?|니까요?|[어아해]서요?|라서요?|고요|거예요|거에요|[가-힣]지|습니다|니다)[\s.!~]*$"
)
_WH = re.compile(
    r"어떻게|어떡|어디|언제|얼마|무엇|무슨\s|뭐(?:를|예|에)|뭐가\s(?:필요|있|되|달라|문제)|뭘|누가|왜\s|며칠|몇\s?(?:시|번|일|살|명|개|월|층)\S{0,2}(?:예요|에요|인가|까지|나|죠)|어느\s"
)
_MAY = re.compile(
    r"(?:[가-힣]도|꼭|면|누구)\s?(?:(?!안\s|못\s).){0,16}(?:돼요|되요|내요|있어요|해요|줘요|받아요|나와요|가능해요|걸려요|와요|드나요)\s*$|(?:면|도)\s안\s?(?:돼요|되요)\s*$|"
    r"(?:버스|곳|데|방법|혜택|지원|서비스|제도|번호|프로그램)\S?\s?(?:좀\s?)?있어요\s*$"
)
_OWN = re.compile(r"못\s|있거든|해야\s?(?:돼요|되요)$")


def says_enough(one: Said) -> bool:
    return speech.weight(one.text) >= (4 if one.text.endswith("?") else 6)


def asks(one: Said) -> bool:
    return speech.weight(one.text) >= 6 and question_in(one) is not None


def question_in(one: Said) -> Sentence | None:
    """The question that a sentence puts, or None.

    An ending in 지 or 거예요 and an indefinite "어떤 차가" only look like one where nobody wrote a mark.
    """
    embedded = _EMBEDDED.match(one.text)
    if embedded and _wonders(embedded.group(1)):
        made = written.sentences(embedded.group(1) + "?")
        if made:
            return made[-1]
    text = one.text.strip()
    if text.endswith("?"):
        return one.sentence
    if _TELLING_END.search(text) and not _formal_question(text):
        return None
    if ordered(one):
        return None
    if one.sentence.mood is Mood.ASK:
        return one.sentence
    if (_WH.search(text) and speech.asks(text)) or (_MAY.search(text) and not _OWN.search(text)):
        return one.sentence
    return None


def _formal_question(text: str) -> bool:
    """…습니까, …ㅂ니까; 으니까 gives a reason."""
    found = re.search(r"([가-힣])니까[\s.!~]*$", text)
    return found is not None and (ord(found.group(1)) - 0xAC00) % 28 == 17  # ㅂ


def _wonders(text: str) -> bool:
    """Does it end in …는지, …ㄹ지, …까, …나? 까지 and 하지 do not ask."""
    if text.endswith("까지") or len(text) < 3:
        return False
    if text.endswith("지"):
        return (ord(text[-2]) - 0xAC00) % 28 in (4, 8)  # ㄴ, ㄹ
    return not text.endswith("가") or text.endswith(("은가", "는가", "인가", "런가", "한가"))


def ordered(one: Said) -> bool:
    text = re.sub(r"[\s.!~]+$", "", one.text)
    return bool(
        re.search(
            r"(?:주세요|(?:[가-힣][아어여해워려쳐내와봐놔둬]|해)\s?줘요?|주이소|주소|주십시오|달라고요?|주시면\s?(?:좋|안|감)\S*|줬으면\S*|줘야죠?)$",
            text,
        )
    )


def intended(one: Said) -> bool:
    return one.sentence.mood is Mood.INTEND or bool(_INTENDS.search(one.text))


_INTENDS = re.compile(
    r"(?:려고|라고|려구)\s?(?:하|그러|전화)\S*$|려는데요?$|고\s?싶(?:은데|어서|습니다|어요|다)\S*$|필요해(?:서|요)\S*$"
)
