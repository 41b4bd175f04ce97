"""The store in, the files of its feeds and of their archives out, by name. SQLite, no files.

articles -> entries (kept) -> Feed -> bytes, for each feed that changed
                           -> archives where a feed cannot hold its history
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from articles import filing, shelves
from articles.model import Site
from articles.regions import RegionTable
from articles.store import Dated, Store
from feeds import archives, build, catalog, history
from feeds.archives import Archive, Pending
from feeds.catalog import FOLDER, Choice, Listed
from feeds.entries import Entries
from feeds.formats import FORMATS
from feeds.model import Feed, Tombstone
from feeds.selections import Selection

#: Of all withdrawn articles those that may still be in a reader's hands; each feed shows fewer.
WITHDRAWN_MAX = 500

#: What was withdrawn, and the names of the feeds that had it.
Gone = tuple[Tombstone, frozenset[str]]


def listed(
    store: Store, site: Site, table: RegionTable, standing: Collection[str], choice: Choice
) -> tuple[Listed, ...]:
    """Every feed there is; `standing` are those published before."""
    return catalog.feeds(
        store.live_regions(),
        standing,
        site,
        table,
        labels=shelves.labels(store),
        stories=shelves.live_stories(store),
        choice=choice,
    )


def withdrawn(store: Store) -> tuple[Gone, ...]:
    """The articles withdrawn last, with the feeds that had them."""
    return tuple(
        (
            Tombstone(id=gone.article.id, at=build.whole(gone.at)),
            frozenset(filing.names(gone.article)),
        )
        for gone in shelves.withdrawn(store, limit=WITHDRAWN_MAX)
    )


def compose(
    store: Store, entries: Entries, gone: Iterable[Gone], feed: Listed, site: Site
) -> tuple[Feed, Sequence[int]]:
    """The feed as it is now, and the numbers of the articles in it; its history is left out."""
    numbers = _newest(store, feed.selection)
    found = entries.of(numbers)
    changed_at = store.regions_changed(feed.selection.parts)[1] or build.NEVER
    made = build.of_entries(feed, found, site, changed_at, _tombstones(gone, feed.selection))
    kept = [number for number in numbers if number not in entries.refused]
    return made, kept[: len(made.entries)]


def feed_files(
    store: Store,
    entries: Entries,
    gone: Iterable[Gone],
    feed: Listed,
    site: Site,
    now: datetime,
    *,
    seal: bool,
) -> Iterator[tuple[str, bytes]]:
    """The files of a feed, one a format; with `seal`, what it cannot hold is archived."""
    made, shown = compose(store, entries, gone, feed, site)
    if seal and feed.selection.is_single:
        _seal(store, entries, feed.name, shown, now)
    before = history.of_feed(store, feed.name)
    previous = f"{made.address}/{before[-1].name}" if before else None
    yield from _files(feed.name, replace(made, previous=previous))


def archive_files(
    store: Store,
    entries: Entries,
    documents: Iterable[tuple[str, Archive]],
    listed: Iterable[Listed],
    site: Site,
    table: RegionTable,
) -> Iterator[tuple[str, bytes]]:
    """The files of archives, of feeds that are `listed` or were once."""
    known = {feed.name: feed for feed in listed}
    for name, archive in documents:
        feed = known.get(name) or catalog.listing(name, site, table)
        found = entries.of_revisions(history.members(store, name, archive))
        empty = build.of_entries(feed, (), site, archive.sealed_at)
        beside = history.of_feed(store, name)
        yield from _files(
            f"{name}/{archive.name}", archives.document(empty, archive, beside, found)
        )


def _newest(store: Store, selection: Selection) -> tuple[int, ...]:
    """The articles the feed would show if it had room, newest first."""
    shown: tuple[int, ...] = ()
    # Most feeds are not so busy that more than the first few rows have to be read.
    for limit in (build.FEED_ARTICLES + 1, build.FEED_ARTICLES_MAX):
        dated = _dated(store, selection, limit)
        shown = tuple(number for number, _ in dated[: build.recent([at for _, at in dated])])
        if len(shown) < limit:
            break
    return shown


def _dated(store: Store, selection: Selection, limit: int) -> Sequence[Dated]:
    if selection.is_single:
        return store.newest(selection.some[0], limit=limit)
    return store.selected(selection.some, selection.without, limit=limit)


def _seal(store: Store, entries: Entries, name: str, shown: Collection[int], now: datetime) -> None:
    before = list(history.of_feed(store, name))
    at = archives.sealing(before, now)
    documents: list[tuple[Archive, Sequence[Pending]]] = []
    for month, members in archives.due(history.pending(store, name), shown, before, now):
        found = entries.of([each.number for each in members])
        kept = [each for each in members if each.number not in entries.refused]
        for part in archives.parts(list(zip(kept, found, strict=True))):
            before.append(archives.named(month, before, at))
            documents.append((before[-1], part))
    if documents:
        history.seal(store, name, documents)


def _tombstones(gone: Iterable[Gone], selection: Selection) -> list[Tombstone]:
    """Of the articles that were withdrawn those the feed had."""
    return [
        stone
        for stone, names in gone
        if not names.isdisjoint(selection.some) and names.isdisjoint(selection.without)
    ]


def _files(path: str, feed: Feed) -> Iterator[tuple[str, bytes]]:
    for each in FORMATS:
        yield f"{FOLDER}{path}.{each.ending}", each.render(feed)
