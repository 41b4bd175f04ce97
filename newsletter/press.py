"""Subscribers who are due in, what each of them gets out: every edition written once. SQLite.

Subscribers who follow the same regions and were told the same share an edition. What cannot change
an edition is left out of the comparison, so that nearly everybody with the same regions does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import filterfalse
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


class _Case(NamedTuple):
    """All that is known of a reader. Most are in the same case as another: it is decided once."""

    day: date
    regions: tuple[str, ...]
    language: str
    minutes: int
    since: datetime
    until: datetime
    editions: str  # those they got, as `Past` has them


class _Content(NamedTuple):
    """All that decides what an edition says. Whose is equal, get the same one."""

    day: date
    regions: tuple[str, ...]
    language: str
    minutes: int
    new: tuple[int, ...]  # articles that they were not told, by number
    told: tuple[Told, ...]  # of the same stories, or corrected since


@dataclass(frozen=True, slots=True)
class _Memory:
    """What a reader was told, in which editions."""

    editions: tuple[int, ...]
    articles: frozenset[int]


@dataclass(slots=True)
class _Failure:
    """Why an edition could not be written, and how many wait for it."""

    reason: str
    readers: int = 0


_UNKNOWN = _Failure("not tried yet")


class _Names:
    """A region table that is asked for each name once."""

    def __init__(self, table: RegionNames) -> None:
        self.region, self.label = cache(table.region), cache(table.label)
        self.countries = cache(table.countries)


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
        self.store, self.ledger, self.newsletter = store, ledger, newsletter
        self.secret, self.now, self.write = secret, now, write or written
        self._table = _Names(table)
        self._counts: Counter[str] = Counter()
        self._articles: tuple[Article, ...] = ()  # new somewhere, oldest first
        self._by_number: dict[int, Article] = {}
        self._regional: dict[tuple[str, ...], tuple[list[datetime], list[int]]] = {}
        self._known: dict[int, Article] = {}  # told somewhere, as they are now
        self._asked_for: set[int] = set()  # the known and the withdrawn
        self._of_story: defaultdict[int | None, set[int]] = defaultdict(set)  # of the known
        self._corrected: set[int] = set()  # of the known
        self._told_in: dict[int, Mapping[int, Told]] = {}  # edition -> article -> as told
        self._memories: dict[str, _Memory] = {}
        self._read_since = now
        self._pins = store.first_stories(now)
        self._cases: dict[_Case, Written | _Failure | None] = {}
        self._made: dict[_Content, Written | _Failure | None] = {}
        self._rendered: dict[Edition, Rendered] = {}
        self._frozen: dict[Written, int] = {}

    def plan(self, due: Sequence[Due]) -> None:
        """Decide for these, who are due on one day, and write the decisions down."""
        batch = [
            Planned(
                subscriber=each,
                slot=slot,
                message_id=message_id(self.newsletter, slot.day, each, secret=self.secret),
                deadline_at=deadline_at,
                written=made,
            )
            for (slot, each, deadline_at), made in self.tried(due)
        ]
        self._counts.update(self.ledger.plan(batch, self.now, self._frozen))

    def tried(self, due: Sequence[Due]) -> Iterator[tuple[Due, Written | None]]:
        """Each of these, who are due on one day, with their edition; held ones are only counted."""
        pasts = self.ledger.pasts([each.subscriber for each in due], due[0].slot.day - MEMORY)
        for one in due:
            made = self._decided(self._case(one.slot, one.subscriber, pasts[one.subscriber.id]))
            if isinstance(made, _Failure):
                made.readers += 1
            else:
                yield one, made

    def edition(self, slot: Slot[Clock], subscriber: Subscriber) -> Edition | None:
        """What this subscriber would get; None if there is nothing to tell. Writes nothing."""
        past = self.ledger.pasts((subscriber,), slot.day - MEMORY)[subscriber.id]
        return self._composed(self._content(self._case(slot, subscriber, past)))

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
                    readers=made.readers,
                    reason=made.reason,
                )
                for content, made in self._made.items()
                if isinstance(made, _Failure)
            ),
        )

    def _case(self, slot: Slot[Clock], subscriber: Subscriber, past: Past) -> _Case:
        before = min(slot.at, moment(past.decided_at)) if past.decided_at else slot.at
        return _Case(
            slot.day,
            subscriber.regions,
            subscriber.language,
            subscriber.minutes,
            max(subscriber.asked_at - WELCOME, before - WINDOW, slot.at - REACH),
            slot.at,
            past.editions,
        )

    def _decided(self, case: _Case) -> Written | _Failure | None:
        """What readers in this case get; None: nothing to tell."""
        made = self._cases.get(case, _UNKNOWN)
        if made is _UNKNOWN:
            made = self._cases[case] = self._edition_of(self._content(case))
        return made

    def _content(self, case: _Case) -> _Content:
        memory = self._remembered(case.editions)
        every = self._published(case.regions, case.since, case.until)
        new = tuple(filterfalse(memory.articles.__contains__, every))
        return _Content(
            day=case.day,
            regions=case.regions,
            language=case.language,
            minutes=case.minutes,
            new=new,
            told=self._relevant(memory, new),
        )

    def _published(
        self, regions: tuple[str, ...], since: datetime, until: datetime
    ) -> Sequence[int]:
        """The articles of these regions and that time, by number; read when first needed."""
        if since < self._read_since:
            self._read_since = min(since, self.now - WINDOW - 2 * DAY)
            self._articles = self.store.live_between(self._read_since, self.now)
            self._by_number = {each.number: each for each in self._articles}
            self._regional.clear()
        if regions not in self._regional:
            wanted = frozenset(regions)
            found = [e for e in self._articles if not wanted or not wanted.isdisjoint(e.regions)]
            times, numbers = [each.published_at for each in found], [each.number for each in found]
            self._regional[regions] = (times, numbers)
        times, numbers = self._regional[regions]
        return numbers[bisect_right(times, since) : bisect_right(times, until)]

    def _remembered(self, editions: str) -> _Memory:
        """What the readers of these editions were told."""
        if editions not in self._memories:
            numbers = tuple(map(int, editions.split(","))) if editions else ()
            for each in numbers:
                if each not in self._told_in:
                    self._told_in[each] = self.ledger.told_by(each)
            articles = frozenset().union(*[self._told_in[each] for each in numbers])
            if unknown := articles - self._asked_for:
                self._look_up(unknown)
            self._memories[editions] = _Memory(numbers, articles)
        return self._memories[editions]

    def _look_up(self, articles: Iterable[int]) -> None:
        """Read what has become of articles that were told."""
        self._asked_for.update(articles)
        found = self.store.articles(articles)
        self._known |= found
        for number, article in found.items():
            if article.story is not None:
                self._of_story[article.story].add(number)
            if article.correction:
                self._corrected.add(number)

    def _relevant(self, memory: _Memory, new: tuple[int, ...]) -> tuple[Told, ...]:
        """What was told that this edition depends on; the less it is, the more readers share."""
        told_in = [self._told_in[each] for each in memory.editions]
        matters = {
            number
            for number in self._corrected & memory.articles
            if self._known[number].revision
            > max(each[number].revision for each in told_in if number in each)
        }
        for story in {self._by_number[number].story for number in new} & self._of_story.keys():
            matters |= self._of_story[story] & memory.articles
        # All that was told of an article or nothing: its last telling decides, not its first.
        ordered = sorted(matters)
        return tuple([each[number] for each in told_in for number in ordered if number in each])

    def _edition_of(self, content: _Content) -> Written | _Failure | None:
        """The edition with this content, written now unless it is; None: nothing to tell."""
        made = self._made.get(content, _UNKNOWN)
        if made is _UNKNOWN:
            try:
                made = self._write(content)
            except Exception as error:  # whatever a template does: the other editions are fine
                made = _Failure(f"{type(error).__name__}: {error}")
            self._made[content] = made
        return made

    def _composed(self, content: _Content) -> Edition | None:
        return compose(
            day=content.day,
            language=content.language,
            regions=content.regions,
            candidates=[self._by_number[number] for number in content.new],
            told=content.told,
            known=self._known,
            table=self._table,
            minutes=content.minutes,
            pins=self._pins,
        )

    def _write(self, content: _Content) -> Written | None:
        edition = self._composed(content) if content.new or content.told else None
        if edition is None:
            return None
        rendered = self._rendered.get(edition)
        if rendered is None:
            rendered = self._rendered[edition] = self.write(edition, self.newsletter)
        return Written(edition=edition, rendered=rendered)
