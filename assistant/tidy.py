"""Spoken words as somebody would write them down, before they are analysed.

Fillers and what the speaker took back go; the speaker ("제가") is understood; kin words and the
endings of dialects become standard. Surface forms only, at word boundaries, so that names of offices,
programmes and places stay as they were said.
"""

from __future__ import annotations

import re

from assistant import speech

# Words that only fill time, as whole words; 그 before a bound noun ("그 뒤") points and stays.
_FILLERS = re.compile(
    r"(?<!\S)(?:어|음|으음|저기요?|뭐|막|딱|좀|쫌|이제|인제|그냥|아무튼|암튼|하여튼|진짜|있잖아요?|그니까|뭐야|뭐지|거시기|아따|아이고|아이구|에이|"
    r"저(?=\s))[,.…]*\s+"
)
_HESITATION = re.compile(
    r"(?<!\S)그(?!\s(?:분|날|때|후|뒤|전|쪽|중|외|밖|다음|사람|자리|번호|집|돈))[,.…]*\s+"
)
_SPEAKER = re.compile(r"(?<!\S)(?:제가|내가|저는|나는|저희가|저희는|우리가|제가요|저희|우리|우린)\s+(?=\S)")
_PLAIN_WORDS = (
    (re.compile(r"(?<=지)\s아세요"), " 아시나요"),  # Kiwi reads an interjection
    (re.compile(r"(?<!\S)(?:저|나)(를|한테|에게)(?=\s)"), r"자신\1"),
    (re.compile(r"자신를"), "자신을"),
    (
        re.compile(
            r"(?<!\S)(?:제|내)\s(?=(?:친구|남편|아내|아들|딸|동생|형|언니|오빠|누나|어머니|아버지|엄마|아빠))"
        ),
        "",
    ),
    (re.compile(r"(?<!\S)(?:제|내)\s(?=[가-힣]{1,4}(?:를|을|이|가|은|는|에|도)?(?:\s|$))"), "본인 "),
    (re.compile(r"(?<!\S)엄마(?=[가는를도]\s|한테|하고\s|께)"), "어머니"),
    (re.compile(r"(?<!\S)아빠(?=[가는를도]\s|한테|하고\s|께)"), "아버지"),
    (re.compile(r"(?<!\S)애기(?=[가는를도]\s|한테|하고\s)"), "아기"),
    (re.compile(r"(?<!\S)애(?=들|가\s|는\s|를\s|도\s|한테|하고\s)"), "아이"),
    (re.compile(r"(?<!\S)와이프(?=[가는를도]\s|한테|하고\s)"), "아내"),
)
# Endings and words of the Gyeongsang and Jeolla dialects that Kiwi does not know, in the standard language.
_DIALECT = (
    (re.compile(r"(?<=[가-힣])(?:는교|능교|는겨|는당가|ㄴ당가)(?=[\s?.!]|$)"), "나요"),
    (re.compile(r"니(?:꺼|껴|까예)(?=[\s?.!]|$)"), "니까"),
    (re.compile(r"(?:심더|슴더|슴다)(?=[\s?.!]|$)"), "습니다"),
    (
        re.compile(r"(어데|어디|우째|우예|뭐|언제|누가)(\S{0,3}\s?.{0,10}?[가-힣])노(?=[\s?.!]|$)"),
        r"\1\2나요",
    ),
    (re.compile(r"우짜(?:노|면|꼬)|우째야"), "어떻게 해야 하나요"),
    (re.compile(r"(?<=[가-힣])할라(?:카는데|카는디|고예|꼬)"), "하려는데"),
    (re.compile(r"(?<=[가-힣])(?:라카|라꼬\s?카)"), "라고 하"),
    (re.compile(r"(?<=[가-힣]다)꼬(?=\s)"), "고"),
    (re.compile(r"(?:그라고|글고)\s"), "그리고 "),
    (re.compile(r"(?:그라믄|그라모|그러믄)\s"), "그러면 "),
    (re.compile(r"어데"), "어디"),
    (re.compile(r"(?<=[가-힣])허던디"), "하던데"),
    (re.compile(r"허던디"), "하던데"),
    (re.compile(r"(?<=[가-힣])한다요(?=[\s?.!]|$)"), "하나요"),
    (re.compile(r"한다요(?=[\s?.!]|$)"), "하나요"),
    (re.compile(r"(?<=거든)예|(?<=는데)예|(?<=지)예(?=[\s?.!]|$)"), "요"),
    (re.compile(r"(?<=[가-힣]고)예(?=[\s?.!]|$)"), ""),
    (re.compile(r"어무이"), "어머니"),
    (re.compile(r"(?:자꼬)"), "자꾸"),
)


def tidy(text: str, *, fluent: bool = False) -> str:
    """As it would be written down: no fillers, nothing the speaker took back, no "제가", plain kin words."""
    text = speech.repaired(text)
    for pattern, standard in _DIALECT:
        text = pattern.sub(standard, text)
    for _ in range(2):  # fillers come in rows
        text = _FILLERS.sub("", text)
        text = text if fluent else _HESITATION.sub("", text)
    text = _SPEAKER.sub("", text)
    for pattern, word in _PLAIN_WORDS:
        text = pattern.sub(word, text)
    text = re.sub(r"(?<=[가-힣]{2})인가\s(?=[가-힣])", " ", text)  # 아이돌봄인가 그거: a name half remembered
    text = re.sub(r"(?<=[가-힣])\s(?:그거|이거)(?:를)?\s(?=\S)", " ", text)
    return re.sub(r"\s+", " ", text).strip()
