"""Danger heard in a conversation, from signs a careful listener knows.

Each sign (`danger_signs.py`) carries a weight and counts once; a kind is heard when its signs reach
`ENOUGH`. A strong sign suffices alone, weak ones need company. Being poor, old or angry is no sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant import messages, speech
from assistant.danger_signs import HARMLESS, SIGNS, SUBJECT, THINGS
from assistant.signs import ENOUGH, STRONG
from consultation.types import Speaker, Turn, Urgency

ORDER = (Urgency.EMERGENCY, Urgency.SUICIDE_RISK, Urgency.WELFARE_CRISIS, Urgency.LONELINESS)


@dataclass(frozen=True, slots=True)
class Danger:
    """What is heard, where first, and whom to call."""

    urgency: Urgency
    turn: int
    title: str
    lines: tuple[str, ...]


_DENIAL = re.compile(
    r"(?:죽|자살|그런|그\s)\S*\s?(?:고\s?싶\S*\s?)?(?:다는\s)?(?:생각|마음|건|거|정도)\S*\s?(?:은|는|까지는)?\s?"
    r"(?:아니|없|안\s?(?:해|하|함|들|합))\S*"
)
_SCREENING = re.compile(
    r"(?:죽고\s?싶|죽으려|죽을\s?생각|자살|목숨을\s?끊|해치|해칠|스스로\s?(?:목숨|해|생)|극단적|나쁜\s?생각|위험한\s?생각)"
    r".{0,40}(?:나요|까요|까|세요|신가요|건가요|죠|고요)\s*\??"
)
# "네 사실은 …", "가끔 그런 생각이 들어요": anything but a no, where somebody was asked about suicide.
_ADMITS = re.compile(
    r"^(?:[음어아]\s)*(?:네|예|응|그래|맞아|사실)|(?:가끔|자주|매일|조금).{0,12}(?:생각|마음|그래|들)|그러려고|그런\s?(?:생각|마음)\S?\s?(?:들|나|해|했|있)"
)
_REFUSES = re.compile(r"아니|없(?:어|습|는|지|죠)|안\s?(?:해|하|그래|들|그런)|그\s?정도는|에이|무슨")
_NOT_NOW = re.compile(
    r"(?:지난|작년|재작년|예전|옛날|어제|그저께|그때|전에)\S*\s?.{0,14}(?:쓰러|없어|나갔|나가셔|맞았|불이\s?났|무너)\S*"
)


class Listener:
    """Weighs the signs of one conversation, turn by turn."""

    def __init__(self) -> None:
        self._total = dict.fromkeys(ORDER, 0)
        self._counted: dict[Urgency, set[int]] = {urgency: set() for urgency in ORDER}
        self._first: dict[Urgency, tuple[str, ...]] = dict.fromkeys(ORDER, ())
        self._found: dict[Urgency, Danger] = {}
        self._screened = False

    def hear(self, turn: Turn) -> Danger | None:
        """The most dangerous kind heard so far, or None."""
        (turn,) = speech.bounded([turn])
        if turn.speaker is Speaker.AGENT:
            self._screened = bool(_SCREENING.search(turn.text))
        else:
            self._weigh(turn)
            self._screened = False
        return next((self._found[urgency] for urgency in ORDER if urgency in self._found), None)

    def _weigh(self, turn: Turn) -> None:
        said = " ".join(clause for clause in speech.clauses(turn.text) if not SUBJECT.search(clause))
        plain = _DENIAL.sub(" ", HARMLESS.sub(" ", said))
        present = _NOT_NOW.sub(" ", THINGS.sub(" ", plain))
        if self._screened and _admits(turn.text):
            self._total[Urgency.SUICIDE_RISK] += STRONG
        for urgency in ORDER:
            if urgency in self._found:
                continue
            text = present if urgency is Urgency.EMERGENCY else plain
            for place, sign in enumerate(SIGNS[urgency]):
                if place not in self._counted[urgency] and sign.heard(text):
                    self._counted[urgency].add(place)
                    self._total[urgency] += sign.weight
                    known = self._first[urgency]
                    self._first[urgency] = known + tuple(line for line in sign.lines if line not in known)
            if self._total[urgency] >= ENOUGH:
                self._found[urgency] = _danger(urgency, turn.index, self._first[urgency])


def _admits(text: str) -> bool:
    return speech.is_yes(text) or bool(_ADMITS.search(text) and not _REFUSES.search(text))


def hear(turns: Iterable[Turn]) -> Danger | None:
    """The most dangerous kind heard in these turns, or None."""
    listener = Listener()
    danger = None
    for turn in turns:
        danger = listener.hear(turn)
    return danger


def _danger(urgency: Urgency, turn: int, first: tuple[str, ...]) -> Danger:
    numbers = {line.split()[0] for line in first}
    rest = tuple(line for line in messages.ALERT_LINES[urgency] if line.split()[0] not in numbers)
    return Danger(urgency, turn, messages.ALERT_TITLES[urgency], first + rest)
