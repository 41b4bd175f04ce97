"""serve: feeds, and the pages on which readers act, without the rest of the desk."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from newsdesk import say

#: Where `serve` listens when neither it nor newsdesk.toml is told: this machine alone reaches it.
LISTEN = "127.0.0.1:8080"


def serve(
    context: typer.Context,
    listen: Annotated[
        str,
        typer.Option(metavar="HOST:PORT", help=f"Default web.listen of newsdesk.toml, or {LISTEN}"),
    ] = "",
) -> None:
    """Serve feeds and readers' pages.

    `run` does it too if web.listen is set.
    """
    from newsdesk import config, logs, setup
    from newsdesk.web.server import serving

    logs.configure()
    desk, stop = config.load(context.obj), threading.Event()
    with setup.opened(desk):  # no store, or a damaged one, is told now and not to a reader
        pass
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(desk, listen or desk.settings.web.listen or LISTEN) as address:
        say.note(f"Listening on {address}, for {desk.newsletter.mail_url}u/...; Ctrl-C ends it.")
        stop.wait()
