"""A desk in, the mailbox its bounces come to out; and what came back lately. Reads files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from articles.errors import NewsdeskError
from newsdesk import config, setup
from newsdesk.config import Desk
from newsletter import password
from newsletter.inbound import handling
from newsletter.inbound.handling import Mailbox
from newsletter.inbound.imap import ImapBox, ImapSettings
from newsletter.inbound.maildir import MaildirBox
from newsletter.password import PasswordError


def mailbox(desk: Desk, environment: Mapping[str, str] = os.environ) -> Mailbox | None:
    """The mailbox to be read; None where none is set, or the mail server brings it (LMTP)."""
    chosen = desk.settings.inbound
    if chosen.maildir:
        return MaildirBox(desk.folder / chosen.maildir)
    if not chosen.imap_host:
        return None

    file = desk.folder / chosen.imap_password_file if chosen.imap_password_file else ""

    def read() -> str:
        try:
            return password.read(file, chosen.imap_password_env, environment)
        except PasswordError as error:
            raise NewsdeskError(f"inbound.imap_{error}") from error

    return ImapBox(
        ImapSettings(
            host=chosen.imap_host,
            port=chosen.imap_port,
            user=chosen.imap_username,
            password=read,
            folder=chosen.imap_folder,
            ca_file=chosen.imap_ca_file,
        )
    )


@contextmanager
def listening(desk: Desk) -> Iterator[None]:
    """Take messages by LMTP while the block runs, if the desk is set so."""
    if not desk.settings.inbound.lmtp:
        yield
        return
    from newsletter.inbound.lmtp import LmtpServer  # brings aiosmtpd, which nobody else needs

    def take(raw: bytes, envelope: tuple[str, ...]) -> None:
        with setup.opened(desk) as store:
            now = datetime.now(UTC)
            handling.handle(store.db, desk.secrets, raw, now=now, envelope=envelope)

    host, port = config.host_and_port(desk.settings.inbound.lmtp)
    server = LmtpServer(host, port, take)
    try:
        server.start()
    except OSError as error:
        raise NewsdeskError(f"inbound.lmtp: cannot listen on {host}:{port}: {error}") from error
    try:
        yield
    finally:
        server.stop()
