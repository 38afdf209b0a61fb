"""질문 of a consultation record: what the citizen asked, in one to three written sentences.

The agent's restatement gives the question where there is one, the citizen's own words the
circumstance: "…다며 …는지 문의함".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant import speech, written
from assistant.asking import asks, intended, ordered, question_in, says_enough
from assistant.danger_signs import SIGNS
from assistant.restated import Restated, Shape, restatements
from assistant.summarizer import Said, news, sentences
from assistant.written import Mood
from consultation.types import Speaker, Traced, Turn, Urgency

CONTEXT = 66  # characters of circumstances before a question
SOON = 3  # turns within which an agent puts a question back
EARLY = 4  # citizen turns within which a call's first question is put
MORE = 2  # further questions that a record keeps

Part = tuple[int, str]  # turn, text


def question(
    turns: Sequence[Turn], asked_again: Sequence[int] = (), urgency: Urgency = Urgency.NONE
) -> tuple[Traced, ...]:
    """What the citizen asked, one to three sentences ending in 문의함, 요청함, 이야기함 or 함.

    `asked_again` are citizen turns that opened another question. Of a call about suicide or
    loneliness the record keeps the words that made somebody listen, in the citizen's own terms.
    """
    said = sentences(turns, Speaker.CITIZEN)
    said = [
        one
        for one in said
        if (not _COURTESY.search(one.text) or speech.weight(_COURTESY.sub(" ", one.text)) >= 9)
        and not _RUDE.search(one.text)
    ]
    put_back = [replace(found, text=_plain(found.text)) for found in restatements(turns)]
    told = _distress(said, urgency)
    first = _first(turns, said, put_back, Urgency.NONE if told else urgency)
    if told:
        return (
            (first, told)
            if first and first.text.endswith("문의함.") and not set(first.turns) & set(told.turns)
            else (told,)
        )
    if first is None:
        return ()
    return (first, *_further(turns, said, put_back, first, asked_again))


def _first(
    turns: Sequence[Turn], said: Sequence[Said], put_back: Sequence[Restated], urgency: Urgency
) -> Traced | None:
    last = _early(turns)
    opening = [one for one in said if one.turn <= last and says_enough(one)]
    early = _about_first([found for found in put_back if found.turn <= last + 1], opening)
    wording = next((found for found in early if found.shape in (Shape.WHETHER, Shape.WISH)), None)
    wording = wording or next((found for found in early if found.shape is Shape.THING), None)
    if wording:
        before = [one for one in opening if one.turn < wording.turn]
        return _traced([_context(before, wording.text), (wording.turn, _closing(wording))])
    fact = next((found for found in early if found.shape in (Shape.FACT, Shape.BECAUSE)), None)
    ask = _best_ask(opening, fact.turn if fact else None)
    if fact and ask and not (ordered(ask) or _PLAIN_ASK.search(ask.text)):
        ask = None
    if (
        ask
        and not fact
        and urgency in _HELP
        and ask.turn not in list(dict.fromkeys(one.turn for one in opening))[:2]
    ):
        ask = None  # what was asked on the way ("서류가 많이 필요하죠") is not why somebody in need called
    if fact:
        told = fact.text + ("다며" if fact.shape is Shape.FACT else "")
        asked = _put(ask) if ask and news(ask.text, fact.text) > 0.3 else None
        return _traced([(fact.turn, told), asked or (fact.turn, _HELP.get(urgency, "방법을 문의함"))])
    if ask:
        before = [one for one in opening if one is not ask and one.turn <= ask.turn]
        return _traced([_context(before, ask.text), _put(ask)])
    return _story(opening or said[:1], urgency)


_PLAIN_ASK = re.compile(r"어떻|어떡|어디|언제|얼마|수\s?(?:있|없)|되나|돼|되는|가능|맞나|신청|방법|받")
_RUDE = re.compile(r"이따위|니네|니들|처먹|장난하|[가-힣]냐고")
_COURTESY = re.compile(r"다행|고맙|감사|수고\s?(?:많|하)|친절|미안하지만|말\s?나온\s?김")
_DENIES = re.compile(r"그런\s(?:건|거는|것은|생각은)\s?(?:아니|안|없)")
_HELP = {
    Urgency.EMERGENCY: "도움을 요청함",
    Urgency.WELFARE_CRISIS: "도움을 요청함",
    Urgency.SUICIDE_RISK: "힘든 마음을 이야기함",
    Urgency.LONELINESS: "외로움을 이야기함",
}


def _distress(said: Sequence[Said], urgency: Urgency) -> Traced | None:
    """The words that made somebody listen, most telling last; None for other calls."""
    if urgency not in (Urgency.SUICIDE_RISK, Urgency.LONELINESS):
        return None
    said = [one for one in said if not _DENIES.search(one.text)]
    heard = {
        one: max((sign.weight for sign in SIGNS[urgency] if sign.heard(one.text)), default=0) for one in said
    }
    telling = sorted((one for one in said if heard[one]), key=lambda one: -heard[one])[:2]
    parts = [(one.turn, _without_pointer(one.sentence.because())) for one in sorted(telling, key=said.index)]
    return _traced([*parts, (parts[-1][0], _HELP[urgency])]) if parts else None


def _best_ask(opening: Sequence[Said], near: int | None) -> Said | None:
    """What the citizen wants: of the first turn that wants anything, a question before a request or an
    intention, and of several the last, to which the others lead."""
    for turn in dict.fromkeys(one.turn for one in opening):
        own = [one for one in opening if one.turn == turn]
        if near is not None and abs(turn - near) > 1:
            continue
        for wanted in (question_in, ordered, intended):
            found = [one for one in own if wanted(one)]
            if found:
                return found[0] if wanted is question_in else found[-1]
    return None


def _about_first(put_back: Sequence[Restated], opening: Sequence[Said]) -> list[Restated]:
    """The restatements of the first question: soon after it was put, and near each other."""
    asked = next((one.turn for one in opening if asks(one)), None)
    soon = [found for found in put_back if asked is None or found.turn <= asked + SOON]
    return [found for found in soon if found.turn <= soon[0].turn + SOON]


def _further(
    turns: Sequence[Turn],
    said: Sequence[Said],
    put_back: Sequence[Restated],
    first: Traced,
    asked_again: Sequence[int],
) -> list[Traced]:
    """Each other question that was announced ("그리고 하나 더요") or found another answer."""
    announced = [
        turn.index
        for turn in turns
        if turn.speaker is Speaker.CITIZEN
        and turn.index > max(first.turns)
        and (speech.adds(turn.text) or _ONE_MORE.search(turn.text))
    ]
    found: list[Traced] = []
    for turn in sorted({*(turn for turn in asked_again if turn > max(first.turns)), *announced}):
        known = " ".join(sentence.text for sentence in (first, *found))
        other = None if turn in first.turns else _another(turn, said, put_back, known)
        if other:
            found.append(other)
    return found[:MORE]


_ONE_MORE = re.compile(r"하나(?:만)?\s?(?:더\s?)?(?:물어|여쭤)")


def _another(turn: int, said: Sequence[Said], put_back: Sequence[Restated], known: str) -> Traced | None:
    for restated in put_back:
        wording = restated.shape not in (Shape.FACT, Shape.BECAUSE)
        if turn < restated.turn <= turn + 2 and wording and news(restated.text, known) > 0.5:
            return _traced([(restated.turn, _closing(restated))])
    own = [one for one in said if one.turn == turn]
    for wanted in (question_in, ordered, intended):
        for one in own:
            if wanted(one) and speech.weight(one.text) >= 9 and news(one.text, known) > 0.5:
                return _traced([_put(one)])
    return None


def _story(opening: Sequence[Said], urgency: Urgency) -> Traced | None:
    """What was told first, and help that was asked for, where nobody put a question."""
    early = {turn for turn in list(dict.fromkeys(one.turn for one in opening))[:3]}
    first = [one for one in opening if one.turn in early]
    telling = sorted(first, key=lambda one: -min(speech.weight(one.text), 30))[:2]
    parts = sorted(telling, key=opening.index)
    if not parts:
        return None
    told: list[Part | None] = [(one.turn, _without_pointer(one.sentence.because())) for one in parts]
    if urgency in _HELP:
        return _traced([*told, (parts[-1].turn, _HELP[urgency])])
    hurried = next((one for one in opening if _HURRIES.search(one.text)), None)
    if hurried:
        kept = [part for one, part in zip(parts, told, strict=True) if one is not hurried]
        return _traced([*kept, (hurried.turn, "조치를 요청함")])
    return _traced([*told[:-1], _statement(parts[-1])])


_HURRIES = re.compile(r"부탁|빨리\s?좀|빨리\s?(?:와|해|고쳐|처리)")


def _early(turns: Sequence[Turn]) -> int:
    """Index of the citizen's turn by which the first question has been put."""
    heard = [
        turn.index for turn in turns if turn.speaker is Speaker.CITIZEN and speech.weight(turn.text) >= 7
    ]
    return (heard[:EARLY] or [turn.index for turn in turns[-1:]] or [0])[-1]


