"""Readers who keep changing their minds in, who was told what in a year out. Touches nothing.

    python benchmarks/simulated_year.py                    10,000 readers, 365 days, on all cores
    python benchmarks/simulated_year.py --readers 500      some minutes' worth of it

The desk's own planning runs against a newsroom and a ledger in memory: every zone of this machine,
every clock change of the year, late articles, corrections, withdrawals, outages, mail that was not
taken. (With the real ledger a year would be 60 GB of editions; tests/newsletter/test_digest.py has
that one.) What it decides is checked by rules of its own:

    twice     nobody is told an article twice, whatever they change
    missed    everybody is told what came in their regions, up to a week late, with the next digest
    local     one decision for each local date, on its date, within six hours of the reader's hour
    skipped   whoever changed nothing and whose desk was up has a decision for each of their days
    wrong     a correction goes to those who were told the mistake, once, and to nobody else
    withdrawn nobody is told what is no longer there
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time as clock
from bisect import bisect_right, insort
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

sys.path.insert(0, str(Path(__file__).parent.parent))

from articles.model import Article
from articles.regions import RegionTable
from articles.store import stamp
from newsletter import digest
from newsletter.budget import LENGTHS
from newsletter.hours import Slot
from newsletter.ledger import Clock, Past, Planned, Written
from newsletter.model import EVERY_DAY, Edition, Newsletter, Rendered, Subscriber, Told
from newsletter.press import MEMORY

#: Northern and southern summer time begin and end in it, and so do some zones' Ramadan changes.
START = datetime(2025, 11, 15, tzinfo=UTC)

#: So often a desk looks in the simulation; a real one does each minute.
SWEEP_HOURS = (0.5, 3.0)

#: Hours readers choose: among them all that clock changes leave out or repeat.
HOURS = tuple(
    time(hour, minute)
    for hour, minute in (
        *((0, 0), (0, 30), (1, 30), (2, 0), (2, 30), (3, 0)),
        *((6, 30), (7, 0), (8, 0), (18, 0), (23, 30)),
    )
)

#: Once in so many days a reader changes something, the desk is down for hours, mail is not taken.
CHANGE_DAYS, OUTAGE_DAYS, UNTAKEN = 20, 30, 0.01

#: A small newsroom's day; a tenth of it comes late, a twentieth is corrected or withdrawn.
ARTICLES_A_DAY, LATE, CORRECTED, WITHDRAWN = 8, 0.1, 0.05, 0.02

WEEK, DAY, MAX_LATE = timedelta(days=7), timedelta(days=1), timedelta(hours=6)
NEWSLETTER = Newsletter(
    name="A year",
    sender="A year <digest@example.org>",
    site_url="https://example.org/",
    feeds_url="https://example.org/feeds/",
    mail_url="https://example.org/",
)


class Newsroom:
    """Articles as a desk's store has them: `live_between` and `articles` are what planning asks."""

    def __init__(self, dice: random.Random, regions: Sequence[tuple[str, ...]]) -> None:
        self.dice, self.regions = dice, regions
        self.live: dict[int, Article] = {}
        self.written = 0
        self.notes: dict[tuple[int, int], str] = {}  # number, revision -> the correction's note
        self._order: list[tuple[datetime, int]] = []

    def work(self, now: datetime, hours: float) -> None:
        """What comes in, is corrected or withdrawn in these hours."""
        for _ in range(self._times(ARTICLES_A_DAY * hours / 24)):
            self._write(now)
        for _ in range(self._times(ARTICLES_A_DAY * CORRECTED * hours / 24)):
            self._correct(now)
        for _ in range(self._times(ARTICLES_A_DAY * WITHDRAWN * hours / 24)):
            if self.live:
                self.live.pop(self.dice.choice(list(self.live)[-60:]))

    def live_between(self, since: datetime, until: datetime) -> tuple[Article, ...]:
        return tuple(self.live[n] for n in self.numbers_between(since, until) if n in self.live)

    def numbers_between(self, since: datetime, until: datetime) -> list[int]:
        """The same by number, also what was withdrawn."""
        first = bisect_right(self._order, (since, sys.maxsize))
        last = bisect_right(self._order, (until, sys.maxsize))
        return [n for _, n in self._order[first:last]]

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        return {n: self.live[n] for n in numbers if n in self.live}

    def first_stories(self, _now: datetime) -> frozenset[int]:
        """No editor interferes."""
        return frozenset()

    def _write(self, now: datetime) -> None:
        self.written = number = self.written + 1
        late = self.dice.random() < LATE
        at = now - timedelta(hours=self.dice.uniform(1, 150) if late else self.dice.uniform(0, 1))
        self.live[number] = Article(
            id=f"tag:example.org,2025:{number}",
            number=number,
            title=f"Article {number}",
            standfirst="What it is about, in a sentence or two.",
            published_at=at,
            updated_at=at,
            regions=self.dice.choice(self.regions),
            story=number - number % 3,
        )
        insort(self._order, (at, number))

    def _correct(self, now: datetime) -> None:
        if self.live:
            article = self.live[self.dice.choice(list(self.live)[-60:])]
            note, revision = f"It was {article.revision}.", article.revision + 1
            self.notes[article.number, revision] = note
            self.live[article.number] = replace(
                article, revision=revision, updated_at=now, correction=note
            )

    def _times(self, mean: float) -> int:
        return int(mean) + (self.dice.random() < mean % 1)


