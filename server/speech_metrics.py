"""Speech on the metrics page: how late the text is, and what the scheduler had to leave out."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from server.speech import Speech

BUCKETS = (0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0)  # seconds


class SpeechMetrics:
    """Reads the counters when the page is asked for; finals report themselves."""

    def __init__(self, registry: CollectorRegistry, speech: Speech) -> None:
        self._speech = speech
        self._delays = Histogram(
            "sangdam_speech_final_delay_seconds",
            "Seconds from the end of what was said to its final text",
            buckets=BUCKETS,
            registry=registry,
        )
        registry.register(self)

    def observe(self, seconds: float) -> None:
        """A final came so long after its words."""
        self._delays.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """As prometheus_client asks for it."""
        load = self._speech.load
        yield _gauge("up", "1 while a speech model is open", load is not None)
        if load is None:
            return
        yield _gauge("channels", "Channels that are being heard", load.lanes)
        yield _gauge("waiting", "Stretches of sound that wait for the model", load.waiting)
        yield _gauge("delay_seconds", "Seconds for which the oldest of them has waited", load.delay)
        decoded = CounterMetricFamily("sangdam_speech_decoded", "Stretches decoded", labels=["kind"])
        decoded.add_metric(["partial"], load.partials)
        decoded.add_metric(["final"], load.finals - load.small_finals)
        decoded.add_metric(["final by the small model"], load.small_finals)
        yield decoded
        yield _counter("dropped_partials", "Partials left out under load", load.dropped_partials)
        yield _counter("failures", "Stretches that a model failed at", load.failures)
        yield _counter("lost", "Finals that no model answered in the end", load.lost)
        yield _counter("sound_seconds", "Seconds of sound decoded", load.sound)
        yield _counter("busy_seconds", "Seconds spent on decoding, all threads together", load.busy)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"sangdam_speech_{name}", about, value=float(value))


def _counter(name: str, about: str, value: float) -> Metric:
    return CounterMetricFamily(f"sangdam_speech_{name}", about, value=float(value))
