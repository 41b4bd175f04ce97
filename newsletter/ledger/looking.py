"""What the ledger tells people: counts, doubts, histories; and what it forgets. SQLite."""

from __future__ import annotations

import json
from datetime import date, datetime

from articles.database import Database, write
from articles.store import moment, stamp
from newsletter.ledger.values import DELIVERY, DELIVERY_WIDTH, Outlook, Step, delivery_of_row
from newsletter.model import Delivery, Subscriber


class Looking:
    """The ledger as an operator reads it."""

    db: Database

    def interrupted(self) -> tuple[tuple[Delivery, str], ...]:
        """Deliveries a dead run left at the final dot, with their recipients."""
        return self._in_state("attempting")

    def doubts(self) -> tuple[tuple[Delivery, str], ...]:
        """Deliveries nobody knows about, with their recipients, oldest first."""
        return self._in_state("doubt")

    def _in_state(self, state: str) -> tuple[tuple[Delivery, str], ...]:
        rows = self.db.execute(
            f"""
            SELECT {DELIVERY}, s.address_key
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            WHERE d.state = ? ORDER BY d.id
            """,
            (state,),
        )
        return tuple((delivery_of_row(row[:DELIVERY_WIDTH]), row[DELIVERY_WIDTH]) for row in rows)

    def counts(self, day: date) -> dict[str, int]:
        """How many deliveries of a local date are in which state."""
        return dict(
            self.db.execute(
                "SELECT state, count(*) FROM deliveries WHERE day = ? GROUP BY state",
                (day.isoformat(),),
            )
        )

    def has_sent_to(self, many: int) -> bool:
        """Whether a digest of any day went to more than so many."""
        row = self.db.execute(
            """
            SELECT day FROM deliveries WHERE state = 'sent'
            GROUP BY day HAVING count(*) > ? LIMIT 1
            """,
            (many,),
        ).fetchone()
        return row is not None

    def outlook(self, now: datetime) -> tuple[Outlook, ...]:
        """Whoever waits for a digest, and for whom there was nothing at this planning."""
        rows = self.db.execute(
            """
            SELECT s.address, coalesce(e.subject, ''), s.regions, s.hour || ' ' || s.time_zone
            FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
            LEFT JOIN editions e ON e.id = d.edition_id
            WHERE d.state IN ('planned', 'deferred') OR (d.state = 'quiet' AND d.changed_at = ?)
            ORDER BY d.id
            """,
            (stamp(now),),
        )
        return tuple(
            Outlook(address=address, subject=subject, regions=tuple(json.loads(regions)), hour=hour)
            for address, subject, regions, hour in rows
        )

    def history(self, subscriber: Subscriber) -> tuple[tuple[Delivery, tuple[Step, ...]], ...]:
        """Every delivery to a subscriber, newest first, with every step and the server's words."""
        deliveries = self.db.execute(
            f"SELECT {DELIVERY} FROM deliveries d WHERE subscriber_id = ? ORDER BY day DESC",
            (subscriber.id,),
        ).fetchall()
        return tuple((each, self.steps(each.id)) for each in map(delivery_of_row, deliveries))

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
