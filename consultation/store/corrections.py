"""What reviewers made of recognised texts: every version kept, masked in clear and unmasked sealed.

Version 0 of a turn is what was recognised. A version never changes; who corrects says which one
was seen, so that nobody overwrites what somebody else has written meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, func, insert, select

from consultation.errors import BadInput, Conflict, Unknown
from consultation.store import stages, turns
from consultation.store.audit import append
from consultation.store.columns import moment
from consultation.store.engine import Database
from consultation.store.seals import Seals
from consultation.store.tables import conversations, corrections, turn_words
from consultation.store.tables import turns as turn_rows
from consultation.types import Conversation, Stage

READ = "read_original"  # in the audit chain, as for the recognised text


class Mark(StrEnum):
    """Why a stretch of sound is of no use for learning."""

    NOISE = "잡음"
    OVERLAP = "겹침"
    PERSONAL = "개인정보"


@dataclass(frozen=True, slots=True)
class Correction:
    """One version of a turn's text."""

    turn: int
    version: int  # 1 for the first correction
    text: str  # masked
    mark: Mark | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToReview:
    """A call whose sound became text, and how far its correction has come."""

    conversation: Conversation
    heard: int  # turns with word times
    confidence: float  # 0..1, mean over those
    corrected: int  # turns with a correction


