"""A teller in, hubs and subscribers told out, each host by a thread of its own. SQLite, network.

Publishing never waits for this: it looks by itself at what was published, several times a second.
A host that does not answer holds up nobody but itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import structlog

from articles.errors import NewsdeskError
from articles.store import Store
from feeds import errands
from feeds.websub import Teller

#: Hubs want to know within a second of the swap.
LOOK_EVERY_S = 0.1

#: Hosts asked at a time. Most newsrooms have one hub; our own has its subscribers' services.
HOSTS_MAX = 16

log = structlog.get_logger()


class Telling:
    """Tells, until it is stopped."""

    def __init__(
        self, open_store: Callable[[], AbstractContextManager[Store]], teller: Teller
    ) -> None:
        self._open_store, self._teller = open_store, teller
        self._asked: set[str] = set()
        self._pool = ThreadPoolExecutor(HOSTS_MAX, thread_name_prefix="tell")

    def run(self, stop: threading.Event) -> None:
        """Look every LOOK_EVERY_S; on `stop`, leave what is not done for the next start."""
        while not stop.is_set():
            try:
                with self._open_store() as store:
                    while not stop.wait(LOOK_EVERY_S):
                        self.look(store)
            except NewsdeskError as error:
                log.error("failed", job="telling", why=str(error))
                stop.wait(1.0)
            except Exception:
                log.exception("failed", job="telling")
                stop.wait(1.0)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def once(self) -> None:
        """Tell what there is to tell, and return when every host was asked."""
        with self._open_store() as store:
            self.look(store)
        self._pool.shutdown()

    def look(self, store: Store) -> None:
        """Note what was published, and send somebody to every host that waits."""
        self._teller.note(store)
        for host in errands.hosts_due(store, self._teller.clock()):
            if host not in self._asked and len(self._asked) < HOSTS_MAX:
                self._asked.add(host)
                self._pool.submit(self._ask, host)

    def _ask(self, host: str) -> None:
        try:
            with self._open_store() as store:
                for failure in self._teller.run(store, host):
                    log.warning("not told", why=failure)
        except NewsdeskError as error:
            log.error("failed", job="telling", why=str(error))
        except Exception:
            log.exception("failed", job="telling")
        finally:
            self._asked.discard(host)
