"""Brings a database to this release's tables with Alembic. The steps travel inside the package."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from consultation.errors import NotReady
from consultation.store.engine import Database

_LOCK = 7_352_640  # PostgreSQL advisory lock: workers that start together migrate one after another


def bring_up_to_date(database: Database, *, migrate: bool) -> None:
    """Run the missing steps, all in one transaction. Raises `NotReady` for a database of a newer
    release, or an older one when `migrate` is False."""
    script = ScriptDirectory.from_config(_config())
    head = script.get_current_head()
    with database.reading() as tx:
        current = _revision(tx)
    if current == head:
        return  # nothing is written, so a read-only database opens too
    if current is not None and current not in {step.revision for step in script.walk_revisions()}:
        raise NotReady(f"{database.where} belongs to a newer release (step {current}); install that release")
    if not migrate:
        raise NotReady(f"{database.where} is at step {current}, not {head}; start it with migrate=True")
    with database.writing() as tx:
        migrate_to(tx, "head")


def migrate_to(tx: Connection, revision: str) -> None:
    """Step up or down to a revision inside the caller's transaction."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = _config()
    config.attributes["connection"] = tx
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]  # newest first
    current = _revision(tx)
    wanted = steps[0] if revision == "head" else revision
    backwards = current is not None and (wanted == "base" or steps.index(wanted) > steps.index(current))
    (command.downgrade if backwards else command.upgrade)(config, revision)


def _revision(tx: Connection) -> str | None:
    return MigrationContext.configure(tx).get_current_revision()


def _config() -> Config:
    config = Config()
    # Config reads '%' as the start of a variable; a folder may have one in its name.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
