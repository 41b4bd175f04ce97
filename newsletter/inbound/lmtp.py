"""Messages that a mail server hands over by LMTP (RFC 2033). Network.

Each is acted on before it is acknowledged: what could not be written down is offered again by the
server that sent it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from articles.errors import NewsdeskError
from newsletter.inbound.report import MESSAGE_BYTES_MAX

#: A server that says nothing for so long is gone (RFC 5321, 4.5.3.2.7).
TIMEOUT_S = 300.0

#: Reads and acts on (raw, RCPT TO addresses); NewsdeskError asks for another try.
Take = Callable[[bytes, tuple[str, ...]], object]

_log = logging.getLogger(__name__)


class LmtpServer(Controller):
    """Listens in a thread of its own between `start()` and `stop()`."""

    def __init__(self, host: str, port: int, take: Take) -> None:
        super().__init__(_Handler(take), hostname=host, port=port)

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the address is in use, or not ours.
        """
        try:
            super().start()
        except OSError:
            self.loop.close()  # aiosmtpd leaves it open, with its sockets
            raise

    def factory(self) -> SMTP:
        return LMTP(
            self.handler,
            data_size_limit=MESSAGE_BYTES_MAX,
            timeout=TIMEOUT_S,
            enable_SMTPUTF8=True,
            ident="newsdesk",
        )


class _Handler:
    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        # RFC 2033, 4.2: after the dot, an answer for each recipient. With one, one is enough.
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        try:
            self._take(content, tuple(envelope.rcpt_tos))
        except NewsdeskError as error:
            _log.warning("not taken: %s", error)
            return "451 4.3.0 try again later"
        return "250 2.0.0 OK"
