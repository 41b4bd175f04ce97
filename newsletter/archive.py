"""The ledger in, what was mailed for everybody to read again out. SQLite; writes two cursors.

Many editions of one day differ only in what their readers had been told before. Each has its page;
the lists name, for each day, language and set of regions, the one that tells most.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from articles.store import Store, moment, stamp

#: How far the pages of editions, and the corrections shown on them, have been published.
EDITIONS, CORRECTIONS = "editions", "editions corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as an edition told it."""

    id: str
    title: str
    url: str  # "" where it is not on the web
    standfirst: str
    published_at: str  # ISO 8601, UTC
    updated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An edition as it lies in the ledger, without its words."""

    id: int
    day: date
    page: str  # within the archive: "2026-11-22/0a1b2c3d4e5f.html"
    subject: str
    language: str
    seal: str
    created_at: datetime
    regions: tuple[str, ...]  # names; () is everything
    follows: tuple[str, ...]  # their slugs
    stories: int
    told: int  # articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A correction of an article that an edition told wrongly."""

    title: str
    url: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be published, and the cursors that say it was."""

    editions: tuple[Archived, ...]
    fresh: bool  # whether there are new ones among them: then the lists change too
    cursors: dict[str, int] = field(default_factory=dict)


class Archive:
    """The editions of a ledger. One instance belongs to one thread."""

    def __init__(self, store: Store) -> None:
        self.store, self.db = store, store.db

    def due(self, now: datetime, *, full: bool = False) -> Due:
        """Editions planned since the last publication, and those corrected since; all if `full`."""
        after = 0 if full else self.store.cursor(EDITIONS)
        since = 0 if full else self.store.cursor(CORRECTIONS)
        new = self._archived("e.id > ?", after)
        corrected = self._archived(
            """
            e.id <= ? AND e.id IN (
                SELECT a.edition_id FROM revisions r JOIN edition_articles a
                ON a.article = r.article_id WHERE r.replaced_at >= ?)
            """,
            after,
            stamp(datetime.fromtimestamp(since, UTC)),
        )
        last = max((each.id for each in new), default=after)
        cursors = {EDITIONS: last, CORRECTIONS: int(now.timestamp())}
        return Due((*new, *corrected), bool(new), cursors)

    def published(self, due: Due) -> None:
        """Note that all of this stands."""
        if due.editions:  # else there is nothing to note, twenty times an hour
            for job, seq in due.cursors.items():
                self.store.move_cursor(job, seq)

    def uri(self, edition: Archived) -> str:
        """The edition's id: as an article's, it names no host and never changes."""
        authority, day = self.db.execute("SELECT tag_authority, tag_date FROM desk").fetchone()
        return f"tag:{authority},{day}:edition/{edition.id}"

    def html(self, edition: int) -> str:
        """The HTML that was mailed, with tokens."""
        row = self.db.execute("SELECT html FROM editions WHERE id = ?", (edition,)).fetchone()
        return str(row[0])

    def pieces(self, edition: int) -> tuple[Piece, ...]:
        """The articles an edition told, in its order."""
        row = self.db.execute("SELECT document FROM editions WHERE id = ?", (edition,)).fetchone()
        return tuple(Piece(**each) for each in json.loads(row[0]).get("pieces", ()))

    def amendments(self, edition: int) -> tuple[Amendment, ...]:
        """What was corrected after this edition, oldest first."""
        told = dict(
            self.db.execute(
                """
                SELECT a.article, a.correction FROM edition_articles a
                JOIN accepted x ON x.article_id = a.article
                WHERE a.edition_id = ? AND a.shown AND x.revision > a.revision
                """,
                (edition,),
            )
        )
        found = self.store.articles(told)
        return tuple(
            Amendment(
                title=each.title, url=each.url or "", text=each.correction, at=each.updated_at
            )
            for each in sorted(found.values(), key=lambda each: (each.updated_at, each.number))
            if each.correction and each.correction != told[each.number]
        )

    def listed(self) -> tuple[Archived, ...]:
        """One edition for each day, language and set of regions, newest first."""
        best: dict[tuple[date, str, tuple[str, ...]], Archived] = {}
        for each in self._archived("e.id > ?", 0):
            key = (each.day, each.language, each.follows)
            if key not in best or each.told >= best[key].told:
                best[key] = each
        order = sorted(best.values(), key=lambda each: (each.regions, each.language))
        return tuple(sorted(order, key=lambda each: each.day, reverse=True))

    def _archived(self, where: str, *values: object) -> tuple[Archived, ...]:
        rows = self.db.execute(
            f"""
            SELECT e.id, e.day, e.page, e.subject, e.language, e.seal, e.created_at,
                   e.document ->> '$.regions', e.document ->> '$.follows',
                   e.document ->> '$.stories', json_array_length(e.document, '$.told')
            FROM editions e WHERE e.page <> '' AND e.html <> '' AND {where} ORDER BY e.id
            """,
            values,
        )
        return tuple(map(_edition, rows))


def by_region(editions: Iterable[Archived]) -> dict[str, list[Archived]]:
    """Editions by the slug of each region they cover."""
    found: dict[str, list[Archived]] = defaultdict(list)
    for each in editions:
        for slug in each.follows:
            found[slug].append(each)
    return found


def _edition(row: tuple[Any, ...]) -> Archived:
    number, day, page, subject, language, seal, created_at, regions, follows, stories, told = row
    return Archived(
        id=number,
        day=date.fromisoformat(day),
        page=page,
        subject=subject,
        language=language,
        seal=seal,
        created_at=moment(created_at),
        regions=tuple(json.loads(regions or "[]")),
        follows=tuple(json.loads(follows or "[]")),
        stories=int(stories or 0),
        told=int(told or 0),
    )
