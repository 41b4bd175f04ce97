"""One message at a time over one kept SMTP connection in, what became of it out. Network.

smtplib is driven command by command, so that it is known whether the final dot was sent: without it
a server must not deliver (RFC 5321, 4.1.1.4), after it nobody can know until the answer. Each
message is a transaction of its own, for one recipient.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from newsletter.transport.protocol import Outcome, cleaned

#: RFC 5321, 4.5.3.2: five minutes for MAIL and RCPT.
COMMAND_TIMEOUT_S = 300

#: RFC 5321, 4.5.3.2.6: the receiver does its work now, and hanging up early makes copies.
DOT_TIMEOUT_S = 600

#: Goodbyes are not worth waiting for.
QUIT_TIMEOUT_S = 5


class SmtpSession:
    """A connection that is made again when it breaks between two messages."""

    def __init__(self, connect: Callable[[], smtplib.SMTP]) -> None:
        self._connect = connect
        self._smtp: smtplib.SMTP | None = None

    def connect(self) -> smtplib.SMTP:
        if self._smtp is not None and _state(self._smtp) != "quiet":
            self._hang_up()  # closed by the server, or it said something nobody asked for
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                _timeout(self._smtp, QUIT_TIMEOUT_S)
                self._smtp.quit()
        self._hang_up()

    def offer(
        self, sender: str, recipient: str, message: bytes, before_dot: Callable[[], None]
    ) -> Outcome:
        """Hand over one message; see `protocol.Session.offer`."""
        smtp = self.connect()
        _timeout(smtp, COMMAND_TIMEOUT_S)
        try:
            outcome = _up_to_the_body(smtp, sender, recipient, message)
            if outcome is None:
                smtp.send(_stuffed(message))
                _expect_silence(smtp)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Outcome(state="deferred", reply=words(error), server=True)
        if outcome is not None:
            self._tidy(outcome)
            return outcome
        return self._dot(smtp, before_dot)

    def _dot(self, smtp: smtplib.SMTP, before_dot: Callable[[], None]) -> Outcome:
        try:
            before_dot()
        except BaseException:
            self._hang_up()  # without the dot the server must throw the message away
            raise
        try:
            _expect_silence(smtp)  # it had the time of a commit to go away
        except smtplib.SMTPException as error:
            self._hang_up()
            return Outcome(state="deferred", reply=words(error), server=True)
        try:
            _timeout(smtp, DOT_TIMEOUT_S)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Outcome(state="doubt", reply=f"after the final dot: {words(error)}", server=True)
        outcome = _after_the_dot(code, reply)
        if outcome.state != "sent":
            self._tidy(outcome)
        return outcome

    def _tidy(self, outcome: Outcome) -> None:
        """Leave the connection so that the next transaction can begin, or leave it."""
        if outcome.server or self._smtp is None:
            self._hang_up()
            return
        try:
            code, _ = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = -1
        if code != 250:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _up_to_the_body(
    smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes
) -> Outcome | None:
    """MAIL, RCPT and DATA; an outcome if one of them is refused."""
    options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
    if not message.isascii() and smtp.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    commands = (
        " ".join((f"MAIL FROM:<{sender}>", *options)),
        f"RCPT TO:<{recipient}>",
        "DATA",
    )
    replies = _grouped(smtp, commands) if smtp.has_extn("pipelining") else _in_turn(smtp, commands)
    mail, rcpt, data = replies
    if data[0] == 354 and (mail[0] != 250 or rcpt[0] not in (250, 251)):
        # RFC 2920, 3.1: it waits for a message nobody is to get. A new connection is simpler.
        smtp.close()
    if mail[0] != 250:  # nobody's mail but ours: it says nothing about the recipient
        return Outcome(state="deferred", reply=_said(*mail), server=True)
    if rcpt[0] not in (250, 251):
        return _refusal(*rcpt)
    return None if data[0] == 354 else _refusal(*data)


def _grouped(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[tuple[int, bytes]]:
    """All commands in one packet, then their answers: one journey there and back (RFC 2920)."""
    smtp.send("".join(f"{command}\r\n" for command in commands))
    replies: list[tuple[int, bytes]] = []
    for _ in commands:
        replies.append(smtp.getreply())
        if replies[-1][0] == 421:  # the others will have no answer
            break
    return replies + [replies[-1]] * (len(commands) - len(replies))


def _in_turn(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[tuple[int, bytes]]:
    """Each command when the one before is accepted; what was not said is answered as that one."""
    replies: list[tuple[int, bytes]] = []
    for command in commands:
        smtp.putcmd(command)
        replies.append(smtp.getreply())
        if not 200 <= replies[-1][0] < 400:
            break
    return replies + [replies[-1]] * (len(commands) - len(replies))


def _after_the_dot(code: int, reply: bytes) -> Outcome:
    if code == 250:
        return Outcome(state="sent", reply=_said(code, reply))
    if 400 <= code < 600:
        return _refusal(code, reply)
    # No SMTP reply, or one that belongs elsewhere: the message may have been taken.
    return Outcome(state="doubt", reply=f"after the final dot: {_said(code, reply)}", server=True)


def _refusal(code: int, reply: bytes) -> Outcome:
    if 500 <= code < 600:
        return Outcome(state="refused", reply=_said(code, reply))
    # 421 closes the link (RFC 5321, 3.8); what is no refusal either is a server out of step.
    is_servers = code == 421 or not 400 <= code < 500
    return Outcome(state="deferred", reply=_said(code, reply), server=is_servers)


def _stuffed(message: bytes) -> bytes:
    """The message as DATA wants it: lines end in CRLF, a leading dot is doubled, no final dot.

    A bare CR or LF would end the message early at some servers (SMTP smuggling). Our own messages
    have none, which is counted much faster than it is mended.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..")


def _state(smtp: smtplib.SMTP) -> Literal["quiet", "closed", "talking"]:
    """Whether the server said something nobody asked for, or is gone.

    An extra line would be taken for the answer to the next command: to the dot, of all things.
    """
    if smtp.sock is None:
        return "closed"
    timeout = smtp.sock.gettimeout()
    try:
        readable = bool(select.select([smtp.sock], [], [], 0)[0])
        smtp.sock.settimeout(0)
        said = smtp.file.peek(1) if smtp.file else b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return "quiet"
    except OSError:
        return "closed"
    finally:
        smtp.sock.settimeout(timeout)
    if said:
        return "talking"
    return "closed" if readable else "quiet"


def _expect_silence(smtp: smtplib.SMTP) -> None:
    """Do not send the final dot to a server that is gone or out of step: that is no doubt yet."""
    if (state := _state(smtp)) != "quiet":
        raise smtplib.SMTPServerDisconnected(f"before the final dot the server was {state}")


def _timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _said(code: int, reply: bytes) -> str:
    words = reply.decode("utf-8", "replace")
    return cleaned(f"{code} {words}" if code > 0 else f"no SMTP reply: {words}")


def words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _said(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    return cleaned(str(error)) or type(error).__name__
