"""Messages in, what became of each out: a server's kept connections, held by one thread. Network.

A connection offers one message at a time. Before its final dot it waits for leave, which is given
when the claim is on the disk; so all that wait share a commit, and there are never more claims
without an outcome than there are connections.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from newsletter.ledger import Ready
from newsletter.post import Server
from newsletter.transport.protocol import (
    Message,
    Offering,
    Outcome,
    Session,
    TransportError,
    Wait,
)
from newsletter.watch import Watch


@dataclass(slots=True, eq=False)
class Job:
    """A message on its way out."""

    ready: Ready
    sender: str
    message: Message


@dataclass(slots=True, eq=False)
class Claim:
    """A connection waits before a final dot; `connection.answer` lets it go on, or not."""

    connection: Connection
    server: str  # its name
    job: Job


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


class Crew:
    """The connections to one server."""

    def __init__(self, server: Server, watch: Watch, tell: Callable[[Event], None]) -> None:
        self.server, self.watch, self.tell = server, watch, tell
        self.given = 0  # messages so far
        self.answered_at = 0.0  # on the monotonic clock
        self._connections: list[Connection] = []

    @property
    def connections(self) -> int:
        """How many are open, or being opened."""
        return len(self._connections)

    @property
    def in_hand(self) -> int:
        """Messages given and not yet done."""
        return sum(each.job is not None for each in self._connections)

    def give(self, job: Job) -> None:
        """Have a message offered, by a new connection if all are busy."""
        self.given += 1
        for each in self._connections:
            if each.job is None:
                break
        else:
            each = Connection(self)
            self._connections.append(each)
        each.offer(job)

    def lose(self, connection: Connection) -> None:
        """It could not be made, or made again, or is left."""
        self._connections = [each for each in self._connections if each is not connection]

    def leave(self) -> None:
        """Begin to say goodbye everywhere; nothing is in hand."""
        for each in self._connections[:]:
            each.leave()


class Connection:
    """One of a crew's."""

    def __init__(self, crew: Crew) -> None:
        self.job: Job | None = None
        self._crew = crew
        self._session = crew.server.transport.session()
        self._offering: Offering | None = None
        self._is_let_go = False

    def offer(self, job: Job) -> None:
        self.job, self._is_let_go = job, False
        self._offering = _offering(self._session, job)
        self._go_on(None)

    def answer(self, *, is_granted: bool) -> None:
        """Whether the final dot may be said."""
        self._is_let_go = is_granted
        self._go_on(is_granted)

    def leave(self) -> None:
        """Say goodbye, unless a message is on its way."""
        if self.job is not None:
            self._session.hang_up()
            self._crew.lose(self)
            return
        leaving = self._session.leaving()

        def go_on(word: bool | None) -> None:
            try:
                step = next(leaving) if word is None else leaving.send(word)
            except StopIteration:
                self._crew.lose(self)
            else:
                self._crew.watch.wait(step, go_on)

        go_on(None)

    def _go_on(self, word: bool | None) -> None:
        offering, job, tell = self._offering, self.job, self._crew.tell
        assert offering is not None
        assert job is not None
        try:
            step = next(offering) if word is None else offering.send(word)
        except StopIteration as end:
            self.job = None
            tell(Done(self._crew, job, end.value))
        except TransportError as error:
            self.job = None
            self._crew.lose(self)
            tell(Unreachable(self._crew, job, str(error)))
        except Exception as error:  # whatever is wrong with one message, the others are fine
            self.job = None
            self._session.hang_up()
            reply = f"{type(error).__name__}: {error}"
            outcome = Outcome(
                state="doubt" if self._is_let_go else "deferred", reply=reply, server=True
            )
            tell(Done(self._crew, job, outcome))
        except BaseException:  # whoever ends us here does not wait for an outcome
            self.job = None
            self._session.hang_up()
            raise
        else:
            if isinstance(step, Wait):
                self._crew.watch.wait(step, self._go_on)
            else:
                tell(Claim(self, self._crew.server.name, job))


def _offering(session: Session, job: Job) -> Offering:
    yield from session.connecting()
    return (yield from session.offering(job.sender, job.ready.recipient, job.message))
