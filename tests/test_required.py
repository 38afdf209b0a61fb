"""A machine that lacks an engine skips its tests and says why; continuous integration fails instead."""

from __future__ import annotations

import json

import pytest

from tests.required import library, missing


def test_without_the_promise_it_is_a_skip_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Java"):
        missing("no Java")
    with pytest.raises(pytest.skip.Exception, match=r"sangdam\[neural\]"):
        library("no_such_module", extra="neural")


def test_with_the_promise_it_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="no Java"):
        missing("no Java")
    with pytest.raises(pytest.fail.Exception, match=r"sangdam\[neural\]"):
        library("no_such_module", extra="neural")


def test_what_is_there_is_handed_over() -> None:
    assert library("json", extra="none") is json
