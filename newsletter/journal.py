"""What left, and who, noted in a file beside the store: so that an older store is known. Files.

    store.mailed    NUMBER TIME MESSAGE-ID      a message that was let go
                    NUMBER TIME -ADDRESS-HASH   somebody who is not to be mailed any more

A backup put in the store's place, or a snapshot of it, knows nothing of what happened after it was
made. This file does: it is not a part of the store, and only grows. Its lines have the number of
the commit they belong to; a store whose number is lower is older than the file.

A message's line is written after its commit and before its final dot, that of somebody who left
before the commit: one unsubscribed too many does less harm. Neither is waited for (that would cost
a second fsync for each commit): `kill -9` loses none, a power cut what the last seconds wrote.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from articles.database import Database, StoreError

#: A million messages. When there are more, the older half is dropped.
JOURNAL_BYTES_MAX = 100_000_000

#: The last whole line is looked for in the end of the file, past what a power cut made of it.
_TAIL_BYTES = 65_536


_WHAT = re.compile(r"<[^<>]+>|-[0-9a-f]{64}")


class Line(NamedTuple):
    """Something that happened."""

    number: int
    at: str
    what: str  # a Message-ID, or - and the hash of an address


def beside(db: Database) -> Journal | None:
    """The journal of a store; None where it has no file: a copy in memory."""
    for _, name, path in db.execute("PRAGMA database_list"):
        if name == "main" and path:
            return Journal(Path(path))
    return None


class Journal:
    """The file beside one store."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_suffix(".mailed")

    def note(self, lines: Sequence[Line]) -> None:
        """Add some lines, in one write.

        Raises:
            StoreError: the file cannot be written, and what it should say must not happen.
        """
        text = "".join(f"{each.number} {each.at} {each.what}\n" for each in lines)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror}") from error

    def last(self) -> int:
        """The highest number; 0 where nothing happened yet."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return 0
        return max((each.number for each in map(_parsed, lines) if each), default=0)

    def since(self, number: int) -> Iterator[Line]:
        """What happened after that number, oldest first."""
        with self.path.open("rb") as file:
            for raw in file:
                line = _parsed(raw)
                if line and line.number > number:
                    yield line

    def shorten(self) -> None:
        """Drop the older half of a file that has grown too long."""
        try:
            if self.path.stat().st_size <= JOURNAL_BYTES_MAX:
                return
        except FileNotFoundError:
            return
        shorter = self.path.with_suffix(".mailed-new")
        with self.path.open("rb") as file, shorter.open("wb") as kept:
            file.seek(-JOURNAL_BYTES_MAX // 2, os.SEEK_END)
            file.readline()
            while part := file.read(1 << 20):
                kept.write(part)
            kept.flush()
            os.fsync(kept.fileno())
        shorter.chmod(0o600)
        shorter.rename(self.path)


def _parsed(raw: bytes) -> Line | None:
    """A line, but for one that a power cut or a full disk tore."""
    match raw.decode("utf-8", "replace").split():
        case [number, at, what] if number.isdigit() and _WHAT.fullmatch(what):
            return Line(int(number), at, what)
    return None
