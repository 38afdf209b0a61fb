"""A package shows the names that its documentation teaches, and no others."""

from __future__ import annotations

import importlib
import inspect

import pytest

DOCUMENTED = {
    "assistant": ["Call", "draft", "edit_distance"],
    "analytics": ["comparer", "review"],
    "abuse_filter": ["AbuseFilter", "next_step"],
    "retrieval": ["Retriever"],
}


@pytest.mark.parametrize("package", DOCUMENTED)
def test_a_package_shows_exactly_its_documented_names(package: str):
    module = importlib.import_module(package)
    shown = sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    )
    assert sorted(module.__all__) == shown == DOCUMENTED[package]


@pytest.mark.parametrize("package", DOCUMENTED)
def test_each_of_them_says_what_it_is(package: str):
    module = importlib.import_module(package)
    assert module.__doc__
    for name in module.__all__:
        assert getattr(module, name).__doc__, name
