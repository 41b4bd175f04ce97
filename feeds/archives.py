"""A feed's older articles in, the documents that keep them for ever out (RFC 5005). Pure.

    syria.atom   prev-archive ->   syria/2026-10.atom   prev-archive ->   syria/2026-09.atom ...

What is in a document never changes, so a reader that has one need not ask again. Hence a month is
sealed when it is over, or earlier in parts where the feed itself cannot hold it; and whatever comes
later for a month that is sealed (an article written in late, a correction) goes into the next
document. A reader that goes back from the newest meets the newest words first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.build import FEED_ARTICLES, FEED_BYTES_MAX, HEAD_BYTES
from feeds.catalog import Listed
from feeds.model import Entry, Feed

#: Articles that come in or are mended around midnight are still in their own month.
SEALED_AFTER = timedelta(days=1)

#: When a month is sealed in parts the newest articles stay out, where corrections are likeliest.
OPEN_ARTICLES = FEED_ARTICLES // 2


@dataclass(frozen=True, slots=True)
class Pending:
    """An article that stands in no document of the feed yet, or in older words."""

    number: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Archive:
    """One document: its articles and their words are settled."""

    number: int  # 1 is the oldest of its feed
    name: str  # "2026-10", then "2026-10-2"
    sealed_at: datetime

    @property
    def month(self) -> str:
        return self.name[:7]


def file(listed: Listed, archive: Archive) -> str:
    """Path and address below the feeds' folder, without the ending that tells the format."""
    return f"{listed.name}/{archive.name}"


def due(
    pending: Sequence[Pending], shown: Collection[int], before: Sequence[Archive], now: datetime
) -> tuple[tuple[str, tuple[Pending, ...]], ...]:
    """What is to be sealed: months in their order, each with its articles, oldest first.

    `pending` come oldest first; `shown` are the articles in the feed itself. A feed that shows all
    it has needs no archive; from the first article it has no room for, it gets one.
    """
    if not before and all(each.number in shown for each in pending):
        return ()
    last, current = before[-1].month if before else "", _month(now - SEALED_AFTER)
    months: dict[str, list[Pending]] = {}
    for each in pending:
        months.setdefault(max(_month(each.published_at), last), []).append(each)
    found = [
        (month, tuple(members if month < current else _overflow(members, shown)))
        for month, members in sorted(months.items())
    ]
    return tuple((month, members) for month, members in found if members)


def sealing(before: Sequence[Archive], now: datetime) -> datetime:
    """The moment by which the documents of one run are told from those of the run before."""
    whole = now.replace(microsecond=0)
    return max(whole, before[-1].sealed_at + timedelta(seconds=1)) if before else whole


def parts(members: Sequence[tuple[Pending, Entry]]) -> Iterator[tuple[Pending, ...]]:
    """The articles of a month in documents that are no larger than a feed may be."""
    part: list[Pending] = []
    room = FEED_BYTES_MAX - HEAD_BYTES
    for each, entry in members:
        if part and entry.size_bytes_max > room:
            yield tuple(part)
            part, room = [], FEED_BYTES_MAX - HEAD_BYTES
        part.append(each)
        room -= entry.size_bytes_max
    if part:
        yield tuple(part)


def named(month: str, before: Sequence[Archive], sealed_at: datetime) -> Archive:
    """The next document after those `before`."""
    count = sum(each.month == month for each in before)
    name = f"{month}-{count + 1}" if count else month
    return Archive(before[-1].number + 1 if before else 1, name, sealed_at)


def document(
    feed: Feed, archive: Archive, beside: Sequence[Archive], entries: Sequence[Entry]
) -> Feed:
    """The archive as a feed of its own, which says where it stands among those `beside` it.

    The document after it is named only where both were sealed in one run: later on, nothing in a
    sealed document changes.
    """
    places = {each.number: each for each in beside}
    after = places.get(archive.number + 1)
    previous = places.get(archive.number - 1)
    return replace(
        feed,
        address=f"{feed.address}/{archive.name}",
        entries=tuple(entries),
        updated_at=max((each.updated_at for each in entries), default=archive.sealed_at),
        withdrawn=(),
        current=feed.address,
        previous=f"{feed.address}/{previous.name}" if previous else None,
        next=f"{feed.address}/{after.name}"
        if after and after.sealed_at == archive.sealed_at
        else None,
    )


def _overflow(members: Sequence[Pending], shown: Collection[int]) -> Sequence[Pending]:
    """Of a month that is not over: nothing, while the feed shows all of it."""
    if all(each.number in shown for each in members):
        return ()
    newest = {each.number for each in members[-OPEN_ARTICLES:]} & set(shown)
    return [each for each in members if each.number not in newest]


def _month(moment: datetime) -> str:
    return moment.strftime("%Y-%m")
