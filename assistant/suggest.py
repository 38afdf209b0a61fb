"""When a citizen's turn deserves a search, what is searched, and which hits are worth showing.

Pure rules. A suggestion that nobody asked for costs the agent's attention, so silence is the
default: greetings, thanks, answers to the agent's own questions and dictated numbers search
nothing, and what was already shown is not shown again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant import speech
from assistant.restated import restatements
from consultation.districts import DISTRICTS
from consultation.text import squeeze
from consultation.types import Hit, Ranking, Speaker, Turn

LONGEST = 160  # characters of a query; longer ones drown the question in the story
ENOUGH = 7  # letters below which a turn says nothing by itself
WHOLE = 25  # letters from which an opening stands alone
SPARSE = 14  # letters below which a question leans on what was asked before


class Kind(StrEnum):
    """Where a question stands in the call; how likely the knowledge answers it depends on that."""

    OPENING = "opening"  # what the citizen called about
    ANOTHER = "another"  # announced as one more question
    FOLLOWING = "following"  # asks on about what was answered
    RESTATED = "restated"  # in the agent's words, who put it back to be sure


@dataclass(frozen=True, slots=True)
class Question:
    """What to search after a turn."""

    turn: int  # index of the citizen's turn that asked
    text: str  # as it is searched
    kind: Kind


def question(turns: Sequence[Turn], *, asked: str = "", shown: bool = False) -> Question | None:
    """The question that the last turn puts, or None when silence is right.

    `asked` is the question searched before, `shown` whether it brought a suggestion. Until something
    is shown, a turn that says little is read together with those before it. An agent who puts the question back in clean
    words ("…는지 궁금하신 거 맞으시죠?") gives it a second chance.
    """
    if not turns:
        return None
    turns = speech.bounded(turns)
    if turns[-1].speaker is Speaker.AGENT:
        return _put_back(turns)
    last = turns[-1]
    said, agent = _since_agent(turns)
    if not shown:
        if not _opens(said, agent):
            return None
        own = _cut([_core(said)])
        text = own if speech.weight(own) >= WHOLE else _story(turns)
        return Question(last.index, text, Kind.OPENING)
    asking = [clause for clause in speech.clauses(said) if speech.asks(clause)]
    if not asking or speech.weight(" ".join(asking)) < 4:
        return None
    own = _cut([_core(said)])
    if not own:
        return None
    if speech.adds(said):
        return Question(last.index, own, Kind.ANOTHER)
    leans = asked and (speech.points_back(asking[-1]) or speech.weight(own) < SPARSE)
    return Question(last.index, _cut([asked, own]) if leans else own, Kind.FOLLOWING)


def _put_back(turns: Sequence[Turn]) -> Question | None:
    """The agent's restatement, as the question of the citizen's turn before it."""
    found = restatements(turns[-1:])
    citizen = next((turn for turn in reversed(turns) if turn.speaker is Speaker.CITIZEN), None)
    if citizen is None or not found or speech.weight(found[0].text) < ENOUGH:
        return None
    return Question(citizen.index, found[0].text, Kind.RESTATED)


def bar(kind: Kind, threshold: float) -> float:
    """The answerable probability from which hits are shown.

    People call about what the knowledge holds, so an opening needs less. A question that asks on is
    mostly answered by what is already on the screen, so another entry must be almost certain.
    """
    if kind is Kind.OPENING:
        return threshold * 0.6
    return threshold + (1 - threshold) * 0.9 if kind is Kind.FOLLOWING else threshold


def choose(
    ranking: Ranking, kind: Kind, shown: Sequence[str], *, surest: float, threshold: float, most: int
) -> Ranking | None:
    """The hits worth showing, or None.

    `shown` are the ids of all entries shown before: a ranking whose best entry the agent already
    has brings nothing better. A restatement must be surer than what it would replace (`surest`).
    Of entries that differ only by their district the first alone is shown: where none is known, three
    districts' telephone numbers say less than one and the rule for the whole city.
    """
    least = max(bar(kind, threshold), surest if kind is Kind.RESTATED else 0.0)
    if not ranking.hits or ranking.answerable < least or ranking.hits[0].entry.entry_id in shown:
        return None
    return Ranking(_one_district(ranking.hits)[:most], ranking.answerable, ranking.knowledge_version)


def _one_district(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits without those that say of another district what an earlier one says of its own."""
    kept: list[Hit] = []
    asked: dict[str, str | None] = {}
    for hit in hits:
        question = _DISTRICT_NAME.sub("", squeeze(hit.entry.question))
        district = hit.entry.district
        if district and asked.get(question, district) != district:
            continue
        asked.setdefault(question, district)
        kept.append(hit)
    return tuple(kept)


_DISTRICT_NAME = re.compile(
    "|".join(name.removesuffix("구") + "구?" for name in sorted(DISTRICTS, key=len, reverse=True))
)


def _since_agent(turns: Sequence[Turn]) -> tuple[str, Turn | None]:
    """What the citizen said since the agent last spoke, and that agent's turn."""
    said: list[str] = []
    for turn in reversed(turns):
        if turn.speaker is Speaker.AGENT:
            return " ".join(reversed(said)), turn
        said.append(turn.text)
    return " ".join(reversed(said)), None


def _opens(said: str, agent: Turn | None) -> bool:
    """May this be the beginning, or the going on, of what the citizen called about?"""
    if speech.weight(said) < ENOUGH:
        return False
    pieces = speech.clauses(said)
    if any(speech.asks(piece) or speech.wants(piece) for piece in pieces):
        return True
    answering = agent is not None and agent.index > 0 and speech.questions(agent.text)
    return not answering and speech.weight(said) >= 2 * ENOUGH


def _story(turns: Sequence[Turn]) -> str:
    """The citizen's words so far, the latest kept longest."""
    said = [
        _core(turn.text)
        for turn in turns
        if turn.speaker is Speaker.CITIZEN and speech.weight(turn.text) >= ENOUGH
    ]
    return _cut(said)


def _core(text: str) -> str:
    """A turn without its fillers; of a long one, the clauses that ask or want, and their neighbours."""
    pieces = [(piece, speech.plain(piece)) for piece in speech.clauses(text)]
    pieces = [(raw, piece) for raw, piece in pieces if piece]
    whole = " ".join(piece for _, piece in pieces)
    if len(whole) <= LONGEST:
        return whole
    telling = [place for place, (raw, _) in enumerate(pieces) if speech.asks(raw) or speech.wants(raw)]
    near = {place + step for place in telling for step in (-1, 0)} & set(range(len(pieces)))
    return " ".join(pieces[place][1] for place in sorted(near)) or whole


def _cut(parts: Sequence[str]) -> str:
    """The parts joined, at most `LONGEST` characters, cut from the front at a word."""
    text = " ".join(part for part in parts if part)
    if len(text) <= LONGEST:
        return text
    kept = text[-LONGEST:]
    return kept[kept.find(" ") + 1 :] if " " in kept else kept
