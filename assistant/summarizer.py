"""답변 of a consultation record: what the agent told, drawn from what was said.

Extractive: whole sentences of the turns, turned into written style by morphemes, so every sentence
names the turns it rests on and says nothing that nobody said. 질문 is in `question.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant import speech, written
from assistant.baselines import centrality
from assistant.followup import Commitment
from assistant.restated import restated
from assistant.written import Mood, Sentence
from consultation.text import bigrams
from consultation.types import Speaker, Traced, Turn

MOST = 3  # sentences of an answer
ANSWER = 160  # characters of an answer, as spoken
SENTENCE = 100  # characters from which a sentence is too long to be read at a glance
SHORT = 24  # letters below which a look-up says nothing else
REPEATS = 0.4  # share of news below which a sentence only says again what another said
TELLING = 12  # letters below which an agent's sentence explains nothing


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a turn."""

    turn: int
    speaker: Speaker
    sentence: Sentence

    @property
    def text(self) -> str:
        """As spoken."""
        return self.sentence.text


def sentences(turns: Sequence[Turn], speaker: Speaker) -> list[Said]:
    """The speaker's sentences with a predicate, in order; courtesies and dictated numbers left out."""
    return [
        Said(turn.index, turn.speaker, sentence)
        for turn in turns
        if turn.speaker is speaker
        for sentence in written.sentences(turn.text, fluent=speaker is Speaker.AGENT)
        if speech.weight(sentence.text) >= 4 and not _FORMULA.search(sentence.text)
    ]


def answer(
    turns: Sequence[Turn], approved: Sequence[str] = (), undertaken: Commitment | None = None
) -> tuple[Traced, ...]:
    """What the agent told, one to three sentences ending in 안내함 or the agent's own act.

    `approved` are texts of entries that were used: sentences near them weigh more. What was
    `undertaken` comes last.
    """
    told = _explained(turns, approved)
    ended = _ended_for_abuse(turns)
    if ended:
        return (*told[: MOST - 1], ended)
    if undertaken is None or not undertaken.detail or not undertaken.turns:
        return told
    last = Traced(f"{undertaken.detail}.", undertaken.turns)
    said = " ".join(sentence.text for sentence in told)
    return (*told[: MOST - 1], last) if news(undertaken.detail, said) > 0.5 else told


def _ended_for_abuse(turns: Sequence[Turn]) -> Traced | None:
    """What was done about abuse, without repeating it."""
    agent = [turn for turn in turns if turn.speaker is Speaker.AGENT]
    warned = [turn.index for turn in agent if _WARNS.search(turn.text)]
    if not any(_ENDS.search(turn.text) for turn in agent if turn.index in warned):
        return None
    harassed = any("성희롱" in turn.text for turn in agent)
    return Traced(f"{'성희롱' if harassed else '폭언'}에 대해 고지한 뒤 통화를 종료함.", tuple(warned))


def news(text: str, known: str) -> float:
    """Share of the text's character pairs that `known` does not hold."""
    pairs = set(bigrams(speech.plain(text)))
    return len(pairs - set(bigrams(known))) / len(pairs) if pairs else 0.0


def _explained(turns: Sequence[Turn], approved: Sequence[str]) -> tuple[Traced, ...]:
    told = [one for one in sentences(turns[1:], Speaker.AGENT) if _informs(one)]
    if not told:
        return ()
    texts = [one.text for one in told]
    central = centrality(texts) * len(told)
    wanted = " ".join(approved)
    asked = " ".join(turn.text for turn in turns if turn.speaker is Speaker.CITIZEN)
    scores = [
        float(central[place])
        + (1.5 * (1 - news(text, wanted)) if wanted else 0.0)
        + 0.8 * (1 - news(text, asked))
        + 0.4 * len(_GUIDES.findall(text))
        - 0.5 * (len(text) > SENTENCE)
        + 0.3 * bool(_FIGURE.search(text))
        - 0.3 * place / len(told)
        for place, text in enumerate(texts)
    ]
    chosen: list[int] = []
    length = 0
    for place in sorted(range(len(told)), key=lambda place: -scores[place]):
        if len(chosen) == MOST or (chosen and length + len(texts[place]) > ANSWER):
            break
        if chosen and news(texts[place], " ".join(texts[other] for other in chosen)) < REPEATS:
            continue
        chosen.append(place)
        length += len(texts[place])
    return tuple(_told(told[place]) for place in sorted(chosen))


