"""The pages' sources keep the promises of the content security policy, and speak our own vocabulary."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from consultation.districts import DISTRICTS
from consultation.types import ARS_CODES, FIELDS, FOLLOW_UPS, AbuseStep, Channel, Speaker, Stage, Urgency

ROOT = Path(__file__).parents[3]
FOLDERS = {name: ROOT / name / "web" for name in ("server", "assistant", "retrieval")}
PAGES = sorted(path for folder in FOLDERS.values() for path in folder.glob("*.html"))
SCRIPTS = sorted(path for folder in FOLDERS.values() for path in folder.glob("*.js"))
STYLES = sorted(path for folder in FOLDERS.values() for path in folder.glob("*.css"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def constant(text: str, called: str) -> object:
    """The JSON-like value of a constant in vocabulary.js."""
    match = re.search(rf"export const {called} = (.*?);\n", text, re.DOTALL)
    assert match, called
    value = re.sub(r"([{,]\s*)(\w+):", r'\1"\2":', match[1])
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", value))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_no_inline_script_style_or_foreign_address(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_never_turns_text_into_markup_or_code(path: Path) -> None:
    text = path.read_text()
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
    )
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS, *STYLES], ids=name)
def test_every_static_file_that_is_named_exists(path: Path) -> None:
    named = re.findall(r'"/static/(server|assistant|retrieval)/([^"]+)"', path.read_text())
    assert [file for folder, file in named if not (FOLDERS[folder] / file).is_file()] == []
    if path.suffix == ".js":
        near = re.findall(r'from "\./([^"]+)"', path.read_text())
        assert [file for file in near if not (path.parent / file).is_file()] == []


def test_forms_offer_the_same_words_as_the_types() -> None:
    text = (FOLDERS["assistant"] / "vocabulary.js").read_text()
    assert constant(text, "FIELDS") == list(FIELDS)
    assert constant(text, "FOLLOW_UPS") == list(FOLLOW_UPS)
    assert constant(text, "ARS_CODES") == [[code, words] for code, words in ARS_CODES.items()]
    assert constant(text, "DISTRICTS") == sorted(DISTRICTS)
    assert [key for key, _ in constant(text, "URGENCIES")] == [urgency.value for urgency in Urgency]  # type: ignore[attr-defined]
    assert list(constant(text, "STAGES")) == [stage.value for stage in Stage]  # type: ignore[call-overload]
    assert list(constant(text, "CHANNELS")) == [channel.value for channel in Channel]  # type: ignore[call-overload]
    assert list(constant(text, "SPEAKERS")) == [speaker.value for speaker in Speaker]  # type: ignore[call-overload]
    assert [key for key, _ in constant(text, "STEPS")] == [step.value for step in AbuseStep][1:]  # type: ignore[attr-defined]
