"""Drafts in; accepted articles and their feeds' contents out. All SQL about articles is here.

Two halves. What a newsroom writes (`save`), and what newsdesk made of it (the rest), which
`articles.intake` fills. All times in the tables are UTC, ISO 8601, to the second, ending in "Z".
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from articles import database, filing, schema
from articles.database import Database, Migrations
from articles.model import Article, Draft, Placement, Span

#: SQLite takes 32,766 parameters a statement; well under it.
PARAMETERS_MAX = 10_000

#: Rows of a region that a selection looks at: months of a large newsroom's.
SELECTED_ROWS_MAX = 2_000

State = Literal["live", "held", "withdrawn"]
Saved = Literal["new", "revised", "same"]

#: An article's number, and when it was published.
Dated = tuple[int, datetime]

_LISTS = ("authors", "tags", "regions", "related")
_COLUMNS = tuple(field.name for field in fields(Draft))
_CONTENT = tuple(name for name in _COLUMNS if name not in ("source", "source_key"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An article as we know it, with what readers do not see."""

    article: Article
    state: State
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many articles the store holds, by what became of them."""

    written: int
    live: int
    held: int
    withdrawn: int
    refused: int
    without_region: int
    stories: int


class Store:
    """The desk's store. One instance belongs to one thread."""

    def __init__(self, db: Database) -> None:
        self.db = db

    @classmethod
    def open(cls, path: Path, *others: Migrations, create: bool = False) -> Store:
        """Open the store at `path`, with the tables of `others` beside our own.

        Raises:
            database.StoreError: see `database.connect`.
        """
        return cls(database.connect(path, (schema.migrations, *others), create=create))

    def copy(self) -> Store:
        """The same store in memory, for finding out what would happen."""
        copy = Database(memory=True)
        assert self.db.conn is not None
        assert copy.conn is not None
        self.db.conn.backup(copy.conn)
        copy.conn.isolation_level = None
        return Store(copy)

    def close(self) -> None:
        self.db.close()

    # What the newsroom writes.

    def name_desk(self, authority: str, day: str) -> None:
        """Say once which domain and date the ids of this store are made of (RFC 4151)."""
        self.db.execute("INSERT OR IGNORE INTO desk VALUES (1, ?, ?)", (authority, day))

    def named_on(self) -> str:
        """The date in this store's ids, ISO 8601."""
        return str(self.db.execute("SELECT tag_date FROM desk").fetchone()[0])

    def save(self, drafts: Iterable[Draft]) -> list[Saved]:
        """Write drafts in one transaction; one that stands there unchanged is left alone.

        A draft is known by (source, source_key); one without a key is always new.
        """
        with database.write(self.db) as connection:
            return [_save(connection, draft) for draft in drafts]

    def draft(self, number: int) -> tuple[str, Draft] | None:
        """An article's uri and its row as the newsroom wrote it; None when it was deleted."""
        row = self.db.execute(
            f"SELECT uri, {', '.join(_COLUMNS)} FROM articles WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        values = dict(zip(_COLUMNS, row[1:], strict=True))
        typed: dict[str, Any] = {
            name: _words(value or "") if name in _LISTS else value or ""
            for name, value in values.items()
        }
        return row[0] or "", Draft(**typed)

    def draft_of(self, source: str, key: str) -> Draft | None:
        """The row that came from `source` as `key`; None if there is none."""
        row = self.db.execute(
            """
            SELECT id FROM articles WHERE source = ? AND source_key = ? AND source_key <> ''
            """,
            (source, key),
        ).fetchone()
        found = self.draft(row[0]) if row else None
        return found[1] if found else None

    # What has to be looked at.

    def changed_articles(self, limit: int) -> tuple[int, tuple[int, ...]]:
        """Articles changed since the intake's cursor, oldest change first: (last seq, numbers)."""
        rows = self.db.execute(
            "SELECT seq, article_id FROM article_changes WHERE seq > ? ORDER BY seq LIMIT ?",
            (self.cursor("intake"), limit),
        ).fetchall()
        return (rows[-1][0] if rows else 0), tuple(dict.fromkeys(number for _, number in rows))

    def changes_waiting(self) -> int:
        return self._count(
            "SELECT count(*) FROM article_changes WHERE seq > ?", self.cursor("intake")
        )

    def look_again_at_all(self) -> None:
        """Queue every article for the intake, as after a change of the region table."""
        self.db.execute(
            """
            INSERT INTO article_changes (article_id, kind)
            SELECT id, 'update' FROM articles ORDER BY id
            """
        )

    def release_due(self, now: datetime) -> None:
        """Queue held articles whose minute has come."""
        self.db.execute(
            """
            INSERT INTO article_changes (article_id, kind)
            SELECT article_id, 'release' FROM accepted WHERE state = 'held' AND published_at <= ?
            """,
            (stamp(now),),
        )

    def cursor(self, job: str) -> int:
        """How far `job` has read; 0 before its first run."""
        row = self.db.execute("SELECT seq FROM cursors WHERE job = ?", (job,)).fetchone()
        return int(row[0]) if row else 0

    def move_cursor(self, job: str, seq: int) -> None:
        self.db.execute(
            "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (job) DO UPDATE SET seq = excluded.seq",
            (job, seq),
        )

    def forget_changes(self) -> None:
        """Drop what the intake has read: the log would grow for ever."""
        self.db.execute("DELETE FROM article_changes WHERE seq <= ?", (self.cursor("intake"),))

    # What newsdesk made of it.

    def accepted(self, number: int) -> Accepted | None:
        row = self.db.execute(
            f"SELECT state, first_seen_at, {_ARTICLE} FROM accepted a WHERE a.article_id = ?",
            (number,),
        ).fetchone()
        if row is None:
            return None
        return Accepted(state=row[0], first_seen_at=moment(row[1]), article=_article(row[2:]))

    def number_of(self, text: str) -> int | None:
        """The article that has this number, id or address; of several at one address the live one.

        An address is compared as `articles.addresses.web_address` writes it.
        """
        row = self.db.execute(
            """
            SELECT article_id FROM accepted
            WHERE uri = ? OR url = ? OR CAST(article_id AS TEXT) = ?
            ORDER BY state = 'withdrawn' LIMIT 1
            """,
            (text, text, text),
        ).fetchone()
        return int(row[0]) if row else None

    def address_taken(self, url: str | None, number: int) -> int | None:
        """The other article that stands at this address already, if any."""
        row = self.db.execute(
            """
            SELECT article_id FROM accepted
            WHERE url = ? AND state <> 'withdrawn' AND article_id <> ?
            """,
            (url, number),
        ).fetchone()
        return int(row[0]) if row else None

    def accept(
        self,
        accepted: Accepted,
        placements: Sequence[Placement],
        before: Accepted | None,
        now: datetime,
    ) -> None:
        """Put an article into its present state and its regions' feeds. Inside `database.write`."""
        article, number = accepted.article, accepted.article.number
        if before is not None and before.article.revision < article.revision:
            self.db.execute(
                "INSERT OR IGNORE INTO revisions VALUES (?, ?, ?, ?)",
                (number, before.article.revision, stamp(now), _document(before.article)),
            )
        self.db.execute(
            """
            INSERT INTO accepted (article_id, uri, url, revision, published_at, updated_at,
                                  language, state, first_seen_at, regions, document)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (article_id) DO UPDATE SET
                url = excluded.url, revision = excluded.revision,
                published_at = excluded.published_at, updated_at = excluded.updated_at,
                language = excluded.language, state = excluded.state,
                regions = excluded.regions, document = excluded.document
            """,
            (
                number,
                article.id,
                article.url,
                article.revision,
                stamp(article.published_at),
                stamp(article.updated_at),
                article.language,
                accepted.state,
                stamp(accepted.first_seen_at),
                json.dumps(article.regions),
                _document(article),
            ),
        )
        self.place(number, placements)
        self._list_in_regions(accepted, before, now)
        self.db.execute(
            "INSERT OR REPLACE INTO article_texts VALUES (?, ?, ?, ?)",
            (number, article.title, article.standfirst, article.body_text),
        )
        self.db.execute("DELETE FROM refusals WHERE article_id = ?", (number,))

    def refuse(self, number: int, reason: str, now: datetime) -> None:
        """Note why an article is not published; what readers have of it stays as it was."""
        self.db.execute(
            """
            INSERT INTO refusals VALUES (?, ?, ?)
            ON CONFLICT (article_id) DO UPDATE
            SET refused_at = excluded.refused_at, reason = excluded.reason
            WHERE reason <> excluded.reason
            """,
            (number, stamp(now), reason),
        )

    def forget_refusal(self, number: int) -> None:
        self.db.execute("DELETE FROM refusals WHERE article_id = ?", (number,))

    def refusals(self) -> tuple[tuple[int, str], ...]:
        return tuple(self.db.execute("SELECT article_id, reason FROM refusals ORDER BY article_id"))

    def placements(self, number: int) -> tuple[Placement, ...]:
        rows = self.db.execute(
            """
            SELECT code, origin, score, evidence FROM placements
            WHERE article_id = ? ORDER BY rank
            """,
            (number,),
        )
        return tuple(
            Placement(
                code=code,
                origin=origin,
                score=score,
                evidence=msgspec.json.decode(evidence, type=tuple[Span, ...]),
            )
            for code, origin, score, evidence in rows
        )

    def place(self, number: int, placements: Sequence[Placement]) -> None:
        """Note why an article is where it is; `accept` does so by itself."""
        self.db.execute("DELETE FROM placements WHERE article_id = ?", (number,))
        assert self.db.conn is not None
        self.db.conn.executemany(
            "INSERT INTO placements VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    number,
                    rank,
                    p.code,
                    p.origin,
                    p.score,
                    msgspec.json.encode(p.evidence).decode(),
                )
                for rank, p in enumerate(placements)
            ),
        )

    # What goes out.

    def changed_regions(self, after: int) -> tuple[int, frozenset[str]]:
        """Regions whose feed changed past `after`: (last seq, slugs), "all" among them."""
        rows = self.db.execute(
            "SELECT seq, region FROM region_changes WHERE seq > ?", (after,)
        ).fetchall()
        return max((seq for seq, _ in rows), default=after), frozenset(name for _, name in rows)

    def live_regions(self) -> dict[str, int]:
        """How many live articles each region has, "all" included; empty regions are left out."""
        return dict(
            self.db.execute("SELECT region, articles FROM region_counts WHERE articles > 0")
        )

    def region_articles(self, region: str, *, limit: int) -> tuple[Article, ...]:
        """The newest live articles of a region, newest first."""
        rows = self.db.execute(
            f"""
            SELECT {_ARTICLE} FROM region_articles r JOIN accepted a USING (article_id)
            WHERE r.region = ? ORDER BY r.published_at DESC, r.article_id DESC LIMIT ?
            """,
            (region, limit),
        )
        return tuple(map(_article, rows))

    def newest(self, region: str, *, limit: int) -> tuple[Dated, ...]:
        """The newest live articles of a region, newest first: numbers and dates."""
        rows = self.db.execute(
            """
            SELECT article_id, published_at FROM region_articles
            WHERE region = ? ORDER BY published_at DESC, article_id DESC LIMIT ?
            """,
            (region, limit),
        )
        return tuple((number, moment(at)) for number, at in rows)

    def versions(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """For each article a mark that changes with anything of it that a reader may see."""
        found: dict[int, bytes] = {}
        for some in _parts(sorted(set(numbers))):
            found |= self.db.execute(
                f"""
                SELECT article_id, version FROM article_versions
                WHERE article_id IN ({_marks(some)})
                """,
                some,
            )
        return found

    def selected(
        self, regions: Sequence[str], without: Sequence[str], *, limit: int
    ) -> tuple[Dated, ...]:
        """The newest live articles of any of `regions` that are in none of `without`, newest first:
        numbers and dates.

        Of each region the newest SELECTED_ROWS_MAX are looked at, however many are left out.
        """
        each = f"""
            SELECT article_id, published_at FROM (
                SELECT article_id, published_at FROM region_articles WHERE region = ?
                ORDER BY published_at DESC, article_id DESC LIMIT {SELECTED_ROWS_MAX}
            ) AS r WHERE NOT EXISTS (
                SELECT 1 FROM region_articles AS w
                WHERE w.article_id = r.article_id AND w.region IN ({_marks(without)})
            ) ORDER BY published_at DESC, article_id DESC LIMIT {limit:d}
        """
        rows = self.db.execute(
            f"""
            {" UNION ".join(f"SELECT * FROM ({each})" for _ in regions)}
            ORDER BY published_at DESC, article_id DESC LIMIT {limit:d}
            """,
            [value for region in regions for value in (region, *without)],
        )
        return tuple((number, moment(at)) for number, at in rows)

    def regions_changed(self, regions: Sequence[str]) -> tuple[int, datetime | None]:
        """The last change of any of these, as a number that grows, and when it was; 0 of none."""
        seq, changed_at = self.db.execute(
            f"SELECT max(seq), max(changed_at) FROM region_changes"
            f" WHERE region IN ({_marks(regions)})",
            list(regions),
        ).fetchone()
        return seq or 0, moment(changed_at) if changed_at else None

    def published_since(self, region: str, since: datetime) -> tuple[datetime, ...]:
        """When the live articles of a region were published that are newer than `since`."""
        rows = self.db.execute(
            "SELECT published_at FROM region_articles WHERE region = ? AND published_at > ?",
            (region, stamp(since)),
        )
        return tuple(moment(row[0]) for row in rows)

    def count_stories(self, regions: Sequence[str], since: datetime, until: datetime) -> int:
        """How many stories live articles of these regions told; "all" is every region."""
        return self._count(
            f"""
            SELECT count(DISTINCT coalesce('story ' || a.story_id, a.article_id))
            FROM region_articles r JOIN accepted a USING (article_id)
            WHERE r.region IN ({_marks(regions)}) AND r.published_at > ? AND r.published_at <= ?
            """,
            *regions,
            stamp(since),
            stamp(until),
        )

    def live_between(self, since: datetime, until: datetime) -> tuple[Article, ...]:
        """Live articles published after `since` and not after `until`, oldest first."""
        rows = self.db.execute(
            f"""
            SELECT {_ARTICLE} FROM accepted a
            WHERE state = 'live' AND published_at > ? AND published_at <= ?
            ORDER BY published_at, article_id
            """,
            (stamp(since), stamp(until)),
        )
        return tuple(map(_article, rows))

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """The live ones among these, by number."""
        found: dict[int, Article] = {}
        for some in _parts(sorted(set(numbers))):
            rows = self.db.execute(
                f"""
                SELECT {_ARTICLE} FROM accepted a
                WHERE +state = 'live'  -- with the plus; else SQLite goes through all that are live
                    AND article_id IN ({_marks(some)})
                """,
                some,
            )
            found |= {article.number: article for article in map(_article, rows)}
        return found

    # Stories.

    def ungrouped_span(self) -> tuple[datetime, datetime] | None:
        """When the first and the last live article without a story were published."""
        first, last = self.db.execute(
            """
            SELECT min(published_at), max(published_at)
            FROM accepted INDEXED BY accepted_ungrouped  -- SQLite would read every live row's date
            WHERE state = 'live' AND story_id IS NULL
            """
        ).fetchone()
        return (moment(first), moment(last)) if first else None

    def settled(self, since: datetime, known_before: datetime) -> set[int]:
        """Numbers of articles published after `since` and known since before `known_before`."""
        rows = self.db.execute(
            """
            SELECT article_id FROM accepted
            WHERE state = 'live' AND published_at >= ? AND first_seen_at < ?
            """,
            (stamp(since), stamp(known_before)),
        )
        return {number for (number,) in rows}

    def new_story(self, now: datetime) -> int:
        cursor = self.db.execute("INSERT INTO stories (created_at) VALUES (?)", (stamp(now),))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def assign_stories(self, stories: Iterable[tuple[int, int]]) -> None:
        """Say which story an article is in: pairs of (story id, article number)."""
        assert self.db.conn is not None
        self.db.conn.executemany(
            "UPDATE accepted SET story_id = ? WHERE article_id = ? AND story_id IS NOT ?",
            ((story, number, story) for story, number in stories),
        )

    def first_stories(self, now: datetime) -> frozenset[int]:
        """The stories that the editor wants first now, by the ids they have now."""
        rows = self.db.execute(
            """
            WITH RECURSIVE path (id, merged_into) AS (
                SELECT s.id, s.merged_into
                FROM stories s JOIN first_stories f ON f.story_id = s.id WHERE f.until_at > ?
                UNION
                SELECT s.id, s.merged_into FROM stories s JOIN path p ON s.id = p.merged_into
            )
            SELECT id FROM path WHERE merged_into IS NULL
            """,
            (stamp(now),),
        )
        return frozenset(number for (number,) in rows)

    def merge_story(self, gone: int, into: int) -> None:
        self.db.execute("UPDATE stories SET merged_into = ? WHERE id = ?", (into, gone))

    def counts(self) -> Counts:
        states = dict(self.db.execute("SELECT state, count(*) FROM accepted GROUP BY state"))
        return Counts(
            written=self._count("SELECT count(*) FROM articles"),
            live=states.get("live", 0),
            held=states.get("held", 0),
            withdrawn=states.get("withdrawn", 0),
            refused=self._count("SELECT count(*) FROM refusals"),
            without_region=self._count(
                """
                SELECT count(*) FROM accepted
                WHERE state = 'live' AND regions = '[]'
                  AND article_id NOT IN (SELECT article_id FROM region_decisions)
                """
            ),
            stories=self._count(
                "SELECT count(DISTINCT story_id) FROM accepted WHERE state = 'live'"
            ),
        )

    def _list_in_regions(self, accepted: Accepted, before: Accepted | None, now: datetime) -> None:
        article, number = accepted.article, accepted.article.number
        story = before.article.story if before else None  # as the table has it
        left, joined = _feeds(before, story), _feeds(accepted, story)
        assert self.db.conn is not None
        self.db.conn.executemany(
            "DELETE FROM region_articles WHERE article_id = ? AND region = ?",
            ((number, region) for region in sorted(left.keys() - joined.keys())),
        )
        # What stands in an archive in these words is archived; a held article may still move.
        self.db.conn.executemany(
            """
            INSERT INTO region_articles (region, published_at, article_id) VALUES (?, ?, ?)
            ON CONFLICT (region, published_at, article_id) DO UPDATE
            SET archived = 0 WHERE archived <> ?
            """,
            (
                (region, stamp(article.published_at), number, article.revision)
                for region in sorted(joined)
            ),
        )
        self.db.conn.executemany(
            "INSERT OR IGNORE INTO feed_labels VALUES (?, ?)",
            ((feed, label) for feed, label in joined.items() if label),
        )
        (seq,) = self.db.execute("SELECT coalesce(max(seq), 0) + 1 FROM region_changes").fetchone()
        self.db.conn.executemany(
            """
            INSERT INTO region_changes VALUES (?, ?, ?)
            ON CONFLICT (region) DO UPDATE SET seq = excluded.seq, changed_at = excluded.changed_at
            """,
            ((region, seq, stamp(now)) for region in sorted(left.keys() | joined.keys())),
        )

    def _count(self, sql: str, *parameters: object) -> int:
        return int(self.db.execute(sql, parameters).fetchone()[0])


def stamp(when: datetime) -> str:
    """An aware time as it stands in the tables: UTC, to the second, sortable as text."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The inverse of `stamp`."""
    return datetime.fromisoformat(text)


_ARTICLE = "a.document, a.regions, a.story_id"


def _article(row: Sequence[str | int | None]) -> Article:
    document, regions, story = row
    assert isinstance(document, str)
    assert isinstance(regions, str)
    article = msgspec.json.decode(document, type=Article)
    return replace(
        article, regions=tuple(json.loads(regions)), story=None if story is None else int(story)
    )


def _document(article: Article) -> str:
    return msgspec.json.encode(replace(article, regions=(), story=None)).decode()


def _feeds(accepted: Accepted | None, story: int | None) -> dict[str, str]:
    """The feeds it is in, with what people call them; none while it is not live."""
    if accepted is None or accepted.state != "live":
        return {}
    return filing.names(replace(accepted.article, story=story))


# SQLite uses the partial index only where the query repeats its condition.
_SELECT_DRAFT = f"""
    SELECT id, {", ".join(_CONTENT)} FROM articles
    WHERE source = ? AND source_key = ? AND source_key <> ''
"""
_INSERT_DRAFT = (
    f"INSERT INTO articles ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_UPDATE_DRAFT = f"UPDATE articles SET {', '.join(f'{name} = ?' for name in _CONTENT)} WHERE id = ?"


def _save(connection: sqlite3.Connection, draft: Draft) -> Saved:
    values = {name: _cell(getattr(draft, name)) for name in _COLUMNS}
    row = None
    if draft.source_key:
        row = connection.execute(_SELECT_DRAFT, (draft.source, draft.source_key)).fetchone()
    if row is None:
        connection.execute(_INSERT_DRAFT, tuple(values.values()))
        return "new"
    content = tuple(values[name] for name in _CONTENT)
    if tuple(row[1:]) == content:
        return "same"
    connection.execute(_UPDATE_DRAFT, (*content, row[0]))
    return "revised"


def _cell(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False) if value else "[]"
    # A lone surrogate cannot be stored as UTF-8; the border would drop it anyway.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _words(cell: str) -> tuple[str, ...]:
    """A JSON list as the contract asks, or, from a careless CMS, plain text as one word."""
    try:
        value = json.loads(cell)
    except ValueError:
        value = cell
    if isinstance(value, list):
        return tuple(str(word) for word in value if isinstance(word, str | int))
    return (str(value),) if value not in ("", None) else ()


def _marks(parameters: Sequence[object]) -> str:
    return ", ".join("?" * len(parameters))


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), PARAMETERS_MAX):
        yield numbers[start : start + PARAMETERS_MAX]
