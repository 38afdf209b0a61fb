"""Decoding shared fairly: a few threads, one speech model, many channels.

Finals go before partials, channels take turns, and a partial that waits is replaced by the
channel's next one. Too much work shows in this order: partials are left out, then finals that have
waited go to the small model; a final is never dropped. What an engine failed at is tried once more,
then put aside and decoded when the engine answers again.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import structlog

from consultation.errors import BadSetting
from stt.audio import to_float
from stt.decoding import QUICKEST, SLOWEST, Answer, Lane, Stretch
from stt.engine_health import EngineHealth
from stt.recogniser import Heard, Recogniser

PATIENCE = 1.5  # seconds a final may have waited before the small model takes it
PAUSE = 5.0  # seconds an engine is left alone that failed
KEPT = 600.0  # seconds of sound a channel keeps for an engine that does not answer
ATTEMPTS = 6  # times the same sound is tried, each time at least `PAUSE` after the last

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Load:
    """Counters since the start, and where things stand."""

    lanes: int = 0
    waiting: int = 0  # stretches
    delay: float = 0.0  # seconds for which the oldest question has waited
    partials: int = 0  # decoded
    finals: int = 0  # decoded
    dropped_partials: int = 0
    small_finals: int = 0  # finals that the small model took
    failures: int = 0  # stretches that an engine failed at twice
    lost: int = 0  # finals that no engine answered in the end
    sound: float = 0.0  # seconds decoded
    busy: float = 0.0  # seconds spent on it, all threads together


@dataclass(eq=False)
class _Job:
    lane: _Lane
    stretch: Stretch
    asked: float  # monotonic
    attempts: int = 0
    not_before: float = 0.0  # monotonic
    small: bool = False


@dataclass(eq=False)
class _Lane:
    """One channel. All fields are guarded by the scheduler's lock."""

    scheduler: Scheduler
    recogniser: Recogniser
    finals: deque[_Job] = field(default_factory=deque)
    kept: deque[_Job] = field(default_factory=deque)  # an engine failed at them
    partial: _Job | None = None
    running: list[_Job] = field(default_factory=list)
    ready: deque[Answer] = field(default_factory=deque)
    closed: bool = False
    turnaround: float = 0.0  # seconds a partial took lately

    def ask(self, stretch: Stretch) -> None:
        self.scheduler._ask(self, stretch)

    def answers(self) -> list[Answer]:
        out: list[Answer] = []
        while self.ready:  # a deque's ends are safe without the lock
            out.append(self.ready.popleft())
        return out

    def wait(self, seconds: float) -> bool:
        return self.scheduler._wait(self, seconds)

    def close(self) -> None:
        self.scheduler._leave(self)

    @property
    def delay(self) -> float:
        with self.scheduler._changed:
            return self.waited(time.monotonic())

    @property
    def pace(self) -> float:
        return min(SLOWEST, max(QUICKEST, 1.5 * self.turnaround))

    @property
    def failing(self) -> bool:
        with self.scheduler._changed:
            return self.scheduler._health.failing(self.recogniser)

    def jobs(self) -> Iterator[_Job]:
        """Everything that is not answered yet."""
        yield from self.finals
        yield from self.kept
        yield from self.running
        if self.partial is not None:
            yield self.partial

    def waited(self, now: float) -> float:
        return max((now - job.asked for job in self.jobs()), default=0.0)

    @property
    def decoding_final(self) -> bool:
        return any(job.stretch.final for job in self.running)


