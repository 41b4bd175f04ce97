"""Numbers of articles in, their entries in every format out, kept from run to run. SQLite.

An entry is kept under its article's version, which the store changes with anything an entry may
show, and under the mark of site, regions and program. What is kept lies in a file of its own beside
the store: it can be deleted at any time, and no backup needs it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from articles import shelves
from articles.model import Article, Refusal, Site
from articles.regions import RegionTable
from articles.store import Store
from feeds import build
from feeds.formats import FORMATS
from feeds.model import Entry, Rendered

#: Beside store.db.
FILE = "entries.db"

#: About 400 MB: the heads of some thousand feeds. Above it, what was made first is dropped.
KEPT_MAX = 20_000

#: About 80 MB in three formats: what one run has in its hands at once.
IN_HAND_MAX = 4_000

#: The whole file, at KEPT_MAX entries.
MAPPED_BYTES = 1 << 29

#: New entries a transaction: about 5 MB.
BATCH = 250

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS entries (
        number  INTEGER PRIMARY KEY,  -- the article's
        version BLOB NOT NULL,        -- what it was made from
        mark    TEXT NOT NULL,        -- and under which site, regions and program
        made    INTEGER NOT NULL,     -- counts up: the lowest is dropped first
        entry   BLOB NOT NULL
    );
    CREATE INDEX IF NOT EXISTS entries_made ON entries (made);
"""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What feeds need to know of an entry, and its bytes in each format."""

    id: str
    published_at: datetime
    updated_at: datetime
    size_bytes_max: int
    bodies: dict[str, bytes]


class Entries:
    """The entries of one run, for one thread; `close` it. `fresh` makes all of them again."""

    def __init__(
        self, store: Store, table: RegionTable, site: Site, mark: str, *, fresh: bool = False
    ) -> None:
        self.refused: dict[int, Refusal] = {}
        self._store, self._table, self._site, self._mark = store, table, site, mark
        self._in_hand: dict[int, Entry] = {}
        self._new: list[tuple[int, bytes, _Kept]] = []
        self._file = _opened(_beside(store))
        if fresh:
            self._file.execute("DELETE FROM entries")

    def close(self) -> None:
        self._keep()
        self._file.close()

    def of(self, numbers: Sequence[int]) -> tuple[Entry, ...]:
        """The entries of these articles, in their order. One bad article never costs a good one:
        it is left out, and named in `refused`."""
        missing = [n for n in numbers if n not in self._in_hand and n not in self.refused]
        if len(self._in_hand) + len(missing) > IN_HAND_MAX:
            self._in_hand.clear()
            missing = [number for number in numbers if number not in self.refused]
        if missing:
            self._take(missing)
        return tuple(self._in_hand[number] for number in numbers if number in self._in_hand)

    def of_revisions(self, members: Sequence[tuple[int, int]]) -> tuple[Entry, ...]:
        """Articles, by number, in the words of a revision, in their order; without those that are
        not live or cannot be written."""
        live = self._store.articles([number for number, _ in members])
        then = [(live[number], revision) for number, revision in members if number in live]
        self.of([article.number for article, revision in then if article.revision == revision])
        return tuple(entry for each in then for entry in self._as_it_was(*each))

    def _as_it_was(self, article: Article, revision: int) -> tuple[Entry, ...]:
        if article.revision == revision:
            return self.of([article.number])
        try:
            earlier = shelves.as_it_was(self._store, article, revision)
            return (build.entry(self._told(earlier), self._site, self._table),)
        except (TypeError, ValueError):  # it was written once; what changed since is our own
            return ()

    def _told(self, article: Article) -> Article:
        """The article with its story only where that has a feed to lead to."""
        if article.story is None or shelves.has_feed(self._store, article.story):
            return article
        return replace(article, story=None)

    def _take(self, numbers: Sequence[int]) -> None:
        versions = self._store.versions(numbers)
        kept = self._kept(versions)
        self._in_hand |= kept
        for number, article in self._store.articles(versions.keys() - kept.keys()).items():
            self._make(number, article, versions[number])

    def _kept(self, versions: dict[int, bytes]) -> dict[int, Entry]:
        marks = ", ".join("?" * len(versions))
        rows = self._file.execute(
            f"""
            SELECT number, version, entry FROM entries
            WHERE number IN ({marks}) AND mark = ?
            """,
            (*versions, self._mark),
        )
        return {
            number: _entry(msgspec.msgpack.decode(entry, type=_Kept))
            for number, version, entry in rows
            if version == versions[number]
        }

    def _make(self, number: int, article: Article, version: bytes) -> None:
        try:
            entry = build.entry(self._told(article), self._site, self._table)
            bodies = {each.render.__module__: each.entry(entry) for each in FORMATS}
        # What lxml and feedgen raise for words they cannot write. Anything else is our own mistake,
        # and stops the run before feeds lose articles for it.
        except (TypeError, ValueError) as error:
            reason = f"cannot be written as a feed entry ({error}); correct it and save it again"
            self.refused[number] = Refusal(where=f"article {number}", reason=reason)
            return
        kept = _Kept(entry.id, entry.published_at, entry.updated_at, entry.size_bytes_max, bodies)
        self._in_hand[number] = _entry(kept)
        self._new.append((number, version, kept))
        if len(self._new) >= BATCH:
            self._keep()

    def _keep(self) -> None:
        if self._new:
            # A full disk costs nothing here: what is not kept is made again.
            with suppress(sqlite3.OperationalError), self._file:
                self._file.execute("BEGIN")
                self._write(self._new)
            self._new.clear()

    def _write(self, new: Sequence[tuple[int, bytes, _Kept]]) -> None:
        (last,) = self._file.execute("SELECT coalesce(max(made), 0) FROM entries").fetchone()
        self._file.executemany(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)",
            (
                (number, version, self._mark, made, msgspec.msgpack.encode(kept))
                for made, (number, version, kept) in enumerate(new, last + 1)
            ),
        )
        self._file.execute("DELETE FROM entries WHERE made <= ?", (last + len(new) - KEPT_MAX,))


def _entry(kept: _Kept) -> Entry:
    """An entry whose words are in its bytes only."""
    return Entry(
        id=kept.id,
        title="",
        summary="",
        content_html="",
        published_at=kept.published_at,
        updated_at=kept.updated_at,
        rendered=Rendered(size_bytes_max=kept.size_bytes_max, bodies=kept.bodies),
    )


def _beside(store: Store) -> str:
    """Where entries are kept: beside the store's file, or in memory if it is there."""
    (path,) = (row[2] for row in store.db.execute("PRAGMA database_list") if row[1] == "main")
    return str(Path(path).with_name(FILE)) if path else ":memory:"


def _opened(path: str) -> sqlite3.Connection:
    try:
        return _connected(path)
    except sqlite3.DatabaseError:  # not as we left it: all of it can be made again
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        return _connected(path)


def _connected(path: str) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None)
    try:
        # A power cut may cost the last transactions, but never leaves half of one. Large pages,
        # mapped: an entry of 20 kB is read in a third of the time (measured).
        for pragma in (
            "page_size = 32768",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"mmap_size = {MAPPED_BYTES}",
        ):
            file.execute(f"PRAGMA {pragma}")
        file.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        file.close()
        raise
    return file
