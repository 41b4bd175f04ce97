"""A request in, a page out: the readers' web application. SQLite; only a POST writes.

    GET  /u/TOKEN   what they get, and a button            POST /u/TOKEN   unsubscribed, at once
    GET  /p/TOKEN   the same page, until there is one for preferences
    GET  /healthz   "ok" when the store can be read

Mail programs POST to /u/TOKEN by themselves (RFC 8058): no cookie, no login, no redirect. Link
scanners GET every link of a mail: a GET changes nothing. All pages come with the same headers,
under which a browser runs no script and fetches nothing.
"""

from __future__ import annotations

import asyncio
import secrets as random
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from articles.database import StoreBusyError
from articles.store import Store
from newsdesk.web.pages import Pages
from newsletter import subscribers, tokens
from newsletter.edition import RegionNames
from newsletter.model import Newsletter, Subscriber

OpenStore = Callable[[], AbstractContextManager[Store]]

#: `List-Unsubscribe=One-Click` has 26 bytes, as multipart/form-data (RFC 8058, 3.2) some 200.
BODY_BYTES_MAX = 4096

#: So little comes in one packet; who needs longer keeps a connection from others.
BODY_WITHIN_S = 10.0

#: A content system may hold the store for 30 s; nobody waits so long for a page, and mail programs
#: give up.
STORE_WITHIN_S = 8.0

#: What a caller is told to wait after a failure.
RETRY_AFTER_S = 60

log = structlog.get_logger()


def make_app(
    open_store: OpenStore,
    newsletter: Newsletter,
    table: RegionNames,
    secrets: Sequence[str],
    clock: Callable[[], datetime],
) -> ASGIApp:
    """The application. `secrets` are those of the mails' links, the newest first.

    It answers under the path of `newsletter.mail_url` and under `/`, for proxies that keep that
    path and for those that take it away.
    """
    pages = Pages(newsletter, table)
    readers = _Readers(open_store, pages, tuple(secrets), clock)
    routes = [
        route
        for prefix in dict.fromkeys(("/", urlsplit(newsletter.mail_url).path or "/"))
        for route in (
            Route(f"{prefix}u/{{token}}", readers.unsubscribe, methods=["GET", "POST"]),
            Route(f"{prefix}p/{{token}}", readers.preferences, methods=["GET"]),
        )
    ]
    app = Starlette(
        routes=[*routes, Route("/healthz", readers.health, methods=["GET"])],
        exception_handlers={404: readers.not_found, HTTPException: _refused},
    )
    app.router.redirect_slashes = False  # a POST that is redirected is a POST that is lost
    return _Headers(app, pages.style_hash)


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
        by_mail_program = _is_one_click(await _body(request))
        act = self._leave_by_mail_program if by_mail_program else self._leave
        return await run_in_threadpool(self._answer, act, token, tokens.UNSUBSCRIBE)

    async def preferences(self, request: Request) -> Response:
        token = request.path_params["token"]
        return await run_in_threadpool(self._answer, self._ask, token, tokens.PREFERENCES)

    async def health(self, _request: Request) -> Response:
        return await run_in_threadpool(self._health)

    async def not_found(self, _request: Request, _error: Exception) -> Response:
        return HTMLResponse(self.pages.unknown(), 404)

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

    def _health(self) -> Response:
        try:
            with self.open_store() as store:
                store.named_on()
        except Exception as error:
            log.error("not healthy", why=type(error).__name__)
            return PlainTextResponse("the store cannot be read\n", 503)
        return PlainTextResponse("ok\n")

    def _failed(self, error: Exception) -> Response:
        mark, busy = random.token_hex(2).upper(), isinstance(error, StoreBusyError)
        # As text: what shows the variables of a traceback would show the token.
        trace = "".join(traceback.format_exception(error))
        log.error("failed", job="web", name=mark, why="the store is busy" if busy else trace)
        return HTMLResponse(
            self.pages.failed(mark), 503 if busy else 500, {"Retry-After": f"{RETRY_AFTER_S}"}
        )


async def _body(request: Request) -> bytes:
    """The body, as far as it is small and comes soon."""
    body = b""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_BYTES_MAX:
                    raise HTTPException(413)
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return body


def _is_one_click(body: bytes) -> bool:
    """RFC 8058's body in either of its encodings, and not our own button's."""
    return b"One-Click" in body


async def _refused(_request: Request, error: Exception) -> Response:
    """405, 408, 413: programs get these, not readers. One line, with what HTTP wants beside it."""
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


class _Headers:
    """Puts the same headers on every answer, also on refusals."""

    def __init__(self, app: ASGIApp, style_hash: str) -> None:
        self.app = app
        self.fields = {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src '{style_hash}'; form-action 'self';"
                " frame-ancestors 'none'; base-uri 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",  # the address itself is the key
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
            # One request a connection: then one deadline bounds it all (server.py).
            "Connection": "close",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.fields)
            await send(message)

        await self.app(scope, receive, send_with_fields)
