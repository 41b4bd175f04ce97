"""The clock: asks the store every so often what is due. `python scheduler.py` runs the desk.

    articles   take in what anybody wrote, write the feeds it changes      at once (`watch`), and
                                                                           every ARTICLES_EVERY_S
    bucket     send what was published to object storage                   at once, and every
                                                                           BUCKET_EVERY_S
    digest     plan what has come due, deliver it                          every DIGEST_EVERY_S
    letters    ask new subscribers whether it was them                     every LETTERS_EVERY_S
    sources    look at feeds followed, folders watched, foreign databases  every SOURCES_EVERY_S
    inbound    read the bounces and answers that came, where there is a    every INBOUND_EVERY_S
               mailbox

The timer decides nothing: a job that fires twice, late or not at all finds in the store what is
due. So jobs live in memory, and a second scheduler is kept out by the desk's lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from articles import grouping, intake, placing
from articles.errors import NewsdeskError
from articles.http import Client
from articles.model import Site
from articles.regions import RegionTable
from articles.standing import sweeping
from articles.standing.model import Source
from articles.store import Store
from feeds import bucket, record
from feeds import digest as digest_feed
from feeds.bucket import Bucket
from feeds.catalog import Choice
from feeds.publish import Published, PublishError, publish
from feeds.related import Related
from feeds.telling import Telling
from feeds.websub import Teller
from newsletter import digest, letters
from newsletter.inbound import handling
from newsletter.inbound.handling import Mailbox
from newsletter.ledger import Ledger
from newsletter.model import Newsletter
from newsletter.pages import Pages
from newsletter.post import Post

#: Articles whose hour comes, and whatever else no write announces.
ARTICLES_EVERY_S = 20

#: A new article is in its feeds, and hubs know, within a second of its commit. A look takes 20 us.
WATCH_EVERY_S = 0.1

#: A file or a row is in the store within two looks; feeds are asked far less often.
SOURCES_EVERY_S = 20

#: What a bucket that was away did not take.
BUCKET_EVERY_S = 20

#: A digest is due at a minute of the day.
DIGEST_EVERY_S = 60

#: Somebody who mailed "unsubscribe" should not get one more; servers bounce at leisure.
INBOUND_EVERY_S = 60

#: Somebody waits beside their mailbox.
LETTERS_EVERY_S = 20

#: A sending that takes longer lets the next sweep plan for those who have come due meanwhile.
DELIVER_FOR_S = 120.0

#: So long the words of an edition and the days without one are kept; who was told what is for ever.
KEPT = timedelta(days=90)

#: Service managers kill at 10 s or later. Past this the process ends by itself: what was in hand is
#: in the ledger, and the next start settles it.
END_WITHIN_S = 9.0

#: One publication at a time: both jobs show theirs in the same folder.
_PUBLISHING = threading.Lock()

#: One intake at a time: the timer's and that of the watch.
_SWEEPING = threading.Lock()

#: One sending to the bucket: the timer's and that of the watch.
_SENDING = threading.Lock()

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the jobs need: values, and how to open what they act on."""

    open_store: Callable[[], AbstractContextManager[Store]]
    table: RegionTable
    site: Site
    feeds: Choice
    newsletter: Newsletter
    public: Path
    bucket: Bucket | None
    post: Post
    mailbox: Mailbox | None
    sources: tuple[Source, ...]
    http: Client
    teller: Teller | None
    secrets: tuple[str, ...]
    clock: Callable[[], datetime]


