"""What is known of each standing source, in the store. All SQL about sources is here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from articles import database
from articles.database import Database
from articles.standing.model import Source
from articles.store import moment, stamp

#: A source that was never looked at is due.
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A source's state: what it looked like, when it is due, what was wrong with it."""

    seen: dict[str, object] = field(default_factory=dict)
    looked_at: datetime | None = None
    next_at: datetime | None = LONG_AGO  # None: it is gone, and not asked again
    failures: int = 0
    problem: str = ""
    changed_at: datetime | None = None
    brought: dict[str, int] = field(default_factory=dict)  # by the last look that brought anything

    def failed(self, now: datetime, problem: str, failures: int, next_at: datetime) -> Stored:
        return replace(self, looked_at=now, problem=problem, failures=failures, next_at=next_at)

    def read(
        self,
        now: datetime,
        seen: dict[str, object],
        brought: dict[str, int] | None,
        problem: str,
        next_at: datetime | None,
    ) -> Stored:
        return Stored(
            seen=seen,
            looked_at=now,
            next_at=next_at,
            problem=problem,
            changed_at=now if brought else self.changed_at,
            brought=brought or self.brought,
        )


class States:
    """The sources' table."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, source: Source) -> Stored:
        """A source's state; the first one, if its place or query is another now."""
        row = self.db.execute(
            """
            SELECT seen, looked_at, next_at, failures, problem, changed_at, brought FROM sources
            WHERE name = ? AND place = ?
            """,
            (source.name, source.identity),
        ).fetchone()
        if row is None:
            return Stored()
        return Stored(
            seen=json.loads(row[0]),
            looked_at=moment(row[1]),
            next_at=moment(row[2]) if row[2] else None,
            failures=row[3],
            problem=row[4],
            changed_at=moment(row[5]) if row[5] else None,
            brought=json.loads(row[6]),
        )

    def keep(self, source: Source, state: Stored) -> None:
        assert state.looked_at is not None
        self.db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source.name,
                source.identity,
                json.dumps(state.seen),
                stamp(state.looked_at),
                stamp(state.next_at) if state.next_at else None,
                state.failures,
                state.problem,
                stamp(state.changed_at) if state.changed_at else "",
                json.dumps(state.brought),
            ),
        )

    def rows(self, source: Source) -> dict[str, bytes]:
        """What a foreign database held: digests by key."""
        return dict(
            self.db.execute(
                "SELECT key, digest FROM source_rows WHERE source = ?", (source.identity,)
            )
        )

    def keep_rows(self, source: Source, changed: dict[str, bytes], gone: set[str]) -> None:
        with database.write(self.db) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO source_rows VALUES (?, ?, ?)",
                ((source.identity, key, digest) for key, digest in changed.items()),
            )
            connection.executemany(
                "DELETE FROM source_rows WHERE source = ? AND key = ?",
                ((source.identity, key) for key in gone),
            )
