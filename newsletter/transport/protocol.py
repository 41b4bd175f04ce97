"""What sending asks of a transport, and what it is told back. Waits for the world, if asked to.

A transport never waits by itself: its sessions are generators that say what they wait for, and are
gone on with when that has come. So one thread holds any number of conversations
(newsletter/crew.py); a letter or two are offered one after the other (`Session.offer`).
"""

from __future__ import annotations

import math
import selectors
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from articles.errors import TryAgainError

#: A reply is kept for the operator; a server that says more than this is talking to itself.
REPLY_CHARS_MAX = 500

#: A message in pieces, most of them shared with others; no CRLF is parted between two.
Message = tuple[bytes, ...]


class TransportError(TryAgainError):
    """The transport as a whole cannot be used now: nothing was offered, every delivery stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one offered message."""

    state: Literal["sent", "deferred", "refused", "doubt"]
    reply: str = ""  # the server's words, or ours where it said none
    server: bool = False  # it is the server's trouble, and says nothing about this recipient


class Channel(Protocol):
    """What can be waited for: a socket, a pipe."""

    def fileno(self) -> int: ...


@dataclass(slots=True)
class Wait:
    """Go on with True when the channel can be read, or written; with False when time is up."""

    channel: Channel
    timeout_s: float = math.inf
    to_write: bool = False


class AtDot:
    """All but the final dot was said. Go on with True to say it, with False to throw it away."""


AT_DOT = AtDot()

Answer = TypeVar("Answer")

#: Something that waits now and then, and comes to an answer.
Steps = Generator[Wait, bool, Answer]

#: The same with one message; None: it was not let go at its dot.
Offering = Generator[Wait | AtDot, bool, Outcome | None]


class Session(ABC):
    """A way to one receiver, kept open from message to message; one message at a time."""

    def connecting(self) -> Steps[None]:
        """Make ready for a message, unless it is.

        Raises:
            TransportError: it cannot be used now.
        """
        yield from ()

    @abstractmethod
    def offering(self, sender: str, recipient: str, message: Message) -> Offering:
        """Hand one message over for one recipient, once connected.

        `AT_DOT` comes when the next step would make the message the receiver's.
        """

    def leaving(self) -> Steps[None]:
        """Say goodbye."""
        yield from ()

    def hang_up(self) -> None:  # noqa: B027
        """Leave without a word."""

    def offer(
        self, sender: str, recipient: str, message: bytes, before_dot: Callable[[], None]
    ) -> Outcome:
        """`connecting` and `offering`, waiting for the end.

        `before_dot` is called at the dot. What it raises passes through, and then nothing was
        handed over.

        Raises:
            TransportError: the connection is gone and cannot be made again; nothing was offered.
        """
        waited(self.connecting())
        offering = self.offering(sender, recipient, (message,))
        try:
            step = next(offering)
            while True:
                if isinstance(step, Wait):
                    step = offering.send(is_ready(step))
                    continue
                try:
                    before_dot()
                except BaseException:
                    with suppress(StopIteration):
                        offering.send(False)
                    raise
                step = offering.send(True)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


class Transport(ABC):
    """A way for messages to leave the house."""

    @abstractmethod
    def session(self) -> Session:
        """A session that connects when it is first used."""

    @contextmanager
    def open(self) -> Iterator[Session]:
        """A session that is connected.

        Raises:
            TransportError: it cannot be used now.
        """
        session = self.session()
        waited(session.connecting())
        try:
            yield session
        finally:
            waited(session.leaving())

    def took(self, recipient: str, message_id: str) -> bool | None:  # noqa: ARG002
        """Whether the receiver has this message; None where nobody can know."""
        return None


def waited(steps: Steps[Answer]) -> Answer:
    """What it comes to, waiting for whatever it waits for."""
    try:
        step = next(steps)
        while True:
            step = steps.send(is_ready(step))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def is_ready(wait: Wait) -> bool:
    """Wait: whether it came before the time was up."""
    events = selectors.EVENT_WRITE if wait.to_write else selectors.EVENT_READ
    with selectors.DefaultSelector() as selector:
        selector.register(wait.channel, events)
        return bool(selector.select(None if wait.timeout_s == math.inf else wait.timeout_s))


def cleaned(reply: str) -> str:
    """A server's words in one printable line, not too long."""
    printable = "".join(c if c.isprintable() else " " for c in reply)
    return " ".join(printable.split())[:REPLY_CHARS_MAX]
