"""Publishing as the archive grows, and with ten thousand feeds standing.

NEWSDESK_BENCH_ARTICLES=100000 make bench NAMES=scale      a tenth of it, for a look
NEWSDESK_BENCH_STORES=DIR      keep the filled stores there, for the next time
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from harness import Figure, interleaved
from newsroom import NOW, SITE, TABLE, filled, regions

from articles import intake
from articles.model import Draft
from articles.store import Store
from feeds import catalog
from feeds.catalog import Choice
from feeds.publish import Published, publish
from feeds.related import Related

LARGE = int(os.environ.get("NEWSDESK_BENCH_ARTICLES", "1000000"))
SMALL = LARGE // 10
REGIONS = 60

#: Short articles: what is looked at is how much is read, not how long it is.
WORDS = 60

FEEDS = 10_000


def figures(folder: Path) -> Iterator[Figure]:
    stores = {
        count: filled(
            folder / f"{count}.db", count, regions(REGIONS), words=WORDS, every=timedelta(minutes=6)
        )
        for count in (SMALL, LARGE)
    }
    took = interleaved(
        {str(count): lambda store=store: _read(store) for count, store in stores.items()}, rounds=9
    )
    yield Figure(
        what=f"reads as the store grows from {SMALL:,} to {LARGE:,} articles",
        value=took[str(LARGE)] / took[str(SMALL)],
        unit="x",
        at_most=1.5,
        details=took,
    )
    yield _commit_to_swap(stores[LARGE], folder / "large")
    for store in stores.values():
        store.close()
    yield _many_feeds(folder)


def _read(store: Store) -> None:
    """What a full publication reads: the newest of every region, their versions and words."""
    numbers: set[int] = set()
    for name in ("all", *regions(REGIONS)):
        numbers |= {number for number, _ in store.newest(name, limit=50)}
    store.versions(numbers)
    store.articles(numbers)


def _commit_to_swap(store: Store, public: Path) -> Figure:
    """From the commit of five rows to files that readers see: intake, stories, feeds."""
    choice = Choice(kinds=())
    _sweep(store, public, choice)
    times = []
    for again in range(5):
        store.save(
            Draft(
                title=f"Harbour {again} reopens in quarter {n}",
                source="bench",
                source_key=f"{again}/{n}",
                body_text="The quay was mended. " * 40,
                published_at=f"{NOW - timedelta(minutes=5 * again + n):%Y-%m-%dT%H:%M:%SZ}",
                regions=("SY", "FR"),
            )
            for n in range(5)
        )
        started = time.perf_counter()
        taken, _ = _sweep(store, public, choice)
        times.append((time.perf_counter() - started, taken - started))
    total, taken_in = sorted(times)[len(times) // 2]
    return Figure(
        what=f"5 new articles at {LARGE:,}: commit to swapped files",
        value=total,
        unit="s",
        at_most=1,
        details={"intake": taken_in, "publish": total - taken_in},
    )


def _sweep(store: Store, public: Path, choice: Choice) -> tuple[float, Published]:
    """As the scheduler does it: stories, related pages and feeds; when the intake was done."""
    intake.take_in(store, TABLE, SITE, NOW)
    taken = time.perf_counter()
    related = Related(store)
    done = publish(store, TABLE, SITE, public, NOW, choice=choice, more=related)
    related.published()
    return taken, done


def _many_feeds(folder: Path) -> Figure:
    names = [f"tag_topic_{number}" for number in range(FEEDS)]
    store = filled(folder / "feeds.db", FEEDS, names, words=WORDS, every=timedelta(hours=1))
    public, choice = folder / "many", Choice(kinds=("tag",))
    usual, catalog.FEEDS_OF_A_KIND_MAX = catalog.FEEDS_OF_A_KIND_MAX, FEEDS
    publish(store, TABLE, SITE, public, NOW, choice=choice)
    catalog.FEEDS_OF_A_KIND_MAX = usual  # what stood once goes on standing
    os.sync()  # the folders and links of 90,000 files are not what is measured
    times, written, standing = [], 0, 0
    for again in range(5):
        store.save(
            [
                Draft(
                    title=f"Bridge {again} opens",
                    source="bench",
                    source_key=str(again),
                    body_text="It was built in a year. " * 40,
                    published_at=f"{NOW - timedelta(minutes=again):%Y-%m-%dT%H:%M:%SZ}",
                    tags=("topic 7", "topic 4711"),
                )
            ]
        )
        started = time.perf_counter()
        _, done = _sweep(store, public, choice)
        times.append(time.perf_counter() - started)
        written, standing = len(done.written), done.feeds
    store.close()
    return Figure(
        what=f"{standing:,} feeds standing, one article arrives",
        value=sorted(times)[len(times) // 2],
        unit="s",
        at_most=1,
        details={"files written": written},
    )
