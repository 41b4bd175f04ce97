"""A desk's ledger in, what an operator asks and says about single deliveries out. SQLite."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from articles.errors import NewsdeskError
from articles.store import Store
from newsletter import evidence, subscribers, verp
from newsletter.evidence import Evidence, Queued
from newsletter.hours import instant
from newsletter.ledger import Ledger
from newsletter.model import Delivery, Subscriber
from newsletter.verp import Returned

#: What an operator may say of a doubt, and what becomes of the delivery.
ANSWERS = {"sent": "sent", "resend": "planned", "drop": "cancelled"}

#: In place of a file's name.
STDIN = Path("-")

#: A log of this size is read in some seconds; older ones were rotated away.
LOG_BYTES_MAX = 2_000_000_000

#: A relay's clock, which says when a message came into its queue, may be so far off ours.
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A delivery nobody knows about."""

    address: str
    day: date
    message_id: str
    server: str
    reply: str


def doubts(store: Store) -> tuple[Doubt, ...]:
    """Everything in doubt, oldest first."""
    return tuple(
        Doubt(
            address=recipient,
            day=delivery.day,
            message_id=delivery.message_id,
            server=delivery.server,
            reply=delivery.reply,
        )
        for delivery, recipient in Ledger(store.db).doubts()
    )


def resolve(store: Store, what: str, answer: str, now: datetime) -> tuple[str, ...]:
    """Settle the doubts about an address, or a Message-ID, as the operator says: whose they were.

    Raises:
        NewsdeskError: there is no such doubt.
    """
    ledger, settled = Ledger(store.db), []
    for delivery, recipient in ledger.doubts():
        if what in (recipient, delivery.message_id) and ledger.settle(
            delivery, ANSWERS[answer], f"the operator said: {answer}", now
        ):
            settled.append(recipient)
    if not settled:
        raise NewsdeskError(f"nothing about {what} is in doubt; see `newsdesk digest doubts`")
    return tuple(settled)


def resolve_by_log(
    store: Store, log: Path, secrets: Sequence[str], now: datetime, *, unnamed: str = ""
) -> dict[str, int]:
    """Settle what a Postfix log, or the output of `postqueue -j`, tells of: how many of each.

    `-` is standard input. `unnamed` is the operator's answer for what it does not tell of, which
    else stays in doubt.

    Raises:
        NewsdeskError: the log is too long, or cannot be read.
    """
    ledger = Ledger(store.db)
    pending = ledger.doubts()
    found = _evidence(log, {each.message_id for each, _ in pending})
    counts = dict.fromkeys(("sent", "resend", "drop", "unknown"), 0)
    where = "the relay" if log == STDIN else log.name
    for delivery, recipient in pending:
        took = found.taken.get(delivery.message_id)
        if not took and _is_queued(store, found.queued, secrets, delivery, recipient):
            took = True
        answer = unnamed if took is None else "sent" if took else "resend"
        if not answer:
            counts["unknown"] += 1
            continue
        said = "does not name it, so the operator said" if took is None else "says"
        counts[answer] += ledger.settle(delivery, ANSWERS[answer], f"{where} {said}: {answer}", now)
    return {name: number for name, number in counts.items() if number or name in ("sent", "resend")}


def _evidence(log: Path, message_ids: Collection[str]) -> Evidence:
    if log == STDIN:
        return evidence.read(sys.stdin, message_ids)
    try:
        if log.stat().st_size > LOG_BYTES_MAX:
            raise NewsdeskError(f"{log} is too long; cut it to the morning in question")
        with log.open(encoding="utf-8", errors="replace") as lines:
            return evidence.read(lines, message_ids)
    except OSError as error:
        raise NewsdeskError(f"{log}: {error.strerror}") from error


def _is_queued(
    store: Store,
    queued: Sequence[Queued],
    secrets: Sequence[str],
    delivery: Delivery,
    recipient: str,
) -> bool:
    """Whether it lies in the queue: known by its return address, or by its recipient and time."""
    mine = [each for each in queued if recipient in each.recipients]
    if not mine:
        return False
    key = subscribers.by_id(store.db, delivery.subscriber).key
    said = [(verp.returned(secrets, each.sender), each) for each in mine]
    if any(token for token, _ in said):
        return any(token == Returned(key=key, day=delivery.day) for token, _ in said)
    asked = [each.at for each in Ledger(store.db).steps(delivery.id) if each.state == "attempting"]
    return any(each.arrived_at >= max(asked) - CLOCKS_APART for each in mine) if asked else False


def why(store: Store, address: str, day: date | None, now: datetime) -> Iterator[str]:
    """Everything that is known about an address and its digests, or those of one day.

    Raises:
        NewsdeskError: the address was never subscribed.
    """
    reader = subscribers.find(store.db, address)
    if reader is None:
        reason = subscribers.suppressed(store.db, address)
        said = f"is not to be mailed ({reason})" if reason else "was never subscribed"
        raise NewsdeskError(f"{address} {said}")
    is_active = subscribers.is_active(store.db, reader)
    yield _who(reader, is_active)
    ledger = Ledger(store.db)
    history = [each for each in ledger.history(reader) if day in (None, each[0].day)]
    for delivery, steps in history:
        yield _what(ledger, delivery)
        for step in steps:
            yield f"    {step.at:%Y-%m-%d %H:%M:%S} {step.state:<10} {step.reply}".rstrip()
    if not history:
        yield _why_not(reader, day, now, is_active=is_active)


def _who(reader: Subscriber, is_active: bool) -> str:
    regions = ", ".join(reader.regions) or "every region"
    state = "subscribed" if is_active else "no longer subscribed"
    return f"{reader.address}: {state}; {regions}, at {reader.hour:%H:%M} {reader.time_zone}"


def _what(ledger: Ledger, delivery: Delivery) -> str:
    subject = ledger.rendered(delivery.edition).subject if delivery.edition else "nothing was new"
    by = f" by {delivery.server}" if delivery.server else ""
    return f"{delivery.day}  {delivery.state}{by}  {delivery.message_id}  {subject}"


def _why_not(reader: Subscriber, day: date | None, now: datetime, *, is_active: bool) -> str:
    if not is_active:
        return "no digest: they are not subscribed"
    if day is None:
        return "no digest yet: their hour has not come since they asked"
    at = instant(day, reader.hour, reader.time_zone)
    if at is None or at > now:
        return f"no digest of {day}: their hour has not come"
    if reader.asked_at > at:
        zone = ZoneInfo(reader.time_zone)
        return (
            f"no digest of {day}: they asked on {reader.asked_at.astimezone(zone):%Y-%m-%d %H:%M}"
        )
    return f"no digest of {day}: the desk did not run then, or they did not want one on that day"
