"""An application and an address in, a server in a thread of its own while a `with` lasts. Network.

The desk's other threads know nothing of it. It is bounded in every way a stranger could abuse:
connections, the time each may take, the size of a request.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
import uvicorn
from starlette.types import ASGIApp

from articles.errors import NewsdeskError
from newsdesk import config, setup
from newsdesk.config import Desk
from newsdesk.web.app import make_app
from newsdesk.web.front import Front
from newsdesk.web.parts import Parts
from newsdesk.web.polls import Polls
from newsdesk.web.protocol import Protocol

#: Connections at a time. Polls take 0.1 ms, pages some 7 ms (measured): mail programs, which come
#: in crowds after a sending, queue for seconds. A process may have 1,024 files open.
CONNECTIONS_MAX = 600

#: What a head that is still incomplete may have; proxies add a dozen short fields to a short line.
HEAD_BYTES_MAX = 16 * 1024

#: What is in hand at the end: an answer takes milliseconds. The desk ends within 10 s, of which the
#: scheduler may take 9 (scheduler.END_WITHIN_S).
END_WITHIN_S = 1.0

#: Binding was done before; past this something is very wrong with the machine.
START_WITHIN_S = 10.0

log = structlog.get_logger()


class ListenError(NewsdeskError):
    """The address cannot be listened on; the message says which, and why."""


@contextmanager
def serving(desk: Desk, listen: str = "") -> Iterator[str]:
    """Serve the desk's pages while this lasts; gives the address, "" where none is to be served.

    `listen` is `web.listen` of the settings unless said; if that is empty, nothing happens at all.

    Raises:
        ListenError: somebody else listens there, or nobody may.
        ConfigError: `listen` is no address.
    """
    listen = listen or desk.settings.web.listen
    if not listen:
        yield ""
        return
    app = make_app(parts(desk))
    with running(app, *config.host_and_port(listen)) as address:
        log.info("listening", address=address)
        yield address


def parts(desk: Desk) -> Parts:
    """What the application of this desk is made of."""
    web = desk.settings.web
    return Parts(
        open_store=lambda: setup.opened(desk),
        site=desk.site,
        newsletter=desk.newsletter,
        table=setup.region_table(desk),
        secrets=desk.secrets,
        public=desk.public,
        clock=lambda: datetime.now(UTC),
        answers_per_minute=web.answers_per_minute,
        forwarded=web.forwarded,
        renamed=web.renamed,
        removed=frozenset(web.removed),
        hub=web.hub,
    )


@contextmanager
def running(app: ASGIApp, host: str, port: int) -> Iterator[str]:
    """Run an application in a thread while this lasts; gives its address. Port 0 is any free one.

    Raises:
        ListenError: see `serving`.
    """
    listener = _bound(host, port)
    server = _server(app)
    # A daemon, and so are its workers: one that hangs does not keep the desk from ending.
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True
    )
    thread.start()
    try:
        _await_start(server, thread)
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(2 * END_WITHIN_S)
        listener.close()


def _bound(host: str, port: int) -> socket.socket:
    """The socket is made here, so that what is wrong with the address is told to who named it."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener is not None:
            listener.close()
        raise ListenError(
            f"{host}:{port}: cannot listen there ({error.strerror}); is it in use? Set web.listen"
            " in newsdesk.toml to another address"
        ) from error
    return listener


def _server(app: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_protocol(app),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,  # the program's own logging stays as it is
            log_level="error",
            access_log=False,  # an address of these pages is the key to act in a reader's name
            server_header=False,
            proxy_headers=False,  # nobody is told apart by address
            limit_concurrency=CONNECTIONS_MAX,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
            timeout_graceful_shutdown=round(END_WITHIN_S),
        )
    )


def _protocol(app: ASGIApp) -> type[Protocol]:
    polls = Polls(app) if isinstance(app, Front) else None
    return type("Protocol", (Protocol,), {"polls": polls})


def _await_start(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise ListenError("the web server did not start; the log says why")
        time.sleep(0.01)
