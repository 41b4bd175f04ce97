"""Waiting deliveries and the post in, outcomes in the ledger out. SQLite, mail.

    outbox -> given to a server -> claimed -> (the final dot) -> settled

One thread, the caller's, does all but signing, which is for processes (newsletter/signers.py). It
waits for all connections at once (newsletter/watch.py) and goes on with those that are ready. What
has come in since the last commit makes one commit, outcomes first, then claims; then the
claims' connections are let go. So there are never more deliveries `attempting` than there are
connections.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from articles.errors import NewsdeskError
from newsletter.crew import Claim, Crew, Done, Event
from newsletter.health import PAUSES, Health, allowance, nth
from newsletter.ledger import Ledger, Settled
from newsletter.model import Delivery, Newsletter
from newsletter.outbox import Outbox
from newsletter.post import Post
from newsletter.watch import Watch
from newsletter.writing import Writer

#: With fewer connections none waits for another's commit.
FEW = 4

#: The ledger's share of the time: a claim waits so much longer for others than a commit takes, if
#: there are others,
SHARE = 0.1

#: but no longer than this.
GATHER_MAX_S = 0.05

#: How often `stop` is asked, and rates are looked at, while nothing happens.
TICK_S = 0.1

#: A server that has answered nothing for so long does not hold up the others.
STALLED_S = 1.0

#: An operator's pause ends a run within this.
PAUSE_SEEN_S = 1.0

#: Messages written ahead for each connection: none must wait for its signature.
AHEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one run of deliveries did."""

    counts: dict[str, int]  # state -> deliveries that are in it now
    stopped: str = ""  # why it ended before all was offered; "" if it did not
    doubts: tuple[str, ...] = ()  # Message-IDs the server should be asked about
    ledger_s: float = 0.0  # how long nothing was done but read it and commit

    def __getitem__(self, state: str) -> int:
        return self.counts.get(state, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """When a run ends, but for having nothing left."""

    stop: Callable[[], bool] = lambda: False  # asked between two messages
    limit: int | None = None  # messages to be offered
    for_s: float | None = None  # past this nothing more is begun


class Run:
    """One run of deliveries."""

    def __init__(
        self,
        ledger: Ledger,
        post: Post,
        clock: Callable[[], datetime],
        progress: Callable[[Delivery, str], None],
    ) -> None:
        self.ledger, self.post, self.clock, self.progress = ledger, post, clock, progress
        self._watch = Watch()
        self._events: list[Event] = []  # not yet looked at
        self._servers: dict[Crew, Health] = {}
        self._settled: list[Settled] = []  # to be written down
        self._claims: list[Claim] = []  # to be written down, and let go
        self._gathered_at = 0.0  # since when there has been anything to be written down
        self._denied: set[int] = set()  # deliveries that were not let go, the ledger being broken
        self._well: set[str] = set()  # servers that accepted a message
        self._counts: Counter[str] = Counter()
        self._doubts: list[str] = []
        self._given = 0
        self._looked_at = time.monotonic()
        self._ledger_s = self._commit_s = 0.0  # all of it, the last commit

    def pick_up(self) -> None:
        """Settle what a dead run left at the final dot, and end what is past its deadline."""
        for delivery, recipient in self.ledger.interrupted():
            took = self._took(delivery, recipient)
            if took is None:
                self._settle(delivery, "doubt", "the run that sent it was ended at the final dot")
            elif took:
                self._settle(delivery, "sent", "found delivered after an ended run")
            else:
                self._settle(delivery, "deferred", "found undelivered after an ended run")
        self._counts["expired"] += self.ledger.expire(self.clock())

    def open(self, *, insist: bool) -> str:
        """Find the servers that may be used; why there is none, or "".

        `insist` uses those too that were in trouble a minute ago.
        """
        now, why = self.clock(), "no mail server is named"
        for server in self.post.servers:
            trouble = self.ledger.trouble(server.name)
            left = allowance(server, *self.ledger.given(server.name, now.date()))
            if trouble and trouble.until_at > now and not insist:
                why = f"waiting until {trouble.until_at:%H:%M} UTC: {trouble.reply}"
            elif left == 0:
                why = _warm(server.name)
            else:
                self._servers[Crew(server, self._watch, self._events.append)] = Health(server, left)
        return "" if self._servers else why

    def offer_all(
        self, newsletter: Newsletter, secrets: Sequence[str], waiting: int, until: Until
    ) -> str:
        """Offer what waits until nothing does; why it ended before, or "".

        Raises:
            StoreError: the ledger cannot be written; nothing was let go without it.
        """
        writer = Writer(self.ledger, self.post, newsletter, secrets)
        outbox = Outbox(self.ledger, self.post, writer, self.clock, self._watch, waiting)
        try:
            return self._offer_all(outbox, until)
        except BaseException:  # without the ledger no connection is let go
            self._let_nothing_go(outbox)
            raise
        finally:
            for crew in self._servers:
                crew.leave()
            while any(crew.connections for crew in self._servers):
                self._watch.look(TICK_S)
            self._ledger_s += outbox.reading_s
            outbox.close()

    def ended(self, why: str) -> Delivered:
        """What the run did."""
        for health in self._servers.values():
            if health.is_open:
                self._settled += health.believed()
            self._counts["deferred"] += health.unbelieved
        self._write_down()
        return Delivered(
            counts={state: count for state, count in self._counts.items() if count},
            stopped=why,
            doubts=tuple(self._doubts),
            ledger_s=self._ledger_s,
        )

    def _offer_all(self, outbox: Outbox, until: Until) -> str:
        ends_at = time.monotonic() + (until.for_s if until.for_s is not None else float("inf"))
        why: str | None = None
        while True:
            if why is None:
                why = self._end(outbox, until, ends_at)
            if why is None:
                self._give_out(outbox, until.limit)
            if not self._is_busy and (why is not None or not outbox.has_more):
                self._settled += _drained(outbox.unwritten)
                return why or ""
            wait_s = self._gather_s(outbox)
            if wait_s <= 0:
                self._write_down()
            is_writing = why is None and self._given != until.limit and self._write_ahead(outbox)
            self._watch.look(0 if is_writing or self._events else max(0, wait_s))
            self._take_in(outbox)

    def _end(self, outbox: Outbox, until: Until, ends_at: float) -> str | None:
        """Why nothing more is given out; None to go on."""
        if until.stop():
            return "asked to stop"
        if time.monotonic() - self._looked_at > PAUSE_SEEN_S:
            self._looked_at = time.monotonic()
            if self.ledger.paused():
                return "paused by the operator"
        if self._given == until.limit and outbox.has_more:
            return f"{until.limit} offered, as many as were asked for"
        if time.monotonic() > ends_at:
            return ""
        if not any(health.is_open for health in self._servers.values()):
            return next(iter(self._servers.values())).last_reply
        full = [health for health in self._servers.values() if health.left_today == 0]
        if len(full) == len(self._servers) and outbox.has_more:
            return _warm(full[0].server.name)
        return None

    @property
    def _is_busy(self) -> bool:
        return any(crew.in_hand for crew in self._servers)

    def _give_out(self, outbox: Outbox, limit: int | None) -> None:
        """Give messages to servers that can take them."""
        now = self.clock()
        while self._given != limit and (crew := self._next_server(now)):
            job = outbox.take()
            if job is None:
                break
            self._servers[crew].given(now)
            crew.give(job)
            self._given += 1
        self._settled += _drained(outbox.unwritten)

    def _write_ahead(self, outbox: Outbox) -> bool:
        return outbox.fill(AHEAD * sum(each.connections for each in self._servers.values()))

    def _next_server(self, now: datetime) -> Crew | None:
        """The server that is furthest behind its weight; None to wait, for it or for any."""
        open_ones = [crew for crew, health in self._servers.items() if health.may_take(now)]
        for crew in sorted(open_ones, key=lambda each: each.given / each.server.weight):
            if crew.in_hand < self._servers[crew].connections:
                return crew
            if time.monotonic() - crew.answered_at < STALLED_S:
                break
        return None

    def _gather_s(self, outbox: Outbox) -> float:
        """How long to wait for more before writing down: not at all when no more can come."""
        if not (self._claims or self._settled):
            return TICK_S
        busy = sum(crew.in_hand for crew in self._servers)
        most = sum(health.connections for health in self._servers.values())
        if most < FEW or (len(self._claims) == busy and (busy == most or not outbox.coming)):
            return 0
        now = time.monotonic()
        self._gathered_at = self._gathered_at or now
        patience_s = min(self._commit_s / SHARE, GATHER_MAX_S) if self._claims else TICK_S
        return self._gathered_at + patience_s - now

    def _take_in(self, outbox: Outbox) -> None:
        """Deal with what has happened."""
        events, self._events[:] = self._events[:], ()
        for event in events:
            if isinstance(event, Claim):
                if not self._claims:  # outcomes alone have more time
                    self._gathered_at = time.monotonic()
                self._claims.append(event)
                continue
            event.crew.answered_at = time.monotonic()
            health = self._servers[event.crew]
            was_open = health.is_open
            if isinstance(event, Done):
                self._done(event, health)
            else:
                outbox.put_back([event.job])
                self._given -= 1
                health.unreachable(event.reply, event.crew.connections)
            if was_open and not health.is_open:
                self._note_trouble(health)

    def _done(self, event: Done, health: Health) -> None:
        delivery = event.job.ready.delivery
        if event.outcome is not None:
            self._settled += health.answered(delivery, event.outcome, self.clock())
        elif delivery.id not in self._denied:
            self._settled.append(
                Settled(delivery=delivery, state="cancelled", reply="unsubscribed", offered=False)
            )

    def _write_down(self) -> None:
        """Commit what has come in, then let the claims' connections go on."""
        if not (self._claims or self._settled):
            return
        began = time.perf_counter()
        asked = [(each.job.ready.delivery, each.server) for each in self._claims]
        granted = self.ledger.commit(self._settled, asked, self.clock())
        self._commit_s = time.perf_counter() - began
        self._ledger_s += self._commit_s
        claims, self._claims, settled, self._settled = self._claims, [], self._settled, []
        self._gathered_at = 0.0
        for claim, is_granted in zip(claims, granted, strict=True):
            claim.connection.answer(is_granted=is_granted)
        for each in settled:
            self._told(each)

    def _let_nothing_go(self, outbox: Outbox) -> None:
        """Take in what servers still answer, and write it down if that is possible again."""
        while self._claims or (self._is_busy and (self._watch or self._events)):
            claims, self._claims = self._claims, []
            for claim in claims:
                self._denied.add(claim.job.ready.delivery.id)
                claim.connection.answer(is_granted=False)
            self._watch.look(0 if self._events else TICK_S)
            self._take_in(outbox)
        with suppress(NewsdeskError, sqlite3.Error):  # what cannot be written now is in doubt
            self._write_down()

    def _told(self, each: Settled) -> None:
        if each.is_provisional:  # counted when it is believed, or not
            return
        self._counts[each.state] += 1
        self.progress(each.delivery, each.state)
        if each.state == "doubt":
            self._doubts.append(each.delivery.message_id)
        if each.state == "sent" and each.server not in self._well:
            self._well.add(each.server)
            self.ledger.forget_trouble(each.server)

    def _note_trouble(self, health: Health) -> None:
        """A server cannot be used for a while; what waits keeps waiting."""
        name, before = health.server.name, self.ledger.trouble(health.server.name)
        failures = 1 + (before.failures if before else 0)
        until_at = self.clock() + nth(PAUSES, failures)
        self.ledger.note_trouble(name, until_at, failures, health.last_reply)

    def _settle(self, delivery: Delivery, state: str, reply: str) -> None:
        if self.ledger.settle(delivery, state, reply, self.clock()):
            self._told(Settled(delivery=delivery, state=state, reply=reply))

    def _took(self, delivery: Delivery, recipient: str) -> bool | None:
        """Whether the server that was offered it has it; None where nobody can know."""
        asked = [each for each in self.post.servers if each.name == delivery.server]
        answers = {
            each.transport.took(recipient, delivery.message_id)
            for each in asked or self.post.servers
        }
        return True if True in answers else None if None in answers else False


def _warm(name: str) -> str:
    return f"the mail server {name} is new, and has had all that it gets on such a day"


def _drained(settled: list[Settled]) -> list[Settled]:
    drained = settled[:]
    settled.clear()
    return drained
