"""Pure: the syllables that hypotheses agree on (LocalAgreement, made for Korean).

A recogniser that decodes a growing stretch of speech again and again changes its mind near the
end. What a hypothesis shares with one of the two before it is stable and may be shown: one slip
in between does not hold the text up. Whitespace words are the wrong
unit for Korean: one moved space unsettles two words that were heard alike. So syllables are
compared, without spaces, punctuation and case; the spacing is that of the later hypothesis.
Method: Macháček et al., "Turning Whisper into Real-Time Transcription System", with syllables.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

_LOOK = 16  # syllables compared to find the committed text again in a hypothesis that reads it otherwise
_SHIFT = 6  # syllables by which the committed text may have become longer or shorter there
_INCOMPLETE = "\ufffd"  # half a character: its other token is still to come


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is known after a hypothesis. `committed` only ever grows; `tail` may still change."""

    new: str  # the text that was just committed, with the space before it
    committed: str
    tail: str


class SyllableAgreement:
    """Commits text of one stretch of speech. `hear` every hypothesis in order, then `finish`."""

    def __init__(self) -> None:
        self._committed = ""
        self._letters = ""  # of the committed text
        self._rests: tuple[str, ...] = ()  # unconfirmed letters of the last two hypotheses, latest first

    def hear(self, hypothesis: str) -> Agreed:
        """The next hypothesis of the same stretch, from its beginning."""
        letters, places = _letters_of(hypothesis)
        start = self._find(letters)
        rest = letters[start:]
        count = max((_common(earlier, rest) for earlier in self._rests), default=0)
        self._rests = (rest[count:], *(earlier[count:] for earlier in self._rests[:1]))
        return self._commit(hypothesis, letters, places, start, start + count)

    def finish(self, hypothesis: str) -> Agreed:
        """The last hypothesis: all of it counts, but what is committed stays as it was shown."""
        hypothesis = hypothesis.replace(_INCOMPLETE, "")
        letters, places = _letters_of(hypothesis)
        start = self._find(letters)
        agreed = self._commit(hypothesis, letters, places, start, len(letters))
        end = agreed.tail.strip()  # what follows the last letter: a full stop, a question mark
        self._committed += end
        return Agreed(agreed.new + end, self._committed, "")

    def _find(self, letters: str) -> int:
        """How many letters of a hypothesis tell what is already committed."""
        done = len(self._letters)
        if letters.startswith(self._letters):
            return done
        ends = range(max(0, done - _SHIFT), min(len(letters), done + _SHIFT) + 1)
        if not ends:  # much shorter than what is committed: it adds nothing
            return len(letters)

        def far(end: int) -> tuple[int, int]:
            known, here = self._letters[-_LOOK:], letters[max(0, end - _LOOK) : end]
            return Levenshtein.distance(known, here), abs(end - done)

        return min(ends, key=far)

    def _commit(self, text: str, letters: str, places: list[int], start: int, end: int) -> Agreed:
        first = places[start - 1] + 1 if start else 0
        last = places[end - 1] + 1 if end else 0
        new = text[first:last] if end > start else ""
        if new:
            lead = " " if new[0].isspace() and self._committed else ""
            new = lead + new.strip()
            self._committed += new
            self._letters += letters[start:end]
        return Agreed(new, self._committed, text[max(first, last) :].rstrip(_INCOMPLETE))


def _letters_of(text: str) -> tuple[str, list[int]]:
    """Letters and digits in lower case, and where in the text each stands.

    A character that is only half there stays, as a letter that agrees with nothing.
    """
    letters, places = [], []
    for place, character in enumerate(unicodedata.normalize("NFC", text)):
        if character.isalnum() or character == _INCOMPLETE:
            letters.append(character.lower()[0])
            places.append(place)
    return "".join(letters), places


def _common(a: str, b: str) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y or x == _INCOMPLETE:
            break
        count += 1
    return count
