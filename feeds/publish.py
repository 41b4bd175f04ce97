"""What changed in the store in, feeds and what else is published out: one swap. Writes files.

    changed feeds -> entries (kept) -> documents -> compared -> written, synced -> noted -> swapped

Readers see a publication as a whole or not at all. Files whose bytes are the same are not touched,
so what a web server tells pollers (ETag, Last-Modified) changes only with the words. A run that was
killed costs nothing: the next one finishes what readers see already, or does it again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from articles.model import Refusal, Site
from articles.regions import RegionTable
from articles.store import Store
from feeds import catalog, history, opml, probe, record, rendering
from feeds.catalog import FOLDER, Choice
from feeds.entries import Entries
from feeds.files import PublishError
from feeds.formats import FORMATS
from feeds.publication import Publication
from feeds.record import JOB
from feeds.rendering import archive_files, feed_files

__all__ = ["PublishError", "Published", "publish"]

#: The list of all feeds, for importing into a reader.
LIST = "feeds.opml"

#: What stands at the top of the public folder is ours under these names, and nobody else's.
TOPS = (FOLDER.rstrip("/"), LIST, "editions", "related")

_HERE = Path(__file__).resolve().parent
#: In a checkout, and in an installed wheel.
_TEMPLATES = (_HERE.parent / "templates", _HERE.parent / "newsletter" / "templates")
_SHEETS = ("rss.css", "atom.css")

#: A name below the public folder, and what it shall hold; None takes it away.
File = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one run did."""

    feeds: int  # how many there are, each in every format
    written: tuple[str, ...] = ()  # names of the files whose bytes changed, as written
    unchanged: int = 0  # files looked at and found right
    refused: tuple[Refusal, ...] = ()


def publish(
    store: Store,
    table: RegionTable,
    site: Site,
    public: Path,
    now: datetime,
    *,
    choice: Choice = Choice(),  # noqa: B008, a frozen value
    more: Iterable[File] = (),
    full: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Published:
    """Bring the feeds in the folder `public` up to date with the store, and `more` with them.

    Only feeds whose region changed since the last run, or whose file is missing, are built; all of
    them if `full`, or if the site, a region's name or this program changed. `choice` says which
    feeds are wanted beside those of regions. `more` are files of
    others, shown in the same swap. `dry_run` writes nothing and moves no cursor. One process at a
    time: the caller holds the desk (`articles.lock`).

    Raises:
        PublishError: the disk is full, or the folder cannot be written.
    """
    with Publication(public, tops=TOPS, dry_run=dry_run) as out:
        shown, before = (*out.stamp, "", "")[:2]
        record.settle(store, shown)
        seq, changed = store.changed_regions(store.cursor(JOB))
        stems = _stems(out.names(FOLDER))
        whole, standing = set.intersection(*stems), set.union(*stems)
        listed = rendering.listed(store, site, table, standing, choice)
        mark = probe.mark(site, table)
        again = full or mark != before
        due = [
            feed
            for feed in listed
            if again or feed.name not in whole or not changed.isdisjoint(feed.selection.parts)
        ]
        if not dry_run:
            history.strike_withdrawn(store)
            if again:
                history.make_all_due(store)
        for sheet in _SHEETS:
            out.put(FOLDER + sheet, _sheet(sheet))
        with closing(Entries(store, table, site, mark, fresh=full)) as entries:
            gone = rendering.withdrawn(store) if due else ()
            for done, feed in enumerate(due):
                progress(done, len(due))
                for file in feed_files(store, entries, gone, feed, site, now, seal=not dry_run):
                    out.put(*file)
            progress(len(due), len(due))
            sealed = history.due(store)
            for file in archive_files(store, entries, sealed, listed, site, table):
                out.put(*file)
        for name, body in more:
            out.remove(name) if body is None else out.put(name, body)
        out.put(LIST, opml.render(listed, site))
        changes = out.changes()
        if not dry_run:
            if changes or mark != before:
                publication = out.next_id()
                record.begin(store, publication, seq, changes, now)
                out.swap(publication, mark)
                record.settle(store, publication)
            elif seq != store.cursor(JOB):
                store.move_cursor(JOB, seq)
            history.made(store, sealed)
        return Published(
            feeds=len(listed),
            written=tuple(each.name for each in changes),
            unchanged=out.unchanged,
            refused=(*_unnameable(store.live_regions()), *entries.refused.values()),
        )


def _stems(names: Collection[str]) -> tuple[set[str], ...]:
    """For each format the names of the feeds that stand in it."""
    endings = (f".{each.ending}" for each in FORMATS)
    return tuple(
        {name.removesuffix(end) for name in names if name.endswith(end)} for end in endings
    )


def _unnameable(live: Collection[str]) -> Iterator[Refusal]:
    reason = "cannot name a feed: a region's slug is small letters, digits and hyphens"
    for slug in catalog.unnameable(live):
        yield Refusal(where=f"region {slug!r}", reason=reason)


def _sheet(name: str) -> bytes:
    folder = next(folder for folder in _TEMPLATES if folder.is_dir())
    return (folder / "pages" / name).read_bytes()
