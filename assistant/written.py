"""Spoken Korean to the written style of a consultation record, by morphemes.

"해외에 다녀오면 제외되나요" -> "해외에 다녀오면 제외되는지"; "신분증 가지고 가시면 됩니다" ->
"신분증 가지고 가면 된다고". Honorifics towards the other speaker, interjections and vocatives go;
every content word stays as it was said, so a sentence never says more than its turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from assistant import speech
from assistant.tidy import tidy
from retrieval.tokens import kiwi

Morpheme = tuple[str, str, bool]  # form, Sejong tag, space before it


class Mood(StrEnum):
    """What a sentence does."""

    TELL = "tell"
    ASK = "ask"
    ORDER = "order"  # asks the hearer to do something
    PROMISE = "promise"
    INTEND = "intend"  # …하려고요
    DID = "did"  # reports what the speaker has done


@dataclass(frozen=True, slots=True)
class Sentence:
    """A spoken sentence: its morphemes up to the last predicate, and its mood."""

    text: str  # as said
    stem: tuple[Morpheme, ...]  # without the sentence's own ending
    mood: Mood
    past: bool
    spelled: tuple[tuple[tuple[Morpheme, ...], str], ...] = ()  # whole words as they were said

    def reported(self) -> str:
        """…다고 / …라고 / …기로 / …는지: ready for "안내함" or "문의함"."""
        match self.mood:
            case Mood.ASK:
                return self.whether()
            case Mood.ORDER:
                stem = tuple(_own_act(self.stem))  # 열어 주세요 -> 열라고
                return replace(self, stem=stem)._with((_order(stem), "EC"))
            case Mood.PROMISE:
                return self._with(("기", "ETN"), ("로", "JKB"))
            case Mood.INTEND:
                return self._with(("려고" if not _closed(self.stem) else "으려고", "EC"))
            case _:
                return self._with((_tell(self.stem, self.past), "EC"))

    def whether(self) -> str:
        """…는지."""
        return self._with((_whether(self.stem, self.past), "EC"))

    def because(self) -> str:
        """…다며: a circumstance before the question."""
        if self.mood is Mood.INTEND:
            return f"{self.reported()} 한다며"
        return self._with((_tell(self.stem, self.past)[:-1] + "며", "EC"))

    def wished(self) -> str:
        """…달라고: what the speaker asks the hearer to do. 치워 주세요 -> 치워 달라고."""
        stem = self.stem
        if stem[-1][0] == "주":
            return replace(self, stem=(*stem[:-1], ("달", "VX", stem[-1][2])), past=False)._with(
                ("라고", "EC")
            )
        return self._with((_order(stem), "EC"))

    def way(self, ending: str) -> str | None:
        """The act that a wish is about, with `ending`: 버리려고 하거든요, 버리고 싶어서요 -> 버리는. None for other sentences."""
        stem = list(self.stem)
        if (
            len(stem) > 2
            and stem[-1][0] in ("하", "싶", "그러")
            and stem[-2][0] in ("려고", "으려고", "고", "ᆯ라고")
        ):
            stem = stem[:-2]
        elif self.mood is not Mood.INTEND:
            return None
        return replace(self, stem=tuple(stem), past=False)._with((ending, "ETM" if ending == "는" else "EC"))

    def noun(self) -> str:
        """…함: a whole sentence of a record."""
        return self._with(("음" if _closed(self.stem) or self.past else "ᆷ", "ETN"))

    def done(self) -> str:
        """…함, as the speaker's own act: 보내 드렸습니다, 보내 드릴까요 -> 보냄."""
        return replace(self, stem=tuple(_own_act(self.stem)), past=False).noun()

    def _with(self, *tail: tuple[str, str]) -> str:
        past = [("었", "EP", False)] if self.past else []
        morphemes = [*self.stem, *past, *((form, tag, False) for form, tag in tail)]
        return _spell(morphemes, self.spelled)


_ASKING = re.compile(
    r"(?:나요?|[ᆫ은는]가요?|[ᆯ을]까요?|[ᆸ습]니까|니껴|냐|냐고|죠|지요?|는지|ᆫ지|은지|을지|ᆯ지|던가요?|남요?|런가)$"
)
_ORDERING = re.compile(r"(?:세요|으세요|셔요|십시오|으십시오|시오|라|아라|어라)$")
_PROMISING = re.compile(r"(?:ᆯ게요?|을게요?|ᆯ께요?)$")
_ENDING = ("EF", "EC", "ETN")
_VERBAL = ("VV", "VA", "VX", "VCP", "VCN", "XSV", "XSA")
_VOCATIVE = {"고객", "선생", "어르신", "어머님", "아버님", "할머님", "할아버님", "사장"}
_SELF = {"저", "제", "나", "내", "저희", "우리"}
_LEADING_YES = re.compile(r"^(?:(?:네|예|아|어|음|응|그|저)[\s,.…]+)+")  # 네 is also the number four
_LEADING_MAJ = {"그리고", "근데", "그런데", "그러면", "그럼", "그래서", "그러니까", "그래도", "그니까", "또"}


