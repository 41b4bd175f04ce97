"""Subscribers who are due in, what each of them gets out: every edition written once. SQLite.

Subscribers who follow the same regions and were told the same share an edition. What cannot change
an edition is left out of the comparison, so that nearly everybody with the same regions does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

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


class Due(NamedTuple):
    """Somebody whose hour has come."""

    slot: Slot[Clock]
    subscriber: Subscriber
    deadline_at: datetime


#: What makes an edition's words; whatever it raises holds that edition, and no other.
Write = Callable[[Edition, Newsletter], Rendered]


def written(edition: Edition, newsletter: Newsletter) -> Rendered:
    """The edition's words, proven to be read by others as they are meant."""
    rendered = render(edition, newsletter)
    envelope(rendered, newsletter, edition.day)
    return rendered


@dataclass(frozen=True, slots=True)
class _Content:
    """All that decides what an edition says. Whose is equal, get the same one."""

    day: date
    regions: tuple[str, ...]
    language: str
    minutes: int
    new: tuple[int, ...]  # articles that they were not told, by number
    told: tuple[Told, ...]  # of the same stories, or corrected since


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the readers of some editions were told, and what has become of it."""

    told: Sequence[Told]
    latest: Mapping[int, int]  # article -> the last revision they were told
    stories: Mapping[int | None, set[int]]  # story -> those of its articles that are still live
    corrected: frozenset[int]  # with a note that may be new to them

    @classmethod
    def of(cls, told: Sequence[Told], known: Mapping[int, Article]) -> _Memory:
        latest: dict[int, int] = {}
        for each in told:
            if each.revision > latest.get(each.article, 0):
                latest[each.article] = each.revision
        stories: dict[int | None, set[int]] = {}
        corrected = set()
        for number, revision in latest.items():
            if now := known.get(number):
                if now.story is not None:
                    stories.setdefault(now.story, set()).add(number)
                if now.revision > revision and now.correction:
                    corrected.add(number)
        return cls(told, latest, stories, frozenset(corrected))


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
        write: Write | None = None,
    ) -> None:
        self.store, self.ledger, self.newsletter, self.table = store, ledger, newsletter, table
        self.secret, self.now, self.write = secret, now, write or written
        self._counts: Counter[str] = Counter()
        self._articles: tuple[Article, ...] = ()  # new somewhere, oldest first
        self._known: dict[int, Article] = {}  # told somewhere, as they are now
        self._asked_for: set[int] = set()  # the known and the withdrawn
        self._told_by: dict[int, tuple[Told, ...]] = {}
        self._by_number: dict[int, Article] = {}
        self._regional: dict[tuple[tuple[str, ...], tuple[int, int]], tuple[int, ...]] = {}
        self._memories: dict[str, _Memory] = {}
        self._read_since = now
        self._pins = store.first_stories(now)
        self._written: dict[_Content, Written | None] = {}
        self._rendered: dict[Edition, Rendered] = {}
        self._frozen: dict[Written, int] = {}
        self._held: dict[_Content, str] = {}
        self._held_readers: Counter[_Content] = Counter()

    def plan(self, due: Sequence[Due]) -> None:
        """Decide for these, who are due on one day, and write the decisions down."""
        pasts = self.ledger.pasts([each.subscriber for each in due], due[0].slot.day - MEMORY)
        batch = []
        for slot, each, deadline_at in due:
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
        self._counts.update(self.ledger.plan(batch, self.now, self._frozen))

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
        memory = self._remembered(past)
        every = self._of_regions(subscriber.regions, self._between(since, slot.at))
        new = tuple(number for number in every if number not in memory.latest)
        return _Content(
            day=slot.day,
            regions=subscriber.regions,
            language=subscriber.language,
            minutes=subscriber.minutes,
            new=new,
            told=self._relevant(past, new),
        )

    def _between(self, since: datetime, until: datetime) -> tuple[int, int]:
        """The places of the articles of that time; they are read when somebody needs them first.

        Counted from the end, the places stay right when older articles are read.
        """
        if since < self._read_since:
            self._read_since = min(since, self.now - WINDOW - 2 * DAY)
            self._articles = self.store.live_between(self._read_since, self.now)
            self._by_number = {each.number: each for each in self._articles}
        every = len(self._articles)
        return (
            bisect_right(self._articles, since, key=_published_at) - every,
            bisect_right(self._articles, until, key=_published_at) - every,
        )

    def _of_regions(self, regions: tuple[str, ...], places: tuple[int, int]) -> tuple[int, ...]:
        """The numbers of the articles at these places that are of these regions."""
        key = (regions, places)
        if key not in self._regional:
            every, wanted = len(self._articles), frozenset(regions)
            self._regional[key] = tuple(
                each.number
                for each in self._articles[every + places[0] : every + places[1]]
                if not wanted or not wanted.isdisjoint(each.regions)
            )
        return self._regional[key]

    def _remembered(self, past: Past) -> _Memory:
        """What the readers of these editions were told, with those articles fetched as they are."""
        if past.editions not in self._memories:
            for each in past.numbers:
                if each not in self._told_by:
                    self._told_by[each] = self.ledger.told_by(each)
            told = [one for each in past.numbers for one in self._told_by[each]]
            if unknown := {each.article for each in told} - self._asked_for:
                self._asked_for |= unknown
                self._known |= self.store.articles(unknown)
            self._memories[past.editions] = _Memory.of(told, self._known)
        return self._memories[past.editions]

    def _relevant(self, past: Past, new: tuple[int, ...]) -> tuple[Told, ...]:
        """What was told that this edition depends on; the less it is, the more readers share."""
        memory = self._remembered(past)
        stories = {self._by_number[number].story for number in new}
        matters = set(memory.corrected)
        for story in stories & memory.stories.keys():
            matters |= memory.stories[story]
        # All that was told of an article or nothing: its last telling decides, not its first.
        return tuple(each for each in memory.told if each.article in matters) if matters else ()

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
            candidates=[self._by_number[number] for number in content.new],
            told=content.told,
            known=self._known,
            table=self.table,
            minutes=content.minutes,
            pins=self._pins,
        )

    def _write(self, content: _Content) -> Written | None:
        edition = self._composed(content) if content.new or content.told else None
        if edition is None:
            return None
        if edition not in self._rendered:
            self._rendered[edition] = self.write(edition, self.newsletter)
        return Written(edition=edition, rendered=self._rendered[edition])


def _published_at(article: Article) -> datetime:
    return article.published_at
