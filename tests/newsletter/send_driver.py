"""A program that plans and delivers a morning, to be ended; `--help` has its arguments.

Prints one line for each delivery whose outcome is in the ledger. SIGTERM ends it between messages.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from articles import lock
from newsletter.post import Post, Server
from newsletter.transport.maildir import Maildir
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.mail_desk import Desk


def main() -> None:
    chosen = _arguments()
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    with lock.hold(chosen.folder / "desk.lock", "the driver"):
        desk = Desk.open(chosen.folder, create=False)
        desk.plan()
        transport = (
            Smtp(SmtpSettings(host="127.0.0.1", port=chosen.port))
            if chosen.port
            else Maildir(chosen.folder / "mail")
        )
        server = Server(transport=transport, connections=chosen.connections)
        say("begun")
        done = desk.deliver(
            Post(servers=(server,)),
            stop=lambda: bool(asked),
            insist=True,
            progress=lambda delivery, state: say(delivery.id, state),
        )
        say("ended", done.stopped)
        desk.store.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int, help="0: into maildirs")
    parser.add_argument("--connections", type=int, default=1)
    return parser.parse_args()


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
