"""Who gets which edition, and how far it got. All SQL about editions and deliveries. SQLite.

A delivery is one subscriber's digest of one local date:

    planned -> attempting -> sent | deferred | refused | doubt

`attempting` is committed before the message's final dot, the outcome after the answer. What a dead
run left `attempting` may or may not have arrived: it becomes `doubt`, has a name, and is not sent
again unless somebody says so. The steps that exist are kept by a trigger (newsletter/schema.py).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlite_utils import Database

from articles.database import StoreError, write
from articles.store import moment, stamp
from newsletter.hours import Slot
from newsletter.model import Delivery, Edition, Rendered, Subscriber, Told
from newsletter.subscribers import COLUMNS, subscriber_of_row

#: Rows fetched at once; a removal in the meantime is noticed when its row is claimed.
FETCH = 200

#: Which deliveries have told, or may have told, their reader what is in them.
_TELLING = "('planned', 'attempting', 'sent', 'deferred', 'doubt')"


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour in a zone at which some subscribers want their digest."""

    hour: time
    time_zone: str


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody got. Kept as it stands in the table: it is read for everybody every day."""

    editions: str = ""  # ids, parted by commas
    decided_at: str = ""  # the last hour for which they got a digest, or nothing was new; "" never

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(map(int, self.editions.split(","))) if self.editions else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An edition ready to be frozen, and who gets it; None where there was nothing to tell."""

    edition: Edition
    rendered: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What was decided for one subscriber on one local date."""

    subscriber: Subscriber
    slot: Slot[Clock]
    message_id: str
    deadline_at: datetime
    written: Written | None  # None: nothing to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A delivery that may be offered now."""

    delivery: Delivery
    subscriber: Subscriber
    recipient: str  # the address mail goes to, its domain in IDNA
    dated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a delivery."""

    at: datetime
    state: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The mail server was in trouble: nothing is offered until then."""

    until_at: datetime
    failures: int
    reply: str


