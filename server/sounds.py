"""The kept sound of calls, as the transcript page and the export of training data ask for it."""

from __future__ import annotations

from assistant.review.covered import covered, joined
from consultation.errors import Unknown
from consultation.store import Store
from stt.audio import RATE
from stt.beeps import Stretch, beeped
from stt.recordings import Recordings
from stt.wav import Sound

_REMEMBERED = 32  # calls whose stretches are kept at hand; finding them takes longer than reading the sound


class KeptSounds:
    """`assistant.review.api.Sounds` over the recordings. For any thread."""

    def __init__(self, store: Store, recordings: Recordings) -> None:
        self._store = store
        self._recordings = recordings
        self._found: dict[tuple[str, int], list[Stretch]] = {}

    def seconds(self, conversation_id: str) -> float | None:
        """See `Sounds`."""
        return self._recordings.seconds(conversation_id)

    def sound(self, conversation_id: str, start: float, end: float, *, original: bool) -> Sound:
        """See `Sounds`. Who hears an original is in the audit log already."""
        hide = [] if original else self._stretches(conversation_id)
        return Sound(beeped(self._recordings.read(conversation_id, start, end), hide, start), RATE)

    def stretch(self, conversation_id: str, start: float, end: float) -> Sound | None:
        """A stretch with personal data beeped; None: no sound is kept, or its words were erased."""
        try:
            return self.sound(conversation_id, start, end, original=False)
        except Unknown:
            return None

    def _stretches(self, conversation_id: str) -> list[Stretch]:
        """Where personal data is said: what is found in the words, and what people hid or marked."""
        versions = self._store.corrections.of(conversation_id)
        key = (conversation_id, sum(map(len, versions.values())))
        if (known := self._found.get(key)) is not None:
            return known
        found = self._recordings.covered(conversation_id)
        if found is None:
            raise Unknown(
                f"the words of call {conversation_id} were erased: nobody knows where personal data is said"
            )
        more = covered(
            self._store.conversations.turns(conversation_id),
            versions,
            self._store.corrections.spoken(conversation_id),
            self._store.conversations.words(conversation_id),
        )
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[key] = joined([*found, *more])
        return self._found[key]
