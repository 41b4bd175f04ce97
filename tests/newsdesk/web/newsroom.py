"""A newsroom: its articles go in, its feeds are published, and served over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from articles import database
from articles.model import Article, Site
from articles.regions import RegionTable
from articles.store import Accepted, Store
from feeds.publish import publish
from newsdesk.web.app import make_app
from newsdesk.web.front import Front
from newsdesk.web.parts import Parts
from newsdesk.web.server import running
from newsletter import schema
from newsletter.model import Newsletter

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TABLE = RegionTable.load()
NEWSLETTER = Newsletter(
    name="The Meridian",
    sender="The Meridian <digest@example.org>",
    site_url="https://news.example.org/",
    feeds_url="https://news.example.org/feeds.opml",
    mail_url="https://news.example.org/mail/",
    postal_address="1 Press Lane, Exampletown",
)


SITE = Site(
    name="The Meridian",
    url="https://news.example.org/",
    public_url="https://news.example.org/",
    description="Foreign affairs, read slowly.",
)


def article(
    title: str, number: int, regions: tuple[str, ...], *, hours_ago: float = 1, **fields: Any
) -> Article:
    """A clean article about nothing in particular."""
    at = NOW - timedelta(hours=hours_ago)
    return Article(
        **{
            "id": f"tag:news.example.org,2026:article/{number}",
            "number": number,
            "title": title,
            "url": f"https://news.example.org/a/{number}",
            "standfirst": f"What {title.lower()} means.",
            "body_text": f"{title}. One sentence of the body.",
            "body_html": f"<p>{title}. One sentence of the body.</p>",
            "authors": ("Ines Halvorsen",),
            "language": "en",
            "published_at": at,
            "updated_at": at,
            "regions": regions,
        }
        | fields
    )


class Newsroom:
    """`put` articles, `publish` them, `serve` them."""

    def __init__(self, root: Path, site: Site) -> None:
        self.root, self.site, self.newsletter = root, site, NEWSLETTER
        self.public = root / "public"
        with self.store() as store:
            store.name_desk("news.example.org", "2026-01-01")

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store.open(self.root / "store.db", schema.migrations, create=True)
        try:
            yield store
        finally:
            store.close()

    def put(self, *articles: Article, state: Any = "live") -> None:
        with self.store() as store, database.write(store.db):
            for article in articles:
                before = store.accepted(article.number)
                accepted = Accepted(article=article, state=state, first_seen_at=NOW)
                store.accept(accepted, (), before, NOW)

    def publish(self) -> None:
        with self.store() as store:
            publish(store, TABLE, self.site, self.public, NOW)

    def app(self, **fields: Any) -> Front:
        parts = {
            "open_store": self.store,
            "site": self.site,
            "newsletter": self.newsletter,
            "table": TABLE,
            "secrets": ("a secret of the test's desk",),
            "public": self.public,
            "clock": lambda: NOW,
        }
        return make_app(Parts(**(parts | fields)))

    @contextmanager
    def serve(self, **fields: Any) -> Iterator[httpx.Client]:
        """A client whose addresses are relative to the server's."""
        app = fields.pop("app", None) or self.app(**fields)
        with (
            running(app, "127.0.0.1", 0) as url,
            httpx.Client(base_url=url, trust_env=False, headers={"Accept": "*/*"}) as client,
        ):
            yield client
