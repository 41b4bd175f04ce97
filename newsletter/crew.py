"""Messages in, what became of each out: a server's kept connections, one thread each. Network.

A thread offers one message at a time. Before its final dot it asks for leave, which the one thread
that owns the ledger gives when the claim is on the disk; so any number of connections share a
commit, and there are never more claims without an outcome than there are connections.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from newsletter.ledger import Ready
from newsletter.post import Server
from newsletter.transport.protocol import Outcome, Session, TransportError


@dataclass(slots=True, eq=False)
class Job:
    """A message on its way out."""

    ready: Ready
    sender: str
    message: bytes


@dataclass(slots=True, eq=False)
class Claim:
    """A connection waits before a final dot; `answer` lets it go on, or not."""

    crew: Crew
    job: Job
    answer: SimpleQueue[bool]


@dataclass(slots=True, eq=False)
class Done:
    """What a server made of a message; no outcome: it was not let go."""

    crew: Crew
    job: Job
    outcome: Outcome | None


@dataclass(slots=True, eq=False)
class Unreachable:
    """No connection could be made for a message; nothing was offered."""

    crew: Crew
    job: Job
    reply: str


Event = Claim | Done | Unreachable


class _HeldBackError(Exception):
    """The message must not go."""


class Crew:
    """The connections to one server. Its methods are called by the thread that owns the ledger."""

    def __init__(self, server: Server, tell: Callable[[Event], None]) -> None:
        self.server = server
        self.given = 0  # messages so far
        self.in_hand = 0  # messages given and not yet done
        self.answered_at = 0.0  # on the monotonic clock
        self.lost = 0  # threads that ended because there was no connection
        self._tell = tell
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    @property
    def connections(self) -> int:
        """How many are open, or being opened."""
        return len(self._threads) - self.lost

    def give(self, job: Job, most: int) -> None:
        """Have a message offered, by a new connection if all are busy and there may be one more."""
        self.given += 1
        self.in_hand += 1
        if self.connections < min(self.in_hand, most):
            thread = threading.Thread(target=self._run, daemon=True, name="connection")
            self._threads.append(thread)
            thread.start()
        self._jobs.put(job)

    def take_back(self) -> Iterator[Job]:
        """The messages that no connection has begun with."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is not None:
                self.in_hand -= 1
                yield job

    def close(self) -> None:
        """Hang up everywhere; nothing is in hand."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        answer: SimpleQueue[bool] = SimpleQueue()
        with ExitStack() as stack:
            session: Session | None = None
            while (job := self._jobs.get()) is not None:
                try:
                    if session is None:
                        session = stack.enter_context(self.server.transport.open())
                    event = self._offered(session, job, answer)
                except TransportError as error:
                    self._tell(Unreachable(self, job, str(error)))
                    return
                except Exception as error:  # a thread that just died would keep its message
                    self._tell(Unreachable(self, job, f"{type(error).__name__}: {error}"))
                    return
                self._tell(event)

    def _offered(self, session: Session, job: Job, answer: SimpleQueue[bool]) -> Event:
        asked = False

        def before_dot() -> None:
            nonlocal asked
            self._tell(Claim(self, job, answer))
            if not answer.get():
                raise _HeldBackError
            asked = True

        try:
            outcome = session.offer(job.sender, job.ready.recipient, job.message, before_dot)
        except _HeldBackError:
            return Done(self, job, None)
        except TransportError:
            raise
        except Exception as error:  # whatever is wrong with one message, the others are fine
            reply = f"{type(error).__name__}: {error}"
            return Done(
                self,
                job,
                Outcome(state="doubt" if asked else "deferred", reply=reply, server=True),
            )
        return Done(self, job, outcome)