class Ledger:
    """The newsletter's half of the store. One instance belongs to one thread."""

    def __init__(self, db: Database) -> None:
        self.db = db

    # Planning.

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
        self, slot: Slot[Clock], *, after: int = 0, asked_by: datetime, limit: int = FETCH
    ) -> tuple[Subscriber, ...]:
        """Subscribers of the slot's clock without a decision on its day, by id, past `after`."""
        rows = self.db.execute(
            f"""
            SELECT {COLUMNS} FROM subscribers s
            WHERE state = 'active' AND time_zone = ? AND hour = ? AND id > ? AND asked_at <= ?
              AND days & ? AND (paused_until IS NULL OR paused_until <= ?)
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

    def told_by(self, edition: int) -> tuple[Told, ...]:
        """What the readers of an edition were told in it."""
        rows = self.db.execute(
            """
            SELECT a.article, a.revision, e.day, a.correction, a.shown
            FROM edition_articles a JOIN editions e ON e.id = a.edition_id WHERE e.id = ?
            """,
            (edition,),
        )
        return tuple(
            Told(
                article=n,
                revision=r,
                day=date.fromisoformat(day),
                correction=note,
                shown=bool(shown),
            )
            for n, r, day, note, shown in rows
        )

    def told_numbers(self) -> set[int]:
        """The articles that anybody was told, by number: their stories do not change any more."""
        rows = self.db.execute("SELECT DISTINCT article FROM edition_articles")
        return {number for (number,) in rows}

    def plan(self, batch: Sequence[Planned], now: datetime) -> dict[str, int]:
        """Freeze editions and open their deliveries, in one transaction: how many of each state.

        Somebody who left meanwhile, or has a decision on that day already, is left out.
        """
        counts = {"planned": 0, "quiet": 0}
        with write(self.db) as connection:
            frozen: dict[int, int] = {}  # what is equal is mostly the same object
            for each in batch:
                edition = None
                if each.written:
                    if id(each.written) not in frozen:
                        frozen[id(each.written)] = self._frozen(each.written, each.slot.day, now)
                    edition = frozen[id(each.written)]
                state = "planned" if each.written else "quiet"
                added = connection.execute(
                    """
                    INSERT INTO deliveries (subscriber_id, day, edition_id, state, message_id,
                                            dated_at, next_at, deadline_at, changed_at)
                    SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM subscribers
                    WHERE id = ? AND state = 'active'
                    ON CONFLICT (subscriber_id, day) DO NOTHING
                    """,
                    (
                        each.slot.day.isoformat(),
                        edition,
                        state,
                        each.message_id if each.written else None,
                        stamp(each.slot.at),
                        stamp(each.slot.at),
                        stamp(each.deadline_at),
                        stamp(now),
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
                "INSERT OR IGNORE INTO edition_articles VALUES (?, ?, ?, ?, ?)",
                (
                    (row[0], a.number, a.revision, a.correction, at < len(edition.shown))
                    for at, a in enumerate(edition.told)
                ),
            )
        return int(row[0])

    # Delivering.

    def ready(self, now: datetime, limit: int = FETCH) -> tuple[Ready, ...]:
        """Deliveries whose time has come: untried ones first, those of one edition together."""
        rows = self.db.execute(
            f"""
            SELECT {_DELIVERY}, d.dated_at, s.address_key, {_SUBSCRIBER}
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            WHERE d.state IN ('planned', 'deferred') AND d.next_at <= ? AND d.deadline_at > ?
            ORDER BY d.attempts, d.edition_id, d.id LIMIT ?
            """,
            (stamp(now), stamp(now), limit),
        )
        return tuple(
            Ready(
                delivery=_delivery(row[:_WIDTH]),
                dated_at=moment(row[_WIDTH]),
                recipient=row[_WIDTH + 1],
                subscriber=subscriber_of_row(row[_WIDTH + 2 :]),
            )
            for row in rows
        )

    def waiting(self, now: datetime) -> int:
        """How many deliveries `ready` would give."""
        return self._count(
            """
            SELECT count(*) FROM deliveries
            WHERE state IN ('planned', 'deferred') AND next_at <= ? AND deadline_at > ?
            """,
            (stamp(now), stamp(now)),
        )

    def rendered(self, edition: int) -> Rendered:
        """The frozen words of an edition."""
        subject, html, text, language, seal = self.db.execute(
            "SELECT subject, html, text, language, seal FROM editions WHERE id = ?", (edition,)
        ).fetchone()
        return Rendered(subject=subject, html=html, text=text, language=language, seal=seal)

    def attempt(self, delivery: int, now: datetime) -> bool:
        """Claim a delivery, durably, before its message is let go; False when it must not go.

        One statement reads and writes: whoever unsubscribed before it is not mailed, and nobody
        else has the delivery after it.
        """
        with _explained(delivery):
            claimed = self.db.execute(
                """
                UPDATE deliveries SET state = 'attempting', changed_at = ?
                WHERE id = ? AND state IN ('planned', 'deferred') AND EXISTS (
                    SELECT 1 FROM subscribers s WHERE s.id = subscriber_id AND s.state = 'active'
                    AND NOT EXISTS (SELECT 1 FROM suppressions x
                                    WHERE x.address_hash = s.address_hash))
                """,
                (stamp(now), delivery),
            )
        return claimed.rowcount == 1

    def record(
        self,
        delivery: int,
        state: str,
        reply: str,
        now: datetime,
        *,
        next_at: datetime | None = None,
    ) -> None:
        """Write what became of a delivery; `next_at` for one that is deferred."""
        with _explained(delivery):
            self.db.execute(
                """
                UPDATE deliveries SET state = ?, reply = ?, changed_at = ?,
                       attempts = attempts + 1, next_at = coalesce(?, next_at)
                WHERE id = ?
                """,
                (state, reply, stamp(now), stamp(next_at) if next_at else None, delivery),
            )

    def settle(self, delivery: Delivery, state: str, reply: str, now: datetime) -> bool:
        """Move a delivery without an attempt; False when it is no longer in the state given."""
        moved = self.db.execute(
            """
            UPDATE deliveries SET state = ?, reply = ?, changed_at = ?, next_at = ?
            WHERE id = ? AND state = ?
            """,
            (state, reply, stamp(now), stamp(now), delivery.id, delivery.state),
        )
        return moved.rowcount == 1

    def expire(self, now: datetime) -> int:
        """End what has waited past its deadline: the next digest tells it. How many."""
        return self.db.execute(
            """
            UPDATE deliveries SET state = 'expired', changed_at = ?
            WHERE state IN ('planned', 'deferred') AND deadline_at <= ?
            """,
            (stamp(now), stamp(now)),
        ).rowcount

    # The mail server's trouble.

    def pause(self, until_at: datetime, failures: int, reply: str) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO mail_pause VALUES (1, ?, ?, ?)",
            (stamp(until_at), failures, reply),
        )

    def paused(self) -> Pause | None:
        """The last trouble since a message was accepted."""
        row = self.db.execute("SELECT until_at, failures, reply FROM mail_pause").fetchone()
        return Pause(until_at=moment(row[0]), failures=row[1], reply=row[2]) if row else None

    def resume(self) -> None:
        self.db.execute("DELETE FROM mail_pause")

    # Looking.

    def interrupted(self) -> tuple[tuple[Delivery, str], ...]:
        """Deliveries a dead run left at the final dot, with their recipients."""
        return self._in_state("attempting")

    def doubts(self) -> tuple[tuple[Delivery, str], ...]:
        """Deliveries nobody knows about, with their recipients, oldest first."""
        return self._in_state("doubt")

    def _in_state(self, state: str) -> tuple[tuple[Delivery, str], ...]:
        rows = self.db.execute(
            f"""
            SELECT {_DELIVERY}, s.address_key
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            WHERE d.state = ? ORDER BY d.id
            """,
            (state,),
        )
        return tuple((_delivery(row[:_WIDTH]), row[_WIDTH]) for row in rows)

    def counts(self, day: date) -> dict[str, int]:
        """How many deliveries of a local date are in which state."""
        return dict(
            self.db.execute(
                "SELECT state, count(*) FROM deliveries WHERE day = ? GROUP BY state",
                (day.isoformat(),),
            )
        )

    def history(self, subscriber: Subscriber) -> tuple[tuple[Delivery, tuple[Step, ...]], ...]:
        """Every delivery to a subscriber, newest first, with every step and the server's words."""
        deliveries = self.db.execute(
            f"SELECT {_DELIVERY} FROM deliveries d WHERE subscriber_id = ? ORDER BY day DESC",
            (subscriber.id,),
        ).fetchall()
        return tuple((each, self.steps(each.id)) for each in map(_delivery, deliveries))

    def steps(self, delivery: int) -> tuple[Step, ...]:
        rows = self.db.execute(
            "SELECT at, state, reply FROM delivery_events WHERE delivery_id = ? ORDER BY id",
            (delivery,),
        )
        return tuple(Step(at=moment(at), state=state, reply=reply) for at, state, reply in rows)

    def forget(self, before: date) -> int:
        """Drop quiet days and the words of editions of so long ago: how many rows."""
        day = before.isoformat()
        with write(self.db) as connection:
            quiet = connection.execute(
                "DELETE FROM deliveries WHERE state = 'quiet' AND day < ?", (day,)
            ).rowcount
            worded = connection.execute(
                "UPDATE editions SET html = '', text = '' WHERE day < ? AND html <> ''", (day,)
            ).rowcount
        return quiet + worded

    def _count(self, sql: str, parameters: Sequence[object]) -> int:
        return int(self.db.execute(sql, parameters).fetchone()[0])


def digest(written: Written) -> str:
    """What two editions of one day have in common when they are one: the words."""
    rendered = written.rendered
    whole = "\0".join((rendered.subject, rendered.html, rendered.text, _document(written.edition)))
    return hashlib.sha256(whole.encode()).hexdigest()


_DELIVERY = (
    "d.id, d.subscriber_id, d.day, coalesce(d.edition_id, 0), d.state,"
    " coalesce(d.message_id, ''), d.attempts, d.reply"
)
_WIDTH = 8
_SUBSCRIBER = ", ".join(f"s.{name}" for name in COLUMNS.split(", "))


def _delivery(row: Sequence[object]) -> Delivery:
    number, subscriber, day, edition, state, message_id, attempts, reply = row
    assert isinstance(number, int)
    assert isinstance(subscriber, int)
    assert isinstance(edition, int)
    assert isinstance(attempts, int)
    return Delivery(
        id=number,
        subscriber=subscriber,
        day=date.fromisoformat(str(day)),
        edition=edition,
        state=str(state),
        message_id=str(message_id),
        attempts=attempts,
        reply=str(reply),
    )


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


@contextmanager
def _explained(delivery: int) -> Iterator[None]:
    """A full disk or a lock that is never let go, in words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(f"delivery {delivery}: the ledger cannot be written: {error}") from error


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
