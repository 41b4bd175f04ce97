"""Messages to this machine's own mail system, by its sendmail program. Starts processes.

The claim is made before the program is started, for it takes a message at the end of its input,
and a message cut short by our death would look like a whole one. So the message is handed over as a
file that is complete.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from newsletter.transport.protocol import (
    AT_DOT,
    Message,
    Offering,
    Outcome,
    Session,
    Steps,
    Transport,
    TransportError,
    Wait,
    cleaned,
)

#: The program queues and returns; past this it hangs.
TIMEOUT_S = 600

#: Of what it says so much is read; more would be a message of its own.
SAID_BYTES_MAX = 4096

#: sysexits.h: a fault of the one address, now and tomorrow.
EX_NOUSER, EX_NOHOST = 67, 68


class Sendmail(Transport, Session):
    """The program at `path` as a transport."""

    def __init__(self, path: str) -> None:
        self.path = path

    def session(self) -> Sendmail:
        return self

    def connecting(self) -> Steps[None]:
        """Look whether the program is there.

        Raises:
            TransportError: it is not.
        """
        if not os.access(self.path, os.X_OK):
            raise TransportError(f"{self.path}: no program there; see mail.sendmail")
        yield from ()

    def offering(self, sender: str, recipient: str, message: Message) -> Offering:
        with tempfile.TemporaryFile() as file:
            # What follows is a local program's: it wants the line ends of this machine.
            file.write(b"".join(message).replace(b"\r\n", b"\n"))
            file.seek(0)
            if not (yield AT_DOT):
                return None
            command = [self.path, "-i", "-f", sender, "--", recipient]
            try:
                process = subprocess.Popen(  # noqa: S603  no shell; addresses were checked
                    command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
                )
            except OSError as error:
                return Outcome(state="deferred", reply=f"{self.path}: {error}", server=True)
        with process:
            return (yield from self._ended(process))

    def _ended(self, process: subprocess.Popen[bytes]) -> Steps[Outcome]:
        assert process.stdout
        said = b""
        while (yield Wait(process.stdout, TIMEOUT_S)):
            some = os.read(process.stdout.fileno(), SAID_BYTES_MAX)
            said = (said + some)[:SAID_BYTES_MAX]
            if not some:
                status, reply = process.wait(), cleaned(said.decode("utf-8", "replace"))
                return _outcome(status, f"{Path(self.path).name} {status} {reply}".strip())
        process.kill()
        return Outcome(state="doubt", reply=f"{self.path} did not end", server=True)


def _outcome(status: int, reply: str) -> Outcome:
    if status == 0:
        return Outcome(state="sent", reply=reply)
    if status in (EX_NOUSER, EX_NOHOST):
        return Outcome(state="refused", reply=f"{reply} 5.1.1 ")
    if status < 0:  # killed: it may have queued the message before
        return Outcome(state="doubt", reply=reply, server=True)
    return Outcome(state="deferred", reply=reply, server=True)
