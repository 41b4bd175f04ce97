"""Who is due, and what was decided for them: editions frozen, deliveries opened. SQLite."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
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
        counts = {"planned": 0, "quiet": 0}
        with write(self.db) as connection:
            stamped = cache(stamp)  # mostly the same hour
            for each in batch:
                edition = None
                if each.written:
                    if each.written not in frozen:
                        frozen[each.written] = self._frozen(each.written, each.slot.day, now)
                    edition = frozen[each.written]
                state = "planned" if each.written else "quiet"
                added = connection.execute(
                    """
                    INSERT INTO deliveries (subscriber_id, day, edition_id, state, message_id,
                                            dated_at, next_at, deadline_at, changed_at)
                    SELECT id, ?, CAST(? AS INTEGER), ?, ?, ?, ?, ?, ? FROM subscribers
                    WHERE id = ? AND state = 'active'
                    ON CONFLICT (subscriber_id, day) DO NOTHING
                    """,
                    (
                        each.slot.day.isoformat(),
                        edition,
                        state,
                        each.message_id if each.written else None,
                        stamped(each.slot.at),
                        stamped(each.slot.at),
                        stamped(each.deadline_at),
                        stamped(now),
                        each.subscriber.id,
                    ),
                )
                counts[state] += added.rowcount
        return counts

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
