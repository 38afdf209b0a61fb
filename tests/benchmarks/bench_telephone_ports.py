"""What does a packet of 20 ms cost at the AudioSocket and the SIPREC port, and do 50 sessions at once hold?

Method: (1) one packet at a time, in memory: an RTP packet in order, and over a bad network (2 % lost, 50 ms
jitter, 2 % twice), from datagram to sound with its place; an AudioSocket packet from bytes to sound with its
place; beside each the least that could be done with it (header cut off, samples decoded, no order, no times).
(2) over real sockets: 50 SIPREC sessions with two streams each, and 50 AudioSocket connections, played in
real time by another process; processor time of the server's process, and what arrived. Behind the doors
stands a hub that only keeps the sound, so that what is measured is the doors.

Command: python tests/benchmarks/bench_telephone_ports.py --seconds 20
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import socket
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assistant.doors.announced import Announced
from assistant.doors.arrival import Arrivals
from assistant.doors.audiosocket import CallId, PacketReader, Sound, write_packet
from assistant.doors.audiosocket_server import AudioSocketServer
from assistant.doors.jitter import RtpStream
from assistant.doors.rtp import write_packet as write_rtp
from stt.audio import decode_pcm16
from stt.g711 import decode_mulaw
from tests.assistant.doors.fake_hearing import FakeHearing
from tests.assistant.doors.rtp_network import bad_network, counted, on_time, spoken
from tests.assistant.doors.sip_house import house
from tests.assistant.doors.siprec_client import Client, metadata, offer, ports_of

SOURCE = ("127.0.0.1", 40_000)


def microseconds(work: Callable[[], int]) -> float:
    """Processor time for one of the packets that `work` handles; the best of five runs."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        count = work()
        best = min(best, (time.process_time() - start) / count)
    return round(best * 1e6, 1)


def in_memory() -> dict[str, float]:
    sound = counted(60.0)
    packets = on_time(spoken(sound))
    bad = bad_network(packets, 1, loss=0.02, jitter=0.05, twice=0.02)
    blocks = [write_packet(Sound(sound[at : at + 160], 8_000)) for at in range(0, len(sound), 160)]

    def rtp(sent: list[tuple[bytes, float]]) -> int:
        stream = RtpStream(0, {0: decode_mulaw}, frozenset(), 0.0)
        for data, moment in sent:
            stream.push(data, SOURCE, moment)
        return len(sent)

    def bare_rtp() -> int:
        for data, _ in packets:
            decode_mulaw(data[12:])
        return len(packets)

    def audiosocket() -> int:
        reader, arrivals = PacketReader(), Arrivals[Any](0.0, counts=True)
        for number, block in enumerate(blocks):
            for packet in reader.push(block):
                assert isinstance(packet, Sound)
                arrivals.push(packet.samples, 0.02 * number, 0.02, 0.02 * (number + 1))
        return len(blocks)

    def bare_audiosocket() -> int:
        for block in blocks:
            decode_pcm16(block[3:])
        return len(blocks)

    return {
        "rtp": microseconds(lambda: rtp(packets)),
        "rtp_bad_network": microseconds(lambda: rtp(bad)),
        "rtp_bare": microseconds(bare_rtp),
        "audiosocket": microseconds(audiosocket),
        "audiosocket_bare": microseconds(bare_audiosocket),
    }


def play_rtp(ports: list[int], seconds: float) -> None:
    """In a process of its own: each port gets its stream in real time."""
    packets = [write_rtp(packet) for packet in spoken(counted(seconds))]
    senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in ports]
    start = time.monotonic()
    for number, data in enumerate(packets):
        time.sleep(max(0.0, start + 0.02 * number - time.monotonic()))
        for sender, port in zip(senders, ports, strict=True):
            sender.sendto(data, ("127.0.0.1", port))


def play_audiosocket(port: int, count: int, seconds: float) -> None:
    sound = counted(seconds)
    blocks = [write_packet(Sound(sound[at : at + 160], 8_000)) for at in range(0, len(sound), 160)]
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for number, connection in enumerate(connections):
        connection.sendall(write_packet(CallId(f"00000000-0000-4000-8000-{number:012d}")))
    start = time.monotonic()
    for number, block in enumerate(blocks):
        time.sleep(max(0.0, start + 0.02 * number - time.monotonic()))
        for connection in connections:
            connection.sendall(block)


async def measured(hearing: FakeHearing, work: Callable[..., None], *arguments: Any) -> float:
    """Processor seconds of this process while another does the work, until no more sound comes."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    process.start()
    start = time.process_time()
    while process.is_alive():
        await asyncio.sleep(0.1)
    heard = -1
    while heard != (now := sum(len(call.pieces) for call in hearing.calls)):
        heard = now
        await asyncio.sleep(1.0)
    return time.process_time() - start


def told(hearing: FakeHearing, seconds: float, streams: int, spent: float) -> dict[str, float]:
    heard = sum(len(pcm) for call in hearing.calls for _, pcm, _ in call.pieces) / 8_000
    places = [at for call in hearing.calls for _, _, at in call.pieces[-1:] if at is not None]
    return {
        "streams": streams,
        "share_of_one_core": round(spent / seconds, 3),
        "us_per_packet": round(spent / (streams * seconds * 50) * 1e6, 1),
        "heard": round(heard / (streams * seconds), 4),
        "last_frame_off_by_s": round(max(abs(at + 0.02 - seconds) for at in places), 3),
    }


async def siprec(count: int, seconds: float) -> dict[str, float]:
    async with house(ports=8 * count, t1=0.5, soundless=600.0) as here:
        ports: list[int] = []
        for number in range(count):
            client = await Client(("127.0.0.1", here.server.port), "TCP").open()
            here.clients.append(client)
            ports += ports_of(await client.invite(offer(), metadata(session=f"s{number}")))
        spent = await measured(here.hearing, play_rtp, ports, seconds)
        for call in here.hearing.calls:  # times run from the start of the session
            first = min(at for _, _, at in call.pieces if at is not None)
            call.pieces = [(channel, pcm, (at or 0.0) - first) for channel, pcm, at in call.pieces]
        return told(here.hearing, seconds, 2 * count, spent)


async def audiosocket(count: int, seconds: float) -> dict[str, float]:
    hearing = FakeHearing()
    server = AudioSocketServer(hearing.real, Announced(), frozenset({"loopback"}))
    await server.listen("127.0.0.1", 0)
    spent = await measured(hearing, play_audiosocket, server.port, count, seconds)
    await server.close()
    return told(hearing, seconds, count, spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--sessions", type=int, default=50)
    given = parser.parse_args()
    result = {
        "us_per_packet_in_memory": in_memory(),
        "siprec": asyncio.run(siprec(given.sessions, given.seconds)),
        "audiosocket": asyncio.run(audiosocket(given.sessions, given.seconds)),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
