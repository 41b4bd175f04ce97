"""A desk in, what is well with it and what is not out: findings. Reads files, store, DNS, mail.

Nothing is changed, and nothing is sent: the mail server is greeted and logged in to, no more.
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parseaddr, parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from articles.errors import NewsdeskError
from articles.http import Client, FetchError
from articles.store import Store
from newsdesk import mailing, say, setup
from newsdesk.config import Desk
from newsletter import reputation, subscribers
from newsletter.dkim import Key
from newsletter.dns import Resolver, ResolverError
from newsletter.ledger import Ledger
from newsletter.palette import palette
from newsletter.reputation import Finding, Level

#: Below this a morning's messages may not find room.
FREE_MIN = 200 * 1024**2

#: A checkpoint copies at most the store once.
FREE_STORES = 2

#: A clock that is wrong by more dates mail so that filters notice.
CLOCK_WITHIN = timedelta(minutes=5)

#: Changes older than this mean that nobody runs the desk.
WAITING_MAX = 1_000

Clock = Callable[[], datetime]


def findings(
    desk: Desk,
    resolver: Resolver,
    clock: Clock,
    *,
    keys: Sequence[Key] | None = None,
    addresses: Sequence[str] = (),
    their_clock: Callable[[str], datetime | None] = lambda _url: None,
) -> Iterator[Finding]:
    """Everything that can be looked at from here.

    `addresses` are the IP addresses mail leaves from; those of the mail servers unless given.
    `keys` are those that sign; the settings' own unless given.
    `their_clock` asks a web server for the time.
    """
    yield from _settings(desk)
    yield from _secret(desk)
    yield from _disk(desk)
    yield from _store(desk, clock())
    yield from _clock(desk, clock, their_clock)
    yield from _login(desk)
    if desk.settings.mail.transport == "maildir":
        yield Finding(
            about="mail",
            level="mind",
            found="no mail is sent: messages go to the folder mail/",
            do='set mail.transport = "smtp", with mail.host',
        )
        return
    sender = desk.newsletter.domain
    bounces = desk.settings.mail.bounces or parseaddr(desk.newsletter.sender)[1]
    returns = bounces.rpartition("@")[2].lower()
    if keys is None:
        keys = mailing.post(desk).keys
    yield from reputation.findings(
        resolver,
        sender=sender,
        returns=returns,
        addresses=addresses or _addresses(desk, resolver),
        keys=keys,
    )


def time_at(url: str, desk: Desk) -> datetime | None:
    """The time by a web server's own clock; None where it cannot be asked, or does not say."""
    client = Client(private_hosts=frozenset(desk.settings.network.private_hosts))
    try:
        return parsedate_to_datetime(client.get(url).headers.get("date", ""))
    except (FetchError, ValueError, TypeError):
        return None


def _settings(desk: Desk) -> Iterator[Finding]:
    settings = desk.settings
    url = settings.web.url or settings.site.public_url or settings.site.url
    secure = urlsplit(url).scheme == "https"
    yield Finding(
        about="links",
        level="fine" if secure else "wrong",
        found=f"mails lead to {url}",
        do="" if secure else "unsubscribing by one click needs https (RFC 8058): set web.url",
    )
    if not settings.newsletter.postal_address:
        yield Finding(
            about="address",
            level="mind",
            found="no postal address stands in the mails; most countries want one",
            do="set newsletter.postal_address",
        )
    if not settings.web.listen:
        yield Finding(
            about="pages",
            level="mind",
            found="`run` does not answer unsubscribe links",
            do="set web.listen, or run `newsdesk serve` beside it",
        )
    used = palette(desk.newsletter.accent, desk.newsletter.mark)
    for name, asked, got in (
        ("accent", desk.newsletter.accent, used.accent),
        ("mark", desk.newsletter.mark, used.mark),
    ):
        if asked.upper() != got.upper():
            yield Finding(
                about="colour",
                level="fine",
                found=f"newsletter.{name}: {got} is used for {asked}, so that it can be read",
            )


