"""Bytes of a connection in, answers out: HTTP/1.1 for strangers, and the short way for polls.

Two things beside uvicorn's own protocol. It waits for a slow head, or a slow reader, for ever: here
every connection has its deadlines. And it takes a task, a dozen objects and h11's pure Python for
each request: a poll that comes in one piece, as all do, is answered from `Front.answer` without
them (measured: docs/serving.md). What is in any way unusual goes to h11, with its connection.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from typing import ClassVar

from h11 import LocalProtocolError
from uvicorn.protocols.http.h11_impl import H11Protocol

from newsdesk.web.acting import STORE_WITHIN_S
from newsdesk.web.bodies import BODY_WITHIN_S
from newsdesk.web.polls import Polls

#: A request line and its fields come in one packet; so long may they take.
HEAD_WITHIN_S = 10.0

#: One request from its head to the last byte of its answer: a head, a body, a busy store, and 10 s
#: to take the answer. So long a connection is also kept for the next poll.
CONNECTION_WITHIN_S = HEAD_WITHIN_S + BODY_WITHIN_S + STORE_WITHIN_S + 10.0

_KEPT, _CLOSED = b"\r\n", b"Connection: close\r\n\r\n"


class Protocol(H11Protocol):
    """One connection."""

    polls: ClassVar[Polls | None] = None  # of the application, where it has any

    _deadlines: tuple[asyncio.TimerHandle, ...] = ()
    _is_plain = True  # while all that came were polls; then h11 has the connection
    _since: float | None = None  # when the last poll came

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._is_plain = self.polls is not None
        self._deadlines = (
            self.loop.call_later(HEAD_WITHIN_S, self._end_without_head),
            self.loop.call_later(CONNECTION_WITHIN_S, self._end),
        )

    def connection_lost(self, exc: Exception | None) -> None:
        for each in self._deadlines:
            each.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_plain:
            now = time.monotonic()
            self._since = now if self._since is not None else None
            if self._is_answered(data, now):
                self._since = now
                return
            self._is_plain = False
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP.

        Behind a request that is being answered it has no answer of its own, and that one's is cut
        off: uvicorn would go on with both, and fail at whatever h11 forbids then.
        """
        if self.cycle is not None:
            self.cycle.disconnected = True
        with suppress(LocalProtocolError):  # HEAD: the head is sent, the words are not
            super().send_400_response(msg)
        self.transport.close()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_plain:
            self.flow.resume_reading()

    def _is_answered(self, data: bytes, now: float) -> bool:
        """Whether `data` was one poll for something public, and has its answer."""
        limit = self.limit_concurrency
        if self.polls is None or (limit is not None and len(self.connections) >= limit):
            return False
        poll = self.polls.answer(data, self.client[0] if self.client else "", now)
        if poll is None:
            return False
        end = _KEPT if poll.keep else _CLOSED
        self.transport.write(
            b"".join((poll.answer.head, _date(int(time.time())), end, poll.answer.body))
        )
        if not poll.keep:
            self.transport.close()
        elif self.flow.write_paused:  # the next poll is read when this answer is taken
            self.flow.pause_reading()
        return True

    def _end_without_head(self) -> None:
        if self.cycle is None and self._since is None:
            self.transport.abort()

    def _end(self) -> None:
        """Now, or when the last poll is so long ago."""
        left = CONNECTION_WITHIN_S - (time.monotonic() - self._since) if self._since else 0.0
        if left > 0:
            self._deadlines = (self.loop.call_later(left, self._end),)
        else:
            self.transport.abort()


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return b"Date: %s\r\n" % formatdate(second, usegmt=True).encode()
