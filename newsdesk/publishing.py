"""A desk in, its feeds brought up to date and a report out: what `publish` does and says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from articles import intake, placing
from articles.intake import Intake
from articles.model import Refusal
from articles.regions import RegionTable
from articles.store import Store
from feeds import bucket, digest
from feeds import publish as feeds
from feeds.bucket import Sent
from feeds.publish import Published
from feeds.related import Related
from newsdesk import say, setup
from newsdesk.config import Desk
from newsletter.ledger import Ledger
from newsletter.pages import Pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one `publish` did, or would have done."""

    intake: Intake
    moved: int  # articles that a change of the region table put into other feeds
    feeds: Published
    sent: Sent
    seconds: float
    dry_run: bool

    @property
    def refused(self) -> tuple[Refusal, ...]:
        return (*self.intake.refused, *self.feeds.refused)

    def sentences(self) -> Iterator[str]:
        """The report as a person reads it."""
        took = self.intake
        yield (
            f"{say.count(took.accepted, 'new article')}, {took.revised:,} revised,"
            f" {took.withdrawn:,} withdrawn, {took.held:,} held back, {len(took.refused):,} refused"
        )
        if self.moved:
            yield f"{say.count(self.moved, 'article')} moved to other regions"
        verb = "would be written" if self.dry_run else "written"
        yield (
            f"{say.count(self.feeds.feeds, 'feed')}:"
            f" {say.count(len(self.feeds.written), 'file')} {verb},"
            f" {self.feeds.unchanged:,} unchanged, in {self.seconds:.1f} s"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "intake": self.intake,
            "moved": self.moved,
            "feeds": self.feeds,
            "dry_run": self.dry_run,
        }


def show(
    desk: Desk,
    store: Store,
    table: RegionTable,
    now: datetime,
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Published:
    """Write the feeds that changed and the pages of new editions, in one swap.

    Raises:
        feeds.publish.PublishError: a file cannot be written.
    """
    pages = Pages(store, desk.newsletter, table, now, full=full)
    related = Related(store, full=full)
    published = feeds.publish(
        store,
        table,
        desk.site,
        desk.public,
        now,
        choice=setup.feeds(desk, table),
        more=chain(pages, digest.files(pages.issues(), desk.newsletter.name, desk.site), related),
        full=full,
        dry_run=dry_run,
        progress=progress,
    )
    if not dry_run:
        pages.published()
        related.published()
    return published


def publish(desk: Desk, now: datetime, *, dry_run: bool = False, full: bool = False) -> Report:
    """Take in what changed in the store and write the feeds it changes.

    Raises:
        articles.lock.HeldError: a running desk publishes by itself.
        feeds.publish.PublishError: a file cannot be written.
        feeds.bucket.BucketError: all is published, and the bucket did not take it.
    """
    started, table = time.perf_counter(), setup.region_table(desk)
    with setup.held(desk, "publish", now, dry_run=dry_run) as store:
        if full:
            store.look_again_at_all()
        with say.Progress("take in", "articles") as progress:
            taken = intake.take_in(
                store,
                table,
                desk.site,
                now,
                told=Ledger(store.db).told_numbers,
                progress=progress,
            )
        with say.Progress("place again", "articles") as progress:
            moved = placing.retag_all(store, table, desk.site, now, progress)
        with say.Progress("publish", "feeds") as progress:
            published = show(desk, store, table, now, full=full, dry_run=dry_run, progress=progress)
        target = None if dry_run else setup.bucket(desk)
        sent = bucket.send(store, desk.public, target) if target else Sent()
    teller = setup.teller(desk)
    if teller and not dry_run:  # what a hub does not take now, the next run tells it
        from feeds.telling import Telling  # its log brings a second's worth of libraries

        Telling(lambda: setup.opened(desk), teller).once()
    return Report(
        intake=taken,
        moved=moved,
        feeds=published,
        sent=sent,
        seconds=time.perf_counter() - started,
        dry_run=dry_run,
    )
