"""Publishing against bare reads and writes, feedgen alone and a naive rebuild."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from harness import Figure, interleaved
from newsroom import NOW, SITE, TABLE, article, filled, regions

from articles import database
from articles.model import Article
from articles.store import Accepted, Store
from feeds import atom, build, encodings, files, jsonfeed, rss
from feeds.catalog import Choice
from feeds.entries import Entries
from feeds.publish import publish

#: A newsroom's desk: sixty regions, some years of articles.
REGIONS, ARTICLES = 60, 10_000

#: Feeds of regions only, as the peers make them.
CHOICE = Choice(kinds=())

#: Fifty such texts fill a feed.
WORDS = 340

#: A publication renders one feed after the other; a single one measures the processor's caches.
IN_A_ROW = 20


def figures(folder: Path) -> Iterator[Figure]:
    store = filled(
        folder / "store.db", ARTICLES, regions(REGIONS), every=timedelta(hours=3), words=WORDS
    )
    public = folder / "public"
    publish(store, TABLE, SITE, public, NOW, choice=CHOICE)
    yield _splicing(store)
    for what, text in (("", encodings.TEXT), (", without gzip and brotli", frozenset[str]())):
        before, encodings.TEXT = encodings.TEXT, text
        yield _everything(store, public, folder / "limit", what)
        publish(store, TABLE, SITE, public, NOW, choice=CHOICE)
        yield from _five(store, public, folder / "limit", what)
        encodings.TEXT = before
    store.close()


def _splicing(store: Store) -> Figure:
    """Fifty full texts, as feedgen writes them and as they are put together."""
    numbers = [number for number, _ in store.newest("all", limit=50)]
    articles = store.articles(numbers)
    alone = [replace(articles[number], story=None) for number in numbers]  # as no story has a feed
    plain = build.build("all", alone, SITE, TABLE, NOW)
    entries = Entries(store, TABLE, SITE, "benchmark")
    kept = replace(plain, entries=entries.of(numbers)[: len(plain.entries)])
    entries.close()
    assert [each.document(plain) for each in (rss, atom)] == [
        each.render(kept) for each in (rss, atom)
    ]
    took = interleaved(
        {
            "feedgen": lambda: [each.document(plain) for each in (rss, atom) * IN_A_ROW],
            "kept": lambda: [each.render(kept) for each in (rss, atom) * IN_A_ROW],
        },
    )
    return Figure(
        what=f"feed of {len(plain.entries)} full texts, RSS and Atom, entries kept",
        value=took["feedgen"] / took["kept"],
        unit="x plain feedgen",
        at_least=20,
        details=took,
    )


def _everything(store: Store, public: Path, limit: Path, what: str) -> Figure:
    """All files anew, from kept entries."""
    shutil.rmtree(public, ignore_errors=True)
    publish(store, TABLE, SITE, public, NOW, choice=CHOICE)
    written = _files(public)
    took = interleaved(
        {
            "publish": lambda: publish(store, TABLE, SITE, public, NOW, choice=CHOICE),
            "limit": lambda: (_read(store), _write(limit, written)),
        },
        before=lambda _: [shutil.rmtree(each, ignore_errors=True) for each in (public, limit)],
    )
    return Figure(
        what=f"full publish, {REGIONS} regions x 3 formats{what}",
        value=took["publish"] / took["limit"],
        unit="x (read the rows + write the bytes, durably)",
        at_most=1.2,
        details=took | {"files": len(written), "MB": sum(map(len, written.values())) / 1e6},
    )


def _five(store: Store, public: Path, limit: Path, what: str) -> Iterator[Figure]:
    """Five articles more: the files they change, against writing just these, and against all."""
    rng, words = random.Random(5), ["quay", "harbour", "barge", "crane", "tide", "ferry"]
    (number,) = store.db.execute("SELECT max(article_id) FROM accepted").fetchone()
    written: tuple[str, ...] = ()
    changed: dict[str, bytes] = {}

    def arrive(way: str) -> None:
        nonlocal number
        shutil.rmtree(limit, ignore_errors=True)
        if way == "bare writes":
            names = [part for name in written for part in (name, *encodings.names(name))]
            changed.clear()
            changed.update({name: (public / name).read_bytes() for name in names})
        if way != "publish":
            return
        with database.write(store.db):
            for _ in range(5):
                number += 1
                made = article(number, NOW + timedelta(seconds=number), WORDS, rng, words)
                made = replace(made, regions=tuple(rng.sample(regions(REGIONS), 2)))
                store.accept(Accepted(article=made, state="live", first_seen_at=NOW), (), None, NOW)

    def published() -> None:
        nonlocal written
        written = publish(store, TABLE, SITE, public, NOW, choice=CHOICE).written

    took = interleaved(
        {
            "publish": published,
            "bare writes": lambda: _write(limit, changed),
            "naive": lambda: _write(limit, dict(_naive(store))),
        },
        before=arrive,
    )
    details = took | {"files": len(changed)}
    yield Figure(
        what=f"5 new articles, durable{what}",
        value=took["publish"] / took["bare writes"],
        unit="x the bare writes",
        at_most=2,
        details=details,
    )
    yield Figure(
        what=f"5 new articles, durable{what}",
        value=took["naive"] / took["publish"],
        unit="times faster than a naive full rebuild",
        at_least=20,
        details=details,
    )


def _read(store: Store) -> dict[int, Article]:
    """The rows a full publication is made of, each once."""
    numbers: set[int] = set()
    for name in ("all", *regions(REGIONS)):
        numbers |= {number for number, _ in store.newest(name, limit=build.FEED_ARTICLES)}
    marks = ", ".join("?" * len(numbers))
    sql = f"SELECT document FROM accepted WHERE article_id IN ({marks})"
    return dict(enumerate(store.db.execute(sql, tuple(numbers)).fetchall()))


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """The same bytes as durably, with nothing else: written, synced, their folder synced."""
    folder.mkdir(parents=True)

    def one(item: tuple[int, bytes]) -> None:
        files.write(folder / str(item[0]), item[1])

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, enumerate(contents.values())))
    files.sync_folder(folder)


def _naive(store: Store) -> Iterator[tuple[str, bytes]]:
    """The same files, every feed from its articles by feedgen, as scripts do it."""
    for name in ("all", *regions(REGIONS)):
        found = store.region_articles(name, limit=build.FEED_ARTICLES_MAX)
        feed = build.build(name, found, SITE, TABLE, NOW)
        for each in (rss, atom, jsonfeed):
            content = each.document(feed)
            file = f"{name}.{each.__name__.rpartition('.')[2].replace('jsonfeed', 'json')}"
            yield from {file: content, **encodings.encoded(file, content)}.items()


def _files(public: Path) -> dict[str, bytes]:
    found = (public / ".live").resolve().rglob("*")
    return {str(path): path.read_bytes() for path in found if path.is_file()}