def run(work: Work, stop: threading.Event) -> None:
    """Run the jobs until `stop` is set; what is in hand is finished first, for END_WITHIN_S."""
    jobs: dict[str, tuple[Callable[[], None], int]] = {
        "articles": (lambda: sweep_articles(work), ARTICLES_EVERY_S),
        "digest": (lambda: sweep_digest(work, stop.is_set), DIGEST_EVERY_S),
    }
    jobs["letters"] = (lambda: sweep_letters(work), LETTERS_EVERY_S)
    if work.sources:
        jobs["sources"] = (lambda: sweep_sources(work, stop.is_set), SOURCES_EVERY_S)
    if work.bucket:
        jobs["bucket"] = (lambda: sweep_bucket(work), BUCKET_EVERY_S)
    if work.mailbox:
        jobs["inbound"] = (lambda: sweep_inbound(work), INBOUND_EVERY_S)
    # A thread each: feedgen sets the process's locale and must have one thread, and a long send
    # must not hold up the feeds.
    scheduler = BackgroundScheduler(
        timezone="UTC", executors={name: ThreadPoolExecutor(1) for name in jobs}
    )
    for name, (job, seconds) in jobs.items():
        scheduler.add_job(
            _guarded(name, job),
            "interval",
            seconds=seconds,
            next_run_time=work.clock(),
            executor=name,
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,  # the default of 1 s drops a late job
        )
    scheduler.start()
    threads: list[Callable[[], None]] = [lambda: watch(work, stop)]
    if work.bucket:
        threads.append(lambda: watch_bucket(work, stop))
    if work.teller:
        told = Telling(work.open_store, work.teller)
        threads.append(lambda: told.run(stop))
    for each in threads:
        threading.Thread(target=each, daemon=True).start()
    log.info("started", store_every_s=ARTICLES_EVERY_S, digest_every_s=DIGEST_EVERY_S)
    stop.wait()
    log.info("stopping")
    ended = threading.Thread(target=scheduler.shutdown, daemon=True)
    ended.start()
    ended.join(END_WITHIN_S)
    if ended.is_alive():
        log.warning("cut short", after_s=END_WITHIN_S)
        os._exit(0)
    log.info("stopped")


def watch(work: Work, stop: threading.Event) -> None:
    """Sweep as soon as somebody has written an article, until `stop`."""
    sweep = _guarded("articles", lambda: sweep_articles(work))
    _watch(work, stop, "intake", lambda store: bool(store.changed_articles(1)[1]), sweep)


def watch_bucket(work: Work, stop: threading.Event) -> None:
    """Send to object storage as soon as something was published: hubs wait for it."""
    assert work.bucket
    job = work.bucket.job
    sweep = _guarded("bucket", lambda: sweep_bucket(work))
    _watch(work, stop, job, lambda store: record.last(store) > store.cursor(job), sweep)


def _watch(
    work: Work,
    stop: threading.Event,
    job: str,
    due: Callable[[Store], bool],
    sweep: Callable[[], None],
) -> None:
    """Sweep whenever something is due for `job`; a sweep moves its cursor, or failed."""
    while not stop.is_set():
        try:
            with work.open_store() as store:
                while not stop.wait(WATCH_EVERY_S):
                    before = store.cursor(job)
                    if not due(store):
                        continue
                    sweep()
                    if store.cursor(job) == before:  # it failed, and may again
                        stop.wait(ARTICLES_EVERY_S)
        except NewsdeskError as error:
            log.error("failed", job="watch", why=str(error))
            stop.wait(ARTICLES_EVERY_S)


def sweep_articles(work: Work) -> None:
    """From what changed in the store to the feeds it changes; one at a time."""
    with _SWEEPING, work.open_store() as store:
        ledger = Ledger(store.db)
        now = work.clock()
        taken = intake.take_in(store, work.table, work.site, now, told=ledger.told_numbers)
        moved, _ = placing.retag(store, work.table, work.site, now)
        published = _publish(work, store, now)
    if moved:
        log.info("moved to other regions", articles=moved)
    for refusal in (*taken.refused, *published.refused):
        log.warning("left out", where=refusal.where, reason=refusal.reason)
    if taken.changed or published.written:
        log.info(
            "published",
            accepted=taken.accepted,
            revised=taken.revised,
            withdrawn=taken.withdrawn,
            files=len(published.written),
        )


