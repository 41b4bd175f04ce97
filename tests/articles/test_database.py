"""The store's file: pragmas, locks, strange files, newer versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from articles import database, schema
from articles.database import StoreBusyError, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def opened(path: Path) -> Database:
    return database.connect(path, [schema.migrations], create=True)


def test_a_store_keeps_what_was_committed_through_a_power_cut(path: Path) -> None:
    db = opened(path)

    pragmas = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    db.close()


def test_a_folder_without_a_store_is_named(path: Path) -> None:
    with pytest.raises(StoreError, match=r"store\.db: no store here; `newsdesk init`"):
        database.connect(path, [schema.migrations])


def test_a_file_that_is_no_store_is_named(path: Path) -> None:
    path.write_text("This is a letter, not a database. " * 100)

    with pytest.raises(StoreError, match="not a readable SQLite store"):
        opened(path)


def test_a_store_of_a_newer_newsdesk_is_refused(path: Path) -> None:
    opened(path).close()
    newer = Migrations("newsdesk.articles")

    @newer()
    def m999_from_the_future(db: Database) -> None:
        db.execute("CREATE TABLE future (id INTEGER)")

    other = Database(path)
    newer.apply(other)
    other.close()

    with pytest.raises(StoreError, match=r"newer newsdesk.*m999_from_the_future.*upgrade newsdesk"):
        opened(path)


def test_migrations_of_others_in_the_same_file_are_left_alone(path: Path) -> None:
    opened(path).close()
    theirs = Migrations("cms")

    @theirs()
    def m001_theirs(db: Database) -> None:
        db.execute("CREATE TABLE theirs (id INTEGER)")

    other = Database(path)
    theirs.apply(other)
    other.close()

    opened(path).close()


def test_a_write_lock_held_by_another_is_try_again_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    db = opened(path)
    cms = sqlite3.connect(path, isolation_level=None)
    cms.execute("BEGIN IMMEDIATE")

    with (
        pytest.raises(StoreBusyError, match="another program has been writing"),
        database.write(db),
    ):
        pass

    cms.execute("ROLLBACK")
    with database.write(db) as connection:
        connection.execute("INSERT INTO cursors VALUES ('x', 1)")
    cms.close()
    db.close()


def test_waiting_for_the_lock_keeps_to_the_patience_of_the_connection(path: Path) -> None:
    db, other = opened(path), opened(path)
    db.execute("PRAGMA busy_timeout = 20")
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError), database.write(db):
        pass
    other.execute("COMMIT")
    with database.write(db) as connection:
        connection.execute("CREATE TABLE got_it (n)")

    assert db.execute("PRAGMA busy_timeout").fetchone() == (20,)
    assert "got_it" in db.table_names()
    db.close()
    other.close()


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    db = opened(path)

    def fail() -> None:
        with database.write(db) as connection:
            connection.execute("INSERT INTO cursors VALUES ('x', 1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert db.execute("SELECT count(*) FROM cursors").fetchone() == (0,)
    db.close()


def test_one_cell_of_invalid_utf8_does_not_fail_a_whole_query(path: Path) -> None:
    db = opened(path)
    db.execute("INSERT INTO articles (title) VALUES (CAST(X'41FF42' AS TEXT)), ('whole')")

    titles = [title for (title,) in db.execute("SELECT title FROM articles ORDER BY id")]

    assert titles == ["A\ufffdB", "whole"]
    db.close()


def test_the_full_text_of_articles_is_searched_without_accents(path: Path) -> None:
    db = opened(path)
    db.execute("INSERT INTO article_texts VALUES (1, 'Élection à Abidjan', '', 'Le scrutin.')")

    found = db.execute(
        "SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ?", ("election",)
    ).fetchall()

    assert found == [(1,)]
    db.close()
