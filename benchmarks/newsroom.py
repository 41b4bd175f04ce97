"""A number in, a store of so many invented articles out, filled without the intake."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Any

import msgspec

from articles import database, schema
from articles.model import Article, Image, Site
from articles.regions import RegionTable
from articles.store import Store, stamp
from newsletter import schema as newsletter_schema

SITE = Site(
    name="The Meridian",
    url="https://news.example.org/",
    public_url="https://news.example.org/",
    description="Foreign affairs, read slowly.",
)
TABLE = RegionTable.load()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)

SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ter",
    "ban",
    "sul",
    "pra",
    "den",
    "vo",
    "shi",
    "ra",
    "quin",
    "ost",
    "eri",
    "mal",
    "uto",
    "wen",
    "dar",
    "fi",
    "jo",
]

#: An article is in so many regions beside "all".
REGIONS_EACH = 3

#: So many articles are invented; all others are these under other titles, numbers and dates.
MODELS = 300


def regions(count: int) -> list[str]:
    """Slugs of the first so many regions there are."""
    return [region.slug for region in TABLE.regions[:count]]


def filled(
    path: Path, count: int, names: list[str], *, words: int = 700, every: timedelta
) -> Store:
    """A store of `count` live articles of so many words, one each `every`, the last before NOW.

    As on a desk that has published for years: all of them stand in archives. It is a copy of the
    one kept in NEWSDESK_BENCH_STORES, if that is a folder: a million take minutes.
    """
    kept = os.environ.get("NEWSDESK_BENCH_STORES")
    if not kept:
        return _filled(path, count, names, words, every)
    made = "".join(inspect.getsource(each) for each in (sys.modules[__name__], schema))
    digest = hashlib.sha256(repr((count, names, words, every, made)).encode()).hexdigest()
    whole = Path(kept) / f"{count}-{digest[:12]}.db"
    if not whole.exists():
        begun = whole.with_suffix(".begun")
        begun.unlink(missing_ok=True)
        _filled(begun, count, names, words, every).close()
        begun.rename(whole)
    shutil.copyfile(whole, path)
    return Store.open(path, newsletter_schema.migrations)


def _filled(path: Path, count: int, names: list[str], words: int, every: timedelta) -> Store:
    store = Store.open(path, newsletter_schema.migrations, create=True)
    store.name_desk("news.example.org", "2026-11-22")
    # Straight into the file: through a log each byte would be written twice.
    for pragma in ("journal_mode = OFF", "cache_size = -400000", "synchronous = OFF"):
        store.db.execute(f"PRAGMA {pragma}")
    with database.write(store.db) as connection:
        with _bare(connection):
            connection.executemany(
                "INSERT INTO stories VALUES (?, ?, NULL)",
                zip(range(1, count + 1), repeat(stamp(NOW))),
            )
            connection.executemany(
                """
                INSERT INTO accepted (article_id, uri, url, revision, published_at, updated_at,
                                      language, state, story_id, first_seen_at, regions, document)
                VALUES (?, ?, ?, 1, ?, ?, 'en', 'live', ?, ?, ?, ?)
                """,
                _rows(count, words, names, every),
            )
            for statement in _BESIDE:
                connection.execute(statement)
        # What is written from here on has numbers of its own.
        connection.execute("INSERT INTO articles (id, title) VALUES (?, 'Last')", (count,))
        connection.execute("DELETE FROM article_changes")
        connection.executemany(
            "INSERT OR REPLACE INTO region_changes VALUES (?, 1, ?)",
            ((name, stamp(NOW)) for name in ["all", *names]),
        )
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -2000"):
        store.db.execute(f"PRAGMA {pragma}")
    return store


def article(number: int, at: datetime, words: int, rng: random.Random, known: list[str]) -> Article:
    """An invented piece with a picture, in paragraphs."""
    text = rng.choices(known, k=words)
    paragraphs = [" ".join(text[n : n + 60]) for n in range(0, words, 60)]
    return Article(
        id=f"tag:news.example.org,2026-11-22:article/{number}",
        title=" ".join(rng.choices(known, k=8)).capitalize(),
        standfirst=" ".join(rng.choices(known, k=24)).capitalize() + ".",
        published_at=at,
        updated_at=at,
        url=f"https://news.example.org/a/{number}",
        body_html="".join(f"<p>{each}.</p>" for each in paragraphs),
        body_text="\n\n".join(paragraphs),
        authors=("Ines Halvorsen",),
        language="en",
        image=Image(url=f"https://news.example.org/p/{number}.jpg", alt="Harbour", credit="Staff"),
        number=number,
    )


@contextmanager
def _bare(connection: Any) -> Iterator[None]:
    """Without triggers and indexes, which are put back: a million rows in minutes, not in hours."""
    rows = connection.execute(
        """
        SELECT type, name, sql FROM sqlite_master
        WHERE type IN ('trigger', 'index') AND sql IS NOT NULL
            AND tbl_name IN ('accepted', 'region_articles')
        """
    ).fetchall()
    for kind, name, _ in rows:
        connection.execute(f"DROP {kind} {name}")
    yield
    for kind in ("index", "trigger"):
        for sql in (sql for of, _, sql in rows if of == kind):
            connection.execute(sql)


def _rows(count: int, words: int, names: list[str], every: timedelta) -> Iterator[tuple[Any, ...]]:
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(4_000)]
    models = [_model(article(0, NOW, words, rng, vocabulary)) for _ in range(MODELS)]
    placed = [
        json.dumps(sorted({names[(k * (n + 1) + n) % len(names)] for n in range(REGIONS_EACH)}))
        for k in range(len(names))
    ]
    for number in range(1, count + 1):
        at = stamp(NOW - every * (count - number + 1))
        uri = f"tag:news.example.org,2026-11-22:article/{number}"
        url = f"https://news.example.org/a/{number}"
        document = models[number % MODELS] % (uri, number, at, at, url, number)
        yield number, uri, url, at, at, number, at, placed[number % len(names)], document


def _model(made: Article) -> str:
    """Its document, with gaps for an id, a title, two dates, an address and a number."""
    gaps = {
        "id": "%s",
        "title": f"{made.title} %d",
        "published_at": "%s",
        "updated_at": "%s",
        "url": "%s",
    }
    told = msgspec.to_builtins(made)
    text = msgspec.json.encode({**told, **gaps}).decode()
    assert text.index('"id"') < text.index('"title"') < text.index('"published_at"')
    assert text.index('"updated_at"') < text.index('"url"') < text.index('"number":0')
    return text.replace('"number":0', '"number":%d')


#: What triggers would have written.
_BESIDE = (
    """
    INSERT INTO region_articles (region, published_at, article_id, archived)
    SELECT value, published_at, article_id, 1 FROM accepted, json_each(accepted.regions)
    UNION ALL
    SELECT 'all', published_at, article_id, 1 FROM accepted
    ORDER BY 1, 2
    """,
    "INSERT INTO region_counts SELECT region, count(*) FROM region_articles GROUP BY region",
    "INSERT INTO article_versions SELECT article_id, randomblob(8) FROM accepted",
)
