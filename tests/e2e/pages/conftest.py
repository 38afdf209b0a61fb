"""axe-core, which judges a page's accessibility; the build step brings it at its pinned version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from consultation.errors import EngineDown, NotReady
from server import vendor
from tests.required import missing

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Violations = Callable[[Page], list[tuple[str, list[Any]]]]


@pytest.fixture(scope="session")
def violations() -> Violations:
    """What axe finds wrong on a page: (rule, elements)."""
    try:
        vendor.bring(vendor.TESTS_FOLDER, vendor.TESTS, development=True)
    except (EngineDown, NotReady) as error:
        missing(f"axe-core could not be brought: {error}")
    source = (vendor.TESTS_FOLDER / "axe/axe.min.js").read_text()

    def judge(page: Page) -> list[tuple[str, list[Any]]]:
        page.evaluate(source)
        found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)["violations"]
        return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]

    return judge
