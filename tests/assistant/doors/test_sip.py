"""A recording client over real sockets, against the user agent."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.doors.roles import AgentNumbers
from assistant.doors.rtp_ports import RtpPorts
from assistant.doors.sip import UserAgent
from assistant.doors.sip_message import Message, MessageStream, parse_message
from assistant.hearing import Line
from consultation.errors import BadInput, EngineDown, Refused, SangdamError
from consultation.types import Speaker
from stt.g711 import decode_mulaw, encode_mulaw
from tests.assistant.doors.fake_hearing import FakeCall, FakeHearing
from tests.assistant.doors.rtp_network import counted, spoken
from tests.assistant.doors.sip_house import LOOPBACK, house, play, some_ports, source, until
from tests.assistant.doors.siprec_client import OLDER, RFC_7865, Client, metadata, mixed, offer, ports_of

BOTH = (Speaker.CITIZEN, Speaker.AGENT)
SOUND = counted(1.0)
AS_HEARD = decode_mulaw(encode_mulaw(SOUND))


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
@pytest.mark.parametrize("layout", [RFC_7865, OLDER])
async def test_a_recorded_call_is_heard_with_a_speaker_on_each_stream(transport: str, layout: str) -> None:
    async with house() as here:
        client = await here.client(transport)
        answer = await client.invite(offer(("7", "9")), metadata(layout, labels=("9", "7")))
        assert answer.status == 200, answer
        assert here.call.line == Line("siprec", "hVpd7YQgRW2nD22h7q60JQ==", "7001", BOTH, 8_000)
        agent_port, citizen_port = ports_of(answer)
        await play(agent_port, SOUND)
        await play(citizen_port, SOUND[::-1].copy())
        await until(lambda: len(here.call.pieces) == 100)
        assert (await client.ask("BYE")).status == 200
        await until(lambda: here.call.farewell)
        assert here.call.farewell == "ended"
        for channel, sound in ((1, AS_HEARD), (0, decode_mulaw(encode_mulaw(SOUND[::-1])))):
            assert np.array_equal(here.call.frames(channel), sound)
        assert here.agent.sessions == 0


async def test_the_answer_wants_each_stream_at_a_port_of_ours_and_sends_nothing() -> None:
    async with house() as here:
        client = await here.client()
        client.send_bytes(
            client.write(
                "INVITE",
                "Require: siprec",
                "Record-Route: <sip:p.invalid;lr>",
                body=mixed(offer(), metadata()),
            )
        )
        assert (await client.answer(final=False)).status == 100
        answer = await client.answer()
        assert answer.status == 200
        assert answer.to_tag
        assert answer.all("record-route") == ["<sip:p.invalid;lr>"]
        assert "+sip.srs" in answer.get("contact")
        assert "siprec" in answer.listed("supported")
        assert f";rport={client.local[1]}" in answer.get("via")
        assert ";received=127.0.0.1" in answer.get("via")
        lines = answer.body.decode().split("\r\n")
        assert lines.count("a=recvonly") == 2
        assert [line for line in lines if line.startswith("a=label")] == ["a=label:1", "a=label:2"]
        assert [line.split(maxsplit=2)[2] for line in lines if line[:2] == "m="] == ["RTP/AVP 0 101"] * 2
        assert all(port % 2 == 0 for port in ports_of(answer))


async def test_the_answer_is_repeated_until_it_is_acknowledged() -> None:
    async with house() as here:
        client = await here.client()
        client.send_bytes(client.write("INVITE", "Require: siprec", body=mixed(offer(), metadata())))
        first = await client.answer()
        assert [await client.answer(), await client.answer()] == [first, first]
        client.to_tag = first.to_tag
        client.acknowledge()
        await asyncio.sleep(0.3)
        while not client.answers.empty():
            client.answers.get_nowait()
        await asyncio.sleep(0.5)
        assert client.answers.empty()
        assert here.agent.sessions == 1


async def test_a_session_whose_answer_is_never_acknowledged_is_ended() -> None:
    async with house(t1=0.01) as here:
        client = await here.client()
        client.send_bytes(client.write("INVITE", "Require: siprec", body=mixed(offer(), metadata())))
        await until(lambda: here.hearing.calls and here.call.farewell)
        assert here.call.farewell == "dropped"
        assert here.agent.sessions == 0
        while (got := await client.answer()).method != "BYE" or got.status:
            pass
        assert got.call_id == client.call_id
        assert got.from_tag
        assert got.to_tag == client.tag


async def test_an_invite_that_comes_again_begins_nothing_new() -> None:
    async with house(t1=0.5) as here:
        client = await here.client()
        invite = client.write("INVITE", "Require: siprec", body=mixed(offer(), metadata()))
        client.send_bytes(invite)
        client.send_bytes(invite)
        first = await client.answer()
        client.send_bytes(invite)
        assert await client.answer() == first
        assert len(here.hearing.calls) == 1
        assert here.agent.sessions == 1


async def test_the_same_invite_over_another_way_is_a_loop() -> None:
    async with house() as here:
        client = await here.client()
        await client.invite()
        client.to_tag = ""
        client.send_bytes(
            client.write("INVITE", "Require: siprec", body=mixed(offer(), metadata()), sequence=1)
        )
        assert (await client.answer()).status == 482


async def test_one_stream_with_both_on_it_is_honestly_mixed() -> None:
    async with house() as here:
        client = await here.client()
        both = metadata(labels=("1", "1"))
        answer = await client.invite(offer(("1",)), both)
        assert here.call.line == Line("siprec", "hVpd7YQgRW2nD22h7q60JQ==", "7001", (None,), 8_000)
        await play(ports_of(answer)[0], SOUND)
        await until(lambda: len(here.call.pieces) == 50)


async def test_without_metadata_the_first_stream_is_the_citizens() -> None:
    async with house() as here:
        client = await here.client()
        answer = await client.ask("INVITE", "Require: siprec", body=("application/sdp", offer().encode()))
        assert answer.status == 200
        assert here.call.line == Line("siprec", client.call_id, "", BOTH, 8_000)


async def test_an_account_with_the_number_of_a_participant_is_the_agent() -> None:
    async with house(accounts=["kim"]) as here:
        client = await here.client()
        await client.invite(xml=metadata(citizen="sip:kim@desk.invalid", agent="tel:010-0000-1234"))
        assert here.call.line.agent == "kim"
        (port, _) = await _ports_again(client)
        await play(port, SOUND)
        await until(lambda: here.call.pieces)
        assert here.call.pieces[0][0] == 1


async def _ports_again(client: Client) -> list[int]:
    """A re-INVITE without a body is answered with what is received where."""
    answer = await client.ask("INVITE")
    client.acknowledge()
    assert answer.status == 200
    return ports_of(answer)


async def test_hold_ends_no_session_and_afterwards_times_are_right() -> None:
    async with house(soundless=0.5) as here:
        client = await here.client()
        port = ports_of(await client.invite())[0]
        began = time.monotonic()
        packets = spoken(SOUND)
        with source() as send:
            await send(port, packets[:10])
            held = await client.invite(offer(direction="inactive"))
            assert held.body.count(b"a=inactive") == 2
            await asyncio.sleep(1.2)
            resumed = await client.invite()
            assert ports_of(resumed)[0] == port
            back = time.monotonic()
            await send(port, packets[10:20])  # its clock stood still meanwhile
            await until(lambda: len(here.call.pieces) == 20)
        assert here.agent.sessions == 1
        times = [at for _, _, at in here.call.pieces if at is not None]
        assert times[10] - times[0] == pytest.approx(back - began, abs=0.5)
        assert times[19] - times[10] == pytest.approx(9 * 0.02, abs=0.15)


async def test_participants_may_change_places_by_update() -> None:
    async with house() as here:
        client = await here.client()
        port = ports_of(await client.invite())[0]
        with source() as send:
            await send(port, spoken(SOUND)[:2])
            await until(lambda: len(here.call.pieces) == 2)
            answer = await client.ask(
                "UPDATE", body=("application/rs-metadata+xml", metadata(labels=("2", "1")).encode())
            )
            assert answer.status == 200
            assert answer.body == b""
            await send(port, spoken(SOUND)[2:4])
            await until(lambda: len(here.call.pieces) == 4)
        assert [channel for channel, _, _ in here.call.pieces] == [0, 0, 1, 1]


async def test_a_stream_may_come_later_and_another_may_go() -> None:
    async with house() as here:
        client = await here.client()
        first = ports_of(await client.invite(offer(("1",)), metadata(labels=("1", "2"))))
        assert here.call.line.speakers == BOTH
        more = ports_of(await client.invite(offer(("1", "2"))))
        assert more[0] == first[0]
        await play(more[1], SOUND)
        await until(lambda: len(here.call.pieces) == 50)
        assert {channel for channel, _, _ in here.call.pieces} == {1}
        gone = await client.invite(offer(("1", "2")).replace("m=audio 40000", "m=audio 0"))
        assert ports_of(gone) == [0, more[1]]
        assert (await client.invite(offer(("1",)))).status == 400


async def test_what_is_no_audio_is_refused_and_the_rest_recorded() -> None:
    async with house() as here:
        client = await here.client()
        answer = await client.invite(offer() + "m=video 50000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n")
        assert answer.status == 200
        assert ports_of(answer)[2] == 0
        assert b"m=video 0 RTP/AVP 96" in answer.body


@pytest.mark.parametrize(
    ("sdp", "why"),
    [
        (offer(profile="RTP/SAVP"), "SRTP is not supported"),
        (offer(profile="UDP/TLS/RTP/SAVPF"), "SRTP is not supported"),
        (offer(formats="18 101"), "PCMU or PCMA"),
        (offer(formats="9"), "PCMU or PCMA"),
        (offer().replace("m=audio", "m=video"), "only audio"),
        (offer().replace("RTP/AVP", "TCP/MSRP"), "offer RTP/AVP"),
        (offer(()), "nothing is offered"),
    ],
)
async def test_what_cannot_be_heard_is_refused_with_the_way_to_mend_it(sdp: str, why: str) -> None:
    async with house() as here:
        client = await here.client()
        answer = await client.invite(sdp)
        assert answer.status == 488
        assert why in answer.get("warning")
        assert here.hearing.calls == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (["Require: siprec, 100rel"], mixed(offer(), metadata()), 420),
        ([], ("application/sdp", offer().encode()), 200),  # its Contact says +sip.src
        (["Require: siprec"], ("text/plain", b"hello"), 415),
        (["Require: siprec", "Content-Encoding: gzip"], mixed(offer(), metadata()), 415),
        (["Require: siprec"], ("", b""), 488),
        (["Require: siprec"], mixed(None, metadata()), 488),
        (["Require: siprec"], mixed(offer(), "<recording"), 400),
        (["Require: siprec"], mixed(offer(), "<html/>"), 400),
        (["Require: siprec"], ("multipart/mixed", mixed(offer(), metadata())[1]), 400),
        (["Require: siprec"], ("multipart/mixed;boundary=other", mixed(offer(), metadata())[1]), 400),
        (["Require: siprec"], ("application/sdp", b"v=1\r\nm=audio"), 400),
        (["Require: siprec"], ("application/sdp", b"v=0\r\nm=audio x RTP/AVP 0\r\n"), 400),
    ],
)
async def test_an_invite_that_cannot_be_taken_says_why(
    headers: list[str], body: tuple[str, bytes], status: int
) -> None:
    async with house() as here:
        client = await here.client()
        answer = await client.ask("INVITE", *headers, body=body)
        assert answer.status == status, answer
        assert len(here.hearing.calls) == (status == 200)
        assert here.agent.sessions == (status == 200)


async def test_a_call_that_is_no_recording_is_not_answered() -> None:
    async with house() as here:
        client = await here.client()
        plain = client.write("INVITE", body=("application/sdp", offer().encode()))
        client.send_bytes(plain.replace(b";+sip.src", b""))
        answer = await client.answer()
        assert answer.status == 421
        assert answer.get("require") == "siprec"


@pytest.mark.parametrize(
    ("error", "status"), [(Refused("no agent has an account"), 403), (EngineDown("the store is away"), 503)]
)
async def test_a_call_that_the_hub_refuses_is_refused(error: SangdamError, status: int) -> None:
    async with house(FakeHearing(refuses=error), ports=4) as here:
        for _ in range(4):  # nothing is left open by a refusal
            client = await here.client()
            answer = await client.invite()
            assert answer.status == status
            assert (answer.get("retry-after") != "") == (status == 503)


async def test_without_a_free_port_it_is_503_and_ports_come_back() -> None:
    async with house(ports=4) as here:
        first, second = await here.client(), await here.client()
        assert (await first.invite()).status == 200
        refused = await second.invite()
        assert refused.status == 503
        assert refused.get("retry-after")
        await first.ask("BYE")
        await until(lambda: here.call.farewell)
        assert (await second.invite()).status == 200


async def test_options_says_what_is_possible() -> None:
    async with house() as here:
        for transport in ("UDP", "TCP"):
            client = await here.client(transport)
            answer = await client.ask("OPTIONS")
            assert answer.status == 200
            assert "INVITE" in answer.get("allow")
            assert "rs-metadata" in answer.get("accept")


async def test_cancel_ends_an_invite_that_is_not_answered_yet() -> None:
    class Slow(FakeHearing):
        async def open(self, line: Line, conversation_id: str | None = None) -> FakeCall:
            await asyncio.sleep(20)
            return await super().open(line)

    async with house(Slow(), ports=2) as here:
        client = await here.client()
        for branch in ("z9hG4bKone", "z9hG4bKtwo"):
            invite = client.write(
                "INVITE", "Require: siprec", body=mixed(offer(("1",)), metadata()), branch=branch
            )
            client.send_bytes(invite)
            assert (await client.answer(final=False)).status == 100
            client.send_bytes(client.write("CANCEL", branch=branch, sequence=client.sequence))
            got = {(one.method, one.status) for one in (await client.answer(), await client.answer())}
            assert got == {("CANCEL", 200), ("INVITE", 487)}
            client.acknowledge()
        assert here.agent.sessions == 0


@pytest.mark.parametrize(
    ("method", "status"), [("BYE", 481), ("UPDATE", 481), ("CANCEL", 481), ("REGISTER", 405), ("INFO", 405)]
)
async def test_requests_without_a_session_are_answered(method: str, status: int) -> None:
    async with house() as here:
        client = await here.client()
        client.to_tag = "nobody" if method in ("BYE", "UPDATE") else ""
        assert (await client.ask(method)).status == status


async def test_a_request_out_of_order_is_refused_and_the_session_goes_on() -> None:
    async with house() as here:
        client = await here.client()
        await client.invite()
        client.sequence = -1
        client.send_bytes(client.write("BYE", sequence=1))
        assert (await client.answer()).status == 500
        assert here.agent.sessions == 1


async def test_a_session_without_sound_is_given_up_and_the_client_told() -> None:
    async with house(soundless=0.2) as here:
        client = await here.client()
        await client.invite()
        bye = await client.answer()
        assert (bye.method, bye.status) == ("BYE", 0)
        await until(lambda: here.call.farewell)
        assert here.call.farewell == "dropped"
        assert here.agent.sessions == 0


async def test_a_call_that_is_over_here_ends_the_session() -> None:
    async with house() as here:
        client = await here.client("TCP")
        await client.invite()
        here.call.over = True
        bye = await client.answer()
        assert (bye.method, bye.status) == ("BYE", 0)


async def test_a_session_that_its_client_does_not_refresh_ends() -> None:
    async with house() as here:
        client = await here.client()
        answer = await client.ask(
            "INVITE",
            "Require: siprec",
            "Supported: timer",
            "Session-Expires: 1800",
            body=mixed(offer(), metadata()),
        )
        assert answer.get("session-expires") == "1800;refresher=uac"
        assert answer.listed("require") == ["timer"]


async def test_sound_that_fails_ends_its_own_session_only() -> None:
    async with house() as here:
        broken, other = await here.client(), await here.client()
        port = ports_of(await broken.invite())[0]
        here.call.breaks = EngineDown("gone")
        other_port = ports_of(await other.invite())[0]
        await play(port, SOUND)
        assert (await broken.answer()).method == "BYE"
        await play(other_port, SOUND)
        await until(lambda: len(here.call.pieces) == 50)


async def test_closing_the_server_tells_every_client() -> None:
    async with house() as here:
        clients = [await here.client(transport) for transport in ("UDP", "TCP")]
        for client in clients:
            await client.invite()
        await here.server.close()
        for client in clients:
            assert (await client.answer()).method == "BYE"
        assert {call.farewell for call in here.hearing.calls} == {"dropped"}


async def test_other_networks_are_not_answered() -> None:
    async with house(networks=frozenset({"private"})) as here:
        client = await here.client()
        client.send_bytes(client.write("OPTIONS"))
        await asyncio.sleep(0.2)
        assert client.answers.empty()


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"INVITE sip:x SIP/2.0\r\n" + b"A: b\r\n" * 300 + b"\r\n",
        b"INVITE sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
        b"A" * 40_000,
        b"INVITE sip:x SIP/2.0\r\nhalf",
        b"",
    ],
)
async def test_garbage_over_tcp_ends_its_connection_and_no_session(data: bytes) -> None:
    async with house(idle=0.3) as here:
        good = await here.client("TCP")
        port = ports_of(await good.invite())[0]
        reader, writer = await asyncio.open_connection("127.0.0.1", here.server.port)
        writer.write(data)
        async with asyncio.timeout(30):
            await reader.read()
        writer.close()
        await play(port, SOUND)
        await until(lambda: len(here.call.pieces) == 50)
        assert (await good.ask("BYE")).status == 200


async def test_a_keep_alive_over_tcp_is_answered() -> None:
    async with house() as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.server.port)
        writer.write(b"\r\n\r\n")
        async with asyncio.timeout(30):
            assert await reader.readexactly(2) == b"\r\n"
        writer.close()


def _line(text: bytes) -> bytes:
    return text.replace(b"\r", b"").replace(b"\n", b"")


mangled = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [
                b"INVITE sip:srs@127.0.0.1 SIP/2.0",
                b"BYE sip:srs@127.0.0.1 SIP/2.0",
                b"SIP/2.0 200 OK",
                b"Via: SIP/2.0/UDP 127.0.0.1:5090;branch=z9hG4bK1;rport",
                b"v: SIP / 2.0 / UDP 127.0.0.1 ;rport ; branch",
                b"Via: SIP/2.0/UDP 127.0.0.1:99999;branch=z9hG4bK1",
                b"From: <sip:a@b>;tag=1",
                b'From: "a;tag=x" <sip:a@b;tag=y>',
                b"To: <sip:c@d>",
                b"Call-ID: 1",
                b"CSeq: 1 INVITE",
                b"CSeq: 99999999999 BYE",
                b"Session-Expires: \xd9\xa1;refresher=uas",
                b"Require: siprec",
                b"Contact: <sip:a@b>;+sip.src",
                b"Contact: \x00",
                b"Content-Type: multipart/mixed;boundary=x",
                b"Content-Type: application/sdp",
                b"Content-Length: 5",
                b" folded",
                b"",
                b"--x",
                b"v=0",
                b"m=audio 4000 RTP/AVP 0",
                b"a=rtpmap:0 PCMU/8000",
            ]
        ).map(_line),
        max_size=25,
    ).map(b"\r\n".join),
)


class Nowhere:
    """A wire whose other end nobody holds."""

    source, local, transport = ("127.0.0.1", 5_090), ("127.0.0.1", 5_070), "TCP"

    def send(self, data: bytes, port: int = 0) -> None:
        assert data.startswith((b"SIP/2.0 ", b"BYE "))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(mangled)
def test_whatever_comes_is_survived(data: bytes) -> None:
    async def drive() -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        ports = RtpPorts("127.0.0.1", some_ports(8))
        agent = UserAgent(FakeHearing().real, ports, LOOPBACK, AgentNumbers(""), lambda _: False)
        messages: list[Message] = []
        with suppress(BadInput):
            messages.append(parse_message(data))
        with suppress(BadInput):
            messages += MessageStream().push(data + b"\r\n\r\n")
        for message in messages:
            agent.receive(message, Nowhere())
        await asyncio.sleep(0)
        await agent.close()
        assert failures == []

    asyncio.run(drive())