def sentences(text: str, *, fluent: bool = False) -> list[Sentence]:
    """The sentences of a turn that have a predicate. A `fluent` speaker's 그 points at something."""
    found = []
    told = tidy(text, fluent=fluent)
    for clause in [told] if fluent else speech.clauses(told):
        cut = kiwi().split_into_sents(_LEADING_YES.sub("", clause), return_tokens=True)
        for sentence in cut:
            made = _sentence(sentence.text, _spaced(sentence.text, sentence.start, sentence.tokens))
            if made:
                found.append(made)
    return found


def plain(text: str) -> str:
    """The words as said, without interjections, honorifics and openers; the ending stays."""
    text = tidy(text)
    spoken = _spaced(text, 0, kiwi().tokenize(text))
    body = _trim(spoken)
    return _spell(_humble(body), _spellings(text, spoken)) if body else ""


def _words(morphemes: Sequence[Morpheme]) -> list[tuple[Morpheme, ...]]:
    """The morphemes word by word, as the speaker spaced them."""
    words: list[list[Morpheme]] = []
    for morpheme in morphemes:
        if morpheme[2] or not words:
            words.append([])
        words[-1].append((morpheme[0], morpheme[1], False))
    return [tuple(word) for word in words]


def _spellings(text: str, morphemes: Sequence[Morpheme]) -> tuple[tuple[tuple[Morpheme, ...], str], ...]:
    """How each word was written. Joining morphemes anew is not its inverse: 라면 would become 이라면."""
    written, words = text.split(), _words(morphemes)
    return tuple(zip(words, written, strict=True)) if len(words) == len(written) else ()


def _spell(morphemes: Sequence[Morpheme], spelled: Sequence[tuple[tuple[Morpheme, ...], str]]) -> str:
    """Words that stayed as they were keep their spelling; the others are joined."""
    known = dict(spelled)
    words = _words(morphemes)
    texts = [known.get(word) or str(kiwi().join(list(word))) for word in words]
    joined = re.sub(r"(?<=[있없])은데", "는데", " ".join(texts))  # 있으신데 without 시
    return re.sub(r"\s+", " ", joined).strip()


def nouns(text: str) -> list[str]:
    """Nouns in order, neighbours written together joined ("대형 폐기물" stays two)."""
    found: list[str] = []
    end = -1
    for token in kiwi().tokenize(text):
        tag = str(token.tag)
        if tag in ("NNG", "NNP", "SL", "XPN", "XSN", "SN") and not (tag == "SN" and not found):
            if token.start == end and found:
                found[-1] += token.form
            elif tag in ("NNG", "NNP", "SL", "XPN"):
                found.append(token.form)  # a prefix begins a word: 여권 재발급 is not 여권발급
            end = token.start + token.len
    return found


def _spaced(text: str, offset: int, tokens: Sequence[Any]) -> list[Morpheme]:
    """Morphemes that remember the speaker's spacing."""
    found: list[Morpheme] = []
    last = -1
    for token in tokens:
        before = token.start - offset - 1
        apart = token.start > last and 0 <= before < len(text) and text[before].isspace()
        found.append((token.form, str(token.tag), apart))
        last = token.start  # 했 is two morphemes that begin at one character
    return found


def _sentence(text: str, morphemes: list[Morpheme]) -> Sentence | None:
    asked = text.rstrip().endswith("?")
    spelled = _spellings(text, morphemes)
    body = _trim(morphemes)
    if not body:
        return None
    last = len(body) - 1
    while last >= 0 and body[last][1] not in _ENDING:
        last -= 1
    verb = last - 1
    while verb >= 0 and body[verb][1] == "EP":
        verb -= 1
    if verb < 0 or body[verb][1].split("-")[0] not in _VERBAL or len(body) - 1 - last > 1:
        return None
    ending = body[last][0]
    marks = [form for form, tag, _ in body[verb + 1 : last] if tag == "EP"]
    past = any(form in ("었", "았", "였") for form in marks)
    stem = _formal(_humble(body[: verb + 1]))
    mood = _mood(ending, marks, asked, body[verb])
    if mood is Mood.PROMISE or mood is Mood.DID:
        stem, past = _own_act(stem), False
    return Sentence(text.strip(), tuple(stem), mood, past, spelled)


def _mood(ending: str, marks: Sequence[str], asked: bool, verb: Morpheme) -> Mood:
    form, tag, _ = verb
    honours = any(mark in ("시", "으시") for mark in marks)
    past = any(mark in ("었", "았", "였") for mark in marks)
    acts = tag in ("VV", "VX", "XSV") and form not in ("모르", "알", "되", "있", "계시")
    if asked or (_ASKING.search(ending) and not ending.endswith("구나") and ending not in ("니까", "으니까")):
        return Mood.ASK
    if ending in ("려고", "으려고", "려구", "ᆯ려고", "ᆯ라고", "을라고"):
        return Mood.INTEND
    if _PROMISING.search(ending) or "겠" in marks:
        return Mood.PROMISE if acts and not honours and not past else Mood.TELL
    if acts and (_ORDERING.search(ending) or (honours and not past and ending in ("고", "고요"))):
        return Mood.ORDER
    if form == "드리" and past and not honours:
        return Mood.DID
    return Mood.TELL


