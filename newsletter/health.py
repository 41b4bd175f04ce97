"""What a mail server answered in, how much it may be given out. Pure, but that it remembers.

Whether it is the recipient who is refused or we, only the next recipients tell. So a refusal is
written as `deferred` first, and becomes `refused` when the server has accepted another message, or
when the run ends with fewer than REFUSALS_MAX of them in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.ledger import Settled
from newsletter.model import Delivery
from newsletter.post import Server
from newsletter.transport.protocol import Outcome

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

#: A limit of so many a minute lets this part of them go at once: no bursts that a receiver minds.
BURST = 1 / 30


class Health:
    """One server in one run."""

    def __init__(self, server: Server, left_today: int | None) -> None:
        self.server = server
        self.rate = Rate(server.per_minute)
        self.left_today = left_today  # None: no limit
        self.is_open = True  # not in trouble
        self.last_reply = ""
        self._ceiling = server.connections  # lower where the server takes no more connections
        self._accepted = 0
        self._troubles = 0  # in a row
        self._refused: list[tuple[Delivery, str]] = []  # in a row, not yet believed

    @property
    def connections(self) -> int:
        """How many may be used now.

        One more for each message that was accepted: what drops every message at its dot puts a few
        in doubt, and not one for each connection.
        """
        return min(self._ceiling, 1 + self._accepted)

    def may_take(self, now: datetime) -> bool:
        """Whether it may be given another message now."""
        return self.is_open and self.left_today != 0 and self.rate.has_room(now)

    def given(self, now: datetime) -> None:
        """A message was handed to it."""
        self.rate.take(now)
        if self.left_today is not None:
            self.left_today -= 1

    def answered(self, delivery: Delivery, outcome: Outcome, now: datetime) -> list[Settled]:
        """What to write down, now that the server has said this; see the top of the file."""
        state = outcome.state
        self.last_reply = outcome.reply
        self._troubles = self._troubles + 1 if outcome.server else 0
        if state == "refused" and not any(code in outcome.reply for code in MAILBOX_CODES):
            self._refused.append((delivery, outcome.reply))
            state = "deferred"
        is_provisional = state != outcome.state
        written = [
            Settled(
                delivery=delivery,
                state=state,
                reply=outcome.reply,
                server=self.server.name,
                next_at=now + nth(BACK_OFF, delivery.attempts + 1) if state == "deferred" else None,
                is_provisional=is_provisional,
            )
        ]
        if state == "sent":
            self._accepted += 1
            written += self.believed()
        if self._troubles >= TROUBLES_MAX or len(self._refused) >= REFUSALS_MAX:
            self.shut(outcome.reply)
        return written

    def believed(self) -> list[Settled]:
        """The refusals that were about their recipients."""
        refused, self._refused = self._refused, []
        return [
            Settled(
                delivery=replace(delivery, state="deferred"),
                state="refused",
                reply=reply,
                offered=False,
            )
            for delivery, reply in refused
        ]

    def unreachable(self, reply: str, connected: int) -> None:
        """A connection could not be made: the others are enough, or it is in trouble."""
        if connected:
            self._ceiling = min(self._ceiling, connected)
        else:
            self.shut(reply)

    def shut(self, reply: str) -> None:
        """Give it nothing more in this run."""
        self.last_reply, self.is_open = reply, False

    @property
    def unbelieved(self) -> int:
        """Refusals that stay `deferred`."""
        return len(self._refused)


@dataclass(slots=True)
class Rate:
    """So many a minute: a bucket that fills evenly."""

    per_minute: int  # 0: no limit
    _tokens: float = -1.0
    _at: datetime | None = None

    def has_room(self, now: datetime) -> bool:
        if not self.per_minute:
            return True
        most = max(1.0, self.per_minute * BURST)
        if self._at is None:
            self._tokens = most
        elif now > self._at:  # a clock that was stepped back adds nothing
            seconds = (now - self._at).total_seconds()
            self._tokens = min(most, self._tokens + seconds * self.per_minute / 60)
        self._at = now
        return self._tokens >= 1

    def take(self, now: datetime) -> None:
        if self.per_minute and self.has_room(now):
            self._tokens -= 1


def allowance(server: Server, days_before: int, today: int) -> int | None:
    """How many messages a server may still get on its day of warming up; None: as many as come."""
    if days_before >= len(server.warm_up):
        return None
    return max(0, server.warm_up[days_before] - today)


def nth(waits: Sequence[timedelta], number: int) -> timedelta:
    """The wait after the `number`-th time, which is 1 or more; the last one goes on for ever."""
    return waits[min(number, len(waits)) - 1]
