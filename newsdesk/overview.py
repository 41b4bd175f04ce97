"""A desk in, what an operator wants to know of it out. Reads the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from articles import decisions, lock, placing
from articles.model import Article, Site, Story
from articles.store import Counts, Store
from newsdesk import say
from newsdesk.config import Desk
from newsletter import hours, subscribers
from newsletter.ledger import Ledger


def stories_of(store: Store, site: Site, day: date | None, now: datetime) -> tuple[Story, ...]:
    """Stories with an article on that day, largest first, with the days before it."""
    from articles import stories  # brings NumPy, which `status` need not wait for

    zone = ZoneInfo(site.time_zone)
    day = day or now.astimezone(zone).date()
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    by_story: dict[int, list[Article]] = {}
    for article in store.live_between(start - timedelta(days=stories.LIVE_DAYS), end):
        if article.story is not None:
            by_story.setdefault(article.story, []).append(article)
    told = [
        Story(id=number, articles=tuple(articles))
        for number, articles in by_story.items()
        if articles[-1].published_at > start
    ]
    return tuple(sorted(told, key=lambda story: (-len(story.articles), -story.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A desk at a glance."""

    folder: str
    articles: Counts
    waiting: int  # changes nobody has taken in yet
    feeds: int
    subscribers: int
    doubts: int
    regions_unsure: int  # articles that wait for an editor's word on where they belong
    links_answered: bool  # messages leave by SMTP only with links that somebody answers
    next_digest_at: datetime | None
    held_by: str  # "" when nobody works on the desk


def overview(desk: Desk, store: Store, now: datetime) -> Overview:
    """What the store and the folder say at `now`."""
    ledger = Ledger(store.db)
    return Overview(
        folder=str(desk.folder.resolve()),
        articles=store.counts(),
        waiting=store.changes_waiting(),
        feeds=len(list((desk.public / "feeds").glob("*.rss"))),
        subscribers=len(subscribers.active(store.db)),
        doubts=len(ledger.doubts()),
        regions_unsure=len(decisions.waiting(store, below=placing.SURE)),
        links_answered=desk.settings.mail.transport == "maildir" or desk.answers,
        next_digest_at=hours.next_at(ledger.clocks(), now),
        held_by=_holder(desk),
    )


def sentences(state: Overview) -> Iterator[str]:
    """The overview as a person reads it."""
    counts = state.articles
    yield f"Desk {state.folder}: {state.held_by or 'nobody runs it'}"
    yield (
        f"{say.count(counts.live, 'article')} live in {say.count(counts.stories, 'story')},"
        f" {counts.held:,} held back, {counts.withdrawn:,} withdrawn, {counts.refused:,} refused"
    )
    if state.waiting:
        yield f"{say.count(state.waiting, 'change')} waiting to be published"
    yield f"{say.count(state.feeds, 'feed')}"
    if counts.without_region:
        yield f"{say.count(counts.without_region, 'article')} in no region: in the main feed only"
    if state.regions_unsure:
        unsure = say.count(state.regions_unsure, "article")
        yield f"{unsure} without a sure region; see `newsdesk regions queue`"
    due = f"{state.next_digest_at:%d %B %H:%M} UTC" if state.next_digest_at else "never"
    yield f"{say.count(state.subscribers, 'subscriber')}; next digest: {due}"
    if not state.links_answered:
        yield "nobody answers the unsubscribe links: set web.listen, or web.url, in newsdesk.toml"
    if state.doubts:
        yield f"{say.count(state.doubts, 'message')} in doubt; see `newsdesk digest status`"


def _holder(desk: Desk) -> str:
    try:
        with lock.hold(desk.lock, "newsdesk status"):
            return ""
    except lock.HeldError as error:
        return str(error)
