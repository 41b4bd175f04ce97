"""Mail servers' trouble, what each was given, the operator's pause: in and out. SQLite."""

from __future__ import annotations

from datetime import date, datetime

from articles.database import Database
from articles.store import moment, stamp
from newsletter.ledger.values import Hold, Trouble


class PostOffice:
    """The ledger's memory of servers, by their names."""

    db: Database

    def note_trouble(self, server: str, until_at: datetime, failures: int, reply: str) -> None:
        """Offer a server nothing until then."""
        self.db.execute(
            """
            INSERT INTO mail_trouble (server, until_at, failures, reply) VALUES (?, ?, ?, ?)
            ON CONFLICT (server) DO UPDATE SET until_at = excluded.until_at,
                failures = excluded.failures, reply = excluded.reply
            """,
            (server, stamp(until_at), failures, reply),
        )

    def trouble(self, server: str) -> Trouble | None:
        """A server's last trouble, unless it has accepted a message since."""
        row = self.db.execute(
            "SELECT until_at, failures, reply FROM mail_trouble WHERE server = ?", (server,)
        ).fetchone()
        return Trouble(until_at=moment(row[0]), failures=row[1], reply=row[2]) if row else None

    def forget_trouble(self, server: str) -> None:
        self.db.execute("DELETE FROM mail_trouble WHERE server = ?", (server,))

    def given(self, server: str, day: date) -> tuple[int, int]:
        """On how many days before it a server was used, and its messages of that day."""
        before, today = self.db.execute(
            """
            SELECT count(CASE WHEN day < ? THEN 1 END),
                   coalesce(sum(CASE WHEN day = ? THEN messages END), 0)
            FROM mail_counts WHERE server = ?
            """,
            (day.isoformat(), day.isoformat(), server),
        ).fetchone()
        return int(before), int(today)

    def pause(self, reason: str, now: datetime) -> None:
        """Send nothing until `resume`; planning goes on."""
        self.db.execute(
            """
            INSERT INTO mail_hold (id, at, reason) VALUES (1, ?, ?)
            ON CONFLICT (id) DO UPDATE SET at = excluded.at, reason = excluded.reason
            """,
            (stamp(now), reason),
        )

    def resume(self) -> bool:
        """End the pause; False if there was none."""
        return self.db.execute("DELETE FROM mail_hold").rowcount > 0

    def paused(self) -> Hold | None:
        """The operator's pause."""
        row = self.db.execute("SELECT at, reason FROM mail_hold").fetchone()
        return Hold(at=moment(row[0]), reason=row[1]) if row else None
