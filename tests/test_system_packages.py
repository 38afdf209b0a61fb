"""What `make` does about missing programs, with an apt-get that only writes down what it was asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "system_packages.sh"
ROOT = SCRIPT.parents[1]
APT = """#!/bin/sh
echo "$@" >> "$APT_CALLS"
for refused in $APT_REFUSES; do
  for word in "$@"; do [ "$word" != "$refused" ] || { echo "E: cannot be had" >&2; exit 100; }; done
done
"""


class Machine:
    """A PATH with the shell's own tools, and no program that the tests drive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        for tool in ("sh", "env", "ls", "grep"):
            (folder / tool).symlink_to(str(shutil.which(tool)))
        self.program("id", "#!/bin/sh\necho 0\n")
        self.program("apt-get", APT)

    def program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def run(self, *words: str, refuses: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(SCRIPT), *words],
            env={"PATH": str(self.folder), "APT_CALLS": str(self.calls), "APT_REFUSES": refuses},
            capture_output=True,
            text=True,
        )

    def asked(self) -> list[str]:
        return [line.split()[-1] for line in self.calls.read_text().splitlines() if "install" in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_is_missing_is_installed_java_too(machine: Machine) -> None:
    done = machine.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert {"redis-server", "chromium", "default-jre-headless", "fonts-nanum"} <= set(machine.asked())
    assert "missing" not in done.stdout


def test_a_package_that_cannot_be_had_ends_in_one_line_and_stops_nothing(machine: Machine) -> None:
    done = machine.run(refuses="redis-server update")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if "missing" in line] == [
        "missing: redis-server — ask an administrator: apt-get install redis-server "
        "(tests that need them are skipped and say so, or fail with REQUIRE_SERVICES=1)"
    ]
    assert "default-jre-headless" in machine.asked()


def test_where_chromium_is_no_package_the_other_name_is_tried(machine: Machine) -> None:
    done = machine.run(refuses="chromium")
    assert machine.asked()[machine.asked().index("chromium") + 1] == "chromium-browser"
    assert "missing" not in done.stdout


def test_a_stub_that_only_names_a_snap_is_no_chromium(machine: Machine) -> None:
    machine.program("chromium-browser", "#!/bin/sh\necho 'snap install chromium' >&2\nexit 1\n")
    machine.run()
    assert "chromium" in machine.asked()


def test_programs_that_are_there_are_left_alone(machine: Machine) -> None:
    for name in ("initdb", "redis-server", "google-chrome", "java", "espeak-ng", "sipp"):
        machine.program(name, "#!/bin/sh\n")
    machine.program("fc-list", "#!/bin/sh\necho NanumGothic\n")
    done = machine.run(refuses="update")
    assert (done.returncode, done.stdout) == (0, "")
    assert not machine.calls.exists()


def test_venv_has_its_own_sentence_and_fails_when_it_cannot_be_had(machine: Machine) -> None:
    assert machine.run("venv").stdout == "installing: python3-venv\n"
    refused = machine.run("venv", refuses="python3-venv")
    assert refused.returncode == 1
    assert refused.stdout.endswith(
        "missing: python3-venv — ask an administrator: apt-get install python3-venv "
        "(python3 -m venv does not work without it)\n"
    )


def test_make_goes_on_when_the_first_venv_works(tmp_path: Path) -> None:
    """`a || b && c` would make it twice."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@" >> "$CALLS"\n')
    python.chmod(0o755)
    calls = tmp_path / "calls"
    venv = tmp_path / "venv"
    subprocess.run(
        ["make", "-C", str(ROOT), f"{venv}/bin/pip", f"VENV={venv}", f"PYTHON={python}"],
        env={**os.environ, "CALLS": str(calls)},
        check=True,
        capture_output=True,
    )
    assert [line for line in calls.read_text().splitlines() if "venv" in line] == [f"-m venv {venv}"]
