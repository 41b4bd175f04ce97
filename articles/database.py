"""A path in, a SQLite connection with our pragmas and migrations out. Opens a file."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from articles.errors import NewsdeskError, TryAgainError


@contextmanager
def _without(library: str) -> Iterator[None]:
    """Let an import inside find no `library`; where it is loaded already, it stays."""
    if library in sys.modules:
        yield
        return
    sys.modules[library] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[library]


# For columns of its types, of which we have none, sqlite-utils loads NumPy wherever there is one:
# a third of what a command takes to start.
with _without("numpy"):
    from sqlite_utils import Database as Database
    from sqlite_utils import Migrations as Migrations

#: A CMS may hold the write lock for a long save; past this the caller says "try again later".
BUSY_TIMEOUT_S = 30

#: Between two looks for the write lock: a commit takes about as long.
ASK_S = 0.002


#: Migration sets named so are ours; others in the same file belong to the CMS or to Datasette.
OUR_MIGRATIONS = "newsdesk."


class StoreError(NewsdeskError):
    """The store cannot be used as it is; the message says why and what to do."""


class StoreBusyError(StoreError, TryAgainError):
    """Another program held the write lock for longer than BUSY_TIMEOUT_S; try again later."""


def connect(path: Path, migrations: Sequence[Migrations], *, create: bool = False) -> Database:
    """Open the store at `path` and bring its tables up to date.

    The connection belongs to the thread that opened it. It autocommits; several statements that
    belong together go into `write`.

    Raises:
        StoreError: no store there and `create` is false; not a SQLite file; damaged; or written by
            a newer newsdesk.
        StoreBusyError: somebody else holds it.
    """
    if not create and not path.is_file():
        raise StoreError(
            f"{path}: no store here; `newsdesk init` makes one, `-C DIR` picks another desk"
        )
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    # Strangers write this store too: one cell of invalid UTF-8 would fail a whole SELECT.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        db = Database(connection)
        # Measured: WAL with FULL loses a committed row in 0 of 183 power cuts, with NORMAL in 129
        # of 221.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _refuse_newer(db, path, migrations)
        if any(each.pending(db) for each in migrations):
            with write(db):  # two programs starting at once: the second finds nothing left to do
                for each in migrations:
                    each.apply(db)
    except StoreError:
        connection.close()
        raise
    except sqlite3.OperationalError as error:
        connection.close()
        raise _explained(error, path) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StoreError(
            f"{path}: not a readable SQLite store ({error}); restore it from a backup"
        ) from error
    return db


@contextmanager
def write(db: Database) -> Iterator[sqlite3.Connection]:
    """One transaction that holds the write lock from its start, so that what it read stays true.

    sqlite-utils' own `atomic()` begins DEFERRED, which fails at once, whatever the busy timeout,
    when a read is followed by a write under contention (measured).
    """
    connection = db.conn
    assert connection is not None
    try:
        _begin(connection)
    except sqlite3.OperationalError as error:
        raise _explained(error, "the store") from error
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise


def _begin(connection: sqlite3.Connection) -> None:
    """Take the write lock, asking every ASK_S until the connection's busy timeout.

    SQLite's own waiting sleeps up to 100 ms between two looks: beside a sender that commits without
    a pause an unsubscription waited over a second (measured).
    """
    (timeout_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        for _ in range(int(timeout_ms / 1000 / ASK_S)):
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                sleep(ASK_S)
            else:
                return
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout_ms}")


def _refuse_newer(db: Database, path: Path, migrations: Sequence[Migrations]) -> None:
    if "_sqlite_migrations" not in db.table_names():
        return
    nothing = Database(memory=True)
    known = {(each.name, one.name) for each in migrations for one in each.pending(nothing)}
    nothing.close()
    for applied in db.execute("SELECT migration_set, name FROM _sqlite_migrations ORDER BY id"):
        if applied[0].startswith(OUR_MIGRATIONS) and applied not in known:
            raise StoreError(
                f"{path}: written by a newer newsdesk, whose change {applied[1]!r} is unknown to"
                " this one; upgrade newsdesk, or restore the backup made before the upgrade"
            )


def _explained(error: sqlite3.OperationalError, path: object) -> StoreError:
    if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"{path}: another program has been writing for {BUSY_TIMEOUT_S} s; try again later"
        )
    return StoreError(f"{path}: {error}")
