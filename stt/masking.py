"""Personal data masked while somebody is still speaking.

A partial text may end in the middle of a number: "공일공 공공" is no telephone number yet, and once
shown it cannot be taken back. So the end of a partial is held back as long as it may become
personal data, and nothing is shown before `consultation.privacy` has seen what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from consultation.privacy import find
from consultation.privacy.name_parts import ORDINARY, SURNAMES
from consultation.spoken_numbers import DIGIT

_WORDS_HELD = 2  # words at the end that a name or a number may still take in
_AFTER = 14  # characters that must follow a number before it counts as settled
_TURNS = 6  # earlier turns that may have asked for something

_GAP = r"(?:\s|[-–·.~/(),:]|다시|국에|하이픈|대시|마이너스|하고|에|의|점|국|어+|음+|그|저기|네|예|아니|그다음에?는?|그리고|가운데는?|뒤에는?|뒷자리는?|번)"
_RUN = re.compile(rf"{DIGIT}(?:{_GAP}{{0,6}}{DIGIT})*")
_CUE = re.compile(
    r"(?:이름|성함|성명|존함|주소|사는 ?곳|번지|번호|연락처|전화|핸드폰|휴대폰|계좌|통장|은행|뱅크|농협|카드|주민|민번|생년월일|생일|메일|이메일|골뱅이|차량|번호판|저는|제가|본인|신청인|예금주|예금자|아들|딸|남편|아내)"
)
_HEAD = re.compile(
    r"(?<![가-힣])(?:(?:국민|신한|농협|기업|카카오|토스|수협|신협|새마을금고|우체국|씨티|제일|축협|하나은행|우리은행)|[가-힣]{1,3}구(?= [가-힣]{1,5}(?:동|로|길|가)))"
)
"""A bank and a district are part of the account and the address that follow them."""

_HANGUL = re.compile(r"[가-힣]{2,}[.,?!]?")
_PLACE = re.compile(
    r"^(?:서울|[가-힣]{1,3}(?:마을|맨션|타운|캐슬|파크))|(?:시|구|동|로|길|가|리|읍|면|층|호|번지|아파트|빌라|빌딩|주택|연립|맨션|오피스텔)[.,]?$"
)

_CUE_REACH = 24  # characters after such a word that are held until they are settled or final


@dataclass(frozen=True, slots=True)
class MaskedPartial:
    """What may be shown of a text that is not final."""

    text: str  # personal data replaced by its kind, cut before what is not settled
    held: int  # characters of the original that are not shown yet


def mask_partial(text: str, *, before: Sequence[str] = ()) -> MaskedPartial:
    """The part of a running text that may be shown now, its personal data as "[전화번호]".

    `before`: earlier turns of both speakers, latest last, as for `consultation.privacy.find`. The
    text must be the words as spoken or written, from the beginning of the turn, and only grow.
    """
    earlier = list(before)[-_TURNS:]
    found = find(text, before=earlier)
    cut = _settled(text, _asked(earlier))
    # Personal data that reaches into the held part is not shown in halves.
    cut = min([cut, *(f.start for f in found if f.start < cut < f.end)])
    shown, at = [], 0
    for f in found:
        if f.end <= cut:
            shown += [text[at : f.start], f"[{f.kind}]"]
            at = f.end
    shown.append(text[at:cut])
    return MaskedPartial("".join(shown).rstrip(), len(text) - cut)


def mask_final(text: str, *, before: Sequence[str] = ()) -> str:
    """A final text with personal data replaced by its kind."""
    found = find(text, before=list(before)[-_TURNS:])
    parts, at = [], 0
    for f in found:
        parts += [text[at : f.start], f"[{f.kind}]"]
        at = f.end
    return "".join(parts) + text[at:]


def _settled(text: str, asked: bool) -> int:
    """Up to where nothing that follows can turn the text into personal data."""
    if asked and len(text) < 60:
        return 0  # an answer to "성함과 연락처요?": wait for the final
    cut = _held_from(text)
    for run in _RUN.finditer(text):
        if not _is_run(text, run):
            continue
        if run.end() + _AFTER > len(text):
            cut = min(cut, run.start())
            break
    for cue in _CUE.finditer(text):
        if cue.end() + _CUE_REACH > len(text):
            cut = min(cut, cue.end())
            break
    for head in _HEAD.finditer(text):
        if head.end() + _CUE_REACH > len(text):
            cut = min(cut, head.start())
            break
    return _to_word(text, cut)


def _is_run(text: str, run: re.Match[str]) -> bool:
    """May these digits begin a number? One syllable inside a word (사람이) may not."""
    inside = run.start() > 0 and "가" <= text[run.start() - 1] <= "힣"
    return not inside or sum(1 for _ in re.finditer(DIGIT, run.group())) >= 2


def _asked(before: Sequence[str]) -> bool:
    """Was personal data asked for just now, so that a bare answer would be some?"""
    return any(_QUESTION.search(turn) for turn in before[-3:])


_QUESTION = re.compile(
    r"(?:성함|이름|존함|연락처|번호|주소|생년월일|계좌|카드|어디 ?사|어디세요|어디신|어디십|위치|몇 동|누구|메일)[^.?!]{0,20}(?:요|까|죠|나|지|시|부탁|$)"
)


def _held_from(text: str) -> int:
    """Where the words begin that a name, an address or a number may still take in: the last one, and the
    one before it unless nothing personal begins with it."""
    words = list(re.finditer(r"\S+", text))[-_WORDS_HELD:]
    if len(words) == _WORDS_HELD and _plain(words[0].group()):
        words = words[1:]
    return words[0].start() if words else 0


def _plain(word: str) -> bool:
    """Is this a word that no personal data begins with, whatever follows?"""
    if not _HANGUL.fullmatch(word) or _PLACE.search(word):
        return False
    word = word.rstrip(".,?!")
    return word[0] not in SURNAMES or any(word[:size] in ORDINARY for size in range(len(word), 1, -1))


def _to_word(text: str, cut: int) -> int:
    """Back to the beginning of a word: half a word may be half a name."""
    while 0 < cut < len(text) and not text[cut - 1].isspace():
        cut -= 1
    return cut