_FILED = re.compile(r"신고|접수|제안|건의|항의|제보|고발")


def _put(one: Said) -> Part:
    """The sentence as a record puts it: …는지 문의함, …달라고 요청함, …하려 함."""
    asked = question_in(one)
    if asked:
        return one.turn, f"{_question_words(_without_pointer(asked.whether()))} 문의함"
    if ordered(one):
        return one.turn, f"{_without_pointer(_wish(one))} 요청함"
    way = one.sentence.way("려" if _FILED.search(one.text) else "는")
    if way is None:
        return one.turn, f"{_without_pointer(_wanting(one))} 방법을 문의함"
    way = _without_pointer(re.sub(r"(?<=[가-힣]{2})\s(?=하(?:는|려)$)", "", way))
    return one.turn, f"{way} 함" if _FILED.search(one.text) else f"{way} 방법을 문의함"


def _wanting(one: Said) -> str:
    return re.sub(r"(?<=려고)\s?(?:한다며|그런다며|전화했다며)$", " 한다며", one.sentence.because())


def _wish(one: Said) -> str:
    if one.sentence.mood is Mood.ORDER or one.sentence.stem[-1][0] == "주":
        return one.sentence.wished()
    return re.sub(r"줘?(?:주라고|라고|다고)$", "달라고", one.sentence.reported())


