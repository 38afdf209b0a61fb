"""Pure: what a citizen said to what should be looked up.

A call opens with greetings, fillers and a story; the question is one sentence of it. Sentences that ask
weigh full, the others less, so that "시어머니를 모시고 있는데" cannot outshout "휴가를 보내주는 제도가 있나요".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

LONG = 45  # characters after which a turn may hold a story besides its question
BACKGROUND = 0.55  # weight of a sentence that does not ask
LIMIT = 1_000  # characters that are searched; a question is never longer

_FILLER = re.compile(
    r"(?<!\w)(?:어+|음+|아+|으음|저기(?:요)?|그게|그러니까(?:요)?|뭐지|뭐냐|뭐랄까|있잖아(?:요)?|이제|인제|막|"
    r"여보세요|네+|예+|안녕하세요|안녕하십니까|수고(?:하십니다|하세요|많으십니다)|고생하십니다|"
    r"감사합니다|실례합니다|죄송한데(?:요)?|죄송하지만|다름(?:이)? 아니(?:라|고))(?!\w)[,.…~!]*",
)
_REQUEST = re.compile(
    r"(?:좀\s*)?(?:여쭤\s?보(?:려고|고\s?싶어서|고\s?싶은데)|물어\s?보(?:려고|고\s?싶어서|고\s?싶은데)|"
    r"문의\s?(?:드리려고|드립니다|드려요|좀\s?드릴게요)|알고\s?싶(?:어서|은데|습니다|어요)|궁금(?:해서|한데|합니다|해요)|"
    r"전화(?:를)?\s?드렸(?:는데|습니다|어요)|(?:좀\s?)?알려\s?주(?:세요|실래요|시겠어요|십시오|실\s?수\s?있나요))(?:요)?"
)
_ASKS = re.compile(
    r"\?|(?:나요|까요|니까|는지|은지|을지|인지|는가|은가|던가|할까|될까|가요|래요|죠|지요|나여|까여|대요|싶어요|싶은데|싶습니다|"
    r"되나|되냐|있나|방법|어떻게|어디|언제|얼마|무엇|뭐|왜|누가|몇|어떤|무슨|려고요|주세요|하려면|려는데)"
)
_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+|\n+|(?<=[요다죠까])[.?!]*\s+(?=\S{2})")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of the question with its weight, 0..1."""

    text: str
    weight: float


def parts(text: str) -> list[Part]:
    """The sentences worth searching, greetings and fillers taken out. Empty when nothing is left."""
    text = text if len(text) <= LIMIT else text[-LIMIT:]  # the question comes after the story
    sentences = [s.strip() for s in _SENTENCE_END.split(text) if s.strip()]
    cleaned = [(s, _REQUEST.sub(" ", _FILLER.sub(" ", s)).strip(" ,.…~!?")) for s in sentences]
    kept = [(raw, bare) for raw, bare in cleaned if any(c.isalnum() for c in bare)]
    if len(text) <= LONG or len(kept) < 2:
        return [Part(bare, 1.0) for _, bare in kept]
    asking = [bool(_ASKS.search(raw)) for raw, _ in kept]
    if not any(asking):
        return [Part(bare, 1.0) for _, bare in kept]
    return [Part(bare, 1.0 if asks else BACKGROUND) for (_, bare), asks in zip(kept, asking, strict=True)]


@functools.cache
def spoken(kind: str) -> Mapping[str, float]:
    """Terms that people say whatever they talk about, with a weight below 1. Kinds: `word`, `pair`.

    Written by `python -m models.encoder.spoken`; a term that is not in it weighs 1.
    """
    lines = files("retrieval").joinpath("spoken.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {term: float(weight) for of, term, weight in rows if of == kind}
