"""The user agent that recording clients call (SIPREC: RFC 7866 over RFC 3261). Knows no socket.

    INVITE -> 100, 200 with the ports for each stream -> ACK ... re-INVITE, UPDATE ... BYE -> 200

What is not understood is answered with what is wrong and how to mend it, and disturbs no other session.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any

import structlog

from assistant.doors.multipart import parts_of
from assistant.doors.recorded import SOUNDLESS, RecordedSession
from assistant.doors.roles import AgentNumbers, Roles, roles_of
from assistant.doors.rtp_ports import RtpPorts
from assistant.doors.sdp import Media, parse_offer, write_answer
from assistant.doors.sip_dialog import Dialog, Key, contact_of
from assistant.doors.sip_message import Message, check_request
from assistant.doors.sip_transactions import T1, Transaction, Transactions, Wire
from assistant.doors.siprec import Recording, parse_recording
from assistant.hearing import Hearing
from consultation.errors import BadInput, Refused, SangdamError

METADATA = ("application/rs-metadata+xml", "application/rs-metadata")
METHODS = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"
BODIES = "application/sdp, application/rs-metadata+xml, multipart/mixed"
EXTENSIONS = frozenset({"siprec", "timer"})
RETRY = ("Retry-After", "10")

log = structlog.get_logger()

Headers = list[tuple[str, str]]


class _No(Exception):
    """A request that is refused."""

    def __init__(self, status: int, reason: str, *headers: tuple[str, str]) -> None:
        self.status, self.reason, self.headers = status, reason, headers
        super().__init__(reason)


class UserAgent:
    """All recording sessions of this process."""

    def __init__(
        self,
        hearing: Hearing,
        ports: RtpPorts,
        networks: Collection[str],
        numbers: AgentNumbers,
        is_agent: Callable[[str], bool],
        *,
        t1: float = T1,
        soundless: float = SOUNDLESS,
    ) -> None:
        """`networks`: those from which sound may come. `is_agent` may wait for a database."""
        self._hearing = hearing
        self._ports = ports
        self._networks = networks
        self._numbers = numbers
        self._is_agent = is_agent
        self._soundless = soundless
        self._transactions = Transactions(t1)
        self._dialogs: dict[Key, Dialog] = {}
        self._inviting: dict[Transaction, asyncio.Task[None]] = {}
        self._byes: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def sessions(self) -> int:
        """Open now."""
        return len(self._dialogs)

    def receive(self, message: Message, wire: Wire) -> None:
        """Take one message. Whatever is in it, nothing is raised."""
        if message.status:
            self._answered(message)
            return
        try:
            check_request(message)
        except BadInput as error:
            refuse(message, wire, str(error))
            return
        known = self._transactions.find(message)
        match message.method:
            case "ACK":
                if known is not None and known.status >= 200:
                    known.stop()
            case "CANCEL":
                self._cancel(message, wire, known)
            case _ if known is not None:
                if message.via.branch == known.request.via.branch:
                    known.repeat()
                else:  # the same request over another way (RFC 3261, 8.2.2.2)
                    Transaction(message, wire, self._transactions.t1).answer(482, "Loop Detected")
            case _:
                self._take(message, wire)

    async def close(self) -> None:
        """The process ends: clients are told, their calls wait for them to come back."""
        for task in tuple(self._inviting.values()):
            task.cancel()
        for dialog in tuple(self._dialogs.values()):
            self._give_up(dialog, "the server closes")
        await asyncio.gather(*self._tasks, *self._inviting.values(), return_exceptions=True)
        for timer in self._byes.values():
            timer.cancel()
        self._transactions.close()

    # ---- requests

    def _take(self, request: Message, wire: Wire) -> None:
        if self._transactions.full:
            return
        transaction = self._transactions.begin(request, wire, request.to_tag or secrets.token_hex(8))
        if wanted := [one for one in request.listed("require") if one not in EXTENSIONS]:
            transaction.answer(420, "Bad Extension", [("Unsupported", ", ".join(wanted))])
            return
        dialog = self._dialogs.get((request.call_id, request.from_tag, request.to_tag))
        if request.method == "OPTIONS":
            transaction.answer(200, "OK", [*_abilities(), ("Contact", contact_of(wire))])
        elif request.method not in METHODS.split(", "):
            transaction.answer(405, "Method Not Allowed", [("Allow", METHODS)])
        elif request.method == "INVITE" and not request.to_tag:
            transaction.answer(100, "Trying")
            self._inviting[transaction] = self._do(transaction, self._invite(transaction))
        elif dialog is None:
            transaction.answer(481, "Call/Transaction Does Not Exist")
        elif request.sequence <= dialog.sequence:
            transaction.answer(500, "CSeq Out Of Order")
        else:
            dialog.sequence, dialog.wire = request.sequence, wire
            if request.method == "BYE":
                self._forget(dialog)
                transaction.answer(200, "OK")
                self._spawn(dialog.session.end())
            else:
                self._do(transaction, self._change(dialog, transaction))

    def _cancel(self, request: Message, wire: Wire, invite: Transaction | None) -> None:
        answer = Transaction(request, wire, self._transactions.t1, tag=invite.tag if invite else "")
        if invite is None:
            answer.answer(481, "Call/Transaction Does Not Exist")
            return
        answer.answer(200, "OK")
        if invite.status < 200 and (task := self._inviting.get(invite)) is not None:
            task.cancel()
            invite.answer(487, "Request Terminated")

    async def _invite(self, transaction: Transaction) -> None:
        request = transaction.request
        media, recording = _bodies(request)
        _check_offer(request, media, recording)
        assert media is not None
        known = recording or Recording()
        roles = await self._roles(media, known)
        over: list[Callable[[str], None]] = []
        session = RecordedSession(
            self._hearing,
            self._ports,
            self._networks,
            lambda reason: over[0](reason),
            soundless=self._soundless,
        )
        await session.open(known.session_id or request.call_id, media, roles)
        dialog = Dialog(
            request, transaction.tag, transaction.wire, session, known, media, sequence=request.sequence
        )
        over.append(lambda reason: self._give_up(dialog, reason))
        self._dialogs[dialog.key] = dialog
        self._accept(dialog, transaction)
        log.info("siprec.opened", streams=len([one for one in media if not one.fault]), guessed=roles.guessed)

    async def _change(self, dialog: Dialog, transaction: Transaction) -> None:
        """re-INVITE or UPDATE: other streams, hold, other participants, or only a sign of life."""
        media, recording = _bodies(transaction.request)
        async with dialog.lock:
            if media is not None and all(one.fault for one in media):
                raise _not_acceptable(media)
            if media is not None and len(media) < len(dialog.media):
                raise BadInput("a new offer keeps every medium of the old one (RFC 3264, section 8)")
            if recording is not None:
                dialog.recording = dialog.recording.updated(recording)
            if media is not None or recording is not None:
                offered = dialog.media if media is None else media
                await dialog.session.change(offered, await self._roles(offered, dialog.recording))
                dialog.media = offered
                dialog.version += 1
            self._accept(
                dialog, transaction, with_body=media is not None or transaction.request.method == "INVITE"
            )

    def _accept(self, dialog: Dialog, transaction: Transaction, *, with_body: bool = True) -> None:
        wire = transaction.wire
        body = b""
        if with_body:
            body = write_answer(
                dialog.media, dialog.session.port_numbers, wire.local[0], dialog.number, dialog.version
            )
        headers = [("Contact", contact_of(wire)), *_abilities()]
        headers += dialog.renew(
            transaction.request, lambda: self._give_up(dialog, "the client did not refresh the session")
        )
        if body:
            headers.append(("Content-Type", "application/sdp"))
        transaction.answer(
            200,
            "OK",
            headers,
            body,
            silence=lambda: self._give_up(dialog, "our answer was never acknowledged"),
        )

    async def _roles(self, media: Sequence[Media], recording: Recording) -> Roles:
        labels = [one.label for one in media if not one.fault]
        return await asyncio.to_thread(roles_of, labels, recording, self._numbers, self._is_agent)

    def _do(self, transaction: Transaction, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work on a request; what goes wrong becomes its answer."""

        async def worked() -> None:
            try:
                await work
            except _No as no:
                transaction.answer(no.status, no.reason, no.headers)
            except BadInput as error:
                transaction.answer(400, _plain(str(error)))
            except Refused as error:
                log.warning("siprec.refused", reason=str(error))
                transaction.answer(403, _plain(str(error)))
            except SangdamError as error:
                log.warning("siprec.not_taken", reason=str(error))
                transaction.answer(503, _plain(str(error)), [RETRY])
            except Exception as error:  # noqa: BLE001 (one session must not end the others)
                log.error("siprec.failed", error=type(error).__name__)
                transaction.answer(500, "Server Internal Error")
            finally:
                self._inviting.pop(transaction, None)

        return self._spawn(worked())

    # ---- endings

    def _give_up(self, dialog: Dialog, reason: str) -> None:
        """End a session that the client did not end: tell it, and let the call wait for it."""
        if self._dialogs.get(dialog.key) is not dialog:
            return
        log.info("siprec.given_up", reason=reason)
        self._forget(dialog)
        branch, bye = dialog.bye()
        self._repeat(branch, bye, dialog.wire, self._transactions.t1)
        self._spawn(dialog.session.drop())

    def _repeat(self, branch: str, bye: bytes, wire: Wire, pause: float) -> None:
        """Send BYE until it is answered, for some seconds."""
        wire.send(bye)
        if pause > 16 * self._transactions.t1 or wire.transport != "UDP":
            self._byes.pop(branch, None)
            return
        loop = asyncio.get_running_loop()
        self._byes[branch] = loop.call_later(pause, self._repeat, branch, bye, wire, 2 * pause)

    def _answered(self, answer: Message) -> None:
        try:
            timer = self._byes.pop(answer.via.branch, None)
        except BadInput:
            return
        if timer is not None:
            timer.cancel()

    def _forget(self, dialog: Dialog) -> None:
        self._dialogs.pop(dialog.key, None)
        dialog.stop_timer()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def refuse(message: Message, wire: Wire, reason: str) -> None:
    """400, to a request that has enough of what an answer needs; nobody else can be told."""
    if message.method == "ACK" or not all(map(message.get, ("via", "from", "to", "call-id", "cseq"))):
        return
    try:
        message.via  # noqa: B018 (it must be readable)
    except BadInput:
        return
    Transaction(message, wire, T1, tag=secrets.token_hex(4)).answer(400, _plain(reason))


