"""A desk's settings in, how its messages leave and who signs them out. Reads key files."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from newsdesk.config import ConfigError, Desk, ServerSettings
from newsletter import dkim
from newsletter.dkim import Key
from newsletter.post import Post, Server
from newsletter.transport.lmtp import Lmtp
from newsletter.transport.maildir import Maildir
from newsletter.transport.protocol import Transport
from newsletter.transport.sendmail import Sendmail
from newsletter.transport.smtp import Smtp, SmtpSettings

#: New keys sign in pairs: receivers that do not know Ed25519 yet read the other.
ALGORITHMS = ("rsa", "ed25519")


def post(desk: Desk) -> Post:
    """Everything that [mail] says.

    Raises:
        NewsdeskError: settings that contradict each other, or a key that is not there.
    """
    mail = desk.settings.mail
    servers = tuple(_server(desk, each) for each in mail.servers or (mail,))
    named = Counter(each.name for each in servers).most_common(1)
    if named[0][1] > 1:  # the ledger would take them for one
        raise ConfigError(f"two of mail.servers are called {named[0][0]!r}; give each a `name`")
    return Post(
        servers=servers,
        keys=tuple(_key(desk, selector) for selector in mail.dkim),
        bounces=mail.bounces,
        domains=mail.domains,
    )


def new_keys(desk: Desk, selector: str) -> tuple[Key, ...]:
    """Make a pair of keys and write each to dkim/SELECTOR.pem, for this user's eyes only.

    Raises:
        ConfigError: there are keys of that name.
        DkimError: the name cannot be a selector.
    """
    keys = tuple(
        dkim.generated(f"{selector}-{each}", desk.newsletter.domain, each) for each in ALGORITHMS
    )
    desk.dkim.mkdir(mode=0o700, exist_ok=True)
    for key in keys:
        path = _path(desk, key.selector)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise ConfigError(f"{path} is there already; choose another --selector") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.pem)
    return keys


def _key(desk: Desk, selector: str) -> Key:
    path = _path(desk, selector)
    try:
        return Key(selector, desk.newsletter.domain, path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"mail.dkim names {selector!r}, but {path}: {error.strerror};"
            " `newsdesk dkim new` makes keys"
        ) from error


def _path(desk: Desk, selector: str) -> Path:
    if not dkim.SELECTOR.fullmatch(selector):
        raise ConfigError(f"{selector!r} is no selector: lower-case letters, digits and -")
    return desk.dkim / f"{selector}.pem"


def _server(desk: Desk, said: ServerSettings) -> Server:
    is_files = said.transport == "maildir"
    return Server(
        transport=_transport(desk, said),
        name=said.name or (said.host if said.transport in ("smtp", "lmtp") else said.transport),
        connections=1 if is_files else said.connections,
        weight=said.weight,
        per_minute=said.per_minute,
        warm_up=said.warm_up,
    )


def _transport(desk: Desk, said: ServerSettings) -> Transport:
    if said.transport == "maildir":
        return Maildir(desk.mail)
    if said.transport == "sendmail":
        return Sendmail(said.sendmail)
    settings = SmtpSettings(
        host=said.host,
        port=said.port,
        security=said.security,
        user=said.username,
        password_env=said.password_env,
        password_file=str(desk.folder / said.password_file) if said.password_file else "",
        ca_file=str(desk.folder / said.ca_file) if said.ca_file else "",
        hello=said.hello,
    )
    return Lmtp(settings) if said.transport == "lmtp" else Smtp(settings)
