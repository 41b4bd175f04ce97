"""The store and the public folder in, whether all is well out: for monitors. SQLite, read only.

GET  /healthz   "ok" when the store can be read             503 when not
GET  /readyz    "ok" when there are feeds to serve as well  503 when not
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newsdesk.web.parts import OpenStore, Parts

log = structlog.get_logger()


def routes(parts: Parts) -> Sequence[Route]:
    """The two addresses."""
    monitor = _Monitor(parts.open_store, parts.public)
    return (
        Route("/healthz", monitor.health, methods=["GET"]),
        Route("/readyz", monitor.readiness, methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class _Monitor:
    open_store: OpenStore
    public: Path

    async def health(self, _request: Request) -> Response:
        return await run_in_threadpool(self._health)

    async def readiness(self, _request: Request) -> Response:
        return await run_in_threadpool(self._readiness)

    def _health(self) -> Response:
        try:
            with self.open_store() as store:
                store.named_on()
        except Exception as error:
            log.error("not healthy", why=type(error).__name__)
            return PlainTextResponse("the store cannot be read\n", 503)
        return PlainTextResponse("ok\n")

    def _readiness(self) -> Response:
        if not (self.public / "feeds.opml").is_file():
            return PlainTextResponse("nothing is published yet; run `newsdesk publish`\n", 503)
        return self._health()
