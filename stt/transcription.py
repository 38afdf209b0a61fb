"""A recording to text, by the code that hears live calls: the same detector, the same rules.

Two channels are two speakers. In one mixed channel nobody can tell who speaks without guessing:
all of it is put down to the citizen, and the transcript says so (`mixed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from consultation.errors import BadInput
from consultation.types import Speaker, Utterance
from stt.audio import RATE, Samples, to_16k
from stt.live import LiveTranscriber
from stt.overlap import Conversed, conversed
from stt.recogniser import Recogniser
from stt.segments import Endpointing
from stt.terms import TermCorrector
from stt.vad import Detector, SpeechDetector
from stt.wav import Sound

BOTH = (Speaker.CITIZEN, Speaker.AGENT)  # left and right, the convention of recorders
_PIECE = RATE  # samples taken at once; the size changes nothing but the speed
_ALIKE = 1e-4  # share of the louder channel's energy by which two channels of one mix may differ

Progress = Callable[[float, float], None]  # seconds of sound done, seconds in all (each channel counts)


@dataclass(frozen=True, slots=True)
class Transcript(Sequence[Utterance]):
    """Utterances of all speakers in the order they began."""

    utterances: tuple[Utterance, ...]
    seconds: float  # length of the recording
    mixed: bool  # True: one channel held everybody, so that `speaker` means nothing
    conversed: Conversed | None  # of two channels: talk-over, silence, shares

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | Sequence[Utterance]:
        return self.utterances[index]

    def __len__(self) -> int:
        return len(self.utterances)


def transcribe(
    sound: Sound,
    recogniser: Recogniser,
    *,
    speakers: Sequence[Speaker] | None = BOTH,
    corrector: TermCorrector | None = None,
    spacing: Callable[[str], str] | None = None,
    prompt: Callable[[], str] | None = None,
    endpointing: Endpointing = Endpointing(),  # noqa: B008 (frozen)
    detector: Callable[[], Detector] = SpeechDetector,
    progress: Progress | None = None,
) -> Transcript:
    """Hear a whole recording at 8 or 16 kHz; other rates are brought to 16 kHz by `stt.files`.

    `speakers`: of the channels, left first; one name for one channel that holds one side only.
    None, or one channel and two names, or two channels with the same sound: mixed. Raises
    `EngineDown` when the engine does not answer, `BadInput` at another rate.
    """
    channels = _channels(sound)
    if speakers is not None and len(speakers) != len(channels):
        speakers = None
    return transcribe_blocks(
        _pieces(channels),
        recogniser,
        speakers=speakers,
        seconds=sound.seconds,
        corrector=corrector,
        spacing=spacing,
        prompt=prompt,
        endpointing=endpointing,
        detector=detector,
        progress=progress,
    )


def transcribe_blocks(
    blocks: Iterable[Samples],
    recogniser: Recogniser,
    *,
    speakers: Sequence[Speaker] | None,
    seconds: float,
    corrector: TermCorrector | None = None,
    spacing: Callable[[str], str] | None = None,
    prompt: Callable[[], str] | None = None,
    endpointing: Endpointing = Endpointing(),  # noqa: B008 (frozen)
    detector: Callable[[], Detector] = SpeechDetector,
    progress: Progress | None = None,
) -> Transcript:
    """The same for sound that does not fit into memory: blocks of int16, shape (n, channels), 16 kHz.

    `speakers`: one for each channel; None: all channels are one mix. `seconds`: the length of it all.
    """
    mixed = speakers is None
    sides = BOTH[:1] if speakers is None else tuple(speakers)
    channels = [
        LiveTranscriber(
            speaker,
            recogniser=recogniser,
            detector=detector(),
            endpointing=endpointing,
            corrector=corrector,
            spacing=spacing,
            prompt=prompt,
            partials=False,
        )
        for speaker in sides
    ]
    total = len(channels) * seconds
    utterances: list[Utterance] = []
    for block in blocks:
        sound = _mix(list(block.T)) if mixed else block.T
        for at in range(0, len(block), _PIECE):
            for channel, samples in zip(channels, [sound] if mixed else sound, strict=True):
                utterances += channel.push(np.ascontiguousarray(samples[at : at + _PIECE]))
                if progress is not None:
                    progress(min(total, sum(c.position for c in channels)), total)
    for channel in channels:
        utterances += channel.finish()
    utterances.sort(key=lambda utterance: (utterance.start, utterance.end))
    both = None
    if set(sides) == set(BOTH):
        voiced = {speaker: channel.voiced for speaker, channel in zip(sides, channels, strict=True)}
        both = conversed(voiced[Speaker.CITIZEN], voiced[Speaker.AGENT], seconds)
    return Transcript(tuple(utterances), seconds, mixed, both)


def _pieces(channels: Sequence[Samples]) -> Iterator[Samples]:
    for at in range(0, len(channels[0]), 60 * _PIECE):
        yield np.stack([channel[at : at + 60 * _PIECE] for channel in channels], axis=1)


def _channels(sound: Sound) -> list[Samples]:
    """Each channel at 16 kHz. Two with the same sound are one: a recorder wrote its mix twice."""
    if sound.channels > 2:
        raise BadInput(f"{sound.channels} channels; a call has one or two")
    sides = [to_16k(np.ascontiguousarray(sound.samples[:, i]), sound.rate) for i in range(sound.channels)]
    if len(sides) == 2 and _alike(*sides):
        return sides[:1]
    return sides


def _alike(left: Samples, right: Samples) -> bool:
    """Piece by piece, because a recording of hours would not fit in floats. Silence is like nothing."""
    apart = loud = 0.0
    for at in range(0, len(left), _PIECE * 60):
        a, b = (side[at : at + _PIECE * 60].astype(np.float64) for side in (left, right))
        apart += float(((a - b) ** 2).sum())
        loud += max(float((a**2).sum()), float((b**2).sum()))
        if apart > _ALIKE * loud:
            return False
    return loud > 0


def _mix(channels: Sequence[Samples]) -> Samples:
    if len(channels) == 1:
        return channels[0]
    mixed = sum(channel.astype(np.int32) for channel in channels)
    return np.clip(mixed, -32_768, 32_767).astype(np.int16)
