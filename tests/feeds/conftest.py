"""A desk whose store is real and whose public folder is temporary; whole feeds to compare with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from articles import database
from articles.model import Article, Site
from articles.regions import RegionTable
from articles.store import Accepted, Store
from feeds.catalog import Choice
from feeds.publish import Published, publish
from feeds.selections import Kind

EXPECTED = Path(__file__).parents[1] / "expected" / "feeds"


class Desk:
    """Articles go in by `put`, feeds come out in `folder`."""

    def __init__(self, root: Path, site: Site, table: RegionTable, now: Any) -> None:
        self.site, self.table, self.now = site, table, now
        self.store_path = root / "store.db"
        self.public = root / "public"
        self.folder = self.public / "feeds"
        self.store = Store.open(self.store_path, create=True)

    def put(self, *articles: Article, state: Any = "live") -> None:
        with database.write(self.store.db):
            for article in articles:
                before = self.store.accepted(article.number)
                after = Accepted(article=article, state=state, first_seen_at=self.now)
                self.store.accept(after, (), before, self.now)

    def withdraw(self, article: Article) -> None:
        self.put(article, state="withdrawn")

    def publish(self, *kinds: Kind, **options: Any) -> Published:
        """Feeds of regions, and of such `kinds` as the test is about."""
        options = {"choice": Choice(kinds=kinds), "now": self.now} | options
        return publish(self.store, self.table, self.site, self.public, **options)

    def file(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def files(self) -> dict[str, bytes]:
        """Everything readers see under public/, by name."""
        return visible(self.public)

    def trees(self) -> list[Path]:
        """All there is below public/: links, hidden files and the tree that rests too."""
        return list(self.public.rglob("*"))


def visible(public: Path) -> dict[str, bytes]:
    """What a web server shows of a public folder: followed through links, nothing hidden."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(public, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(folder) / name for name in names if not name.startswith(".")]
        found |= {
            path.relative_to(public).as_posix(): path.read_bytes()
            for path in paths
            if path.is_file()  # a link that leads nowhere is answered 404
        }
    return found


@pytest.fixture(scope="session")
def table() -> RegionTable:
    return RegionTable.load()


@pytest.fixture(scope="session")
def site_and_table(table: RegionTable) -> tuple[Site, RegionTable]:
    url = "https://news.example.org/"
    return Site(name="The Meridian", url=url, public_url=url), table


@pytest.fixture
def desk(tmp_path: Path, site: Site, table: RegionTable, now: Any) -> Iterator[Desk]:
    desk = Desk(tmp_path, site, table, now)
    yield desk
    desk.store.close()


@pytest.fixture
def same_as_expected() -> Callable[[str, bytes], None]:
    """`same_as_expected("syria.rss", bytes)`: compare with tests/expected/feeds/, byte for byte.

    `NEWSDESK_RENEW=1 pytest tests/feeds` writes the files instead; read the difference in git then.
    """

    def compare(name: str, made: bytes) -> None:
        path = EXPECTED / name
        if os.environ.get("NEWSDESK_RENEW"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        # As text, so that pytest shows the lines that differ.
        assert made.decode() == path.read_bytes().decode()

    return compare


@pytest.fixture
def plain_site(site: Site) -> Site:
    """A site without a description of itself."""
    return replace(site, description="")
