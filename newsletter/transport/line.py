"""A connection that smtplib has made, as a line that never blocks: bytes out, replies in. Network.

smtplib connects, protects and logs in, which is done once and may wait; from there on what has to
wait says so (`protocol.Wait`).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from typing import Literal

from newsletter.transport.protocol import Steps, Wait

#: RFC 5321, 4.5.3.1.5: a line of a reply has 512 bytes. Who says more than this never ends.
REPLY_BYTES_MAX = 65_536

#: As much as a message mostly has, so that it goes to the system at once.
SEND_BUFFER_BYTES = 262_144

#: What the system takes in one call (IOV_MAX is 1,024).
PIECES_MAX = 1000

_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

Reply = tuple[int, bytes]


class Line:
    """One connection. Belongs to one thread."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        assert smtp.sock is not None
        self._smtp, self._socket = smtp, smtp.sock
        self._is_tls = isinstance(smtp.sock, ssl.SSLSocket)
        self.extensions = frozenset(smtp.esmtp_features)
        self._socket.setblocking(False)
        try:  # what smtplib has read and not understood
            self._said = smtp.file.peek() if smtp.file else b""
        except _NOT_NOW:
            self._said = b""

    def send(self, pieces: Sequence[bytes], timeout_s: float) -> Steps[None]:
        """Say all of this.

        Raises:
            OSError: the connection is gone, or stuck.
        """
        left: Sequence[bytes | memoryview] = [b"".join(pieces)] if self._is_tls else pieces
        while left:
            try:
                sent = self._sent(left)
            except _NOT_NOW as error:
                to_write = not isinstance(error, ssl.SSLWantReadError)
                if not (yield Wait(self._socket, timeout_s, to_write)):
                    raise TimeoutError("timed out") from None
                continue
            left = _after(left, sent)

    def _sent(self, pieces: Sequence[bytes | memoryview]) -> int:
        if len(pieces) == 1:
            return self._socket.send(pieces[0])
        return self._socket.sendmsg(pieces[:PIECES_MAX])

    def reply(self, timeout_s: float) -> Steps[Reply]:
        """The code and the words of the next reply; the code of what is none is -1.

        Raises:
            OSError, smtplib.SMTPException: the connection is gone, or stuck.
        """
        while (found := self._whole_reply()) is None:
            if not (yield Wait(self._socket, timeout_s)):
                raise TimeoutError("timed out")
            if not self._heard():
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
            if len(self._said) > REPLY_BYTES_MAX:
                raise smtplib.SMTPServerDisconnected("a reply without an end")
        return found

    @property
    def state(self) -> Literal["quiet", "closed", "talking"]:
        """Whether the server said something nobody asked for, or is gone.

        An extra line would be taken for the answer to the next command: to the dot, of all things.
        """
        try:
            is_open = self._heard()
        except OSError:
            return "closed"
        return "talking" if self._said else "quiet" if is_open else "closed"

    def close(self) -> None:
        self._smtp.close()

    def _heard(self) -> bool:
        """Take what has come; False when nothing will come any more."""
        try:
            some = self._socket.recv(REPLY_BYTES_MAX)
        except _NOT_NOW:
            return True
        self._said += some
        return bool(some)

    def _whole_reply(self) -> Reply | None:
        """The first reply in what was said, taken out of it (RFC 5321, 4.2.1)."""
        words, at = [], 0
        while (end := self._said.find(b"\n", at)) >= 0:
            line, at = self._said[at:end], end + 1
            words.append(line[4:].strip())
            code = int(line[:3]) if line[:3].isdigit() else -1
            if code == -1 or line[3:4] != b"-":
                self._said = self._said[at:]
                return code, b"\n".join(words)
        return None


def _after(pieces: Sequence[bytes | memoryview], sent: int) -> Sequence[bytes | memoryview]:
    """What is left of the pieces when so many bytes are gone."""
    for at, piece in enumerate(pieces):
        if sent < len(piece):
            return [memoryview(piece)[sent:], *pieces[at + 1 :]]
        sent -= len(piece)
    return ()
