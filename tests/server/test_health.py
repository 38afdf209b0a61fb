"""Every engine is asked, and whatever it answers is a finding."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consultation.errors import NotReady
from server import health
from server.health import Finding, examine
from server.speech import Speech
from stt.recogniser import Recogniser
from tests.server.conftest import House

CLOSED = "127.0.0.1:9"  # the discard port, where nothing listens


def test_all_engines_of_a_running_house_are_well(house: House) -> None:
    findings = examine(house.engines)
    assert set(findings) == {"store", "knowledge", "search", "abuse filter", "bus", "jobs", "speech", "disk"}
    assert all(finding.ok for finding in findings.values()), findings
    answer = house.client.get("/health")
    assert (answer.status_code, answer.json()["engines"]["jobs"]) == (200, True)


class Broken:
    """An engine that fails with its library's own error."""

    name = "broken"

    def detect(self, text: str, context: Any = ()) -> Any:
        raise RuntimeError(f"CUDA error near {text}")


def test_an_engine_that_fails_in_its_own_way_is_a_finding(house: House) -> None:
    findings = examine(dataclasses.replace(house.engines, abuse=Broken()))
    assert findings["abuse filter"] == Finding(False, "failed (RuntimeError)")
    assert findings["store"].ok


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"redis://{CLOSED}/0", "event not sent"),
        (f"postgresql://nobody@{CLOSED}/x", "PostgreSQL does not answer"),
        ("carrier-pigeon:", "carrier-pigeon"),
    ],
)
def test_a_bus_that_cannot_be_reached_is_named(house: House, url: str, said: str) -> None:
    settings = house.engines.settings.model_copy(update={"bus_url": url})
    found = examine(dataclasses.replace(house.engines, settings=settings))["bus"]
    assert not found.ok
    assert said in found.text


def test_a_bus_on_another_machine_is_asked(house: House, redis_url: str) -> None:
    settings = house.engines.settings.model_copy(update={"bus_url": redis_url})
    assert examine(dataclasses.replace(house.engines, settings=settings))["bus"] == Finding(
        True, "answers (redis)"
    )


def _nonsense(folder: Path) -> str:
    (folder / "jobs.db").write_bytes(b"nonsense " * 200)
    return f"sqlite:///{folder / 'jobs.db'}"


@pytest.mark.parametrize(
    ("url", "ok", "said"),
    [
        (lambda folder: f"sqlite:///{folder / 'none.db'}", True, "not used yet"),
        (_nonsense, False, "cannot be used"),
        (lambda folder: f"postgresql://nobody@{CLOSED}/x", False, "SANGDAM_JOBS_URL"),
    ],
)
def test_the_job_database_is_opened(
    house: House, tmp_path: Path, url: Callable[[Path], str], ok: bool, said: str
) -> None:
    settings = house.engines.settings.model_copy(update={"jobs_url": url(tmp_path)})
    found = examine(dataclasses.replace(house.engines, settings=settings))["jobs"]
    assert (found.ok, said in found.text) == (ok, True), found


def test_findings_hold_for_three_seconds() -> None:
    now, asked = [100.0], []

    def ask() -> dict[str, Finding]:
        asked.append(now[0])
        return {"store": Finding(True, str(len(asked)))}

    recent = health.Recent(ask, clock=lambda: now[0])
    assert recent() == recent()
    now[0] += 2.9
    assert recent()["store"].text == "1"
    now[0] += 0.1
    assert recent()["store"].text == "2"
    assert asked == [100.0, 103.0]


def test_a_damaged_speech_model_is_named_and_keeps_nobody_from_working(house: House) -> None:
    def damaged(*_: object) -> Recogniser:
        raise NotReady("the speech model is damaged: its digest is not the manifest's; copy it again")

    without = dataclasses.replace(house.engines, speech=Speech(house.engines.settings, damaged))
    finding = examine(without)["speech"]
    assert not finding.ok
    assert not finding.vital  # load balancers still send calls here
    assert "copy it again" in finding.text


def test_the_bundled_speech_model_says_that_it_understands_no_human_voice(house: House) -> None:
    house.engines.speech.scheduler()
    finding = examine(house.engines)["speech"]
    assert finding.ok, finding.text
    assert "NOT human voices" in finding.text
    assert "SANGDAM_STT_MODEL" in finding.text
