"""Who is due, and what was decided for them: editions frozen, deliveries opened. SQLite."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache

from articles.database import Database, write
from articles.store import stamp
from newsletter.hours import Slot
from newsletter.ledger.values import Clock, Past, Planned, Written
from newsletter.model import Edition, Subscriber, Told
from newsletter.subscribers import COLUMNS, subscriber_of_row

#: Which deliveries have told, or may have told, their reader what is in them.
_TELLING = "('planned', 'attempting', 'sent', 'deferred', 'doubt')"

#: SQLite's page cache while deliveries are opened. A batch touches a page of three indexes for
#: nearly each of its readers; what has no room is written before the commit, and then again:
#: 4.9 GB for 100,000 readers in the default 2 MB, 1.2 GB in this.
CACHE_KIB = 16_000


class Planning:
    """The ledger as the press uses it."""

    db: Database

    def clocks(self) -> tuple[Clock, ...]:
        """The hours and zones that active subscribers have; few, however many there are of them."""
        rows = self.db.execute(
            """
            SELECT DISTINCT hour, time_zone FROM subscribers WHERE state = 'active'
            ORDER BY time_zone, hour
            """
        )
        return tuple(Clock(time.fromisoformat(hour), zone) for hour, zone in rows)

    def undecided(
        self, slot: Slot[Clock], *, after: int = 0, asked_by: datetime, limit: int
    ) -> tuple[Subscriber, ...]:
        """Subscribers of the slot's clock without a decision on its day, by id, past `after`."""
        rows = self.db.execute(
            f"""
            SELECT {COLUMNS} FROM subscribers s
            WHERE state = 'active' AND time_zone = ? AND hour = ? AND id > ? AND asked_at <= ?
              AND (days & ?) <> 0 AND (paused_until IS NULL OR paused_until <= ?)
              AND NOT EXISTS (SELECT 1 FROM deliveries d
                              WHERE d.subscriber_id = s.id AND d.day = ?)
            ORDER BY id LIMIT ?
            """,
            (
                slot.who.time_zone,
                f"{slot.who.hour:%H:%M}",
                after,
                stamp(asked_by),
                1 << slot.day.weekday(),
                slot.day.isoformat(),
                slot.day.isoformat(),
                limit,
            ),
        )
        return tuple(map(subscriber_of_row, rows))

    def pasts(self, subscribers: Iterable[Subscriber], since: date) -> dict[int, Past]:
        """What each of them got, or may have got, since that day, by subscriber id."""
        numbers = [each.id for each in subscribers]
        rows = self.db.execute(
            f"""
            SELECT subscriber_id, coalesce(group_concat(edition_id), ''), max(dated_at)
            FROM deliveries
            WHERE subscriber_id IN ({_marks(numbers)}) AND day >= ?
              AND state IN {_TELLING[:-1]}, 'quiet')
            GROUP BY subscriber_id
            """,
            (*numbers, since.isoformat()),
        )
        found = dict.fromkeys(numbers, Past())
        found |= {number: Past(editions, at) for number, editions, at in rows}
        return found

    def told_by(self, edition: int) -> dict[int, Told]:
        """What the readers of an edition were told in it, by the article's number."""
        rows = self.db.execute(
            """
            SELECT a.article, a.revision, e.day, a.correction, a.shown
            FROM edition_articles a JOIN editions e ON e.id = a.edition_id WHERE e.id = ?
            """,
            (edition,),
        )
        return {
            n: Told(
                article=n,
                revision=r,
                day=date.fromisoformat(day),
                correction=note,
                shown=bool(shown),
            )
            for n, r, day, note, shown in rows
        }

    def told_numbers(self) -> set[int]:
        """The articles that anybody was told, by number: their stories do not change any more."""
        rows = self.db.execute("SELECT DISTINCT article FROM edition_articles")
        return {number for (number,) in rows}

    def plan(
        self, batch: Sequence[Planned], now: datetime, frozen: dict[Written, int]
    ) -> dict[str, int]:
        """Freeze editions and open their deliveries, in one transaction: how many of each state.

        Somebody who left meanwhile, or has a decision on that day already, is left out. `frozen`
        are the ids of editions that earlier batches froze, and is added to: a hundred thousand
        readers share some hundred editions, and to find one by its words takes a hash of them all.
        """
        with write(self.db) as connection:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            for each in batch:
                if each.written and each.written not in frozen:
                    frozen[each.written] = self._frozen(each.written, each.slot.day, now)
            told = [each for each in batch if each.written]
            spared = [each for each in batch if not each.written]
            return {
                "planned": _opened(connection, "planned", told, now, frozen),
                "quiet": _opened(connection, "quiet", spared, now, frozen),
            }

    def _frozen(self, written: Written, day: date, now: datetime) -> int:
        """The id of an edition with these words, written now unless it stands there."""
        edition, rendered = written.edition, written.rendered
        key = (day.isoformat(), digest(written))
        known = "SELECT id FROM editions WHERE day = ? AND digest = ?"
        row = self.db.execute(known, key).fetchone()
        if row is None:
            self.db.execute(
                """
                INSERT INTO editions (day, digest, subject, html, text, language, seal, page,
                                      document, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    *key,
                    rendered.subject,
                    rendered.html,
                    rendered.text,
                    rendered.language,
                    rendered.seal,
                    rendered.page,
                    _document(edition),
                    stamp(now),
                ),
            )
            row = self.db.execute(known, key).fetchone()
            assert self.db.conn is not None
            self.db.conn.executemany(
                """
                INSERT INTO edition_articles (edition_id, article, revision, correction, shown)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT (edition_id, article) DO NOTHING
                """,
                (
                    (row[0], a.number, a.revision, a.correction, int(at < len(edition.shown)))
                    for at, a in enumerate(edition.told)
                ),
            )
        return int(row[0])


def _opened(
    connection: sqlite3.Connection,
    state: str,
    batch: Sequence[Planned],
    now: datetime,
    frozen: Mapping[Written, int],
) -> int:
    """Open deliveries in this state: how many. One statement, a third of the time of one each."""
    if not batch:
        return 0
    stamped = cache(stamp)  # mostly the same hour
    values: list[object] = [state, stamp(now)]
    for each in batch:
        edition = frozen[each.written] if each.written else None
        message_id = each.message_id if each.written else None
        at, deadline_at = stamped(each.slot.at), stamped(each.deadline_at)
        values += (each.subscriber.id, str(each.slot.day), edition, message_id, at, deadline_at)
    return connection.execute(
        f"""
        INSERT INTO deliveries (state, changed_at, subscriber_id, day, edition_id, message_id,
                                dated_at, next_at, deadline_at)
        SELECT ?, ?, s.id, column2, CAST(column3 AS INTEGER), column4, column5, column5, column6
        FROM (VALUES {", ".join(["(?, ?, ?, ?, ?, ?)"] * len(batch))}) AS batch
        JOIN subscribers s ON s.id = column1 WHERE s.state = 'active' ORDER BY s.id
        ON CONFLICT (subscriber_id, day) DO NOTHING
        """,
        values,
    ).rowcount


def digest(written: Written) -> str:
    """What two editions of one day have in common when they are one: the words."""
    rendered = written.rendered
    whole = "\0".join((rendered.subject, rendered.html, rendered.text, _document(written.edition)))
    return hashlib.sha256(whole.encode()).hexdigest()


def _document(edition: Edition) -> str:
    """An edition in brief: enough to say later what was in it, even of articles long withdrawn."""
    return json.dumps(
        {
            "language": edition.language,
            "regions": edition.regions,
            "follows": edition.follows,
            "stories": edition.story_count,
            "pieces": [
                {
                    "id": each.id,
                    "title": each.title,
                    "url": each.url or "",
                    "standfirst": each.standfirst,
                    "published_at": stamp(each.published_at),
                    "updated_at": stamp(each.updated_at),
                }
                for each in edition.shown
            ],
            "told": [[a.number, a.revision, a.title] for a in edition.told],
        },
        ensure_ascii=False,
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
