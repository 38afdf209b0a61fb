"""The built wheel works outside the checkout: pages, models, samples and migrations are in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TRY_IT = """
import consultation, sys
assert "site" in consultation.__file__, consultation.__file__
from pathlib import Path
from consultation.settings import Settings
from server.app import create_app
from server.demo_home import prepare
from server.engines import build
settings = Settings(home=Path("home"), demo=True)
engines = build(settings)
assert prepare(engines) == 1
ranking = engines.searcher.search("여권을 잃어버렸어요")
assert "여권" in ranking[0].entry.question
assert engines.abuse.detect("시발점이 어디예요").severity == 0
assert len(create_app(settings, engines=engines).routes) > 5
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked as an installer would, without its dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_no_tests_recipes_or_caches(site: Path) -> None:
    top = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}
    assert top == {
        "consultation", "stt", "retrieval", "abuse_filter", "complaints",
        "assistant", "chatbot", "analytics", "server",
    }  # fmt: skip
    assert not list(site.rglob("__pycache__"))
    assert (site / "server/web/vendor/manifest.json").is_file()


def test_the_product_runs_from_the_wheel_alone(site: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SANGDAM_")}
    done = subprocess.run(
        [sys.executable, "-c", TRY_IT],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]
