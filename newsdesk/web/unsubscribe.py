"""A subscriber's link in, a page and an end to the digest out. SQLite; only a POST writes.

    GET  /u/TOKEN   what they get, and a button            POST /u/TOKEN   unsubscribed, at once
    GET  /p/TOKEN   the same page, until there is one for preferences

Mail programs POST to /u/TOKEN by themselves (RFC 8058): no cookie, no login, no redirect. Link
scanners GET every link of a mail: a GET changes nothing.
"""

from __future__ import annotations

import secrets as random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from articles.database import StoreBusyError
from articles.store import Store
from newsdesk.web.bodies import body
from newsdesk.web.pages import Pages
from newsdesk.web.parts import OpenStore, Parts
from newsletter import subscribers, tokens
from newsletter.model import Subscriber

#: A content system may hold the store for 30 s; nobody waits so long for a page, and mail programs
#: give up.
STORE_WITHIN_S = 8.0

#: What a caller is told to wait after a failure.
RETRY_AFTER_S = 60

log = structlog.get_logger()


def routes(parts: Parts, pages: Pages, prefix: str) -> Sequence[Route]:
    """The addresses of the links in mails, under `prefix`."""
    readers = _Readers(parts.open_store, pages, parts.secrets, parts.clock)
    return (
        Route(f"{prefix}u/{{token}}", readers.unsubscribe, methods=["GET", "POST"]),
        Route(f"{prefix}p/{{token}}", readers.preferences, methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class _Readers:
    """What each address does, on a connection of its own: SQLite's belong to a thread."""

    open_store: OpenStore
    pages: Pages
    secrets: tuple[str, ...]
    clock: Callable[[], datetime]

    async def unsubscribe(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method != "POST":
            return await run_in_threadpool(self._answer, self._ask, token, tokens.UNSUBSCRIBE)
        # A POST to this address has one meaning, whatever it says: who sends another body than
        # RFC 8058's wants to leave no less.
        by_mail_program = _is_one_click(await body(request))
        act = self._leave_by_mail_program if by_mail_program else self._leave
        return await run_in_threadpool(self._answer, act, token, tokens.UNSUBSCRIBE)

    async def preferences(self, request: Request) -> Response:
        token = request.path_params["token"]
        return await run_in_threadpool(self._answer, self._ask, token, tokens.PREFERENCES)

    def _answer(
        self, act: Callable[[Store, Subscriber], str], token: str, purpose: str
    ) -> Response:
        """Find whose token it is and act; a mishap becomes a page, and a log line without token."""
        try:
            key = tokens.subscriber_of(self.secrets, token, purpose)
            with self.open_store() as store:
                store.db.execute(f"PRAGMA busy_timeout = {STORE_WITHIN_S * 1000:.0f}")
                subscriber = subscribers.by_key(store.db, key)
                if subscriber is None:
                    return HTMLResponse(self.pages.unknown(), 404)
                return HTMLResponse(act(store, subscriber))
        except tokens.TokenError:
            return HTMLResponse(self.pages.unknown(), 404)
        except Exception as error:  # the reader gets a page that says so, whatever it was
            return self._failed(error)

    def _ask(self, store: Store, subscriber: Subscriber) -> str:
        if not subscribers.is_active(store.db, subscriber):
            return self.pages.done(subscriber)
        way_out = tokens.token(self.secrets, subscriber.key, tokens.UNSUBSCRIBE)
        return self.pages.ask(subscriber, f"../u/{way_out}")

    def _leave(self, store: Store, subscriber: Subscriber, reason: str = "unsubscribed") -> str:
        page = self.pages.done(subscriber)  # first: what fails now has changed nothing
        if subscribers.is_active(store.db, subscriber):
            subscribers.remove(store.db, subscriber, now=self.clock(), reason=reason)
            log.info("unsubscribed", subscriber=subscriber.id)
        return page

    def _leave_by_mail_program(self, store: Store, subscriber: Subscriber) -> str:
        return self._leave(store, subscriber, "unsubscribed in a mail program")

    def _failed(self, error: Exception) -> Response:
        mark, busy = random.token_hex(2).upper(), isinstance(error, StoreBusyError)
        # As text: what shows the variables of a traceback would show the token.
        trace = "".join(traceback.format_exception(error))
        log.error("failed", job="web", name=mark, why="the store is busy" if busy else trace)
        return HTMLResponse(
            self.pages.failed(mark), 503 if busy else 500, {"Retry-After": f"{RETRY_AFTER_S}"}
        )


def _is_one_click(body: bytes) -> bool:
    """RFC 8058's body in either of its encodings, and not our own button's."""
    return b"One-Click" in body
