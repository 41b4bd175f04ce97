"""Bytes in, files that survive a power cut out, or advice on what went wrong. Writes files."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from articles.errors import NewsdeskError

#: A web server under another account has to read what we write.
PUBLIC_MODE = 0o644
PUBLIC_FOLDER_MODE = 0o755

#: What an operator can do about it.
_ADVICE = {
    errno.ENOSPC: "free some space on its disk",
    errno.EDQUOT: "free some space, or raise this account's quota",
    errno.EFBIG: "raise the limit on file sizes (ulimit -f)",
    errno.EACCES: "let this account write there",
    errno.EPERM: "let this account write there",
    errno.EROFS: "mount its disk for writing, or name another public folder",
}

#: File systems that have no hard links say it in one of these ways.
_NO_LINKS = {errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV}


class PublishError(NewsdeskError):
    """A file could not be written; the message names it and says what to do. Old files stand."""


def read(path: Path | str) -> bytes | None:
    """What the file holds; None where there is none.

    Raises:
        PublishError: it is there and cannot be read.
    """
    with explained(path):
        try:
            with open(path, "rb", buffering=0) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None


def write(path: Path | str, content: bytes) -> None:
    """Make a new file whose bytes are on the disk on return; its name may not be yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PUBLIC_MODE)
    with open(descriptor, "wb", buffering=0) as file:
        os.fchmod(descriptor, PUBLIC_MODE)  # whatever the umask
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
        # Without this a power cut leaves the new name on an empty file (measured).
        os.fsync(descriptor)


def same(source: str, target: str) -> None:
    """Make `target` the same file as `source`, or absent where that is absent."""
    with suppress(FileNotFoundError):
        os.unlink(target)
    try:
        os.link(source, target)
    except FileNotFoundError:
        if os.path.lexists(source):
            raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        write(target, Path(source).read_bytes())


def sync_folder(folder: Path | str) -> None:
    """Return when the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def explained(path: Path | str) -> Iterator[None]:
    """Turn what the system says about `path` into what an operator can do.

    Raises:
        PublishError: the body raised an OSError.
    """
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "put that right")
        raise PublishError(
            f"{path}: {error.strerror or error}; {advice}, then publish again"
            " (what readers see is whole, and as it was)"
        ) from error
