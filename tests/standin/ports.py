"""A port for a process that is still to be started."""

from __future__ import annotations

import random
import socket

RANGE = range(15_000, 30_000)
"""Below the ports that systems give out by themselves: until the process listens nobody holds the
port, and one of those may go to any connection of a test that runs beside."""


def free_port() -> int:
    """A port on which nobody listens.

    Raises:
        OSError: none was found.
    """
    for port in random.sample(RANGE, 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise OSError("no free port")