class Corrections:
    """Raises `Unknown` for a conversation or a turn that is not kept."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._database = database
        self._seals = seals

    def save(
        self,
        conversation_id: str,
        turn: int,
        *,
        seen: int,
        text: str,
        original: str,
        mark: Mark | None = None,
        by: str,
        at: datetime | None = None,
    ) -> Correction:
        """Keep the next version; `text` is masked, `original` sealed. `seen`: the version it was made
        from. Raises `Conflict` when there is a newer one, when the call is live, or once it was erased."""
        if not by:
            raise BadInput("a correction says who made it")
        with self._database.writing() as tx:
            if stages.stage_of(tx, conversation_id) is Stage.LIVE:
                raise Conflict("통화가 끝난 뒤에 고칠 수 있습니다.")
            turns.require(tx, conversation_id, turn)
            key = turns.data_key(tx, conversation_id)
            if key is None:
                raise Conflict("원문 보관 기간이 지났거나 지워진 상담이라 고칠 수 없습니다.")
            latest = _latest(tx, conversation_id, turn)
            if latest != seen:
                raise Conflict("그사이 다른 사람이 이 발화를 먼저 고쳤습니다.")
            made = Correction(turn, latest + 1, text, mark, by, moment(at))
            tx.execute(
                insert(corrections).values(
                    conversation_id=conversation_id,
                    turn=turn,
                    version=made.version,
                    text=text,
                    mark=None if mark is None else mark.value,
                    by=by,
                    at=made.at,
                    original=self._seals.close(key, conversation_id, turn, original, _part(made.version)),
                )
            )
            marked = f", {mark.value}" if mark else ""
            append(tx, by, "turn.correct", f"{conversation_id}/{turn}", f"version {made.version}{marked}", at)
            return made

    def of(self, conversation_id: str) -> dict[int, list[Correction]]:
        """All versions by turn, oldest first; a turn nobody corrected is not there."""
        query = (
            select(corrections)
            .where(corrections.c.conversation_id == conversation_id)
            .order_by(corrections.c.turn, corrections.c.version)
        )
        found: dict[int, list[Correction]] = {}
        with self._database.reading() as tx:
            stages.require(tx, conversation_id)
            for row in tx.execute(query):
                mark = None if row.mark is None else Mark(row.mark)
                found.setdefault(row.turn, []).append(
                    Correction(row.turn, row.version, row.text, mark, row.by, row.at)
                )
        return found

    def original(self, conversation_id: str, turn: int, *, reader: str, reason: str) -> str:
        """The unmasked words of a turn as they stand now. Who reads them and why is in the audit chain
        before they are opened. Raises `Unknown` once they were erased."""
        if not reader.strip() or not reason.strip():
            raise BadInput("reading an original needs who reads it and why")
        with self._database.writing() as tx:
            turns.require(tx, conversation_id, turn)
            append(tx, reader, READ, f"{conversation_id}/{turn}", reason)
        with self._database.reading() as tx:
            version = _latest(tx, conversation_id, turn)
            if version == 0:
                return turns.original(tx, self._seals, conversation_id, turn)
            spoken = self._corrected(tx, conversation_id).get(turn)
        if spoken is None:
            raise Unknown(f"the original of turn {turn} of conversation {conversation_id} was erased")
        return spoken

    def spoken(self, conversation_id: str) -> dict[int, str]:
        """The unmasked words of all turns as they stand now, in order. For programs that mask a later
        turn or align the sound, never for a screen. Empty once the originals were erased."""
        with self._database.reading() as tx:
            key = turns.data_key(tx, conversation_id)
            if key is None:
                return {}
            query = (
                select(turn_rows.c.turn, turn_rows.c.original)
                .where(turn_rows.c.conversation_id == conversation_id, turn_rows.c.original.is_not(None))
                .order_by(turn_rows.c.turn)
            )
            recognised = {
                row.turn: self._seals.open(key, conversation_id, row.turn, row.original)
                for row in tx.execute(query)
            }
            return recognised | self._corrected(tx, conversation_id)

    def to_review(self, limit: int = 50, offset: int = 0) -> list[ToReview]:
        """Ended calls that were heard and can still be corrected: those first where nobody has begun
        and the recogniser was least sure."""
        if not 0 <= limit <= 1_000 or not 0 <= offset < 2**31:
            raise BadInput("limit is 0 to 1000, offset 0 or more")
        done = (
            select(func.count(corrections.c.turn.distinct()))
            .where(corrections.c.conversation_id == conversations.c.conversation_id)
            .scalar_subquery()
        )
        sure = func.avg(turn_words.c.confidence)
        query = (
            select(conversations, func.count().label("heard"), sure.label("sure"), done.label("done"))
            .join(turn_words, turn_words.c.conversation_id == conversations.c.conversation_id)
            .where(turn_words.c.words.is_not(None), conversations.c.stage != Stage.LIVE.value)
            .group_by(conversations.c.conversation_id)
            .order_by(done, sure, conversations.c.conversation_id)
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as tx:
            return [
                ToReview(stages.read(row), row["heard"], float(row["sure"]), row["done"])
                for row in tx.execute(query).mappings()
            ]

    def heard(self, *, since: datetime | None, until: datetime | None, corrected: bool) -> list[Conversation]:
        """Ended conversations with word times, started from `since` until before `until`, oldest first;
        with `corrected` only those where somebody corrected a turn."""
        table = corrections if corrected else turn_words
        ids = select(table.c.conversation_id).distinct()
        asked = [conversations.c.conversation_id.in_(ids), conversations.c.stage != Stage.LIVE.value]
        if since is not None:
            asked.append(conversations.c.started_at >= moment(since))
        if until is not None:
            asked.append(conversations.c.started_at < moment(until))
        query = (
            select(conversations)
            .where(and_(*asked))
            .order_by(conversations.c.started_at, conversations.c.conversation_id)
        )
        with self._database.reading() as tx:
            return [stages.read(row) for row in tx.execute(query).mappings()]

    def _corrected(self, tx: Connection, conversation_id: str) -> dict[int, str]:
        """The unmasked text of the latest correction of each turn."""
        key = turns.data_key(tx, conversation_id)
        query = (
            select(corrections.c.turn, corrections.c.version, corrections.c.original)
            .where(corrections.c.conversation_id == conversation_id, corrections.c.original.is_not(None))
            .order_by(corrections.c.turn, corrections.c.version)
        )
        if key is None:
            return {}
        latest = {row.turn: row for row in tx.execute(query)}
        return {
            turn: self._seals.open(key, conversation_id, turn, row.original, _part(row.version))
            for turn, row in latest.items()
        }


def _latest(tx: Connection, conversation_id: str, turn: int) -> int:
    query = select(func.max(corrections.c.version)).where(
        corrections.c.conversation_id == conversation_id, corrections.c.turn == turn
    )
    return tx.execute(query).scalar_one_or_none() or 0


def _part(version: int) -> str:
    return f"correction/{version}"