class Scheduler:
    """Threads that decode for all channels. Safe to use from any thread."""

    def __init__(
        self,
        recogniser: Recogniser,
        small: Recogniser | None = None,
        workers: int = 2,
        *,
        patience: float = PATIENCE,
        pause: float = PAUSE,
        kept: float = KEPT,
    ) -> None:
        if workers < 1:
            raise BadSetting(f"at least one worker must decode, not {workers}")
        self.recogniser = recogniser
        self.small = small
        self._workers = workers
        self._patience, self._pause, self._kept = patience, pause, kept
        self._changed = threading.Condition()
        self._lanes: deque[_Lane] = deque()  # the next one to be served first
        self._health = EngineHealth(pause)
        self._threads: list[threading.Thread] = []
        self._numbers = itertools.count(1)
        self._load = Load()
        self._closed = False

    # ---- channels

    def lane(self, recogniser: Recogniser | None = None) -> Lane:
        """A new channel. `recogniser`: its own, decoded by the same threads."""
        lane = _Lane(self, recogniser or self.recogniser)
        with self._changed:
            self._lanes.append(lane)
        return lane

    @property
    def load(self) -> Load:
        """Counters for the metrics page."""
        now = time.monotonic()
        with self._changed:
            jobs = [job for lane in self._lanes for job in lane.jobs()]
            return replace(
                self._load,
                lanes=len(self._lanes),
                waiting=len(jobs),
                delay=max((now - job.asked for job in jobs), default=0.0),
            )

    def close(self, seconds: float = 5.0) -> None:
        """Start nothing more; wait so long for what runs."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            threads = list(self._threads)
        until = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _ask(self, lane: _Lane, stretch: Stretch) -> None:
        with self._changed:
            if lane.closed or self._closed:
                return
            job = _Job(lane, stretch, time.monotonic())
            if stretch.final:
                lane.finals.append(job)
                if lane.partial is not None:  # of speech that is over now
                    lane.partial = None
                    self._count(dropped_partials=1)
                self._bound(lane)
            else:
                if lane.partial is not None:
                    job.asked = lane.partial.asked
                    self._count(dropped_partials=1)
                lane.partial = job
            self._staff()
            self._changed.notify_all()

    def _wait(self, lane: _Lane, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: not (lane.finals or lane.kept or lane.decoding_final) or self._closed, seconds
            )

    def _leave(self, lane: _Lane) -> None:
        with self._changed:
            if lane.closed:
                return
            lane.closed = True
            self._lanes.remove(lane)
            self._count(lost=len(lane.finals) + len(lane.kept), dropped_partials=lane.partial is not None)
            lane.finals.clear()
            lane.kept.clear()
            lane.partial = None
            if lane.recogniser is not self.recogniser:
                self._health.forget(lane.recogniser)

    # ---- threads

    def _staff(self) -> None:
        """As many threads as there should be."""
        while len(self._threads) < self._workers:
            thread = threading.Thread(target=self._work, name=f"stt-{next(self._numbers)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        try:
            self._decode_all()
        finally:
            with self._changed:
                self._threads.remove(threading.current_thread())
                if not self._closed:  # an engine killed the thread: another one takes its place
                    self._staff()

    def _decode_all(self) -> None:
        while (job := self._take()) is not None:
            engine = self.small if job.small and self.small is not None else job.lane.recogniser
            heard: Heard | None = None
            began = time.monotonic()
            try:
                heard = self._decode(engine, job)
            finally:  # also when the thread dies: the channel must not wait for it
                self._done(job, engine, heard, time.monotonic() - began)

    def _decode(self, engine: Recogniser, job: _Job) -> Heard | None:
        """What the engine hears; None when it failed, and for a final once more."""
        for left in reversed(range(2 if job.stretch.final and not job.attempts else 1)):
            try:
                return engine.recognise(to_float(job.stretch.samples), job.stretch.listen)
            except Exception as error:  # noqa: BLE001 (whatever an engine does, the calls go on)
                log.warning("engine_failed", engine=engine.name, error=type(error).__name__, tries_left=left)
        return None

    def _take(self) -> _Job | None:
        """The next job for this thread; None when the scheduler closes."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                job = self._next(now)
                if job is not None:
                    job.lane.running.append(job)
                    return job
                self._changed.wait(self._sleep(now))
            return None

    def _next(self, now: float) -> _Job | None:
        for choose in (self._final_of, self._kept_of, self._partial_of):
            for lane in self._lanes:
                job = choose(lane, now)
                if job is not None:
                    self._lanes.remove(lane)
                    self._lanes.append(lane)
                    return job
        return None

    def _final_of(self, lane: _Lane, now: float) -> _Job | None:
        if not lane.finals or lane.decoding_final:  # one at a time: they are answered in order
            return None
        job = lane.finals[0]
        down = self._health.down(lane.recogniser, now)
        job.small = self.small is not None and (down or now - job.asked > self._patience)
        if down and not job.small:
            return None
        return lane.finals.popleft()

    def _kept_of(self, lane: _Lane, now: float) -> _Job | None:
        if not lane.kept or lane.decoding_final or lane.kept[0].not_before > now:
            return None
        return None if self._health.down(lane.recogniser, now) else lane.kept.popleft()

    def _partial_of(self, lane: _Lane, now: float) -> _Job | None:
        job = lane.partial
        if job is None or lane.running or self._health.down(lane.recogniser, now):
            return None
        partials = sum(not one.stretch.final for other in self._lanes for one in other.running)
        if partials >= max(1, self._workers - 1):  # a thread stays free for finals
            return None
        lane.partial = None
        return job

    def _sleep(self, now: float) -> float | None:
        """Seconds until something that waits for its time may go; None: until somebody asks."""
        times = self._health.next_tries(now)
        times += [job.not_before for lane in self._lanes for job in lane.kept if job.not_before > now]
        return max(0.01, min(times) - now) if times else None

    def _done(self, job: _Job, engine: Recogniser, heard: Heard | None, took: float) -> None:
        now = time.monotonic()
        with self._changed:
            lane, final = job.lane, job.stretch.final
            lane.running.remove(job)
            self._count(busy=took)
            if heard is None:
                self._health.failed(engine, now)
                self._failed(job, now)
            else:
                self._health.answered(engine)
                lane.ready.append(Answer(job.stretch, heard, now - job.asked, job.small))
                self._count(
                    sound=job.stretch.seconds,
                    finals=final,
                    partials=not final,
                    small_finals=final and job.small,
                )
            if not final:
                lane.turnaround = 0.5 * lane.turnaround + 0.5 * (now - job.asked)
            self._changed.notify_all()

    def _failed(self, job: _Job, now: float) -> None:
        """A partial is dropped; the sound of a final is kept and tried again."""
        self._count(failures=1)
        if not job.stretch.final:
            self._count(dropped_partials=1)
            return
        job.attempts += 1
        job.small = False
        job.not_before = now + self._pause
        if job.lane.closed or job.attempts >= ATTEMPTS:
            self._lose(job)
            return
        job.lane.kept.append(job)
        self._bound(job.lane)

    def _bound(self, lane: _Lane) -> None:
        """Sound kept for an engine that does not answer has a limit, the oldest goes first."""
        while lane.kept and sum(job.stretch.seconds for job in (*lane.kept, *lane.finals)) > self._kept:
            self._lose(lane.kept.popleft())

    def _lose(self, job: _Job) -> None:
        """Given up: answered with nothing, so that nobody waits for it."""
        job.lane.ready.append(Answer(job.stretch, Heard(""), time.monotonic() - job.asked))
        self._count(lost=1)

    def _count(self, **more: float) -> None:
        self._load = replace(self._load, **{name: getattr(self._load, name) + n for name, n in more.items()})
