"""Brings a database to the tables of this version, one process at a time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.tables import METADATA

HEAD = "0002"
"""The newest revision. A test holds it to what stands in the folder."""
LOCK = 0x6166746572  # "after"


class NewerDatabaseError(RuntimeError):
    """The database was migrated by a later version of Aftercare."""


def migrate(connection: Connection) -> None:
    """Apply what is missing. The caller's transaction is the lock in SQLite (BEGIN IMMEDIATE).

    An empty database gets the tables of this version at once: going through every migration would
    load Alembic, which stays in memory (10 MiB) for as long as the bot runs.

    Raises:
        NewerDatabaseError: its revision is not known here.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = revision(connection)
    if found is None:
        METADATA.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        stamp = text("INSERT INTO alembic_version (version_num) VALUES (:head)")
        connection.execute(stamp, {"head": HEAD})
    elif found != HEAD:
        upgrade(connection, found)


def upgrade(connection: Connection, found: str | None) -> None:
    """Apply the migrations after ``found``; None is a database without tables.

    Raises:
        NewerDatabaseError: ``found`` is not known here.
    """
    from alembic import command  # noqa: PLC0415 - 0.2 s of imports, mostly for nothing
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabaseError(
            f"the database has the tables of a later version ({found}); install that version, "
            "or set DATABASE_URL to another database"
        )
    command.upgrade(config, "head")


def revision(connection: Connection) -> str | None:
    """The revision of a database; None if it has no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
