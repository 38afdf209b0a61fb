"""What the documents say is true: README code runs, settings, verbs and errors are documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from consultation import errors
from consultation.settings import Settings
from server.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.S)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][:40])
def test_the_code_in_the_readme_runs(block: str, tmp_path: Path) -> None:
    if "var/knowledge" in block:
        prepare = (
            "from pathlib import Path\n"
            "from consultation.bundled import bundled\n"
            "from consultation.versions import Versions\n"
            "from retrieval.encoder import open_encoder\n"
            "from retrieval.entries import read_entries\n"
            "from retrieval.snapshot import build_snapshot\n"
            "from retrieval.tokens import open_analyser\n"
            "versions = Versions(Path('var/knowledge'))\n"
            "with versions.draft() as (number, folder):\n"
            "    build_snapshot(folder, read_entries(bundled('samples') / 'knowledge.csv'),\n"
            "        analyser=open_analyser('kiwi'), encoder=open_encoder(''), version=number, previous=None)\n"
            "versions.promote(number)\n"
        )
        block = prepare + block
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_error_stands_in_the_tree_that_its_module_draws() -> None:
    tree = errors.__doc__ or ""
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert re.search(rf"\b{name}\b", tree), name


def test_every_noun_of_the_command_line_is_in_the_readme() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name in commands:
        assert f"sangdam {name}" in README, name


def test_every_setting_in_the_readme_exists() -> None:
    for name in re.findall(r"`SANGDAM_([A-Z_]+)(?:=[^`]*)?`", README):
        assert name.lower() in Settings.model_fields, name


def test_the_documents_name_no_machine_path() -> None:
    for document in ROOT.glob("*.md"):
        assert not re.search(r"/(work|root|tmp)/", document.read_text(encoding="utf-8")), document
