"""The keys that sign links, return addresses and message ids: made once, rotated. Files.

`secret.key` holds one key a line. The first signs; all are accepted, for people find old digests,
and the links in those must work.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE = "secret.key"

#: Keys kept. Somebody who rotates each year keeps a decade of links alive; each costs a hash where
#: a link does not fit the newer ones.
KEYS_MAX = 10


def keys(folder: Path) -> tuple[str, ...]:
    """The keys of the desk in `folder`, the newest first; one is made where there is none."""
    path = folder / FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return tuple(path.read_text(encoding="ascii").split())
    key = secrets.token_hex(32)
    _written(descriptor, (key,))
    return (key,)


def rotate(folder: Path) -> int:
    """Put a new key before the others: how many there are now. The oldest past KEYS_MAX is gone.

    A reader of the file sees the keys of before or of after, whatever happens.
    """
    kept = (secrets.token_hex(32), *keys(folder))[:KEYS_MAX]
    new = folder / f"{FILE}.new"
    new.unlink(missing_ok=True)
    _written(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), kept)
    new.replace(folder / FILE)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return len(kept)


def _written(descriptor: int, lines: tuple[str, ...]) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
