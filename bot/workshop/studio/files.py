"""The knowledge files as the studio sees them: listed, read, and saved with care."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.content.yamlfile import MAX_BYTES


class NoFileError(ValueError):
    """A path that the studio does not open: it says why."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file as it stands on the disk."""

    text: str
    mark: str
    """Changes with every byte of the file."""


class ConflictError(Exception):
    """The file has changed since it was opened; nothing was written."""

    def __init__(self, now: OnDisk) -> None:
        self.now = now
        super().__init__("the file has changed on the disk")


class Files:
    """The YAML files below one folder; nothing else is read or written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def tree(self) -> list[str]:
        """The paths of all files, relative to the folder."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*.yaml")
            if path.is_file() and path.resolve().is_relative_to(self.folder)
        )

    def read(self, path: str) -> OnDisk:
        """One file.

        Raises:
            NoFileError: it is no knowledge file, or no text.
        """
        return _read(self._known(path))

    def save(self, path: str, text: str, mark: str) -> OnDisk:
        """Write a file at once: whoever reads it meanwhile gets the old or the new one, whole.

        Args:
            path: Relative to the folder; the file must be there.
            text: Its new content.
            mark: The ``mark`` of the version that was edited.

        Raises:
            NoFileError: it is no knowledge file, or too large.
            ConflictError: it was changed meanwhile.
        """
        file = self._known(path)
        now = _read(file)
        if now.mark != mark:
            raise ConflictError(now)
        content = text.replace("\r\n", "\n").encode()
        if len(content) > MAX_BYTES:
            raise NoFileError("the file would be larger than 2 MB; split it")
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".saving")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(file.stat().st_mode & 0o777)
            if _read(file).mark != mark:
                raise ConflictError(_read(file))
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
        return _read(file)

    def _known(self, path: str) -> Path:
        """The file of a path.

        It must be plain, below the folder, end in .yaml and be there. A link is refused wherever
        it leads: writing over one would replace it, or change a file that is not knowledge.
        """
        parts = path.split("/")
        if not path.endswith(".yaml") or "\\" in path or "\0" in path:
            raise NoFileError("only files that end in .yaml are opened")
        if any(part in ("", ".", "..") or part.startswith(".") for part in parts):
            raise NoFileError("only files below the knowledge folder are opened")
        file = self.folder
        for part in parts:
            file = file / part
            if file.is_symlink():
                raise NoFileError("links are not opened")
        if not file.is_file() or file.resolve() != file:
            raise NoFileError("there is no such file; 'aftercare new' makes one")
        return file


def _read(file: Path) -> OnDisk:
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
    except FileNotFoundError:
        raise NoFileError("the file is gone") from None
    except UnicodeDecodeError:
        raise NoFileError("the file is not UTF-8; save it with UTF-8 encoding") from None
    return OnDisk(text, hashlib.sha256(raw).hexdigest()[:24])
