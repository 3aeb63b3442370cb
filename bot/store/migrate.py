"""Brings a database to the tables of this version, one process at a time."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

HEAD = "0002"
"""The newest revision. A test holds it to what stands in the folder."""
LOCK = 0x6166746572  # "after"


class NewerDatabaseError(RuntimeError):
    """The database was migrated by a later version of Aftercare."""


def migrate(connection: Connection) -> None:
    """Apply what is missing. The caller's transaction is the lock in SQLite (BEGIN IMMEDIATE).

    Raises:
        NewerDatabaseError: its revision is not known here.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    found = revision(connection)
    if found == HEAD:
        return
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
