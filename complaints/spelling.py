"""Chat spelling brought back to what the catalogue and the rules expect; offsets are not kept.

Only spellings that are wrong everywhere: a mended word must never change the meaning of a
correct sentence.
"""

from __future__ import annotations

import re
import unicodedata

_MEND = [
    (re.compile(pattern), right)
    for pattern, right in (
        (r"업(?=슴|서요|어요|습니|다고|는데|네|지|음)", "없"),
        (r"업스", "없으"),
        (r"없슴|없씀|없음", "없음"),
        (r"있슴|있씀|잇음|잇슴", "있음"),
        (r"잇(?=어|는|슴|습|네|지|었|고|다)", "있"),
        (r"햇(?=어|는|습|네|지|다|음)", "했"),
        (r"됫", "됐"),
        (r"됬", "됐"),
        (r"돼서요", "돼서요"),
        (r"겟(?=어|네|다|습|지|는)", "겠"),
        (r"갓(?=어|네|다|습|는데)", "갔"),
        (r"낫(?=어요|는데|네요)", "났"),
        (r"(?<=[어아해려켜져쳐])잇", "있"),
        (r"주새요|주세여|주셰요|쥬세요|주세용|주셔여|줘여|주삼|주셈", "주세요"),
        (r"해쥬", "해주"),
        (r"어뜨케|어뜩해", "어떻게"),
        (r"안되요", "안 돼요"),
        (r"안됨", "안 됨"),
        (r"않(?=해|돼|되|켜|나|들|줘|주|보|찍)", "안 "),
        (r"ㄴㄴ|노노", "아니요"),
        (r"(?<=[가-힣])\s?ㄴ(?![ㄱ-ㅎ])", " 아니요"),
        (r"ㅇㅇ|ㅇㅋ|오키|오케이|넵|넹|녜|웅웅", "네"),
        (r"ㄱㄱ|고고", "진행해 주세요"),
        (r"ㄱㅊ|갠찮|괜찬|괞찮|갠찬", "괜찮"),
        (r"쓰래기|쓰레귀|스레기|쓰렉이|쓰레끼|씨레기", "쓰레기"),
        (r"횡단보드|횡단 보도|휭단보도", "횡단보도"),
        (r"보도블[럭락]|보도불[럭록]", "보도블럭"),
        (r"가로둥|가로등등|가로드응", "가로등"),
        (r"신호둥", "신호등"),
        (r"담베|담뱨|땀배", "담배"),
        (r"주챠|쥬차|주창(?=했|해|된|하)", "주차"),
        (r"불뻡|불벌(?=주|광|현)|불뻐(?=주)", "불법"),
        (r"[퀵킥]보[두드더트]", "킥보드"),
        (r"뚜겅|뚜컹|뚜껑", "뚜껑"),
        (r"시끄럽|시그럽|시꾸럽", "시끄럽"),
        (r"시끄러|시끄로|시꺼러", "시끄러"),
        (r"냄세|내음새|넴새", "냄새"),
        (r"현수먹|혀수막|현슈막", "현수막"),
        (r"사진(?=[업없])", "사진 "),
    )
]
_LAUGHTER = re.compile(r"(?<![ㄱ-ㅎ])[ㅋㅎㅠㅜ]+|[~^;]{1,}|\.{2,}|…")
_REPEATED = re.compile(r"([!?])\1+")


def mend(text: str) -> str:
    """The text with the commonest misspellings of chat put right, NFC, laughter and tears removed."""
    text = unicodedata.normalize("NFC", text)
    text = _REPEATED.sub(r"\1", _LAUGHTER.sub(" ", text))
    for pattern, right in _MEND:
        text = pattern.sub(right, text)
    return re.sub(r"[ \t]+", " ", text).strip()


_CHO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_JUNG = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_JONG = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")


def jamo(text: str) -> str:
    """Letters of Hangul syllables, one by one; everything else as it is: 구멍 -> ㄱㅜㅁㅓㅇ."""
    out: list[str] = []
    for c in text:
        if "가" <= c <= "힣":
            at = ord(c) - ord("가")
            out += (_CHO[at // 588], _JUNG[at % 588 // 28], _JONG[at % 28])
        else:
            out.append(c)
    return "".join(out)
