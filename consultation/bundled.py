"""Where the files that ship with the program lie.

The wheel carries them inside this package; a checkout keeps them beside their recipe. Nothing
else in the program may guess a path.
"""

from __future__ import annotations

from pathlib import Path

from consultation.errors import NotReady

_PACKAGE = Path(__file__).parent / "bundled_files"
_CHECKOUT = Path(__file__).parent.parent

# name -> place in a checkout; pyproject.toml puts the same names under bundled_files in the wheel
PLACES = {
    "encoder": "models/encoder/live",
    "abuse": "models/abuse/live",
    "whisper": "models/whisper/live",
    "calls": "data/speech/calls",
    "samples": "data/samples",
}


def bundled(name: str) -> Path:
    """The folder of a model or sample that ships with the program."""
    for folder in (_PACKAGE / name, _CHECKOUT / PLACES[name]):
        if folder.is_dir():
            return folder
    raise NotReady(f"the bundled {name} is missing; install the wheel again, or run from a full checkout")
