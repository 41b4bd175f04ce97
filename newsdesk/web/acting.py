"""What to do with the store in, a page out: the same care for every page on which readers act.

Each acts on a connection of its own, for SQLite's belong to a thread. A mishap becomes a page that
says so and names a mark that stands in the log too; a token never gets into the log.
"""

from __future__ import annotations

import secrets as random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from starlette.responses import HTMLResponse, Response

from articles.database import StoreBusyError
from articles.store import Store
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


@dataclass(frozen=True, slots=True)
class Acting:
    """The store, as pages act on it."""

    open_store: OpenStore
    pages: Pages
    secrets: tuple[str, ...]
    clock: Callable[[], datetime]

    @classmethod
    def of(cls, parts: Parts, pages: Pages) -> Acting:
        return cls(parts.open_store, pages, parts.secrets, parts.clock)

    def for_reader(
        self, act: Callable[[Store, Subscriber], Response], token: str, purpose: str
    ) -> Response:
        """Find whose token it is, and act."""

        def find_and_act(store: Store) -> Response:
            key = tokens.subscriber_of(self.secrets, token, purpose)
            subscriber = subscribers.by_key(store.db, key)
            return act(store, subscriber) if subscriber else self.unknown()

        return self.on_store(find_and_act)

    def on_store(self, act: Callable[[Store], Response]) -> Response:
        """Act on the store; whatever goes wrong becomes a page."""
        try:
            with self.open_store() as store:
                store.db.execute(f"PRAGMA busy_timeout = {STORE_WITHIN_S * 1000:.0f}")
                return act(store)
        except tokens.TokenError:
            return self.unknown()
        except Exception as error:  # the reader gets a page that says so, whatever it was
            return self._failed(error)

    def unknown(self) -> Response:
        """There is nothing at this address."""
        return HTMLResponse(self.pages.unknown(), 404)

    def _failed(self, error: Exception) -> Response:
        mark, busy = random.token_hex(2).upper(), isinstance(error, StoreBusyError)
        # As text: what shows the variables of a traceback would show the token.
        trace = "".join(traceback.format_exception(error))
        log.error("failed", job="web", name=mark, why="the store is busy" if busy else trace)
        return HTMLResponse(
            self.pages.failed(mark), 503 if busy else 500, {"Retry-After": f"{RETRY_AFTER_S}"}
        )