@dataclass
class Reader:
    """A subscriber, and what the rules know of them."""

    subscriber: Subscriber
    changed_at: datetime
    told: bytearray  # by number: the last revision told, 0 where none was
    days: bytearray  # by days since START: 1 where something was decided
    seen_until: datetime | None = None
    days_checked: int = 0

    def decided_on(self, day: date) -> bool:
        return bool(self.days[_index(day)])


class Row(NamedTuple):
    """What somebody got on a day."""

    day: date
    edition: str  # "" where nothing was new
    at: str  # the last hour of this and all before


class Decision(NamedTuple):
    """What was planned for one reader, and what became of it."""

    planned: Planned
    told: Mapping[int, Told]  # by the article's number
    taken: bool  # by the mail server; if not, they were told nothing


class Memory:
    """A ledger in memory: what planning asks of `newsletter.ledger.Ledger`, and no more."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.subscribers: dict[int, Subscriber] = {}
        self.by_clock: defaultdict[Clock, set[int]] = defaultdict(set)
        self.decided: defaultdict[date, set[int]] = defaultdict(set)
        self.rows: defaultdict[int, list[Row]] = defaultdict(list)
        self.told: dict[int, dict[int, Told]] = {}
        self._editions = 0
        self._written_on: deque[tuple[date, int]] = deque()
        self.fresh: list[Decision] = []

    def put(self, subscriber: Subscriber) -> None:
        before = self.subscribers.get(subscriber.id)
        if before:
            self.by_clock[_clock(before)].discard(subscriber.id)
        self.subscribers[subscriber.id] = subscriber
        self.by_clock[_clock(subscriber)].add(subscriber.id)

    def clocks(self) -> list[Clock]:
        return [each for each, who in self.by_clock.items() if who]

    def undecided(
        self, slot: Slot[Clock], *, after: int, asked_by: datetime, limit: int
    ) -> tuple[Subscriber, ...]:
        waiting = self.by_clock[slot.who] - self.decided[slot.day]
        if not waiting:  # as a rule: a slot is looked at for six hours
            return ()
        bit = 1 << slot.day.weekday()
        found = (self.subscribers[n] for n in sorted(waiting) if n > after)
        return tuple(islice((s for s in found if s.days & bit and s.asked_at <= asked_by), limit))

    def pasts(self, subscribers: Iterable[Subscriber], since: date) -> dict[int, Past]:
        found = {}
        for each in subscribers:
            rows = self.rows[each.id]
            while rows and rows[0].day < since:
                rows.pop(0)
            editions = ",".join([row.edition for row in rows if row.edition])
            found[each.id] = Past(editions, rows[-1].at if rows else "")
        return found

    def told_by(self, edition: int) -> dict[int, Told]:
        return self.told[edition]

    def plan(self, batch: Sequence[Planned], _now: datetime, _frozen: object) -> dict[str, int]:
        editions: dict[int, int] = {}
        for each in batch:
            taken, edition = self.dice.random() >= UNTAKEN, 0
            if each.written:
                edition = editions.get(id(each.written)) or self._kept(each.written, each.slot.day)
                editions[id(each.written)] = edition
            self.decided[each.slot.day].add(each.subscriber.id)
            self.fresh.append(Decision(each, self.told.get(edition, {}), taken))
            if taken:
                rows = self.rows[each.subscriber.id]
                at = max(_stamped(each.slot.at), rows[-1].at if rows else "")
                rows.append(Row(each.slot.day, str(edition or ""), at))
        return {"planned": len(batch), "quiet": 0}

    def _kept(self, written: Written, day: date) -> int:
        self._editions += 1
        self.told[self._editions] = _told(written.edition)
        self._written_on.append((day, self._editions))
        return self._editions

    def forget(self, today: date) -> None:
        """What no planning asks for any more: a year of it would fill the memory."""
        for day in [each for each in self.decided if each < today - 4 * DAY]:
            del self.decided[day]
        while self._written_on and self._written_on[0][0] < today - MEMORY - 4 * DAY:
            del self.told[self._written_on.popleft()[1]]


class Rules:
    """What must hold, said without the desk's own code. Counts what does not."""

    def __init__(self, newsroom: Newsroom, table: RegionTable) -> None:
        self.newsroom, self.table = newsroom, table
        self.broken: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.examples: list[str] = []

    def check(self, reader: Reader, decision: Decision, now: datetime) -> None:
        planned, told = decision.planned, decision.told
        slot, edition = planned.slot, planned.written.edition if planned.written else None
        self.counts["decisions"] += 1
        self.counts["digests"] += edition is not None
        local = slot.at.astimezone(_zone(slot.who.time_zone)).date()
        in_time = slot.at <= now < slot.at + MAX_LATE
        if reader.decided_on(slot.day) or local != slot.day or not in_time:
            self._broken("local", reader, slot)
        reader.days[_index(slot.day)] = 1
        corrected = {each.article.number for each in edition.corrections} if edition else ()
        for number in told:
            if reader.told[number] and number not in corrected:
                self._broken("twice", reader, slot, number)
            if number not in self.newsroom.live:
                self._broken("withdrawn", reader, slot, number)
        if edition and len(edition.told) != len(told):
            self._broken("twice", reader, slot)
        for number in self._wanted(reader, told, slot.at):
            self._broken("missed", reader, slot, number)
        self._check_corrections(reader, edition, slot)
        if decision.taken:
            self._note(reader, edition, told, slot.at)

    def _wanted(self, reader: Reader, told: Collection[int], at: datetime) -> list[int]:
        """What they should have been told by now, and were not."""
        subscriber, live, before = reader.subscriber, self.newsroom.live, reader.told
        seen = min(reader.seen_until or at, at) - WEEK
        since = max(seen, subscriber.asked_at - DAY, at - 30 * DAY)
        regions = set(subscriber.regions)
        return [
            number
            for number in self.newsroom.numbers_between(since, at)
            if not before[number] and number not in told and number in live
            if not regions or not regions.isdisjoint(live[number].regions)
        ]

    def _check_corrections(
        self, reader: Reader, edition: Edition | None, slot: Slot[Clock]
    ) -> None:
        for each in edition.corrections if edition else ():
            now, before = each.article, reader.told[each.article.number]
            note = self.newsroom.notes.get((now.number, before), "")
            if not 0 < before < now.revision or now.correction == note:
                self._broken("wrong", reader, slot, now.number)

    def _note(
        self, reader: Reader, edition: Edition | None, told: Mapping[int, Told], at: datetime
    ) -> None:
        reader.seen_until = max(at, reader.seen_until or at)
        for each in told.values():
            reader.told[each.article] = each.revision
        self.counts["articles told"] += len(told)
        self.counts["corrections"] += len(edition.corrections) if edition else 0

    def _broken(self, rule: str, reader: Reader, slot: Slot[Clock], number: int = 0) -> None:
        self.broken[rule] += 1
        if len(self.examples) < 5:
            self.examples.append(f"{rule}: {reader.subscriber} on {slot}, article {number}")


