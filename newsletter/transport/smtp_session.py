"""One message at a time over one kept SMTP connection in, what became of it out. Network.

SMTP is spoken command by command, so that it is known whether the final dot was sent: without it a
server must not deliver (RFC 5321, 4.1.1.4), after it nobody can know until the answer. Each message
is a transaction of its own, for one recipient.
"""

from __future__ import annotations

import re
import smtplib
import socket
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache

from newsletter.transport.line import Line, Reply
from newsletter.transport.protocol import (
    AT_DOT,
    Message,
    Offering,
    Outcome,
    Session,
    Steps,
    Wait,
    cleaned,
)

#: RFC 5321, 4.5.3.2: five minutes for MAIL and RCPT.
COMMAND_TIMEOUT_S = 300

#: RFC 5321, 4.5.3.2.6: the receiver does its work now, and hanging up early makes copies.
DOT_TIMEOUT_S = 600

#: Goodbyes are not worth waiting for.
QUIT_TIMEOUT_S = 5

#: Pieces longer than this are shared by the readers of an edition, and looked through once.
SHARED_BYTES = 2048

#: So many of them: those of the editions that are being sent.
SHARED_MAX = 128


class SmtpSession(Session):
    """A connection that is made again when it breaks between two messages."""

    def __init__(self, connect: Callable[[], smtplib.SMTP]) -> None:
        self._connect = connect
        self._line: Line | None = None

    def connecting(self) -> Steps[None]:
        if self._line is not None and self._line.state != "quiet":
            self.hang_up()  # closed by the server, or it said something nobody asked for
        if self._line is None:
            self._line = Line((yield from _meanwhile(self._connect)))

    def leaving(self) -> Steps[None]:
        if self._line is not None:
            try:
                yield from self._line.send((b"QUIT\r\n",), QUIT_TIMEOUT_S)
                yield from self._line.reply(QUIT_TIMEOUT_S)
            except (OSError, smtplib.SMTPException):
                pass
        self.hang_up()

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def offering(self, sender: str, recipient: str, message: Message) -> Offering:
        line = self._line
        assert line is not None
        try:
            outcome = yield from _up_to_the_body(line, sender, recipient, sum(map(len, message)))
            if outcome is None:
                yield from line.send(_stuffed(message), COMMAND_TIMEOUT_S)
                _expect_silence(line)
        except (OSError, smtplib.SMTPException) as error:
            self.hang_up()
            return Outcome(state="deferred", reply=words(error), server=True)
        if outcome is None:
            if not (yield AT_DOT):
                self.hang_up()  # without the dot the server must throw the message away
                return None
            outcome = yield from self._dot(line)
        if outcome.state != "sent":
            yield from self._tidy(outcome)
        return outcome

    def _dot(self, line: Line) -> Steps[Outcome]:
        try:
            _expect_silence(line)  # it had the time of a commit to go away
        except smtplib.SMTPException as error:
            return Outcome(state="deferred", reply=words(error), server=True)
        try:
            yield from line.send((b".\r\n",), DOT_TIMEOUT_S)
            code, said = yield from line.reply(DOT_TIMEOUT_S)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(state="doubt", reply=f"after the final dot: {words(error)}", server=True)
        return _after_the_dot(code, said)

    def _tidy(self, outcome: Outcome) -> Steps[None]:
        """Leave the connection so that the next transaction can begin, or leave it."""
        if not outcome.server and self._line is not None:
            try:
                yield from self._line.send((b"RSET\r\n",), COMMAND_TIMEOUT_S)
                code, _ = yield from self._line.reply(COMMAND_TIMEOUT_S)
            except (OSError, smtplib.SMTPException):
                code = -1
            if code == 250:
                return
        self.hang_up()


