"""The citizen's question as the agent puts it back: "…는지 궁금하신 거 맞으시죠?".

Agents are trained to restate, and their wording is nearer to an entry, and to a record, than the
citizen's own. Surface forms only: this runs inside a live call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant import speech
from consultation.types import Speaker, Turn


class Shape(StrEnum):
    """What was put back: a question, a thing, a fact, a cause, or a wish."""

    WHETHER = "whether"  # …는지
    THING = "thing"  # a noun phrase
    FACT = "fact"  # …(다)
    BECAUSE = "because"  # …서
    WISH = "wish"  # …달라


@dataclass(frozen=True, slots=True)
class Restated:
    """What the agent put back, as said, without its closing."""

    turn: int
    shape: Shape
    text: str


_CLOSING = r"(?:[가-힣\s]{0,14})(?:죠|지요|까요?|나요|가요|세요|네요|군요|니까|습니다|는데요?)\s*[?.!]*\s*$"
_CHECK = r"(?:궁금|여쭤|여쭙|물어|알고\s?싶|알아보|확인하시려|걱정|문의|고민|말씀)"
_WHETHER = re.compile(rf"^(.*?[가-힣](?:지|까|까\s봐|는가))(?:가|를|도)?\s+{_CHECK}{_CLOSING}")
_WISH = re.compile(r"^(.*?달라)(?:는|고)\s*(?:요청|말씀|부탁|거|것)" + _CLOSING)
_FACT = re.compile(r"^(.*?[가-힣])(?:다|라)(?:는|고)\s*(?:말씀|거|것|얘기|이야기)" + _CLOSING)
_WANTING = re.compile(
    r"^(.*?[가-힣])(?:을|를|이|가|에\s?대해|에\s?대한\s?것)?\s+(?:찾으시|찾고\s?계시|물으신|물으시|물어보신|문의하신|알아보시|알고\s?싶으시|알고\s?싶으신|궁금하시|궁금하신|"
    r"여쭤보시|여쭤\s?보시|문의\s?주|문의하|물어보|말씀이시|말씀이신|말씀하시|원하시)" + _CLOSING
)
_WONDERING = re.compile(
    r"^(.*?[가-힣])(?:을|를|이|가)\s+(?:궁금하시|알고\s?싶으시|찾으시)다는\s*(?:말씀|거|것)" + _CLOSING
)
_BECAUSE = re.compile(r"^(.*?(?:아|어|여|해|돼|와|라)서)\s+(?:문의|전화|연락)" + _CLOSING)
_INVITES = re.compile(r"(?:말씀|알려|얘기|이야기)\S*\s?(?:해\s?)?(?:주세|주시|부탁|남겨)")
# Advice ("… 문의하시면 됩니다", "… 요청해 주세요") and sympathy ("… 걱정되시겠습니다") put nothing back.
_ADVICE = re.compile(
    r"(?:셔야\s?(?:죠|지요|합니다|해요)|면\s?(?:됩니다|돼요|좋)|주세요|(?<!말씀이)(?<!맞으)(?<!거)세요|[가-힣]시겠(?:습니다|어요|네요)|더라도.{0,20}니다|수\s?(?:있|없)습니다|"
    r"확인(?:하겠|해\s?(?:보|드리)겠)습니다)[\s.!]*$"
)


def restatements(turns: Sequence[Turn]) -> list[Restated]:
    """All of a conversation, in order."""
    return [
        found
        for turn in turns
        if turn.speaker is Speaker.AGENT and turn.index > 0
        for clause in speech.clauses(turn.text)
        if (found := restated(turn.index, clause))
    ]


def restated(turn: int, clause: str) -> Restated | None:
    """What one clause of an agent puts back, or None."""
    if _INVITES.search(clause) or _ADVICE.search(clause):
        return None
    for shape, pattern in (
        (Shape.BECAUSE, _BECAUSE),
        (Shape.WISH, _WISH),
        (Shape.WHETHER, _WHETHER),
        (Shape.THING, _WONDERING),
        (Shape.FACT, _FACT),
        (Shape.THING, _WANTING),
    ):
        if found := pattern.search(clause):
            text = speech.plain(found.group(1))
            return Restated(turn, shape, text) if speech.weight(text) >= 4 and _fits(shape, text) else None
    return None


_PARTICLE = re.compile(r"(?:까지|부터|마저|조차|거지|던지)$")
_CONNECTING = re.compile(r"(?:[어아해져여와]서|하고|[가-힣]면|지만|는데|니까|도록|려고)$")


def _fits(shape: Shape, text: str) -> bool:
    """까지 is no question, and a clause that only leads to the next is no thing."""
    if shape is Shape.WHETHER:
        return not _PARTICLE.search(text)
    return shape is not Shape.THING or not _CONNECTING.search(text)
