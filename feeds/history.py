"""Which archives a feed has and what is in them: kept in the store, so that they can be made again.

SQLite. A document is noted before its files are shown and `due` until they are: a run that dies in
between is made good by the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from articles import database
from articles.store import Store, moment, stamp
from feeds.archives import Archive, Pending


def of_feed(store: Store, feed: str) -> tuple[Archive, ...]:
    """All archives of a feed, oldest first."""
    rows = store.db.execute(
        "SELECT number, name, sealed_at FROM archives WHERE feed = ? ORDER BY number", (feed,)
    )
    return tuple(Archive(number, name, moment(at)) for number, name, at in rows)


def pending(store: Store, feed: str) -> tuple[Pending, ...]:
    """Live articles of the feed that stand in no archive of it in their present words."""
    rows = store.db.execute(
        """
        SELECT article_id, published_at
        FROM region_articles INDEXED BY region_articles_pending  -- else it reads the whole region
        WHERE region = ? AND archived = 0 ORDER BY published_at, article_id
        """,
        (feed,),
    )
    return tuple(Pending(number, moment(at)) for number, at in rows)


def seal(store: Store, feed: str, documents: Sequence[tuple[Archive, Sequence[Pending]]]) -> None:
    """Note documents whose articles are settled from now on, in the words they have now."""
    with database.write(store.db) as connection:
        for archive, members in documents:
            numbers = [(feed, each.number) for each in members]
            connection.execute(
                "INSERT INTO archives VALUES (?, ?, ?, ?, 1)",
                (feed, archive.number, archive.name, stamp(archive.sealed_at)),
            )
            connection.executemany(
                f"""
                INSERT INTO archived_articles (feed, number, article_id, revision)
                SELECT ?, {archive.number:d}, article_id, revision
                FROM accepted WHERE article_id = ?
                """,
                numbers,
            )
            connection.executemany(
                """
                UPDATE region_articles SET archived = (
                    SELECT revision FROM accepted AS a
                    WHERE a.article_id = region_articles.article_id
                ) WHERE region = ? AND article_id = ?
                """,
                numbers,
            )


def members(store: Store, feed: str, archive: Archive) -> tuple[tuple[int, int], ...]:
    """What is in a document, newest first: numbers and revisions."""
    return tuple(
        store.db.execute(
            """
            SELECT x.article_id, x.revision
            FROM archived_articles x JOIN accepted a USING (article_id)
            WHERE x.feed = ? AND x.number = ?
            ORDER BY a.published_at DESC, x.article_id DESC
            """,
            (feed, archive.number),
        )
    )


def strike_withdrawn(store: Store) -> None:
    """Take withdrawn articles out of the documents they stand in, which are to be made again.

    The one thing that changes a sealed document: what a newsroom takes back must not stay.
    """
    rows = store.db.execute(
        """
        SELECT x.feed, x.number, x.article_id
        FROM accepted a JOIN archived_articles x USING (article_id)
        WHERE a.state = 'withdrawn'
        """
    ).fetchall()
    if not rows:
        return
    with database.write(store.db) as connection:
        connection.executemany(
            "UPDATE archives SET due = 1 WHERE feed = ? AND number = ?",
            ((feed, number) for feed, number, _ in rows),
        )
        connection.executemany(
            "DELETE FROM archived_articles WHERE feed = ? AND number = ? AND article_id = ?", rows
        )


def make_all_due(store: Store) -> None:
    """Have every document made again, in the words it was sealed with."""
    store.db.execute("UPDATE archives SET due = 1 WHERE due = 0")


def due(store: Store) -> tuple[tuple[str, Archive], ...]:
    """Documents whose files are to be made, with the names of their feeds."""
    rows = store.db.execute(
        """
        SELECT feed, number, name, sealed_at FROM archives WHERE due = 1 ORDER BY feed, number
        """
    )
    return tuple((feed, Archive(number, name, moment(at))) for feed, number, name, at in rows)


def made(store: Store, documents: Sequence[tuple[str, Archive]]) -> None:
    """Readers see the files of these."""
    with database.write(store.db) as connection:
        connection.executemany(
            "UPDATE archives SET due = 0 WHERE feed = ? AND number = ?",
            ((feed, archive.number) for feed, archive in documents),
        )
