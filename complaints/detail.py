"""The citizen's own words about the matter, without place, time, plate, contact and politeness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from consultation.privacy import mask

LONGEST = 500  # characters of all details together

_SENTENCE = re.compile(r"(?<=[.!?\n])(?![A-Za-z0-9])\s*|(?<=[요다음죠임]),\s+")
_ELSEWHERE = re.compile(
    r"(?:영상|녹음|녹화)\S*\s?있|안 (?:줘|주셔|해|하셔)도|휴대폰|핸드폰|아니고|아니라|말고|수정|모르겠|모릅|몰라요|기억이? ?안|글쎄|사진|연락|전화|문자|회신|답변|알려\s?(?:주|달)|번호|익명|결과|(?<!가게 )(?<!업소 )(?<!식당 )이름|취소|접수\s?(?:해|부탁|요|$)|올려\s?주|보내\s?(?:주|줘)|상담(?:사|원)|맞아요|맞습니다|잘못\s?(?:말|썼|적)"
)
_GREETING = re.compile(
    r"(?:안녕하세요|안녕하십니까|안녕|수고하십니다|수고하세요|수고\S*|저기요|여보세요|고마\S*|고맙\S*|감사\S*)[\s,.!]*"
)
_ASKS = re.compile(r"[?？]|(?:까요|인가요|건가요|되나요|하나요|있나요|없나요|주나요|되죠|하죠|거죠|이죠)\s*$")
_NUMBERS = re.compile(r"\[(?:전화번호|이메일)\]")
_LEAST = 3  # letters that say something
_FILLER = re.compile(
    r"(?:신고|접수|민원|제보|불편)\S*|(?:하고\s?)?(?:싶어요|싶습니다|할게요|할래요|하려고요|합니다|해요|부탁\S*|주세요|바랍니다)|여기|저기|저희|우리|지금|좀|그냥|네+|예|응|아니요|인데요?|이요|이에요|예요|입니다|근처|앞|뒷골목|골목|안쪽|사거리|교차로|정류장|주차장|건널목|주택가|봤\S*|확인\S*|있어요|없어요"
)


def details(
    text: str,
    left_out: Sequence[tuple[int, int]],
    *,
    elsewhere: Sequence[tuple[int, int]] = (),
    naming: Sequence[re.Pattern[str]] = (),
) -> tuple[str, ...]:
    """Sentences that say something about the matter, masked.

    `left_out`: spans that do not appear (places, which may be corrected later). A sentence that
    holds nothing but spans of `elsewhere` (times, plates), words that name the kind (`naming`) and
    politeness says nothing, and is no detail.
    """
    text = _GREETING.sub(lambda m: " " * len(m.group()), text)  # offsets stay
    shown = _blanked(text, left_out)
    weighed = _blanked(shown, elsewhere)
    kept: list[str] = []
    for start, end in _sentences(shown):
        said = _tidy(shown[start:end])
        if not said or _ASKS.search(said):
            continue
        rest = _tidy(weighed[start:end])
        if _ELSEWHERE.search(said):
            said, rest = _before_other_matters(said), _before_other_matters(rest)
        for pattern in naming:
            rest = pattern.sub("", rest)
        if len(re.findall(r"[가-힣A-Za-z0-9]", _FILLER.sub("", rest))) >= _LEAST:
            kept.append(_tidy(_NUMBERS.sub("", mask(said))))
    return tuple(kept)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    blank = list(text)
    for start, end in spans:
        blank[start:end] = "\0" * (end - start)
    return "".join(blank)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences begin and end."""
    cuts = [0, *(m.end() for m in _SENTENCE.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def _tidy(said: str) -> str:
    """Without blanks and the particles that followed them, spaces folded."""
    said = re.sub(
        r"\0+\s?(?:에서|에는|부터|까지|에|의|이에요|예요|인데요?|이요|입니다|이고요|요|쯤|쪽)?[\s,]*",
        " ",
        said,
    )
    said = re.sub(r"\s+", " ", said).strip(" ,.")
    return re.sub(r"^(?:앞|옆|뒤|근처|쪽|에서|에)(?:에서|에)?\s", "", said)


def _before_other_matters(said: str) -> str:
    """물이 새고 있고 사진 있어요 -> 물이 새고 있고; nothing when the sentence begins with them."""
    match = _ELSEWHERE.search(said)
    head = said[: match.start()].strip(" ,") if match else said
    return head if len(head) >= 6 else ""


def joined(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    """Old and new details, each once, cut at `LONGEST` characters."""
    kept: list[str] = []
    left = LONGEST
    for said in (*old, *new):
        if said in kept or left <= 0:
            continue
        kept.append(said[:left])
        left -= len(said)
    return tuple(kept)
