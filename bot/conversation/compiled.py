"""The compiled knowledge on the disk, so that a start takes a second and not several.

Like Python's own ``__pycache__``: made when it is missing, bound to every byte of the knowledge and
of this program, and never needed. It holds nothing of any person. Unpickling runs code, so a file
is used only if it is this user's own and nobody else may write to it or its folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import dataclasses
import functools
import gc
import hashlib
import inspect
import io
import json
import logging
import os
import pickle
import pickletools
import stat
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.content.faults import Fault, KnowledgeError
from bot.content.yamlfile import Scalar
from bot.conversation.engine import Engine

LOG = logging.getLogger("aftercare")
FAULTS = 3
"""Exit code of the process that compiles, if the knowledge has faults."""
YOUNG = 10_000
"""Objects made before the garbage collector looks at the young ones: a message makes 3,000, none of
them in a circle, so that looking every 700 is work for nothing."""
KEPT = 3
"""Versions kept in the folder, those used last: two that are compared, and what a bot runs on."""
_APART = f"import sys; from {__name__} import _compile; sys.exit(_compile(*sys.argv[1:4]))"
BEHIND = 10
"""Niceness of a compile while this process answers people."""


async def engine_made_apart(folder: Path, cache: Path | None, *, niceness: int = BEHIND) -> Engine:
    """The engine over a folder, compiled by another process: answers go on meanwhile.

    What is left to this one is to read the result, which holds everything up for half a second.

    Raises:
        KnowledgeError: with every fault.
        OSError: the other process has failed.
    """
    with tempfile.TemporaryDirectory() as spare:
        where = cache or Path(spare)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _APART, str(folder), str(where), str(niceness)),
            stdout=PIPE,
            stderr=DEVNULL,
        )
        try:
            out, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode == FAULTS:
            raise KnowledgeError(Fault(*values) for values in json.loads(out))
        path = Path(out.decode().strip())
        engine = await asyncio.to_thread(_read, path) if process.returncode == 0 else None
    if engine is None:
        raise OSError("the knowledge is not compiled")
    return engine


def _compile(folder: str, cache: str, niceness: str) -> int:
    """The other process: prints the path of the result, or the faults."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):  # a service that may not: then it is as fast as others
            os.nice(int(niceness))
    path = Path(cache) / f"{digest(Path(folder))}.pickle"
    try:
        if _read(path) is None:
            _write(path, Engine.from_folder(Path(folder)), for_long=True)
    except KnowledgeError as refused:
        print(json.dumps([dataclasses.astuple(fault) for fault in refused.faults]))
        return FAULTS
    print(path)
    return 0


def engine_from(folder: Path, cache: Path | None) -> Engine:
    """The engine over a folder, from the cache if it holds this very version.

    Raises:
        KnowledgeError: with every fault. What is in the cache has been checked before.
    """
    if cache is None:
        return Engine.from_folder(folder)
    path = cache / f"{digest(folder)}.pickle"
    engine = _read(path)
    if engine is None:
        engine = Engine.from_folder(folder)
        _write(path, engine)
    settle()
    return engine


def engine_for_long(folder: Path, cache: Path | None) -> Engine:
    """The same for a process that runs for months: compiling, which takes four times the memory
    that the result does, is left to another one.

    Raises:
        KnowledgeError: with every fault.
    """
    engine = _read(cache / f"{digest(folder)}.pickle") if cache else None
    if engine is None:
        try:
            engine = asyncio.run(engine_made_apart(folder, cache, niceness=0))  # people wait
        except OSError:
            return engine_from(folder, cache)
    settle()
    return engine