def _meanwhile(connect: Callable[[], smtplib.SMTP]) -> Steps[smtplib.SMTP]:
    """A connection: made by a thread, for smtplib waits for names, greetings and handshakes."""
    made: list[smtplib.SMTP] = []
    failed: list[BaseException] = []
    ours, theirs = socket.socketpair()

    def run() -> None:
        try:
            made.append(connect())
        except BaseException as error:  # raised below
            failed.append(error)
        finally:
            theirs.close()

    thread = threading.Thread(target=run, daemon=True, name="connecting")
    thread.start()
    with ours:
        yield Wait(ours)
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def _up_to_the_body(line: Line, sender: str, recipient: str, size: int) -> Steps[Outcome | None]:
    """MAIL, RCPT and DATA; an outcome if one of them is refused."""
    option = f" SIZE={size}" if "size" in line.extensions else ""
    commands = (f"MAIL FROM:<{sender}>{option}", f"RCPT TO:<{recipient}>", "DATA")
    say = _grouped if "pipelining" in line.extensions else _in_turn
    mail, rcpt, data = yield from say(line, commands)
    if data[0] == 354 and (mail[0] != 250 or rcpt[0] not in (250, 251)):
        # RFC 2920, 3.1: it waits for a message nobody is to get. A new connection is simpler.
        line.close()
    if mail[0] != 250:  # nobody's mail but ours: it says nothing about the recipient
        return Outcome(state="deferred", reply=_said(*mail), server=True)
    if rcpt[0] not in (250, 251):
        return _refusal(*rcpt)
    return None if data[0] == 354 else _refusal(*data)


def _grouped(line: Line, commands: Sequence[str]) -> Steps[list[Reply]]:
    """All commands in one packet, then their answers: one journey there and back (RFC 2920)."""
    yield from line.send(("\r\n".join((*commands, "")).encode(),), COMMAND_TIMEOUT_S)
    replies: list[Reply] = []
    for _ in commands:
        replies.append((yield from line.reply(COMMAND_TIMEOUT_S)))
        if replies[-1][0] == 421:  # the others will have no answer
            break
    return replies + [replies[-1]] * (len(commands) - len(replies))


def _in_turn(line: Line, commands: Sequence[str]) -> Steps[list[Reply]]:
    """Each command when the one before is accepted; what was not said is answered as that one."""
    replies: list[Reply] = []
    for command in commands:
        yield from line.send((f"{command}\r\n".encode(),), COMMAND_TIMEOUT_S)
        replies.append((yield from line.reply(COMMAND_TIMEOUT_S)))
        if not 200 <= replies[-1][0] < 400:
            break
    return replies + [replies[-1]] * (len(commands) - len(replies))


def _expect_silence(line: Line) -> None:
    """Do not send the final dot to a server that is gone or out of step: that is no doubt yet."""
    if (state := line.state) != "quiet":
        raise smtplib.SMTPServerDisconnected(f"before the final dot the server was {state}")


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


def _stuffed(message: Message) -> list[bytes]:
    """The message as DATA wants it: lines end in CRLF, a leading dot is doubled, no final dot.

    A bare CR or LF would end the message early at some servers (SMTP smuggling).
    """
    ready, begins_line = [], True
    for piece in message:
        if piece:
            stuff = _stuffed_once if len(piece) > SHARED_BYTES else _stuffed_piece
            ready.append(stuff(piece, begins_line))
            begins_line = ready[-1].endswith(b"\r\n")
    return ready if begins_line else [*ready, b"\r\n"]


def _stuffed_piece(piece: bytes, begins_line: bool) -> bytes:
    """Our own messages have no bare line ends, which is counted much faster than it is mended."""
    ends = piece.count(b"\r\n")
    if piece.count(b"\n") != ends or piece.count(b"\r") != ends:
        piece = re.sub(rb"\r\n|\r|\n", b"\r\n", piece)
    if begins_line and piece.startswith(b"."):
        piece = b"." + piece
    return piece.replace(b"\r\n.", b"\r\n..")


_stuffed_once = lru_cache(maxsize=SHARED_MAX)(_stuffed_piece)


def _said(code: int, reply: bytes) -> str:
    words = reply.decode("utf-8", "replace")
    return cleaned(f"{code} {words}" if code > 0 else f"no SMTP reply: {words}")


def words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _said(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    return cleaned(str(error)) or type(error).__name__
