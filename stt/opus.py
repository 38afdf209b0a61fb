"""Opus in Ogg: speech at a tenth of its size, every channel coded for itself.

Two speakers must stay apart: ordinary stereo coding shares what both sides have in common, and at the
rates of speech one is then heard faintly on the other's side. RFC 7845's channel mapping family 255
codes each alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from consultation.errors import BadInput
from stt.audio import RATE, Samples

KEPT = 12_000  # bits a second of one channel of kept speech
SHARED = 32_000  # bits a second of one channel of a file for people


def encode(samples: Samples, bits: int = KEPT) -> bytes:
    """int16, shape (n, channels), 16 kHz, one or two channels, to a file of its own. Decodes to n samples."""
    out = io.BytesIO()
    with writing(out, samples.shape[1], bits, apart=True) as write:
        write(samples)
    return out.getvalue()


def decode(data: bytes) -> Samples:
    """What `encode` made: int16, shape (n, channels), 16 kHz. Raises `BadInput` for anything else."""
    import av

    blocks = []
    try:
        with av.open(io.BytesIO(data), "r", format="ogg") as container:
            stream = container.streams.audio[0]
            channels = stream.codec_context.channels
            resampler = _to_16k(channels)
            for frame in container.decode(stream):
                frame.pts = None
                blocks += [made.to_ndarray().reshape(-1, channels) for made in resampler.resample(frame)]
            blocks += [made.to_ndarray().reshape(-1, channels) for made in resampler.resample(None)]
    except (av.error.FFmpegError, IndexError) as error:
        raise BadInput(f"{len(data)} bytes are no Opus sound ({type(error).__name__})") from None
    return np.concatenate(blocks)


@contextmanager
def writing(file: BinaryIO, channels: int, bits: int = SHARED, *, apart: bool = False) -> Iterator[Any]:
    """A function that takes blocks of int16, shape (n, channels), 16 kHz; the file is whole afterwards.

    `apart` keeps the channels' coding separate; some players know only two channels together.
    """
    import av

    layout = "stereo" if channels == 2 else "mono"
    options = {"application": "voip", "frame_duration": "20", **({"mapping_family": "255"} if apart else {})}
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout=layout, options=options)
        stream.bit_rate = bits * channels
        fifo = av.AudioFifo()
        size = RATE // 50

        def put(samples: Samples) -> None:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples).reshape(1, -1), format="s16", layout=layout
            )
            frame.sample_rate = RATE
            fifo.write(frame)
            flush(partial=False)

        def flush(*, partial: bool) -> None:
            while (ready := fifo.read(size, partial=partial)) is not None:
                container.mux(stream.encode(ready))

        yield put
        flush(partial=True)
        container.mux(stream.encode(None))


def write_opus(file: BinaryIO, blocks: Iterable[Samples], channels: int) -> None:
    """A whole file for people."""
    with writing(file, channels) as write:
        for block in blocks:
            write(block)


def _to_16k(channels: int) -> Any:
    import av

    return av.AudioResampler(format="s16", layout="stereo" if channels == 2 else "mono", rate=RATE)
