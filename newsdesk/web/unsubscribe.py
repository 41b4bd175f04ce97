"""A subscriber's link in, a page and an end to the digest out. SQLite; only a POST writes.

    GET  /u/TOKEN   what they get, and a button            POST /u/TOKEN   unsubscribed, at once

Mail programs POST to /u/TOKEN by themselves (RFC 8058): no cookie, no login, no redirect. Link
scanners GET every link of a mail: a GET changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from articles.store import Store
from newsdesk.web.acting import Acting
from newsdesk.web.bodies import body
from newsletter import subscribers, tokens
from newsletter.model import Subscriber

log = structlog.get_logger()


def routes(acting: Acting, prefix: str) -> Sequence[Route]:
    """The addresses of unsubscribe links, under `prefix`."""
    readers = _Readers(acting)
    return (Route(f"{prefix}u/{{token}}", readers.unsubscribe, methods=["GET", "POST"]),)


@dataclass(frozen=True, slots=True)
class _Readers:
    acting: Acting

    async def unsubscribe(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method != "POST":
            return await run_in_threadpool(
                self.acting.for_reader, self._ask, token, tokens.UNSUBSCRIBE
            )
        # A POST to this address has one meaning, whatever it says: who sends another body than
        # RFC 8058's wants to leave no less.
        by_mail_program = _is_one_click(await body(request))
        act = self._leave_by_mail_program if by_mail_program else self._leave
        return await run_in_threadpool(self.acting.for_reader, act, token, tokens.UNSUBSCRIBE)

    def _ask(self, store: Store, subscriber: Subscriber) -> Response:
        pages = self.acting.pages
        if not subscribers.is_active(store.db, subscriber):
            return HTMLResponse(pages.done(subscriber))
        way_out = tokens.token(self.acting.secrets, subscriber.key, tokens.UNSUBSCRIBE)
        return HTMLResponse(pages.ask(subscriber, f"../u/{way_out}"))

    def _leave(
        self, store: Store, subscriber: Subscriber, reason: str = "unsubscribed"
    ) -> Response:
        page = self.acting.pages.done(subscriber)  # first: what fails now has changed nothing
        if subscribers.is_active(store.db, subscriber):
            subscribers.remove(store.db, subscriber, now=self.acting.clock(), reason=reason)
            log.info("unsubscribed", subscriber=subscriber.id)
        return HTMLResponse(page)

    def _leave_by_mail_program(self, store: Store, subscriber: Subscriber) -> Response:
        return self._leave(store, subscriber, "unsubscribed in a mail program")


def _is_one_click(body: bytes) -> bool:
    """RFC 8058's body in either of its encodings, and not our own button's."""
    return b"One-Click" in body
