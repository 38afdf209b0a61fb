"""What a test needs and a machine may lack: skipped with the reason, or failed with REQUIRE_SERVICES=1."""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """End the test here."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def library(name: str, *, extra: str) -> ModuleType:
    """The module of that name, which the extra brings."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing(f"{name} cannot be imported ({error}); pip install 'sangdam[{extra}]'")