@dataclass(frozen=True)
class Counts:
    """What the rules found."""

    counts: Counter[str]
    broken: Counter[str]
    examples: list[str]


@dataclass(frozen=True)
class Lived:
    """What came of one process's year."""

    rules: Counts
    zones: list[str]
    outages: list[tuple[datetime, datetime]]


class Year:
    """Readers, a newsroom and a desk, hour after hour."""

    def __init__(self, readers: int, days: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.table = RegionTable.load()
        slugs = ("middle-east", "caucasus", "sahel", "balkans", "syria", "mali", "chile", "turkey")
        self.regions = [(a, b) if a != b else (a,) for a in slugs for b in slugs]
        self.newsroom = Newsroom(self.dice, [*self.regions, ()])
        self.zones = sorted(zone for zone in available_timezones() if "/" in zone)
        self.ledger = Memory(self.dice)
        self.rules = Rules(self.newsroom, self.table)
        self.days = days
        self.readers = {n: self._reader(n) for n in range(1, readers + 1)}
        self.end = START + timedelta(days=days)
        self.outages: list[tuple[datetime, datetime]] = []

    def run(self, progress: bool = False) -> None:
        now = START
        while now < self.end:
            hours = self.dice.uniform(*SWEEP_HOURS)
            if self.dice.random() < hours / 24 / OUTAGE_DAYS:
                hours = self.dice.uniform(5, 40)
                self.outages.append((now, now + timedelta(hours=hours)))
            now += timedelta(hours=hours)
            self.newsroom.work(now, hours)
            self._change_minds(now, hours)
            self.sweep(now)
            if progress and now.day == 1 and now.hour < 2:
                print(f"{now:%B}", file=sys.stderr, flush=True)
        for reader in self.readers.values():
            self._check_days(reader, self.end)

    def sweep(self, now: datetime) -> None:
        """The desk's own planning, and the rules on what it decided."""
        digest.plan(
            self.newsroom,  # type: ignore[arg-type]
            self.ledger,  # type: ignore[arg-type]
            NEWSLETTER,
            self.table,
            ["a secret"],
            now,
            write=_unwritten,
        )
        for each in self.ledger.fresh:
            self.rules.check(self.readers[each.planned.subscriber.id], each, now)
        self.ledger.fresh.clear()
        self.ledger.forget(now.date())

    def _reader(self, number: int) -> Reader:
        # The first ones have all zones between them, so that none is left out.
        zone = self.zones[number % len(self.zones)]
        subscriber = Subscriber(
            id=number,
            key=f"{number:032x}",
            address=f"reader{number}@example.org",
            asked_at=START - self.dice.uniform(0, 20) * DAY,
            regions=self.dice.choice([*self.regions, ()]),
            hour=self.dice.choice(HOURS),
            time_zone=zone,
            days=EVERY_DAY if self.dice.random() < 0.8 else self.dice.randint(1, EVERY_DAY),
        )
        self.ledger.put(subscriber)
        articles = bytearray(2 * ARTICLES_A_DAY * (self.days + 2))
        return Reader(subscriber, START, articles, bytearray(self.days + 5))

    def _change_minds(self, now: datetime, hours: float) -> None:
        mean = len(self.readers) * hours / 24 / CHANGE_DAYS
        for _ in range(int(mean) + (self.dice.random() < mean % 1)):
            reader = self.readers[self.dice.randint(1, len(self.readers))]
            change = self.dice.choice(
                (
                    {"regions": self.dice.choice([*self.regions, ()])},
                    {"hour": self.dice.choice(HOURS)},
                    {"time_zone": self.dice.choice(self.zones)},
                    {"minutes": self.dice.choice(list(LENGTHS))},
                    {"days": self.dice.choice((EVERY_DAY, 1, 31, 96))},
                )
            )
            self._check_days(reader, now)
            reader.subscriber = replace(reader.subscriber, **change)
            reader.changed_at = now
            self.ledger.put(reader.subscriber)
            self.rules.counts["changes"] += 1

    def _check_days(self, reader: Reader, until: datetime) -> None:
        """Whoever changed nothing for days had one decision on each of theirs."""
        who, zone = reader.subscriber, _zone(reader.subscriber.time_zone)
        day = (max(reader.changed_at, who.asked_at) + 2 * DAY).astimezone(zone).date()
        last = (until - DAY).astimezone(zone).date()
        while day < last:
            if who.days >> day.weekday() & 1 and not self._was_down(day, who.hour, zone):
                self.rules.counts["readers checked"] += not reader.days_checked
                self.rules.counts["days checked"] += 1
                reader.days_checked += 1
                if not reader.decided_on(day):
                    self.rules.broken["skipped"] += 1
                    self.rules.examples.append(f"skipped: {who} on {day}")
            day += DAY

    def _was_down(self, day: date, hour: time, zone: ZoneInfo) -> bool:
        at = datetime.combine(day, hour, zone)
        return any(since - 2 * MAX_LATE < at < until + MAX_LATE for since, until in self.outages)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _index(day: date) -> int:
    """Its place in `Reader.days`; before START there are the dates of zones behind UTC."""
    return (day - START.date()).days + 2


@lru_cache(maxsize=8192)
def _stamped(at: datetime) -> str:
    return stamp(at)


def _told(edition: Edition) -> dict[int, Told]:
    shown = len(edition.shown)
    return {
        a.number: Told(
            article=a.number,
            revision=a.revision,
            day=edition.day,
            correction=a.correction,
            shown=at < shown,
        )
        for at, a in enumerate(edition.told)
    }


def _unwritten(_edition: Edition, _newsletter: Newsletter) -> Rendered:
    """Words would take a hundred times as long, and decide nothing."""
    return Rendered(subject="", html="", text="", language="en", seal="")


def _clock(subscriber: Subscriber) -> Clock:
    return Clock(subscriber.hour, subscriber.time_zone)


def lived(readers: int, days: int, seed: int) -> Lived:
    """A year's counts."""
    # Nothing here refers to itself; to look for it again and again takes a tenth of the time.
    gc.disable()
    year = Year(readers, days, seed)
    year.run(progress=True)
    rules = year.rules
    found = Counts(rules.counts, rules.broken, rules.examples)
    return Lived(found, year.zones, year.outages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--json", type=Path, help="write the counts there too")
    chosen = parser.parse_args()
    started = clock.perf_counter()
    share = chosen.readers // chosen.jobs
    with ProcessPoolExecutor(chosen.jobs) as pool:
        seeds = range(chosen.seed, chosen.seed + chosen.jobs)
        parts = list(pool.map(lived, repeat(share), repeat(chosen.days), seeds))
    counts, broken = Counter[str](), Counter[str]()
    for part in parts:
        counts += part.rules.counts
        broken += part.rules.broken
        print(*part.rules.examples, sep="\n")
    result = {
        "readers": share * chosen.jobs,
        "days": chosen.days,
        "zones": len(parts[0].zones),
        "outages": sum(len(part.outages) for part in parts),
        **counts,
        "broken": dict(broken),
        "seconds": round(clock.perf_counter() - started, 1),
    }
    for name, value in result.items():
        print(f"{name:>16}  {value:,}" if isinstance(value, int) else f"{name:>16}  {value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
