"""What the day's sending asks of a transport, and what it is told back. Pure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from articles.errors import TryAgainError

#: A reply is kept for the operator; a server that says more than this is talking to itself.
REPLY_CHARS_MAX = 500


class TransportError(TryAgainError):
    """The transport as a whole cannot be used now: nothing was offered, every delivery stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one offered message."""

    state: Literal["sent", "deferred", "refused", "doubt"]
    reply: str = ""  # the server's words, or ours where it said none
    server: bool = False  # it is the server's trouble, and says nothing about this recipient


class Session(Protocol):
    """An open transport. Belongs to one thread."""

    def offer(
        self, sender: str, recipient: str, message: bytes, before_dot: Callable[[], None]
    ) -> Outcome:
        """Hand one message over for one recipient.

        `before_dot` is called when the next step would make the message the receiver's. What it
        raises passes through, and then nothing was handed over.

        Raises:
            TransportError: the connection is gone and cannot be made again; nothing was offered.
        """


class Transport(Protocol):
    """A way for messages to leave the house."""

    def open(self) -> AbstractContextManager[Session]:
        """Connect.

        Raises:
            TransportError: it cannot be used now.
        """

    def took(self, recipient: str, message_id: str) -> bool | None:
        """Whether the receiver has this message; None where nobody can know."""


def cleaned(reply: str) -> str:
    """A server's words in one printable line, not too long."""
    printable = "".join(c if c.isprintable() else " " for c in reply)
    return " ".join(printable.split())[:REPLY_CHARS_MAX]
