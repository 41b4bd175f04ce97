"""Requests to be made of other hosts, kept until they succeed or are given up. SQLite.

An errand is a row, written in the transaction of its cause: it survives a kill, a reboot and a host
that is down for a day. One for the same thing takes the place of the one before: who missed three
changes of a feed is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from articles import database
from articles.store import Store, moment, stamp

Kind = Literal["tell", "verify", "deliver"]

#: After a failure: twice as long each time, and an hour at most.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(hours=1)

#: With these waits a day and some hours; who is away for longer finds what it missed in the feed.
ATTEMPTS_MAX = 36

#: A host that does not answer a question of its own asking is asked so often: a minute in all.
VERIFY_ATTEMPTS_MAX = 5


@dataclass(frozen=True, slots=True)
class Errand:
    """One request; `id` is another one's as soon as there is a new cause."""

    id: int
    kind: Kind
    url: str  # whom to ask: a hub, or a subscriber's callback
    topic: str  # about which feed: its address
    details: str  # JSON, where a kind needs more
    attempts: int


def add(store: Store, kind: Kind, errands: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Note (url, topic, details), due at once. Inside `database.write`."""
    assert store.db.conn is not None
    store.db.conn.executemany(
        """
        INSERT OR REPLACE INTO errands (kind, host, url, topic, details, attempts, due_at)
        VALUES (?, ?, ?, ?, ?, 0, ?)
        """,
        (
            (kind, urlsplit(url).netloc, url, topic, details, stamp(now))
            for url, topic, details in errands
        ),
    )


def hosts_due(store: Store, now: datetime) -> tuple[str, ...]:
    """Hosts for which something is due, who waits longest first."""
    rows = store.db.execute(
        "SELECT host FROM errands WHERE due_at <= ? GROUP BY host ORDER BY min(id)", (stamp(now),)
    )
    return tuple(host for (host,) in rows)


def due(store: Store, host: str, limit: int, now: datetime) -> tuple[Errand, ...]:
    """What is due for one host, oldest first."""
    rows = store.db.execute(
        """
        SELECT id, kind, url, topic, details, attempts FROM errands
        WHERE host = ? AND due_at <= ? ORDER BY id LIMIT ?
        """,
        (host, stamp(now), limit),
    )
    return tuple(Errand(*row) for row in rows)


def waiting(store: Store, host: str, kind: Kind) -> int:
    """How many of a kind are not done yet."""
    (count,) = store.db.execute(
        "SELECT count(*) FROM errands WHERE host = ? AND kind = ?", (host, kind)
    ).fetchone()
    return int(count)


def done(store: Store, errands: Collection[Errand]) -> None:
    """These are done; what was noted again meanwhile has another id, and stays."""
    assert store.db.conn is not None
    store.db.conn.executemany("DELETE FROM errands WHERE id = ?", [(e.id,) for e in errands])


def failed(store: Store, errands: Collection[Errand], now: datetime) -> tuple[Errand, ...]:
    """Put these off; those that were tried often enough are forgotten, and given back."""
    given_up = tuple(each for each in errands if each.attempts + 1 >= _attempts_max(each))
    with database.write(store.db) as connection:
        done(store, given_up)
        connection.executemany(
            "UPDATE errands SET attempts = ?, due_at = ? WHERE id = ?",
            [
                (each.attempts + 1, stamp(now + wait(each.attempts)), each.id)
                for each in errands
                if each not in given_up
            ],
        )
    return given_up


def next_due_at(store: Store) -> datetime | None:
    """When the next one is due; None if there is none."""
    (at,) = store.db.execute("SELECT min(due_at) FROM errands").fetchone()
    return moment(at) if at else None


def wait(attempts: int) -> timedelta:
    """How long after so many attempts that failed before this one."""
    doubled: timedelta = FIRST_WAIT * (1 << min(attempts, 20))
    return min(doubled, LONGEST_WAIT)


def _attempts_max(errand: Errand) -> int:
    return VERIFY_ATTEMPTS_MAX if errand.kind == "verify" else ATTEMPTS_MAX
