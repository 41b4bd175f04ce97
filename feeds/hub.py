"""Who asks to be told in, who is told out: the subscriptions of our own hub (WebSub). SQLite.

A subscription holds once its callback has said so itself: `verify` sends it a number that only the
one who gets it can repeat. It ends with its lease. The addresses are strangers': they are asked by
`articles.http`, which goes to public addresses only.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import msgspec

from articles import database
from articles.addresses import web_address
from articles.errors import NewsdeskError
from articles.http import Client, FetchError
from articles.model import Site
from articles.store import Store, stamp
from feeds import errands
from feeds.errands import Errand

#: Subscribers renew; ten days is what hubs give who names no other time.
LEASE, LEASE_MIN, LEASE_MAX = timedelta(days=10), timedelta(hours=1), timedelta(days=30)

#: WebSub, 5.1: a secret is shorter than 200 bytes.
SECRET_BYTES_MAX = 199

#: To one host: a reader's service follows each region in one format.
SUBSCRIPTIONS_PER_HOST_MAX = 500

#: In all: a fat ping to each is some minutes of one thread.
SUBSCRIPTIONS_MAX = 10_000

#: Questions to one host that it has not answered yet: else we could be sent to flood it.
VERIFICATIONS_PER_HOST_MAX = 50

#: A callback longer than this is somebody's test of ours.
CALLBACK_CHARS_MAX = 1_000


class HubError(NewsdeskError):
    """A request that the hub refuses; the message goes to who sent it."""


class BusyError(HubError):
    """A limit is reached; the same request may be taken later."""


class _Wish(msgspec.Struct, frozen=True):
    mode: str
    lease_s: int
    secret: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody who is told of one feed."""

    callback: str
    topic: str
    secret: str


def address(site: Site) -> str:
    """Where our hub is reached."""
    return f"{site.public_url}hub"


def ask(store: Store, site: Site, form: Mapping[str, str], now: datetime) -> None:
    """Take a request to subscribe or unsubscribe (WebSub, 5.1); it is verified soon.

    Raises:
        HubError: it is not complete, or not about a feed of ours.
        BusyError: too many from or for this host.
    """
    mode, topic = form.get("hub.mode", ""), form.get("hub.topic", "")
    callback = web_address(form.get("hub.callback", "")) or ""
    secret = form.get("hub.secret", "")
    if mode not in ("subscribe", "unsubscribe"):
        raise HubError("hub.mode is subscribe or unsubscribe")
    if not callback or len(callback) > CALLBACK_CHARS_MAX or urlsplit(callback).fragment:
        raise HubError("hub.callback is no http(s) address of at most 1,000 characters")
    if len(secret.encode("utf-8", "replace")) > SECRET_BYTES_MAX:
        raise HubError("hub.secret has 200 bytes or more")
    if not _is_feed(store, site, topic):
        raise HubError("hub.topic is no feed of ours; give its address as in rel=self")
    wish = _Wish(mode, _lease_s(form.get("hub.lease_seconds", "")), secret)
    with database.write(store.db):
        _check_limits(store, callback, now)
        details = msgspec.json.encode(wish).decode()
        errands.add(store, "verify", [(callback, topic, details)], now)


def verify(store: Store, errand: Errand, client: Client, now: datetime) -> None:
    """Ask the callback whether it wants that (WebSub, 5.3), and do it if it does.

    Raises:
        FetchError: it could not be asked.
    """
    wish = msgspec.json.decode(errand.details, type=_Wish)
    challenge = secrets.token_urlsafe(24)
    query = {"hub.mode": wish.mode, "hub.topic": errand.topic, "hub.challenge": challenge}
    if wish.mode == "subscribe":
        query["hub.lease_seconds"] = str(wish.lease_s)
    joint = "&" if urlsplit(errand.url).query else "?"
    answer = client.get(f"{errand.url}{joint}{urlencode(query)}")
    if answer.status >= 500:
        raise FetchError(f"{errand.url}: answered {answer.status}")
    agreed = 200 <= answer.status < 300 and answer.body.strip() == challenge.encode()
    if not agreed:
        return  # it never asked: whoever did had no right to
    if wish.mode == "unsubscribe":
        forget(store, errand.url, errand.topic)
        return
    store.db.execute(
        "INSERT OR REPLACE INTO hub_subscriptions VALUES (?, ?, ?, ?, ?)",
        (
            errand.url,
            errand.topic,
            urlsplit(errand.url).netloc,
            wish.secret,
            stamp(now + timedelta(seconds=wish.lease_s)),
        ),
    )


def subscribers(store: Store, topics: Iterable[str], now: datetime) -> list[tuple[str, str, str]]:
    """Who is to be told of these feeds: (callback, topic, ""). Forgets those whose lease ended."""
    store.db.execute("DELETE FROM hub_subscriptions WHERE expires_at <= ?", (stamp(now),))
    return [
        (callback, topic, "")
        for topic in topics
        for (callback,) in store.db.execute(
            "SELECT callback FROM hub_subscriptions WHERE topic = ?", (topic,)
        )
    ]


def subscription(store: Store, callback: str, topic: str, now: datetime) -> Subscription | None:
    """The one of this callback, if it holds now."""
    row = store.db.execute(
        """
        SELECT callback, topic, secret FROM hub_subscriptions
        WHERE callback = ? AND topic = ? AND expires_at > ?
        """,
        (callback, topic, stamp(now)),
    ).fetchone()
    return Subscription(*row) if row else None


def forget(store: Store, callback: str, topic: str) -> None:
    """End a subscription."""
    store.db.execute(
        "DELETE FROM hub_subscriptions WHERE callback = ? AND topic = ?", (callback, topic)
    )


def _check_limits(store: Store, callback: str, now: datetime) -> None:
    host = urlsplit(callback).netloc
    if errands.waiting(store, host, "verify") >= VERIFICATIONS_PER_HOST_MAX:
        raise BusyError(f"{host} has not answered earlier requests yet")
    of_host, of_all = store.db.execute(
        """
        SELECT coalesce(sum(host = ?), 0), count(*) FROM hub_subscriptions WHERE expires_at > ?
        """,
        (host, stamp(now)),
    ).fetchone()
    if of_host >= SUBSCRIPTIONS_PER_HOST_MAX or of_all >= SUBSCRIPTIONS_MAX:
        raise BusyError("no more subscriptions for now")


def _is_feed(store: Store, site: Site, topic: str) -> bool:
    if not topic.startswith(site.public_url):
        return False
    row = store.db.execute(
        "SELECT 1 FROM published_files WHERE name = ? AND digest <> '' AND name LIKE 'feeds/%.%'",
        (topic.removeprefix(site.public_url),),
    ).fetchone()
    return row is not None


def _lease_s(text: str) -> int:
    wanted = timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 10 else LEASE
    return round(min(max(wanted, LEASE_MIN), LEASE_MAX).total_seconds())
