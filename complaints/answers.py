"""Short answers while a complaint is taken: photo, contact, yes, no, cancel, correction.

Every function reads one message (already mended, see `spelling`) and returns None where the
message does not speak of the matter: silence is never taken for an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from consultation.privacy import find
from consultation.spoken_numbers import digits_of

_NO = r"(?:없|못|안\s|안(?=찍|했|되|돼)|아니|않|말고|노\b|패스|생략|지웠|필요\s?없|됐|불필요|사양|거절|사절|어렵|어려|힘들|곤란|찍기\s?(?:좀\s)?(?:그래|그렇|뭐해|뭣해)|[xX×](?![a-zA-Z]))"
_YES = r"(?:있|찍(?!을|지|기|으려|어도)|첨부|올려|올릴|올렸|보내|보낼|보냈|드릴|가지고|갖고|확보|캡처|캡쳐|남겨|남겼|저장|한\s?장|두\s?장|세\s?장|\d+\s?장|몇\s?장|여러\s?장|[oO○ㅇ](?![a-zA-Z]))"
_PICTURE = r"(?:사진|인증샷|이미지|캡처|캡쳐|스샷|짤)"
_VIDEO = r"(?:블랙박스|블박|동영상|영상|비디오|CCTV|씨씨티비)"
_CLAUSE = re.compile(
    r"[.!?\n]|,\s|(?<=[가-힣])(?:고요|구요|는데요?|지만|며|으나|는데)\s|\s(?:그리고|근데|그런데)\s"
)
_BOTH_NO = re.compile(
    rf"{_PICTURE}(?:도|이랑|랑|하고|과|이나|,|\s)\s?(?:연락처?|전화|번호)\S{{0,3}}\s?(?:다\s|모두\s|둘\s?다\s)?{_NO}"
    rf"|연락처?\S{{0,2}}\s?(?:도|이랑|랑|하고|와|이나|,)?\s?{_PICTURE}\S{{0,2}}\s?(?:다\s|모두\s|둘\s?다\s)?(?:없|안\s|필요\s?없|됐|생략|패스)"
)
_CONTACT = r"(?:연락처?|전화|문자|회신|답변|답장|통보|통지|콜백|결과\s?(?:안내|통보|회신|알림)?|알림|카톡|메일|이메일|휴대폰|핸드폰|폰\s?번호|전화번호)"
_CONTACT_NO = re.compile(
    rf"{_CONTACT}\S{{0,4}}\s?(?:따로\s|굳이\s|일부러\s|저는\s|그냥\s|저한테\s|별로\s|딱히\s|꼭\s)?"
    r"(?:안\s?(?:주|줘|해|하|받|남|바|와|돼|되|적|원)|안(?:주|줘|해|받|남)|필요\s?(?:없|는\s?없|치\s?않)|불필요|괜찮|됐|되었|사양|거절|원하지|원치|원하진|싫|아니|마세|마시|말아|말고|하지\s?(?:마|말|않)|주지\s?(?:마|말|않)|"
    r"남기(?:고\s?싶지|지\s?않|기\s?싫|지\s?말)|받지\s?않|받고\s?싶지|생략|패스|없(?:어도|이도|이\s|어요|습|음|이요|이$|네)|노\b|주실\s?필요|하실\s?필요|받을\s?필요|줄\s?필요|할\s?필요)"
    rf"|{_CONTACT}(?:(?!사진|결과|문자|전화|메일|[.!?\n]|주세요|주시).){{0,14}}?(?:안\s?(?:받|해|하|주|줘|남)|필요\s?없|사양|사절|거절|원치|원하지|바라지|바라진|싫|[xX×](?![a-zA-Z]))"
    r"|익명(?:으로|이요|이에요|신고|처리|접수|이면|\s?부탁|\s?희망|$)|(?:번호|연락처)\S{0,2}\s?(?:비공개|밝히고\s?싶지|안\s?(?:남|알려|줄|드릴|주고))|(?:안|굳이)\s?(?:알려|연락해)\s?(?:주|줘)\S{0,3}\s?(?:도|돼|되)"
)
_CONTACT_YES = re.compile(
    rf"{_CONTACT}\S{{0,5}}\s?(?:꼭\s|좀\s|한번\s|나중에\s|처리되면\s|저한테\s|제\s?번호로\s|여기로\s|이\s?번호로\s)?"
    r"(?:주세|주시(?!지|면\s?안)|줘(?!도)|달라|주십|부탁|받(?:고\s?싶|을게|을래|겠|아\s?보|았으면|길|기\s?원|고자)|원(?:해|합|함|하)|바랍|바라|희망|남길|남겨|남깁|드릴|알려|하세|해\s?주|보내|가능|주면|왔으면|주셨으면|동의)"
    r"|(?:결과|처리)\S{0,3}\s?(?:나오면|되면)?\s?(?:꼭\s)?(?:알려|통보|문자|연락|전화)\s?(?:주세|주시|줘|바랍|부탁|받)"
)
_NUMBER_GIVEN = re.compile(r"(?<!\d)(?:01[016789]|0\d{1,2})[\s.-]?\d{3,4}[\s.-]?\d{4}(?!\d)")
_CANCEL = re.compile(
    r"(?:신고|접수|민원|그거|이거|방금\s?거|전부|다)?\S{0,2}\s?(?:취소|철회|없던\s?(?:일|걸|거)|무효)\S{0,2}\s?(?:할|해|하겠|합니|하고\s?싶|하려|부탁|시켜|요$|$|이요|로\s?(?:해|할|하)|됐)"
    r"|(?:신고|접수|민원)\S{0,2}\s?(?:안\s?(?:할|하|해도)|그만|말게|관둘|포기|하지\s?(?:마|말|않)|필요\s?없|안\s?해)|그만\s?(?:할게|둘게|둘래|하자|하겠|두겠)|관둘게|관둘래|됐어요?\s?그만|안\s?할래|안\s?할게|다음에\s?할게|나중에\s?(?:다시\s)?(?:할게|신고할)"
    r"|없던\s?(?:걸로|일로)"
)
_NOT_CANCEL = re.compile(
    r"취소\S{0,3}\s?(?:안|말|마세|하지)|취소\s?(?:가능|되나|할\s?수|방법|어떻게|하려면|하면)|취소하지|안\s?(?:할|하)\S{0,3}\s?(?:거면|면|수)|연락\S{0,4}\s?안|사진\S{0,4}\s?안|취소할까|승차|예약"
)
_CONFIRM = re.compile(
    r"^(?:아\s|음\s|어\s|이제\s|그럼\s|그렇게\s)*(?:네+|예+|응+|어+|넵|넹|그래요?|그럼요?|맞(?:아|습|음|네|고|어)\S*|좋(?:아|습)\S*|확인|오케이|ok|OK|ㅇ+|옙|당연|물론|그렇)(?:\s|[,.!~]|요|$)"
    r"|(?:접수|신고|등록|제출|처리|진행|민원)\S{0,3}\s?(?:빨리|얼른|해\s?(?:주|줘|달|라|요)|부탁|바랍|바람|할게|할래|하겠|합니|시켜|고고|ㄱ|요$|$|해도\s?돼|원해|희망|완료)|(?:그대로|그걸로|그렇게|이대로|이렇게|그냥)\s?(?:접수|신고|올려|보내|해\s?주|진행|해줘|등록|넣어|부탁|가)"
    r"|(?:올려|보내|넣어|제출해)\s?(?:주|줘)|맞(?:습니다|아요|아|음|네요)|틀린\s?(?:거|것|데|곳)\s?없|이상\s?없|문제\s?없|^(?:접수|신고|진행)[\s!.~]*$|접수\s?ㄱ"
)
_DENY = re.compile(
    r"^(?:아\s|음\s)*(?:아니(?:요|오|에요|예요|야|다|고|라|$|\s|,|ㅇ)|아뇨|노노|틀렸|틀려|달라요|그게\s?아니|잘못)|안\s?맞|틀린|틀렸|잘못\s?(?:됐|말|썼|적|눌|입력|알|들)|수정|정정|고쳐\s?(?:주|줘)|바꿔\s?(?:주|줘)"
)
_CORRECTS = re.compile(
    r"(?:^|\s)(?:앗|참|아참|아니|아니요|아뇨|아니다|아\s?맞다)(?:\s|,|\.|요|야|라|고)|잘못\s?(?:말|썼|적|눌|입력|알|들|봤|기억|됐)|말고|아니고|아니라|아니에요|아니예요|정정|수정|바꿔|바꿀|고쳐|고칠|다시\s?(?:말|적|쓸)|헷갈|착각|틀렸|틀리게|변경"
)
_UNKNOWN = re.compile(
    r"모르|몰라|몰랐|글쎄|잘\s?모|기억\s?(?:이\s)?(?:안|못)|확실(?:하지|치)|못\s?봤|못\s?(?:외|적|보)|없어요|없음|없습니다|패스|생략|넘어가|스킵"
)
_HELD_BACK = re.compile(r"나중에|이따가?|조금\s?있다가|집에\s?가서")


_ECHO = re.compile(rf"({_PICTURE}|{_VIDEO}|{_CONTACT})(?:은|는|이|을)?요?\s?\?")  # 사진이요? 없어요


@dataclass(frozen=True, slots=True)
class Contact:
    """What is said about getting an answer. `number` is personal data: it is shown nowhere else."""

    wanted: bool | None  # None: nothing was said
    number: str = ""  # digits of a telephone number, or an e-mail address


def photo(text: str, *, asked: bool = False) -> bool | None:
    """Is there a photo? A recording of sound is none; a video counts where no photo is spoken of."""
    if _BOTH_NO.search(text):
        return False
    text = _ECHO.sub(r"\1 ", text)
    if re.search(r"찍은\s?(?:거|것|게|건)\S{0,2}\s?있", text):
        return True
    for subject in (_PICTURE, _VIDEO):
        said = _said_of(subject, text)
        if said is not None:
            return said
    if asked:
        if re.fullmatch(rf"\s*{_LEAD}(?:있\S*|네+|예|응|어|찍\S*|첨부\S*|보\S*)[\s.!~요]*", text):
            return True
        if re.match(rf"\s*{_LEAD}(?:없|아니|아뇨|못\s?찍|안\s?찍|패스|노)", text):
            return False
    return None


_LEAD = r"(?:네\s|아\s|음\s)?"


def _said_of(subject: str, text: str) -> bool | None:
    answer: bool | None = None
    for clause in re.split(_CLAUSE, text):
        for found in re.finditer(subject, clause or ""):
            rest = clause[found.end() :]
            # The next thing that is spoken of ends what is said of this one: 사진 있고 연락 안 주셔도.
            rest = re.split(rf"{_CONTACT}|녹음|차량|번호|{_PICTURE}", rest)[0]
            no, yes = re.search(_NO, rest[:14]), re.search(_YES, rest[:16])
            if _HELD_BACK.search(rest) and not no:
                continue
            if no and (not yes or no.start() <= yes.start() or "못" in no.group()):
                answer = False
            elif yes:
                answer = True
    return answer


def contact(text: str, *, asked: bool = False) -> Contact:
    """Does the citizen want to be told, and where? A number counts as a wish unless it is refused."""
    text = _ECHO.sub(r"\1 ", text)
    number = telephone(text)
    refused, wished = _last(_CONTACT_NO, text), _last(_CONTACT_YES, text)
    if _BOTH_NO.search(text) and not number:
        return Contact(False)
    if refused is not None and (wished is None or refused >= wished):
        return Contact(False)
    if wished is not None or number:
        return Contact(True, number)
    if asked:
        if re.match(rf"\s*{_LEAD}(?:아니|아뇨|됐|괜찮|필요\s?없|안\s|싫|없|사양|익명|노)", text):
            return Contact(False)
        if re.fullmatch(
            rf"\s*{_LEAD}(?:네+|예|응|어|좋\S*|주세요|받을게요|원해요|부탁\S*|남길게요)[\s.!~요]*", text
        ):
            return Contact(True)
    return Contact(None)


def telephone(text: str) -> str:
    """The telephone number or e-mail address of a text, written or spoken; empty when there is none."""
    if m := _NUMBER_GIVEN.search(text):
        return re.sub(r"\D", "", m.group())
    for item in find(text):
        if item.kind == "전화번호":
            digits = digits_of(item.text)
            if len(digits) >= 9:
                return digits
        if item.kind == "이메일":
            return item.text
    return ""


def wants_cancel(text: str) -> bool:
    """Is the complaint taken back? A question about cancelling is no cancelling."""
    return bool(_CANCEL.search(text)) and not _NOT_CANCEL.search(text)


def confirms(text: str) -> bool:
    """Yes, or file it."""
    return bool(_CONFIRM.search(text)) and not re.search(
        r"(?:접수|신고|처리|진행)\S{0,3}\s?(?:됐나|되나|되었|했는데|했어|됐는|현황|상황|번호|하면|하려|할\s?때|가능|방법)|맞나|맞아\?|맞습니까",
        text,
    )


def asks_to_file(text: str) -> bool:
    """Says in so many words that it shall be filed now (a bare yes does not)."""
    return confirms(text) and bool(
        re.search(r"접수|신고|올려|보내\s?(?:주|줘)|등록|제출|진행|넣어\s?(?:주|줘)|그대로|이대로", text)
    )


def denies(text: str) -> bool:
    """Says that something is wrong."""
    return bool(_DENY.search(text))


def corrects(text: str) -> bool:
    """Takes back something said before."""
    return bool(_CORRECTS.search(text))


def says_unknown(text: str) -> bool:
    """Cannot or will not say."""
    return bool(_UNKNOWN.search(text))


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    found = [m.start() for m in pattern.finditer(text)]
    return found[-1] if found else None
