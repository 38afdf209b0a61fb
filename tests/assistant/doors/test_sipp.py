"""SIPp, a SIP client that is not ours, against the user agent: both layouts, UDP and TCP, many at once."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from stt.g711 import decode_mulaw, encode_mulaw
from tests.assistant.doors.rtp_network import counted, spoken
from tests.assistant.doors.sip_house import House, house, source, until
from tests.assistant.doors.siprec_client import OLDER, RFC_7865, metadata
from tests.required import missing

SCENARIOS = Path(__file__).parent / "sipp"


def scenario(name: str, folder: Path, xml: str, talk: float) -> Path:
    """A scenario with its metadata filled in, and how long the call lasts."""
    text = (SCENARIOS / f"{name}.xml").read_text("utf-8")
    made = folder / f"{name}.xml"
    made.write_text(text.replace("@METADATA@", xml).replace("@TALK@", str(round(talk * 1_000))), "utf-8")
    return made


async def sipp(here: House, made: Path, *options: str) -> asyncio.subprocess.Process:
    program = shutil.which("sipp")
    if program is None:
        missing("SIPp is not installed (sipp); Debian: apt-get install sip-tester")
    return await asyncio.create_subprocess_exec(
        program,
        f"127.0.0.1:{here.server.port}",
        *("-sf", str(made), "-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-trace_err", "-trace_logs"),
        *("-log_file", "log", "-error_file", "errors"),
        *options,
        cwd=made.parent,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def done(process: asyncio.subprocess.Process, folder: Path) -> None:
    """SIPp ends with 0 when every call went as its scenario says."""
    async with asyncio.timeout(60):
        code = await process.wait()
    errors = folder / "errors"
    assert code == 0, errors.read_text(errors="replace")[-2_000:] if errors.exists() else code


@pytest.mark.parametrize("transport", ["u1", "t1"])
@pytest.mark.parametrize("layout", [RFC_7865, OLDER])
async def test_a_recording_by_sipp_is_heard_from_its_beginning_to_its_end(
    tmp_path: Path, transport: str, layout: str
) -> None:
    sound = counted(0.6)
    async with house(t1=0.5) as here:
        made = scenario("recording", tmp_path, metadata(layout), talk=1.5)
        process = await sipp(here, made, "-t", transport, "-m", "1")
        await until(lambda: here.agent.sessions)
        await until(lambda: (tmp_path / "log").exists() and "port" in (tmp_path / "log").read_text())
        found = re.search(r"port (\d+)", (tmp_path / "log").read_text())
        assert found
        with source() as send:
            await send(int(found[1]), spoken(sound))
        await done(process, tmp_path)
        await until(lambda: here.call.farewell)
        assert here.call.farewell == "ended"
        assert here.call.line.agent == "7001"
        assert np.array_equal(here.call.frames(0), decode_mulaw(encode_mulaw(sound)))
        assert here.call.frames(1).size == 0


async def test_fifty_recordings_at_once_each_get_ports_of_their_own(tmp_path: Path) -> None:
    async with house(t1=0.5, ports=220) as here:
        made = scenario("recording", tmp_path, metadata(session="[call_id]"), talk=2.0)
        process = await sipp(here, made, "-m", "50", "-r", "50", "-l", "50")
        await until(lambda: len(here.hearing.calls) == 50)
        await done(process, tmp_path)
        await until(lambda: all(call.farewell == "ended" for call in here.hearing.calls))
        assert len({call.line.key for call in here.hearing.calls}) == 50
        assert here.agent.sessions == 0
