"""People who ask for the digest, or no longer want it, in; the subscribers' table out. SQLite.

An address is compared by its key: the local part as it is (RFC 5321 leaves its meaning to the
receiver), the domain in IDNA and lower case. Whoever leaves is put on the suppression list, by a
hash; it outlives the row, and no import brings them back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache

from articles.database import Database, write
from articles.store import moment, stamp
from newsletter import journal
from newsletter.journal import Line
from newsletter.model import Subscriber
from newsletter.wishes import SubscriberError, Wish, checked_address

COLUMNS = (
    "id, key, address, asked_at, regions, hour, time_zone, language, days, minutes, format,"
    " paused_until"
)

#: 128 random bits in hex: what tokens, message ids and return addresses are made of.
KEY_CHARS = 32

#: Different sets of regions and hours that are kept read: many subscribers share each.
WISHES_MAX = 4096


class KnownError(SubscriberError):
    """The address is subscribed already."""


class SuppressedError(SubscriberError):
    """The address asked, or was found, not to be mailed."""


def add(
    db: Database, wish: Wish, *, now: datetime, source: str, asked_again: bool = False
) -> Subscriber:
    """Subscribe an address. `source` says how we know that they asked.

    `asked_again` is for somebody who left and, by their own act, returns.

    Raises:
        KnownError: it is subscribed already.
        SuppressedError: it is on the suppression list, and `asked_again` is false.
    """
    with write(db):
        return insert(db, wish, now=now, source=source, asked_again=asked_again)


def insert(
    db: Database, wish: Wish, *, now: datetime, source: str, asked_again: bool = False
) -> Subscriber:
    """`add` inside a transaction of the caller's."""
    address_hash = hashed(db, wish.address_key)
    if asked_again:
        db.execute("DELETE FROM suppressions WHERE address_hash = ?", (address_hash,))
    elif (why := suppressed(db, wish.address_key)) is not None:
        raise SuppressedError(
            f"{wish.address} is not to be mailed ({why}); if they asked for it again, say so"
        )
    before = db.execute(
        "SELECT state FROM subscribers WHERE address_key = ?", (wish.address_key,)
    ).fetchone()
    if before and before[0] == "active":
        raise KnownError(f"{wish.address} is subscribed already")
    db.execute(
        """
        INSERT INTO subscribers (key, address, address_key, address_hash, regions, hour,
                                 time_zone, language, days, minutes, format, asked_at,
                                 source, changed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (address_key) DO UPDATE SET
            address = excluded.address, regions = excluded.regions, hour = excluded.hour,
            time_zone = excluded.time_zone, language = excluded.language,
            days = excluded.days, minutes = excluded.minutes, format = excluded.format,
            asked_at = excluded.asked_at, source = excluded.source, state = 'active',
            changed_at = excluded.changed_at
        """,
        (
            secrets.token_hex(KEY_CHARS // 2),
            wish.address,
            wish.address_key,
            address_hash,
            json.dumps(wish.regions),
            f"{wish.hour:%H:%M}",
            wish.time_zone,
            wish.language,
            wish.days,
            wish.minutes,
            wish.format,
            stamp(now),
            source,
            stamp(now),
        ),
    )
    subscriber = _one(db, "address_key = ?", wish.address_key)
    assert subscriber is not None
    return subscriber


def change(db: Database, subscriber: Subscriber, *, now: datetime) -> None:
    """Write what a subscriber chose anew, from regions to format; the address stays."""
    db.execute(
        """
        UPDATE subscribers SET regions = ?, hour = ?, time_zone = ?, language = ?, days = ?,
                               minutes = ?, format = ?, paused_until = ?, changed_at = ?
        WHERE id = ?
        """,
        (
            json.dumps(subscriber.regions),
            f"{subscriber.hour:%H:%M}",
            subscriber.time_zone,
            subscriber.language,
            subscriber.days,
            subscriber.minutes,
            subscriber.format,
            subscriber.paused_until.isoformat() if subscriber.paused_until else None,
            stamp(now),
            subscriber.id,
        ),
    )


def remove(db: Database, subscriber: Subscriber, *, now: datetime, reason: str) -> None:
    """End a subscription. From the moment this returns nothing more is sent to the address.

    What waits for them is cancelled; doing it twice changes nothing.
    """
    with write(db):
        bar(db, subscriber, now=now, reason=reason)


def suppress(db: Database, address_key: str, *, now: datetime, reason: str) -> None:
    """Never mail this address, whether or not it is subscribed."""
    with write(db):
        _suppress(db, hashed(db, address_key), now=now, reason=reason)


def bar(db: Database, subscriber: Subscriber, *, now: datetime, reason: str) -> None:
    """`remove` inside a transaction of the caller's."""
    (address_hash,) = db.execute(
        "SELECT address_hash FROM subscribers WHERE id = ?", (subscriber.id,)
    ).fetchone()
    _suppress(db, address_hash, now=now, reason=reason)


def _suppress(db: Database, address_hash: str, *, now: datetime, reason: str) -> None:
    kept = journal.beside(db)
    if kept:  # a backup of the store that is put back must not forget it
        ((number,),) = db.execute(
            "UPDATE mail_commits SET number = number + 1 RETURNING number"
        ).fetchall()
        kept.note([Line(number, stamp(now), f"-{address_hash}")])
    bar_hash(db, address_hash, now=now, reason=reason)


def bar_hash(db: Database, address_hash: str, *, now: datetime, reason: str) -> None:
    """End, in a transaction of the caller's, whatever is sent to the address with this hash."""
    db.execute(
        """
        INSERT INTO suppressions (address_hash, reason, at) VALUES (?, ?, ?)
        ON CONFLICT (address_hash) DO NOTHING
        """,
        (address_hash, reason, stamp(now)),
    )
    db.execute(
        """
        UPDATE deliveries SET state = 'cancelled', changed_at = ?, reply = ?
        WHERE state IN ('planned', 'deferred') AND subscriber_id IN (
            SELECT id FROM subscribers WHERE address_hash = ?)
        """,
        (stamp(now), reason, address_hash),
    )
    db.execute(
        """
        UPDATE subscribers SET state = 'removed', changed_at = ?
        WHERE state = 'active' AND address_hash = ?
        """,
        (stamp(now), address_hash),
    )


def erase(db: Database, subscriber: Subscriber, *, now: datetime) -> None:
    """Forget a person: address and choices go, the suppression's hash and the counts stay."""
    remove(db, subscriber, now=now, reason="erased")
    db.execute(
        """
        UPDATE subscribers
        SET address = '', address_key = 'erased ' || id, regions = '[]', source = 'erased',
            address_hash = 'erased ' || id
        WHERE id = ?
        """,
        (subscriber.id,),
    )


def find(db: Database, address: str) -> Subscriber | None:
    """The subscriber with this address, active or not; None if there is none."""
    try:
        address_key = checked_address(address)[1]
    except SubscriberError:
        return None
    return _one(db, "address_key = ?", address_key)


def by_key(db: Database, key: str) -> Subscriber | None:
    """The subscriber with this key, or with one that begins so: all that a token has of it."""
    return _one(db, "key BETWEEN ? AND ?", *keys(key))


def keys(beginning: str) -> tuple[str, str]:
    """The first and the last key that begins so."""
    return beginning.ljust(KEY_CHARS, "0"), beginning.ljust(KEY_CHARS, "f")


def by_id(db: Database, number: int) -> Subscriber:
    """The subscriber with this id, which exists: ids are never given twice, nor rows deleted."""
    subscriber = _one(db, "id = ?", number)
    assert subscriber is not None
    return subscriber


def active(db: Database) -> tuple[Subscriber, ...]:
    """Everybody who gets the digest, in the order they came."""
    rows = db.execute(f"SELECT {COLUMNS} FROM subscribers WHERE state = 'active' ORDER BY id")
    return tuple(map(subscriber_of_row, rows))


def is_active(db: Database, subscriber: Subscriber) -> bool:
    """Whether they get the digest now."""
    row = db.execute("SELECT state FROM subscribers WHERE id = ?", (subscriber.id,)).fetchone()
    return bool(row and row[0] == "active")


def suppressed(db: Database, address_key: str) -> str | None:
    """Why and since when an address is not to be mailed; None when it may be."""
    row = db.execute(
        "SELECT reason, at FROM suppressions WHERE address_hash = ?", (hashed(db, address_key),)
    ).fetchone()
    return f"{row[0]}, {row[1][:10]}" if row else None


def hashed(db: Database, address_key: str) -> str:
    """What a suppression keeps of an address.

    Letter case is ignored: to suppress one address too many does less harm than one too few.
    """
    (salt,) = db.execute("SELECT salt FROM newsletter_salt").fetchone()
    return hmac.new(salt, address_key.lower().encode(), hashlib.sha256).hexdigest()


def subscriber_of_row(row: Sequence[object]) -> Subscriber:
    """A Subscriber of the COLUMNS of a row."""
    number, key, address, asked_at, regions, hour, time_zone, language = row[:8]
    days, minutes, form, paused_until = row[8:]
    assert isinstance(number, int)
    assert isinstance(days, int)
    assert isinstance(minutes, int)
    return Subscriber(
        id=number,
        key=str(key),
        address=str(address),
        asked_at=moment(str(asked_at)),
        regions=_regions(str(regions)),
        hour=_hour(str(hour)),
        time_zone=str(time_zone),
        language=str(language),
        days=days,
        minutes=minutes,
        format="text" if form == "text" else "html",
        paused_until=date.fromisoformat(str(paused_until)) if paused_until else None,
    )


@lru_cache(maxsize=WISHES_MAX)
def _regions(cell: str) -> tuple[str, ...]:
    return tuple(json.loads(cell))


@lru_cache(maxsize=WISHES_MAX)
def _hour(cell: str) -> time:
    return time.fromisoformat(cell)


def _one(db: Database, where: str, *values: object) -> Subscriber | None:
    row = db.execute(f"SELECT {COLUMNS} FROM subscribers WHERE {where}", values).fetchone()
    return subscriber_of_row(row) if row else None
