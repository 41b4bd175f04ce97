"""Deliveries that are ready in, messages that may leave out: read, written, signed ahead. SQLite.

Bounded: some rows, and so many messages that no connection waits for one. A receiver's domain that
may have no more this minute keeps its rows here, and holds up nobody else.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from newsletter.crew import Job
from newsletter.dkim import Signing
from newsletter.health import BACK_OFF, Rate, nth
from newsletter.ledger import Ledger, Ready, Settled
from newsletter.post import Post
from newsletter.signers import AT_SIGNERS_MAX, BATCH, WORTH, Batch, Signers
from newsletter.transport.protocol import Message
from newsletter.watch import Watch
from newsletter.writing import Writer

#: Rows that may wait in memory for their domain's rate.
HELD_MAX = 2000

Unsigned = tuple[Ready, Signing]


class Outbox:
    """What a run of deliveries has still to give out. Belongs to the thread of the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        post: Post,
        writer: Writer,
        clock: Callable[[], datetime],
        watch: Watch,
        waiting: int,
    ) -> None:
        self.ledger, self.writer, self.clock = ledger, writer, clock
        self.unwritten: list[Settled] = []  # messages that could not be made, to be written down
        self._signers = (
            Signers[Unsigned](post.keys, watch, self._signed)
            if post.keys and waiting >= WORTH
            else None
        )
        self._domains = {domain: Rate(rate) for domain, rate in post.domains.items()}
        self._held: deque[Ready] = deque()  # for its domain's rate
        self._rows: deque[Ready] = deque()
        self._signing = 0
        self._jobs: deque[Job] = deque()
        self._last: Ready | None = None
        self._is_read = False  # all rows that are ready were read
        self.reading_s = 0.0

    @property
    def has_more(self) -> bool:
        """Whether there is anything left that this run may offer."""
        if not (self._jobs or self._signing or self._rows or self._held or self._is_read):
            self._read()
        return bool(self._jobs or self._signing or self._rows or self._held)

    def take(self) -> Job | None:
        """The next message, if one is ready."""
        if not self._jobs and not self._signing:
            self._write(1)
        return self._jobs.popleft() if self._jobs else None

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Messages that were not offered."""
        self._jobs.extendleft(jobs)

    @property
    def coming(self) -> bool:
        """Whether messages are being signed."""
        return self._signing > 0

    def fill(self, count: int) -> bool:
        """Write a batch ahead, unless so many are there or on their way; whether it did."""
        lacking = min(count - len(self._jobs), AT_SIGNERS_MAX) - self._signing
        return lacking >= min(BATCH, count) and self._write(BATCH)

    def _signed(self, batch: Batch[Unsigned]) -> None:
        """What came back from the signers."""
        for (ready, signing), signatures in batch:
            self._signing -= 1
            self._add(ready, signing.signed(signatures))

    def close(self) -> None:
        if self._signers:
            self._signers.close()

    def _write(self, count: int) -> bool:
        """Write so many, and have them signed; whether there was one to write."""
        batch: list[tuple[Unsigned, tuple[bytes, ...]]] = []
        written = 0
        while written < count and (ready := self._next_row()) is not None:
            written += 1
            try:
                signing = self.writer.write(ready)
            except Exception as error:  # whatever is wrong with one message, the others are fine
                self.unwritten.append(_unwritten(ready, error, self.clock()))
                continue
            if self._signers is None:
                self._add(ready, self.writer.signed(signing))
            else:
                batch.append(((ready, signing), signing.digests))
        if batch and self._signers:
            self._signing += len(batch)
            self._signers.sign(batch)
        return written > 0

    def _add(self, ready: Ready, message: Message) -> None:
        self._jobs.append(Job(ready, self.writer.return_path(ready), message))

    def _next_row(self) -> Ready | None:
        """The next delivery whose receiver's domain may get one now."""
        now = self.clock()
        for _ in range(len(self._held)):
            if self._may_go(self._held[0], now):
                return self._held.popleft()
            self._held.rotate(-1)
        while len(self._held) < HELD_MAX:
            if not self._rows and not self._is_read:
                self._read()
            if not self._rows:
                return None
            ready = self._rows.popleft()
            if self._may_go(ready, now):
                return ready
            self._held.append(ready)
        return None

    def _may_go(self, ready: Ready, now: datetime) -> bool:
        rate = self._domains.get(ready.recipient.rpartition("@")[2]) if self._domains else None
        if rate is None:
            return True
        if not rate.has_room(now):
            return False
        rate.take(now)
        return True

    def _read(self) -> None:
        began = time.perf_counter()
        some = self.ledger.ready(self.clock(), after=self._last)
        self.reading_s += time.perf_counter() - began
        self._is_read = not some
        if some:
            self._last = some[-1]
            self._rows += some


def _unwritten(ready: Ready, error: Exception, now: datetime) -> Settled:
    return Settled(
        delivery=ready.delivery,
        state="deferred",
        reply=f"not written: {type(error).__name__}: {error}",
        next_at=now + nth(BACK_OFF, ready.delivery.attempts + 1),
    )
