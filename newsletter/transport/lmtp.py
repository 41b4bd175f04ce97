"""Messages to a mail store that speaks LMTP (RFC 2033), over TCP or a local socket. Network.

With one recipient a message, LMTP differs from SMTP in its greeting alone: one answer to the dot.
"""

from __future__ import annotations

import smtplib

from newsletter.transport.smtp import CONNECT_TIMEOUT_S, Smtp


class Lmtp(Smtp):
    """A mail store as a transport; `settings.host` may be the path of its socket."""

    def _greeted(self) -> smtplib.SMTP:
        host, port = self.settings.host, self.settings.port
        lmtp = smtplib.LMTP(
            "", local_hostname=self.settings.hello or None, timeout=CONNECT_TIMEOUT_S
        )
        code, words = lmtp.connect(host, port)
        if code != 220:
            lmtp.close()
            raise smtplib.SMTPConnectError(code, words)
        return lmtp
