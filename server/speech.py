"""The speech model of this process: opened in the background, and off where it cannot be opened.

The server starts without waiting for it and goes on without it: turns can be typed. A model that is
put right is taken up without a restart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
import structlog

from assistant.lexicon import terms_of, words_of
from consultation.errors import NotReady, SangdamError
from consultation.settings import Settings
from consultation.types import ConsultationEntry
from stt.audio import RATE
from stt.recogniser import Listen, Recogniser
from stt.schedule import Load, Scheduler
from stt.terms import TermCorrector

AGAIN = 30.0  # seconds until a model that could not be opened is tried once more
OPENING = 120.0  # seconds that a call waits for a model that is being opened
OFF = "off (SANGDAM_STT_ENGINE=none); turns are typed"
DEMONSTRATION = (
    "the bundled demonstration model: it understands synthesised speech only, NOT human voices; "
    "add a real checkpoint: SANGDAM_STT_MODEL=/path/to/model (see `sangdam stt --help`)"
)

log = structlog.get_logger()


class Speech:
    """The shared scheduler, once its model is open. For any thread."""

    def __init__(
        self, settings: Settings, open_: Callable[[Settings, str], Recogniser] | None = None
    ) -> None:
        """`open_` opens the model of a name; by default the engine of the settings does."""
        self._settings = settings
        self._open = open_ or _open
        self._may_be_bundled = open_ is None
        self._is_demonstration = False
        self._changed = threading.Condition()
        self._opening: threading.Thread | None = None
        self._scheduler: Scheduler | None = None
        self._fault = ""
        self._failed_at = float("-inf")
        self._closed = False

    @property
    def is_off(self) -> bool:
        """The operator wants no speech recognition."""
        return self._settings.stt_engine == "none"

    @property
    def fault(self) -> str:
        """Why the model could not be opened, and how to mend it; empty: it could, or is still being opened."""
        return self._fault

    @property
    def is_demonstration(self) -> bool:
        """Is it the model that ships with the program, or one like it? Known once it is open."""
        return self._is_demonstration

    @property
    def load(self) -> Load | None:
        """The counters of the scheduler; None while there is none."""
        return self._scheduler.load if self._scheduler is not None else None

    def begin(self) -> None:
        """Open the model in a thread of its own, unless it is open, being opened, or failed just now."""
        with self._changed:
            busy = self._opening is not None or self._scheduler is not None or self._closed
            if self.is_off or busy or time.monotonic() - self._failed_at < AGAIN:
                return
            self._opening = threading.Thread(target=self._work, name="speech", daemon=True)
            self._opening.start()

    def scheduler(self) -> Scheduler:
        """Waits while the model is being opened. Raises `NotReady` that says why there is none."""
        if self.is_off:
            raise NotReady("speech recognition is off (SANGDAM_STT_ENGINE=none)")
        self.begin()
        with self._changed:
            self._changed.wait_for(lambda: self._opening is None, OPENING)
            if self._scheduler is None:
                raise NotReady(self._fault or "the speech model is still being opened; try again")
            return self._scheduler

    def finding(self) -> str:
        """Engine and model, for `sangdam check`. Raises `NotReady` that says why there is none."""
        if self.is_off:
            return OFF
        with self._changed:
            if self._opening is not None:
                return "the model is being opened"
        name = self.scheduler().recogniser.name
        return f"answers ({name}); {DEMONSTRATION}" if self.is_demonstration else f"answers ({name})"

    def close(self) -> None:
        """Stop decoding."""
        with self._changed:
            self._closed = True
            scheduler = self._scheduler
        if scheduler is not None:
            scheduler.close()

    def _work(self) -> None:
        scheduler: Scheduler | None = None
        fault = ""
        began = time.perf_counter()
        try:
            small = self._settings.stt_small_model
            models = [
                self._open(self._settings, name)
                for name in (self._settings.stt_model, small)[: 2 if small else 1]
            ]
            for model in models:  # the first sound takes longest: better now than in a call
                model.recognise(np.zeros(RATE, dtype=np.float32), Listen(words=False))
            self._is_demonstration = getattr(models[0], "is_demonstration", False) or (
                self._may_be_bundled and uses_bundled_model(self._settings)
            )
            scheduler = Scheduler(models[0], models[1] if small else None, self._settings.stt_workers)
            log.info(
                "speech.ready",
                model=scheduler.recogniser.name,
                seconds=round(time.perf_counter() - began, 1),
                is_demonstration=self.is_demonstration,
            )
        except SangdamError as error:
            fault = str(error)
        except Exception as error:  # noqa: BLE001 (whatever a model does, the server goes on)
            fault = f"the speech model cannot be opened ({type(error).__name__}); check SANGDAM_STT_MODEL"
        with self._changed:
            if fault:
                log.error("speech.off", reason=fault)
                self._failed_at = time.monotonic()
            self._scheduler, self._fault, self._opening = scheduler, fault, None
            self._changed.notify_all()
        if self._closed and scheduler is not None:
            scheduler.close()


def uses_bundled_model(settings: Settings) -> bool:
    """No model is named and none was promoted: the demonstration model is heard with."""
    from stt.engines import models_of

    if settings.stt_engine in ("none", "remote") or settings.stt_model:
        return False
    return models_of(settings.home).live() is None


def _open(settings: Settings, model: str) -> Recogniser:
    """Raises `NotReady`, `BadSetting` or `EngineDown`."""
    from stt.engines import open_recogniser  # brings no engine with it, but its own time

    return open_recogniser(
        settings.stt_engine,
        model,
        device=settings.stt_device,
        compute=settings.stt_compute,
        url=settings.stt_url,
        key=settings.stt_key,
        home=settings.home,
        workers=settings.stt_workers,
    )


class LiveLexicon:
    """The terms of the city and of the published knowledge, built in the background."""

    def __init__(
        self, version: Callable[[], int | None], entries: Callable[[int], Sequence[ConsultationEntry]]
    ) -> None:
        """`version` gives the live version, `entries` those of one."""
        self._version = version
        self._entries = entries
        self._built: tuple[int | None] | None = None
        self._corrector: TermCorrector | None = None

    @property
    def corrector(self) -> TermCorrector | None:
        """The newest; None until the first is built."""
        return self._corrector

    def follow(self) -> None:
        """Build it from what is published now, if that has changed; the old one stays in use meanwhile."""
        version = self._version()
        if self._built != (version,):
            entries = self._entries(version) if version is not None else ()
            self._corrector = TermCorrector.of_seoul(terms_of(entries), words_of(entries))
            self._built = (version,)
