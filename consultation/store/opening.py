"""Opens a store: connects, brings the tables up to date, checks the master key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consultation.store.audit import AuditChain
    from consultation.store.bulletins import Bulletins
    from consultation.store.care import Care
    from consultation.store.conversations import Conversations
    from consultation.store.corrections import Corrections
    from consultation.store.engine import Database
    from consultation.store.freshness import Proposals
    from consultation.store.knowledge import KnowledgeVersions
    from consultation.store.people import People
    from consultation.store.recordings import Recordings
    from consultation.store.rounds import Rounds
    from consultation.store.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept. Each public method is one transaction: when it returns, it is stored.

    Methods may be called from any thread. They raise only errors of `consultation.errors`:
    `BadInput` (with `Unknown`), `Conflict`, and `NotReady` or `EngineDown` for the database itself.
    """

    conversations: Conversations
    corrections: Corrections
    recordings: Recordings
    knowledge: KnowledgeVersions
    people: People
    proposals: Proposals
    rounds: Rounds
    bulletins: Bulletins
    care: Care
    webhooks: Webhooks
    audit: AuditChain
    database: Database

    def ping(self) -> None:
        """Ask the database something small. Raises `EngineDown` or `NotReady`."""
        from consultation.store.seals import check_master_key

        with self.database.reading() as tx:
            check_master_key(tx, None)

    def close(self) -> None:
        """Give the connections back; the store cannot be used afterwards."""
        self.database.close()


def open_store(url: str, *, master_key: bytes, migrate: bool = True) -> Store:
    """Open `sqlite:///PATH` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`.

    `migrate` creates or updates the tables; without it an older database is refused with `NotReady`,
    as is one of a newer release or one sealed with another master key.
    """
    # SQLAlchemy and Alembic take a third of a second to load: only who opens a store pays it.
    from consultation.store.audit import AuditChain
    from consultation.store.bulletins import Bulletins
    from consultation.store.care import Care
    from consultation.store.conversations import Conversations
    from consultation.store.corrections import Corrections
    from consultation.store.engine import open_database
    from consultation.store.freshness import Proposals
    from consultation.store.knowledge import KnowledgeVersions
    from consultation.store.migrations import bring_up_to_date
    from consultation.store.people import People
    from consultation.store.recordings import Recordings
    from consultation.store.rounds import Rounds
    from consultation.store.seals import Seals, keep_master_key
    from consultation.store.webhooks import Webhooks

    seals = Seals(master_key)
    database = open_database(url)
    try:
        bring_up_to_date(database, migrate=migrate)
        keep_master_key(database, seals)
    except BaseException:
        database.close()
        raise
    return Store(
        conversations=Conversations(database, seals),
        corrections=Corrections(database, seals),
        recordings=Recordings(database, seals),
        knowledge=KnowledgeVersions(database),
        people=People(database, master_key),
        proposals=Proposals(database),
        rounds=Rounds(database),
        bulletins=Bulletins(database),
        care=Care(database),
        webhooks=Webhooks(database),
        audit=AuditChain(database),
        database=database,
    )
