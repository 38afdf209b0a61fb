"""Pure: when what a masked transcript hides was said, so that the sound hides it, too.

What the detector finds in the words alone is `stt.beeps`'; here is what people's corrections add: a
kind they left standing, and turns they marked as personal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.review.timed import timed
from consultation.privacy import kinds_in
from consultation.store.corrections import Correction, Mark
from consultation.types import Turn, Word
from stt.beeps import MARGIN, Stretch

CONTEXT = 12  # turns before one that its masking looks back on


def covered(
    turns: Sequence[Turn],
    versions: Mapping[int, Sequence[Correction]],
    spoken: Mapping[int, str],
    words: Mapping[int, Sequence[Word]],
) -> list[Stretch]:
    """Stretches of the call, with the margin, in order of turns. `spoken`: unmasked texts as they stand."""
    found: list[Stretch] = []
    for turn in turns:
        latest = versions[turn.index][-1] if turn.index in versions else None
        text = latest.text if latest else turn.text
        if latest is not None and latest.mark is Mark.PERSONAL:
            found.append(_around(turn.start, turn.end, Mark.PERSONAL.value))
        elif kinds := kinds_in(text):
            said = timed(
                text, spoken.get(turn.index, text), words.get(turn.index, ()), before(spoken, turn.index)
            )
            hiding = [(word, kinds_in(word.text)) for word in said]
            found += [_around(word.start, word.end, inside[0][0]) for word, inside in hiding if inside]
            if not said:  # nobody knows where in the turn
                found.append(_around(turn.start, turn.end, kinds[0][0]))
    return found


def before(spoken: Mapping[int, str], index: int) -> list[str]:
    """The unmasked texts of the turns before one, as masking looks back on them."""
    return [text for number, text in spoken.items() if number < index][-CONTEXT:]


def joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """In order and not overlapping."""
    out: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start):
        if out and one.start <= out[-1].end:
            last = out.pop()
            out.append(Stretch(last.start, max(last.end, one.end), (*last.kinds, *one.kinds)))
        else:
            out.append(one)
    return out


def _around(start: float, end: float, kind: str) -> Stretch:
    return Stretch(max(0.0, start - MARGIN), end + MARGIN, (kind,))
