"""Messages in a folder of an IMAP mailbox. Network.

What is unseen is read without marking it, and marked as seen once it was acted on; an interrupted
run therefore reads it again, and handling counts it once.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from newsletter.inbound.maildir import MailboxError
from newsletter.inbound.report import MESSAGE_BYTES_MAX

#: A mailbox server that says nothing for so long is out of order.
TIMEOUT_S = 60

#: The port of IMAP that is TLS from its first byte (RFC 8314).
IMAPS_PORT = 993


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Where the mailbox is. TLS always, but for a server on this machine."""

    host: str
    user: str
    password: Callable[[], str]
    port: int = IMAPS_PORT
    folder: str = "INBOX"
    ca_file: str = ""  # who signed the server's certificate, if nobody this machine knows

    @property
    def is_local(self) -> bool:
        return self.host in ("localhost", "127.0.0.1", "::1")


class ImapBox:
    """A folder of an IMAP account that only newsdesk reads."""

    def __init__(self, settings: ImapSettings) -> None:
        self.settings = settings

    def drain(self, take: Callable[[bytes], object], limit: int) -> int:
        """Hand over up to `limit` unseen messages, in the folder's order: how many.

        Raises:
            MailboxError: no connection, a wrong password, or no such folder. It holds no password.
        """
        with self._explained(), self._opened() as imap:
            _, found = imap.uid("SEARCH", "UNSEEN")
            numbers = (found[0] or b"").split()[:limit]
            for number in numbers:
                uid = number.decode()
                _, parts = imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MESSAGE_BYTES_MAX}>)")
                raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
                if isinstance(raw, bytes):  # None: somebody else removed it
                    take(raw)
                    imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        return len(numbers)

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        imap = self._connected()
        try:
            imap.login(self.settings.user, self.settings.password())
            status, said = imap.select(_quoted(self.settings.folder))
            if status != "OK":
                raise imap.error(f"no folder {self.settings.folder!r}: {said!r}")
            yield imap
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                imap.logout()

    def _connected(self) -> imaplib.IMAP4:
        host, port = self.settings.host, self.settings.port
        context = ssl.create_default_context(cafile=self.settings.ca_file or None)
        if port == IMAPS_PORT:
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=TIMEOUT_S)
        imap = imaplib.IMAP4(host, port, timeout=TIMEOUT_S)
        if not self.settings.is_local:
            imap.starttls(context)
        return imap

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.error, OSError) as error:
            where = f"{self.settings.host}:{self.settings.port}"
            raise MailboxError(f"{where}: the mailbox cannot be read: {error}") from error


def _quoted(folder: str) -> str:
    """RFC 3501, 4.3: a quoted string."""
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
