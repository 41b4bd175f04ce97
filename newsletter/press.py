"""Subscribers who are due in, what each of them gets out: every edition written once. SQLite.

Subscribers who follow the same regions and were told the same share an edition. What cannot change
an edition is left out of the comparison, so that nearly everybody with the same regions does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from articles.model import Article
from articles.store import Store, moment
from newsletter.edition import RegionNames, compose
from newsletter.hours import Slot
from newsletter.ledger import Clock, Ledger, Past, Planned, Written
from newsletter.message import envelope, message_id
from newsletter.model import Edition, Newsletter, Rendered, Subscriber, Told
from newsletter.render import render

#: How old an article may be that comes in late and is still news. Counted from the last digest a
#: reader had, or had nothing in: so nobody misses what came while theirs was not sent, and a weekly
#: reader no more than a daily one.
WINDOW = timedelta(days=7)

#: A new reader's first digest holds what came the day before they asked, not the week.
WELCOME = timedelta(hours=24)

#: How long we remember for a reader what they were told. It is longer than a digest ever reaches
#: back, so that what it could tell is known to have been told.
MEMORY = timedelta(days=31)
REACH = MEMORY - timedelta(days=1)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An edition that could not be written; its readers are tried again, until it is too late."""

    day: date
    regions: tuple[str, ...]
    language: str
    readers: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one planning did. planned + quiet + held readers = those who were due."""

    planned: int
    quiet: int  # due, and nothing new for them
    editions: int  # different ones
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    """All that decides what an edition says. Whose is equal, get the same one."""

    day: date
    regions: tuple[str, ...]
    language: str
    minutes: int
    candidates: tuple[int, int]  # from, to: places among the press's articles, from their end
    told: tuple[Told, ...]


class Press:
    """Writes each different edition once, however many read it. Lives for one planning."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        newsletter: Newsletter,
        table: RegionNames,
        secret: str,
        now: datetime,
    ) -> None:
        self.store, self.ledger, self.newsletter, self.table = store, ledger, newsletter, table
        self.secret, self.now = secret, now
        self._counts: Counter[str] = Counter()
        self._articles: tuple[Article, ...] = ()  # new somewhere, oldest first
        self._known: dict[int, Article] = {}  # told somewhere, as they are now
        self._told_by: dict[int, tuple[Told, ...]] = {}
        self._told: dict[tuple[str, tuple[int, int]], tuple[Told, ...]] = {}
        self._read_since = now
        self._pins: frozenset[int] = frozenset()
        self._written: dict[_Content, Written | None] = {}
        self._rendered: dict[Edition, Rendered] = {}
        self._held: dict[_Content, str] = {}
        self._held_readers: Counter[_Content] = Counter()

    def plan(
        self, slot: Slot[Clock], subscribers: Sequence[Subscriber], deadline_at: datetime
    ) -> None:
        """Decide for these subscribers of one clock, and write the decisions down."""
        pasts = self.ledger.pasts(subscribers, slot.day - MEMORY)
        batch = []
        for each in subscribers:
            content = self._content(slot, each, pasts[each.id])
            if self._is_held(content):
                self._held_readers[content] += 1
                continue
            batch.append(
                Planned(
                    subscriber=each,
                    slot=slot,
                    message_id=message_id(self.newsletter, slot.day, each, secret=self.secret),
                    deadline_at=deadline_at,
                    written=self._written[content],
                )
            )
        self._counts.update(self.ledger.plan(batch, self.now))

    def edition(self, slot: Slot[Clock], subscriber: Subscriber) -> Edition | None:
        """What this subscriber would get; None if there is nothing to tell. Writes nothing."""
        past = self.ledger.pasts((subscriber,), slot.day - MEMORY)[subscriber.id]
        return self._composed(self._content(slot, subscriber, past))

    def done(self) -> Plan:
        """What all the planning came to."""
        return Plan(
            planned=self._counts["planned"],
            quiet=self._counts["quiet"],
            editions=len(self._rendered),
            held=tuple(
                Held(
                    day=content.day,
                    regions=content.regions,
                    language=content.language,
                    readers=self._held_readers[content],
                    reason=reason,
                )
                for content, reason in self._held.items()
            ),
        )

    def _content(self, slot: Slot[Clock], subscriber: Subscriber, past: Past) -> _Content:
        before = min(slot.at, moment(past.decided_at)) if past.decided_at else slot.at
        since = max(subscriber.asked_at - WELCOME, before - WINDOW, slot.at - REACH)
        candidates = self._between(since, slot.at)
        return _Content(
            day=slot.day,
            regions=subscriber.regions,
            language=subscriber.language,
            minutes=subscriber.minutes,
            candidates=candidates,
            told=self._relevant(past, candidates),
        )

    def _between(self, since: datetime, until: datetime) -> tuple[int, int]:
        """The places of the articles of that time; they are read when somebody needs them first.

        Counted from the end, the places stay right when older articles are read.
        """
        if since < self._read_since:
            self._read_since = min(since, self.now - WINDOW - 2 * DAY)
            self._articles = self.store.live_between(self._read_since, self.now)
        every = len(self._articles)
        return (
            bisect_right(self._articles, since, key=_published_at) - every,
            bisect_right(self._articles, until, key=_published_at) - every,
        )

    def _candidates(self, places: tuple[int, int]) -> tuple[Article, ...]:
        every = len(self._articles)
        return self._articles[every + places[0] : every + places[1]]

    def _relevant(self, past: Past, candidates: tuple[int, int]) -> tuple[Told, ...]:
        """What was told that this edition may depend on; the less it is, the more readers share."""
        key = (past.editions, candidates)
        if key not in self._told:
            new = self._candidates(candidates)
            numbers = frozenset(each.number for each in new)
            stories = frozenset(each.story for each in new if each.story is not None)
            self._told[key] = tuple(
                each
                for each in self._remembered(past.numbers)
                if each.article in numbers or self._has_gone_on(each, stories)
            )
        return self._told[key]

    def _remembered(self, editions: tuple[int, ...]) -> list[Told]:
        """What the readers of these editions were told, with those articles fetched as they are."""
        for each in editions:
            if each not in self._told_by:
                self._told_by[each] = self.ledger.told_by(each)
        told = [one for each in editions for one in self._told_by[each]]
        unknown = {each.article for each in told} - self._known.keys()
        self._known |= self.store.articles(unknown)
        return told

    def _has_gone_on(self, told: Told, stories: frozenset[int]) -> bool:
        """Whether there is something new about a told article: in its story, or its own words."""
        now = self._known.get(told.article)
        return now is not None and (now.story in stories or now.revision > told.revision)

    def _is_held(self, content: _Content) -> bool:
        """Write the edition with this content, unless it is; whether that cannot be done."""
        if content not in self._written and content not in self._held:
            try:
                self._written[content] = self._write(content)
            except Exception as error:  # whatever a template does: the other editions are fine
                self._held[content] = f"{type(error).__name__}: {error}"
        return content in self._held

    def _composed(self, content: _Content) -> Edition | None:
        return compose(
            day=content.day,
            language=content.language,
            regions=content.regions,
            candidates=self._candidates(content.candidates),
            told=content.told,
            known=self._known,
            table=self.table,
            minutes=content.minutes,
            pins=self._pins,
        )

    def _write(self, content: _Content) -> Written | None:
        edition = self._composed(content)
        if edition is None:
            return None
        if edition not in self._rendered:
            rendered = render(edition, self.newsletter)
            envelope(rendered, self.newsletter, content.day)  # proves that it can be read
            self._rendered[edition] = rendered
        return Written(edition=edition, rendered=self._rendered[edition])


def _published_at(article: Article) -> datetime:
    return article.published_at