def _question_words(text: str) -> str:
    """Spoken question words as written: 어떡하는지 -> 어떻게 해야 하는지."""
    text = re.sub(r"(?:어떡하|어쩌|어찌하)(?:는|ㄹ)지$", "어떻게 해야 하는지", text)
    text = re.sub(r"어떡해야", "어떻게 해야", text)
    return re.sub(r"뭔지$", "무엇인지", text)


def _statement(one: Said) -> Part:
    sentence = one.sentence
    if ordered(one):
        return one.turn, f"{_without_pointer(_wish(one))} 요청함"
    if sentence.mood is Mood.PROMISE:
        return one.turn, f"{sentence.reported()} 함"
    return one.turn, f"{_without_pointer(sentence.because())[:-1]}고 함"


def _closing(found: Restated) -> str:
    match found.shape:
        case Shape.WHETHER:
            return f"{found.text} 문의함"
        case Shape.WISH:
            return f"{found.text}고 요청함"
        case Shape.THING:
            return f"{_object(found.text)} 문의함"
        case Shape.FACT:
            return f"{found.text}다며 문의함"
        case Shape.BECAUSE:
            return f"{found.text} 문의함"


def _object(noun: str) -> str:
    last = noun[-1]
    closed = "가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 > 0
    return noun + ("을" if closed else "를")


def _context(before: Sequence[Said], wording: str) -> Part | None:
    """The circumstance that the wording lacks, or None when it already says it."""
    best: tuple[float, Part] | None = None
    for one in before:
        if (
            one.sentence.mood not in (Mood.TELL, Mood.INTEND, Mood.ORDER)
            or _ANNOUNCING.search(one.text)
            or question_in(one)
            or ordered(one)
        ):
            continue
        text = _wanting(one) if one.sentence.mood is Mood.INTEND else one.sentence.because()
        text = _without_pointer(text)
        if text.endswith(("그렇다며", "그런다며", "이런다며")):
            continue
        fresh = news(one.text, wording)
        score = fresh * min(speech.weight(one.text), 25)
        if fresh > 0.5 and len(text) <= CONTEXT and (best is None or score > best[0]):
            best = score, (one.turn, text)
    return best[1] if best else None


_ANNOUNCING = re.compile(r"궁금|여쭤|모르겠|물어\s?보|문의|까\s?봐|싶어서|알고\s?싶")


def _plain(text: str) -> str:
    """Written words; a worry ("안 될까 봐") becomes the question it is ("안 될지")."""
    return re.sub(r"까(?:\s봐)?$", "지", written.plain(text))


def _without_pointer(text: str) -> str:
    text = re.sub(
        r"^(?:(?:그럼|그러면|근데|그런데|그리고|그래서|또|아|그|요|혹시|하나는|또\s?하나는|하나만?\s?더(?:요)?|하나\s?더\s?묻자|다른\s?거)\s+)+",
        "",
        text,
    )
    text = re.sub(r"^.{0,20}\s그리고\s(?=.{8})", "", text)
    text = re.sub(r"^.{0,24}(?:물어\s?봐도|여쭤\s?봐도|전화해도)\s?.{0,12}(?:는데|지만)\s+", "", text)
    text = re.sub(
        r"^.{0,14}?(?:하나|한\s?가지)(?:만)?\s?더(?:요)?\s(?:묻자|물어볼게요?|여쭤볼게요?)?\s*", "", text
    )
    short = re.sub(r"^(?:이거|그거|이게|그게|이거를|그거를|이걸|그걸|이것|그것|거기|여기)\s+", "", text)
    return short if speech.weight(short) >= 5 else text


def _traced(parts: Sequence[Part | None]) -> Traced:
    kept = [part for part in parts if part]
    text = " ".join(text for _, text in kept)
    return Traced(re.sub(r"\s+", " ", text).strip() + ".", tuple(sorted({turn for turn, _ in kept})))
