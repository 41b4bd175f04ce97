"""The desk's parts in, its web application out: the table of what answers at which address.

    feeds/..., feeds.opml   what is published, to readers and browsers      front.py, library.py
    feeds/, feeds.opml?...  the page of feeds; combinations; choices        making.py, listing.py
    u/TOKEN                 a subscriber leaves                             unsubscribe.py
    p/TOKEN                 a subscriber chooses                            preferences.py
    subscribe, c/TOKEN      somebody subscribes                             subscribe.py
    hub                     who wants to be told of news                    hub.py
    healthz, readyz         whether all is well                             health.py

All of it under the paths of `site.public_url` and `web.url`, and under `/`, for proxies that keep
those paths and for those that take them away. No cookies. What is not public comes with the same
headers, under which a browser runs no script and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsdesk.web import health, hub, preferences, subscribe, unsubscribe
from newsdesk.web.acting import Acting
from newsdesk.web.crowd import Crowd
from newsdesk.web.forms import Forms
from newsdesk.web.front import Front, ask_of, prefixes
from newsdesk.web.library import Library
from newsdesk.web.listing import Listing
from newsdesk.web.making import Making
from newsdesk.web.pages import Pages
from newsdesk.web.parts import Parts


def make_app(parts: Parts) -> Front:
    """The application: what is public in front, the pages on which readers act behind."""
    pages = Pages(parts.newsletter, parts.table, parts.public)
    acting, forms = Acting.of(parts, pages), Forms(pages, parts.table)

    def client(request: Request) -> str:
        return front.client(ask_of(request.scope))

    behind = Starlette(
        routes=[
            *(
                route
                for prefix in prefixes(parts.newsletter.mail_url)
                for route in (
                    *unsubscribe.routes(acting, prefix),
                    *preferences.routes(parts, acting, forms, prefix),
                    *subscribe.routes(parts, acting, forms, client, prefix),
                )
            ),
            *(
                route
                for prefix in prefixes(parts.site.public_url)
                for route in hub.routes(parts, prefix)
            ),
            *health.routes(parts),
        ],
        exception_handlers={404: _unknown(pages), HTTPException: _refused},
    )
    behind.router.redirect_slashes = False  # a POST that is redirected is a POST that is lost
    front = Front(
        library=Library(parts.public, parts.site),
        crowd=Crowd(parts.answers_per_minute),
        behind=_Headers(behind, pages.style_hash),
        made=Making(parts, Listing(site=parts.site, table=parts.table, pages=pages)),
        prefixes=prefixes(parts.site.public_url, parts.newsletter.mail_url),
        renamed=parts.renamed,
        removed=parts.removed,
        forwarded=parts.forwarded.lower().encode(),
    )
    return front


def _unknown(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def unknown(_request: Request, _error: Exception) -> Response:
        return HTMLResponse(pages.unknown(), 404)

    return unknown


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