def _bodies(request: Message) -> tuple[tuple[Media, ...] | None, Recording | None]:
    """The offer and the metadata of a request. Raises BadInput, or `_No` for a body of another kind."""
    if request.get("content-encoding").lower() not in ("", "identity"):
        raise _No(415, "Unsupported Media Type", ("Accept-Encoding", "identity"))
    media: tuple[Media, ...] | None = None
    recording: Recording | None = None
    parts = parts_of(request.get("content-type"), request.body)
    for part in parts:
        if part.kind == "application/sdp":
            media = parse_offer(part.body)
        elif part.kind in METADATA:
            recording = parse_recording(part.body)
    if parts and media is None and recording is None:
        raise _No(415, "Unsupported Media Type", ("Accept", BODIES))
    return media, recording


def _check_offer(request: Message, media: Sequence[Media] | None, recording: Recording | None) -> None:
    """Is this a recording session that can be taken?"""
    contact = request.get("contact").lower()
    if recording is None and "siprec" not in request.listed("require") and "+sip.src" not in contact:
        raise _No(421, "Extension Required", ("Require", "siprec"))
    if media is None:
        raise _No(488, "Not Acceptable Here (an INVITE without session description cannot be recorded)")
    if all(one.fault for one in media):
        raise _not_acceptable(media)


def _not_acceptable(media: Sequence[Media]) -> _No:
    faults = dict.fromkeys(one.fault for one in media)
    why = "; ".join(faults) or "nothing is offered"
    return _No(488, f"Not Acceptable Here ({why})", ("Warning", f'305 sangdam "{why}"'))


def _abilities() -> Headers:
    return [
        ("Allow", METHODS),
        ("Accept", BODIES),
        ("Supported", ", ".join(sorted(EXTENSIONS))),
        ("User-Agent", "sangdam"),
    ]


def _plain(reason: str) -> str:
    """A reason fit for one line."""
    return " ".join(reason.split())[:200]
