"""Claims before the final dot, outcomes after it: many deliveries in one commit. SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from articles.database import Database, StoreBusyError, StoreError, write
from articles.store import moment, stamp
from newsletter.ledger.restoring import Restoring
from newsletter.ledger.values import DELIVERY, DELIVERY_WIDTH, Ready, Settled, delivery_of_row
from newsletter.model import Delivery, Rendered
from newsletter.subscribers import COLUMNS, subscriber_of_row

#: Rows fetched at once; a removal in the meantime is noticed when its row is claimed.
FETCH = 500

_SUBSCRIBER = ", ".join(f"s.{name}" for name in COLUMNS.split(", "))

#: One statement reads and writes: whoever unsubscribed before it is not mailed, and nobody else has
#: the deliveries after it.
_CLAIM = """
    UPDATE deliveries SET state = 'attempting', server = ?, changed_at = ?
    WHERE id IN ({marks}) AND state IN ('planned', 'deferred') AND EXISTS (
        SELECT 1 FROM subscribers s WHERE s.id = subscriber_id AND s.state = 'active'
        AND NOT EXISTS (SELECT 1 FROM suppressions x WHERE x.address_hash = s.address_hash))
    RETURNING id
    """

_OUTCOME = """
    UPDATE deliveries SET state = ?, reply = ?, changed_at = ?,
           attempts = attempts + 1, server = ?, next_at = coalesce(?, next_at)
    WHERE id = ?
    """

_MOVE = """
    UPDATE deliveries SET state = ?, reply = ?, changed_at = ?, next_at = coalesce(?, next_at)
    WHERE id = ? AND state = ?
    """

#: The number of a commit that lets messages go; the journal beside the store has it too.
_NUMBER = "UPDATE mail_commits SET number = number + 1 RETURNING number"


class Delivering(Restoring):
    """The ledger as a run of deliveries uses it."""

    db: Database

    def ready(
        self, now: datetime, *, after: Ready | None = None, limit: int = FETCH
    ) -> tuple[Ready, ...]:
        """Deliveries whose time has come, in their order, past the one given.

        Untried ones come first, those of one edition together.
        """
        last = after.delivery if after else None
        place = (last.attempts, last.edition, last.id) if last else (-1, 0, 0)
        rows = self.db.execute(
            f"""
            SELECT {DELIVERY}, d.dated_at, s.address_key, {_SUBSCRIBER}
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            WHERE d.state IN ('planned', 'deferred') AND d.next_at <= ? AND d.deadline_at > ?
              AND (d.attempts, d.edition_id, d.id) > (?, ?, ?)
            ORDER BY d.attempts, d.edition_id, d.id LIMIT ?
            """,
            (stamp(now), stamp(now), *place, limit),
        )
        return tuple(
            Ready(
                delivery=delivery_of_row(row[:DELIVERY_WIDTH]),
                dated_at=moment(row[DELIVERY_WIDTH]),
                recipient=row[DELIVERY_WIDTH + 1],
                subscriber=subscriber_of_row(row[DELIVERY_WIDTH + 2 :]),
            )
            for row in rows
        )

    def waiting(self, now: datetime) -> int:
        """How many deliveries `ready` would give."""
        (count,) = self.db.execute(
            """
            SELECT count(*) FROM deliveries
            WHERE state IN ('planned', 'deferred') AND next_at <= ? AND deadline_at > ?
            """,
            (stamp(now), stamp(now)),
        ).fetchone()
        return int(count)

    def rendered(self, edition: int) -> Rendered:
        """The frozen words of an edition."""
        subject, html, text, language, seal = self.db.execute(
            "SELECT subject, html, text, language, seal FROM editions WHERE id = ?", (edition,)
        ).fetchone()
        return Rendered(subject=subject, html=html, text=text, language=language, seal=seal)

    def commit(
        self, settled: Sequence[Settled], claims: Sequence[tuple[Delivery, str]], now: datetime
    ) -> tuple[bool, ...]:
        """Write outcomes and claim deliveries, each for a server, in one transaction.

        Returns for each claim whether its message may be let go: not when its subscriber left, or
        when it is somebody else's. Outcomes come first, so that no more deliveries are ever
        `attempting` than there are connections.

        Raises:
            StoreError: the ledger cannot be written. Nothing of it was, and nothing may be let go.
        """
        at, granted, number = stamp(now), set[int](), 0
        try:
            with write(self.db) as connection:
                # What was offered comes first: a refusal is believed after it was put off.
                connection.executemany(_OUTCOME, [_outcome(s, at) for s in settled if s.offered])
                connection.executemany(_MOVE, [_move(s, at) for s in settled if not s.offered])
                for server in {server for _, server in claims}:
                    asked = [each.id for each, its in claims if its == server]
                    claimed = _claimed(connection, server, asked, at)
                    if claimed:
                        _count(connection, server, len(claimed), now)
                    granted |= claimed
                if granted:
                    ((number,),) = connection.execute(_NUMBER).fetchall()
        except StoreBusyError as error:  # a lock that is never let go
            raise StoreBusyError(f"the ledger cannot be written: {error}") from error
        except (StoreError, sqlite3.OperationalError) as error:  # a full disk, a broken one
            raise StoreError(f"the ledger cannot be written: {error}") from error
        if granted:
            self._note(number, now, [each.message_id for each, _ in claims if each.id in granted])
        return tuple(delivery.id in granted for delivery, _ in claims)

    def attempt(self, delivery: Delivery, now: datetime, server: str = "") -> bool:
        """Claim one delivery; see `commit`."""
        return self.commit((), [(delivery, server)], now)[0]

    def settle(self, delivery: Delivery, state: str, reply: str, now: datetime) -> bool:
        """Move a delivery without an attempt; False when it is no longer in the state given."""
        moved = self.db.execute(
            _MOVE, (state, reply, stamp(now), stamp(now), delivery.id, delivery.state)
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


def _outcome(each: Settled, at: str) -> tuple[object, ...]:
    return each.state, each.reply, at, each.server, _next(each), each.delivery.id


def _move(each: Settled, at: str) -> tuple[object, ...]:
    return each.state, each.reply, at, _next(each), each.delivery.id, each.delivery.state


def _next(each: Settled) -> str | None:
    return stamp(each.next_at) if each.next_at else None


def _claimed(
    connection: sqlite3.Connection, server: str, deliveries: Sequence[int], at: str
) -> set[int]:
    marks = ", ".join("?" * len(deliveries))
    rows = connection.execute(_CLAIM.format(marks=marks), (server, at, *deliveries))
    return {number for (number,) in rows}


def _count(connection: sqlite3.Connection, server: str, messages: int, now: datetime) -> None:
    """Add to what a server was given today."""
    connection.execute(
        """
        INSERT INTO mail_counts (server, day, messages) VALUES (?, ?, ?)
        ON CONFLICT (server, day) DO UPDATE SET messages = mail_counts.messages + excluded.messages
        """,
        (server, now.date().isoformat(), messages),
    )