def sweep_bucket(work: Work) -> None:
    """From what was published to the bucket that has the same. It may hang, and holds up nobody."""
    assert work.bucket
    with _SENDING, work.open_store() as store:
        sent = bucket.send(store, work.public, work.bucket)
    if sent.put or sent.removed:
        log.info("sent to the bucket", files=len(sent.put), removed=len(sent.removed))


def _publish(work: Work, store: Store, now: datetime) -> Published:
    """Feeds that changed and pages of new editions, in one swap."""
    with _PUBLISHING:
        pages = Pages(store, work.newsletter, work.table, now)
        related = Related(store)
        told = digest_feed.files(pages.issues(), work.newsletter.name, work.site)
        more = chain(pages, told, related)
        published = publish(
            store, work.table, work.site, work.public, now, choice=work.feeds, more=more
        )
        pages.published()
        related.published()
    return published


def _publish_pages(work: Work, store: Store) -> None:
    """The pages that the mails link to; a mail without its page is better than none."""
    try:
        _publish(work, store, work.clock())
    except PublishError as error:
        log.error("pages not published", why=str(error))


def sweep_sources(work: Work, stop: Callable[[], bool]) -> None:
    """From what others wrote to the store."""
    with work.open_store() as store:
        told = sweeping.sweep(store, work.sources, work.http, work.clock, stop)
    for source, state in told:
        if state.problem:
            log.warning("source has a problem", source=source.name, why=state.problem)
        if state.changed_at == state.looked_at:
            log.info("took in", source=source.name, **state.brought)


def sweep_digest(work: Work, stop: Callable[[], bool]) -> None:
    """From who is due to messages that left."""
    with work.open_store() as store:
        ledger = Ledger(store.db)
        now = work.clock()
        if digest.due(ledger.clocks(), now, work.newsletter.max_late):
            grouping.repair(store, now, ledger.told_numbers)
        planned = digest.plan(store, ledger, work.newsletter, work.table, work.secrets, now)
        if planned.planned:
            _publish_pages(work, store)
        delivered = digest.deliver(
            ledger,
            work.post,
            work.newsletter,
            work.secrets,
            work.clock,
            until=digest.Until(stop=stop, for_s=DELIVER_FOR_S),
        )
        if planned.planned:  # about once a day
            ledger.forget(work.clock().date() - KEPT)
            handling.forget(store.db, work.clock() - KEPT)
        restored = ledger.restored()
    if restored and restored.at >= now.replace(microsecond=0):
        log.error("store was put back", messages=restored.messages, until=str(restored.until_at))
    for held in planned.held:
        log.error("held back", day=str(held.day), readers=held.readers, why=held.reason)
    if planned.planned:
        log.info("planned", deliveries=planned.planned, editions=planned.editions)
    if delivered.counts:
        log.info("delivered", **delivered.counts)
    if delivered.stopped:
        log.warning("interrupted", why=delivered.stopped)


def sweep_letters(work: Work) -> None:
    """From who asked by a form to the letters that ask whether it was them."""
    with work.open_store() as store:
        post = work.post
        counts = letters.post(
            store.db, post.letters, work.newsletter, work.secrets, work.clock, keys=post.keys
        )
    if counts:
        log.info("letters", **counts)


def sweep_inbound(work: Work) -> None:
    """From what came to the mailbox to who is mailed no more."""
    assert work.mailbox is not None
    with work.open_store() as store:
        counts = handling.collect(store.db, work.mailbox, work.secrets, work.clock)
    if counts:
        log.info("came back", **counts)


def _guarded(name: str, job: Callable[[], None]) -> Callable[[], None]:
    """A sweep that fails is told, and tried again by the next: the desk goes on."""

    def sweep() -> None:
        try:
            job()
        except NewsdeskError as error:
            log.error("failed", job=name, why=str(error))
        except Exception:
            log.exception("failed", job=name)

    return sweep


if __name__ == "__main__":
    from newsdesk.cli import main

    main(["run"])
