"""Which files a publication changed, noted in the store before and after it. SQLite.

A swap of folders and a commit are two things: `begin` comes before the swap, `finish` after it. A
run that died in between is told apart by the stamp in the folder, so that whoever acts on changes
(hubs, object storage) hears of each, and of none that readers cannot see.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from articles import database
from articles.store import Store, moment, stamp
from feeds.publication import Change

#: The name our cursor in the store goes by.
JOB = "feeds"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """The last change of a file that readers see, or saw."""

    seq: int  # of the publication that changed it; a consumer's cursor
    name: str  # below the public folder: "feeds/syria.rss"
    changed_at: datetime
    digest: str  # SHA-256 of its bytes, in hexadecimal; "" where it was taken away


def begin(
    store: Store, publication: str, seq: int, changes: Sequence[Change], now: datetime
) -> None:
    """Say, durably, what is about to be shown; `seq` is how far the store was read for it."""
    pairs = msgspec.json.encode([(each.name, each.digest) for each in changes]).decode()
    with database.write(store.db) as connection:
        connection.execute("DELETE FROM publication")
        connection.execute(
            "INSERT INTO publication VALUES (?, ?, ?, ?)", (publication, stamp(now), seq, pairs)
        )


def settle(store: Store, standing: str) -> None:
    """Finish what was begun if it is what stands; forget it if it is not."""
    row = store.db.execute("SELECT id, begun_at, seq, changes FROM publication").fetchone()
    if row is None:
        return
    publication, begun_at, seq, changes = row
    with database.write(store.db) as connection:
        if publication == standing:
            _note(connection, begun_at, msgspec.json.decode(changes, type=list[tuple[str, str]]))
            store.move_cursor(JOB, seq)
        connection.execute("DELETE FROM publication")


def files_since(store: Store, seq: int) -> tuple[PublishedFile, ...]:
    """Files changed by publications after `seq`, oldest change first; each once, as it is now."""
    rows = store.db.execute(
        """
        SELECT seq, name, changed_at, digest FROM published_files
        WHERE seq > ? ORDER BY seq, name
        """,
        (seq,),
    )
    return tuple(
        PublishedFile(seq, name, moment(changed_at), digest)
        for seq, name, changed_at, digest in rows
    )


def last(store: Store) -> int:
    """The publication that changed a file last; 0 before the first."""
    (seq,) = store.db.execute("SELECT max(seq) FROM published_files").fetchone()
    return seq or 0


def _note(connection: sqlite3.Connection, at: str, changes: Sequence[tuple[str, str]]) -> None:
    (seq,) = connection.execute("SELECT max(seq) FROM published_files").fetchone()
    connection.executemany(
        """
        INSERT INTO published_files VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
            seq = excluded.seq, changed_at = excluded.changed_at, digest = excluded.digest
        """,
        ((name, (seq or 0) + 1, at, digest) for name, digest in changes),
    )
