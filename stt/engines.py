"""Which engine hears: chosen by settings, one of three, all behind `stt.recogniser.Recogniser`."""

from __future__ import annotations

from pathlib import Path

from consultation.bundled import bundled
from consultation.errors import BadSetting
from consultation.versions import Versions
from stt.recogniser import Recogniser

ENGINES = ("ctranslate2", "whisper", "remote")


def open_recogniser(
    engine: str = "ctranslate2",
    model: str = "",
    *,
    device: str = "auto",
    compute: str = "int8",
    url: str = "",
    key: str = "",
    home: Path | None = None,
    workers: int = 1,
    threads: int = 0,
) -> Recogniser:
    """The recogniser of these settings, loaded and ready.

    `model`: a name, a file, or a folder, which may be a version's, with `ctranslate2/` and `model.pt` in it.
    Empty: the version promoted under `home`, else the bundled one. `threads`: CPU threads of a decoding;
    0: as many as there are cores for each of the `workers`. Raises `BadSetting`, `NotReady` for a model that
    is missing or damaged, `MissingExtra`.
    """
    if engine == "remote":
        from stt.remote import RemoteRecogniser

        return RemoteRecogniser(url, model, key)
    if engine == "whisper":
        from stt.openai_whisper import OpenAIWhisperRecogniser

        return OpenAIWhisperRecogniser.open(model or str(_default(home)), device, threads=threads)
    if engine == "ctranslate2":
        from stt.ctranslate import CTranslateRecogniser

        folder = Path(model) if model else _default(home)
        if (folder / "ctranslate2").is_dir():
            folder /= "ctranslate2"
        return CTranslateRecogniser.open(folder, device, compute, workers=workers, threads=threads)
    raise BadSetting(f"{engine!r} is no speech engine; known are {', '.join(ENGINES)}")


def models_of(home: Path) -> Versions:
    """Numbered speech models; each holds `ctranslate2/` and, where it was trained here, `model.pt`."""
    return Versions(home / "models" / "whisper")


def _default(home: Path | None) -> Path:
    """The promoted model, else the one that ships with the program."""
    if home is not None:
        versions = models_of(home)
        if (live := versions.live()) is not None:
            return versions.path(live)
    return bundled("whisper")
