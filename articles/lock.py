"""A path in, the only right to work on that desk out. Locks a file.

The lock is the kernel's (flock): it ends with its holder, however that dies, so there is nothing to
take over and no time to wait for. The file's text only says who holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from articles.errors import TryAgainError


class HeldError(TryAgainError):
    """Somebody else works on the desk; the message says who."""


@contextmanager
def hold(path: Path, who: str) -> Iterator[None]:
    """Hold the desk until the block ends. `who` is what others are told: a command and its start.

    Raises:
        HeldError: another process holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip()
            raise HeldError(f"the desk is held by {holder or 'another process'}") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{who}, process {os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
