"""A folder in, the parts of its desk out: store, region table, transport, the scheduler's work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from articles import lock
from articles.regions import RegionError, RegionTable
from articles.store import Store
from feeds import selections
from feeds.bucket import Bucket
from feeds.catalog import Choice
from feeds.selections import SelectionError
from newsdesk import config
from newsdesk.config import ConfigError, Desk
from newsletter import schema as newsletter_schema

if TYPE_CHECKING:
    from feeds.websub import Teller
    from scheduler import Work

_TEMPLATE = """\
# What this desk is. `newsdesk config show` prints every setting with its default;
# docs/operating.md says what each one does.

[site]
name = {name}
url = {url}
language = "en"
time_zone = "UTC"

[newsletter]
postal_address = {postal_address}

# Messages go to mail/ in this folder until a server is named:
# [mail]
# transport = "smtp"
# host = "smtp.example.org"
# username = "digest"
# password_file = "smtp.password"

# Unsubscribe links are answered here, behind the site's own web server:
# [web]
# listen = "127.0.0.1:8080"

# Regions of your own, and what names in your articles mean (also in regions.toml):
# [regions]
# levant = ["SY", "LB", "JO", "PS", "IL"]
# [places]
# Rojava = "SY"
"""


def make_desk(
    folder: Path, name: str, url: str, now: datetime, *, postal_address: str = "", more: str = ""
) -> Path:
    """Make newsdesk.toml, store.db and the secret key in `folder`.

    Raises:
        ConfigError: a desk is there already, or the address is none.
    """
    path = folder / config.FILE
    if path.exists():
        raise ConfigError(f"{path}: a desk is here already")
    folder.mkdir(parents=True, exist_ok=True)
    text = _TEMPLATE.format(
        name=_quoted(name), url=_quoted(url), postal_address=_quoted(postal_address)
    )
    path.write_text(text + more, encoding="utf-8")
    try:
        desk = config.load(folder)
    except ConfigError:
        path.unlink()
        raise
    store = Store.open(desk.store, newsletter_schema.migrations, create=True)
    store.name_desk(urlsplit(desk.site.url).hostname or "localhost", f"{now:%Y-%m-%d}")
    store.close()
    desk.store.chmod(0o600)  # subscribers' addresses are in it
    assert desk.secrets
    return path


@contextmanager
def opened(desk: Desk) -> Iterator[Store]:
    """The desk's store, closed again at the end."""
    store = Store.open(desk.store, newsletter_schema.migrations)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def held(desk: Desk, what: str, now: datetime, *, dry_run: bool = False) -> Iterator[Store]:
    """The store, for work that only one may do at a time; `what` tells others who does it.

    A dry run gets a copy in memory, which is thrown away.

    Raises:
        articles.lock.HeldError: another process holds the desk.
    """
    if dry_run:
        with opened(desk) as store:
            copy = store.copy()
        yield copy
        copy.close()
    else:
        with lock.hold(desk.lock, f"newsdesk {what} since {now:%H:%M} UTC"), opened(desk) as store:
            yield store


def region_table(desk: Desk) -> RegionTable:
    """The built-in regions and the operator's own.

    Raises:
        ConfigError: a region, place or label of newsdesk.toml or regions.toml that cannot be.
    """
    own = desk.settings
    try:
        return RegionTable.load(own.regions, own.labels, own.places)
    except RegionError as error:
        raise ConfigError(f"{desk.folder / config.FILE}, {config.REGION_FILE}: {error}") from error


def feeds(desk: Desk, table: RegionTable) -> Choice:
    """Which feeds are wanted beside those of regions.

    Raises:
        ConfigError: a combination that names what is no region.
    """
    chosen = desk.settings.feeds
    try:
        names = tuple(selections.parse(name, table).name for name in chosen.combinations)
    except SelectionError as error:
        raise ConfigError(f"{desk.folder / config.FILE}: feeds.combinations: {error}") from error
    return Choice(combinations=names, kinds=chosen.kinds)


def bucket(desk: Desk) -> Bucket | None:
    """Where this desk's files go beside public/, if anywhere.

    Raises:
        ConfigError: the file with its keys cannot be read.
    """
    chosen = desk.settings.publish
    if not chosen.bucket:
        return None
    key, secret = os.environ.get(chosen.key_env, ""), os.environ.get(chosen.secret_env, "")
    if chosen.secret_file:
        path = desk.folder / chosen.secret_file
        try:
            key, secret, *_ = path.read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            raise ConfigError(
                f"{path}: publish.secret_file has to hold the key in its first line and the secret"
                " in its second"
            ) from None
    return Bucket(
        address=chosen.bucket,
        endpoint=chosen.endpoint,
        region=chosen.region,
        key=key,
        secret=secret,
    )


def teller(desk: Desk) -> Teller | None:
    """Who tells hubs and subscribers of news; None where nobody is to be told."""
    own, store = desk.settings.web.hub, bucket(desk)
    if not desk.hubs and not own:
        return None
    from feeds import websub  # brings feedgen

    return websub.Teller(
        site=desk.site,
        public=desk.public,
        hubs=desk.hubs,
        own=own,
        after=store.job if store else "",
        client=websub.quick(desk.http),
        clock=lambda: datetime.now(UTC),
    )


def work(desk: Desk) -> Work:
    """Everything the scheduler's jobs need, so that it reads neither settings nor clock itself."""
    from newsdesk import inbound, mailing
    from scheduler import Work  # brings libraries that no other command needs

    table = region_table(desk)
    return Work(
        open_store=lambda: opened(desk),
        table=table,
        site=desk.site,
        feeds=feeds(desk, table),
        newsletter=desk.newsletter,
        public=desk.public,
        bucket=bucket(desk),
        post=mailing.post(desk),
        mailbox=inbound.mailbox(desk),
        sources=desk.sources,
        http=desk.http,
        teller=teller(desk),
        secrets=desk.secrets,
        clock=lambda: datetime.now(UTC),
    )


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
