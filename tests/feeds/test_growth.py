"""What one more article costs, in steps of SQLite's own machine: the same on a desk of any size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from articles import database, intake
from articles.model import Article, Draft, Site
from articles.regions import RegionTable
from articles.store import Accepted, Store, stamp
from feeds.publish import publish
from feeds.related import Related

Make = Callable[..., Article]
TABLE = RegionTable.load()

#: Articles that were published long ago and stand in archives; one came every six hours.
SMALL, LARGE = 200, 2_000

#: Trees are deeper with more rows in them, and nothing else grows.
GROWTH_MAX = 1.25

#: Steps between two looks.
STEPS = 50


def desk(folder: Path, model: Article, count: int, now: datetime) -> Store:
    """A store of `count` live articles in Syria's feed and that of all."""
    store = Store.open(folder / f"{count}.db", create=True)
    store.name_desk("news.example.org", "2026-11-01")
    with database.write(store.db) as connection:
        for number in range(1, count + 1):
            connection.execute("INSERT INTO stories VALUES (?, ?, NULL)", (number, stamp(now)))
        store.accept(Accepted(article=model, state="live", first_seen_at=now), (), None, now)
        at = [stamp(now - timedelta(hours=6 * (count - n) + 1)) for n in range(count + 1)]
        connection.executemany(
            """
            INSERT INTO accepted
            SELECT ?1, uri || ?1, url || ?1, 1, ?2, ?2, language, state, ?1, ?2, '["syria"]',
                   json_set(document, '$.number', ?1, '$.id', uri || ?1, '$.url', url || ?1,
                            '$.published_at', ?2, '$.updated_at', ?2)
            FROM accepted WHERE article_id = ?3
            """,
            ((number, at[number], model.number) for number in range(1, count + 1)),
        )
        for name in ("all", "syria"):
            connection.execute(
                """
                INSERT INTO region_articles SELECT ?, published_at, article_id, 1 FROM accepted
                WHERE story_id IS NOT NULL
                """,
                (name,),
            )
        connection.execute("DELETE FROM accepted WHERE story_id IS NULL")
        connection.execute("DELETE FROM region_articles WHERE article_id = ?", (model.number,))
        connection.execute("DELETE FROM related_due")
        # New rows are numbered from here on.
        connection.execute("INSERT INTO articles (id, title) VALUES (?, 'Last')", (count,))
        connection.execute("DELETE FROM article_changes")
    return store


def steps_of_one_more(store: Store, public: Path, site: Site, now: datetime) -> int:
    """From a row that somebody wrote to the files that readers see."""
    store.save(
        [
            Draft(
                title="Harbour bridge in Latakia reopens after a long winter",
                body_text="The bridge was closed in March. Engineers in Syria replaced it.",
                published_at=now.isoformat(),
                regions=("syria",),
            )
        ]
    )
    looks = 0

    def look() -> int:
        nonlocal looks
        looks += 1
        return 0

    assert store.db.conn is not None
    store.db.conn.set_progress_handler(look, STEPS)
    intake.take_in(store, TABLE, site, now)
    related = Related(store)
    done = publish(store, TABLE, site, public, now, more=related)
    related.published()
    store.db.conn.set_progress_handler(None, 0)
    assert {"feeds/all.rss", "feeds/syria.rss"} <= {*done.written}
    return looks * STEPS


@pytest.mark.slow
def test_one_more_article_costs_the_same_however_many_there_are(
    tmp_path: Path, site: Site, make_article: Make, now: datetime
) -> None:
    model = make_article(
        number=1_000_000, url="https://news.example.org/a/", body_html="<p>Old words.</p>"
    )
    took = {}
    for count in (SMALL, LARGE):
        store = desk(tmp_path, model, count, now)
        public = tmp_path / f"public-{count}"
        publish(store, TABLE, site, public, now)

        took[count] = steps_of_one_more(store, public, site, now)

        store.close()
    assert took[LARGE] <= GROWTH_MAX * took[SMALL], took
