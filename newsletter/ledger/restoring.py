"""A store that was put back from a backup in, what it must not mail again held. SQLite, files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from articles.database import Database, write
from articles.store import moment, stamp
from newsletter import journal, subscribers
from newsletter.journal import Journal, Line
from newsletter.ledger.values import Restored

#: After so many commits it is looked whether the journal has grown too long.
SHORTEN_EVERY = 1000

#: What is said of a delivery that the journal, or the operator, says may have gone out.
_HELD = "it may have gone out before: this store was put back from a backup made earlier"

#: Held once: what an operator then sends again is not held a second time.
_HOLD = """
    UPDATE deliveries SET state = 'doubt', reply = ?, changed_at = ?
    WHERE state IN ('planned', 'deferred')
      AND (message_id IN (SELECT message_id FROM mail_fence)
           OR dated_at <= (SELECT max(until_at) FROM mail_restores WHERE named = 0))
      AND NOT EXISTS (SELECT 1 FROM delivery_events e
                      WHERE e.delivery_id = deliveries.id AND e.state = 'doubt')
    """


class Restoring:
    """The ledger as it is compared with what went out."""

    db: Database

    def catch_up(self, now: datetime) -> int:
        """Put in doubt what waits here and went out already: how many.

        To be called after each planning and before anything is offered.
        """
        kept = self._journal()
        number, restores = self.db.execute(
            "SELECT number, (SELECT count(*) FROM mail_restores) FROM mail_commits"
        ).fetchone()
        if kept and kept.last() > number:
            self._fence(kept, number, now)
        elif not restores:
            return 0
        return self.db.execute(_HOLD, (_HELD, stamp(now))).rowcount

    def restored(self) -> Restored | None:
        """The last time this store was found to have been put back."""
        row = self.db.execute(
            "SELECT at, until_at, messages, named FROM mail_restores ORDER BY at DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        return Restored(
            at=moment(row[0]), until_at=moment(row[1]), messages=row[2], is_named=bool(row[3])
        )

    def say_restored(self, until: datetime, now: datetime) -> int:
        """The whole machine was put back: hold all digests of hours up to `until`. How many wait.

        Those that are planned later for such an hour will be held too.
        """
        self.db.execute(
            """
            INSERT INTO mail_restores (at, until_at, messages, named) VALUES (?, ?, 0, 0)
            ON CONFLICT (at) DO UPDATE SET until_at = excluded.until_at, named = 0
            """,
            (stamp(now), stamp(until)),
        )
        return self.catch_up(now)

    def _note(self, number: int, now: datetime, message_ids: Sequence[str]) -> None:
        """Write down what is about to be let go.

        Raises:
            StoreError: that is not possible, and nothing may be let go.
        """
        kept, at = self._journal(), stamp(now)
        if kept is None:
            return
        kept.note([Line(number, at, each) for each in message_ids])
        if number % SHORTEN_EVERY == 0:
            kept.shorten()

    def _fence(self, kept: Journal, number: int, now: datetime) -> None:
        lines = list(kept.since(number))
        mailed = [each for each in lines if each.what.startswith("<")]
        left = [each.what.removeprefix("-") for each in lines if each.what.startswith("-")]
        with write(self.db) as connection:
            highest = max(each.number for each in lines)
            connection.execute("UPDATE mail_commits SET number = ?", (highest,))
            for address_hash in left:
                subscribers.bar_hash(self.db, address_hash, now=now, reason="left before")
            if not mailed:  # a commit that was killed, and not only a backup
                return
            connection.executemany(
                "INSERT INTO mail_fence (message_id, at) VALUES (?, ?)"
                " ON CONFLICT (message_id) DO NOTHING",
                ((each.what, each.at) for each in mailed),
            )
            connection.execute(
                """
                INSERT INTO mail_restores (at, until_at, messages, named) VALUES (?, ?, ?, 1)
                ON CONFLICT (at) DO UPDATE SET until_at = excluded.until_at,
                    messages = excluded.messages, named = 1
                """,
                (stamp(now), mailed[-1].at, len(mailed)),
            )

    def _journal(self) -> Journal | None:
        return journal.beside(self.db)
