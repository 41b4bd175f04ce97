"""What the ledger is given and gives back: frozen values. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from newsletter.hours import Slot
from newsletter.model import Delivery, Edition, Rendered, Subscriber


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour in a zone at which some subscribers want their digest."""

    hour: time
    time_zone: str


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody got. Kept as it stands in the table: it is read for everybody every day."""

    editions: str = ""  # ids, parted by commas
    decided_at: str = ""  # the last hour for which they got a digest, or nothing was new; "" never


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # known by itself, not by its words
class Written:
    """An edition ready to be frozen, and who gets it; None where there was nothing to tell."""

    edition: Edition
    rendered: Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What was decided for one subscriber on one local date."""

    subscriber: Subscriber
    slot: Slot[Clock]
    message_id: str
    deadline_at: datetime
    written: Written | None  # None: nothing to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A delivery that may be offered now."""

    delivery: Delivery
    subscriber: Subscriber
    recipient: str  # the address mail goes to, its domain in IDNA
    dated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a delivery that was offered, or of one that was not."""

    delivery: Delivery
    state: str
    reply: str = ""
    server: str = ""
    next_at: datetime | None = None  # for one that is deferred
    offered: bool = True  # it counts as an attempt
    is_provisional: bool = False  # a refusal that is not believed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened to a delivery."""

    at: datetime
    state: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A mail server was in trouble: it is offered nothing until then."""

    until_at: datetime
    failures: int
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The operator paused all sending."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The store was put back from a backup, and messages had gone out since that was made."""

    at: datetime  # when it was found
    until_at: datetime  # they went out until then
    messages: int
    is_named: bool  # each of them is known; if not, all digests until then may have gone out


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What somebody is about to get, and why."""

    address: str
    subject: str  # "": nothing is new to them
    regions: tuple[str, ...]
    hour: str  # with its zone


#: The columns of a delivery, as `delivery_of_row` takes them; the table is `d`.
DELIVERY = (
    "d.id, d.subscriber_id, d.day, coalesce(d.edition_id, 0), d.state,"
    " coalesce(d.message_id, ''), d.attempts, d.reply, d.server"
)
DELIVERY_WIDTH = 9


def delivery_of_row(row: Sequence[object]) -> Delivery:
    """A delivery from the columns DELIVERY."""
    number, subscriber, day, edition, state, message_id, attempts, reply, server = row
    assert isinstance(number, int)
    assert isinstance(subscriber, int)
    assert isinstance(edition, int)
    assert isinstance(attempts, int)
    return Delivery(
        id=number,
        subscriber=subscriber,
        day=date.fromisoformat(str(day)),
        edition=edition,
        state=str(state),
        message_id=str(message_id),
        attempts=attempts,
        reply=str(reply),
        server=str(server),
    )
