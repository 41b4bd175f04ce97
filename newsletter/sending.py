"""Waiting deliveries and an open transport in, outcomes in the ledger out. SQLite, mail.

Whether it is the recipient who is refused or we, only the next recipients tell. So a refusal is
written as `deferred` first, and becomes `refused` when the server has accepted another message, or
when the run ends with fewer than REFUSALS_MAX of them in a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parseaddr

from newsletter.ledger import Ledger, Ready
from newsletter.message import message
from newsletter.model import Delivery, Newsletter, Rendered
from newsletter.tokens import preferences_url, unsubscribe_url
from newsletter.transport.protocol import Outcome, Session, Transport

#: Waits after the first, second, ... offer that was put off; greylisting lifts after some minutes.
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))

#: Waits after the first, second, ... run that the mail server's trouble ended.
PAUSES = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))

#: So many messages in a row that the server cannot deal with, and it is not the messages.
TROUBLES_MAX = 3

#: So many recipients in a row refused, and it is not the recipients (a quota, a blocklist).
REFUSALS_MAX = 10

#: Enhanced codes (RFC 3463) that are about the one mailbox, whatever becomes of others.
MAILBOX_CODES = (" 5.1.", " 5.2.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one run of deliveries did."""

    counts: dict[str, int]  # state -> deliveries that are in it now
    stopped: str = ""  # why it ended before all was offered; "" if it did not
    doubts: tuple[str, ...] = ()  # Message-IDs the server should be asked about

    def __getitem__(self, state: str) -> int:
        return self.counts.get(state, 0)


class Run:
    """One run of deliveries."""

    def __init__(
        self,
        ledger: Ledger,
        newsletter: Newsletter,
        secrets: Sequence[str],
        clock: Callable[[], datetime],
        progress: Callable[[Delivery, str], None],
    ) -> None:
        self.ledger, self.newsletter, self.secrets = ledger, newsletter, secrets
        self.clock, self.progress = clock, progress
        self.sender = parseaddr(newsletter.sender)[1]
        self._words: tuple[int, Rendered] | None = None  # of the edition offered last
        self._counts: Counter[str] = Counter()
        self._doubts: list[str] = []
        self._refused: list[tuple[Delivery, str]] = []  # in a row, not yet believed
        self._troubles = 0  # in a row
        self._last_reply = ""
        self._is_well = False  # a message was accepted in this run

    def pick_up(self, transport: Transport) -> None:
        """Settle what a dead run left at the final dot, and end what is past its deadline."""
        now = self.clock()
        for delivery, recipient in self.ledger.interrupted():
            took = transport.took(recipient, delivery.message_id)
            if took is None:
                self._settle(delivery, "doubt", "the run that sent it was ended at the final dot")
                self._doubts.append(delivery.message_id)
            elif took:
                self._settle(delivery, "sent", "found delivered after an ended run")
            else:
                self._settle(delivery, "deferred", "found undelivered after an ended run")
        self._counts["expired"] += self.ledger.expire(now)

    def offer_all(self, session: Session, limit: int | None, stop: Callable[[], bool]) -> str:
        """Offer what waits until nothing does; why it ended before, or ""."""
        offered = 0
        while some := self.ledger.ready(self.clock()):
            for each in some:
                if stop():
                    return "asked to stop"
                if offered == limit:
                    return f"{limit} offered, as many as were asked for"
                self._offer(session, each)
                offered += 1
                if self._troubles >= TROUBLES_MAX or len(self._refused) >= REFUSALS_MAX:
                    return self.trouble(self._last_reply)
        return ""

    def trouble(self, reply: str) -> str:
        """Note that the server cannot be used for a while; what waits keeps waiting."""
        self._counts["deferred"] += len(self._refused)
        self._refused.clear()
        before = self.ledger.paused()
        failures = 1 + (before.failures if before else 0)
        self.ledger.pause(self.clock() + _nth(PAUSES, failures), failures, reply)
        return reply

    def ended(self, why: str) -> Delivered:
        """What the run did."""
        self._believe_refusals()
        counts = {state: count for state, count in self._counts.items() if count}
        return Delivered(counts=counts, stopped=why, doubts=tuple(self._doubts))

    def _offer(self, session: Session, ready: Ready) -> None:
        delivery = ready.delivery

        def claim() -> None:
            if not self.ledger.attempt(delivery.id, self.clock()):
                raise _LeftError

        try:
            content = self._message(ready)
        except Exception as error:  # whatever is wrong with one message, the others are fine
            reply = f"not written: {type(error).__name__}: {error}"
            self._record(delivery, Outcome(state="deferred", reply=reply, server=True))
            return
        try:
            outcome = session.offer(self.sender, ready.recipient, content, claim)
        except _LeftError:
            self._settle(delivery, "cancelled", "unsubscribed")
            return
        self._record(delivery, outcome)

    def _message(self, ready: Ready) -> bytes:
        delivery = ready.delivery
        if self._words is None or self._words[0] != delivery.edition:
            self._words = (delivery.edition, self.ledger.rendered(delivery.edition))
        return message(
            self._words[1],
            self.newsletter,
            ready.subscriber,
            day=delivery.day,
            date=ready.dated_at,
            unsubscribe_url=unsubscribe_url(self.newsletter, self.secrets, ready.subscriber),
            preferences_url=preferences_url(self.newsletter, self.secrets, ready.subscriber),
            message_id=delivery.message_id,
        )

    def _record(self, delivery: Delivery, outcome: Outcome) -> None:
        now, state = self.clock(), outcome.state
        self._last_reply = outcome.reply
        self._troubles = self._troubles + 1 if outcome.server else 0
        if state == "refused" and not any(code in outcome.reply for code in MAILBOX_CODES):
            self._refused.append((delivery, outcome.reply))
            state = "deferred"
        next_at = now + _nth(BACK_OFF, delivery.attempts + 1)
        self.ledger.record(delivery.id, state, outcome.reply, now, next_at=next_at)
        if state == outcome.state:  # the others are counted when they are believed, or not
            self._count(delivery, state)
        if state == "doubt":
            self._doubts.append(delivery.message_id)
        if state == "sent":
            self._believe_refusals()
            self._resume()

    def _resume(self) -> None:
        """A message was accepted: the trouble is over."""
        if not self._is_well:
            self.ledger.resume()
            self._is_well = True

    def _believe_refusals(self) -> None:
        for delivery, reply in self._refused:
            self._settle(replace(delivery, state="deferred"), "refused", reply)
        self._refused.clear()

    def _settle(self, delivery: Delivery, state: str, reply: str) -> None:
        if self.ledger.settle(delivery, state, reply, self.clock()):
            self._count(delivery, state)

    def _count(self, delivery: Delivery, state: str) -> None:
        self._counts[state] += 1
        self.progress(delivery, state)


class _LeftError(Exception):
    """The subscriber left before the final dot."""


def _nth(waits: Sequence[timedelta], number: int) -> timedelta:
    """The wait after the `number`-th time, which is 1 or more; the last one goes on for ever."""
    return waits[min(number, len(waits)) - 1]
