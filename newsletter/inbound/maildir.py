"""Messages that a mail server put into a Maildir folder. Files.

`new/` holds what nobody read; a message is moved to `cur/`, flagged as seen, once it was acted on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from articles.errors import TryAgainError
from newsletter.inbound.report import MESSAGE_BYTES_MAX


class MailboxError(TryAgainError):
    """The mailbox cannot be read now; what is in it stays for the next time."""


class MaildirBox:
    """A Maildir, as Postfix, Dovecot and others deliver into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def drain(self, take: Callable[[bytes], object], limit: int) -> int:
        """Hand over up to `limit` new messages, oldest name first: how many.

        Raises:
            MailboxError: no Maildir there, or one that may not be read.
        """
        try:
            names = sorted(os.listdir(self.folder / "new"))[:limit]
            for name in names:
                path = self.folder / "new" / name
                with path.open("rb") as file:
                    raw = file.read(MESSAGE_BYTES_MAX)
                take(raw)
                (self.folder / "cur").mkdir(exist_ok=True)
                path.rename(self.folder / "cur" / f"{name.partition(':')[0]}:2,S")
        except OSError as error:
            raise MailboxError(
                f"{self.folder}: cannot be read as a Maildir: {error.strerror or error}"
            ) from error
        return len(names)
