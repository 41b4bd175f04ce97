"""A newsroom that cannot leave its articles alone: rows of a store edited at random. SQLite.

Shared by tests/feeds/test_identity.py and benchmarks/identity.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from articles import intake
from articles.model import Draft, Site
from articles.regions import RegionTable
from articles.store import Store
from feeds.publish import publish

#: Fewer than a feed holds, so that no article leaves it by age.
ARTICLES = 40

REGIONS = ("syria", "lebanon", "france", "mali", "sahel", "middle-east", "japan")
WORDS = [
    "harbour",
    "bridge",
    "ferry",
    "wheat",
    "ميناء",
    "port",
    "Küste",
    "港口",
    "budget",
    "strike",
    "festival",
    "river",
]


@dataclass
class Newsroom:
    """A store, what is published of it, and the dice."""

    store: Store
    table: RegionTable
    public: Path
    now: datetime
    dice: Random = field(default_factory=lambda: Random(20261122))
    site: Site = field(
        default_factory=lambda: Site(
            name="The Meridian",
            url="https://news.example.org/",
            public_url="https://news.example.org/",
        )
    )

    def open(self) -> None:
        """Write the articles and publish them."""
        self.store.name_desk("news.example.org", "2026-11-22")
        self.store.save(
            Draft(
                title=f"{self._words(4)} {number}",
                url=f"https://news.example.org/{number}",
                standfirst=self._words(9),
                body_html=f"<p>{self._words(40)}</p>",
                authors=("Ines Halvorsen",),
                regions=(self.dice.choice(REGIONS),),
                published_at=(self.now - timedelta(hours=number)).isoformat(),
            )
            for number in range(1, ARTICLES + 1)
        )
        self.publish()

    def edits(self, count: int, *, together: int) -> Iterator[int]:
        """Make `count` edits, publish after every `together`; yields how many were made."""
        kinds: list[Callable[[], None]] = [
            *(self._retitle, self._move_page, self._rewrite, self._correct, self._move_region),
            *(self._change_byline, self._change_tags, self._move_host, self._rename_site),
        ]
        for made in range(1, count + 1):
            self.dice.choice(kinds)()
            if made % together == 0:
                self.publish()
                yield made

    def publish(self) -> None:
        self.now += timedelta(minutes=1)
        intake.take_in(self.store, self.table, self.site, self.now)
        publish(self.store, self.table, self.site, self.public, self.now)

    def _retitle(self) -> None:
        self._set("title", self._words(5))

    def _move_page(self) -> None:
        host = self.site.url.removesuffix("/")
        self._set("url", f"{host}/{self.dice.randrange(10**9)}/{self.dice.choice(WORDS)}")

    def _rewrite(self) -> None:
        self._set("body_html", f"<p>{self._words(30)}</p>")

    def _correct(self) -> None:
        self._set("correction", self._words(8))

    def _move_region(self) -> None:
        self._set("regions", json.dumps(self.dice.sample(REGIONS, 2)))

    def _change_byline(self) -> None:
        self._set("authors", json.dumps([self._words(2).title()]))

    def _change_tags(self) -> None:
        self._set("tags", json.dumps(self.dice.sample(WORDS, 2)))
        self._set("section", self.dice.choice(WORDS))

    def _move_host(self) -> None:
        host = f"https://{self.dice.choice(('news', 'www', 'm', 'en'))}.example.com/"
        self.site = replace(self.site, url=host, public_url=host)

    def _rename_site(self) -> None:
        self.site = replace(self.site, name=self._words(2).title())

    def _set(self, column: str, value: str) -> None:
        number = self.dice.randint(1, ARTICLES)
        self.store.db.execute(f"UPDATE articles SET {column} = ? WHERE id = ?", (value, number))

    def _words(self, count: int) -> str:
        return " ".join(self.dice.choice(WORDS) for _ in range(count))