def _told(one: Said) -> Traced:
    sentence = one.sentence
    if sentence.mood is Mood.DID or (sentence.past and _ACTED.search(one.text)):
        text = sentence.done()
    elif sentence.mood is Mood.PROMISE:
        text = f"{sentence.reported()} 함"
    else:
        text = f"{sentence.reported()} 안내함"
    return Traced(f"{_ADDRESSED.sub('', text)}.", (one.turn,))


def _informs(one: Said) -> bool:
    return (
        one.sentence.mood is not Mood.ASK
        and speech.weight(one.text) >= TELLING
        and not _FEELS.search(one.text)
        and not (
            _WARNS.search(one.text)
            or (_PASSES.search(one.text) and speech.weight(one.text) < SHORT and not _OFFICE.search(one.text))
        )
        and restated(one.turn, one.text) is None
    )


_GUIDES = re.compile(r"됩니다|돼요|있습니다|있어요|해야|셔야|가능|대상|필요|입니다|신청|접수|연결|방문")
_ACTED = re.compile(
    r"(?:접수|신청|요청|신고|전달|연결|예약|등록)(?:을|를)?\s?했습니다[\s.]*$"
)  # the agent's own acts
_ADDRESSED = re.compile(r"^(?:\[이름\]\s?)?(?:님|어르신|고객님|선생님)[,\s]+")
_FIGURE = re.compile(r"\d|[일이삼사오육칠팔구십백천만]{2,}\s?(?:원|일|개월|년|퍼센트|시|분|번)")
_FORMULA = re.compile(
    r"안녕(?:하십|하세)|감사합니다|감사해요|고맙습니다|다산콜|상담사\s|무엇을\s?도와|궁금하신\s?(?:점|거|것)|"
    r"더\s?(?:필요|물어|말씀|이야기)|잠시만|기다려\s?주|(?:좋은|행복한|즐거운|편안한)\s?\S+\s?되|수고하|조심히|힘내|"
    r"되세요\.?$|되시길|바랍니다\.?$|맞으시|맞으십|알겠습니다|빕니다|(?:하루|시간|주말|명절|저녁)\s?보내"
)
_FEELS = re.compile(
    r"(?:말씀|알려|불러|남겨)\S*\s?주(?:시면|셔야|세요|시겠|십)|번호(?:를|도)?\s?남겨|(?:성함|주소|연락처|번호)\S{0,2}\s?.{0,8}부탁|고맙|고마워|(?:시|셨|으시|크)겠(?:습니다|어요|네요|군요|지만|는데)|힘드시|걱정(?:되|이시|이\s?(?:되|됩))|속상|답답하|놀라(?:셨|지)|불편하시|"
    r"이해(?:합|해)|괜찮(?:습|아요|으)|죄송|다행|(?:으?실|을)\s?(?:만합|텐데|만\s?하)|잘못(?:이|하신\s?것이)\s?(?:아니|하나)|좋네요|군요|네요|잖아요|잘하(?:셨|고)|용기|축하|애쓰|대단하|마음에\s?걸|마음이\s?놓|반가|"
    r"혼자가\s?아니|혼자\s?두고|창피한|부끄러|드실\s?만|양해|솜씨|여쭤\s?(?:봐|보|볼)|미리\s?말씀드려"
)
# Looking something up, or speaking of it later: nothing was told yet.
_PASSES = re.compile(
    r"(?:확인|조회|검색|찾아)\S{0,3}\s?(?:하겠|보겠|볼게|드리겠|드릴게|보고\s?있|하고\s?있)|찾아\s?드리겠|먼저\s?안내해\s?드리|안내드렸"
)
_OFFICE = re.compile(r"부서|구청|센터|담당|연락|전화|접수|사업소|공단|재단|과에|과로")
_ENDS = re.compile(r"종료(?:하겠|합니다)|끊겠")
_WARNS = re.compile(
    r"욕설|폭언|모욕|성희롱|위협하|상담이\s?어렵|통화는\s?녹음|통화를\s?종료|상담을\s?종료|(?:것|거)(?:으로)?\s?확인하겠"
)
