"""A number in, a store of so many invented articles out, filled without the intake."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from articles import database
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


def regions(count: int) -> list[str]:
    """Slugs of the first so many regions there are."""
    return [region.slug for region in TABLE.regions[:count]]


def filled(
    path: Path, count: int, names: list[str], *, words: int = 700, every: timedelta
) -> Store:
    """A store of `count` live articles of so many words, one each `every`, the last before NOW."""
    store = Store.open(path, newsletter_schema.migrations, create=True)
    store.name_desk("news.example.org", "2026-11-22")
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(4_000)]
    store.db.execute("PRAGMA cache_size = -400000")  # filling in one go, not in order
    store.db.execute("PRAGMA synchronous = OFF")
    with database.write(store.db) as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.executemany(
            """
            INSERT INTO accepted (article_id, uri, url, revision, published_at, updated_at,
                                  language, state, story_id, first_seen_at, regions, document)
            VALUES (?, ?, ?, 1, ?, ?, 'en', 'live', ?, ?, ?, ?)
            """,
            _rows(count, names, words, every, rng, vocabulary),
        )
        connection.execute(
            "INSERT INTO stories SELECT article_id, published_at, NULL FROM accepted"
        )
        _place(connection, names)
    store.db.execute("PRAGMA synchronous = FULL")
    store.db.execute("PRAGMA cache_size = -2000")
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


def _rows(
    count: int,
    names: list[str],
    words: int,
    every: timedelta,
    rng: random.Random,
    vocabulary: list[str],
) -> Iterator[tuple[Any, ...]]:
    models = [article(0, NOW, words, rng, vocabulary) for _ in range(min(count, 300))]
    for number in range(1, count + 1):
        at = NOW - every * (count - number + 1)
        model = models[number % len(models)]
        placed = [names[(number * (k + 1) + k) % len(names)] for k in range(REGIONS_EACH)]
        document = msgspec.json.encode(
            {
                **msgspec.to_builtins(model),
                "id": f"tag:news.example.org,2026-11-22:article/{number}",
                "title": f"{model.title} {number}",
                "url": f"https://news.example.org/a/{number}",
                "published_at": at,
                "updated_at": at,
                "number": number,
            }
        ).decode()
        uri, url = (
            f"tag:news.example.org,2026-11-22:article/{number}",
            f"https://news.example.org/a/{number}",
        )
        listed = msgspec.json.encode(sorted(set(placed))).decode()
        yield number, uri, url, stamp(at), stamp(at), number, stamp(at), listed, document


def _place(connection: Any, names: list[str]) -> None:
    connection.execute(
        """
        INSERT INTO region_articles (region, published_at, article_id)
        SELECT value, published_at, article_id FROM accepted, json_each(accepted.regions)
        ORDER BY value, published_at
        """
    )
    connection.execute(
        """
        INSERT INTO region_articles (region, published_at, article_id)
        SELECT 'all', published_at, article_id FROM accepted
        """
    )
    connection.executemany(
        "INSERT OR REPLACE INTO region_changes VALUES (?, 1, ?)",
        ((name, stamp(NOW)) for name in ["all", *names]),
    )
