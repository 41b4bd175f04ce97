"""Bytes in, files replaced whole out. Writes files.

Each is written beside its place, is on the disk before it gets its name, and gets it by a rename:
who reads meanwhile, or after a crash or a power cut, has the old file or the new one.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: A web server under another account has to read what we write.
PUBLIC_MODE = 0o644

#: Marks a file that was being written; one that is found was left by a run that was killed.
TEMPORARY = ".writing-"

#: What an operator can do about it.
_ADVICE = {
    errno.ENOSPC: "free some space on its disk",
    errno.EDQUOT: "free some space, or raise this account's quota",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f)",
    errno.EACCES: "let this account write there",
    errno.EPERM: "let this account write there",
    errno.EROFS: "mount its disk for writing, or name another public folder",
}


class PublishError(Exception):
    """A file could not be written; the message names it and says what to do. Old files stand."""


class Files:
    """The files of one run, in `folder` and beside it. A dry run only says what it would write."""

    def __init__(self, folder: Path, *, dry_run: bool) -> None:
        self.folder, self.dry_run = folder, dry_run
        self.written: list[str] = []
        self.unchanged = 0
        self._touched: set[Path] = set()

    def clean(self) -> None:
        """Remove what a killed run was writing."""
        if self.dry_run:
            return
        with _explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for each in (self.folder, self.folder.parent):
                for leftover in each.glob(f"{TEMPORARY}*"):
                    leftover.unlink(missing_ok=True)

    def put(self, path: Path, content: bytes) -> None:
        """Make `path` hold `content`, unless it does."""
        if read(path) == content:
            self.unchanged += 1
            return
        self.written.append(path.name)
        if self.dry_run:
            return
        with _explained(path):
            _replace(path, content)
        self._touched.add(path.parent)

    def settle(self) -> None:
        """Return when the names of all files put are on the disk too."""
        for folder in sorted(self._touched):
            with _explained(folder):
                _sync_folder(folder)
        self._touched.clear()


def read(path: Path) -> bytes | None:
    """What the file holds; None where there is none.

    Raises:
        PublishError: it is there and cannot be read.
    """
    with _explained(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(TEMPORARY + path.name)
    try:
        with temporary.open("xb") as file:
            os.fchmod(file.fileno(), PUBLIC_MODE)
            file.write(content)
            file.flush()
            # Without this a power cut leaves the new name on an empty file (measured).
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "put that right")
        raise PublishError(
            f"{path}: {error.strerror or error}; {advice}, then publish again"
            " (what readers see is whole, and as it was)"
        ) from error