def settle() -> None:
    """After an engine was taken over: what lives as long as the process is out of the garbage
    collector's way, which would hold up answers, and memory that is free goes back."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    with contextlib.suppress(OSError, AttributeError):  # only the GNU library has it
        ctypes.CDLL(None).malloc_trim(0)


def digest(folder: Path) -> str:
    """Of all that the compiled form depends on. Where the folder lies is no part of it, so that a
    version taken out of git into another folder each time is compiled once."""
    package = Path(__file__).resolve().parent.parent
    folder = folder.resolve()
    found = hashlib.blake2b(sys.version.encode(), digest_size=16)
    for top, patterns in ((folder, ("*.yaml",)), (package, ("*.py", "*.bin"))):
        for path in _files(top, patterns):
            found.update(path.relative_to(top.parent).as_posix().encode() + b"\0")
            found.update(hashlib.blake2b(path.read_bytes()).digest())
    return found.hexdigest()


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))


def _read(path: Path) -> Engine | None:
    try:
        if not (_ours(path) and _ours(path.parent)):
            return None
        gc.disable()  # many objects are made, and none is garbage
        try:
            with path.open("rb") as file:
                engine = pickle.load(file)  # noqa: S301 - see above
        finally:
            gc.enable()
        path.touch()  # what was used last is kept
    except FileNotFoundError:
        return None
    except Exception as failed:  # noqa: BLE001 - then it is compiled anew
        LOG.warning("the compiled knowledge cannot be read: %s", type(failed).__name__)
        return None
    return engine if isinstance(engine, Engine) else None


def _ours(path: Path) -> bool:
    state = path.stat()
    shared = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return not hasattr(os, "geteuid") or (state.st_uid == os.geteuid() and not shared)


def _write(path: Path, engine: Engine, *, for_long: bool = False) -> None:
    """``for_long``: what is read back takes 7 MiB less, for half a second more of writing. Reading
    keeps what is marked until all is read, and leaves holes; so marks of what nothing points to
    are left out."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        out = io.BytesIO()
        _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(engine)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(handle, "wb") as file:
            file.write(pickletools.optimize(out.getvalue()) if for_long else out.getbuffer())
        Path(name).replace(path)  # at once: nobody ever reads half of it
        older = sorted(path.parent.glob("*.pickle"), key=lambda p: p.stat().st_mtime)
        for old in older[:-KEPT]:
            old.unlink(missing_ok=True)
    except Exception as failed:  # noqa: BLE001 - a read-only disk is no reason not to start
        LOG.info("the compiled knowledge is not kept: %s", type(failed).__name__)


class _Pickler(pickle.Pickler):
    """Writes less than pickle does, and what it cannot.

    Each value is written with what makes it, not with a table of its fields: tables are kept until
    everything is read, which is as much memory again. Which fields of a model were given is for the
    checks alone, and a method's own cache is written as an empty one.
    """

    def reducer_override(self, value: Any) -> Any:
        """See ``pickle.Pickler``."""
        kind = type(value)
        if kind is Scalar:
            return _scalar, (str(value), value.path, value.line, value.col, value.looks_typed)
        if isinstance(value, BaseModel):
            return _model, (kind, value.__dict__)
        if dataclasses.is_dataclass(kind) and "__slots__" in kind.__dict__:
            fields = (getattr(value, field.name) for field in dataclasses.fields(kind))
            return kind, tuple(fields)
        if kind is functools._lru_cache_wrapper and inspect.ismethod(value.__wrapped__):
            return _cached, (value.cache_parameters()["maxsize"], value.__wrapped__)
        return NotImplemented


def _scalar(text: str, path: str, line: int, col: int, looks_typed: bool) -> Scalar:
    return Scalar.at(text, path, line, col, looks_typed=looks_typed)


def _cached(size: int | None, method: Any) -> Any:
    return functools.lru_cache(size)(method)


def _model(kind: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    made = kind.__new__(kind)
    made.__setstate__({**_NOTHING_ELSE, "__dict__": values})
    return made


_NOTHING_ELSE: dict[Any, Any] = {
    "__pydantic_fields_set__": frozenset(),
    "__pydantic_extra__": None,
    "__pydantic_private__": None,
}
