"""A channel heard while it is spoken: sound in, utterances out.

    sound -> detector -> segmenter -> (partials while it lasts, one final when it stops)

Each decoding goes through a lane of `stt.schedule`, so that `push` never waits for a model. A
partial is what hypotheses agree on, cut where personal data may begin; a final passes the
hallucination guard and the lexicon. Audio position is the only clock: a jumping system clock
moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from consultation.errors import BadInput
from consultation.types import Speaker, Utterance, Word
from stt.agreement import SyllableAgreement
from stt.audio import RATE, Samples
from stt.decoding import QUICKEST, Answer, Decoding, Inline, Lane, Stretch
from stt.guard import guard
from stt.masking import mask_partial
from stt.recogniser import Heard, Listen, Recogniser
from stt.retime import retime, spread
from stt.segments import WINDOW, Endpointing, Segmenter, Started, Stopped
from stt.terms import TermCorrector
from stt.trust import mistrust
from stt.vad import WINDOW_SAMPLES, Detector, SpeechDetector

_OVERLAP = 0.5  # seconds that both halves of a divided speech hear, so that no word is cut in two
_EARLY, _YOUNG = 0.3, 1.2  # seconds between the first partials of a speech, and as long as it counts as young
_UNHEARD = 1.0  # seconds of a gap that still are silence within the sound; a longer gap parts it
_DOUBT, _SURE = (
    0.6,
    0.37,
)  # Whisper's own rule: more doubt that anything was said than this, and less confidence

Stretches = list[tuple[float, float]]  # seconds, in order, not overlapping


@dataclass
class _Segment:
    """Speech that is open, or that waits for its final."""

    number: int
    start: float  # seconds; where its sound begins
    joined: bool = False  # it goes on where a longer speech was divided
    end: float | None = None  # seconds; None while open
    divided: bool = False  # it was cut for its length and goes on in the next
    agreement: SyllableAgreement = field(default_factory=SyllableAgreement)
    decoded: float = 0.0  # seconds; up to here a partial was asked for
    shown: str = ""  # the partial on the screen
    voiced: Stretches = field(default_factory=list)


class LiveTranscriber:
    """`Transcriber` for one channel. Not thread-safe: one caller at a time.

    `scheduler` None decodes at once with `recogniser`; with both, the scheduler's threads use the
    channel's own recogniser. `prompt` gives domain words before each decoding, `masked_before` the
    turns of both speakers so far, `spacing` mends the spaces of a final.
    """

    def __init__(
        self,
        speaker: Speaker,
        scheduler: Decoding | None = None,
        *,
        recogniser: Recogniser | None = None,
        detector: Detector | None = None,
        endpointing: Endpointing = Endpointing(),  # noqa: B008 (frozen)
        corrector: TermCorrector | None = None,
        spacing: Callable[[str], str] | None = None,
        prompt: Callable[[], str] | None = None,
        partials: bool = True,
        masked_before: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        if scheduler is None:
            if recogniser is None:
                raise TypeError("give a scheduler, a recogniser, or both")
            scheduler = Inline(recogniser)
        self._speaker = speaker
        self._lane: Lane = scheduler.lane(recogniser)
        self._detector = detector if detector is not None else SpeechDetector()
        self._segmenter = Segmenter(endpointing)
        self._before = endpointing.padding
        self._padding = endpointing.padding + endpointing.min_speech
        self._corrector, self._spacing, self._prompt = corrector, spacing, prompt
        self._partials = partials
        self._masked_before = masked_before
        self._sound = bytearray()  # int16, the last of the channel
        self._first = 0  # samples before the first of `_sound`
        self._position = 0  # samples taken
        self._windows = 0  # windows judged
        self._open: _Segment | None = None
        self._waiting: dict[int, _Segment] = {}  # their finals are asked for
        self._number = 0
        self._voiced: Stretches = []
        self._last_word: Word | None = None  # of a divided speech, to know it again in the next half
        self._ended = False
        self.taken_out: Counter[str] = Counter()  # what the guard found, by reason

    @property
    def position(self) -> float:
        """Seconds of the channel taken so far."""
        return self._position / RATE

    @property
    def voiced(self) -> tuple[tuple[float, float], ...]:
        """Stretches with speech so far, in seconds."""
        return tuple(self._voiced)

    @property
    def delay(self) -> float:
        """Seconds for which the text is behind the sound."""
        return self._lane.delay

    @property
    def failing(self) -> bool:
        """The engine failed at what it was asked last."""
        return self._lane.failing

    @property
    def waiting(self) -> tuple[float, ...]:
        """Where the speech ends whose final is still to come, in seconds, in order."""
        return tuple(s.voiced[-1][1] if s.voiced else s.end or s.start for s in self._waiting.values())

    @property
    def idle(self) -> bool:
        """Nothing is being said, and nothing that was said waits for its final."""
        return self._open is None and not self._waiting

    def push(self, pcm: Samples) -> list[Utterance]:
        """Take int16 samples, shape (n,), 16 kHz mono. Raises BadInput for anything else."""
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise BadInput(f"sound of type {pcm.dtype} and shape {pcm.shape}; int16 of shape (n,) is needed")
        if self._ended:
            raise BadInput("this channel has ended")
        self._take(pcm)
        return self.poll()

    def poll(self) -> list[Utterance]:
        """What has been decoded meanwhile."""
        out: list[Utterance] = []
        for answer in self._lane.answers():
            out += self._final(answer) if answer.stretch.final else self._partial(answer)
        return out

    def pause(self) -> list[Utterance]:
        """No sound comes for the moment: what was being said is over. Time does not move on."""
        self._events(self._segmenter.skip(0))
        return self.poll()

    def skip(self, seconds: float) -> list[Utterance]:
        """Sound is missing: time moves on. A gap of more than a second ends what was being said."""
        if not 0 <= seconds < 1e7:
            raise BadInput(f"a gap of {seconds} seconds cannot be")
        missing = round(seconds * RATE)
        heard = min(missing, round(_UNHEARD * RATE))
        self._take(np.zeros(heard, dtype=np.int16))
        if missing > heard:
            windows, rest = divmod(missing - heard, WINDOW_SAMPLES)
            self._events(self._segmenter.skip(windows))
            self._windows += windows
            self._position += windows * WINDOW_SAMPLES
            begun = self._position - self._windows * WINDOW_SAMPLES  # samples of a window, silent ones
            self._sound, self._first = bytearray(2 * begun), self._position - begun
            self._detector.skip(windows)
            self._take(np.zeros(rest, dtype=np.int16))
        return self.poll()

    def finish(self, seconds: float = 10.0) -> list[Utterance]:
        """The audio has ended: everything still open, as final. Waits at most so many seconds for it.

        What no engine has answered by then is given up and counted as lost.
        """
        if self._ended:
            return []
        try:
            self._take(np.zeros(-self._position % WINDOW_SAMPLES, dtype=np.int16))
            self._events(self._segmenter.finish())
            self._lane.wait(seconds)
            return self.poll()
        finally:  # its place at the model is given back, whatever fails
            self._ended = True
            self._lane.close()

    # ---- sound

    def _take(self, pcm: Samples) -> None:
        self._sound += pcm.tobytes()
        self._position += len(pcm)
        for probability in self._detector.push(pcm):
            self._judge(float(probability))
        self._ask_partial()
        self._forget()

    def _judge(self, probability: float) -> None:
        start = self._windows * WINDOW
        self._windows += 1
        if probability >= self._segmenter.release:
            if self._voiced and start - self._voiced[-1][1] < WINDOW / 2:
                self._voiced[-1] = (self._voiced[-1][0], start + WINDOW)
            else:
                self._voiced.append((start, start + WINDOW))
        self._events(self._segmenter.push(probability))

    def _events(self, events: Sequence[Started | Stopped]) -> None:
        joined = False
        for event in events:
            if isinstance(event, Started):
                self._number += 1
                self._open = _Segment(self._number, event.at, joined, decoded=event.at + self._before)
            elif self._open is not None:
                segment, self._open = self._open, None
                segment.end, segment.divided = event.at, event.cut
                joined = event.cut
                self._ask_final(segment)

    def _ask_final(self, segment: _Segment) -> None:
        assert segment.end is not None
        start = segment.start - _OVERLAP if segment.joined else segment.start
        end = segment.end + _OVERLAP if segment.divided else segment.end
        segment.voiced = self._voiced_in(start, end)
        self._waiting[segment.number] = segment
        self._lane.ask(self._stretch(segment, start, end, final=True))

    def _ask_partial(self) -> None:
        segment = self._open
        if not self._partials or segment is None:
            return
        pace = self._lane.pace
        if pace <= QUICKEST and self.position - segment.start < self._before + _YOUNG:
            pace = _EARLY  # the engine keeps up: the first words are what people wait for
        if self.position - segment.decoded >= pace:
            segment.decoded = self.position
            self._lane.ask(self._stretch(segment, segment.start, self.position, final=False))

    def _stretch(self, segment: _Segment, start: float, end: float, *, final: bool) -> Stretch:
        first = max(round(start * RATE), self._first)
        last = min(round(end * RATE), self._position)
        bounds = 2 * (first - self._first), 2 * (last - self._first)
        samples = np.frombuffer(self._sound[bounds[0] : bounds[1]], dtype=np.int16)
        prompt = self._prompt() if self._prompt is not None else ""
        return Stretch(segment.number, samples, Listen(prompt, final, first / RATE), final)

    def _forget(self) -> None:
        """Keep the sound of the open speech, or what the padding of the next may reach back to."""
        start = self._open.start if self._open is not None else self._windows * WINDOW - self._padding
        oldest = max(0, round((start - _OVERLAP - WINDOW) * RATE))
        if oldest - self._first > RATE // 2 or self._first > self._position:
            del self._sound[: 2 * (oldest - self._first)]
            self._first = oldest

    def _voiced_in(self, start: float, end: float) -> Stretches:
        found: Stretches = []
        for begin, stop in reversed(self._voiced):
            if stop <= start:
                break
            if begin < end:
                found.append((begin, stop))
        return found[::-1]

    # ---- text

    def _partial(self, answer: Answer) -> list[Utterance]:
        segment = self._open
        if segment is None or segment.number != answer.stretch.segment:
            return []  # its final is already asked for
        stretch = answer.stretch
        until = stretch.listen.start + stretch.seconds
        if mistrust(answer.heard, stretch, self._voiced_in(segment.start, until)) is not None:
            return []
        committed = segment.agreement.hear(answer.heard.text).committed
        before = self._masked_before() if self._masked_before is not None else ()
        text = mask_partial(committed, before=before).text
        if not text or text == segment.shown:
            return []
        segment.shown = text
        return [Utterance(self._speaker, text, segment.start, until, is_final=False)]

    def _final(self, answer: Answer) -> list[Utterance]:
        segment = self._waiting.pop(answer.stretch.segment)
        reason = mistrust(answer.heard, answer.stretch, segment.voiced)
        if reason is not None:
            self.taken_out[reason] += 1
            self._last_word = None
            return []
        words = _whole(self._own(segment, _words(answer.heard, answer.stretch, segment.voiced)))
        if not words:
            return []
        said = Utterance(
            self._speaker, " ".join(w.text for w in words), words[0].start, words[-1].end, words=words
        )
        kept = guard(said, segment.voiced)
        self.taken_out.update(kept.reasons)
        return [self._mended(kept.utterance)] if kept.utterance is not None else []

    def _own(self, segment: _Segment, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of this half of a divided speech: both halves heard what lies around the cut."""
        assert segment.end is not None
        low = segment.start if segment.joined else float("-inf")
        high = segment.end if segment.divided else float("inf")
        own = [w for w in words if low <= (w.start + w.end) / 2 < high]
        if segment.joined and own and self._last_word is not None and _same(self._last_word, own[0]):
            own = own[1:]  # its time was told a little differently, so that both halves claimed it
        self._last_word = own[-1] if segment.divided and own else None
        return tuple(own)

    def _mended(self, said: Utterance) -> Utterance:
        """Terms put right, spaces mended; words keep their times."""
        text = said.text
        if self._corrector is not None:
            text = self._corrector.correct(text)
        if self._spacing is not None:
            text = self._spacing(text)
        return said if text == said.text else replace(said, text=text, words=retime(said.words, text))


def _words(heard: Heard, stretch: Stretch, voiced: Stretches) -> tuple[Word, ...]:
    """Words in seconds of the channel, none beyond the stretch.

    An engine without word times has its text spread over the speech.
    """
    if not heard.words:
        return spread(heard.text, voiced, heard.confidence)
    start, length = stretch.listen.start, stretch.seconds
    out = []
    for word in heard.words:
        first = min(max(0.0, word.start), length)
        last = min(max(first, word.end), length)
        if text := word.text.strip():
            out.append(Word(text, round(start + first, 3), round(start + last, 3), word.confidence))
    return tuple(out)


def _same(a: Word, b: Word) -> bool:
    """One word heard twice: alike, and at the same time."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return a.text == b.text and shared > 0.5 * min(a.end - a.start, b.end - b.start)


def _whole(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Without characters of which the model wrote only a half: in a final the other half never comes."""
    kept = (replace(word, text=word.text.replace("\ufffd", "")) for word in words)
    return tuple(word for word in kept if word.text)
