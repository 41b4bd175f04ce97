"""What changed in the store in, feed files out. Writes files, each whole or not at all.

The cursor moves after the last file stands. A run that was killed leaves every file whole, old or
new, and the next one does its work again; files whose bytes are the same are not touched, so what
a web server tells pollers (ETag, Last-Modified) changes only with the words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from articles.model import Article, Refusal, Site
from articles.regions import RegionTable
from feeds import build, catalog, opml, probe
from feeds.catalog import Listed
from feeds.files import Files, PublishError, read
from feeds.formats import FORMATS
from feeds.model import Entry
from feeds.splice import KEPT_ENTRIES_MAX, Kept

__all__ = ["Articles", "PublishError", "Published", "publish"]

#: The name our cursor in the store goes by.
JOB = "feeds"

#: Holds the marks under which the feeds in the folder were made (see `probe`).
MARKS = ".marks"

#: The date of a feed that never had an article: fixed, so that it is the same file each time.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_HERE = Path(__file__).resolve().parent
#: In a checkout, and in an installed wheel.
_TEMPLATES = (_HERE.parent / "templates", _HERE.parent / "newsletter" / "templates")
_SHEETS = ("rss.css", "atom.css")


class Articles(Protocol):
    """What publishing asks of the store (`articles.store.Store`)."""

    def cursor(self, job: str) -> int: ...
    def move_cursor(self, job: str, seq: int) -> None: ...
    def changed_regions(self, after: int) -> tuple[int, tuple[str, ...]]: ...
    def live_regions(self) -> dict[str, int]: ...
    def region_articles(self, region: str, *, limit: int) -> tuple[Article, ...]: ...
    def region_changed_at(self, region: str) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one run did."""

    feeds: int  # how many there are, each in every format
    written: tuple[str, ...] = ()  # names of the files whose bytes changed, as written
    unchanged: int = 0  # files looked at and found right
    refused: tuple[Refusal, ...] = ()


def publish(
    store: Articles,
    table: RegionTable,
    site: Site,
    folder: Path,
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Published:
    """Bring the feeds in `folder` (public/feeds) and public/feeds.opml up to date with the store.

    Only feeds whose region changed since the last run, or whose file is missing, are built; all of
    them if `full`, or if the site, a region's name or this program changed. `dry_run` writes
    nothing and moves no cursor. One process at a time: the caller holds the desk (`articles.lock`).

    Raises:
        PublishError: the disk is full, or the folder cannot be written.
    """
    cursor = store.cursor(JOB)
    seq, changed = store.changed_regions(cursor)
    live = store.live_regions()
    files = Files(folder, dry_run=dry_run)
    listed = catalog.feeds(live, _standing(folder), site, table)
    marks = probe.marks(listed, site, table)
    full = full or not _made_under(marks, folder)
    due = [feed for feed in listed if full or feed.name in changed or not _stands(feed, folder)]
    desk = _Desk(store, table, site, refused=_unnameable(live))
    files.clean()
    for sheet in _SHEETS:
        files.put(folder / sheet, _sheet(sheet))
    for done, feed in enumerate(due):
        progress(done, len(due))
        for name, content in desk.render(feed):
            files.put(folder / name, content)
    progress(len(due), len(due))
    # Last, so that it never lists a feed which is not there yet.
    files.put(folder.parent / "feeds.opml", opml.render(listed, site))
    files.settle()
    if not dry_run:
        _note_marks(marks, folder)
    if seq != cursor and not dry_run:
        store.move_cursor(JOB, seq)
    return Published(
        feeds=len(listed),
        written=tuple(files.written),
        unchanged=files.unchanged,
        refused=tuple(desk.refused.values()),
    )


class _Desk:
    """Articles rendered in this run, and those that cannot be."""

    def __init__(
        self, store: Articles, table: RegionTable, site: Site, refused: dict[str, Refusal]
    ) -> None:
        self.store, self.table, self.site = store, table, site
        self.refused = refused
        self.entries: dict[str, Entry] = {}
        self.kept: Kept = {}

    def render(self, listed: Listed) -> Iterator[tuple[str, bytes]]:
        """The files of a feed, one a format."""
        found = self.store.region_articles(listed.name, limit=build.FEED_ARTICLES_MAX)
        entries = [entry for entry in map(self._entry, found) if entry]
        changed_at = self.store.region_changed_at(listed.name) or NEVER
        feed = build.of_entries(listed.name, entries, self.site, self.table, changed_at)
        for each in FORMATS:
            yield listed.file(each.ending), each.render(feed, self.kept)

    def _entry(self, article: Article) -> Entry | None:
        """One bad article never costs a good one: it is left out and named."""
        if article.id in self.refused:
            return None
        if article.id in self.entries:
            return self.entries[article.id]
        try:
            entry = build.entry(article, self.site, self.table)
            for each in FORMATS:
                each.entry(entry, self.kept)
        # What lxml and feedgen raise for words they cannot write. Anything else is our own mistake,
        # and stops the run before feeds lose articles for it.
        except (TypeError, ValueError) as error:
            where = f"article {article.number}" if article.number else article.id
            reason = f"cannot be written as a feed entry ({error}); correct it and save it again"
            self.refused[article.id] = Refusal(where=where, reason=reason)
            return None
        if len(self.entries) >= KEPT_ENTRIES_MAX:
            self.entries.clear()
        self.entries[article.id] = entry
        return entry


def _made_under(marks: frozenset[str], folder: Path) -> bool:
    """Whether what stands in the folder was made under marks that all still hold."""
    before = read(folder / MARKS)
    return before is not None and marks.issuperset(before.decode().splitlines())


def _note_marks(marks: frozenset[str], folder: Path) -> None:
    files = Files(folder, dry_run=False)
    files.put(folder / MARKS, "\n".join(sorted(marks)).encode())
    files.settle()


def _standing(folder: Path) -> tuple[str, ...]:
    """Names of the feeds that were published before."""
    return tuple({path.stem for each in FORMATS for path in folder.glob(f"*.{each.ending}")})


def _stands(feed: Listed, folder: Path) -> bool:
    return all((folder / feed.file(each.ending)).is_file() for each in FORMATS)


def _unnameable(live: Collection[str]) -> dict[str, Refusal]:
    reason = "cannot name a feed: a region's slug is small letters, digits and hyphens"
    return {
        slug: Refusal(where=f"region {slug!r}", reason=reason) for slug in catalog.unnameable(live)
    }


def _sheet(name: str) -> bytes:
    folder = next(folder for folder in _TEMPLATES if folder.is_dir())
    return (folder / "pages" / name).read_bytes()
