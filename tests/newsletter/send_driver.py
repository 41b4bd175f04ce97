"""A program that plans and delivers a morning, to be killed: FOLDER PORT [FILE_BYTES_MAX].

Prints one line for each delivery whose outcome is in the ledger. SIGTERM ends it between messages.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from newsletter.transport.maildir import Maildir
from newsletter.transport.smtp import Smtp, SmtpSettings
from tests.newsletter.mail_desk import Desk


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    desk = Desk.open(folder, create=False)
    desk.plan()
    if len(sys.argv) > 3:  # a full disk, for this process alone
        most = int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    transport = (
        Smtp(SmtpSettings(host="127.0.0.1", port=port)) if port else Maildir(folder / "mail")
    )
    say("begun")
    done = desk.deliver(
        transport,
        stop=lambda: bool(asked),
        insist=True,
        progress=lambda delivery, state: say(delivery.id, state),
    )
    say("ended", done.stopped)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
