"""A desk and a day in, its digest sent and a report out: what `digest send` and `status` say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from articles import intake
from articles.errors import NewsdeskError
from articles.store import Store
from newsdesk import mailing, publishing, say, setup
from newsdesk.config import Desk
from newsletter import digest, hours, subscribers
from newsletter.digest import Delivered, Plan
from newsletter.ledger import Hold, Ledger, Outlook, Restored

#: The first digest to more people than this asks for a yes, also when some have been sent to a few
#: to try it: what goes out cannot be called back.
FIRST_SEND_MAX = 50

#: `digest status` names so many of those in doubt; `digest doubts` names all.
DOUBTS_SHOWN = 5

#: So long `digest status` speaks of a store that was put back.
RESTORED_SHOWN = timedelta(days=2)

#: What to do about doubts.
SETTLE = "`newsdesk digest doubts` lists what is in doubt, `digest resolve` settles it"

#: What each state means to an operator, in the order of a delivery's life.
STATES = {
    "planned": "waiting to be sent",
    "attempting": "being sent",
    "sent": "sent",
    "deferred": "put off by the server, tried again",
    "refused": "refused by the server",
    "doubt": "in doubt: nobody knows whether it arrived",
    "cancelled": "cancelled: they left",
    "expired": "too late: comes with the next digest",
    "quiet": "quiet: nothing new in their regions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one `digest send` did."""

    day: date | None
    plan: Plan
    delivered: Delivered | None  # None for a dry run
    waiting: int
    subscribers: int
    outlook: tuple[Outlook, ...] = ()  # of a dry run: who would get what
    restored: Restored | None = None  # found just now

    @property
    def failed(self) -> bool:
        stopped = bool(self.delivered and self.delivered.stopped)
        return bool(self.plan.held or self.restored) or stopped

    @property
    def _did_anything(self) -> bool:
        counts = self.delivered.counts if self.delivered else {}
        planned = self.plan.planned or self.plan.quiet or self.plan.held
        return bool(planned or counts or self.waiting or self.failed)

    def sentences(self) -> Iterator[str]:
        """The report as a person reads it."""
        if not self.subscribers:
            yield "nobody is subscribed; `newsdesk subscribers add ADDRESS` adds somebody"
            return
        if self.day is None and not self._did_anything:
            yield "nobody is due; with --day DATE that day's digest goes out whatever the hour"
            return
        verb = "would be planned" if self.delivered is None else "planned"
        yield (
            f"{say.count(self.plan.planned, 'delivery')} {verb}"
            f" in {say.count(self.plan.editions, 'edition')}; {self.plan.quiet} had nothing new"
        )
        for each in self.outlook:
            regions = ", ".join(each.regions) or "every region"
            yield f"{each.address}: {each.subject or 'nothing new'} ({regions}, at {each.hour})"
        for held in self.plan.held:
            yield f"held back for {say.count(held.readers, 'reader')}: {held.reason}"
        if self.delivered is not None:
            counts = self.delivered.counts.items()
            yield ", ".join(f"{number} {state}" for state, number in counts) or "nothing to send"
            if self.delivered.stopped:
                yield f"ended early: {self.delivered.stopped}; {self.waiting} waiting"
            if self.delivered["doubt"]:
                yield SETTLE
        if self.restored:
            yield from restored_sentences(self.restored)

    def as_json(self) -> dict[str, object]:
        return {
            "day": self.day,
            "planned": self.plan.planned,
            "quiet": self.plan.quiet,
            "editions": self.plan.editions,
            "held": self.plan.held,
            "delivered": None if self.delivered is None else self.delivered.counts,
            "stopped": "" if self.delivered is None else self.delivered.stopped,
            "waiting": self.waiting,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What `digest send` was told."""

    day: date | None = None  # that day's whatever the hour; None: what is due now
    to: str = ""  # this subscriber alone
    dry_run: bool = False
    yes: bool = False  # the first digest may go to many
    stop: Callable[[], bool] = lambda: False


def send(desk: Desk, order: Order, *, now: datetime) -> Report:
    """Plan and deliver what is due at `now`.

    Raises:
        articles.lock.HeldError: a running desk sends by itself.
        NewsdeskError: `to` is nobody who is subscribed, or the first digest goes to many and
            nobody said yes.
    """
    from articles import grouping  # brings NumPy, which others of this module need not wait for

    day, dry_run = order.day, order.dry_run
    with setup.held(desk, "digest send", now, dry_run=dry_run) as store:
        ledger, newsletter = Ledger(store.db), desk.newsletter
        only = [_subscriber(store, order.to)] if order.to else None
        if only is None and not (dry_run or order.yes):
            _ask_before_the_first(store, ledger)
        table = setup.region_table(desk)
        intake.take_in(store, table, desk.site, now, told=ledger.told_numbers)
        grouping.repair(store, now, ledger.told_numbers)
        planned = digest.plan(
            store, ledger, newsletter, table, desk.secrets, now, only=only, day=day
        )
        if planned.planned and not dry_run:  # the mail links to its page
            publishing.show(desk, store, table, now)
        delivered = None if dry_run else _deliver(desk, ledger, now, order.stop)
        return Report(
            day=day,
            plan=planned,
            delivered=delivered,
            waiting=ledger.waiting(now),
            subscribers=len(subscribers.active(store.db)),
            outlook=ledger.outlook(now) if dry_run else (),
            restored=_found_restored(ledger, now),
        )


def _found_restored(ledger: Ledger, since: datetime) -> Restored | None:
    found = ledger.restored()  # its time is kept to the second
    return found if found and found.at >= since.replace(microsecond=0) else None


def _ask_before_the_first(store: Store, ledger: Ledger) -> None:
    readers = len(subscribers.active(store.db))
    if readers > FIRST_SEND_MAX and not ledger.has_sent_to(FIRST_SEND_MAX):
        raise NewsdeskError(
            f"this would be the first digest to more than {FIRST_SEND_MAX}, {readers:,} people:"
            " look at `newsdesk digest send --dry-run`, then say --yes"
        )


def _deliver(desk: Desk, ledger: Ledger, now: datetime, stop: Callable[[], bool]) -> Delivered:
    total, done = ledger.waiting(now), 0
    with say.Progress("send", "messages") as progress:

        def told(_delivery: object, _state: str) -> None:
            nonlocal done
            done += 1
            progress(done, total)

        return digest.deliver(
            ledger,
            mailing.post(desk),
            desk.newsletter,
            desk.secrets,
            lambda: datetime.now(UTC),
            progress=told,
            insist=True,
            until=digest.Until(stop=stop),
        )


def _subscriber(store: Store, address: str) -> int:
    found = subscribers.find(store.db, address)
    if found is None or not subscribers.is_active(store.db, found):
        raise NewsdeskError(f"{address} is not subscribed; see `newsdesk subscribers list`")
    return found.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far one day's digest got."""

    day: date
    counts: dict[str, int]  # state -> deliveries
    undecided: int  # subscribers whose hour has not come, or who came after it
    doubts: tuple[str, ...]  # addresses
    next_at: datetime | None
    transport: str
    paused: Hold | None
    restored: Restored | None
    held: tuple[digest.Held, ...]  # cannot be written at this moment


def status(desk: Desk, store: Store, day: date | None, now: datetime) -> Status:
    """What the ledger says of a local date."""
    ledger = Ledger(store.db)
    day = day or now.astimezone(ZoneInfo(desk.newsletter.time_zone)).date()
    counts = ledger.counts(day)
    return Status(
        day=day,
        counts=counts,
        undecided=max(0, len(subscribers.active(store.db)) - sum(counts.values())),
        doubts=tuple(recipient for delivery, recipient in ledger.doubts() if delivery.day == day),
        next_at=hours.next_at(ledger.clocks(), now),
        transport=", ".join(each.name for each in mailing.post(desk).servers),
        paused=ledger.paused(),
        restored=_found_restored(ledger, now - RESTORED_SHOWN),
        held=digest.held(store, ledger, desk.newsletter, setup.region_table(desk), now),
    )


def status_sentences(state: Status) -> Iterator[str]:
    """The status as a person reads it."""
    total = sum(state.counts.values())
    yield f"{state.day:%A, %d %B %Y}: {say.count(total, 'delivery')}, by {state.transport}"
    for name, meaning in STATES.items():
        if number := state.counts.get(name, 0):
            yield f"{number:>8,} {meaning}"
    if state.undecided:
        yield f"{state.undecided:>8,} not planned: their hour is yet to come, or they came after it"
    for held in state.held:
        yield f"held back for {say.count(held.readers, 'reader')}, tried again: {held.reason}"
    if state.paused:
        yield f"paused since {state.paused.at:%d %B %H:%M} UTC: {state.paused.reason}"
    if state.restored:
        yield from restored_sentences(state.restored)
    if state.doubts:
        more = len(state.doubts) - DOUBTS_SHOWN
        named = ", ".join(state.doubts[:DOUBTS_SHOWN])
        yield f"in doubt: {named}{f' and {more:,} more' if more > 0 else ''}"
        yield SETTLE
    if state.next_at:
        yield f"The next digest is due on {state.next_at:%d %B at %H:%M} UTC."


def restored_sentences(found: Restored) -> Iterator[str]:
    """What an operator has to know, and can do, when the store was put back."""
    until = f"{found.until_at:%d %B %H:%M} UTC"
    if found.is_named:
        yield (
            f"This store is a backup that was put back: {say.count(found.messages, 'message')} went"
            f" out after it was made, until {until}. None of them is sent again, nor anything to"
            " those who unsubscribed since; those who subscribed since are forgotten."
        )
    else:
        yield f"This machine was put back: no digest of an hour up to {until} is sent unasked."
        yield "Whoever unsubscribed meanwhile is subscribed again, unless you take them out."
