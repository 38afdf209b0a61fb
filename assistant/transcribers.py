"""What a channel of a live call is heard with: the shared model, the lexicon, the words of this call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.lexicon import CallPrompt
from assistant.live import LiveCalls
from consultation.types import Speaker
from stt.decoding import Decoding
from stt.live import LiveTranscriber
from stt.terms import TermCorrector

_BEFORE = 6  # earlier turns that may have asked for what is said now


class Transcribers:
    """Makes the transcriber of a speaker in a call."""

    def __init__(
        self,
        calls: LiveCalls,
        decoding: Callable[[], Decoding],
        *,
        corrector: Callable[[], TermCorrector | None] = lambda: None,
        spacing: Callable[[str], str] | None = None,
        prompts: Callable[[], bool] = lambda: True,
        partials: bool = True,
    ) -> None:
        """`decoding` gives the way to the model; it may wait for it, and raise `NotReady`. `corrector`:
        the lexicon, once it is built. `prompts`: was the model trained to read what may be said?"""
        self._calls = calls
        self._decoding = decoding
        self._corrector = corrector
        self._spacing = spacing
        self._prompts = prompts
        self._partials = partials

    def __call__(self, speaker: Speaker, conversation_id: str) -> LiveTranscriber:
        """Raises `NotReady` where there is no model, and says how to get one."""
        decoding = self._decoding()

        def before() -> Sequence[str]:
            call = self._calls.in_memory(conversation_id)
            return [turn.text for turn in call.turns[-_BEFORE:]] if call is not None else ()

        prompt = CallPrompt(lambda: self._calls.in_memory(conversation_id)) if self._prompts() else None
        return LiveTranscriber(
            speaker,
            decoding,
            corrector=self._corrector(),
            spacing=self._spacing,
            prompt=prompt,
            partials=self._partials,
            masked_before=before,
        )
