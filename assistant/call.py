"""A live call: utterances in, events out.

No socket, no store, no clock of its own. Whatever engine fails, the call goes on: the agent is
told once, and told again when it is back.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from abuse_filter.policy import labels_of, next_step
from assistant import messages, suggest, urgency
from assistant.events import (
    Alerted,
    DistrictKnown,
    Ended,
    Event,
    Flagged,
    Heard,
    Notice,
    Spans,
    Suggested,
    cover,
)
from consultation import privacy
from consultation.errors import BadInput, Conflict, SangdamError
from consultation.ports import AbuseDetector, Searcher
from consultation.text import clean
from consultation.types import (
    AbuseFlag,
    AbuseVerdict,
    Channel,
    Conversation,
    Speaker,
    Suggestion,
    Turn,
    Urgency,
    Utterance,
)

CONTEXT = 6  # earlier turns that masking looks back on
ABUSE_CONTEXT = 12  # earlier turns of the citizen that may show a repetition
LAST_INDEX = 99_999  # no consultation has more turns; a larger number is a broken producer


class Mask(Protocol):
    """Replaces personal data, as `consultation.privacy.mask` does."""

    def __call__(self, text: str, *, before: Sequence[str] = ()) -> str: ...


class Districts(Protocol):
    """Knows which 자치구 a text speaks of, as `consultation.districts.Gazetteer` does."""

    def district(self, text: str) -> str | None: ...


class Call:
    """One conversation while it lasts.

    `hear` takes utterances in any order of arrival and returns what the agent's screen must know.
    Texts that leave are masked; the originals are kept here only as the context that masking of
    later turns needs, and go with the object.
    """

    def __init__(
        self,
        conversation_id: str,
        *,
        searcher: Searcher | None,
        abuse: AbuseDetector | None,
        gazetteer: Districts | None,
        channel: Channel,
        started_at: datetime,
        clock: Callable[[], float] = time.monotonic,
        mask: Mask = privacy.mask,
        threshold: float = 0.5,
        most: int = 3,
    ) -> None:
        """`clock` gives seconds, used only for the delay of suggestions; `threshold` is the
        answerable probability under which nothing is shown; `most` the cards shown at once."""
        self.conversation_id = conversation_id
        self.channel = channel
        self.started_at = started_at
        self.district: str | None = None
        self.urgency = Urgency.NONE
        self.alert: Alerted | None = None  # the danger shown last
        self.ended_at: datetime | None = None
        self._searcher = searcher
        self._abuse = abuse
        self._gazetteer = gazetteer
        self._clock = clock
        self._mask = mask
        self._threshold = threshold
        self._most = most
        self._turns: list[Turn] = []  # by index
        self._originals: dict[int, str] = {}  # what masking of later turns may look back on
        self._flags: dict[int, AbuseFlag] = {}
        self._suggestions: list[Suggestion] = []
        self._asked = ""  # the question the last suggestion answered
        self._surest = 0.0  # its answerable probability
        self._listener = urgency.Listener()
        self._told: dict[str, str] = {}  # engine -> the notice shown last
        self._district_from_citizen = False

    @classmethod
    def rebuild(
        cls,
        conversation: Conversation,
        turns: Sequence[Turn],
        flags: Sequence[AbuseFlag] = (),
        suggestions: Sequence[Suggestion] = (),
        *,
        searcher: Searcher | None,
        abuse: AbuseDetector | None,
        gazetteer: Districts | None,
        clock: Callable[[], float] = time.monotonic,
        mask: Mask = privacy.mask,
        threshold: float = 0.5,
        most: int = 3,
    ) -> Call:
        """The call as it stood, from what the store kept. Nothing is announced again."""
        call = cls(
            conversation.conversation_id,
            searcher=searcher,
            abuse=abuse,
            gazetteer=gazetteer,
            channel=conversation.channel,
            started_at=conversation.started_at,
            clock=clock,
            mask=mask,
            threshold=threshold,
            most=most,
        )
        call._turns = sorted(turns, key=lambda turn: turn.index)
        call._originals = {turn.index: turn.text for turn in turns}
        call._flags = {flag.turn: flag for flag in flags}
        call._suggestions = sorted(suggestions, key=lambda suggestion: suggestion.turn)
        if call._suggestions:
            call._asked = call._suggestions[-1].question
            call._surest = call._suggestions[-1].ranking.answerable
        call.district = conversation.district
        call._district_from_citizen = conversation.district is not None
        call.ended_at = conversation.ended_at
        for turn in call._turns:
            danger = call._listener.hear(turn)
            if danger:
                call.urgency = danger.urgency
                call.alert = Alerted(danger.urgency, danger.turn, danger.title, danger.lines)
        return call

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Final turns by index, masked."""
        return tuple(self._turns)

    @property
    def flags(self) -> tuple[AbuseFlag, ...]:
        """Abuse flags by turn."""
        return tuple(self._flags[turn] for turn in sorted(self._flags))

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """What was shown, in order."""
        return tuple(self._suggestions)

    @property
    def next_index(self) -> int:
        """The index a turn without one would get."""
        return self._turns[-1].index + 1 if self._turns else 0

    def hear(self, utterance: Utterance, index: int | None = None) -> list[Event]:
        """What the agent's screen must know about these words.

        A partial gives `Heard` only. The same final turn again gives nothing; another text under a
        number that is taken raises `Conflict`. A turn that comes late takes its place by number.
        Raises `BadInput` for a number or a time that cannot be.
        """
        began = self._clock()
        text = clean(utterance.text)
        index = self.next_index if index is None else index
        _check(utterance, index)
        if not text:
            return []
        before = self._before(index)
        masked = self._mask(text, before=before)
        turn = Turn(index, utterance.speaker, masked, utterance.start, utterance.end)
        if not utterance.is_final:
            verdict, _ = self._judge(turn)
            return [Heard(turn, verdict.spans if verdict else (), is_final=False)]
        if self._is_repeat(turn):
            return []
        self._turns.insert(bisect_left([known.index for known in self._turns], index), turn)
        self._originals[index] = text
        flagged, hidden, notices = self._flag(turn)
        placed = self._locate(turn, text)
        events: list[Event] = [Heard(turn, hidden), *flagged, *placed, *self._alarm(turn), *notices]
        if self.ended_at is not None:
            return events
        suggested = self._suggest(turn, began)
        if placed and not any(isinstance(event, Suggested) for event in suggested):
            suggested += self._suggest_for_the_place(turn, began)
        return events + suggested

    def keep_only(self, utterance: Utterance, index: int) -> list[Event]:
        """The words alone, after `hear` broke: masked and numbered, nothing drawn from them."""
        known = next((turn for turn in self._turns if turn.index == index), None)
        if known is None:
            text = clean(utterance.text)
            masked = self._mask(text, before=self._before(index))
            known = Turn(index, utterance.speaker, masked, utterance.start, utterance.end)
            if utterance.is_final:
                self._turns.insert(bisect_left([turn.index for turn in self._turns], index), known)
                self._originals[index] = text
        return [Heard(known, is_final=utterance.is_final)]

    def flag_missing(self) -> list[AbuseFlag]:
        """Flags of kept turns that have none, as after a process died between a turn and its flag."""
        found: list[AbuseFlag] = []
        for turn in self._turns:
            if turn.index not in self._flags:
                self._flag(turn)
                if flag := self._flags.get(turn.index):
                    found.append(flag)
        return found

    def end(self, at: datetime) -> list[Event]:
        """The line is closed. Saying so twice changes nothing."""
        if self.ended_at is not None:
            return []
        self.ended_at = at
        return [Ended(at)]

    def _before(self, index: int) -> list[str]:
        earlier = [turn.index for turn in self._turns if turn.index < index]
        return [self._originals[known] for known in earlier[-CONTEXT:]]

    def _is_repeat(self, turn: Turn) -> bool:
        for known in self._turns:
            if known.index == turn.index:
                if (known.speaker, known.text) == (turn.speaker, turn.text):
                    return True
                raise Conflict(
                    f"turn {turn.index} of {self.conversation_id} is already there with other words; "
                    "number new turns after the last one"
                )
        return False

    def _judge(self, turn: Turn) -> tuple[AbuseVerdict | None, list[Event]]:
        """The verdict on a citizen's turn, and what to say about the filter itself."""
        if turn.speaker is not Speaker.CITIZEN:
            return None, []
        if self._abuse is None:
            return None, self._say("abuse", messages.ABUSE_ABSENT)
        context = [
            known.text
            for known in self._turns
            if known.index < turn.index and known.speaker is Speaker.CITIZEN
        ]
        try:
            verdict = self._abuse.detect(turn.text, context[-ABUSE_CONTEXT:])
        except SangdamError:
            return None, self._say("abuse", messages.ABUSE_DOWN)
        return verdict, self._recover("abuse", messages.ABUSE_BACK)

    def _flag(self, turn: Turn) -> tuple[list[Event], Spans, list[Event]]:
        verdict, notices = self._judge(turn)
        if verdict is None or verdict.severity < 1:
            return [], verdict.spans if verdict else (), notices
        flag = AbuseFlag(
            turn=turn.index,
            labels=labels_of(verdict),
            severity=verdict.severity,
            spans=verdict.spans,
            step=next_step(self.flags, verdict),
        )
        self._flags[turn.index] = flag
        return [Flagged(flag)], verdict.spans, notices

    def _locate(self, turn: Turn, text: str) -> list[Event]:
        """The district, from the unmasked words: an address is masked before it leaves.

        The citizen knows better than the agent; of two districts the citizen names, the later holds.
        """
        if self._gazetteer is None:
            return []
        by_citizen = turn.speaker is Speaker.CITIZEN
        if not by_citizen and self._district_from_citizen:
            return []
        district = self._gazetteer.district(text)
        if district is None:
            return []
        self._district_from_citizen = by_citizen
        if district == self.district:
            return []
        self.district = district
        return [DistrictKnown(district)]

    def _alarm(self, turn: Turn) -> list[Event]:
        danger = self._listener.hear(turn)
        if danger is None or not _worse(danger.urgency, self.urgency):
            return []
        self.urgency = danger.urgency
        self.alert = Alerted(danger.urgency, danger.turn, danger.title, danger.lines)
        return [self.alert]

    def _suggest(self, turn: Turn, began: float) -> list[Event]:
        heard = [self._covered(known) for known in self._turns if known.index <= turn.index]
        question = suggest.question(heard, asked=self._asked, shown=bool(self._suggestions))
        if question is None:
            return []
        if self._searcher is None:
            return self._say("search", messages.SEARCH_ABSENT)
        try:
            ranking = self._searcher.search(
                question.text, self._most, district=self.district, on=self.started_at.date()
            )
        except SangdamError:
            return self._say("search", messages.SEARCH_DOWN)
        events = self._recover("search", messages.SEARCH_BACK)
        chosen = suggest.choose(
            ranking,
            question.kind,
            self._shown(),
            surest=self._surest,
            threshold=self._threshold,
            most=self._most,
        )
        if chosen is None:
            return events
        suggestion = Suggestion(
            suggestion_id=f"{self.conversation_id}-{turn.index}",
            turn=question.turn,
            question=question.text,
            ranking=chosen,
            delay=max(self._clock() - began, 0.0),
        )
        self._suggestions.append(suggestion)
        self._asked = question.text
        self._surest = chosen.answerable
        return [*events, Suggested(suggestion)]

    def _suggest_for_the_place(self, turn: Turn, began: float) -> list[Event]:
        """The district became known after the question: its own entry comes, another's goes."""
        if not self._suggestions or self._searcher is None:
            return []
        before = self._suggestions[-1]
        try:
            ranking = self._searcher.search(
                self._asked, self._most, district=self.district, on=self.started_at.date()
            )
        except SangdamError:
            return self._say("search", messages.SEARCH_DOWN)
        better = [hit for hit in ranking if hit.entry.district == self.district]
        is_new = any(hit.entry.entry_id not in self._shown() for hit in better)
        is_wrong = any(hit.entry.district not in (None, self.district) for hit in before.ranking)
        if not ranking or not (is_new or is_wrong):
            return []
        suggestion = replace(
            before,
            suggestion_id=f"{self.conversation_id}-{turn.index}",
            ranking=ranking,
            delay=max(self._clock() - began, 0.0),
        )
        self._suggestions.append(suggestion)
        self._surest = ranking.answerable
        return [Suggested(suggestion)]

    def searched(self, suggestion: Suggestion) -> None:
        """The agent searched by hand; a screen that opens later shows that, too."""
        self._suggestions.append(suggestion)

    def _covered(self, turn: Turn) -> Turn:
        """Hidden words are no part of a question, and must not come back on its card."""
        flag = self._flags.get(turn.index)
        return replace(turn, text=cover(turn.text, flag.spans)) if flag and flag.spans else turn

    def _shown(self) -> list[str]:
        return [hit.entry.entry_id for suggestion in self._suggestions for hit in suggestion.ranking]

    def _say(self, engine: str, text: str) -> list[Event]:
        """A notice, unless the agent already knows."""
        if self._told.get(engine) == text:
            return []
        self._told[engine] = text
        return [Notice("warn", text)]

    def _recover(self, engine: str, text: str) -> list[Event]:
        return [Notice("info", text)] if self._told.pop(engine, None) else []


def _check(utterance: Utterance, index: int) -> None:
    if not 0 <= index <= LAST_INDEX:
        raise BadInput(f"turn number {index} is out of range; count from 0 to {LAST_INDEX}")
    if not (math.isfinite(utterance.start) and math.isfinite(utterance.end)):
        raise BadInput(f"turn {index}: start and end must be seconds from the start of the call")


def _worse(now: Urgency, before: Urgency) -> bool:
    rank = {kind: place for place, kind in enumerate(reversed(urgency.ORDER), 1)}
    return rank.get(now, 0) > rank.get(before, 0)
