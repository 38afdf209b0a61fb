from __future__ import annotations

import socket
from pathlib import Path

import pytest

from assistant.doors.announced import Announced
from assistant.doors.listeners import Listeners, address_of, door_networks
from consultation.errors import BadSetting, NotReady
from consultation.settings import Settings
from tests.assistant.doors.fake_hearing import FakeHearing
from tests.assistant.doors.sip_house import some_ports
from tests.assistant.doors.siprec_client import Client


def listeners(home: Path, **settings: str) -> Listeners:
    made = Settings(home=home, **settings)  # type: ignore[arg-type]
    return Listeners(made, FakeHearing().real, Announced(), lambda _: False)


async def test_nothing_is_open_by_default(tmp_path: Path) -> None:
    async with listeners(tmp_path).open() as opened:
        assert opened.audiosocket is None
        assert opened.siprec is None


async def test_what_the_settings_name_is_open_while_the_server_runs(tmp_path: Path) -> None:
    doors = listeners(tmp_path, audiosocket="127.0.0.1:0", siprec="127.0.0.1:0", rtp_ports=some_ports())
    async with doors.open() as opened:
        assert opened.audiosocket is not None
        assert opened.siprec is not None
        audiosocket, siprec = opened.audiosocket.port, opened.siprec.port
        socket.create_connection(("127.0.0.1", audiosocket), 5).close()
        client = await Client(("127.0.0.1", siprec)).open()
        assert (await client.ask("OPTIONS")).status == 200
        client.close()
    for port in (audiosocket, siprec):
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), 5)


@pytest.mark.parametrize("door", ["audiosocket", "siprec"])
async def test_a_port_that_is_taken_stops_the_start_and_says_which(tmp_path: Path, door: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        doors = listeners(tmp_path, **{door: f"127.0.0.1:{taken.getsockname()[1]}"})
        with pytest.raises(NotReady, match=f"SANGDAM_{door.upper()}"):
            async with doors.open():
                pass


def test_addresses_are_host_and_port() -> None:
    assert address_of("X", " 10.0.0.7:9092 ") == ("10.0.0.7", 9_092)
    assert address_of("X", "[::1]:5070") == ("::1", 5_070)
    assert address_of("X", "pbx.invalid:1") == ("pbx.invalid", 1)


@pytest.mark.parametrize("value", ["9092", ":9092", "host", "host:", "host:99999", "http://host:1", "a b:1"])
def test_what_is_no_address_is_refused_by_its_name(value: str) -> None:
    with pytest.raises(BadSetting, match="SANGDAM_AUDIOSOCKET"):
        address_of("SANGDAM_AUDIOSOCKET", value)


def test_networks_are_named() -> None:
    assert door_networks("loopback, private") == {"loopback", "private"}
    with pytest.raises(BadSetting, match="SANGDAM_DOOR_NETWORKS"):
        door_networks("loopback, intranet")
