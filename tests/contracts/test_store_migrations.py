"""Every step between releases, up and down, with data, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from consultation.errors import EngineDown, NotReady
from consultation.store import migrations, open_store
from consultation.store.engine import Database, open_database
from consultation.store.migrations import bring_up_to_date, migrate_to
from consultation.store.tables import metadata

STEPS = [
    step.revision
    for step in reversed(list(ScriptDirectory(str(Path(migrations.__file__).parent)).walk_revisions()))
]

# A row for each table, in the words of the step that made the table.
ROWS = {
    "facts": "insert into facts values ('fact', 'value')",
    "conversations": "insert into conversations values ('c1', 'phone', '2026-01-01 00:00:00.000000', 'kim', 'live',"
    " null, '중구', {true}, null)",
    "data_keys": "insert into data_keys values ('c1', {bytes})",
    "turns": "insert into turns values ('c1', 0, 'citizen', '여보세요', 0.0, 1.0, {bytes})",
    "turn_words": "insert into turn_words values ('c1', 0, 0.9, {bytes})",
    "corrections": "insert into corrections values ('c1', 0, 1, '여보세요', null, 'kim', '2026-01-01 00:00:00.000000',"
    " {bytes})",
    "recordings": "insert into recordings values ('c1', {bytes}, 'f1', 2, '2026-01-01 00:00:00.000000', 12.5, 100, 'd')",
    "holds": "insert into holds values ('c1', '까닭', 'kim', '2026-01-01 00:00:00.000000')",
    "knowledge_versions": "insert into knowledge_versions values (1, 'han', '2026-01-01 00:00:00.000000', 'f',"
    " 'draft', 1)",
    "wordings": "insert into wordings values ('d1', '{{}}')",
    "entry_spans": "insert into entry_spans values ('e1', 1, null, 'd1')",
    "suggestions": "insert into suggestions values ('c1', 's1', 0, '질문', 0.5, 0.1, 1)",
    "suggestion_hits": "insert into suggestion_hits values ('c1', 's1', 0, 'd1', 'e1', 1, 0.5, '[]', '[]')",
    "actions": "insert into actions values (1, 'c1', 's1', 'shown', null, null, 'kim', '2026-01-01 00:00:00.000000')",
    "flags": "insert into flags values ('c1', 0, '[]', 1, '[]', 'note')",
    "reveals": "insert into reveals values (1, 'c1', 0, 'kim', '2026-01-01 00:00:00.000000')",
    "drafts": "insert into drafts values ('c1', '{{}}', '교통', '2026-01-01 00:00:00.000000')",
    "records": "insert into records values ('c1', '{{}}', '교통', '낱말', 0, 'kim', '2026-01-01 00:00:00.000000')",
    "people": "insert into people values ('kim', '김', '[]', 'hash', {false})",
    "sessions": "insert into sessions values ('t', 'kim', '2026-01-01 00:00:00.000000',"
    " '2026-01-01 00:00:00.000000', 60, '2026-01-01 00:00:00.000000')",
    "attempts": "insert into attempts values ('n', 1, '2026-01-01 00:00:00.000000', null)",
    "audit": "insert into audit values (1, 'at', 'who', 'what', 'about', 'reason', 'prev', 'hash')",
    "audit_head": "update audit_head set number = 1",
    "proposals": "insert into proposals values (1, 'e1', 'e1', '초안', 1, null, '{{}}', '[]', 'board', '까닭', 'han',"
    " '2026-01-01 00:00:00.000000', null)",
    "proposal_steps": "insert into proposal_steps values (1, 1, 'write', '초안', 'han', '2026-01-01 00:00:00.000000', '')",
    "confirmation_rounds": "insert into confirmation_rounds values (1, '4분기', '2026-12-15', '2026-12-29', 'han',"
    " '2026-01-01 00:00:00.000000', null)",
    "confirmation_requests": "insert into confirmation_requests values (1, 1, '시험구청', 'h', null)",
    "confirmation_items": "insert into confirmation_items values (1, 'e1', '중구', null, null, 1, null, null, null)",
    "confirmation_reminders": "insert into confirmation_reminders values (1, '2026-12-08', null, null)",
    "bulletins": "insert into bulletins values (1, '게시', 2, '제목', '글', '[]', '교통', '시험구청', null, '', '', '',"
    " '2026-01-01 00:00:00.000000', '2026-01-02 00:00:00.000000', {true}, 'han', '2026-01-01 00:00:00.000000',"
    " null, null, null, null)",
    "bulletin_reads": "insert into bulletin_reads values (1, 'kim', '2026-01-01 00:00:00.000000')",
    "golden_questions": "insert into golden_questions values (1, 'e1', '질문', null, 3, 'han',"
    " '2026-01-01 00:00:00.000000')",
    "unanswered": "insert into unanswered values (1, '질문', null, 0.1, 'e1', '2026-01-01 00:00:00.000000')",
    "settled_findings": "insert into settled_findings values ('expiring', 'e1', 'p', 'han',"
    " '2026-01-01 00:00:00.000000', '까닭')",
    "webhooks": "insert into webhooks values (1, 'https://hook.example', '[]', 'salt', 'han',"
    " '2026-01-01 00:00:00.000000', null)",
    "webhook_deliveries": "insert into webhook_deliveries values ('msg_1', 1, 'ping', '{{}}', 'waiting',"
    " '2026-01-01 00:00:00.000000', 0, null, '')",
}


@pytest.fixture
def database(bare_url: str) -> Iterator[Database]:
    database = open_database(bare_url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def fill(database: Database, table: str) -> None:
    sqlite = database.engine.dialect.name == "sqlite"
    values = {
        "true": "1" if sqlite else "true",
        "false": "0" if sqlite else "false",
        "bytes": "x'00ff'" if sqlite else r"'\x00ff'",
    }
    with database.writing() as tx:
        tx.exec_driver_sql(ROWS[table].format(**values))


def content(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as tx:
        return {
            table: [tuple(row) for row in tx.exec_driver_sql(f"select * from {table}")]
            for table in sorted(tables(database))
        }


def test_every_step_goes_up_and_down_with_data(database: Database) -> None:
    contents = []
    for step in STEPS:
        before = tables(database)
        with database.writing() as tx:
            migrate_to(tx, step)
        made = tables(database) - before
        for table in (table for table in ROWS if table in made):
            fill(database, table)
        contents.append(content(database))
        assert all(contents[-1].values()), "every table holds a row"
    assert tables(database) == set(metadata.tables) == set(ROWS)
    for earlier in reversed(range(len(STEPS) - 1)):
        with database.writing() as tx:
            migrate_to(tx, STEPS[earlier])
        assert content(database) == contents[earlier], "a step down changes only what its step up made"
        with database.writing() as tx:
            migrate_to(tx, STEPS[earlier + 1])
            migrate_to(tx, STEPS[earlier])
        assert content(database) == contents[earlier]
    with database.writing() as tx:
        migrate_to(tx, "base")
    assert tables(database) == set()


def test_the_steps_end_at_the_tables_of_this_release(database: Database) -> None:
    bring_up_to_date(database, migrate=True)
    with database.reading() as tx:
        assert compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata) == []


def test_a_step_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    with database.writing() as tx:
        migrate_to(tx, STEPS[0])
        tx.exec_driver_sql("create table wordings (x integer)")  # in the way of the second step
    before = tables(database)
    with pytest.raises(EngineDown, match="refuses the statement"):
        bring_up_to_date(database, migrate=True)
    assert tables(database) == before
    with database.reading() as tx:
        assert MigrationContext.configure(tx).get_current_revision() == STEPS[0]


def test_an_older_database_is_refused_unless_it_may_be_migrated(bare_url: str, master_key: bytes) -> None:
    with pytest.raises(NotReady, match="migrate=True"):
        open_store(bare_url, master_key=master_key, migrate=False)
    open_store(bare_url, master_key=master_key).close()
    open_store(bare_url, master_key=master_key, migrate=False).close()


def test_a_database_of_a_newer_release_is_refused(database: Database) -> None:
    bring_up_to_date(database, migrate=True)
    with database.writing() as tx:
        tx.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(NotReady, match="newer release"):
        bring_up_to_date(database, migrate=True)


def test_another_master_key_is_refused_at_the_door(bare_url: str, master_key: bytes) -> None:
    open_store(bare_url, master_key=master_key).close()
    with pytest.raises(NotReady, match="another master key"):
        open_store(bare_url, master_key=b"x" * 32)
    open_store(bare_url, master_key=master_key).close()


def test_the_steps_are_found_from_any_directory(bare_url: str, master_key: bytes, tmp_path: Path) -> None:
    code = (
        "import sys; from consultation.store import open_store; open_store(sys.argv[1], master_key=b'k' * 32)"
    )
    elsewhere = tmp_path / "elsewhere with 100% odd name"
    elsewhere.mkdir()
    root = str(Path(migrations.__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code, bare_url],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
    assert list(elsewhere.iterdir()) == []