def _trim(morphemes: Sequence[Morpheme]) -> list[Morpheme]:
    """Without punctuation at the end, interjections anywhere, and openers at the front."""
    body = [
        m
        for place, m in enumerate(morphemes)
        if m[1] not in ("SF", "SE") and not _interjects(morphemes, place)
    ]
    while body and body[-1][1] in ("SP", "SO", "SW"):
        body.pop()
    if len(body) > 1 and body[-1][:2] in (("요", "JX"), ("요", "EF")) and body[-2][1] in _ENDING:
        body.pop()
    while body:
        front = body[0]
        following = body[1] if len(body) > 1 else ("", "", False)
        if front[1] in ("SP", "SO", "SW") or (front[1] == "MAJ" and front[0] in _LEADING_MAJ):
            body.pop(0)
        elif (front[0] in _VOCATIVE and following[1] == "XSN") or (
            front[1] == "NP" and front[0] in _SELF and following[1] in ("JX", "JKS")
        ):
            body = body[2:]
        else:
            break
    return body


def _interjects(morphemes: Sequence[Morpheme], place: int) -> bool:
    """An interjection that is a word of its own: Kiwi also reads one into 아이, 저기서 …"""
    following = morphemes[place + 1] if place + 1 < len(morphemes) else ("", "SF", True)
    return morphemes[place][1] == "IC" and (following[2] or following[1] in ("SF", "SE", "SP", "IC"))


_PLAIN_VERBS = {"계시": "있", "주무시": "자"}


def _humble(stem: Sequence[Morpheme]) -> list[Morpheme]:
    """Without the honorific 시 and the polite 요, and with plain verbs for the honouring ones."""
    kept: list[Morpheme] = []
    for form, tag, space in stem:
        pause = form == "요" and (tag == "JX" or (bool(kept) and kept[-1][1] in ("EC", "EF")))
        if pause or (tag == "EP" and form in ("시", "으시")):
            continue
        plain = form
        if form == "드리" and tag == "VX":
            plain = "주"
        elif tag.startswith("V"):
            plain = _PLAIN_VERBS.get(form, form)
            if form == "드시":  # 기준에 드시는 is 드는, 약을 드시는 is 먹는
                plain = "들" if kept and kept[-1][1] == "JKB" else "먹"
        kept.append((plain, tag, space))
    return kept


def _formal(stem: Sequence[Morpheme]) -> list[Morpheme]:
    """거 before the copula is 것 in writing: 되는 거예요 -> 되는 것인지."""
    kept = list(stem)
    if len(kept) > 1 and kept[-1][1] == "VCP" and kept[-2][:2] == ("거", "NNB"):
        kept[-2] = ("것", "NNB", kept[-2][2])
    return kept


def _own_act(stem: Sequence[Morpheme]) -> list[Morpheme]:
    """보내 주- of the agent's own act is 보내- in a record."""
    kept = list(stem)
    if len(kept) >= 3 and kept[-1][:2] == ("주", "VX") and kept[-2][1] == "EC":
        kept = kept[:-2]
    return kept


def _tell(stem: Sequence[Morpheme], past: bool) -> str:
    form, tag, _ = stem[-1]
    kind = tag.split("-")[0]
    if past:
        return "다고"
    if kind in ("VCP", "VCN"):
        return "라고"
    if kind in ("VA", "XSA") or (form in ("있", "없", "싶", "않") and not _is_verb(stem)):
        return "다고"
    return "는다고" if _closed(stem) else "ᆫ다고"


def _is_verb(stem: Sequence[Morpheme]) -> bool:
    """Is this 않- after a verb ("가지는 않-")? Then it bends like one."""
    if stem[-1][0] != "않":
        return False
    before = [m for m in stem[:-1] if not m[1].startswith("J")]
    return (
        len(before) > 1
        and before[-1][0] == "지"
        and before[-2][0] not in ("있", "없", "싶")
        and before[-2][1].split("-")[0] in ("VV", "VX", "XSV")
    )


def _whether(stem: Sequence[Morpheme], past: bool) -> str:
    form, tag, _ = stem[-1]
    kind = tag.split("-")[0]
    if past or form in ("있", "없") or kind in ("VV", "XSV") or (kind == "VX" and form != "싶"):
        return "는지"
    return "은지" if _closed(stem) else "ᆫ지"


def _order(stem: Sequence[Morpheme]) -> str:
    if stem[-1][0] == "주" and stem[-1][1] == "VX":
        return "라고"
    return "으라고" if _closed(stem) else "라고"


def _closed(stem: Sequence[Morpheme]) -> bool:
    """Does the stem end in a consonant other than ㄹ?"""
    final = (ord(stem[-1][0][-1]) - 0xAC00) % 28 if "가" <= stem[-1][0][-1] <= "힣" else 0
    return final not in (0, 8)
