"""Is a text to be believed at all? What the model says of itself, and what lies under it.

The hallucination guard (`stt.guard`) takes words out of an utterance; this is about the whole of it.
Engines that tell no confidence are believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from stt.audio import to_float
from stt.decoding import Stretch
from stt.music import lines
from stt.recogniser import Heard

_DOUBT, _UNSURE = (
    0.6,
    0.37,
)  # Whisper's own rule: that much doubt that anything was said, and no more confidence
_GUESS = (
    0.1  # confidence of text that has nothing to do with the sound; right text hardly ever has less than 0.3
)
_OVER_MUSIC, _OVER_LOUD_MUSIC = 0.4, 0.6  # confidence that text over music must have


def mistrust(heard: Heard, stretch: Stretch, voiced: Sequence[tuple[float, float]]) -> str | None:
    """Why nothing of this was said: "no_speech", "guess" or "music". None: believe it.

    `voiced`: parts with speech, in seconds of the channel.
    """
    if heard.no_speech > _DOUBT and heard.confidence < _UNSURE:
        return "no_speech"
    if heard.confidence < _GUESS:
        return "guess"
    if heard.confidence >= _OVER_LOUD_MUSIC:
        return None
    start = stretch.listen.start
    found = lines(to_float(stretch.samples), [(a - start, b - start) for a, b in voiced])
    unsure = heard.confidence < _OVER_MUSIC
    return "music" if found.loud_music or (found.music and unsure) else None
