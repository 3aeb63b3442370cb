"""The version of a knowledge folder: the same for the same contents, wherever they lie.

By hand, in the folder: ``find . -name "*.yaml" | LC_ALL=C sort | xargs sha256sum | sha256sum``, of
which the first twelve digits count (files with Windows' line ends apart).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

DIGITS = 12


def digest_of(data: bytes) -> str:
    """SHA-256 of a file; Windows' line ends count as others do."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def version_of(digests: Mapping[str, str]) -> str:
    """The version of a folder from the digests of its files, by their paths inside it."""
    lines = "".join(f"{digest}  ./{path}\n" for path, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:DIGITS]
