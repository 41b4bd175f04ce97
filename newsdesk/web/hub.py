"""Requests to be told of news in, subscriptions to be verified out: our own WebSub hub. SQLite.

    POST  /hub   hub.mode, hub.callback, hub.topic (and hub.lease_seconds, hub.secret): 202

What follows, the question to the callback and deliveries, the running desk does: feeds/websub.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from articles.database import StoreBusyError
from feeds import hub
from feeds.hub import BusyError, HubError
from newsdesk.web.bodies import body
from newsdesk.web.parts import Parts

#: Five are defined; clients of older hubs send some more.
FIELDS_MAX = 20

#: What a subscriber is told to wait when a limit is reached.
RETRY_AFTER_S = 3600

log = structlog.get_logger()


def routes(parts: Parts, prefix: str) -> Sequence[Route]:
    """The hub under `prefix`; nothing where it is not switched on."""
    if not parts.hub:
        return ()
    return (Route(f"{prefix}hub", _Hub(parts).ask, methods=["POST"]),)


@dataclass(frozen=True, slots=True)
class _Hub:
    parts: Parts

    async def ask(self, request: Request) -> Response:
        content = await body(request)
        return await run_in_threadpool(self._ask, content)

    def _ask(self, content: bytes) -> Response:
        try:
            form = dict(parse_qsl(content.decode("utf-8"), max_num_fields=FIELDS_MAX))
        except ValueError:
            return PlainTextResponse("a form is expected (WebSub, 5.1)\n", 400)
        try:
            with self.parts.open_store() as store:
                hub.ask(store, self.parts.site, form, self.parts.clock())
        except (BusyError, StoreBusyError) as error:
            return PlainTextResponse(f"{error}\n", 503, {"Retry-After": f"{RETRY_AFTER_S}"})
        except HubError as error:
            return PlainTextResponse(f"{error}\n", 400)
        log.info("asked to tell", mode=form.get("hub.mode"), topic=form.get("hub.topic"))
        return PlainTextResponse("", 202)
