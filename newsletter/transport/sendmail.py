"""Messages to this machine's own mail system, by its sendmail program. Starts processes.

The claim is made before the program is started, for it takes a message at the end of its input,
and a message cut short by our death would look like a whole one. So the message is handed over as a
file that is complete.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.transport.protocol import Outcome, TransportError, cleaned

#: The program queues and returns; past this it hangs.
TIMEOUT_S = 600

#: sysexits.h: a fault of the one address, now and tomorrow.
EX_NOUSER, EX_NOHOST = 67, 68


class Sendmail:
    """The program at `path` as a transport."""

    def __init__(self, path: str) -> None:
        self.path = path

    @contextmanager
    def open(self) -> Iterator[Sendmail]:
        """Look whether the program is there.

        Raises:
            TransportError: it is not.
        """
        if not os.access(self.path, os.X_OK):
            raise TransportError(f"{self.path}: no program there; see mail.sendmail")
        yield self

    def offer(
        self, sender: str, recipient: str, message: bytes, before_dot: Callable[[], None]
    ) -> Outcome:
        """Hand over one message; see `protocol.Session.offer`."""
        with tempfile.TemporaryFile() as file:
            # What follows is a local program's: it wants the line ends of this machine.
            file.write(message.replace(b"\r\n", b"\n"))
            file.seek(0)
            before_dot()
            command = [self.path, "-i", "-f", sender, "--", recipient]
            try:
                done = subprocess.run(  # noqa: S603  no shell; addresses were checked
                    command, stdin=file, capture_output=True, timeout=TIMEOUT_S, check=False
                )
            except OSError as error:
                return Outcome(state="deferred", reply=f"{self.path}: {error}", server=True)
            except subprocess.TimeoutExpired:
                return Outcome(state="doubt", reply=f"{self.path} did not end", server=True)
        said = cleaned((done.stderr or done.stdout).decode("utf-8", "replace"))
        return _outcome(done.returncode, f"{Path(self.path).name} {done.returncode} {said}".strip())

    def took(self, recipient: str, message_id: str) -> bool | None:  # noqa: ARG002
        """None: its queue and log are asked by `newsdesk digest resolve --log`."""
        return None


def _outcome(status: int, reply: str) -> Outcome:
    if status == 0:
        return Outcome(state="sent", reply=reply)
    if status in (EX_NOUSER, EX_NOHOST):
        return Outcome(state="refused", reply=f"{reply} 5.1.1 ")
    if status < 0:  # killed: it may have queued the message before
        return Outcome(state="doubt", reply=reply, server=True)
    return Outcome(state="deferred", reply=reply, server=True)
