"""The day's work: the due get an edition planned, what is planned is delivered. SQLite, mail.

`plan` decides and freezes, `deliver` acts. Both may be run as often as one likes, be killed at any
instant and be run again: the ledger says what is left to do. One process delivers at a time; the
caller holds the desk's lock for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, islice

from articles.store import Store
from newsletter.edition import RegionNames
from newsletter.hours import Slot, due, instant
from newsletter.ledger import Clock, Ledger
from newsletter.model import Delivery, Newsletter, Subscriber
from newsletter.post import Post
from newsletter.press import Due, Held, Plan, Press, Write, written
from newsletter.sending import Delivered, Run, Until

__all__ = ["Delivered", "Held", "Plan", "Until", "deliver", "due", "held", "plan"]

#: Decisions in one transaction: some 80 ms of lock, and little is done again after a crash. The
#: larger it is, the more of them share a page of an index that has to be written.
PLAN_BATCH = 2000


def plan(
    store: Store,
    ledger: Ledger,
    newsletter: Newsletter,
    table: RegionNames,
    secrets: Sequence[str],
    now: datetime,
    *,
    only: Collection[int] | None = None,
    day: date | None = None,
    write: Write = written,
) -> Plan:
    """Decide what everybody who is due gets, and freeze it.

    `secrets` are those of `deliver`. `only` keeps to subscribers with these ids. `day` plans that
    local date for all who have no decision on it, whatever their hour; articles count up to that
    hour, or to `now` before it. `write` makes an edition's words.
    """
    press = Press(store, ledger, newsletter, table, secrets[0], now, write)
    slots = sorted(_slots(ledger, newsletter, now, day), key=lambda each: each.day)
    # A day at a time: who is due for two is told on the second what is new since the first.
    for _, of_day in groupby(slots, key=lambda each: each.day):
        due_now = (
            Due(slot, subscriber, (slot.at if day is None else now) + newsletter.max_late)
            for slot in of_day
            for subscriber in _undecided(ledger, slot, slot.at if day is None else now)
            if only is None or subscriber.id in only
        )
        while some := list(islice(due_now, PLAN_BATCH)):
            press.plan(some)
    return press.done()


def held(
    store: Store, ledger: Ledger, newsletter: Newsletter, table: RegionNames, now: datetime
) -> tuple[Held, ...]:
    """Editions that somebody is due for at this moment and that cannot be written. Changes nothing.

    Looks at PLAN_BATCH readers: where a desk runs, nobody is due for longer than a sweep but those.
    """
    press = Press(store, ledger, newsletter, table, "", now)
    due_now = (
        Due(slot, subscriber, now)
        for slot in _slots(ledger, newsletter, now, None)
        for subscriber in _undecided(ledger, slot, slot.at)
    )
    for _, of_day in groupby(islice(due_now, PLAN_BATCH), key=lambda each: each.slot.day):
        for _made in press.tried(list(of_day)):
            pass
    return press.done().held


def deliver(
    ledger: Ledger,
    post: Post,
    newsletter: Newsletter,
    secrets: Sequence[str],
    clock: Callable[[], datetime],
    *,
    until: Until | None = None,
    progress: Callable[[Delivery, str], None] = lambda _delivery, _state: None,
    insist: bool = False,
) -> Delivered:
    """Offer everything that waits, and write down what became of each.

    `secrets` sign the unsubscribe links, the newest first. `progress` is told each delivery and its
    new state. `insist` goes on although the mail server was in trouble a minute ago, not although
    the operator paused. An early end loses nothing: what was not offered keeps waiting.

    Raises:
        articles.database.StoreError: the ledger cannot be written; nothing was let go without it.
    """
    run = Run(ledger, post, clock, progress)
    ledger.catch_up(clock())
    run.pick_up()
    if hold := ledger.paused():
        return run.ended(f"paused since {hold.at:%d %B %H:%M} UTC: {hold.reason}")
    waiting = ledger.waiting(clock())
    if not waiting:
        return run.ended("")
    why = run.open(insist=insist)
    if why:
        return run.ended(why)
    return run.ended(run.offer_all(newsletter, secrets, waiting, until or Until()))


def _slots(
    ledger: Ledger, newsletter: Newsletter, now: datetime, day: date | None
) -> list[Slot[Clock]]:
    if day is None:
        return due(ledger.clocks(), now, newsletter.max_late)
    instants = ((clock, instant(day, clock.hour, clock.time_zone)) for clock in ledger.clocks())
    return [Slot(who=clock, day=day, at=min(at, now)) for clock, at in instants if at is not None]


def _undecided(ledger: Ledger, slot: Slot[Clock], asked_by: datetime) -> Iterator[Subscriber]:
    some: tuple[Subscriber, ...] = ()
    while not some or len(some) == PLAN_BATCH:
        after = some[-1].id if some else 0
        some = ledger.undecided(slot, after=after, asked_by=asked_by, limit=PLAN_BATCH)
        yield from some
        if not some:
            break