def _secret(desk: Desk) -> Iterator[Finding]:
    path = desk.folder / "secret.key"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            about="secret",
            level="wrong",
            found=f"{path} can be read by others",
            do=f"chmod 600 {path}",
        )


def _disk(desk: Desk) -> Iterator[Finding]:
    free = shutil.disk_usage(desk.folder).free
    needed = max(FREE_MIN, FREE_STORES * desk.store.stat().st_size if desk.store.exists() else 0)
    level: Level = "fine" if free >= needed else "wrong"
    yield Finding(
        about="disk",
        level=level,
        found=f"{free / 1024**3:,.1f} GB free",
        do="" if level == "fine" else f"{needed / 1024**3:,.1f} GB are needed",
    )


def _store(desk: Desk, now: datetime) -> Iterator[Finding]:
    try:
        with setup.opened(desk) as store:
            yield from _in_store(store, now)
    except (NewsdeskError, sqlite3.DatabaseError) as error:
        yield Finding(about="store", level="wrong", found=str(error), do="restore it from a backup")


def _in_store(store: Store, now: datetime) -> Iterator[Finding]:
    (verdict,) = store.db.execute("PRAGMA quick_check(1)").fetchone()
    whole = verdict == "ok"
    yield Finding(
        about="store",
        level="fine" if whole else "wrong",
        found="store.db is whole" if whole else f"store.db is damaged: {verdict}",
        do="" if whole else "restore it from a backup",
    )
    waiting = store.changes_waiting()
    if waiting > WAITING_MAX:
        yield Finding(
            about="desk",
            level="wrong",
            found=f"{waiting:,} changes of articles wait",
            do="is `newsdesk run` running? `newsdesk publish` does it once",
        )
    doubts = Ledger(store.db).doubts()
    if doubts:
        yield Finding(
            about="doubts",
            level="mind",
            found=f"{say.count(len(doubts), 'message')} may or may not have arrived",
            do="`newsdesk digest doubts` lists them",
        )
    readers = len(subscribers.active(store.db))
    yield Finding(about="readers", level="fine", found=f"{readers:,} get the digest")
    latest = store.db.execute("SELECT max(changed_at) FROM subscribers").fetchone()[0]
    if latest and latest > f"{now + CLOCK_WITHIN:%Y-%m-%dT%H:%M:%SZ}":
        yield Finding(
            about="clock",
            level="wrong",
            found=f"the store knows of {latest}, which is yet to come",
            do="set this machine's clock; use NTP",
        )


def _clock(
    desk: Desk, clock: Clock, their_clock: Callable[[str], datetime | None]
) -> Iterator[Finding]:
    theirs = their_clock(desk.site.url)
    if theirs is None:
        yield Finding(
            about="clock", level="unknown", found=f"{desk.site.url} did not tell the time"
        )
        return
    apart = abs(clock() - theirs)
    level: Level = "fine" if apart <= CLOCK_WITHIN else "wrong"
    yield Finding(
        about="clock",
        level=level,
        found=f"{apart.total_seconds():,.0f} s from that of {urlsplit(desk.site.url).hostname}",
        do="" if level == "fine" else "set this machine's clock; use NTP",
    )


def _login(desk: Desk) -> Iterator[Finding]:
    if desk.settings.mail.transport == "maildir":
        return
    for server in mailing.post(desk).servers:
        try:
            with server.transport.open():
                yield Finding(about="login", level="fine", found=f"{server.name} lets us in")
        except NewsdeskError as error:
            yield Finding(
                about="login", level="wrong", found=str(error), do="see mail.host and the password"
            )


def _addresses(desk: Desk, resolver: Resolver) -> list[str]:
    """The mail servers' public addresses: where mail leaves from, unless it is a relay's front."""
    mail = desk.settings.mail
    found: list[str] = []
    for server in mail.servers or (mail,):
        with suppress(ResolverError):
            found += resolver.addresses(server.host)
    return [each for each in found if ip_address(each).is_global]
